"""Decides records by exported strategies with engines that are not cutline's.

    python3 Tests/Oracles/strategies.py cases.json
    python3 Tests/Oracles/strategies.py --audit AUDIT.csv[.gz] FIRST_SCORE,SECOND_SCORE EXPORT …
    python3 Tests/Oracles/strategies.py --workbook FILE.xlsx RUN SCENARIO
    python3 Tests/Oracles/strategies.py --evaluation RUN EVALUATION CUTOFFS.csv CONFIG

cases.json lists per case: file (its extension says the format), columns, rows (a file of doubles, a column after the other), and
result, the file into which the answers go, one a line. NaN is missing.

--audit decides every row of an audit of a run by each export and compares: accepted rows are keep and swap_in, rejected ones
swap_out and rejected; rows outside the grid must be answered `keep` where they keep their decision, else `outside`; rows that
left for another reason have no answer to compare with, and must get the same one of every export. It prints what it counted.

--workbook reads a spreadsheet back with openpyxl and compares it with the tables of the run.

--evaluation recomputes evaluation.csv and the summaries of cutoffs in raw scores from the cells and the frontier of the run, as
their files have them; CONFIG has the edges of two ascending scores, closed on the right.

SQL runs in SQLite, C is compiled by the C compiler, PMML is read by pypmml; JSON and DMN by the readers below, which know
the formats and nothing of cutline: DMN's in decimals, as FEEL has them.
"""

import csv
import ctypes
import gzip
import json
import math
import os
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from decimal import Decimal


def sql(path, columns, rows):
    connection = sqlite3.connect(":memory:")
    quoted = ['"' + name.replace('"', '""') + '"' for name in columns]
    connection.execute(f"CREATE TABLE applications (place INTEGER, {', '.join(name + ' REAL' for name in quoted)})")
    connection.executemany(
        f"INSERT INTO applications VALUES ({', '.join('?' * (len(columns) + 1))})",
        ([place] + [None if math.isnan(x) else x for x in row] for place, row in enumerate(rows)))
    found = connection.execute(open(path, encoding="utf-8").read()).fetchall()
    return [row[-1] for row in sorted(found, key=lambda row: row[0])]


def compiled(path, columns, rows):
    folder = tempfile.mkdtemp()
    library = os.path.join(folder, "strategy.so")
    subprocess.run(
        [os.environ.get("CC", "cc"), "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-o",
         library, path], check=True)
    code = ctypes.CDLL(library)
    code.cutline_decide.argtypes = [ctypes.POINTER(ctypes.c_double)]
    code.cutline_decide_name.restype = ctypes.c_char_p
    record = (ctypes.c_double * len(columns))()
    found = []
    for row in rows:
        record[:] = row
        found.append(code.cutline_decide_name(code.cutline_decide(record)).decode())
    return found


def pmml(path, columns, rows):
    from pypmml import Model

    model = Model.load(path)
    # JSON has no infinities: such records are not asked, and answered None.
    isfinite = [not any(math.isinf(x) for x in row) for row in rows]
    records = [[None if math.isnan(x) else x for x in row] for row, ask in zip(rows, isfinite) if ask]
    scored = json.loads(model.predict(json.dumps({"columns": columns, "data": records})))
    place = next(k for k, name in enumerate(scored["columns"]) if name.startswith(("predicted", "decision")))
    answers = iter([record[place] for record in scored["data"]])
    return [next(answers) if ask else None for ask in isfinite]


def portable(path, columns, rows):
    strategy = json.load(open(path, encoding="utf-8"))
    assert strategy["format"] == "cutline-strategy-1" and [s["column"] for s in strategy["scores"]] == columns

    def within(x, interval):
        low, high = interval["low"], interval["high"]
        above = low is None or (x >= low if interval["low_included"] else x > low)
        return above and (high is None or (x <= high if interval["high_included"] else x < high))

    def decide(row):
        for x, score in zip(row, strategy["scores"]):
            for code in score["codes"]:
                if x == code["value"]:
                    return code["outcome"]
            if math.isnan(x):
                return score["missing"]
            if (score["least"] is not None and x < score["least"]) or (score["greatest"] is not None and x > score["greatest"]):
                return score["outside"]
        for rule in strategy["rules"]:
            if all(within(x, interval) for x, interval in zip(row, rule["intervals"])):
                return rule["outcome"]
        return strategy["otherwise"]

    return [decide(row) for row in rows]


# DMN. A unary test is a list of `-`, null, numbers, comparisons and intervals (DMN 1.3, grammar rules 7 to 15, of numbers).
NUMBER = r"-?\d+(?:\.\d+)?"
INTERVAL = re.compile(rf"([(\[\]])\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*([)\]\[])$")
COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({NUMBER})$")


def unary_test(text):
    text = text.strip()
    if text == "-":
        return lambda x: True
    parts = [one_test(part.strip()) for part in text.split(",")]
    return lambda x: any(part(x) for part in parts)


def one_test(text):
    if text == "null":
        return lambda x: x is None
    if match := re.fullmatch(NUMBER, text):
        value = Decimal(text)
        return lambda x: x is not None and x == value
    if match := COMPARISON.match(text):
        sign, value = match[1], Decimal(match[2])
        ways = {"<": lambda x: x < value, "<=": lambda x: x <= value, ">": lambda x: x > value, ">=": lambda x: x >= value}
        return lambda x: x is not None and ways[sign](x)
    if match := INTERVAL.match(text):
        low, high = Decimal(match[2]), Decimal(match[3])
        return lambda x: x is not None and (low <= x if match[1] == "[" else low < x) and (
            x <= high if match[4] == "]" else x < high)
    raise ValueError(f"not a unary test: {text!r}")


def dmn(path, columns, rows):
    space = {"d": "https://www.omg.org/spec/DMN/20191111/MODEL/"}
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{%s}definitions" % space["d"], root.tag
    [decision] = root.findall("d:decision", space)
    [table] = decision.findall("d:decisionTable", space)
    inputs = table.findall("d:input", space)
    known = {data.get("name"): data for data in root.findall("d:inputData", space)}
    places = []
    for item in inputs:
        expression = item.find("d:inputExpression", space)
        assert expression.get("typeRef") == "number"
        data = known[expression.find("d:text", space).text]
        assert data.find("d:variable", space).get("name") == data.get("name")
        places.append(columns.index(data.get("label")))
    needed = {r.get("href") for r in decision.iterfind("d:informationRequirement/d:requiredInput", space)}
    assert needed == {"#" + data.get("id") for data in known.values()}
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(identifiers)) == len(identifiers)
    [output] = table.findall("d:output", space)
    allowed = {json.loads(part) for part in output.find("d:outputValues/d:text", space).text.split(",")}
    rules = []
    for rule in table.findall("d:rule", space):
        entries = [unary_test(entry.find("d:text", space).text) for entry in rule.findall("d:inputEntry", space)]
        [answer] = [json.loads(entry.find("d:text", space).text) for entry in rule.findall("d:outputEntry", space)]
        assert len(entries) == len(inputs) and answer in allowed
        rules.append((entries, answer))
    assert table.get("hitPolicy") == "FIRST"

    def decide(row):
        values = [None if math.isnan(row[k]) else Decimal(repr(row[k])) for k in places]
        for entries, answer in rules:
            if all(entry(x) for entry, x in zip(entries, values)):
                return answer
        return None

    return [decide(row) for row in rows]


ENGINES = {".sql": sql, ".c": compiled, ".pmml": pmml, ".json": portable, ".dmn": dmn}


def cases(path):
    for case in json.load(open(path, encoding="utf-8")):
        data = open(case["rows"], "rb").read()
        values = struct.unpack(f"{len(data) // 8}d", data)
        count = len(values) // len(case["columns"])
        rows = [[values[k * count + row] for k in range(len(case["columns"]))] for row in range(count)]
        found = ENGINES[os.path.splitext(case["file"])[1]](case["file"], case["columns"], rows)
        open(case["result"], "w", encoding="utf-8").write("".join(f"{answer}\n" for answer in found))


def audit(path, names, exports):
    reader = gzip.open if path.endswith(".gz") else open
    lines = list(csv.DictReader(reader(path, "rt", encoding="utf-8", newline="")))
    columns = names.split(",")
    rows = [[float(line[name]) if line[name] else math.nan for name in columns] for line in lines]
    due = {"keep": "accept", "swap_in": "accept", "swap_out": "reject", "rejected": "reject", "unknown": "keep"}
    expected = []
    for line in lines:
        reason = line["reason"]
        answer = due.get(line["classification"])
        if line["classification"] == "dropped" and re.search(r": (special code|\S+ is missing|\S+ lies outside)", reason):
            answer = "outside"
        expected.append(answer)
    first = None
    for export in exports:
        found = ENGINES[os.path.splitext(export)[1]](export, columns, rows)
        assert len(found) == len(rows)
        wrong = [k for k, (is_, ought) in enumerate(zip(found, expected)) if ought is not None and is_ != ought]
        first = first or found
        apart = [k for k in range(len(rows)) if found[k] != first[k]]
        counts = {answer: sum(1 for k in found if k == answer) for answer in ["accept", "reject", "keep", "outside"]}
        compared = sum(1 for ought in expected if ought is not None)
        print(f"{os.path.splitext(export)[1]}: {len(rows)} rows, {compared} compared, {len(wrong)} differences, "
              f"{len(apart)} unlike the first; {counts}")
        if wrong or apart:
            sys.exit(f"row {(wrong or apart)[0] + 1} differs")


def workbook(path, run, scenario):
    import openpyxl

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Matrix", "Swap set", "Cutoffs", "About"], book.sheetnames
    for sheet in book:
        assert sheet.freeze_panes, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and not (isinstance(cell.value, str) and cell.value[:1] in "=+@"), cell
    summary = list(book["Summary"].iter_rows(min_row=2, values_only=True))
    with open(f"{run}/data/risk_production_summary_{scenario}.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    head = lines[0]
    places = [head.index("Risk (%)"), next(k for k, name in enumerate(head) if name.startswith("Production (") and "%" not in name)]
    assert len(summary) == len(lines) - 1
    for row, line in zip(summary, lines[1:]):
        for value, place, factor in [(row[1], places[0], 100), (row[2], places[1], 1)]:
            ought = line[place]
            assert (value is None) == (ought == ""), (row, line)
            assert value is None or math.isclose(value * factor, float(ought), rel_tol=1e-14), (row, line)
    assert book["Summary"]["B2"].number_format == "0.00%"
    matrix = list(book["Matrix"].iter_rows(min_row=2, values_only=True))
    accepted = sum(cell == "accept" for row in matrix for cell in row)
    rejected = sum(cell == "reject" for row in matrix for cell in row)
    with open(f"{run}/data/data_summary_desagregado_{scenario}.csv", encoding="utf-8") as file:
        assert accepted + rejected == sum(1 for _ in file) - 1
    swaps = list(book["Swap set"].iter_rows(min_row=2, values_only=True))
    header = [cell.value for cell in book["Swap set"][1]]
    change, production = header.index("change"), header.index("production a year")
    for kind, row in [("swap-in", summary[1]), ("swap-out", summary[2])]:
        total = math.fsum(line[production] for line in swaps if line[change] == kind)
        assert math.isclose(total, row[2], rel_tol=1e-12, abs_tol=1e-6), (kind, total, row)
    print(f"workbook: {accepted} cells accepted, {rejected} rejected, {len(swaps)} that change")


def evaluation(run, result, cutoffs, config):
    import tomllib

    def table(path):
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    settings = tomllib.load(open(config, "rb"))["preprocessing"]
    variables = settings["variables"]
    bins = [settings["bins"][name] for name in variables]
    cells = table(f"{run}/data/data_summary_desagregado_base.csv")
    frontier = [(float(line["oa_amt_h0"]), float(line["b2_ever_h6"])) for line in table(f"{run}/data/pareto_optimal_solutions.csv")]

    def holds(text, low, high):
        text = text.replace(" ", "")
        if text in ("all", "none"):
            return text == "all"
        if text.startswith(">"):
            return low >= float(text[1:])
        if text.startswith("<="):
            return high <= float(text[2:])
        ends = re.fullmatch(r"\((.+)\.\.(.+)\]", text)
        return low >= float(ends[1]) and high <= float(ends[2])

    def accepts(rules, cell):
        ends = [(own["edges"][int(cell[name]) - 1], own["edges"][int(cell[name])]) for name, own in zip(variables, bins)]
        [last] = [rule[bins[1]["source"]] for rule in rules if holds(rule[bins[0]["source"]], *ends[0])]
        return holds(last, *ends[1])

    def near(found, ought):
        assert math.isclose(float(found), ought, rel_tol=1e-11, abs_tol=1e-9), (found, ought)

    def sums(rules, suffix, accepted=True):
        own = [cell for cell in cells if accepts(rules, cell) == accepted]
        return [math.fsum(float(cell[name + suffix]) for cell in own) for name in ["todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]]

    rows = table(cutoffs)
    lines = table(f"{result}/data/evaluation.csv")
    names = list(dict.fromkeys(row["strategy"] for row in rows))
    assert [line["strategy"] for line in lines] == names
    for line in lines:
        rules = [row for row in rows if row["strategy"] == line["strategy"]]
        numerator, denominator, production = sums(rules, "")
        risk = 700 * numerator / denominator if denominator else 0.0
        near(line["risk_pct"], risk)
        near(line["production"], production)
        # The frontier's own point must not be lost to the last digit of a quotient.
        most = max(p for p, r in frontier if r <= risk * (1 + 1e-12))
        near(line["most_production_at_its_risk"], most)
        near(line["production_missed"], most - production)
        least = min(r for p, r in frontier if p >= production * (1 - 1e-12))
        near(line["least_risk_at_its_production_pct"], least)
        near(line["risk_excess_points"], risk - least)
        assert line["frontier"] == "complete"
        summary = {row["Metric"]: row for row in table(f"{result}/data/risk_production_summary_{line['file_name']}.csv")}
        for metric, ought in [("Fixed cutoffs", production), ("Swap-in", sums(rules, "_rep")[2]),
                              ("Swap-out", sums(rules, "_boo", accepted=False)[2])]:
            near(next(value for name, value in summary[metric].items() if name.startswith("Production (") and "%" not in name), ought)
    print(f"evaluation: {len(lines)} strategies")


if __name__ == "__main__":
    if sys.argv[1] == "--audit":
        audit(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif sys.argv[1] == "--workbook":
        workbook(*sys.argv[2:])
    elif sys.argv[1] == "--evaluation":
        evaluation(*sys.argv[2:])
    else:
        cases(sys.argv[1])
