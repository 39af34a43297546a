"""The comparison of candidates, computed again: the same folds of applications, the pooled out-of-fold R².

An application's bucket is the SplitMix64 finaliser (Steele, Lea, Flood, OOPSLA 2014) of its key, the FNV-1a hash of its id,
modulo 60; there are 60 buckets, or 30 where cells times buckets would exceed an eighth of the applications. Folds are a
permutation of the buckets, dealt out in turn: shuffled by Fisher and Yates with Lemire's rejection, on words of Philox4x32-10
(Salmon, Moraes, Dror, Shaw, SC 2011) keyed by the run's seed, the stream being the FNV-1a hash of the purpose.

Where fewer than 20 buckets would be left, the fold of an application is the first word at its key, modulo the number of
folds. The order of the file plays no role in either.
"""

from math import fsum, sqrt
from statistics import stdev

import surface

MASK = (1 << 32) - 1
MASK64 = (1 << 64) - 1


class Philox:
    def __init__(self, seed, label):
        self.key = (seed & MASK, seed >> 32)
        stream = 0xCBF29CE484222325
        for byte in label.encode():
            stream = (stream ^ byte) * 0x100000001B3 % (1 << 64)
        self.stream = (stream & MASK, stream >> 32)
        self.counter = 0
        self.words = []

    def word(self):
        if not self.words:
            c = [self.counter & MASK, self.counter >> 32, *self.stream]
            k0, k1 = self.key
            for _ in range(10):
                a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
                c = [(b >> 32) ^ c[1] ^ k0, b & MASK, (a >> 32) ^ c[3] ^ k1, a & MASK]
                k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
            self.words = c
            self.counter += 1
        return self.words.pop(0)

    def below(self, bound):
        """Uniform in 0 ... bound - 1, without bias."""
        while True:
            product = (self.word() | self.word() << 32) * bound
            low = product & MASK64
            if low >= bound or low >= (MASK64 + 1 - bound) % bound:
                return product >> 64

    def at(self, counter):
        """The first word of the block at a counter."""
        self.counter, self.words = counter, []
        return self.word()


def bucket(key):
    z = (key + 0x9E3779B97F4A7C15) & MASK64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK64
    return (z ^ (z >> 31)) % 60


def bucket_count(portfolio):
    """60, halved until each cell and bucket has 8 applications; 0 where fewer than 20 would be left."""
    count, room = 60, len(portfolio.applications) // 8
    while count >= 20 and len(portfolio.cells()) * count > room:
        count //= 2
    return count if count >= 20 else 0


def split(portfolio, folds, seed):
    """The mature booked applications of each fold."""
    stream = Philox(seed, "folds")
    count = bucket_count(portfolio)
    if count:
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = stream.below(i + 1)
            order[i], order[j] = order[j], order[i]
        fold_of = {b: place % folds for place, b in enumerate(order)}
    parts = [[] for _ in range(folds)]
    for a in portfolio.applications:
        if a.mature:
            parts[fold_of[bucket(a.key) % count] if count else stream.at(a.key) % folds].append(a)
    return parts


class Selection:
    """Pooled out-of-fold R² and Poisson deviance of any candidate, and the standard error of the deviance."""

    def __init__(self, portfolio, folds, seed):
        parts = split(portfolio, folds, seed)
        risk, self.weights = surface.training_cells(portfolio)
        self.floor = 1e-3 * fsum(y * w for y, w in zip(risk, self.weights)) / fsum(self.weights)
        self.folds = []
        for k in range(folds):
            rest = [a for i, part in enumerate(parts) if i != k for a in part]
            self.folds.append((surface.training_cells(portfolio, rest), surface.training_cells(portfolio, parts[k])))
        self.designs = {name: surface.design(portfolio, name, self.weights)[0] for name in surface.DEGREES}

    def scores(self, estimator, feature_set, alpha):
        """None where a fold's features are collinear without a penalty."""
        columns = self.designs[feature_set]
        observed, predicted, weights, deviance = [], [], [], []
        for (y, w), (validation, own) in self.folds:
            coefficients = surface.fit(estimator, columns, y, w, alpha, exact=False)
            if coefficients is None:
                return None
            risk = surface.predict(estimator, columns, coefficients)
            used = [i for i, value in enumerate(own) if value > 0]
            observed += [validation[i] for i in used]
            predicted += [risk[i] for i in used]
            weights += [own[i] for i in used]
            if used:
                deviance.append(surface.poisson_deviance(
                    [validation[i] for i in used], [risk[i] for i in used], [own[i] for i in used], self.floor))
        if fsum(weights) == 0:
            return None
        return (surface.r_squared(observed, predicted, weights),
                surface.poisson_deviance(observed, predicted, weights, self.floor),
                stdev(deviance) / sqrt(len(deviance)) if len(deviance) > 1 else None)
