"""The explanation of a run's risk model, computed again from the stored model and the applications.

Shapley values by their definition: v(S) is the weighted mean, over the cells with exposure, of the model with the scores of
S from the cell that is explained and the others from the background. Their means are weighted by exposure. The permutations
of the importance, and the rows that are drawn from a background of more than 256 cells, come from the generator of folds.py.
"""

import json
from itertools import combinations
from math import comb, fsum, log

import forms
import surface
from folds import Philox
from run_folder import number

METHODS = {"linear", "exact", "tree-interventional"}


def before_link(form):
    """The form without its last link: what is explained."""
    if form["form"] == "then":
        return {**form, "after": before_link(form["after"])}
    return {**form, "link": "identity"} if form["form"] in ("linear", "trees") else form


def shapley(game, players):
    """Per player, and the value of nobody."""
    values = []
    for j in range(players):
        others = [k for k in range(players) if k != j]
        values.append(fsum(
            (game({*s, j}) - game(set(s))) / (players * comb(players - 1, size))
            for size in range(players) for s in combinations(others, size)))
    return values, game(set())


def drawn(stream, count, limit):
    places = list(range(count))
    if count <= limit:
        return places
    for place in range(limit):
        other = place + stream.below(count - place)
        places[place], places[other] = places[other], places[place]
    return sorted(places[:limit])


def poisson(y, mean):
    mean = max(mean, 1e-15)
    return 2 * ((y * log(y / mean) if y > 0 else 0) - y + mean)


class Explanation:
    def __init__(self, portfolio, run, model):
        means = surface.mean_scores(portfolio)
        risk, exposure = surface.training_cells(portfolio)
        kept = [i for i, w in enumerate(exposure) if w > 0]
        cells = portfolio.cells()
        self.names = [axis.source for axis in portfolio.axes]
        self.rows = [[means[k][cells[i][k]] for k in range(len(self.names))] for i in kept]
        self.risk = [risk[i] for i in kept]
        self.weight = [exposure[i] / 100 for i in kept]
        self.form, self.seed = model["form"], run.seed()
        assert [feature["name"] for feature in model["features"]] == self.names

    def mean(self, values):
        return fsum(v * w for v, w in zip(values, self.weight)) / fsum(self.weight)

    def stream(self, purpose):
        return Philox(self.seed, f"surface-explanation/{purpose}")

    def values(self, is_additive):
        """Per row: a value for each score, the base, and what is explained."""
        form, count = before_link(self.form), len(self.rows)
        background = range(count) if is_additive else drawn(self.stream("explanation-background"), count, 256)
        total = fsum(self.weight[b] for b in background)
        seen = {}

        def value(x):
            if x not in seen:
                seen[x] = forms.value(form, x)
            return seen[x]

        for row in self.rows:
            def game(known):
                return fsum(
                    self.weight[b] * value(tuple(
                        row[k] if k in known else self.rows[b][k] for k in range(len(row)))) for b in background) / total
            yield *shapley(game, len(row)), value(tuple(row))

    def loss(self, rows):
        return self.mean([poisson(y, forms.value(self.form, row)) for y, row in zip(self.risk, rows)])

    def importance(self, place, repeats=5):
        """The rise of the loss with one score dealt out anew among the cells, each time."""
        plain, rises = self.loss(self.rows), []
        for turn in range(repeats):
            stream, column = self.stream(f"permutation-importance/{turn}"), [row[place] for row in self.rows]
            for i in range(len(column) - 1, 0, -1):
                j = stream.below(i + 1)
                column[i], column[j] = column[j], column[i]
            rises.append(self.loss([[*row[:place], x, *row[place + 1:]] for row, x in zip(self.rows, column)]) - plain)
        return rises

    def dependence(self, place, x):
        return self.mean([forms.value(self.form, [*row[:place], x, *row[place + 1:]]) for row in self.rows])


def check(d, portfolio, run, model):
    with open(f"{run.path}/data/shap_summary.json", encoding="utf-8") as file:
        summary = json.load(file)
    if summary["method"] not in METHODS:
        print(f"values of {summary['method']} are not computed here")
        return
    own = Explanation(portfolio, run, model)
    table = run.table("shap_values")
    d.equal("explanation", "cells", (len(table), summary["rows"]), (len(own.rows),) * 2)
    expected = list(own.values(summary["method"] == "linear"))
    scale = max(abs(e[2]) for e in expected)

    def close(what, found, value, unit=scale):
        d.equal("explanation", f"{what}: {found} against {value}", abs(found - value) <= 1e-9 * unit, True)

    for place, (line, row, (values, base, explained)) in enumerate(zip(table, own.rows, expected)):
        for name, x, value in zip(own.names, row, values):
            d.close("explanation", f"{name} of row {place}", number(line[f"value_{name}"]), x)
            close(f"value of {name} in row {place}", number(line[f"shap_{name}"]), value)
        d.close("explanation", f"exposure of row {place}", number(line["weight"]), own.weight[place])
        close(f"base of row {place}", number(line["base"]), base)
        close(f"row {place}", number(line["explained"]), explained)
        added = number(line["base"]) + fsum(number(line[f"shap_{name}"]) for name in own.names)
        close(f"sum of row {place}", added, number(line["explained"]))
    sizes = [own.mean([abs(e[0][k]) for e in expected]) for k in range(len(own.names))]
    order = sorted(range(len(own.names)), key=lambda k: -sizes[k])
    lines = run.table("shap_summary")
    d.equal("explanation", "order", [line["feature"] for line in lines], [own.names[k] for k in order])
    for line, feature, k in zip(lines, summary["features"], order):
        name, column = own.names[k], [e[0][k] for e in expected]
        rises = own.importance(k)
        for key, field, value, unit in (
            ("meanAbsolute", "mean_abs_shap", sizes[k], scale), ("share", "share", sizes[k] / fsum(sizes), 1),
            ("mean", "mean_shap", own.mean(column), scale), ("least", "min_shap", min(column), scale),
            ("greatest", "max_shap", max(column), scale),
            ("importance", "permutation_importance", fsum(rises) / len(rises), max(map(abs, rises))),
        ):
            close(f"{key} of {name}", feature[key], value, unit)
            d.equal("explanation", f"{field} of {name} in both files", number(line[field]), feature[key])
    for line in run.table("partial_dependence"):
        value = own.dependence(own.names.index(line["feature"]), number(line["value"]))
        close(f"dependence on {line['feature']} at {line['value']}", number(line["mean_prediction"]), value, abs(value))
