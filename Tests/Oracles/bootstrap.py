#!/usr/bin/env python3
"""Resamples recomputed from the rows of a sample by independent code: Philox and its weights, weighted sums by cell, a
ridge fit of two scores, exposure, rates and swap-ins. Pure Python, exact where whole numbers are meant.

    bootstrap.py FOLDER

FOLDER holds sample.csv and sample.json (the exchange form of a sample) and draws.json: seed, resamples, groups, the penalty
alpha, and per draw and cell the six sums that Cutline has. Prints what differs; exit 1 where something does."""
import csv
import json
import sys
from collections import defaultdict

MASK = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK, (a >> 32) ^ c[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def stream_key(seed, label):
    stream = fnv(label)
    return philox([0, 0, stream & MASK, stream >> 32], [seed & MASK, seed >> 32])[:2]


# Shares of 65,536 with a weight of at least 1 to 8: Poisson(1) with mean and variance 1 exactly.
TAILS = [41427, 17317, 5262, 1245, 240, 39, 5, 1]


def weight(key, row, resample):
    words = philox([row & MASK, row >> 32, resample // 8, 0], key)
    lane = resample % 8
    uniform = (words[lane // 2] >> (16 * (lane % 2))) & 0xFFFF
    return sum(uniform >= 65536 - tail for tail in TAILS)


def bucket(row):
    m = 0xFFFFFFFFFFFFFFFF
    z = (row + 0x9E3779B97F4A7C15) & m
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & m
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & m
    return (z ^ (z >> 31)) % 60


def solve(a, b):
    n = len(b)
    m = [row[:] + [value] for row, value in zip(a, b)]
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(m[r][i]))
        m[i], m[p] = m[p], m[i]
        for r in range(n):
            if r != i:
                f = m[r][i] / m[i][i]
                m[r] = [x - f * y for x, y in zip(m[r], m[i])]
    return [m[i][n] / m[i][i] for i in range(n)]


def standardised(values, weights):
    total = sum(weights)
    mean = sum(v * w for v, w in zip(values, weights)) / total
    deviation = (sum((v - mean) ** 2 * w for v, w in zip(values, weights)) / total) ** 0.5
    return [(v - mean) / deviation if deviation > 0 else 0.0 for v in values]


def half_even(value):
    return round(value)


def draw(rows, weights, head, alpha):
    axes = head["grid"]["axes"]
    bins = [len(axis["edges"]) - 1 for axis in axes]
    cells = bins[0] * bins[1]
    m = head["measure"]["multiplier"]
    booked = [[0, 0, 0] for _ in range(cells)]
    mature = [[0, 0, 0] for _ in range(cells)]  # requested, numerator, denominator
    rejected = [[0, 0] for _ in range(cells)]  # requested, production
    score = [defaultdict(lambda: [0.0, 0]) for _ in axes]
    money = {"booked": 0, "cancelled": 0, "other-rejected": 0, "granted": 0}
    for row, w in zip(rows, weights):
        if w == 0:
            continue
        if row["month"] in head["window"]:
            if row["status"] in money:
                money[row["status"]] += w * row["requested"]
            if row["status"] == "booked":
                money["granted"] += w * row["production"]
        cell = row["cell"]
        if cell >= cells or row["period"] != "main":
            continue
        if row["status"] == "booked":
            for k, name in enumerate(("production", "numerator", "denominator")):
                booked[cell][k] += w * row[name]
            if row["outcome"] == "mature":
                for k, name in enumerate(("requested", "numerator", "denominator")):
                    mature[cell][k] += w * row[name]
        elif row["status"] == "score-rejected":
            rejected[cell][0] += w * row["requested"]
            rejected[cell][1] += w * row["production"]
        else:
            continue
        for axis, b in enumerate((cell // bins[1], cell % bins[1])):
            score[axis][b][0] += w * row["scores"][axis]
            score[axis][b][1] += w
    def middle(axis, b):
        total, count = score[axis][b]
        if count:
            return total / count
        raise SystemExit(f"bin {b} of axis {axis} is empty: use more rows")
    weight_of = [float(max(0, own[2])) for own in mature]
    risk = [m * own[1] / own[2] if own[2] > 0 else 0.0 for own in mature]
    columns = []
    for axis in range(2):
        raw = [middle(axis, (c // bins[1], c % bins[1])[axis]) for c in range(cells)]
        columns.append(standardised(standardised(raw, weight_of), weight_of))
    used = [c for c in range(cells) if weight_of[c] > 0]
    mean_weight = sum(weight_of[c] for c in used) / len(used)
    x = [[1.0] + [column[c] for column in columns] for c in used]
    w = [weight_of[c] / mean_weight for c in used]
    a = [[sum(w[i] * x[i][p] * x[i][q] for i in range(len(used))) + (alpha if p == q and p else 0) for q in range(3)]
         for p in range(3)]
    b = [sum(w[i] * x[i][p] * risk[c] for i, c in enumerate(used)) for p in range(3)]
    beta = solve(a, b)
    predicted = [max(0.0, beta[0] + sum(k * column[c] for k, column in zip(beta[1:], columns))) for c in range(cells)]
    ratio = sum(own[2] for own in mature) / sum(own[0] for own in mature)
    offers = money["booked"] + money["cancelled"]
    rate = offers / (offers + money["other-rejected"]) * (money["booked"] / offers)
    granted = money["granted"] / money["booked"]
    sums = []
    for cell in range(cells):
        pile = ratio * rejected[cell][0]
        swap_in = [granted * rejected[cell][1] * rate, predicted[cell] * pile / m * rate, pile * rate]
        sums += booked[cell] + [half_even(value) for value in swap_in]
    return sums


def main(folder):
    head = json.load(open(f"{folder}/sample.json"))
    said = json.load(open(f"{folder}/draws.json"))
    end = head["summary"]["basis"]["periodEnd"][:7]
    year, month = int(end[:4]), int(end[5:])
    head["window"] = {f"{(12 * year + month - 1 - k) // 12:04d}-{(12 * year + month - 1 - k) % 12 + 1:02d}" for k in range(12)}
    names = [axis["name"] + "_raw" for axis in head["grid"]["axes"]]
    rows = []
    for line in csv.DictReader(open(f"{folder}/sample.csv")):
        def cents(name):
            return round(100 * float(line[name]))
        rows.append({
            "cell": int(line["cell"]), "month": line["month"][:7], "period": line["period"], "status": line["status"],
            "outcome": line["outcome"], "requested": cents("oa_amt"), "production": cents("oa_amt_h0"),
            "numerator": cents("todu_30ever_h6"), "denominator": cents("todu_amt_pile_h6"),
            "scores": [float(line[name] or "nan") for name in names], "key": int(line["key"])})
    key = stream_key(said["seed"], "resample")
    draws = [[weight(key, row["key"], b) for row in rows] for b in range(said["resamples"])]
    draws += [[0 if bucket(row["key"]) % said["groups"] == g else 1 for row in rows] for g in range(said["groups"])]
    size, wrong, checked = len(said["sums"]) // len(draws), 0, 0
    for number, weights in enumerate(draws):
        for place, expected in enumerate(draw(rows, weights, head, said["alpha"])):
            found = said["sums"][number * size + place]
            checked += 1
            # Booked sums exactly; what is predicted is rounded once, of products whose order may differ.
            tolerance = 0 if place % 6 < 3 else max(1, 1e-9 * abs(expected))
            if abs(found - expected) > tolerance:
                wrong += 1
                if wrong < 10:
                    print(f"draw {number}, cell {place // 6}, quantity {place % 6}: {found}, expected {expected}")
    print(f"{checked} sums of {len(draws)} draws compared, {wrong} differ")
    return wrong > 0 or checked == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
