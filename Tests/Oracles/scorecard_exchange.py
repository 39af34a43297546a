"""Exports of a scorecard, run by others than the tool: PMML by an interpreter of its own, SQL by sqlite3, C by a compiler.

usage: scorecard_exchange.py FOLDER --tool CUTLINE [--rows N] [--java]

FOLDER holds card.json, card.pmml, card.sql (--key row, --table applications), card.c (--function card_score) and, optionally,
imported.json (card.pmml imported again). Makes N seeded records (edges, their neighbours, special values, missing ones, levels
that nobody has seen), scores them by card.json as docs/methods/scorecard.md says, and compares whole numbers and reason codes of
each. Exit 1 with what differs.
"""
import argparse, bisect, csv, ctypes, json, math, os, random, shutil, sqlite3, subprocess, sys, tempfile
import xml.etree.ElementTree as ET

MOST = 4


# The card, by its definition.
class Card:
    def __init__(self, path):
        self.json = json.load(open(path))
        assert self.json["format"] == "cutline-scorecard-2", self.json["format"]
        self.unit = 10 if self.json["scale"]["points_decimals"] == 1 else 1
        self.own = self.json["characteristics"]
        for c in self.own:
            # JSON has whole numbers of another type.
            c["edges"] = [float(e) for e in c.get("edges", [])]
            for s in c["specials"]:
                s["values"] = [float(v) for v in s.get("values", [])]

    def bin(self, c, x):
        groups, specials = c.get("groups"), c["specials"]
        values = len(groups) + 1 if groups is not None else len(c["edges"]) + 1
        if x is None:
            return None if c["missing"] == "refused" else values + len(specials)
        for k, s in enumerate(specials):
            if x in (s.get("words") or s["values"]):
                return values + k
        if groups is None:
            return bisect.bisect_left(c["edges"], x)
        return next((k for k, g in enumerate(groups) if x in g), len(groups))

    def code(self, c, b):
        own = c["attributes"][b].get("reason") or c.get("reason")
        return own["code"] if own else c["name"]

    def answer(self, record):
        score, gains = self.json["initial"], []
        for i, (c, x) in enumerate(zip(self.own, record)):
            b = self.bin(c, x)
            if b is None:
                return None, []
            points = [a["points"] for a in c["attributes"]]
            score += points[b]
            if not c["protected"] and points[b] < max(points):
                gains.append((points[b] - max(points), i, self.code(c, b)))
        lo, hi = self.json.get("min_score"), self.json.get("max_score")
        if lo is not None: score = max(score, lo * self.unit)
        if hi is not None: score = min(score, hi * self.unit)
        return score, [code for _, _, code in sorted(gains)[:MOST]]

    def pool(self, c):
        if c.get("groups") is not None:
            known = [w for g in c["groups"] for w in g] + [w for s in c["specials"] for w in s["words"]]
            return [None] + known + ["nobody", "no body's", "é"] + [w + "x" for w in known] + [w.swapcase() for w in known]
        edges = c["edges"] + [v for s in c["specials"] for v in s["values"]]
        near = [f(e) for e in edges for f in (lambda e: e, lambda e: math.nextafter(e, math.inf), lambda e: math.nextafter(e, -math.inf))]
        return [None] + near + [random.uniform(min(edges, default=0) - 5, max(edges, default=1) + 5) for _ in range(30)] + [-1e300, 1e300, 0.0, -0.0]


# PMML: the elements in the schema's order, and what they mean.
NS = "{http://www.dmg.org/PMML-4_4}"
ORDER = {
    "PMML": ["Header", "MiningBuildTask", "DataDictionary", "TransformationDictionary", "Scorecard", "Extension"],
    "Scorecard": ["MiningSchema", "Output", "ModelStats", "ModelExplanation", "Targets", "LocalTransformations", "Characteristics", "ModelVerification"],
    "Characteristic": ["Attribute"],
    "Attribute": ["SimplePredicate", "CompoundPredicate", "SimpleSetPredicate", "True", "False", "ComplexPartialScore"],
}


class Pmml:
    def __init__(self, path):
        self.root = ET.parse(path).getroot()
        self.check(self.root)
        self.card = self.root.find(NS + "Scorecard")
        self.types = {f.get("name"): f.get("dataType") for f in self.root.iter(NS + "DataField")}
        self.refused = {f.get("name") for f in self.root.iter(NS + "MiningField") if f.get("missingValueTreatment") == "returnInvalid"}
        assert self.card.get("reasonCodeAlgorithm") == "pointsBelow" and self.card.get("functionName") == "regression"

    def check(self, e):
        tag = e.tag.removeprefix(NS)
        if tag in ORDER:
            places = [ORDER[tag].index(c.tag.removeprefix(NS)) for c in e if c.tag != NS + "Extension"]
            assert places == sorted(places), f"{tag}: children out of the schema's order"
            kinds = [c.tag == NS + "Extension" for c in e]
            assert kinds == sorted(kinds, reverse=True), f"{tag}: extensions come first"
        for c in e:
            self.check(c)

    def true(self, e, record):
        """True, False or None for unknown."""
        tag = e.tag.removeprefix(NS)
        if tag == "CompoundPredicate":
            parts = [self.true(c, record) for c in e]
            if e.get("booleanOperator") == "and":
                return False if False in parts else None if None in parts else True
            assert e.get("booleanOperator") == "or"
            return True if True in parts else None if None in parts else False
        assert tag == "SimplePredicate", tag
        x, way = record[e.get("field")], e.get("operator")
        if way == "isMissing": return x is None
        if way == "isNotMissing": return x is not None
        if x is None: return None
        v = e.get("value") if self.types[e.get("field")] == "string" else float(e.get("value"))
        return {"equal": x == v, "notEqual": x != v, "lessOrEqual": x <= v, "greaterThan": x > v}[way]

    def answer(self, record, unit):
        if any(record[f] is None for f in self.refused):
            return None, []
        score, reasons = float(self.card.get("initialScore")), []
        for i, c in enumerate(self.card.iter(NS + "Characteristic")):
            for a in c.iter(NS + "Attribute"):
                predicate = next(p for p in a if p.tag != NS + "Extension")
                if self.true(predicate, record) is True:
                    break
            else:
                raise AssertionError(f"no attribute of {c.get('name')} takes a value")
            points = float(a.get("partialScore"))
            score += points
            below = float(c.get("baselineScore")) - points
            if below > 0:
                reasons.append((-below, i, a.get("reasonCode") or c.get("reasonCode")))
        for t in self.card.iter(NS + "Target"):
            if t.get("min"): score = max(score, float(t.get("min")))
            if t.get("max"): score = min(score, float(t.get("max")))
        units = score * unit
        assert abs(units - round(units)) < 1e-6
        return round(units), [code for _, _, code in sorted(reasons)[:MOST]]


def pmml4s(path, card, records, expected):
    """PMML4S, on the Java machine, where it is installed; nothing else."""
    try:
        from pypmml import Model
    except ImportError:
        return None
    model = Model.load(open(path).read())
    names = [c["column"] for c in card.own]
    found = []
    for record, (score, reasons) in zip(records, expected):
        if score is None:
            found.append((score, reasons))
            continue
        out = model.predict(dict(zip(names, record)))
        # It also ranks what costs nothing, behind what does; and those that cost the same in an order of its own.
        told = [out[f"reason_{k}"] for k in range(1, MOST + 1) if out.get(f"reason_{k}")][: len(reasons)]
        found.append((round(out["score"] * card.unit), reasons if sorted(told) == sorted(reasons) else told))
    return found


def sql(path, card, records):
    base = sqlite3.connect(":memory:")
    names = [c["column"] for c in card.own]
    types = ["TEXT" if c.get("groups") is not None else "REAL" for c in card.own]
    q = lambda n: '"' + n.replace('"', '""') + '"'
    base.execute(f"CREATE TABLE applications (row INTEGER, {', '.join(q(n) + ' ' + t for n, t in zip(names, types))})")
    base.executemany(f"INSERT INTO applications VALUES ({', '.join('?' * (len(names) + 1))})", [(i, *r) for i, r in enumerate(records)])
    found = {}
    for row, score, *reasons in base.execute(open(path).read()):
        assert row not in found
        found[row] = (None if score is None else round(score * card.unit), [r for r in reasons if r is not None])
    assert len(found) == len(records)
    return [found[i] for i in range(len(records))]


def compiled(path, card, records, folder):
    library = os.path.join(folder, "card.so")
    cc = shutil.which("gcc") or shutil.which("clang")
    subprocess.run([cc, "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-o", library, path], check=True)
    f = ctypes.CDLL(library).card_score
    n = len(card.own)
    numbers, words = (ctypes.c_double * n)(), (ctypes.c_char_p * n)()
    score, reasons = ctypes.c_longlong(), (ctypes.c_char_p * MOST)()
    found = []
    for record in records:
        for i, x in enumerate(record):
            numbers[i] = math.nan if x is None or isinstance(x, str) else x
            words[i] = x.encode() if isinstance(x, str) else None
        code = f(numbers, words, ctypes.byref(score), reasons)
        found.append((None, []) if code else (score.value, [r.decode() for r in reasons if r]))
    return found


def tool(tool, card_path, card, records, expected, folder):
    """The tool's own scores of the same records; refused ones are left out, as a table with one is refused."""
    kept = [i for i, (score, _) in enumerate(expected) if score is not None]
    table = os.path.join(folder, "records.csv")
    with open(table, "w", newline="") as out:
        w = csv.writer(out)
        w.writerow([c["column"] for c in card.own])
        for i in kept:
            w.writerow(["" if x is None else repr(x) if isinstance(x, float) else x for x in records[i]])
    scored = os.path.join(folder, "scored.csv")
    if os.path.exists(scored): os.remove(scored)
    types = [w for c in card.own for w in ("--type", f"{c['column']}={'text' if c.get('groups') is not None else 'number'}")]
    # Above every score: all are declined, and told their reasons.
    subprocess.run([tool, "scorecard", "score", card_path, table, "--reasons", "--cutoff", "1000000", *types, "-o", scored], check=True, capture_output=True)
    rows = list(csv.DictReader(open(scored, newline="")))
    assert len(rows) == len(kept)
    found = list(expected)
    for i, row in zip(kept, rows):
        found[i] = (round(float(row["score"]) * card.unit), [row[f"reason_{k}"] for k in range(1, MOST + 1) if row[f"reason_{k}"]])
    return found


def vectors(path, card):
    count = 0
    for row in csv.DictReader(open(path, newline="")):
        record = [None if row[c["column"]] == "" else row[c["column"]] if c.get("groups") is not None else float(row[c["column"]]) for c in card.own]
        score = None if row["score"] == "" else round(float(row["score"]) * card.unit)
        reasons = [row[f"reason_{k}"] for k in range(1, MOST + 1) if row[f"reason_{k}"]]
        assert card.answer(record) == (score, reasons), (path, row, card.answer(record))
        count += 1
    assert count == 1000, count


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder"); p.add_argument("--tool"); p.add_argument("--rows", type=int, default=20000); p.add_argument("--java", action="store_true")
    a = p.parse_args()
    random.seed(18)
    at = lambda name: os.path.join(a.folder, name)
    card = Card(at("card.json"))
    pools = [card.pool(c) for c in card.own]
    records = [[random.choice(pool) for pool in pools] for _ in range(a.rows)]
    expected = [card.answer(r) for r in records]
    pmml = Pmml(at("card.pmml"))
    names = [c["column"] for c in card.own]
    found = {"PMML": [pmml.answer(dict(zip(names, r)), card.unit) for r in records], "SQL": sql(at("card.sql"), card, records)}
    bad = 0
    if a.java:
        answers = pmml4s(at("card.pmml"), card, records[:1000], expected)
        if answers is None:
            print("PMML4S: not installed, not tried")
        else:
            bad = sum(x != y for x, y in zip(answers, expected))
            print(f"PMML4S: {len(answers)} records, {bad} differ")
    with tempfile.TemporaryDirectory() as folder:
        if shutil.which("gcc") or shutil.which("clang"):
            found["C"] = compiled(at("card.c"), card, records, folder)
        else:
            print("C: no compiler is there, not tried")
        if a.tool:
            found["the tool"] = tool(a.tool, at("card.json"), card, records, expected, folder)
            if os.path.exists(at("imported.json")):
                found["the tool, imported"] = tool(a.tool, at("imported.json"), card, records, expected, folder)
    for name, answers in found.items():
        differing = [i for i in range(len(records)) if answers[i] != expected[i]]
        bad += len(differing)
        print(f"{name}: {len(records)} records, {len(differing)} differ")
        for i in differing[:3]:
            print("  ", records[i], expected[i], answers[i])
    for name in ("card.pmml", "card.sql", "card.c"):
        if os.path.exists(at(name + ".vectors.csv")): vectors(at(name + ".vectors.csv"), card)
    refused = sum(score is None for score, _ in expected)
    print(f"{refused} refused, scores {min(s for s, _ in expected if s is not None)} to {max(s for s, _ in expected if s is not None)}")
    sys.exit(1 if bad else 0)


main()
