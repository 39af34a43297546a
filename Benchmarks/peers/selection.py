#!/usr/bin/env python3
"""Selection over the linear kinds of estimators and all feature sets, as scikit-learn does it on the same folds.

    selection.py CUTLINE DATA CONFIG WORK

The folds, features and weights are those of Tests/Oracles; only fits, predictions and scores are timed. Prints CPU-seconds of both
sides, of one thread, least of three, and the greatest difference of the candidates' out-of-fold deviance.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, PoissonRegressor, Ridge, TweedieRegressor

sys.path.insert(0, str(Path(__file__).parents[2] / "Tests/Oracles"))

from applications import Portfolio, load_config  # noqa: E402
from folds import Selection  # noqa: E402

SETS = ["simple", "base", "polynomial", "full"]
# ours, theirs; penalties as each side counts them: half the mean squared error for lasso and elastic net of both.
ESTIMATORS = [
    ("\"linear\"", lambda n: LinearRegression()),
    *[(f"{{ use = \"ridge\", with = {{ alpha = {a} }} }}", lambda n, a=a: Ridge(alpha=a)) for a in (0.3, 0.5, 0.8, 1.2)],
    ("{ use = \"lasso\", with = { alpha = 0.0001 } }", lambda n: Lasso(alpha=0.0001, tol=1e-9, max_iter=100_000)),
    ("{ use = \"elastic-net\", with = { alpha = 0.0001 } }",
     lambda n: ElasticNet(alpha=0.0001, l1_ratio=0.5, tol=1e-9, max_iter=100_000)),
    ("{ use = \"poisson\", with = { alpha = 0.0001 } }",
     lambda n: PoissonRegressor(alpha=0.0001, solver="newton-cholesky", tol=1e-8)),
    ("{ use = \"tweedie\", with = { power = 1.5, alpha = 0.0001 } }",
     lambda n: TweedieRegressor(power=1.5, alpha=0.0001, link="log", tol=1e-8, max_iter=1000)),
]


def deviance(y, mean, w, floor):
    mean = numpy.maximum(mean, floor)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        own = numpy.where(y > 0, y * numpy.log(y / mean) - (y - mean), mean)
    return 2 * (w @ own) / w.sum()


def theirs(selection):
    found = []
    for name in SETS:
        x = numpy.array(selection.designs[name]).T
        for _, make in ESTIMATORS:
            observed, predicted, weights = [], [], []
            for (y, w), (validation, own) in selection.folds:
                y, w, validation, own = map(numpy.array, (y, w, validation, own))
                used, seen = w > 0, own > 0
                model = make(int(used.sum())).fit(x[used], y[used], sample_weight=w[used] / w[used].mean())
                observed.append(validation[seen])
                predicted.append(model.predict(x[seen]))
                weights.append(own[seen])
            y, mean, w = map(numpy.concatenate, (observed, predicted, weights))
            found.append(deviance(y, mean, w, selection.floor))
            1 - (w @ (y - mean) ** 2) / (w @ (y - (w @ y) / w.sum()) ** 2)
    return found


def main():
    tool, data, config, work = sys.argv[1:]
    settings = Path(work) / "selection.toml"
    listed = ", ".join(ours for ours, _ in ESTIMATORS)
    settings.write_text(
        f"extends = \"{os.path.abspath(config)}\"\n[stages.train]\nwith = {{ estimators = [{listed}], select = \"best\" }}\n")
    times, run = [], Path(work) / "run"
    for _ in range(3):
        # The stages before are taken from the first run; only training is done again.
        for file in run.glob("stages/train*"):
            file.unlink()
        subprocess.run([tool, "run", "-c", settings, "-o", run, "--set", f"data_path=\"{data}\"", "--workers", "1",
                        "--until", "train"], check=True, capture_output=True)
        events = [json.loads(line) for line in open(run / "events.jsonl", encoding="utf-8")]
        own = {e["kind"]: e["seconds"] for e in events if e["stage"] == "train"}
        times.append(own["stageFinished"] - own["stageStarted"])
    surface = json.loads((run / "stages/train.json").read_text())
    surface = surface.get("value", surface)
    portfolio = Portfolio(load_config(config, []), data)
    selection = Selection(portfolio, surface["folds"], 42)
    peer = []
    for _ in range(3):
        start = time.process_time()
        found = theirs(selection)
        peer.append(time.process_time() - start)
    ours = [c["outOfFoldDeviance"] for c in surface["candidates"]]
    worst = max(abs(a - b) / b for a, b in zip(ours, found))
    print(f"{len(ours)} candidates on {surface['folds']} folds: cutline {min(times):.3f} s, scikit-learn {min(peer):.3f} s, "
          f"ratio {min(peer) / min(times):.1f}; greatest relative difference of a deviance {worst:.1e}")


if __name__ == "__main__":
    main()
