"""What happens in a run, while it happens: the lines of `--events`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """One line of `events.jsonl`.

    `kind` is runStarted, stageStarted, stageFinished, stageReused, stageFailed, input, note, warning, progress, runFinished
    or ended; `seconds` is since the start of the run. `fields` has the whole line.
    """

    kind: str
    stage: str = ""
    message: str = ""
    seconds: float | None = None
    fraction: float | None = None
    code: int | None = None
    signal: int | None = None
    fields: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def parse(line: str) -> Event:
        """An event of its line.

        >>> Event.parse('{"kind":"stageStarted","message":"file","seconds":0.5,"stage":"source"}').stage
        'source'
        """
        fields = json.loads(line)
        known = ["stage", "message", "seconds", "fraction", "code", "signal"]
        return Event(fields["kind"], **{name: fields[name] for name in known if name in fields}, fields=fields)


def read(path: str | os.PathLike[str]) -> list[Event]:
    """The events of a whole file; a last line that was cut off is left out."""
    with open(path, "rb") as file:
        return [Event.parse(line.decode()) for line in file if line.endswith(b"\n")]


def follow(path: str | os.PathLike[str], is_over: Callable[[], bool], pause: float = 0.05) -> Iterator[Event]:
    """The events of a file that is being written, each when its line is whole, until `is_over` and nothing is left."""
    # Bytes until a line is whole: what has been written so far may end within a character.
    rest, file = b"", None
    try:
        while True:
            over = is_over()  # before reading: what came in between is read once more
            if file is None and os.path.exists(path):
                file = open(path, "rb")
            *lines, rest = (rest + (file.read() if file else b"")).split(b"\n")
            yield from (Event.parse(line.decode()) for line in lines)
            if over:
                return
            if not lines:
                time.sleep(pause)
    finally:
        if file:
            file.close()
