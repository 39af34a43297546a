"""Expected results for the estimators, by scikit-learn and scipy: python3 Tests/Oracles/fits.py (writes Tests/Fixtures/fits).

Tweedie models with a true offset, which scikit-learn lacks, are minimised by scipy; monotone surfaces come from the minimax
formula over all upper and lower sets.
"""

import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import ElasticNet, GammaRegressor, LogisticRegression, Ridge

folder = Path(__file__).resolve().parent.parent / "Fixtures" / "fits"
rng = np.random.default_rng(20260101)


def rounded(values):
    return np.round(np.asarray(values, float), 6)


def write(name, content):
    def plain(x):
        return x.tolist() if isinstance(x, np.ndarray) else float(x) if isinstance(x, np.floating) else x

    text = json.dumps(content, default=plain, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text + "\n")


def features(rows, columns):
    return rounded(rng.uniform(-1, 1, (rows, columns)) * (1 + np.arange(columns)))


def newton(value, start):
    """The minimum of a smooth convex function to full precision: BFGS, then Newton on differences of the gradient."""
    f, gradient = value
    x = minimize(f, start, jac=gradient, method="BFGS", options={"gtol": 1e-9, "maxiter": 10000}).x
    for _ in range(30):
        step = 1e-5
        hessian = np.array([(gradient(x + step * e) - gradient(x - step * e)) / (2 * step) for e in np.eye(len(x))])
        x = x - np.linalg.solve((hessian + hessian.T) / 2, gradient(x))
    assert np.abs(gradient(x)).max() < 1e-12, np.abs(gradient(x)).max()
    return x


def tweedie(x, y, w, offset, power, alpha):
    """Half the weighted mean deviance + alpha/2 |b|^2, log link; the intercept first."""
    design = np.column_stack([np.ones(len(y)), x])
    total = w.sum()

    def f(b):
        eta = design @ b + offset
        a, c = power - 1, 2 - power
        first = -y * eta if a == 0 else y * np.exp(-a * eta) / a
        second = eta if c == 0 else np.exp(c * eta) / c
        return (w * (first + second)).sum() / total + alpha / 2 * (b[1:] ** 2).sum()

    def gradient(b):
        eta = design @ b + offset
        slope = -y * np.exp((1 - power) * eta) + np.exp((2 - power) * eta)
        return design.T @ (w * slope) / total + alpha * np.concatenate([[0], b[1:]])

    start = np.zeros(design.shape[1])
    start[0] = np.log((w * y).sum() / (w * np.exp(offset)).sum())
    return newton((f, gradient), start)


def tweedies():
    rows = 120
    x = features(rows, 3)
    exposure = rounded(rng.uniform(0.2, 3, rows))
    mean = exposure * np.exp(-0.5 + 0.6 * x[:, 0] - 0.2 * x[:, 1] + 0.1 * x[:, 2])
    amount = rounded(np.where(rng.uniform(size=rows) < 0.35, 0, mean * rng.gamma(2, 0.75, rows)))
    w = rounded(rng.uniform(0.5, 2, rows))
    content = {"columns": x.T, "amount": amount, "exposure": exposure, "weights": w, "offset": [], "ratio": []}
    for power in (1.0, 1.3, 1.5, 1.9, 2.0):
        for alpha in (0.0, 0.05):
            used = amount > 0 if power == 2 else np.ones(rows, bool)
            case = {"power": power, "alpha": alpha}
            # The amount with the logarithm of its exposure as offset.
            content["offset"].append(case | {"beta": tweedie(
                x[used], amount[used], w[used], np.log(exposure[used]), power, alpha)})
            # The ratio with the exposure as weight.
            content["ratio"].append(case | {"beta": tweedie(
                x[used], rounded(amount / exposure)[used], exposure[used], np.zeros(used.sum()), power, alpha)})
    write("tweedie", content | {"target": rounded(amount / exposure)})


def logistics():
    rows = 150
    x = features(rows, 4)
    chance = 1 / (1 + np.exp(-(-0.3 + x @ np.array([0.9, -0.4, 0.0, 0.2]))))
    y = (rng.uniform(size=rows) < chance).astype(float)
    w = rounded(rng.uniform(0.5, 2, rows))
    content = {"columns": x.T, "target": y, "weights": w, "cases": []}
    for alpha, ratio in ((0.0, 0.0), (0.01, 0.0), (0.02, 1.0), (0.02, 0.5), (0.2, 0.3)):
        # C Σ w log loss + penalty is ours times C W with alpha = 1 / (C W).
        c = np.inf if alpha == 0 else 1 / (alpha * w.sum())
        fit = LogisticRegression(C=c, l1_ratio=ratio, solver="saga" if ratio else "newton-cholesky", tol=1e-12,
                                 max_iter=1_000_000).fit(x, y, sample_weight=w)
        content["cases"].append({"alpha": alpha, "l1_ratio": ratio, "beta": np.concatenate([fit.intercept_, fit.coef_[0]])})
    write("logistic", content)


def elastic_nets():
    rows = 80
    x = features(rows, 6)
    x[:, 5] = rounded(x[:, 4] + 0.01 * rng.normal(size=rows))
    y = rounded(1 + x @ np.array([0.5, 0, -0.3, 0.05, 0.1, 0.1]) + 0.3 * rng.normal(size=rows))
    w = rounded(rng.uniform(0.5, 2, rows))
    content = {"columns": x.T, "target": y, "weights": w, "cases": []}
    for alpha in (0.001, 0.05, 0.3):
        for ratio in (0.05, 0.5, 1.0):
            fit = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-14, max_iter=1_000_000).fit(x, y, sample_weight=w)
            content["cases"].append(
                {"alpha": alpha, "l1_ratio": ratio, "beta": np.concatenate([[fit.intercept_], fit.coef_])})
    write("elastic-net", content)


def hurdles():
    rows = 150
    x = features(rows, 2)
    occurs = rng.uniform(size=rows) < 1 / (1 + np.exp(-(0.3 + x[:, 0])))
    y = rounded(np.where(occurs, 2 + x[:, 0] - 0.3 * x[:, 1] + 0.2 * rng.normal(size=rows), 0))
    w = rounded(rng.uniform(0.5, 2, rows))
    chance = LogisticRegression(C=1 / (0.001 * w.sum()), solver="newton-cholesky", tol=1e-12).fit(
        x, occurs, sample_weight=w).predict_proba(x)[:, 1]
    own = w[occurs] / w[occurs].mean()
    size = Ridge(alpha=0.5, solver="cholesky").fit(x[occurs], y[occurs], sample_weight=own).predict(x)
    write("hurdle", {"columns": x.T, "target": y, "weights": w, "predicted": chance * size})


def gamma_hurdles():
    """Logistic times gamma with a log link, each with its own penalty; amounts with a long tail and many zeros."""
    rows = 200
    x = features(rows, 3)
    occurs = rng.uniform(size=rows) < 1 / (1 + np.exp(-(-0.4 + 0.8 * x[:, 0] - 0.5 * x[:, 1])))
    y = rounded(np.where(occurs, np.exp(0.3 - 0.5 * x[:, 0] + 0.2 * x[:, 2]) * rng.gamma(2, 0.5, rows), 0))
    w = rounded(rng.uniform(0.1, 3, rows))
    used = y > 0
    content = {"columns": x.T, "target": y, "weights": w, "cases": []}
    for chance_alpha, size_alpha in ((0.0, 0.0), (0.001, 0.02), (0.05, 0.3)):
        c = np.inf if chance_alpha == 0 else 1 / (chance_alpha * w.sum())
        chance = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-12).fit(
            x, used, sample_weight=w).predict_proba(x)[:, 1]
        size = GammaRegressor(alpha=size_alpha, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(
            x[used], y[used], sample_weight=w[used]).predict(x)
        # The same minimum by other code.
        beta = tweedie(x[used], y[used], w[used], np.zeros(used.sum()), 2.0, size_alpha)
        assert np.abs(np.exp(beta[0] + x @ beta[1:]) / size - 1).max() < 1e-10
        content["cases"].append({"chance_alpha": chance_alpha, "size_alpha": size_alpha, "chance": chance,
                                 "size": size, "predicted": chance * size})
    write("hurdle-gamma", content)


def isotonics():
    cases = []
    for rows, distinct, rising in ((60, 60, True), (80, 15, True), (50, 20, False), (1, 1, True)):
        x = rounded(rng.integers(0, distinct, rows) / 7 if distinct < rows else rng.uniform(-1, 1, rows))
        y = rounded((1 if rising else -1) * x + rng.normal(size=rows))
        w = rounded(rng.uniform(0.1, 2, rows))
        fit = IsotonicRegression(increasing=rising).fit(x, y, sample_weight=w)
        cases.append({"rising": rising, "x": x, "y": y, "w": w, "predicted": fit.predict(x)})
    write("isotonic", {"cases": cases})


def upper_sets(below):
    """All upper sets of an order as bit masks; below[i, j] says that i is not above j."""
    count = len(below)
    above = [sum(1 << j for j in range(count) if below[i, j]) for i in range(count)]
    found = {0}
    for i in range(count):
        found |= {one | above[i] for one in found}
    return np.array(sorted(found), np.int64)


def surfaces():
    """Weighted least squares under a partial order by its minimax formula over all upper sets U and lower sets L,
    g(i) = max over U with i of min over L with i of the weighted mean of U and L together (Barlow et al. 1972)."""
    cases = []
    for sizes, rows, directions in (((3, 3), 9, (1, 1)), ((4, 4), 14, (1, -1)), ((2, 3, 2), 14, (1, 1, -1)),
                                    ((6,), 12, (1,)), ((5, 5), 8, (-1, -1)), ((3, 4), 30, (-1, 1))):
        x = np.array([[rng.integers(0, size) for size in sizes] for _ in range(rows)], float)
        y = rounded((x * directions).sum(1) * 0.3 + rng.normal(size=rows))
        w = rounded(rng.uniform(0.2, 2, rows))
        points, place = np.unique(x * directions, axis=0, return_inverse=True)
        place = place.ravel()
        weight = np.bincount(place, w)
        mean = np.bincount(place, w * y) / weight
        count = len(points)
        below = np.array([[(a <= b).all() for b in points] for a in points])
        upper = upper_sets(below)
        lower = ((1 << count) - 1) & ~upper
        inside = (upper[:, None] & lower[None, :])
        bits = [(inside >> i) & 1 for i in range(count)]
        total = sum(b * v for b, v in zip(bits, weight))
        average = sum(b * v for b, v in zip(bits, weight * mean)) / np.where(total > 0, total, 1)
        g = np.empty(count)
        for i in range(count):
            u = (upper >> i) & 1 == 1
            low = (lower >> i) & 1 == 1
            g[i] = average[np.ix_(u, low)].min(1).max()
        assert all(g[i] <= g[j] + 1e-12 for i in range(count) for j in range(count) if below[i, j])
        cases.append({"x": x.T, "y": y, "w": w, "directions": directions, "predicted": g[place]})
    write("monotone-surface", {"cases": cases})


folder.mkdir(parents=True, exist_ok=True)
# New ones at the end: all draw from one generator.
for make in (tweedies, logistics, elastic_nets, hurdles, isotonics, surfaces, gamma_hurdles):
    make()
