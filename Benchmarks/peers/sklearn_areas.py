"""scikit-learn's roc_auc_score on the scores that `cutline-bench areas ROWS REPETITIONS FOLDER` has written. Prints the CPU time.

    sklearn_areas.py FOLDER [REPETITIONS]"""
import sys
import time

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

folder = sys.argv[1]
repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 7
bad = np.fromfile(folder + "/bad.f64").astype(int)
for name in ("score", "points"):
    score = np.fromfile(f"{folder}/{name}.f64")
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        area = roc_auc_score(bad, score)
        times.append(time.process_time() - start)
    print(f"scikit-learn {sklearn.__version__}, {name}: {1000 * sorted(times)[len(times) // 2]:.1f} ms ({float(area)})")
