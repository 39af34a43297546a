"""What a run left in its folder, and a list of differences from what it should be."""

import csv
import glob
import json

from applications import INDICATORS
from cube import Cube


class Differences:
    """Collects, prints and counts what does not agree."""

    SHOWN = 20

    def __init__(self):
        self.count = 0
        self.checked = {}

    def _miss(self, what, found, expected):
        self.count += 1
        if self.count <= self.SHOWN:
            print(f"DIFFERENCE {what}: the run has {found!r}, expected {expected!r}")

    def equal(self, group, what, found, expected):
        self.checked[group] = self.checked.get(group, 0) + 1
        if found != expected:
            self._miss(f"{group}, {what}", found, expected)

    def close(self, group, what, found, expected, tolerance=1e-12):
        """Equal, or within `tolerance` of the larger of the two; not a number is neither."""
        self.checked[group] = self.checked.get(group, 0) + 1
        if found is None or expected is None:
            if found is not expected:
                self._miss(f"{group}, {what}", found, expected)
            return
        found, expected = float(found), float(expected)
        if found == expected:
            return
        if not abs(found - expected) <= tolerance * max(abs(found), abs(expected)):
            self._miss(f"{group}, {what}", found, expected)

    def finish(self):
        for group, count in self.checked.items():
            print(f"checked {group}: {count}")
        print(f"{sum(self.checked.values())} values checked, {self.count} differences")
        return 1 if self.count else 0


class RunFolder:
    def __init__(self, path):
        self.path = path

    def stage(self, name):
        with open(f"{self.path}/stages/{name}.json", encoding="utf-8") as file:
            return json.load(file)["value"]

    def cube(self):
        return Cube(f"{self.path}/stages/cube.bin")

    def seed(self):
        with open(f"{self.path}/manifest.json", encoding="utf-8") as file:
            return json.load(file)["seed"]

    def model(self):
        """The risk model and the exposure model as one, and the metadata of the first."""
        (folder,) = glob.glob(f"{self.path}/models/model_*")

        def read(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)

        exposure = read(f"{self.path}/models/todu_model/model.json")
        return {**read(f"{folder}/model.json"), **exposure}, read(f"{folder}/metadata.json")

    def table(self, name):
        """A CSV file of data/ as a list of dictionaries."""
        with open(f"{self.path}/data/{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


KEYS = dict(zip(INDICATORS, ["accounts", "requested", "numerator", "denominator", "production"]))


def five(sums):
    """The five sums of a JSON object in the order of INDICATORS."""
    return [sums[KEYS[name]] for name in INDICATORS]


def number(text):
    """A field of a result file; None where empty."""
    return None if text == "" else float(text)
