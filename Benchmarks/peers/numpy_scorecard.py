"""Peer of `cutline-bench scorecard`: a million rows of 20 characteristics by digitize and take; one thread, medians after one run that is not counted.

python3 numpy_scorecard.py [rows] [repetitions]
"""

import statistics
import sys
import time

import numpy

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
rng = numpy.random.default_rng(1)
columns = [rng.uniform(-2, 2, rows) for _ in range(20)]
for column in columns:
    column[rng.random(rows) < 0.02] = numpy.nan
edges = [numpy.sort(rng.uniform(-2, 2, 7)) for _ in range(20)]
# Intervals, and missing: digitize puts NaN behind the last edge.
points = [rng.integers(-40, 60, 9) for _ in range(20)]


def score():
    total = numpy.zeros(rows, dtype=numpy.int64)
    for x, e, p in zip(columns, edges, points):
        bins = numpy.digitize(x, e, right=True)
        bins[numpy.isnan(x)] = 8
        total += numpy.take(p, bins)
    return total


times = []
for run in range(repetitions + 1):
    start, wall = time.process_time(), time.perf_counter()
    total = score()
    if run:
        times.append((time.process_time() - start, time.perf_counter() - wall))
cpu, wall = (statistics.median(t[k] for t in times) for k in (0, 1))
print(f"scorecard, {rows} rows, 20 characteristics, numpy {numpy.__version__}: cpu {cpu * 1000:.1f} ms, wall {wall * 1000:.1f} ms, sum {int(total.sum())}")
