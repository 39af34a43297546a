#!/usr/bin/env python3
"""Recomputes the audit and the recent period of a run from the applications, and compares them.

    monitor.py RUN --data applications.csv[.gz] --config config.toml [--set key=value …]

Every row of the file gets its class from its own words, its raw scores and the cutoffs of cutoff_summary_wide.csv, which are
bins; the summary of the recent period is added up row by row. Nothing of Cutline is used; what the run's model predicts of a
cell (stages/cells.json), its exposure ratio and its surface are taken as they stand: portfolio.py checks them. Classes and sums
of booked rows are compared exactly, what is carried or imputed to 1e-9. Exit 1 on any difference.
"""

import argparse
import csv
import gzip
import json
import os
import sys
from fractions import Fraction

from applications import axes_of, cents, load_config, month_index, read_rows, standardised
from run_folder import Differences, RunFolder, number

SCENARIOS = ("pessimistic", "base", "optimistic")


class Row:
    __slots__ = ("period", "status", "bins", "why", "amounts", "early", "mature", "month", "place", "twin")


def rows_of(config, path):
    """Every row of the file: its period, its status, its bins or why it has none."""
    axes = axes_of(config)
    main = range(month_index(str(config["date_ini_book_obs"])), month_index(str(config["date_fin_book_obs"])) + 1)
    recent = range(0)
    if "date_ini_book_obs_mr" in config:
        recent = range(
            month_index(str(config["date_ini_book_obs_mr"])), month_index(str(config["date_fin_book_obs_mr"])) + 1)
    seen, rows = set(), []
    for place, (header, values) in enumerate(read_rows(path), 1):
        field, row = dict(zip(header, values)), Row()
        row.place, row.why, row.bins = place, None, None
        row.month = month_index(field["mis_date"]) if field["mis_date"] else None
        row.period = "main" if row.month in main else "recent" if row.month in recent else "other"
        status = standardised(field["status_name"])
        score = standardised(field["reject_reason"]) == "09-score"
        row.status = (
            "booked" if status == "booked" else "cancelled" if status != "rejected"
            else "score-rejected" if score else "other-rejected")
        names = ["oa_amt", "oa_amt_h0", "todu_30ever_h6", "todu_amt_pile_h6", "acct_booked_h0"]
        known = [cents(field[name]) for name in names]
        row.mature = row.status == "booked" and known[2] is not None and known[3] is not None
        row.amounts = {name: value or 0 for name, value in zip(names, known)}
        if not row.mature:
            row.amounts["todu_30ever_h6"] = row.amounts["todu_amt_pile_h6"] = 0
        if row.status != "booked":
            row.amounts["oa_amt_h0"] = row.amounts["oa_amt"]
        early = [cents(field.get(name, "")) for name in ("todu_30ever_h3", "todu_amt_pile_h3")]
        row.early = early if row.status == "booked" and None not in early else None
        key = tuple(values)
        row.twin = key in seen
        if row.twin:
            row.why = "dropped"
        elif row.month is None or row.period == "other":
            row.why = "dropped"
        seen.add(key)
        if row.why is None and row.status in ("cancelled", "other-rejected"):
            row.why = "rejected_other"
        bins = []
        for axis in axes:
            text = field[axis.source]
            value = None if text == "" else float(text)
            policy = next((p for code, p in axis.special if code == value), None)
            if policy is None and value is None:
                policy = axis.missing
            if policy is None and axis.bin(value) is None:
                policy = axis.outside
            if policy is not None:
                bins = None
                if row.why is None:
                    row.why = "unknown" if policy == "own-bin" else "dropped"
                break
            bins.append(axis.bin(value))
        row.bins = tuple(bins) if bins else None
        rows.append(row)
    return axes, rows


class Check:
    def __init__(self, run, config, path):
        self.run, self.d = RunFolder(run), Differences()
        self.axes, self.rows = rows_of(config, path)
        self.cells = self.run.stage("cells")
        self.cutoffs = {}
        for line in self.run.table("cutoff_summary_wide"):
            self.cutoffs[line["scenario"]] = (
                None if line["status"] == "infeasible"
                else {i: line[f"bin_{i}"] for i in range(1, self.axes[0].count + 1)})
        self.multiplier = Fraction(str(config.get("multiplier", 7)))

    def accepts(self, scenario, bins):
        cutoff = self.cutoffs[scenario][bins[0]]
        axis = self.axes[1]
        return cutoff != "" and axis.position(bins[1]) <= axis.position(int(cutoff))

    def classify(self, scenario, row):
        if row.why:
            return row.why
        accepted = self.accepts(scenario, row.bins)
        if row.status == "booked":
            return "keep" if accepted else "swap_out"
        return "swap_in" if accepted else "rejected"

    def lines(self, name):
        path = f"{self.run.path}/data/{name}.csv"
        opener = (lambda p: open(p, "rt", encoding="utf-8", newline="")) if os.path.exists(path) else (
            lambda p: gzip.open(p + ".gz", "rt", encoding="utf-8", newline=""))
        if not os.path.exists(path) and not os.path.exists(path + ".gz"):
            return []
        with opener(path) as file:
            return list(csv.DictReader(file))

    def audit(self, scenario):
        """Both files together hold every row once, with the class that it has here; the classes add up to the summary."""
        d = self.d
        main, recent = self.lines(f"audit_{scenario}"), self.lines(f"audit_{scenario}_mr")
        d.equal("audit", "rows once", sorted(int(l["row"]) for l in main + recent), list(range(1, len(self.rows) + 1)))
        for lines, periods in ((main, ("main", "other")), (recent, ("recent",))):
            for line in lines:
                row = self.rows[int(line["row"]) - 1]
                if line["period"] not in periods or line["classification"] != self.classify(scenario, row):
                    d.equal("audit", f"{scenario}, row {row.place}", (line["period"], line["classification"]), (
                        row.period, self.classify(scenario, row)))
            d.checked["audit"] += len(lines)
        expected, found = {}, {}
        for row in self.rows:
            own = expected.setdefault((row.period, self.classify(scenario, row)), [0, 0, 0])
            own[0] += 1
            if row.why is None and row.status == "booked":
                own[1] += row.amounts["oa_amt"]
                own[2] += row.amounts["oa_amt_h0"]
        for line in self.run.table("audit_totals"):
            if line["scenario"] == scenario and line["rows"] != "0":
                own = line["classification"]
                sums = [100 * Fraction(line[name]) for name in ("oa_amt_expected", "oa_amt_h0_expected")] if own in (
                    "keep", "swap_out") else [0, 0]
                found[line["period"], own] = [int(line["rows"]), *sums]
        d.equal("audit totals", scenario, found, expected)
        for lines, suffix in ((main, ""), (recent, "_mr")):
            if not lines:
                continue
            summary = {r["Metric"]: r for r in self.run.table(f"risk_production_summary{suffix}_{scenario}")}
            sums = {}
            for line in lines:
                if line["oa_amt_h0_adjusted"]:
                    own = sums.setdefault(line["classification"], [Fraction(0), Fraction(0)])
                    own[0] += Fraction(line["oa_amt_h0_adjusted"])
                    own[1] += Fraction(line["oa_amt_h0_expected"])
            column = next(name for name in summary["Actual"] if name.startswith("Production (") and "%" not in name)
            for own, metric in (("swap_in", "Swap-in"), ("swap_out", "Swap-out")):
                d.equal("audit", f"{scenario}{suffix} {own} to the cent", abs(
                    sums.get(own, [0])[0] - Fraction(summary[metric][column])) < Fraction(1, 200), True)
            kept = sums.get("keep", [0])[0]
            for own, metric in (("swap_out", "Actual"), ("swap_in", "Optimum selected")):
                d.equal("audit", f"{scenario}{suffix} keep and {own} to the cent", abs(
                    kept + sums.get(own, [0])[0] - Fraction(summary[metric][column])) < Fraction(1, 200), True)

    def recent(self):
        """Per cell of the recent period: production exactly, numerator and denominator by source; and the identity."""
        if not os.path.exists(f"{self.run.path}/data/risk_production_summary_mr_base.csv"):
            return
        d = self.d
        own = [r for r in self.rows if r.period == "recent" and r.why is None]
        months = len({r.month for r in self.rows if r.period == "recent"})
        annual = Fraction(12, months)
        bundle, _ = self.run.model()
        factors = self.ladder()
        order = [(i, j) for i in range(1, self.axes[0].count + 1) for j in range(1, self.axes[1].count + 1)]
        main = {cell: [0, 0] for cell in order}
        for r in self.rows:
            if r.period == "main" and r.why is None and r.mature:
                main[r.bins][0] += r.amounts["todu_30ever_h6"]
                main[r.bins][1] += r.amounts["todu_amt_pile_h6"]
        rates = self.cells["rates"]
        granted = bundle["exposure"].get("basis") == "granted"
        table, booked = {}, {cell: [0, Fraction(0), Fraction(0)] for cell in order}
        asked = dict.fromkeys(order, 0)
        for r in own:
            if r.status != "booked":
                asked[r.bins] += r.amounts["oa_amt"]
                continue
            line = booked[r.bins]
            line[0] += r.amounts["oa_amt_h0"]
            if r.mature:
                n, p = r.amounts["todu_30ever_h6"], r.amounts["todu_amt_pile_h6"]
            elif r.early and factors:
                n, p = factors[0] * r.early[0], factors[1] * r.early[1]
            else:
                table.setdefault(r.bins, []).append(r)
                continue
            line[1] += n
            line[2] += p
        ratio = Fraction(bundle["exposure"]["ratio"])
        for cell, rows in table.items():
            left = [r for r in own if r.bins == cell and r.status == "booked" and not r.mature]
            amount = sum(r.amounts["oa_amt_h0" if granted else "oa_amt"] for r in left)
            pile = ratio * amount * Fraction(len(rows), len(left))
            risk = (
                self.multiplier * Fraction(*main[cell]) if main[cell][1] > 0
                else max(Fraction(0), Fraction(bundle["surface"]["risk"][order.index(cell)])))
            booked[cell][1] += risk * pile / self.multiplier
            booked[cell][2] += pile
        share = Fraction(rates["pass"]["value"]) * Fraction(rates["takeUp"]["value"])
        part = Fraction(rates["granted"]["value"])
        swap = {}
        for index, cell in enumerate(order):
            pile = ratio * (part if granted else 1) * asked[cell]
            risk = Fraction(self.cells["predictedRisk"][index]) * Fraction(self.cells["rejectMultiplier"][index])
            swap[cell] = [share * part * asked[cell], share * risk * pile / self.multiplier, share * pile]
        for scenario in SCENARIOS:
            if self.cutoffs[scenario] is None:
                continue
            groups = {"Actual": [0, 0, 0], "Swap-in": [0, 0, 0], "Swap-out": [0, 0, 0]}
            for cell in order:
                accepted = self.accepts(scenario, cell)
                for k in range(3):
                    groups["Actual"][k] += booked[cell][k]
                    groups["Swap-in" if accepted else "Swap-out"][k] += (swap if accepted else booked)[cell][k]
            groups["Optimum selected"] = [
                a - o + i for a, o, i in zip(groups["Actual"], groups["Swap-out"], groups["Swap-in"])]
            lines = {r["Metric"]: r for r in self.run.table(f"risk_production_summary_mr_{scenario}")}
            d.equal("recent", "rows of the summary", list(lines), ["Actual", "Swap-in", "Swap-out", "Optimum selected"])
            column = next(name for name in lines["Actual"] if name.startswith("Production (") and "%" not in name)
            # A cell's sums are whole cents: each may be half a cent off.
            for metric, sums in groups.items():
                for name, value in zip((column, "todu_30ever_h6", "todu_amt_pile_h6"), sums):
                    found, expected = Fraction(lines[metric][name]), value * annual / 100
                    allowed = annual * len(order) * Fraction(2, 200) + abs(expected) * Fraction(1, 10**9)
                    d.equal("recent", f"{scenario} {metric} {name}: {float(found)} against {float(expected)}",
                            abs(found - expected) <= allowed, True)
                if sums[2] > 0:
                    d.close("recent", f"{scenario} {metric} risk", number(lines[metric]["Risk (%)"]),
                            100 * self.multiplier * sums[1] / sums[2], 1e-5)
            cells = self.run.table(f"data_summary_desagregado_mr_{scenario}")
            for name, key in (("oa_amt_h0", column), ("todu_30ever_h6", "todu_30ever_h6"),
                              ("todu_amt_pile_h6", "todu_amt_pile_h6")):
                whole = sum(Fraction(c[name + "_boo"]) for c in cells)
                d.close("recent", f"{scenario} cells add up to Actual, {name}", whole, Fraction(lines["Actual"][key]), 1e-12)
                taken = sum(Fraction(c[name]) for c in cells if c["accepted"] == "true")
                d.close("recent", f"{scenario} cells add up to Optimum, {name}", taken, Fraction(
                    lines["Optimum selected"][key]), 1e-12)

    def ladder(self):
        """Σ after six months over Σ after three, of all months, where in a cell's month every mature row has both."""
        groups = {}
        for r in self.rows:
            # The segment's rows of the grid, whatever their period.
            if r.status == "booked" and r.mature and r.bins and not r.twin and r.month is not None:
                groups.setdefault((r.month, r.bins), []).append(r)
        sums, bad = [0, 0, 0, 0], 0
        for rows in groups.values():
            if all(r.early for r in rows):
                bad += sum(r.early[0] > 0 for r in rows)
                for r in rows:
                    sums[0] += r.early[0]
                    sums[1] += r.early[1]
                    sums[2] += r.amounts["todu_30ever_h6"]
                    sums[3] += r.amounts["todu_amt_pile_h6"]
        if bad < 30 or min(sums) <= 0:
            return None
        with open(f"{self.run.path}/stages/recent.json", encoding="utf-8") as file:
            found = json.load(file)["value"]["ladder"]
        factors = Fraction(sums[2], sums[0]), Fraction(sums[3], sums[1])
        self.d.close("ladder", "numerator", found["numeratorFactor"], factors[0])
        self.d.close("ladder", "denominator", found["denominatorFactor"], factors[1])
        self.d.equal("ladder", "bad", found["badRows"], bad)
        return factors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--data", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    check = Check(options.run, load_config(options.config, options.set), options.data)
    for scenario in SCENARIOS:
        if check.cutoffs[scenario] is not None:
            check.audit(scenario)
    check.recent()
    return check.d.finish()


if __name__ == "__main__":
    sys.exit(main())
