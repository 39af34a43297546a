#!/usr/bin/env python3
"""Recomputes a run of `cutline run` from the applications and compares everything that can be compared.

    portfolio.py RUN --data applications.csv[.gz] --config config.toml [--set key=value …] [--rows N]

Nothing of Cutline is used: applications.py prepares the rows, surface.py fits the surface, explanations.py explains its
model, frontier.py finds the frontier. Integers are compared exactly, ratios to 1e-12, the surface and its explanation to
1e-9. Exit 1 on any difference.
"""

import argparse
import random
import sys
from fractions import Fraction
from math import fsum

import explanations
import frontier
import surface
from applications import DENOMINATOR, INDICATORS, NUMERATOR, PRODUCTION, Portfolio, load_config
from folds import Selection, bucket, bucket_count
from run_folder import Differences, RunFolder, five, number

FITTED = (*surface.CANONICAL, "ridge", "linear")


class Check:
    def __init__(self, portfolio, run, differences):
        self.p, self.run, self.d = portfolio, run, differences
        self.booked, self.booked_rows = portfolio.sums(True)
        self.rejected, self.rejected_rows = portfolio.sums(False)
        self.bundle, self.metadata = run.model()
        self.cells = portfolio.cells()

    def percent(self, sums):
        if sums[DENOMINATOR] <= 0:
            return None
        return 100 * self.p.multiplier * Fraction(sums[NUMERATOR], sums[DENOMINATOR])

    def strategy_percent(self, sums):
        return Fraction(0) if sums[DENOMINATOR] == sums[NUMERATOR] == 0 else self.percent(sums)

    def annualised(self, cents):
        return cents * self.p.annual / 100

    def scalars(self):
        d, summary = self.d, self.run.cube().head["summary"]
        basis, account = summary["basis"], summary["account"]
        rows = [(r["role"], r["reason"], int(r["rows"])) for r in self.run.table("row_waterfall")]
        d.equal("waterfall", "rows in", rows[0], ("input", "rows in the file", self.p.rows_in))
        d.equal("waterfall", "reasons", dict(((r[0], r[1]), r[2]) for r in rows[1:]), self.p.waterfall)
        d.equal("waterfall", "sum", sum(r[2] for r in rows[1:]), self.p.rows_in)
        d.equal("scalars", "months", basis["months"], self.p.months)
        d.close("scalars", "annual coefficient", basis["annualCoefficient"], self.p.annual)
        d.close("scalars", "stress factor", summary["stress"]["factor"], self.p.stress)
        d.equal("scalars", "eligible amount", summary["transformation"]["eligibleAmount"], self.p.eligible_amount)
        d.equal("scalars", "booked amount", summary["transformation"]["bookedAmount"], self.p.eligible_booked)
        d.close("scalars", "transformation rate", summary["transformation"]["rate"], self.p.rate)
        rates = {row["rate"]: number(row["value"]) for row in self.run.table("swap_in_rates")}
        for name, value in (("pass", self.p.passing), ("take_up", self.p.take_up), ("granted", self.p.granted)):
            d.close("scalars", name, rates[name], value)
        d.close("scalars", "exposure ratio", self.bundle["exposure"]["ratio"], self.p.exposure_ratio())
        d.equal("scalars", "booked rows", account["bookedRows"], sum(self.booked_rows.values()))
        d.equal("scalars", "rejected rows", account["scoreRejectedRows"], sum(self.rejected_rows.values()))
        immature = sum(a.booked and not a.mature for a in self.p.applications)
        d.equal("scalars", "immature rows", account["immatureRows"], immature)

    def cube(self):
        """Every sum of the main period in the grid, bucket by bucket, and the account of all months."""
        d, cube = self.d, self.run.cube()
        buckets = bucket_count(self.p)
        d.equal("cube", "buckets", cube.head.get("buckets") or 0, buckets)
        places = {cell: index for index, cell in enumerate(self.cells)}
        expected = {}
        for a in self.p.applications:
            state = 2 if not a.booked else 0 if a.mature else 1
            key = (places[a.bins], 0, state, bucket(a.key) % buckets if buckets else 0)
            line = expected.setdefault(key, dict.fromkeys(["rows", "bad_rows"] + INDICATORS, 0))
            line["rows"] += 1
            line["bad_rows"] += state == 0 and a.amounts[NUMERATOR] > 0
            for index, name in enumerate(INDICATORS):
                line[name] += a.amounts[index]
        cells = set(range(len(self.cells)))
        found = {k: v for k, v in cube.folds.items() if k[0] in cells and k[1] == 0 and k[2] < 3}
        d.equal("cube", "combinations", sorted(found), sorted(expected))
        for key, line in expected.items():
            d.equal("cube", f"sums of {key}", [found.get(key, {}).get(name) for name in line], list(line.values()))
        # Both slices hold the same applications.
        for name in cube.names:
            totals = [sum(line[name] for line in part.values()) for part in (cube.months, cube.folds)]
            d.equal("cube", f"{name} by month and by bucket", *totals)
        # The scores of every bin, from the sums in their own decimals.
        for index, axis in enumerate(self.p.axes):
            scale = next(m["scale"] for m in cube.head["measures"] if m["name"] == f"score_{axis.name}")
            for number in range(1, axis.count + 1):
                here = {i for i in cells if self.cells[i][index] == number}
                total = sum(v[f"score_{axis.name}"] for k, v in found.items() if k[0] in here)
                own = [a.scores[index] for a in self.p.applications if a.bins[index] == number]
                d.close("cube", f"scores of {axis.name} {number}", total / 10**scale, fsum(own))

    def surface(self):
        """Refits the winner with its stated features and penalty; its risk per cell, and its fit in sample."""
        d, found = self.d, self.bundle["surface"]
        y, weights = surface.training_cells(self.p)
        columns, names = surface.design(self.p, self.metadata["featureSet"], weights)
        d.equal("surface", "features", self.metadata["features"], names)
        estimator, alpha = self.metadata["estimator"], self.metadata["parameters"].get("alpha")
        if estimator not in FITTED:
            d.equal("surface", f"whether {estimator} can be refitted here", False, True)
            return
        coefficients = surface.fit(estimator, columns, y, weights, alpha)
        if coefficients is None:
            print("the features are collinear without a penalty: the surface is not refitted")
            return
        risk = surface.predict(estimator, columns, coefficients)
        scale = max(abs(value) for value in risk)
        for cell, ours, theirs in zip(self.cells, risk, found["risk"]):
            d.equal("surface", f"cell {cell}: {theirs} against {ours}", abs(ours - theirs) <= 1e-9 * scale, True)
        used = [i for i, w in enumerate(weights) if w > 0]
        d.equal("surface", "training cells", found["trainingCells"], len(used))
        fit = surface.r_squared(*([values[i] for i in used] for values in (y, risk, weights)))
        d.close("surface", "R² in sample", found["trainR2"], fit, 1e-9)
        # The first that is within one standard error of the best; candidates stand from the simplest.
        compared = [c for c in found["candidates"] if c.get("outOfFoldDeviance") is not None]
        best = min(compared, key=lambda c: c["outOfFoldDeviance"])
        limit = best["outOfFoldDeviance"] + (best.get("devianceError") or 0)
        taken = next(c for c in compared if c["outOfFoldDeviance"] <= limit)
        d.equal("surface", "the first candidate within one standard error was taken", (
            taken["estimator"], taken["features"], taken["parameters"]), (
            self.metadata["estimator"], self.metadata["featureSet"], self.metadata["parameters"]))

    def selection(self):
        """The out-of-fold R² and deviance of every candidate, on the same folds of applications."""
        found = self.bundle["surface"]
        selection = Selection(self.p, found["folds"], self.run.seed())
        others = [c for c in found["candidates"] if c["estimator"] not in FITTED]
        print(f"{len(others)} of {len(found['candidates'])} candidates are of estimators that are not fitted here")
        for candidate in found["candidates"]:
            if candidate in others or candidate.get("outOfFoldDeviance") is None:
                continue
            expected = selection.scores(
                candidate["estimator"], candidate["features"], candidate["parameters"]["alpha"])
            if expected is not None:
                name = f"{candidate['estimator']}, {candidate['features']}, {candidate['parameters']}"
                self.d.close("selection", f"error of {name}", candidate["devianceError"], expected[2], 1e-6)
                self.d.close("selection", name, candidate["outOfFoldR2"], expected[0], 1e-6)
                self.d.close("selection", f"deviance of {name}", candidate["outOfFoldDeviance"], expected[1], 1e-6)

    def cell_table(self):
        d, table = self.d, self.run.stage("cells")
        surface = dict(zip(self.cells, self.bundle["surface"]["risk"]))
        self.swap_in = self.p.swap_in(surface)
        uplift = self.p.reject_multipliers(surface)
        for index, cell in enumerate(self.cells):
            d.equal("cells", f"booked {cell}", five(table["booked"][index]), self.booked[cell])
            d.equal("cells", f"rejected {cell}", five(table["rejected"][index]), self.rejected[cell])
            d.equal("cells", f"rejected rows {cell}", table["rejectedRows"][index], self.rejected_rows[cell])
            d.equal("cells", f"swap-in {cell}", five(table["swapIn"][index]), self.swap_in[cell])
            d.close("cells", f"reject multiplier {cell}", table["rejectMultiplier"][index], uplift[cell])
            predicted = max(Fraction(0), self.p.stress * Fraction(self.bundle["surface"]["risk"][index]))
            d.close("cells", f"predicted risk {cell}", table["predictedRisk"][index], predicted)
        self.accumulate()
        self.cell_files()

    def cell_files(self):
        for scenario in ("pessimistic", "base", "optimistic"):
            rows = self.run.table(f"data_summary_desagregado_{scenario}")
            self.d.equal("cell files", "rows", len(rows), len(self.cells))
            for row, cell in zip(rows, self.cells):
                total = [a + b for a, b in zip(self.booked[cell], self.swap_in[cell])]
                self.d.equal("cell files", f"bins of {cell}", tuple(int(row[a.name]) for a in self.p.axes), cell)
                self.volumes("cell files", f"{scenario} {cell}", row, {
                    "_boo": self.booked[cell], "_rep": self.swap_in[cell], "": total})
                self.d.close("cell files", f"risk of {cell}", number(row["b2_ever_h6"]), self.percent(total))

    def volumes(self, group, what, row, groups):
        for suffix, sums in groups.items():
            for name, value in zip(INDICATORS, sums):
                self.d.close(group, f"{what} {name}{suffix}", number(row[name + suffix]), self.annualised(value))

    def totals(self, levels):
        """Kept, swap-in, everything accepted, swap-out; bin i + 1 of the first score accepts `levels[i]` bins."""
        kept, swapped = [0] * 5, [0] * 5
        for bin, level in enumerate(levels, 1):
            row = self.accepted[bin][level]
            kept = [a + b for a, b in zip(kept, row[0])]
            swapped = [a + b for a, b in zip(swapped, row[1])]
        total = [a + b for a, b in zip(kept, swapped)]
        return kept, swapped, total, [a - k for a, k in zip(self.actual, kept)]

    def accumulate(self):
        """Per bin of the first score and number of accepted bins of the last: booked and swap-in sums."""
        last = self.p.axes[1]
        self.actual = [sum(column) for column in zip(*self.booked.values())]
        self.accepted = {}
        for bin in range(1, self.p.axes[0].count + 1):
            sums = [([0] * 5, [0] * 5)]
            for position in range(last.count):
                cell = (bin, last.number(position))
                sums.append(tuple([a + b for a, b in zip(before, more[cell])]
                                  for before, more in zip(sums[-1], (self.booked, self.swap_in))))
            self.accepted[bin] = sums

    def levels(self, cutoffs):
        """Cutoffs in the file's words: the riskiest bin accepted per bin of the first score, empty for none."""
        return [0 if text == "" else self.p.axes[1].position(int(text)) + 1 for text in cutoffs]

    def frontier(self):
        """The whole frontier against dynamic programming, and every row of its files against the cells."""
        first, last = self.p.axes
        rows = []
        for position in reversed(range(first.count)):
            cells = [(first.number(position), last.number(column)) for column in range(last.count)]
            rows.append([tuple(self.booked[c][k] + self.swap_in[c][k] for k in (PRODUCTION, NUMERATOR, DENOMINATOR))
                         for c in cells])
        self.found = frontier.strategies(rows)
        expected = frontier.frontier(self.found)
        points = self.run.stage("search")["points"]
        print(f"{len(self.found)} undominated strategies, {len(expected)} on the frontier")
        self.d.equal("frontier", "points", len(points), len(expected))
        by_safety = [first.number(position) - 1 for position in range(first.count)]
        for index, (point, (production, numerator, denominator, path)) in enumerate(zip(points, expected)):
            self.d.equal("frontier", f"point {index}", (
                point["production"], point["numerator"], point["denominator"]), (production, numerator, denominator))
            accepted = point["strategy"]["accepted"]
            self.d.equal("frontier", f"strategy {index}", tuple(accepted[bin] for bin in by_safety), path)
        self.paths = [[path[by_safety.index(bin)] for bin in range(first.count)] for *_, path in expected]
        files = ["pareto_optimal_solutions"]
        files += [f"efficient_frontier_{scenario}" for scenario in ("pessimistic", "base", "optimistic")]
        tables = [self.run.table(name) for name in files]
        for name, table in zip(files[1:], tables[1:]):
            self.d.equal("frontier files", name, table == tables[0], True)
        self.d.equal("frontier files", "rows", len(tables[0]), len(expected))
        for index, (row, levels) in enumerate(zip(tables[0], self.paths)):
            self.d.equal("frontier files", f"cutoffs {index}", self.levels(
                [row[str(bin + 1)] for bin in range(first.count)]), levels)
            self.kpis("frontier files", f"row {index}", row, levels)
        self.policies = [row["policy_id"] for row in tables[0]]
        self.d.equal("frontier files", "policy ids differ", len(set(self.policies)), len(self.policies))

    def kpis(self, group, what, row, levels):
        kept, swapped, total, out = self.totals(levels)
        self.volumes(group, what, row, {"_boo": kept, "_rep": swapped, "": total, "_cut": out})
        for suffix, value in (("", self.strategy_percent(total)), ("_cut", self.percent(out)),
                              ("_rep", self.percent(swapped)), ("_boo", self.percent(kept))):
            self.d.close(group, f"{what} risk{suffix}", number(row["b2_ever_h6" + suffix]), value)

    def scenarios(self):
        """The choice by exact arithmetic over all undominated strategies, and the files of each scenario."""
        optimum = Fraction(str(self.p.config.get("optimum_risk", 1.1)))
        step = Fraction(str(self.p.config.get("risk_step", 0.1)))
        limits = {"pessimistic": optimum - step, "base": optimum, "optimistic": optimum + step}
        found = {scenario["name"]: scenario for scenario in self.run.stage("scenarios")["scenarios"]}
        self.d.equal("scenarios", "names", list(found), list(limits))
        wide = {row["scenario"]: row for row in self.run.table("cutoff_summary_wide")}
        long = self.run.table("cutoff_summary_by_segment")
        count = self.p.axes[0].count
        for name, limit in limits.items():
            scenario = found[name]
            self.d.equal("scenarios", f"{name} limit", Fraction(scenario["limit"]), limit)
            best = frontier.best_within(self.found, limit, self.p.multiplier)
            self.d.equal("scenarios", f"{name} status", scenario["status"], "infeasible" if best is None else "optimal")
            solution = self.run.table(f"optimal_solution_{name}")
            self.d.equal("scenarios", f"{name} rows", len(solution), 0 if best is None else 1)
            summary = self.run.table(f"risk_production_summary_{name}")
            if best is None:
                continue
            levels = self.paths[scenario["point"]]
            self.d.equal("scenarios", f"{name} strategy", scenario["strategy"]["accepted"], levels)
            total = self.totals(levels)[2]
            self.d.equal("scenarios", f"{name} production", total[PRODUCTION], best)
            self.d.equal("scenarios", f"{name} keeps its limit", self.strategy_percent(total) <= limit, True)
            self.kpis("scenarios", name, solution[0], levels)
            cutoffs = [solution[0][str(i + 1)] for i in range(count)]
            self.d.equal("scenarios", f"{name} cutoffs", self.levels(cutoffs), levels)
            cutoffs = [wide[name][f"bin_{i + 1}"] for i in range(count)]
            self.d.equal("scenarios", f"{name} wide", self.levels(cutoffs), levels)
            rows = [row for row in long if row["scenario"] == name]
            self.d.equal("scenarios", f"{name} long", self.levels([row["cutoff_value"] for row in rows]), levels)
            for row in rows + [wide[name]]:
                self.d.close("scenarios", f"{name} risk", number(row["risk_pct"]), self.strategy_percent(total))
                volume = self.annualised(total[PRODUCTION])
                self.d.close("scenarios", f"{name} volume", number(row["production"]), volume)
            self.summary(name, summary, levels)

    def summary(self, name, rows, levels):
        """Actual, swap-in, swap-out, optimum; optimum = actual - swap-out + swap-in."""
        kept, swapped, total, out = self.totals(levels)
        actual = [a + b for a, b in zip(kept, out)]
        identity = [a - o + s for a, o, s in zip(actual, out, swapped)]
        self.d.equal("summaries", f"{name} identity", total, identity)
        expected = {
            "Actual": (actual, self.percent(actual)), "Swap-in": (swapped, self.percent(swapped)),
            "Swap-out": (out, self.percent(out)), "Optimum selected": (total, self.strategy_percent(total)),
        }
        for reason, sums in self.p.outside.items():
            expected["Outside the grid: " + reason] = (sums, self.percent(sums))
        found = {row["Metric"]: row for row in rows}
        self.d.equal("summaries", f"{name} rows", set(found), set(expected) | {"Summary"})
        for metric, (sums, risk) in expected.items():
            row = found[metric]
            self.d.close("summaries", f"{name} {metric} risk", number(row["Risk (%)"]), risk)
            self.d.close("summaries", f"{name} {metric} production", number(row["Production (€)"]),
                         self.annualised(sums[PRODUCTION]))
            share = Fraction(100 * sums[PRODUCTION], actual[PRODUCTION])
            self.d.close("summaries", f"{name} {metric} share", number(row["Production (%)"]), share)
            for column in (NUMERATOR, DENOMINATOR):
                self.d.close("summaries", f"{name} {metric} {INDICATORS[column]}", number(row[INDICATORS[column]]),
                             self.annualised(sums[column]))
        change = number(found["Summary"]["Risk (%)"])
        before, after = self.percent(actual), self.strategy_percent(total)
        self.d.equal("summaries", f"{name} change of risk", abs(change - float(after - before)) <= 1e-11, True)
        self.d.close("summaries", f"{name} change of production", number(found["Summary"]["Production (€)"]),
                     self.annualised(total[PRODUCTION] - actual[PRODUCTION]))

    def other_strategies(self, count=300):
        """No monotone strategy drawn at random beats the frontier: a check that shares nothing with the search."""
        generator = random.Random(7)
        first, last = self.p.axes
        points = [(s[0], frontier.risk(s)) for s in frontier.frontier(self.found)]
        for _ in range(count):
            drawn = sorted((generator.randint(0, last.count) for _ in range(first.count)), reverse=True)
            levels = [drawn[first.position(bin + 1)] for bin in range(first.count)]
            total = self.totals(levels)[2]
            rate = frontier.risk((total[PRODUCTION], total[NUMERATOR], total[DENOMINATOR], ()))
            covered = rate is None or any(a >= total[PRODUCTION] and r <= rate for a, r in points)
            self.d.equal("random strategies", f"{levels} is covered by the frontier", covered, True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--data", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--rows", type=int)
    arguments = parser.parse_args()
    portfolio = Portfolio(load_config(arguments.config, arguments.set), arguments.data, arguments.rows)
    differences = Differences()
    check = Check(portfolio, RunFolder(arguments.run), differences)
    check.scalars()
    check.cube()
    check.surface()
    check.selection()
    explanations.check(differences, portfolio, check.run, check.bundle["surface"]["model"])
    check.cell_table()
    check.frontier()
    check.scenarios()
    check.other_strategies()
    return differences.finish()


if __name__ == "__main__":
    sys.exit(main())
