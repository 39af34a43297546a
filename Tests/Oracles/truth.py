#!/usr/bin/env python3
"""Compares what a run on a simulated portfolio predicts with what would have happened.

    truth.py RUN --truth truth.csv --data applications.csv --config config.toml [--set key=value …] [--tolerance 0.25]

Per scenario: risk and production of the swap-ins, and risk of the optimum, as reported and by the outcomes of the
accepted rejects in the truth file. Exit 1 where the optimum's risk is off by more than the tolerance in percentage
points, or the risk of the swap-ins by more than a fifth.
"""

import argparse
import csv
import sys

from applications import DENOMINATOR, NUMERATOR, PRODUCTION, Portfolio, cents, load_config, read_rows
from run_folder import RunFolder


def percent(portfolio, numerator, denominator):
    return float(100 * portfolio.multiplier * numerator / denominator)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    for name in ("--truth", "--data", "--config"):
        parser.add_argument(name, required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--tolerance", type=float, default=0.25)
    arguments = parser.parse_args()
    portfolio = Portfolio(load_config(arguments.config, arguments.set), arguments.data)
    ids = [dict(zip(header, row))["authorization_id"] for header, row in read_rows(arguments.data)]
    with open(arguments.truth, encoding="utf-8", newline="") as file:
        truth = {row["authorization_id"]: row for row in csv.DictReader(file)}
    last, off = portfolio.axes[1], 0
    for scenario in RunFolder(arguments.run).stage("scenarios")["scenarios"]:
        if scenario["status"] != "optimal":
            print(f"{scenario['name']}: {scenario['status']}")
            off += 1
            continue
        levels = scenario["strategy"]["accepted"]
        kept, swapped = [0, 0, 0], [0, 0, 0]
        for a in portfolio.applications:
            if last.position(a.bins[1]) >= levels[a.bins[0] - 1]:
                continue
            if a.booked:
                kept = [x + a.amounts[k] for x, k in zip(kept, (PRODUCTION, NUMERATOR, DENOMINATOR))]
                continue
            real = truth[ids[a.order - 1]]
            if real["taken_up"] == "1":
                names = ("oa_amt_h0", "todu_30ever_h6", "todu_amt_pile_h6")
                swapped = [x + cents(real[name]) for x, name in zip(swapped, names)]
        reported = [scenario["totals"]["swapIn"][key] for key in ("production", "numerator", "denominator")]
        into = [percent(portfolio, *sums[1:]) for sums in (reported, swapped)]
        whole = [percent(portfolio, kept[1] + sums[1], kept[2] + sums[2]) for sums in (reported, swapped)]
        print(f"{scenario['name']}: swap-in risk {into[0]:.2f} % reported, {into[1]:.2f} % in truth; production "
              f"{reported[0] / 1e8:.2f} M reported, {swapped[0] / 1e8:.2f} M in truth; risk of the optimum "
              f"{whole[0]:.3f} % reported, {whole[1]:.3f} % in truth")
        off += abs(whole[0] - whole[1]) > arguments.tolerance or not 5 / 6 <= into[0] / into[1] <= 6 / 5
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
