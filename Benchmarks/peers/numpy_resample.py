"""The bootstrap of records with numpy: counts of drawn rows, or Poisson weights, and weighted bincounts of three sums over
200 cells. Prints the CPU time of a resample.

    numpy_resample.py [RECORDS] [RESAMPLES]"""
import sys
import time

import numpy as np

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
resamples = int(sys.argv[2]) if len(sys.argv) > 2 else 10
g = np.random.default_rng(1)
cell = g.integers(0, 200, n)
amount = np.exp(g.normal(8.6, 0.8, n))
owed = amount * 0.86
bad = np.where(g.random(n) < 0.06, owed * 0.75, 0)


def by_cell(weights):
    return [np.bincount(cell, weights=weights * x, minlength=200) for x in (amount, bad, owed)]


def counts():
    by_cell(np.bincount(g.integers(0, n, n), minlength=n))


def poisson():
    by_cell(g.poisson(1.0, n))


for name, one in (("counts + bincount", counts), ("poisson + bincount", poisson)):
    one()
    times = []
    for _ in range(resamples):
        start = time.process_time()
        one()
        times.append(time.process_time() - start)
    each = sorted(times)[len(times) // 2]
    print(f"numpy, {name}: {1000 * each:.2f} ms a resample, 1,000 in {1000 * each:.1f} s of CPU")
