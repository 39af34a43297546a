"""A stage of Cutline as a Python program: reads the request, loads the input, writes the output.

Needs nothing but the standard library; where pandas is installed, `stage.frame("sample")` gives a data frame.

    import cutline_stage

    stage = cutline_stage.Stage()
    rows = stage.rows("sample")            # one dict an application
    stage.note(f"{len(rows)} applications")
    stage.write_cells("risk.csv", "risk", {cell: 0.05 for cell in stage.cells("sample")})

docs/plugins-process.md says what every kind takes and gives.
"""

import csv
import itertools
import json
import os
import sys

INTERFACE = 1
AMOUNTS = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]


class Stage:
    """The request of a stage, its inputs and its output."""

    def __init__(self, request=None):
        self.request = json.load(sys.stdin) if request is None else request
        if self.request["interface"] != INTERFACE:
            raise SystemExit(f"this program knows interface {INTERFACE}, not {self.request['interface']}")
        self.kind = self.request["kind"]
        self.id = self.request["stage"]
        self.seed = self.request["seed"]
        self.workers = self.request["workers"]
        self.config = self.request["config"]

    # What people see while it runs.

    def progress(self, fraction):
        """`fraction` of the work is done, 0 to 1."""
        self._say({"progress": fraction})

    def note(self, text):
        """A remark that a reader of the result should know."""
        self._say({"note": str(text)})

    def warn(self, text):
        """Something that may make the result wrong for its purpose."""
        self._say({"warning": str(text)})

    def option(self, name, default):
        """A setting of `config`; a default says its type, and an unknown name is an error of the program's."""
        value = self.config.get(name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            raise SystemExit(f"config.{name} is {value!r}, it must be like {default!r}")
        return value

    def known_options(self, *names):
        """Ends the program when `config` has a key that is not among `names`."""
        for name in self.config:
            if name not in names:
                raise SystemExit(f"config has the unknown key {name}; it may have {', '.join(names) or 'none'}")

    # Inputs.

    def path(self, port, name):
        """The path of a file of an input."""
        return os.path.join(self.request["input"][port]["path"], name)

    def load(self, port):
        """The JSON of an input: the whole artefact, or for a sample its grid, measure and summary."""
        kind = self.request["input"][port]["type"]
        with open(self.path(port, f"{kind}.json"), encoding="utf-8") as file:
            return json.load(file)

    def grid(self, port="sample"):
        """The variables of the grid: a list of dicts with name, direction, edges and more."""
        return self.load(port)["grid"]["axes"]

    def cells(self, port="sample"):
        """Every cell of the grid as a tuple of bins (from 1), in order of the cells' numbers (from 0)."""
        return list(itertools.product(*(range(1, len(axis["edges"])) for axis in self.grid(port))))

    def rows(self, port="sample"):
        """The rows of a sample, one dict an application, or of a source table, with None for what is missing."""
        if self.request["input"][port]["type"] == "source-table":
            return list(self._table_rows(port))
        return list(self._sample_rows(port))

    def frame(self, port="sample"):
        """The same as a pandas data frame."""
        import pandas

        if self.request["input"][port]["type"] == "source-table":
            return pandas.DataFrame(self._table_rows(port))
        return pandas.read_csv(self.path(port, "sample.csv"), dtype={"key": "uint64"})

    def sums(self, port="sample"):
        """Per cell the sums of booked applications with a known outcome: {bins: {amount name: sum, "rows": n}}."""
        names = [axis["name"] for axis in self.grid(port)]
        sums = {cell: dict.fromkeys(AMOUNTS + ["rows"], 0) for cell in self.cells(port)}
        for row in self._sample_rows(port):
            if row["is_mature"]:
                cell = sums[tuple(row[name] for name in names)]
                cell["rows"] += 1
                for amount in AMOUNTS:
                    # In hundredths, so that a sum does not depend on the order of the rows.
                    cell[amount] += round(100 * row[amount])
        for cell in sums.values():
            for amount in AMOUNTS:
                cell[amount] /= 100
        return sums

    def _sample_rows(self, port):
        names = [axis["name"] for axis in self.grid(port)]
        with open(self.path(port, "sample.csv"), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in ["cell", "key"] + names:
                    row[name] = int(row[name])
                for name in AMOUNTS + [name + "_raw" for name in names]:
                    row[name] = float(row[name])
                row["is_mature"] = row["is_mature"] == "1"
                yield row

    def _table_rows(self, port):
        with open(self.path(port, "columns.json"), encoding="utf-8") as file:
            numbers = [column["name"] for column in json.load(file)["columns"] if column["type"] == "number"]
        with open(self.path(port, "table.csv"), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name, text in row.items():
                    row[name] = None if text == "" else text
                for name in numbers:
                    row[name] = None if row[name] is None else float(row[name])
                yield row

    # The output.

    def output_path(self, name):
        """The path of a file of the output; its folders are made."""
        path = os.path.join(self.request["output"]["path"], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, value, name=None):
        """Writes `value` as JSON: the artefact, unless another name is given."""
        name = name or f"{self.request['output']['type']}.json"
        with open(self.output_path(name), "w", encoding="utf-8") as file:
            json.dump(value, file, allow_nan=False)

    def write_rows(self, name, columns, rows):
        """Writes a CSV file of `rows`, each a list of values."""
        with open(self.output_path(name), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)

    def write_cells(self, name, column, values, port="sample"):
        """Writes one value a cell: `values` is a dict by bins, or a list in order of the cells."""
        cells = self.cells(port)
        if not isinstance(values, dict):
            values = dict(zip(cells, values, strict=True))
        names = [axis["name"] for axis in self.grid(port)]
        self.write_rows(name, names + [column], ([*cell, float(values[cell])] for cell in cells))

    @staticmethod
    def _say(message):
        print(json.dumps(message), flush=True)
