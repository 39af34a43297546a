"""Reference values of the simulated portfolio's true risk, written from docs/methods/simulate.md alone.

Integrates over the internal score and the latent log-odds, the bureau's score in closed form: another order and other
nodes than the Swift code. Needs numpy and scipy. Usage: python3 true_risk.py > true_risk.csv
"""

import numpy as np
from scipy.special import expit, ndtr

SCORES = np.array([-np.inf, 470, 490, 505, 525, np.inf])
BUREAU = np.array([-np.inf, 600, 640, 670, 710, np.inf])
MONTHS = (18, 19)
SCORE_POINTS, BUREAU_POINTS = 20 / np.log(2), 28 / np.log(2)
ALPHA, TAU, OMEGA, RHO = 3.1, 0.6, 0.8, -0.1
TERMS, TIMING = (12, 24, 36, 60), (0.14, 0.226, 0.21, 0.212, 0.212)
# share, growth, score mean, sd, amount median, log sd, minimum, maximum, shares of the terms
SEGMENTS = [
    (0.27, -0.002, 481, 29, 24500, 0.34, 15000, 60000, (0, 0.05, 0.6, 0.35)),
    (0.33, 0.002, 490, 28, 7350, 0.59, 1000, 20000, (0, 0.1, 0.6, 0.3)),
    (0.27, 0, 519, 30, 3350, 0.81, 300, 30000, (0.2, 0.35, 0.35, 0.1)),
    (0.1265, 0, 513, 34, 2900, 0.81, 300, 25000, (0.2, 0.35, 0.35, 0.1)),
    (0.0035, 0, 499, 36, 7350, 0.9, 300, 45000, (0.1, 0.2, 0.5, 0.2)),
]
SCORED = (1 - 0.006) * (1 - 0.012 - 0.0042 - 0.001)


def balance(term, month):
    return (1.01**term - 1.01**month) / (1.01**term - 1)


def fractions(shares):
    """Mean balance past due and pile of a bad loan, pile of a good one."""
    due = bad = good = 0
    for term, share in zip(TERMS, shares):
        for first, weight in zip(range(2, 7), TIMING):
            due += share * weight * balance(term, first - 2)
            bad += share * weight * sum(balance(term, min(k, first - 2)) for k in range(7))
        good += share * sum(balance(term, k) * 0.992**k for k in range(7))
    return due, bad, good


def volume(month):
    return 1.006 ** (month - 1) * (1 + 0.1 * np.cos(2 * np.pi * ((month - 1) % 12 - 5) / 12))


def main():
    nodes, weights = np.polynomial.legendre.leggauss(40)
    z = np.arange(-9, 9.0001, 0.05)
    weight_z = 0.05 * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    cells = np.zeros((5, 5, 4))
    for month in MONTHS:
        sizes = np.array([s[0] * np.exp(s[1] * (month - 1)) for s in SEGMENTS])
        views = (BUREAU - 655 - (12 if month >= 19 else 0)) / BUREAU_POINTS
        for size, (_, _, mean, sd, median, spread, least, most, shares) in zip(sizes / sizes.sum(), SEGMENTS):
            mu, sigma = (mean + 0.06 * (month - 1) - 500) / SCORE_POINTS, sd / SCORE_POINTS
            due, bad_pile, good_pile = fractions(shares)
            rest = spread * np.sqrt(1 - RHO**2)
            for i in range(5):
                low = max((SCORES[i] - 500) / SCORE_POINTS, mu - 9 * sigma)
                high = min((SCORES[i + 1] - 500) / SCORE_POINTS, mu + 9 * sigma)
                edges = np.linspace(low, high, 2 + int((high - low) / sigma))
                half = np.diff(edges) / 2
                a = ((edges[:-1] + edges[1:]) / 2)[:, None] + half[:, None] * nodes
                density = np.exp(-0.5 * ((a - mu) / sigma) ** 2) / sigma / np.sqrt(2 * np.pi) * half[:, None] * weights
                a, density = a.ravel(), density.ravel()
                x = a[:, None] + TAU * z
                centre = np.log(median) + spread * RHO * (a - mu) / sigma
                bottom, top = (np.log(least) - centre) / rest, (np.log(most) - centre) / rest
                amount = least * ndtr(bottom) + most * ndtr(-top)
                amount += np.exp(centre + rest**2 / 2) * (ndtr(top - rest) - ndtr(bottom - rest))
                amount *= 1 - 0.24 * (1 - 0.76)
                mass = np.diff(ndtr((views - x[:, :, None]) / OMEGA), axis=2) * weight_z[None, :, None]
                people = mass.sum(1) * density[:, None]
                bad = (mass * expit(-(ALPHA + x))[:, :, None]).sum(1) * density[:, None]
                factor = volume(month) / sum(map(volume, MONTHS)) * size * SCORED
                lent, lost = people * amount[:, None], bad * amount[:, None]
                sums = (people, bad, lost * due, lost * bad_pile + (lent - lost) * good_pile)
                cells[i] += factor * np.stack([value.sum(0) for value in sums], axis=1)
    print("score_bin,bureau_bin,applications,bad,todu_30ever_h6,todu_amt_pile_h6")
    for i in range(5):
        for j in range(5):
            print(i, j, *(repr(float(value)) for value in cells[i, j]), sep=",")


main()
