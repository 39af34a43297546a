"""Compares README.md with what tutorial.sh prints: every line of its blocks, in their order, and every number of its text.

    python3 check.py [--hmeq FILE]

With the real file its table is compared, too; without, the check says that it was not.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What no run shares with another: moments, durations, digests.
MASKS = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "MOMENT"),
    (r"\d+\.\d s\b", "SECONDS"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r" +$", ""),
]
# Numbers of the text that the tool does not print: what is said of the script, of fields, of their differences.
SAID = {"0.88", "0.77", "105", "224", "117", "92", "0.00012", "5,960", "13", "0.005", "0.002", "24"}


def masked(line):
    for pattern, word in MASKS:
        line = re.sub(pattern, word, line)
    return line


def transcript(hmeq=None):
    environment = os.environ | ({"HMEQ": str(hmeq.resolve())} if hmeq else {})
    environment.pop("HMEQ", None) if hmeq is None else None
    done = subprocess.run(["bash", str(HERE / "tutorial.sh")], env=environment, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"tutorial.sh ended with exit code {done.returncode}:\n{done.stdout[-3000:]}{done.stderr}")
    return done.stdout


def blocks(text):
    return re.findall(r"^```console\n(.*?)^```$", text, re.S | re.M)


def missing_lines(readme, printed):
    """Lines of blocks that are not printed, or not in this order; after one that is not `…` the next must follow at once."""
    lines, faults = [masked(line) for line in printed.split("\n") if line.strip()], []
    at = 0
    for block in blocks(readme):
        is_free = True
        for line in block.rstrip("\n").split("\n"):
            if line == "…":
                is_free = True
                continue
            wanted = masked(line)
            places = [i for i in range(at, len(lines)) if lines[i] == wanted]
            if not places or not is_free and places[0] != at:
                faults.append(f"README.md says, and tutorial.sh does not here: {line}")
                continue
            at, is_free = places[0] + 1, False
    return faults


def missing_numbers(readme, printed):
    """Numbers of the text, of three digits or with a point or comma, that are neither printed nor of SAID."""
    text = re.sub(r"^```.*?^```$", "", readme.split("## On the real file")[0], flags=re.S | re.M)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    numbers = re.findall(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])", text)
    known = set(re.findall(r"\d+(?:\.\d+)?", printed))
    return [
        f"README.md says {number}, and tutorial.sh does not"
        for number in numbers
        if (len(number) > 2 or "." in number) and number not in SAID and number.replace(",", "") not in known
    ]


def stated(printed):
    """What SAID holds, computed again from what is printed."""
    auc = float(re.findall(r"^auc,PASS,([\d.]+)", printed, re.M)[0])
    points = [int(number) for number in re.findall(r"(?:DEBTINC.*?\]|missing) +(\d+) ", printed)[:2]]
    changed = sum(int(re.search(rf"^  {word} +(\d+)", printed, re.M)[1]) for word in ["old", "new"])
    rows = [line.split(",") for line in (HERE / "work/hmeq.csv").read_text(encoding="utf-8").splitlines()[1:]]
    unknown = [row[0] for row in rows if row[3] == ""]
    bins = re.search(r"^  DEBTINC.*?^  DELINQ", printed, re.S | re.M)[0].split("\n")[:-1]
    bad = [int(line.split()[-2]) for line in bins]
    facts = {
        "two thirds": "two thirds" if abs(bad[-1] / sum(bad) - 2 / 3) < 0.02 else f"{bad[-1] / sum(bad):.2f}",
        "0.88": f"{auc:.2f}",
        "0.77": f"{2 * auc - 1:.2f}",
        "105": str(points[0] - points[1]),
        "224": str(changed),
        "117": str(len(unknown)),
        "92": f"{100 * unknown.count('1') / len(unknown):.0f}",
    }
    return [f"README.md says {said}, it is {is_}" for said, is_ in facts.items() if said != is_]


def real(readme, printed):
    """The table of the real file."""
    table = dict(re.findall(r"^\| ([^|]+) \| ([\d.]+) \|$", readme, re.M))
    improvements = re.findall(r"^improvement,(?:PASS|FAIL),([\d.]+)", printed, re.M)
    found = {
        "bad rate, %": re.search(r"^bad_rate,\w+,([\d.]+)", printed, re.M)[1],
        "area of the first card, on the test": re.search(r"^auc,\w+,([\d.]+)", printed, re.M)[1],
        "the second card is better by": improvements[0],
        "the third card is better by": improvements[1],
        "its one-sided p": re.search(r"one-sided p = ([\d.]+)", printed)[1],
    }
    faults = [f"README.md says of HMEQ: {name} {table.get(name)}; it is {is_}" for name, is_ in found.items()
              if table.get(name) != is_]
    if f"{0.005 - float(improvements[0]):.5f}" != "0.00012":
        faults.append("README.md says by how much the second card misses on HMEQ, and that is otherwise")
    return faults


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--hmeq", type=pathlib.Path)
    words = asked.parse_args()
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    printed = transcript()
    faults = missing_lines(readme, printed) + missing_numbers(readme, printed) + stated(printed)
    lines = sum(line != "…" for block in blocks(readme) for line in block.strip().split("\n"))
    if words.hmeq is not None and words.hmeq.exists():
        faults += real(readme, transcript(words.hmeq))
        note = "the table of the real file is right"
    else:
        note = "the table of the real file was not compared: the file is not here"
    if faults:
        sys.exit("\n".join(faults))
    print(f"scorecard: {lines} lines of README.md are what the tool prints; {note}")


if __name__ == "__main__":
    main()
