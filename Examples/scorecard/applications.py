"""Applications for home equity loans like those of HMEQ: the same 13 columns, made up, so that the example runs anywhere.

    python3 applications.py hmeq.csv          # 5,960 rows, seed 7

HMEQ is the file that textbooks on scorecards use (5,960 loans, one in five bad). It is not part of this repository. Here a
hidden standing r, normal, moves every variable and the outcome; means, shares of missing values and how much more often
these went bad are near HMEQ's. It has no dates, as HMEQ has none.
"""

import argparse
import math
import pathlib
import random
from statistics import NormalDist

COLUMNS = "BAD LOAN MORTDUE VALUE REASON JOB YOJ DEROG DELINQ CLAGE NINQ CLNO DEBTINC".split()
JOBS = [("Other", 0.41, 0.23), ("ProfExe", 0.22, -0.25), ("Office", 0.16, -0.45), ("Mgr", 0.13, 0.2), ("Self", 0.04, 0.5),
        ("Sales", 0.04, 0.8)]
# How often a value is missing of a good and of a bad application.
MISSING = {"MORTDUE": (0.086, 0.09), "VALUE": (0.002, 0.088), "REASON": (0.043, 0.04), "JOB": (0.054, 0.019),
           "YOJ": (0.094, 0.055), "DEROG": (0.131, 0.073), "DELINQ": (0.106, 0.06), "CLAGE": (0.048, 0.066),
           "NINQ": (0.091, 0.063), "CLNO": (0.035, 0.045), "DEBTINC": (0.101, 0.66)}


class Draw(random.Random):
    """Numbers that depend on the seed alone: everything is made of random(), which Python promises to keep."""

    def normal(self, mean, deviation):
        return NormalDist(mean, deviation).inv_cdf(min(max(self.random(), 1e-12), 1 - 1e-12))

    def poisson(self, mean, most):
        left, number = self.random(), 0
        share = math.exp(-mean)
        while left > share and number < most:
            left, number = left - share, number + 1
            share *= mean / number
        return number

    def one_of(self, weighted):
        left = self.random() * sum(weight for _, weight in weighted)
        for name, weight in weighted:
            left -= weight
            if left < 0:
                return name
        return weighted[-1][0]


def application(draw):
    """One application, by column; the text of a CSV field each."""
    r = draw.normal(0, 1)
    job = draw.one_of([(name, share) for name, share, _ in JOBS])
    delinquencies = draw.poisson(math.exp(-1.35 + 0.85 * r), 15)
    derogatories = draw.poisson(math.exp(-2.2 + 0.7 * r), 10)
    inquiries = draw.poisson(math.exp(-0.1 + 0.35 * r), 17)
    oldest = 180 * math.exp(draw.normal(-0.12 * r, 0.45))
    debt = draw.normal(33.5 + 1.2 * r, 7) + (25 * draw.random() if r > 1.5 else 0)
    loan = 16500 * math.exp(draw.normal(-0.05 * r, 0.55))
    value = 90000 * math.exp(draw.normal(-0.04 * r, 0.5))
    eta = -2.35 + 0.75 * r + 0.7 * delinquencies + 0.9 * derogatories - 0.004 * (oldest - 180) + 0.06 * (debt - 34)
    eta += dict((name, effect) for name, _, effect in JOBS)[job] - 0.15 * math.log(loan / 16500)
    bad = draw.random() < 1 / (1 + math.exp(-eta))
    made = {
        "BAD": f"{int(bad)}",
        "LOAN": f"{round(loan / 100) * 100}",
        "MORTDUE": f"{value * (0.5 + 0.4 * draw.random()):.0f}",
        "VALUE": f"{value:.0f}",
        "REASON": draw.one_of([("DebtCon", 0.69), ("HomeImp", 0.31)]),
        "JOB": job,
        "YOJ": f"{round(-9 * math.log(1 - draw.random()) * 2) / 2:g}",
        "DEROG": f"{derogatories}",
        "DELINQ": f"{delinquencies}",
        "CLAGE": f"{oldest:.4f}",
        "NINQ": f"{inquiries}",
        "CLNO": f"{max(0, round(draw.normal(21.3, 10)))}",
        "DEBTINC": f"{max(0.5, debt):.4f}",
    }
    for column, rates in MISSING.items():
        if draw.random() < rates[bad]:
            made[column] = ""
    return made


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("output", type=pathlib.Path)
    asked.add_argument("--rows", type=int, default=5960)
    asked.add_argument("--seed", type=int, default=7)
    words = asked.parse_args()
    draw = Draw(words.seed)
    lines = [",".join(COLUMNS)]
    for _ in range(words.rows):
        made = application(draw)
        lines.append(",".join(made[column] for column in COLUMNS))
    words.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
