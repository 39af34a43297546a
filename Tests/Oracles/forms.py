"""Models as data, evaluated a second time, from docs/methods/model-forms.md alone; and the fixtures made with it.

    python3 Tests/Oracles/forms.py Tests/Fixtures/forms        (needs mpmath for functions.json)

forms.json: models, rows and values. Numbers are hexadecimal, so that nothing is rounded on the way. A model without a
logarithm, exponential or normal distribution is `exact`: Python's floats are IEEE 754 doubles that are never fused, so that
the values must agree in every bit; elsewhere the C library's functions stand in, and agree to a tolerance.
functions.json: e^x, ln x, erfc x and the normal quantile to the nearest double, from 60 digits.
"""

import json
import math
import random
import sys
from statistics import NormalDist

NAN = float("nan")
LINKS = ("identity", "log", "logit", "probit")


def mean(link, s):
    if s != s or link == "identity":
        return s
    if link == "log":
        return math.exp(s) if s < 709.7 else math.inf
    if link == "logit":
        t = math.exp(-abs(s))
        return (1.0 if s >= 0 else t) / (1.0 + t)
    return 0.5 * math.erfc(-s / math.sqrt(2.0))


def total(link, m):
    """The link itself: from a mean to a sum."""
    if m != m or link == "identity":
        return m
    if link == "log":
        return NAN if m < 0 else -math.inf if m == 0 else math.log(m)
    if not 0 <= m <= 1:
        return NAN
    if m in (0, 1):
        return math.inf if m else -math.inf
    return math.log(m / (1 - m)) if link == "logit" else NormalDist().inv_cdf(m)


def bin_of(x, edges, closed):
    return sum(1 for e in edges if (e < x if closed == "right" else e <= x))


def binned(form, x):
    if x != x:
        return form.get("missing", NAN)
    for special in form.get("special", []):
        if special["value"] == x:
            return special["result"]
    return form["values"][bin_of(x, form["edges"], form.get("closed", "right"))]


def made(term, row):
    make = term["make"]
    if make == "product":
        value = row[term["features"][0]]
        for f in term["features"][1:]:
            value = value * row[f]
        return [value]
    x = row[term["feature"]]
    if make == "power":
        value = x
        for _ in range(term["exponent"] - 1):
            value = value * x
        return [value]
    if make == "standardised":
        return [(x - term["centre"]) / term["scale"]]
    if make == "clamp":
        return [term["low"] if x < term["low"] else term["high"] if x > term["high"] else x]
    if make == "indicators":
        return [1.0 if x == v else 0.0 for v in term["values"]]
    if make == "bins":
        return [binned(term["bins"], x)]
    if make == "missing":
        return [1.0 if x != x else 0.0]
    if make == "fill":
        return [term["value"] if x != x else x]
    if make == "link":
        return [total(term["link"], x)]
    assert make == "feature"
    return [x]


def walk(form, root, row):
    nodes, node = form["nodes"], root
    while nodes["left"][node] >= 0:
        x = row[nodes["feature"][node]]
        left = nodes["missing-left"][node] if x != x else x <= nodes["threshold"][node]
        node = nodes["left" if left else "right"][node]
    return nodes["value"][node]


def values(form, row):
    name = form["form"]
    if name == "expand":
        return [v for term in form["terms"] for v in made(term, row)]
    if name == "then":
        return values(form["after"], values(form["first"], row))
    return [value(form, row)]


def value(form, row):
    name = form["form"]
    if name == "linear":
        s = form["intercept"]
        for c, x in zip(form["coefficients"], row):
            s = s + c * x
        return mean(form.get("link", "identity"), s)
    if name == "trees":
        s = 0.0
        for root in form["roots"]:
            s = s + walk(form, root, row)
        return mean(form.get("link", "identity"), form["base"] + form["scale"] * s)
    if name == "steps":
        return binned(form, row[0])
    if name == "scorecard":
        s = form["base"]
        for characteristic, x in zip(form["characteristics"], row):
            s = s + binned(characteristic, x)
        return s
    if name == "cells":
        cell = 0
        for axis, (edges, x) in enumerate(zip(form["axes"], row)):
            if x != x:
                return form.get("missing", NAN)
            closed = form["closed"][axis] if "closed" in form else "right"
            cell = cell * (len(edges) + 1) + bin_of(x, edges, closed)
        return form["values"][cell]
    inner = [value(m, row) for m in form.get("models", [])]
    if name == "blend":
        link = form.get("link", "identity")
        s = form["weights"][0] * total(link, inner[0])
        for w, m in zip(form["weights"][1:], inner[1:]):
            s = s + w * total(link, m)
        return mean(link, s)
    if name == "product":
        p = inner[0]
        for m in inner[1:]:
            p = p * m
        return p
    assert name == "then"
    return values(form, row)[0]


# Models at random.

rng = random.Random(8)


def number(scale=2.0):
    return rng.uniform(-scale, scale)


def a_link():
    return rng.choice(LINKS)


def some_bins(count=None):
    edges = sorted({round(number(), 2) for _ in range(rng.randrange(0, 8) if count is None else count)})
    bins = {"edges": edges, "closed": rng.choice(["right", "left"]), "values": [number() for _ in range(len(edges) + 1)]}
    if rng.random() < 0.6:
        bins["missing"] = number()
    if rng.random() < 0.4:
        bins["special"] = [{"value": -1.0, "result": number()}, {"value": 0.5, "result": number()}]
    return bins


def a_tree(nodes, inputs, depth):
    place = len(nodes["feature"])
    for key, v in (("feature", rng.randrange(inputs)), ("threshold", round(number(), 2)), ("left", -1), ("right", -1),
                   ("value", number(0.5)), ("missing-left", rng.random() < 0.5)):
        nodes[key].append(v)
    if depth > 0 and rng.random() < 0.85:
        nodes["left"][place] = a_tree(nodes, inputs, depth - 1)
        nodes["right"][place] = a_tree(nodes, inputs, depth - 1)
    return place


def some_trees(inputs):
    nodes = {key: [] for key in ("feature", "threshold", "left", "right", "value", "missing-left")}
    roots = [a_tree(nodes, inputs, 5) for _ in range(rng.randrange(1, 8))]
    return {"form": "trees", "inputs": inputs, "nodes": nodes, "roots": roots, "base": number(), "scale": number(),
            "link": a_link()}


def a_term(inputs):
    f = rng.randrange(inputs)
    make = rng.choice(["feature", "power", "product", "standardised", "clamp", "indicators", "bins", "missing", "fill", "link"])
    term = {"make": make}
    if make == "product":
        return term | {"features": [rng.randrange(inputs) for _ in range(rng.randrange(1, 4))]}
    extra = {"power": lambda: {"exponent": rng.randrange(2, 5)},
             "standardised": lambda: {"centre": number(), "scale": rng.uniform(0.5, 3)},
             "clamp": lambda: {"low": -1.0, "high": 1.5}, "indicators": lambda: {"values": [0.5, -1.0]},
             "bins": lambda: {"bins": some_bins()}, "fill": lambda: {"value": number()}, "link": lambda: {"link": a_link()}}
    return term | {"feature": f} | extra.get(make, dict)()


def width(term):
    return len(term["values"]) if term["make"] == "indicators" else 1


def a_model(inputs, depth):
    flat = ["linear", "trees", "scorecard", "cells"] + (["steps"] if inputs == 1 else [])
    name = rng.choice(flat if depth == 0 else flat[:1] + ["blend", "product", "then", "then"])
    if name == "linear":
        return {"form": name, "intercept": number(), "coefficients": [number() for _ in range(inputs)], "link": a_link()}
    if name == "trees":
        return some_trees(inputs)
    if name == "steps":
        return {"form": name} | some_bins()
    if name == "scorecard":
        return {"form": name, "base": number(), "characteristics": [some_bins() for _ in range(inputs)]}
    if name == "cells":
        axes = [sorted({round(number(), 2) for _ in range(rng.randrange(0, 4))}) for _ in range(inputs)]
        cells = math.prod(len(a) + 1 for a in axes)
        form = {"form": name, "axes": axes, "closed": [rng.choice(["right", "left"]) for _ in axes],
                "values": [number() for _ in range(cells)]}
        return form | ({"missing": number()} if rng.random() < 0.5 else {})
    if name == "then":
        if rng.random() < 0.5:
            return {"form": name, "first": a_model(inputs, depth - 1), "after": a_model(1, depth - 1)}
        terms = [a_term(inputs) for _ in range(rng.randrange(1, 6))]
        return {"form": name, "first": {"form": "expand", "inputs": inputs, "terms": terms},
                "after": a_model(sum(map(width, terms)), depth - 1)}
    models = [a_model(inputs, depth - 1) for _ in range(rng.randrange(1, 4))]
    if name == "product":
        return {"form": name, "models": models}
    return {"form": name, "models": models, "weights": [number(1) for _ in models], "link": a_link()}


def is_exact(form):
    text = json.dumps(form)
    return not any(f'"link": "{link}"' in text for link in LINKS[1:])


def a_row(inputs):
    ordinary = lambda: rng.choice([number(), round(number(), 2), rng.choice([-1.0, 0.5, 0.0, -0.0, 1.0]), NAN, rng.random()])
    extreme = lambda: rng.choice([math.inf, -math.inf, 5e-324, -1e300, 1e300])
    return [extreme() if rng.random() < 0.02 else ordinary() for _ in range(inputs)]


def hexed(x):
    return "nan" if x != x else float(x).hex()


def write_forms(path):
    cases = []
    for k in range(80):
        inputs = rng.randrange(1, 6)
        model = a_model(inputs, k % 4)
        if k % 3 == 0:
            model = json.loads(json.dumps(model).replace('"link": "log', '"link": "identity').replace("identityit", "identity")
                               .replace('"link": "probit"', '"link": "identity"'))
        rows = [a_row(inputs) for _ in range(25)]
        cases.append({"model": model, "exact": is_exact(model), "rows": [[hexed(x) for x in row] for row in rows],
                      "values": [hexed(value(model, row)) for row in rows]})
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
    print(len(cases), "models,", sum(c["exact"] for c in cases), "exact,",
          sum(v == "nan" for c in cases for v in c["values"]), "of", sum(len(c["values"]) for c in cases), "values missing")


def write_functions(path):
    import mpmath as mp
    mp.mp.dps = 60

    def quantile(p):
        near = mp.mpf(NormalDist().inv_cdf(p))
        # erfc, because 1 - Φ loses all digits in the tails; by symmetry the lower one.
        side = p if p < 0.5 else 1 - mp.mpf(p)
        root = mp.findroot(lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - mp.log(side), abs(near))
        return -root if p < 0.5 else root

    functions = {
        "exp": (mp.exp, lambda: rng.choice([rng.uniform(-708, 709), rng.uniform(-5, 5), rng.uniform(-1e-3, 1e-3)])),
        "log": (mp.log, lambda: rng.choice([10 ** rng.uniform(-300, 300), rng.uniform(0, 2), 1 + rng.uniform(-1e-6, 1e-6)])),
        "erfc": (mp.erfc, lambda: rng.choice([rng.uniform(-6, 26), rng.uniform(-2, 2)])),
        "quantile": (quantile, lambda: rng.choice([rng.uniform(0.001, 0.999), 10 ** rng.uniform(-300, -1), 1 - 10 ** rng.uniform(-12, -1)])),
    }
    result = {}
    for name, (function, draw) in functions.items():
        points = [draw() for _ in range(300)]
        result[name] = [[x.hex(), float(function(mp.mpf(x) if name != "quantile" else x)).hex()] for x in points]
    with open(path, "w") as file:
        json.dump(result, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    folder = sys.argv[1]
    write_forms(f"{folder}/forms.json")
    write_functions(f"{folder}/functions.json")
