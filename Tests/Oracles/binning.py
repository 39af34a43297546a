"""Writes Tests/Fixtures/binning/tables.json: best groupings of neighbouring bins by trying all of them.

Rates are compared as fractions, values with math.log and math.fsum. Independent of Cutline.
"""
import itertools, json, math, random, sys
from fractions import Fraction

TRENDS = ["none", "ascending", "descending", "peak", "valley"]


def follows(rates, trend, least):
    steps = [b - a for a, b in zip(rates, rates[1:])]
    up, down = [s >= least for s in steps], [-s >= least for s in steps]
    turns = lambda a, b: any(all(a[:k]) and all(b[k:]) for k in range(len(steps) + 1))
    return {"none": True, "ascending": all(up), "descending": all(down), "peak": turns(up, down),
            "valley": turns(down, up)}[trend]


def best(case):
    good, bad, over, under = (case[key] for key in ("good", "bad", "over", "under"))
    m, least = len(good), Fraction(*case["difference"])
    found = None
    for count in range(1, min(case["bins"], m) + 1):
        for inner in itertools.combinations(range(1, m), count - 1):
            ends = list(inner) + [m]
            cells = [[sum(column[a:b]) for column in (good, bad, over, under)] for a, b in zip([0] + ends, ends)]
            if any(g + b < case["rows"] or g < case["least_good"] or b < case["least_bad"] or u <= 0
                   for g, b, o, u in cells):
                continue
            if not follows([Fraction(o, u) for g, b, o, u in cells], case["trend"], least):
                continue
            terms = []
            for g, b, o, u in cells:
                if case["objective"] == "iv":
                    x, y = g / case["all"][0], b / case["all"][1]
                    terms.append((x - y) * math.log(x / y))
                else:
                    t, p = o / case["all"][2], u / case["all"][3]
                    terms.append(t * math.log(t / p) - t + p if t else p)
            value = math.fsum(terms)
            # Fewer bins come first, then smaller ends: only what is clearly better takes the place.
            if found is None or value > found[1] + 1e-13:
                found = (ends, value)
    return found


def main(path):
    random.seed(19)
    cases = []
    for number in range(40):
        m = random.randint(2, 10)
        good = [random.choice([0, random.randint(1, 60)]) for _ in range(m)]
        bad = [random.choice([0, 1, 2, random.randint(0, 20)]) for _ in range(m)]
        objective = ["iv", "deviance"][number % 2]
        under = [g + b if objective == "iv" else (g + b) * random.randint(50, 900) for g, b in zip(good, bad)]
        over = bad if objective == "iv" else [b * random.randint(1, 400) for b in bad]
        apart = [random.randint(1, 9), random.randint(1, 4)]
        case = dict(
            objective=objective, good=good, bad=bad, over=over, under=under,
            all=[sum(good) + apart[0], sum(bad) + apart[1], sum(over) + apart[1], sum(under) + sum(apart)],
            trend=TRENDS[number // 2 % 5], bins=random.randint(1, 6), rows=random.choice([0, 1, 5, 15]),
            least_good=1, least_bad=random.choice([0, 1]) if objective == "deviance" else 1,
            difference=random.choice([[0, 1], [0, 1], [1, 50]]))
        found = best(case)
        case["ends"], case["value"] = found if found else (None, None)
        cases.append(case)
    with open(path, "w") as file:
        json.dump({"cases": cases}, file, separators=(",", ":"))


main(sys.argv[1])
