"""Peer of `cutline-bench fits`: logistic regression (L2, C = 1) in scikit-learn.

python3 logistic_fit.py write FILE ROWS COLUMNS         the matrix, column after column, the target last
python3 logistic_fit.py run FILE ROWS COLUMNS THREADS [repetitions]

Medians after one run that is not counted. The greatest derivative of the mean log loss + |b|^2 / 2n is printed beside the
time, since solvers are to be compared where it is equal.
"""

import os
import sys

what, path, rows, columns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
threads = sys.argv[5] if len(sys.argv) > 5 else "1"
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads

import statistics
import time

import numpy as np

if what == "write":
    rng = np.random.default_rng(1)
    x = rng.normal(size=(columns, rows)) + 0.3 * rng.normal(size=rows)
    beta = rng.normal(size=columns) * 0.3
    y = (rng.uniform(size=rows) < 1 / (1 + np.exp(2 - beta @ x))).astype(float)
    with open(path, "wb") as file:
        x.tofile(file)
        y.tofile(file)
    sys.exit()

from sklearn import __version__
from sklearn.linear_model import LogisticRegression

repetitions = int(sys.argv[6]) if len(sys.argv) > 6 else 3
values = np.fromfile(path).reshape(columns + 1, rows)
y = values[columns]
# Each solver gets the layout that it is faster with.
layouts = {"C": np.ascontiguousarray(values[:columns].T), "F": values[:columns].T}
for solver, layout, tolerance in (("newton-cholesky", "F", 1e-4), ("newton-cholesky", "C", 1e-4), ("lbfgs", "C", 1e-7),
                                  ("lbfgs", "F", 1e-7), ("lbfgs", "C", 1e-4)):
    x = layouts[layout]
    walls, cpus = [], []
    for run in range(repetitions + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        model = LogisticRegression(C=1, solver=solver, tol=tolerance, max_iter=1000).fit(x, y)
        if run:
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    residual = model.predict_proba(x)[:, 1] - y
    gradient = np.abs(np.concatenate([[residual.sum()], residual @ x + model.coef_[0]])).max() / rows
    print(f"scikit-learn {__version__} {solver}, layout {layout}, tol {tolerance}, {threads} thread(s): "
          f"cpu {statistics.median(cpus) * 1000:.2f} ms wall {statistics.median(walls) * 1000:.2f} ms, "
          f"greatest gradient {gradient:.1e}, {int(model.n_iter_[0])} iterations")
