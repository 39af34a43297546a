"""Random regular expressions and texts, with what Python says of a full match, capitals ignored, classes of ASCII.

usage: regex.py COUNT SEED      prints `pattern<TAB>text<TAB>0|1`, in JSON strings
"""

import json, random, re, sys

LETTERS = "abcxyz019_- .éß"


def atom(draw, depth):
    kind = draw.randrange(10)
    if kind < 4:
        return re.escape(draw.choice("abcxyz019_-")) if draw.random() < 0.8 else "é"
    if kind == 4:
        return "."
    if kind == 5:
        return draw.choice([r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"])
    if kind == 6:
        inner = "".join(draw.choice(["a", "b-y", "0-9", "x", "_", "é", "c-z"]) for _ in range(draw.randrange(1, 3)))
        return "[" + draw.choice(["", "^"]) + inner + "]"
    if kind == 7:
        return draw.choice(["^", "$", r"\b", ""])
    if depth > 2:
        return "a"
    return draw.choice(["(", "(?:"]) + pattern(draw, depth + 1) + ")"


def pattern(draw, depth=0):
    branches = []
    for _ in range(1 if draw.random() < 0.75 else 2):
        parts = []
        for _ in range(draw.randrange(1, 4)):
            part = atom(draw, depth)
            if part and part not in ("^", "$", r"\b") and draw.random() < 0.45:
                part += draw.choice(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", "??"])
            parts.append(part)
        branches.append("".join(parts))
    return "|".join(branches)


def main(count, seed):
    draw = random.Random(seed)
    made = 0
    while made < count:
        own = pattern(draw)
        try:
            compiled = re.compile(own, re.IGNORECASE | re.ASCII)
            folds = re.compile(own, re.IGNORECASE)
        except re.error:
            continue
        made += 1
        for _ in range(6):
            text = "".join(draw.choice(LETTERS + "ABCXYZ") for _ in range(draw.randrange(0, 9)))
            # Of letters beyond ASCII Python folds the case only where classes are of Unicode too.
            if not text.isascii():
                text = text.replace("É", "é")
            compiled_says = compiled.fullmatch(text) is not None
            print(json.dumps([own, text, int(compiled_says)]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
