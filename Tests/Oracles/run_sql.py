"""Runs exported SQL in SQLite, or in DuckDB where the second argument says so.

    python3 Tests/Oracles/run_sql.py cases.json [duckdb]

cases.json lists per case: text (a file with the statement), rows (columns of doubles, one after the other), features, and
result, the file into which the predictions are written as doubles. The table is called as the statement says.
"""

import json
import math
import re
import struct
import sys


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def connect(engine):
    if engine == "duckdb":
        import duckdb
        return duckdb.connect()
    import sqlite3
    return sqlite3.connect(":memory:")


def main(path, engine="sqlite"):
    for case in json.load(open(path)):
        data = open(case["rows"], "rb").read()
        values = struct.unpack(f"{len(data) // 8}d", data)
        count = len(case["features"])
        rows = len(values) // count if count else 10_000
        records = []
        for row in range(rows):
            record = [values[k * rows + row] for k in range(count)]
            records.append([row] + [None if math.isnan(x) else x for x in record])
        statement = open(case["text"], encoding="utf-8").read()
        table = re.search(r"^FROM (.*) AS t$", statement, re.M).group(1)
        connection = connect(engine)
        if engine == "duckdb":
            table = table.replace('"main".', "")
            statement = statement.replace('"main".', "")
        columns = "".join(f", {quoted(name)} DOUBLE PRECISION" for name in case["features"])
        connection.execute(f'CREATE TABLE {table} ("the row" INTEGER{columns})')
        marks = ", ".join("?" * (count + 1))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", records)
        wrapped = f'SELECT prediction FROM ({statement}) AS scored ORDER BY "the row"'
        found = [math.nan if x is None else x for (x,) in connection.execute(wrapped).fetchall()]
        open(case["result"], "wb").write(struct.pack(f"{len(found)}d", *found))


main(*sys.argv[1:])
