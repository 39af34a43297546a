#!/usr/bin/env python3
"""How often the back-test of docs/methods/recent-period.md speaks of a change: by independent code, with numpy and scipy.

    alarms.py [PORTFOLIOS, default 4000]

Per line: booked of the main and the recent period, probability of bad, σ of the log-normal amounts, what the recent period's
probability is multiplied by, portfolios with ten bad applications in either period, and per level the share of alarms, of those
that say worse and of those that say better.
"""

import sys

import numpy as np
from scipy.stats import t as student

BUCKETS, LEVELS = 60, (0.05, 0.01)
CASES = [
    (5000, 1500, 0.04, 0.8, 1.0), (5000, 500, 0.04, 0.8, 1.0), (5000, 3000, 0.01, 0.8, 1.0),
    (20000, 10000, 0.04, 1.0, 1.0), (5000, 1500, 0.02, 1.2, 1.0), (5000, 1500, 0.04, 0.8, 2.0),
    (5000, 500, 0.04, 0.8, 2.0),
]


def side(rng, rows, risk, spread):
    """Numerator and denominator by hash class, and how many are bad."""
    amount = np.exp(rng.normal(9, spread, rows))
    bad = rng.random(rows) < risk
    numerator = np.where(bad, amount * rng.uniform(0.3, 1, rows), 0)
    bucket = rng.integers(0, BUCKETS, rows)
    return np.bincount(bucket, numerator, BUCKETS), np.bincount(bucket, 6.3 * amount, BUCKETS), bad.sum()


def main():
    portfolios = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rng = np.random.default_rng(1)
    for main_rows, recent_rows, risk, spread, change in CASES:
        found, tested = {level: [0, 0, 0] for level in LEVELS}, 0
        for _ in range(portfolios):
            n1, d1, bad1 = side(rng, main_rows, risk, spread)
            n2, d2, bad2 = side(rng, recent_rows, risk * change, spread)
            if min(bad1, bad2) < 10:
                continue
            tested += 1
            gap = np.log(n2.sum() / d2.sum()) - np.log(n1.sum() / d1.sum())
            left = np.log((n2.sum() - n2) / (d2.sum() - d2)) - np.log((n1.sum() - n1) / (d1.sum() - d1))
            error = np.sqrt((BUCKETS - 1) / BUCKETS * ((left - left.mean()) ** 2).sum())
            p = 2 * student.sf(abs(gap) / error, BUCKETS - 1)
            for level in LEVELS:
                if p < level:
                    found[level][0] += 1
                    found[level][1 if gap > 0 else 2] += 1
        shares = {level: [round(count / tested, 4) for count in counts] for level, counts in found.items()}
        print(main_rows, recent_rows, risk, spread, change, tested, shares)


if __name__ == "__main__":
    main()
