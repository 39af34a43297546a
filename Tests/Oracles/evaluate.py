#!/usr/bin/env python3
"""Checks `cutline evaluate RUN CUTOFFS` on random monotone cutoffs, to the cent.

    evaluate.py RUN --tool cutline --data applications.csv[.gz] --config config.toml [--set key=value …] [--rows N]

Draws 1,000 seeded vectors of cutoffs, safer bins of the first score accepting at least as much. What is booked is
added up from the applications, by their raw scores against the raw threshold of the cutoff; what swaps in from the
run's cell table. Exit 1 on any difference.
"""

import argparse
import csv
import io
import math
import os
import random
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction

from applications import DENOMINATOR, INDICATORS, NUMERATOR, Portfolio, load_config
from run_folder import Differences, RunFolder, five


def draw(axes, count, seed):
    """Vectors of levels by bin of the first score; among them nothing and everything."""
    generator = random.Random(seed)
    first, last = axes
    vectors = [[0] * first.count, [last.count] * first.count]
    while len(vectors) < count:
        levels = sorted((generator.randint(0, last.count) for _ in range(first.count)), reverse=True)
        if generator.random() < 0.2:
            levels[generator.randint(0, first.count - 1):] = []
            levels += [0] * (first.count - len(levels))
        vectors.append([levels[first.position(bin)] for bin in range(1, first.count + 1)])
    return vectors


def accepts(axis, score, level):
    """Whether a raw score of the last axis is among its `level` safest bins, by its raw threshold alone."""
    if level == 0 or level == axis.count:
        return level > 0
    if axis.safer_high:
        threshold = axis.edges[axis.count - level]
        return score > threshold if axis.right_closed else score >= threshold
    threshold = axis.edges[level]
    return score <= threshold if axis.right_closed else score < threshold


def booked_sums(portfolio, vectors):
    """Per vector: kept and swapped-out sums of the booked applications."""
    first, last = portfolio.axes
    # Per bin of the first score and level: the sums of the applications that the level accepts.
    per_level = {}
    for bin in range(1, first.count + 1):
        rows = [a for a in portfolio.applications if a.booked and a.bins[0] == bin]
        for level in range(last.count + 1):
            accepted = [a.amounts for a in rows if accepts(last, a.scores[1], level)]
            per_level[bin, level] = [sum(column) for column in zip(*accepted)] if accepted else [0] * 5
    for levels in vectors:
        kept = [sum(per_level[bin + 1, level][k] for bin, level in enumerate(levels)) for k in range(5)]
        everything = [sum(per_level[bin + 1, last.count][k] for bin in range(first.count)) for k in range(5)]
        yield kept, [a - k for a, k in zip(everything, kept)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--tool", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--strategies", type=int, default=1000)
    arguments = parser.parse_args()
    portfolio = Portfolio(load_config(arguments.config, arguments.set), arguments.data, arguments.rows)
    first, last = portfolio.axes
    vectors = draw(portfolio.axes, arguments.strategies, seed=20240229)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cutoffs.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(range(1, first.count + 1))
            for levels in vectors:
                writer.writerow(["" if level == 0 else last.number(level - 1) for level in levels])
        printed = subprocess.run(
            [arguments.tool, "evaluate", arguments.run, path], check=True, capture_output=True, text=True).stdout
    differences = Differences()
    rows = list(csv.DictReader(io.StringIO(printed)))
    differences.equal("evaluate", "rows", len(rows), len(vectors))
    cells = [five(sums) for sums in RunFolder(arguments.run).stage("cells")["swapIn"]]
    for number, (row, levels, (kept, out)) in enumerate(zip(rows, vectors, booked_sums(portfolio, vectors))):
        swapped = [0] * 5
        for (i, j), sums in zip(portfolio.cells(), cells):
            if last.position(j) < levels[i - 1]:
                swapped = [a + b for a, b in zip(swapped, sums)]
        total = [a + b for a, b in zip(kept, swapped)]
        groups = {"kept": kept, "swap_in": swapped, "swap_out": out, "total": total}
        for group, sums in groups.items():
            for name, value in zip(INDICATORS, sums):
                found = int(Decimal(row[f"{name}_{group}"]).scaleb(2))
                differences.equal("evaluate", f"strategy {number} {levels} {name}_{group}", found, value)
        risk = None if row["risk_pct"] == "" else float(row["risk_pct"])
        expected = None
        if total[DENOMINATOR] > 0:
            expected = 100 * portfolio.multiplier * Fraction(total[NUMERATOR], total[DENOMINATOR])
        elif total[DENOMINATOR] == total[NUMERATOR] == 0:
            expected = Fraction(0)
        agree = risk is expected if None in (risk, expected) else math.isclose(risk, expected, rel_tol=1e-12)
        differences.equal("evaluate", f"strategy {number} risk {risk} against {expected}", agree, True)
    return differences.finish()


if __name__ == "__main__":
    sys.exit(main())
