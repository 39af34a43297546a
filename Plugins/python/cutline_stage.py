"""A stage of Cutline as a Python program: reads the request, loads the input, writes the output.

Needs nothing but the standard library; where pandas is installed, `stage.frame("cube")` gives a data frame.

    import cutline_stage

    stage = cutline_stage.Stage()
    sums = stage.sums()                    # per cell, of booked applications with a known outcome
    stage.note(f"{sum(cell['rows'] for cell in sums.values())} applications")
    stage.write_cells("risk.csv", "risk", {cell: 0.05 for cell in stage.cells()})

docs/plugins-process.md says what every kind takes and gives.
"""

import csv
import itertools
import json
import os
import sys

INTERFACE = 2
AMOUNTS = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]


class Stage:
    """The request of a stage, its inputs and its output."""

    def __init__(self, request=None):
        self.request = json.load(sys.stdin) if request is None else request
        if self.request["interface"] != INTERFACE:
            raise SystemExit(f"this program knows interface {INTERFACE}, not {self.request['interface']}")
        self._say({"interface": INTERFACE})
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
        """The JSON of an input: the whole artefact, or for a cube or sample all but its numbers."""
        kind = self.request["input"][port]["type"]
        with open(self.path(port, f"{kind}.json"), encoding="utf-8") as file:
            return json.load(file)

    def grid(self, port="cube"):
        """The variables of the grid: a list of dicts with name, direction, edges and more."""
        return self.load(port)["grid"]["axes"]

    def cells(self, port="cube"):
        """Every cell of the grid as a tuple of bins (from 1), in order of the cells' numbers (from 0)."""
        return list(itertools.product(*(range(1, len(axis["edges"])) for axis in self.grid(port))))

    def rows(self, port="sample"):
        """The rows of a sample, one dict an application, or of a source table, with None for what is missing.

        A stage with an optional port sample gets it with `reads = ["sample"]`.
        """
        if self.request["input"][port]["type"] == "source-table":
            return list(self._table_rows(port))
        return list(self._sample_rows(port))

    def frame(self, port="cube"):
        """The same as a pandas data frame; of a cube, its cells (cube.csv)."""
        import pandas

        if self.request["input"][port]["type"] == "cube":
            return pandas.read_csv(self.path(port, "cube.csv"))
        if self.request["input"][port]["type"] == "source-table":
            return pandas.DataFrame(self._table_rows(port))
        return pandas.read_csv(self.path(port, "sample.csv"), dtype={"key": "uint64"})

    def sums(self, state="booked_mature", port="cube"):
        """Per cell of the grid the sums of the main period in units: {bins: {amount name: sum, "rows": n}}.

        States: booked_mature, booked_immature, score_rejected, other_rejected, cancelled.
        """
        names = [axis["name"] for axis in self.grid(port)]
        suffix = f"_{state}"
        sums = {}
        with open(self.path(port, "cube.csv"), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row[names[0]] == "":  # outside the grid
                    continue
                cell = {name[: -len(suffix)]: float(text) for name, text in row.items() if name.endswith(suffix)}
                cell["rows"] = int(cell["rows"])
                sums[tuple(int(row[name]) for name in names)] = cell
        return sums

    def _sample_rows(self, port):
        names = [axis["name"] for axis in self.grid(port)]
        with open(self.path(port, "sample.csv"), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                row["cell"], row["key"] = int(row["cell"]), int(row["key"])
                for name in names:  # None outside the grid
                    row[name] = int(row[name]) if row[name] else None
                    row[name + "_raw"] = float(row[name + "_raw"]) if row[name + "_raw"] else None
                for name in AMOUNTS:
                    row[name] = float(row[name])
                row["is_eligible"] = row["is_eligible"] == "1"
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

    def write_cells(self, name, column, values, port="cube"):
        """Writes one value a cell: `values` is a dict by bins, or a list in order of the cells."""
        cells = self.cells(port)
        if not isinstance(values, dict):
            values = dict(zip(cells, values, strict=True))
        names = [axis["name"] for axis in self.grid(port)]
        self.write_rows(name, names + [column], ([*cell, float(values[cell])] for cell in cells))

    @staticmethod
    def _say(message):
        print(json.dumps(message), flush=True)
