"""The risk surface, fitted again: weighted regressions on standardised polynomials of the bins' mean scores.

ridge minimises sum w (y - b0 - x b)^2 + alpha |b|^2, weights (exposure) scaled to mean 1, intercept free. The normal
equations are solved in exact rational arithmetic, so the only rounding is that of the features themselves.

The canonical ones minimise sum w (A(e) - y e) / sum w + alpha / 2 |b|^2 with e = b0 + x b, by Newton's method with halved
steps: A(e) = exp(e) for poisson, log(1 + exp(e)) for logistic. Their mean is A'(e).
"""

from fractions import Fraction
from math import fsum, log, sqrt

import numpy

from applications import DENOMINATOR, NUMERATOR

DEGREES = {"simple": (1, 1), "base": (2, 1), "quadratic": (2, 2), "polynomial": (3, 3), "full": (3, 3)}


def standardise(values, weights):
    """To weighted mean 0 and weighted (population) deviation 1."""
    total = fsum(weights)
    mean = fsum(v * w for v, w in zip(values, weights)) / total
    deviation = sqrt(fsum((v - mean) ** 2 * w for v, w in zip(values, weights)) / total)
    return [(v - mean) / deviation if deviation > 0 else 0.0 for v in values]


def mean_scores(portfolio):
    """Per score: bin -> mean raw score of the sample's rows, booked or rejected."""
    result = []
    for index, axis in enumerate(portfolio.axes):
        values = {number: [] for number in range(1, axis.count + 1)}
        for a in portfolio.applications:
            values[a.bins[index]].append(a.scores[index])
        result.append({n: fsum(v) / len(v) if v else axis.middle(n) for n, v in values.items()})
    return result


def design(portfolio, feature_set, weights):
    """Columns of features over the cells, with their names."""
    degree, per_score = DEGREES[feature_set]
    means, cells = mean_scores(portfolio), portfolio.cells()
    x = [standardise([means[k][cell[k]] for cell in cells], weights) for k in (0, 1)]
    exponents = [(a, b) for a in range(per_score + 1) for b in range(per_score + 1) if 1 <= a + b <= degree]
    if feature_set == "polynomial":
        # Squares and cubes of each score, and of products the plain one.
        exponents = [(a, b) for a, b in exponents if a == 0 or b == 0 or a == b == 1]
    exponents.sort(key=lambda e: (e[0] + e[1], -e[0]))
    columns, names = [], []
    for a, b in exponents:
        columns.append(standardise([u**a * v**b for u, v in zip(*x)], weights))
        parts = [(axis.name, e) for axis, e in zip(portfolio.axes, (a, b)) if e > 0]
        names.append("·".join(n if e == 1 else f"{n}^{e}" for n, e in parts))
    return columns, names


def training_cells(portfolio, applications=None):
    """Per cell: risk as a fraction and exposure, of mature booked applications."""
    sums = {cell: [0, 0] for cell in portfolio.cells()}
    for a in portfolio.applications if applications is None else applications:
        if a.mature:
            sums[a.bins][0] += a.amounts[NUMERATOR]
            sums[a.bins][1] += a.amounts[DENOMINATOR]
    y = [float(portfolio.multiplier * Fraction(n, d)) if d > 0 else 0.0 for n, d in sums.values()]
    return y, [float(d) if d > 0 else 0.0 for _, d in sums.values()]


def solve(matrix, right, least=0):
    """Gaussian elimination of a symmetric, positive matrix; None where a pivot is not larger than `least`."""
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(n):
        if rows[column][column] <= least:
            return None
        for r in range(column + 1, n):
            factor = rows[r][column] / rows[column][column]
            if factor:
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[column])]
    result = [0] * n
    for r in reversed(range(n)):
        known = sum(rows[r][c] * result[c] for c in range(r + 1, n))
        result[r] = (rows[r][n] - known) / rows[r][r]
    return result


def ridge(columns, y, weights, alpha, exact=True):
    """Intercept and coefficients for the given features; None where they are collinear and alpha is 0.

    Exact in rationals, or in floating point with the weights scaled to mean 1.
    """
    used = [i for i, w in enumerate(weights) if w > 0]
    number = Fraction if exact else float
    w = [number(weights[i]) for i in used]
    scale = len(used) / sum(w)
    # Exact weights are integers (hundredths); their scale to mean 1 moves to the penalty.
    penalty = number(alpha) / scale
    x = [[number(1)] * len(used)] + [[number(column[i]) for i in used] for column in columns]
    target = [number(y[i]) for i in used]
    weighted = [[a * b for a, b in zip(w, column)] for column in x]
    matrix = [[sum(a * b for a, b in zip(p, q)) for q in x] for p in weighted]
    for index in range(1, len(x)):
        matrix[index][index] += penalty
    # In floating point a pivot that cancels to rounding is a collinear feature.
    solution = solve(
        matrix, [sum(a * b for a, b in zip(p, target)) for p in weighted], 0 if exact else 1e-9 * float(sum(w)))
    return None if solution is None else [float(value) for value in solution]


CANONICAL = {
    # A, A', A'', and the e of a mean
    "poisson": (numpy.exp, numpy.exp, numpy.exp, log),
    "logistic": (lambda e: numpy.logaddexp(0, e), lambda e: 1 / (1 + numpy.exp(-e)),
                 lambda e: 1 / (2 + numpy.exp(-e) + numpy.exp(e)), lambda m: log(m / (1 - m))),
}


def canonical(estimator, columns, y, weights, alpha):
    """Intercept and coefficients; None where it does not come to an end, as without a penalty on separated data."""
    potential, mean_of, variance, start = CANONICAL[estimator]
    used = [i for i, w in enumerate(weights) if w > 0]
    w = numpy.array([weights[i] for i in used]) / fsum(weights[i] for i in used)
    x = numpy.array([[1.0] * len(used)] + [[column[i] for i in used] for column in columns]).T
    target = numpy.array([y[i] for i in used])
    penalty = numpy.full(x.shape[1], float(alpha))
    penalty[0] = 0

    def objective(b):
        eta = x @ b
        return w @ (potential(eta) - target * eta) + penalty @ (b * b) / 2

    b = numpy.zeros(x.shape[1])
    b[0] = start(w @ target)
    for _ in range(100):
        eta = x @ b
        gradient = x.T @ (w * (mean_of(eta) - target)) + penalty * b
        step = numpy.linalg.lstsq((x.T * (w * variance(eta))) @ x + numpy.diag(penalty), gradient, rcond=None)[0]
        length, before = 1.0, objective(b)
        while length > 1e-10 and objective(b - length * step) > before + 1e-15 * abs(before):
            length /= 2
        b = b - length * step
        if numpy.abs(length * step).max() < 1e-13 * max(1, numpy.abs(b).max()):
            return [float(value) for value in b]
    return None


def fit(estimator, columns, y, weights, alpha, exact=True):
    if estimator in CANONICAL:
        return canonical(estimator, columns, y, weights, alpha)
    return ridge(columns, y, weights, alpha, exact)


def predict(estimator, columns, coefficients):
    if estimator in CANONICAL:
        return [float(value) for value in CANONICAL[estimator][1](numpy.array(linear(columns, coefficients)))]
    return linear(columns, coefficients)


def linear(columns, coefficients):
    return [coefficients[0] + fsum(b * column[i] for b, column in zip(coefficients[1:], columns))
            for i in range(len(columns[0]))]


def poisson_deviance(y, predicted, weights, floor):
    """2 sum w (y ln(y / m) - (y - m)) / sum w, with m at least floor."""
    terms = []
    for value, mean, w in zip(y, predicted, weights):
        mean = max(mean, floor)
        terms.append(w * 2 * (value * log(value / mean) - (value - mean) if value > 0 else mean))
    return fsum(terms) / fsum(weights)


def r_squared(y, predicted, weights):
    """Weighted; minus infinity where the observations do not vary."""
    total = fsum(weights)
    mean = fsum(w * v for w, v in zip(weights, y)) / total
    residual = fsum(w * (v - p) ** 2 for w, v, p in zip(weights, y, predicted))
    around = fsum(w * (v - mean) ** 2 for w, v in zip(weights, y))
    return 1 - residual / around if around > 0 else float("-inf")
