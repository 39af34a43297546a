"""The exact Pareto frontier of monotone strategies by dynamic programming over rows (specification 22.3).

Rows are bins of the first score, from the riskiest to the safest; a level is how many bins of the last score are
accepted, counted from its safe end, and may not fall on the way. Among states of one row and level that share all
completions, one that produces no more, with no less bad balance and no more balance than another is left out; with
no negative cell the frontier of what remains is exact. Integers throughout.
"""

from bisect import bisect_right
from fractions import Fraction


def undominated(states):
    """Of states (production, numerator, denominator, path) those that no other dominates; of equal ones the least path.

    A path holds the levels from the safest row on, so that paths compare as tie-breaks do.
    """
    states.sort(key=lambda s: (-s[0], s[1], -s[2], s[3]))
    kept, numerators, denominators = [], [], []
    for state in states:
        _, numerator, denominator, _ = state
        # The staircase holds, in ascending numerator, ever larger denominators of states with no less production.
        place = bisect_right(numerators, numerator)
        if place and denominators[place - 1] >= denominator:
            continue
        end = place
        while end < len(numerators) and denominators[end] <= denominator:
            end += 1
        start = place - 1 if place and numerators[place - 1] == numerator else place
        numerators[start:end] = [numerator]
        denominators[start:end] = [denominator]
        kept.append(state)
    return kept


def strategies(rows):
    """All undominated strategies of a table.

    `rows`: from the riskiest row to the safest; per row, from the safest column on, (production, numerator,
    denominator). Returns (production, numerator, denominator, levels from the safest row on).
    """
    if any(value < 0 for row in rows for cell in row for value in cell):
        raise SystemExit("a cell is negative: dominance would not be exact")
    levels = len(rows[0]) + 1
    states = [[(0, 0, 0, ())]] + [[] for _ in range(levels - 1)]
    for row in rows:
        following = []
        reachable = []
        sums = (0, 0, 0)
        for level in range(levels):
            # Whatever is dominated before the row's sums are added is dominated after.
            reachable = undominated(reachable + states[level])
            if level:
                sums = tuple(a + b for a, b in zip(sums, row[level - 1]))
            following.append(
                [(a + sums[0], t + sums[1], p + sums[2], (level,) + path) for a, t, p, path in reachable])
        states = following
    return undominated([state for group in states for state in group])


def risk(state):
    """Numerator over denominator; an empty sum has risk 0; None where it is infeasible."""
    _, numerator, denominator, _ = state
    if denominator == 0:
        return Fraction(0) if numerator == 0 else None
    return Fraction(numerator, denominator)


def frontier(found):
    """Ascending in risk and production: one state per point, ties to the larger denominator, then the least path."""
    rated = [(risk(state), state) for state in found]
    rated = [item for item in rated if item[0] is not None]
    rated.sort(key=lambda item: (item[0], -item[1][0], -item[1][2], item[1][3]))
    points, best = [], None
    for _, state in rated:
        if best is None or state[0] > best:
            points.append(state)
            best = state[0]
    return points


def best_within(found, limit_percent, multiplier):
    """The largest production with 100 · multiplier · numerator <= limit · denominator; None where only 0 fits."""
    limit = Fraction(str(limit_percent)) / (100 * multiplier)
    fitting = [state for state in found if risk(state) is not None and risk(state) <= limit]
    best = max((state[0] for state in fitting), default=None)
    accepting = [state for state in fitting if any(state[3])]
    return None if not accepting else best
