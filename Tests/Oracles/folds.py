"""The comparison of candidates, computed again: the same folds of applications, the pooled out-of-fold R².

Which application lies in which fold is drawn from Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), keyed by the
run's seed, the stream being the FNV-1a hash of the purpose: the first word at the FNV-1a hash of the
application's id, modulo the number of folds. The order of the file plays no role.
"""

from math import fsum

import surface

MASK = (1 << 32) - 1


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

    def at(self, counter):
        """The first word of the block at a counter."""
        self.counter, self.words = counter, []
        return self.word()


def split(portfolio, folds, seed):
    """The mature booked applications of each fold."""
    stream = Philox(seed, "folds")
    parts = [[] for _ in range(folds)]
    for a in portfolio.applications:
        if a.mature:
            parts[stream.at(a.key) % folds].append(a)
    return parts


class Selection:
    """Pooled out-of-fold R² of any candidate."""

    def __init__(self, portfolio, folds, seed):
        parts = split(portfolio, folds, seed)
        self.weights = surface.training_cells(portfolio)[1]
        self.folds = []
        for k in range(folds):
            rest = [a for i, part in enumerate(parts) if i != k for a in part]
            self.folds.append((surface.training_cells(portfolio, rest), surface.training_cells(portfolio, parts[k])))
        self.designs = {name: surface.design(portfolio, name, self.weights)[0] for name in surface.DEGREES}

    def r_squared(self, feature_set, alpha):
        """None where a fold's features are collinear without a penalty."""
        columns = self.designs[feature_set]
        observed, predicted, weights = [], [], []
        for (y, w), (validation, own) in self.folds:
            coefficients = surface.ridge(columns, y, w, alpha, exact=False)
            if coefficients is None:
                return None
            risk = surface.predict(columns, coefficients)
            used = [i for i, value in enumerate(own) if value > 0]
            observed += [validation[i] for i in used]
            predicted += [risk[i] for i in used]
            weights += [own[i] for i in used]
        return surface.r_squared(observed, predicted, weights) if fsum(weights) > 0 else None
