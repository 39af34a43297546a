"""Discrimination of scores by scikit-learn and scipy. Usage: score_metrics.py FOLDER

FOLDER holds cases.json: a list of {"y": [...], "s": [...], "w": [...] or null, "h": H, "ap": average precision, "auc": area,
"se": DeLong's standard error or null, "captured": {percent: share}}. Exit 1 where one differs.
"""

import json
import sys

import numpy as np
from scipy.stats import beta
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve


def h_measure(y, s, w):
    """By numerical integration of the least cost over all cutoffs."""
    rate = np.average(y, weights=w)
    fpr, tpr, _ = roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    prior = beta(1 + rate, 2 - rate)

    # Kinks lie at the bad rates of the hull's edges: many short pieces, eight Gauss points in each.
    nodes, weights = np.polynomial.legendre.leggauss(8)
    ends = np.linspace(0, 1, 4001)
    half = np.diff(ends) / 2
    c = (ends[:-1] + half)[:, None] + half[:, None] * nodes
    pieces = (half[:, None] * weights * prior.pdf(c)).ravel()
    c = c.ravel()
    least = np.full(c.shape, np.inf)
    for f, t in zip(fpr, tpr):
        least = np.minimum(least, c * (1 - rate) * f + (1 - c) * rate * (1 - t))
    return 1 - (pieces @ least) / (pieces @ np.minimum(c * (1 - rate), (1 - c) * rate))


def jackknife(y, s, w):
    """The standard error of the area by leaving out one application at a time: near the linearised one."""
    keep = np.arange(len(y))
    values = np.array([roc_auc_score(y[keep != i], s[keep != i], sample_weight=w[keep != i]) for i in keep])
    n = len(y)
    return np.sqrt((n - 1) / n * np.sum((values - values.mean()) ** 2))


def captured(y, s, w, percent):
    order = np.argsort(-s, kind="stable")
    wanted, found, before = percent / 100 * w.sum(), 0.0, 0.0
    for value in np.unique(s)[::-1]:
        own = s == value
        size, bad = w[own].sum(), w[own & (y == 1)].sum()
        inside = min(max(wanted - before, 0), size)
        found += bad * inside / size if size > 0 else 0
        before += size
    return found / w[y == 1].sum()


def main(folder):
    with open(folder + "/cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    wrong = []
    for number, case in enumerate(cases):
        y, s = np.array(case["y"]), np.array(case["s"], float)
        w = np.ones(len(y)) if case["w"] is None else np.array(case["w"], float)

        def compare(name, a, b, tolerance):
            if a is None or abs(a - b) > tolerance:
                wrong.append(f"case {number}: {name} {a} and {b}")

        compare("auc", case["auc"], roc_auc_score(y, s, sample_weight=w), 1e-12)
        compare("ap", case["ap"], average_precision_score(y, s, sample_weight=w), 1e-12)
        compare("h", case["h"], h_measure(y, s, w), 2e-6)
        compare("se", case["se"], jackknife(y, s, w), 0.05 * jackknife(y, s, w))
        for percent, share in case["captured"].items():
            compare(f"captured {percent}", share, captured(y, s, w, int(percent)), 1e-12)
    print(f"{len(cases)} cases, {len(wrong)} differences")
    for line in wrong[:20]:
        print(line)
    sys.exit(1 if wrong or not cases else 0)


main(sys.argv[1])
