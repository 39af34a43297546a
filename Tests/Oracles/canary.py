"""Plants a canary in every cell of a table of applications, and looks for them in everything that commands have left.

usage: canary.py plant IN.csv OUT.csv [COLUMN]     every row of every column gets values that stand nowhere else; with COLUMN one row of
                                                   it gets a text that fits no type
       canary.py look OUT.csv FOLDER|FILE ...      prints `place: canary` for each that is found, in contents (unpacked) or names

Only the standard library. A canary is a text with CANARY in it, or a number or date that one row alone has.
"""

import csv, gzip, io, os, re, sys

NUMBER = re.compile(rb"\d+\.\d{4,}|\d{4}-\d\d-\d\d")


def plant(source, target, wrong=None):
    rows = list(csv.DictReader(open(source, encoding="utf-8")))
    names = list(rows[0]) + ["customer_name", "email", "phone", "born", "income"]
    for number, row in enumerate(rows):
        code = f"{number:05d}"
        row["authorization_id"] = f"CANARY-ID-{code}"
        row["se_decision_id"] = f"CANARY-SE-{code}"
        for score in ["score_rf", "risk_score_rf"]:
            if row[score] not in ("", "0", "9999"):
                row[score] = f"{float(row[score]):.0f}.{code}7"
        # Cents that no two rows share, so that a sum of one row would be seen.
        for amount in ["oa_amt", "oa_amt_h0"]:
            if row[amount] and float(row[amount]) > 0:
                row[amount] = f"{float(row[amount]):.0f}.{number % 89 + 10}"
        row["customer_name"] = f"CANARY Smith-{code}"
        row["email"] = f"canary.{code}@CANARY.example"
        row["phone"] = f"+44 CANARY {code}"
        row["born"] = f"19{number % 70 + 20}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        row["income"] = f"{20000 + number}.{code}3"
    # The first and the last day of the file, which no other row has.
    days = sorted({row["mis_date"] for row in rows})
    rows[3]["mis_date"] = days[0][:8] + "03"
    for row in rows:
        if row["mis_date"] == days[0]:
            row["mis_date"] = days[0][:8] + "11"
    rows[7]["mis_date"] = days[-1][:8] + "27"
    # A mistyped value in each column that nobody uses, so that what reads it has something to say.
    rows[11]["income"] = "CANARY-INCOME"
    rows[12]["born"] = "CANARY-BORN"
    if wrong:
        rows[13][wrong] = f"CANARY-{wrong.upper()}"
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def contents(path):
    """The bytes of a file, unpacked as far as it is packed."""
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data += gzip.decompress(data)
    if data[:4] == b"PK\x03\x04":
        import zipfile

        archive = zipfile.ZipFile(io.BytesIO(data))
        data += b"".join(archive.read(name) for name in archive.namelist())
    return data


def look(source, places):
    rows = list(csv.DictReader(open(source, encoding="utf-8")))
    seen = {}
    for row in rows:
        for value in row.values():
            if NUMBER.fullmatch(value.encode()):
                seen[value.encode()] = seen.get(value.encode(), 0) + 1
    alone = {value for value, count in seen.items() if count == 1}
    found = 0
    for place in places:
        files = [place]
        if os.path.isdir(place):
            files = [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]
        for path in sorted(files):
            texts = [("name of " + path, os.path.basename(path).encode("utf-8", "surrogateescape"))]
            if os.path.isfile(path) and not os.path.islink(path):
                texts.append((path, contents(path)))
            for name, data in texts:
                hits = set(re.findall(rb"[^\n,\"]{0,30}canary[^\n,\"]{0,30}", data, re.I)) | (set(NUMBER.findall(data)) & alone)
                for hit in sorted(hits)[:3]:
                    print(f"{name}: {hit.decode('utf-8', 'replace')}")
                found += len(hits)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "plant":
        plant(*sys.argv[2:])
    else:
        look(sys.argv[2], sys.argv[3:])
