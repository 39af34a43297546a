"""Peer of `cutline-bench trees`: XGBoost's own prediction of 300 trees of depth 6 on 36 features, one thread.

python3 xgboost_trees.py MODEL.json [rows] [repetitions]

Writes the model, which the benchmark then reads. `predict` is measured on a matrix that is there already, `inplace_predict`
on the array, and one record as an array of one row. Process time, medians after one run that is not counted.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import statistics
import sys
import time

import numpy
import xgboost

path = sys.argv[1]
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 5
rng = numpy.random.default_rng(1)
few = rng.uniform(-2, 2, (20_000, 36))
beta = rng.uniform(-0.5, 0.5, 36)
target = (rng.random(20_000) < 1 / (1 + numpy.exp(-few @ beta - few[:, 0] * few[:, 1]))).astype(int)
parameters = {"objective": "binary:logistic", "max_depth": 6, "eta": 0.05, "nthread": 1, "min_child_weight": 0}
model = xgboost.train(parameters, xgboost.DMatrix(few, target), 300)
model.save_model(path)
many = rng.uniform(-2, 2, (rows, 36)).astype(numpy.float32)
matrix = xgboost.DMatrix(many, nthread=1)


def measure(name, body, count, prepare=lambda: None):
    times = []
    for run in range(repetitions + 1):
        ready = prepare()
        start = time.process_time()
        body(ready)
        if run:
            times.append(time.process_time() - start)
    cpu = statistics.median(times)
    print(f"{name}, XGBoost {xgboost.__version__}: cpu {cpu * 1000:.2f} ms ({cpu / count * 1e6:.3f} us a row)")


# A booster keeps what it has predicted for a matrix, so that each run has one of its own.
measure(f"predict, {rows} rows", lambda own: own.predict(matrix), rows, model.copy)
measure(f"inplace_predict, {rows} rows", lambda _: model.inplace_predict(many), rows)
one = many[:1]


def singles(_):
    for _ in range(500):
        model.inplace_predict(one)


measure("one record", singles, 500)
