"""Reject inference, recomputed from rows: python3 Tests/Oracles/reject_inference.py (writes Tests/Fixtures/rejects);
with --coverage, how often the interval of overrides holds the truth.

A portfolio is drawn, and every method and the evidence of overrides are worked out from its applications with numpy, scipy
and scikit-learn, none of it by Cutline's code or through its cube. docs/methods/reject-inference.md has the formulas.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaincinv
from scipy.stats import chi2
from sklearn.isotonic import IsotonicRegression

folder = Path(__file__).resolve().parent.parent / "Fixtures" / "rejects"
MULTIPLIER = 7.0
BINS = 4
EDGES = np.arange(0, 10 * BINS + 1, 10)
BETA = (-0.35, -0.055, -0.03)
BOOKED, REJECTED, CANCELLED = 0, 1, 3


def draw(rows, seed):
    """Applications: scores of one decimal, decision, outcome, cents, month from 0, a number that stands for the id."""
    rng = np.random.default_rng(seed)
    a = np.round(rng.uniform(0.1, 39.9, rows), 1)
    b = np.round(rng.uniform(0.1, 39.9, rows), 1)
    # Nobody applies in the cell (0, 3).
    b[(a <= 10) & (b > 30)] -= 30
    seen = 0.06 * a + 0.05 * b + rng.normal(0, 0.7, rows)
    status = np.where(seen > 1.7, BOOKED, REJECTED)
    overridden = rng.uniform(size=rows) < 0.06
    status[overridden] = BOOKED
    row, column = np.ceil(a / 10) - 1, np.ceil(b / 10) - 1
    status[(row == 0) & (column == 0)] = REJECTED
    status[(row == 3) & (column == 3)] = BOOKED
    status[rng.uniform(size=rows) < 0.04] = CANCELLED
    mature = (status == BOOKED) & (rng.uniform(size=rows) < 0.95)
    # In (0, 1) somebody was booked, and nobody's outcome is known.
    mature &= ~((row == 0) & (column == 1))
    requested = rng.integers(100_000, 900_000, rows)
    pile = np.where(mature, (requested * rng.uniform(3, 6, rows)).astype(int), 0)
    bad = mature & (rng.uniform(size=rows) < expit(0.4 - 0.06 * a - 0.035 * b))
    owed = np.where(bad, np.maximum(1, (pile * rng.uniform(0.1, 0.25, rows)).astype(int)), 0)
    return {
        "a": a, "b": b, "status": status, "mature": mature.astype(int), "requested": requested, "numerator": owed,
        "denominator": pile, "month": rng.integers(0, 12, rows), "key": 7 * np.arange(rows) + 1000,
    }


def bucket(key, buckets):
    """SplitMix64's finaliser modulo 60, then modulo the number of buckets."""
    mask = (1 << 64) - 1
    z = (int(key) + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) % 60 % buckets


class Portfolio:
    def __init__(self, rows):
        self.__dict__.update({key: np.asarray(value) for key, value in rows.items()})
        self.cell = ((np.ceil(self.a / 10) - 1) * BINS + np.ceil(self.b / 10) - 1).astype(int)
        self.cells = BINS * BINS
        self.booked, self.rejected = self.status == BOOKED, self.status == REJECTED
        self.known = self.booked & (self.mature == 1)
        self.n, self.r = self.count(self.booked), self.count(self.rejected)
        self.T, self.B = self.total(self.known, self.numerator), self.total(self.known, self.denominator)
        self.A = self.total(self.rejected, self.requested)
        self.bads = self.count(self.known & (self.numerator > 0))
        self.exposure = self.A * self.B.sum() / self.requested[self.known].sum()
        decided = self.booked | self.rejected
        self.means = []
        for axis, values in enumerate((self.a, self.b)):
            bins = self.cell // BINS if axis == 0 else self.cell % BINS
            self.means.append(np.array([values[decided & (bins == k)].mean() for k in range(BINS)]))
        grid = np.arange(self.cells)
        self.x = np.column_stack([self.means[0][grid // BINS], self.means[1][grid % BINS]])
        self.risk = self.model(*self.x.T)
        with np.errstate(invalid="ignore"):
            self.acceptance = self.n / (self.n + self.r)

    def count(self, rows):
        return np.bincount(self.cell[rows], minlength=self.cells).astype(float)

    def total(self, rows, values):
        return np.bincount(self.cell[rows], values[rows], minlength=self.cells)

    @staticmethod
    def model(a, b):
        return expit(BETA[0] + BETA[1] * a + BETA[2] * b)

    def smoothed(self, prior):
        mean = self.n.sum() / (self.n + self.r).sum()
        return np.where(self.n + self.r > 0, (self.n + prior * mean) / (self.n + self.r + prior), np.nan)

    def mean_score_factor(self, rows):
        """Model at a group's mean scores over the cell's prediction; NaN where there is no group."""
        with np.errstate(invalid="ignore"):
            size = self.count(rows)
            return self.model(self.total(rows, self.a) / size, self.total(rows, self.b) / size) / self.risk


def kept(values, low, high, where):
    """Between bounds in the cells `where`, 1 elsewhere."""
    return np.where(where, np.clip(np.where(where, values, 1), low, high), 1.0)


def poisson(x, y, w, alpha):
    """Predictions of a penalised Poisson regression on features standardised by w."""
    mean = np.average(x, axis=0, weights=w)
    x = (x - mean) / np.sqrt(np.average((x - mean) ** 2, axis=0, weights=w))
    design = np.column_stack([np.ones(len(x)), x])
    share = w / w.sum()
    penalty = np.array([0.0] + [alpha] * x.shape[1])

    def value(beta):
        eta = design @ beta
        return share @ (np.exp(eta) - y * eta) + penalty @ beta**2 / 2

    def gradient(beta):
        return design.T @ (share * (np.exp(design @ beta) - y)) + penalty * beta

    beta = minimize(value, [np.log(share @ y), 0, 0], jac=gradient, method="BFGS", options={"gtol": 1e-8}).x
    for _ in range(20):
        hessian = (design.T * (share * np.exp(design @ beta))) @ design + np.diag(penalty)
        beta = beta - np.linalg.solve(hessian, gradient(beta))
    assert np.abs(gradient(beta)).max() < 1e-14
    return np.exp(design @ beta)


def refit(p, target, weights, cap):
    return kept(poisson(p.x, target, weights, 1e-4) / p.risk, 0, cap, p.r > 0)


def acceptance_uplift(p, uplift=1.5, cap=3.0, curve="linear", smoothing=0.0, no_demand="one"):
    a = p.smoothed(smoothing) if smoothing else p.acceptance
    raw = 1 + uplift * (1 - a) if curve == "linear" else np.maximum(a, 0.01) ** -uplift
    return np.where(np.isnan(a), cap if no_demand == "cap" else 1.0, np.clip(raw, 1, cap))


def parceling_score_band(p, bands=10, factor=1.2, cap=3.0, prior_bads=10.0):
    decided = p.booked | p.rejected
    predicted = p.risk[p.cell]
    safer = np.searchsorted(np.sort(predicted[decided]), p.risk, side="left")
    band = np.minimum(bands - 1, bands * safer // decided.sum())
    observed = {}
    bad = p.known & (p.numerator > 0)
    event = MULTIPLIER * p.numerator[bad].mean() if bad.any() else np.inf
    overall = MULTIPLIER * p.numerator[p.known].sum() / (p.denominator * predicted)[p.known].sum()
    for k in range(bands):
        rows = p.known & (band[p.cell] == k)
        owed = p.denominator[rows].sum()
        if owed > 0:
            # Bad ones that the surface expects in the band, beside those of the prior at the ratio of all.
            said = (p.denominator * predicted)[rows].sum()
            ratio = (MULTIPLIER * p.numerator[rows].sum() / event + prior_bads * overall) / (said / event + prior_bads)
            observed[k] = ratio * said / owed
    result = np.ones(p.cells)
    for k in set(band):
        rows = p.rejected & (band[p.cell] == k)
        if not rows.any():
            continue
        source = min((j for j in observed if j >= k), default=None)
        source = max(j for j in observed if j < k) if source is None else source
        own = np.average(predicted[rows], weights=p.requested[rows])
        result[(band == k) & (p.r > 0)] = np.clip(factor * observed[source] / own, 0, cap)
    return result


def fuzzy_augmentation(p, factor=1.0, reject_weight=1.0, cap=3.0):
    """Every reject as a bad and a good record beside the booked cells."""
    added = reject_weight * p.exposure
    bad = np.concatenate([MULTIPLIER * p.T, added * factor * p.risk])
    weight = np.concatenate([p.B, added])
    with np.errstate(invalid="ignore"):
        y = np.where(weight > 0, bad / weight, 0)
    use = weight > 0
    x = np.concatenate([p.x, p.x])[use]
    # Records of one cell have one prediction: separate rows and their weighted mean give the same fit.
    fitted = poisson_rows(x, y[use], weight[use], p.x)
    return kept(fitted / p.risk, 0, cap, p.r > 0)


def poisson_rows(x, y, w, at):
    both = np.concatenate([x, at])
    return poisson(both, np.concatenate([y, np.zeros(len(at))]), np.concatenate([w, np.zeros(len(at))]), 1e-4)[len(x):]


def hard_cutoff(p, factor=1.0, reject_weight=1.0, bad_share=None, cap=3.0):
    severity = MULTIPLIER * p.T.sum() / p.B.sum() / (p.bads.sum() / p.known.sum())
    share = factor * np.average(p.risk, weights=p.exposure) / severity if bad_share is None else bad_share
    left, part = min(1, share) * p.exposure.sum(), np.zeros(p.cells)
    for cell in np.argsort(-p.risk):
        if p.exposure[cell] > 0:
            part[cell] = min(1, max(0, left / p.exposure[cell]))
            left -= p.exposure[cell]
    added = reject_weight * p.exposure
    x = np.concatenate([p.x, p.x])
    y = np.concatenate([np.where(p.B > 0, MULTIPLIER * p.T / np.maximum(p.B, 1), 0), severity * part])
    fitted = poisson_rows(x, y, np.concatenate([p.B, added]), p.x)
    return kept(fitted / p.risk, 0, cap, p.r > 0)


def reweighting(p, smoothing=10.0, floor=0.02, cap=3.0):
    a = p.smoothed(smoothing) if smoothing else p.acceptance
    weight = np.where(p.B > 0, p.B / np.maximum(np.nan_to_num(a, nan=1.0), floor), 0)
    y = np.where(p.B > 0, MULTIPLIER * p.T / np.maximum(p.B, 1), 0)
    return kept(poisson_rows(p.x, y, weight, p.x) / p.risk, 0, cap, p.r > 0)


def monotone(p, floor=1.0, cap=3.0, smoothing=0.0):
    a = p.smoothed(smoothing) if smoothing else p.acceptance
    use = p.B > 0
    weight = p.B[use] * p.risk[use]
    fit = IsotonicRegression(increasing=False, out_of_bounds="clip")
    fit.fit(a[use], MULTIPLIER * p.T[use] / weight, sample_weight=weight)
    seen = np.unique(a[use])
    values = fit.predict(seen)
    middles = (seen[:-1] + seen[1:]) / 2
    ratio = values[np.searchsorted(middles, np.nan_to_num(a, nan=1.0), side="left")]
    return kept(ratio, floor, cap, p.r > 0)


def within_cell(p, cap=3.0):
    booked, rejected = p.mean_score_factor(p.known), p.mean_score_factor(p.rejected)
    return kept(np.where(np.isnan(booked), rejected, rejected / booked), 1 / cap, cap, p.r > 0)


def gamma_interval(sums, expected, event, confidence, events):
    """Fay and Feuer's, its variance not below that of as many equal events as there are."""
    groups, s, tail = len(sums), sums.sum(), (1 - confidence) / 2
    v = groups / (groups - 1) * ((sums - s / groups) ** 2).sum()
    v = max(v, s * s / events if events else 0.0)
    low = 0.0 if s == 0 else v / (2 * s) * chi2.ppf(tail, 2 * s * s / v) / expected
    up, upv = s + event, v + event * event
    return low, upv / (2 * up) * chi2.ppf(1 - tail, 2 * up * up / upv) / expected, v


def evidence(p, acceptance_below=0.5, weight_cap=20.0, confidence=0.9, prior_bads=10.0, override_bound=1.5,
             within_cell=True, buckets=None):
    with np.errstate(invalid="ignore"):
        use = (p.acceptance < acceptance_below) & (p.B > 0) & (p.r > 0)
    weight = np.where(use, p.exposure / np.maximum(p.B, 1), 0)
    limit = weight_cap * p.exposure[use].sum() / p.B[use].sum()
    capped = int((weight > limit).sum())
    lost = 1 - (np.minimum(weight, limit) * p.B).sum() / p.exposure[use].sum()
    weight = np.minimum(weight, limit)
    ones = np.ones(p.cells)
    g, h = ones, ones
    if within_cell:
        g = np.clip(np.nan_to_num(p.mean_score_factor(p.known), nan=1.0), 1 / 3, 3)
        h = np.clip(np.nan_to_num(p.mean_score_factor(p.rejected), nan=1.0), 1 / 3, 3)
    group = np.array([bucket(key, buckets) for key in p.key]) if buckets else p.month
    groups = buckets or 12
    event = p.T.sum() / p.bads.sum()
    # Row by row: every override carries its cell's weight.
    rows = p.known & use[p.cell]
    sums = np.bincount(group[rows], (weight[p.cell] * p.numerator)[rows], minlength=groups)
    expected = (weight * p.B * p.risk * g).sum() / MULTIPLIER
    low, high, v = gamma_interval(sums, expected, weight[use].max() * event, confidence, p.bads[use].sum())
    ratio = sums.sum() / expected
    effective = sums.sum() ** 2 / v if v > 0 else 0.0
    events = effective / ratio if effective > 0 else expected / (weight[use].max() * event)
    shrunk = (events * ratio + prior_bads) / (events + prior_bads)
    cells = []
    for cell in np.flatnonzero(use):
        rows = p.known & (p.cell == cell)
        own = np.bincount(group[rows], p.numerator[rows], minlength=groups).astype(float)
        cells.append([int(cell), *gamma_interval(own, p.B[cell] / MULTIPLIER, event, confidence, p.bads[cell])[:2]])
    base = (weight * p.B * p.risk * h).sum() / (weight * p.B).sum()
    return {
        "ratio": ratio, "low": low, "high": high, "shrunk": shrunk, "effective": effective, "expected": events,
        "capped": capped, "lost": lost, "overrides": int((p.known & use[p.cell]).sum()),
        "bads": int(p.bads[use].sum()), "cells": cells, "factors": h, "rejectRisk": 100 * ratio * base,
        "exposure": weight * p.B,
    }


def overrides(p, floor=0.0, cap=3.0, buckets=None, **settings):
    known = evidence(p, buckets=buckets, **settings)
    return np.clip(known["shrunk"] * known["factors"], floor, cap)


METHODS = {
    "acceptance-uplift": (acceptance_uplift, [
        {}, {"curve": "power"}, {"curve": "power", "uplift": 0.4, "smoothing": 10.0}, {"smoothing": 25.0, "cap": 2.0},
        {"no_demand": "cap"}]),
    "parceling-score-band": (parceling_score_band, [{}, {"bands": 4, "factor": 1.0}, {"bands": 100, "prior_bads": 0.0}]),
    "fuzzy-augmentation": (fuzzy_augmentation, [{}, {"factor": 1.5}, {"factor": 1.5, "reject_weight": 0.3}]),
    "hard-cutoff": (hard_cutoff, [{}, {"factor": 1.3, "reject_weight": 0.5}, {"bad_share": 0.2, "cap": 10.0}]),
    "reweighting": (reweighting, [{}, {"smoothing": 0.0, "floor": 0.1}]),
    "monotone": (monotone, [{}, {"floor": 0.5, "smoothing": 20.0}]),
    "within-cell": (within_cell, [{}]),
    "overrides": (overrides, [
        {}, {"within_cell": False}, {"acceptance_below": 0.3, "prior_bads": 0.0}, {"weight_cap": 1.2, "prior_bads": 50.0},
        {"confidence": 0.99, "cap": 1.05, "floor": 1.0}]),
}
KEYS = {"uplift": "reject_uplift_factor", "cap": "reject_max_risk_multiplier"}
EVIDENCE = [{}, {"within_cell": False}, {"weight_cap": 1.2, "confidence": 0.99}, {"acceptance_below": 0.8, "prior_bads": 0.0}]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def coverage(draws=4000, cells=40):
    """How often the 90 % interval holds the true ratio 1: groups, expected bad ones, spread of the log weights, share."""
    rng = np.random.default_rng(1)
    for groups in (12, 30, 60):
        for expected in (5, 20, 80):
            for spread in (0.0, 1.0):
                weight = np.exp(spread * rng.normal(size=cells))
                held = 0
                for _ in range(draws):
                    cell = np.repeat(np.arange(cells), rng.poisson(expected / cells, cells))
                    worth = weight[cell] * rng.uniform(0.3, 1.7, len(cell))
                    sums = np.bincount(rng.integers(0, groups, len(cell)), worth, minlength=groups)
                    low, high, _ = gamma_interval(sums, weight.mean() * expected, weight.max(), 0.9, len(cell))
                    held += low <= 1 <= high
                print(f"{groups:3} groups {expected:3} expected, spread {spread}: {100 * held / draws:.1f} %")


def main():
    if "--coverage" in sys.argv:
        return coverage()
    folder.mkdir(exist_ok=True)
    for name, rows, seed, buckets in (("buckets", 4400, 5, 30), ("months", 2200, 6, None)):
        drawn = draw(rows, seed)
        p = Portfolio(drawn)
        methods = []
        for method, (form, cases) in METHODS.items():
            for settings in cases:
                # The keys of the configuration, where two of them have longer names.
                named = {KEYS.get(key, key): value for key, value in settings.items()}
                extra = {"buckets": buckets} if method == "overrides" else {}
                methods.append({"method": method, "settings": named, "multiplier": form(p, **settings, **extra)})
        found = [{"settings": settings, **evidence(p, buckets=buckets, **settings)} for settings in EVIDENCE]
        content = {"beta": BETA, "rows": drawn, "risk": p.risk, "methods": methods, "evidence": found}
        (folder / f"{name}.json").write_text(json.dumps(plain(content), separators=(",", ":")) + "\n")
    levels = [0.0005, 0.025, 0.05, 0.3, 0.5, 0.7, 0.95, 0.975, 0.9995]
    shapes = [0.3, 0.5, 1, 1.7, 3, 9.99, 10, 31.4, 100, 777.7, 12345.6, 250000]
    quantiles = [[a, q, float(gammaincinv(a, q))] for a in shapes for q in levels]
    (folder / "gamma.json").write_text(json.dumps({"quantiles": quantiles}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
