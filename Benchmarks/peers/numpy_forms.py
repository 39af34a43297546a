"""Peer of `cutline-bench forms`: a linear and a logistic model of 20 features in numpy, and 100 trees of depth 6 in
scikit-learn where it is installed; one thread, medians after one run that is not counted.

python3 numpy_forms.py [rows] [repetitions]
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import statistics
import sys
import time

import numpy

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
rng = numpy.random.default_rng(1)
columns = numpy.asfortranarray(rng.uniform(-2, 2, (rows, 20)))
beta = rng.uniform(-0.5, 0.5, 20)


def measure(name, body):
    times = []
    for run in range(repetitions + 1):
        start = time.process_time()
        body()
        if run:
            times.append(time.process_time() - start)
    cpu = statistics.median(times)
    print(f"{name}, {rows} rows, numpy {numpy.__version__}: cpu {cpu * 1000:.2f} ms ({rows / cpu * 1e-6:.1f} M rows/cpu-s)")


def by_feature():
    total = numpy.full(rows, 0.25)
    for feature in range(20):
        total += beta[feature] * columns[:, feature]
    return total


measure("linear, BLAS", lambda: columns @ beta + 0.25)
measure("linear, by feature", by_feature)
measure("logistic, BLAS", lambda: 1 / (1 + numpy.exp(-(columns @ beta + 0.25))))
measure("logistic, by feature", lambda: 1 / (1 + numpy.exp(-by_feature())))

try:
    from sklearn.ensemble import HistGradientBoostingClassifier
except ImportError:
    sys.exit()
few = numpy.ascontiguousarray(columns[:20_000])
target = rng.random(20_000) < 1 / (1 + numpy.exp(-few @ beta))
model = HistGradientBoostingClassifier(
    max_iter=100, max_depth=6, max_leaf_nodes=None, min_samples_leaf=20, early_stopping=False).fit(few, target)
measure("100 trees, scikit-learn's histogram boosting", lambda: model.predict_proba(columns))
