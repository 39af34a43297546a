"""Runs exported PMML with pypmml (PMML4S), all cases on one Java machine.

    python3 Tests/Oracles/run_pmml.py cases.json

cases.json lists per case: text (the PMML), rows (columns of doubles, one after the other), features, and result, the file into
which the predictions are written as doubles. NaN is missing.
"""

import json
import math
import struct
import sys

from pypmml import Model


def main(path):
    for case in json.load(open(path)):
        data = open(case["rows"], "rb").read()
        values = struct.unpack(f"{len(data) // 8}d", data)
        names = case["features"]
        if not names:
            # Its reader has no record without a field.
            open(case["result"], "wb").write(b"")
            continue
        rows = len(values) // len(names)
        model = Model.load(case["text"])
        # One call for all records: JSON numbers of both sides are the shortest that read back as the same double.
        records = [[values[k * rows + row] for k in range(len(names))] for row in range(rows)]
        records = [[None if math.isnan(x) else x for x in record] for record in records]
        scored = json.loads(model.predict(json.dumps({"columns": names, "data": records})))
        place = max(k for k, name in enumerate(scored["columns"]) if name.startswith("prediction"))
        found = [math.nan if record[place] is None else float(record[place]) for record in scored["data"]]
        open(case["result"], "wb").write(struct.pack(f"{len(found)}d", *found))


main(*sys.argv[1:])
