"""Gradient-boosted trees for the risk of every cell, made monotone: a safer bin is never riskier.

A stage `train` for Cutline. Settings in `config`: trees, learning_rate, leaves, min_rows.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Plugins/python"))

import cutline_stage  # noqa: E402

stage = cutline_stage.Stage()
try:
    import numpy
    from sklearn.ensemble import HistGradientBoostingRegressor
except ImportError as error:
    raise SystemExit(f"{error}: install it with pip install scikit-learn")

stage.known_options("trees", "learning_rate", "leaves", "min_rows")
parameters = {
    "max_iter": stage.option("trees", 200),
    "learning_rate": stage.option("learning_rate", 0.1),
    "max_leaf_nodes": stage.option("leaves", 8),
    "min_samples_leaf": stage.option("min_rows", 1),
}

axes = stage.grid()
multiplier = stage.load("cube")["measure"]["multiplier"]
cells = stage.cells()
sums = stage.sums()
used = [cell for cell in cells if sums[cell]["todu_amt_pile_h6"] > 0]
if len(used) < 2:
    raise SystemExit("fewer than two cells hold booked applications with an outcome")

# Risk as a fraction, weighted by the exposure that it is a fraction of.
x = numpy.array(used, dtype=float)
weight = numpy.array([sums[cell]["todu_amt_pile_h6"] for cell in used])
y = multiplier * numpy.array([sums[cell]["todu_30ever_h6"] for cell in used]) / weight


def safest_is_last(axis):
    """Whether bin numbers rise towards the safe end."""
    return (axis["direction"] == "higher-is-safer") == (axis["numbering"] == "ascending")


model = HistGradientBoostingRegressor(
    **parameters,
    monotonic_cst=[-1 if safest_is_last(axis) else 1 for axis in axes],
    early_stopping=False,
    random_state=stage.seed % 2**32,
)
stage.progress(0.1)
model.fit(x, y, sample_weight=weight / weight.mean())
risk = numpy.maximum(model.predict(numpy.array(cells, dtype=float)), 0)
stage.progress(0.9)

stage.write_cells("risk.csv", "risk", list(risk))
stage.write(
    {
        "estimator": "gradient boosting (scikit-learn)",
        "features": [axis["name"] for axis in axes],
        "parameters": {name: float(value) for name, value in parameters.items()},
    },
    "surface.json",
)
stage.note(f"{parameters['max_iter']} trees on {len(used)} of {len(cells)} cells, monotone in {len(axes)} variables")
