"""Runs exported PMML with pypmml (PMML4S on one Java machine for all).

    python3 Tests/Oracles/run_pmml.py cases.json

cases.json lists per case: text (the PMML), rows (columns of doubles, one after the other), features, and result, the file into
which the predictions are written as doubles. NaN is missing.
"""

import json
import math
import struct
import sys

from pypmml import Model
from pypmml.base import PMMLContext


def main(path):
    for number, case in enumerate(json.load(open(path))):
        data = open(case["rows"], "rb").read()
        values = struct.unpack(f"{len(data) // 8}d", data)
        names = case["features"]
        rows = len(values) // len(names) if names else 10_000
        model = Model.load(case["text"])
        # Records without names, in the model's order: one call each.
        order = [names.index(name) for name in model.inputNames]
        outputs = list(model.outputNames)
        place = max(k for k, name in enumerate(outputs) if name.startswith("prediction"))
        found = []
        for row in range(rows):
            record = [values[k * rows + row] for k in order]
            result = model.predict([None if math.isnan(x) else x for x in record])[place]
            found.append(math.nan if result is None else float(result))
        open(case["result"], "wb").write(struct.pack(f"{len(found)}d", *found))


main(*sys.argv[1:])
