"""optbinning 1.0 on the counts of `cutline-bench binning`: at most 6 groups with a falling rate. Prints the information
value and the CPU time of its solver alone, and of the whole fit.

    optbinning_groups.py"""
import time

import numpy as np
from optbinning import OptimalBinning

for m in (20, 50, 100, 200):
    i = np.arange(m)
    good = 900 + i * 7919 % 200
    bad = 200 - 200 * i // m + i * 104729 % 40 + 1
    x = np.concatenate([np.repeat(i, good), np.repeat(i, bad)]).astype(float)
    y = np.concatenate([np.zeros(good.sum()), np.ones(bad.sum())])
    for solver in ("cp", "mip"):
        best = OptimalBinning(
            user_splits=i[:-1] + 0.5, solver=solver, monotonic_trend="descending", max_n_bins=6, min_prebin_size=1e-6,
            max_n_prebins=m, min_bin_size=None, time_limit=600)
        start = time.process_time()
        best.fit(x, y)
        fit = time.process_time() - start
        best.binning_table.build()
        print(f"{m} fine bins, {solver}: {best.status}, IV {best.binning_table.iv:.15g}, "
              f"solver {1000 * best._time_solver:.2f} ms wall, fit {1000 * fit:.2f} ms cpu")
