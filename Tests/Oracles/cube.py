"""Reads a run's cube (docs/methods/cube.md) by its layout alone: no code of Cutline is used."""

import json
import struct

STATES = ["booked_mature", "booked_immature", "score_rejected", "other_rejected", "cancelled"]


class Cube:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.place = 0
        if self._take(8) != b"CUTLINE\0" or self._number("<I") != 1:
            raise SystemExit(f"{path} is no binary artefact of format 1")
        name, version = self._take(self._number("<I")).decode(), self._number("<I")
        if (name, version) != ("cube", 1) or self._number("<Q") != len(self.bytes) - self.place:
            raise SystemExit(f"{path} holds {name} of version {version}, or has another length than it says")
        self.head = json.loads(self._take(self._number("<Q")))
        self.names = [measure["name"] for measure in self.head["measures"]]
        cells = len(self.head["outside"])
        grid = 1
        for axis in self.head["grid"]["axes"]:
            grid *= len(axis["edges"]) - 1
        sizes = (cells + grid, len(STATES))
        self.months = self._slice([sizes[0], len(self.head["months"]), sizes[1]])
        self.folds = self._slice([sizes[0], len(self.head["periods"]), sizes[1], self.head.get("buckets") or 1])

    def _take(self, count):
        self.place += count
        return self.bytes[self.place - count : self.place]

    def _number(self, form):
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _column(self, form):
        count = self._number("<Q")
        return struct.unpack(f"<{count}{form}", self._take(count * struct.calcsize(form)))

    def _slice(self, sizes):
        """{codes: {measure: sum}} of the combinations that hold anything."""
        keys = self._column("I") if self._number("<B") else None
        columns = [self._column("q") for _ in self.names]
        found = {}
        for place, values in enumerate(zip(*columns)):
            if not any(values):
                continue
            rest, codes = keys[place] if keys else place, []
            for size in reversed(sizes):
                rest, code = divmod(rest, size)
                codes.insert(0, code)
            found[tuple(codes)] = dict(zip(self.names, values))
        return found
