"""A run of the tool as a child of this program."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import Cancelled, CutlineError
from .events import Event, follow, read
from .folder import Run, left_by
from .tool import find, sentences_of

Text = str | os.PathLike[str]


def setting(value: Any) -> str:
    """A value as the tool's `--set` reads it.

    >>> [setting(value) for value in [True, 0.5, "quantile", ["a", "b"], {"on_fail": "report"}]]
    ['true', '0.5', '"quantile"', '["a", "b"]', '{ "on_fail" = "report" }']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (datetime.date, os.PathLike)):
        value = value.isoformat() if isinstance(value, datetime.date) else os.fspath(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {setting(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(setting, value)) + "]"
    raise TypeError(f"a setting is a text, a number, a truth, a day, a list or a table, not {type(value).__name__}")


def arguments(
    config: Text = "config.toml",
    output: Text | None = None,
    *,
    set: Mapping[str, Any] | None = None,
    until: str | None = None,
    from_: str | None = None,
    model_path: Text | None = None,
    plugins: Sequence[Text] = (),
    training_only: bool = False,
    fresh: bool = False,
    rehash: bool = False,
    strict: bool = False,
    fail_on: str | None = None,
    workers: int | None = None,
    device: str | None = None,
) -> list[str]:
    """The words of `cutline run`; the options are those of the tool (`cutline run --help`).

    >>> arguments("card.toml", "out", set={"cutoff": 540}, until="train_model_asset")
    ['run', '--config', 'card.toml', '--output', 'out', '--set', 'cutoff=540', '--until', 'train_model_asset']
    """
    words = ["run", "--config", os.fspath(config)]
    if output is not None:
        words += ["--output", os.fspath(output)]
    for key, value in (set or {}).items():
        words += ["--set", f"{key}={setting(value)}"]
    for option, value in [("--until", until), ("--from", from_), ("--model-path", model_path), ("--fail-on", fail_on)]:
        if value is not None:
            words += [option, os.fspath(value)]
    for plugin in plugins:
        words += ["--plugin", os.fspath(plugin)]
    for option, value in [("--workers", workers), ("--device", device)]:
        if value is not None:
            words += [option, str(value)]
    for option, isSaid in [
        ("--training-only", training_only),
        ("--fresh", fresh),
        ("--rehash", rehash),
        ("--strict", strict),
    ]:
        if isSaid:
            words.append(option)
    return words


class Process:
    """A run that is going on: `start` makes it.

        with cutline.start("card.toml", "output/card") as process:
            for event in process.events():
                print(event.kind, event.stage)
            run = process.wait()

    Leaving the block before the end cancels the run.
    """

    def __init__(self, words: Sequence[str], *, tool: str | None = None, cwd: Text | None = None):
        self.cwd = Path(cwd) if cwd is not None else None
        self._output = words[words.index("--output") + 1] if "--output" in words else None
        self._folder = tempfile.TemporaryDirectory(prefix="cutline-")
        self._events = os.path.join(self._folder.name, "events.jsonl")
        self._said: list[Event] | None = None
        try:
            # Into files: a pipe that nobody reads would stop the tool.
            with open(self._at("out"), "wb") as out, open(self._at("err"), "wb") as err:
                self._child = subprocess.Popen(
                    [tool or find(), *words, "--json", "--events", self._events],
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                )
        except BaseException:
            self._folder.cleanup()
            raise

    @property
    def pid(self) -> int:
        """The tool's process."""
        return self._child.pid

    def events(self) -> Iterator[Event]:
        """What happens, from the start, each event when it is there; ends when the run ends."""
        if self._said is not None:
            yield from self._said
        else:
            yield from follow(self._events, lambda: self._child.poll() is not None)

    def cancel(self) -> None:
        """Asks the tool to end (SIGTERM): what was there before stays, nothing half-written does. `wait` raises `Cancelled`."""
        if self._child.poll() is None:
            self._child.terminate()

    def wait(self) -> Run:
        """The run, when it has ended; raises `CutlineError` where it has failed."""
        code = self._child.wait()
        self._finish()
        said = self._said or []
        end = next((event for event in reversed(said) if event.kind == "ended"), None)
        if code == 0:
            return Run(self._place(json.loads(self._out)["output"]))
        number = -code if code < 0 else end.signal if end and end.signal else code - 128 if code > 128 else None
        sentences = end.message.split("\n") if end and end.message else sentences_of(self._err)
        if number:
            raise Cancelled(number)
        raise CutlineError.of(code, sentences, self._partial(sentences))

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()
        self._child.wait()
        self._finish()

    def _finish(self) -> None:
        if self._said is not None:
            return
        self._said = read(self._events) if os.path.exists(self._events) else []
        self._out = Path(self._at("out")).read_text(encoding="utf-8", errors="replace")
        self._err = Path(self._at("err")).read_text(encoding="utf-8", errors="replace")
        self._folder.cleanup()

    def _at(self, name: str) -> str:
        return os.path.join(self._folder.name, name)

    def _place(self, path: str) -> Path:
        return self.cwd / path if self.cwd is not None else Path(path)

    def _partial(self, sentences: list[str]) -> Run | None:
        if self._output is not None:
            return left_by(self._place(self._output), sentences)
        for sentence in sentences:
            # Only the tool knows the folder that it has named itself.
            if kept := re.search(r" (?:is|are) kept in (.+)\.failed; the next run", sentence):
                return left_by(self._place(kept[1]), sentences)
        return None


def start(config: Text = "config.toml", output: Text | None = None, *, tool: str | None = None, cwd: Text | None = None,
          **options: Any) -> Process:
    """Starts a run and returns at once; the options are those of `run`."""
    return Process(arguments(config, output, **options), tool=tool, cwd=cwd)


def run(config: Text = "config.toml", output: Text | None = None, *, on_event: Callable[[Event], object] | None = None,
        tool: str | None = None, cwd: Text | None = None, **options: Any) -> Run:
    """Runs the plan of a configuration, and returns what it leaves.

        run = cutline.run("card.toml", "output/card", set={"cutoff": 540}, on_event=print)

    - `config`, `output`: the configuration and the folder of the run; without `output` the tool names one.
    - `set`: settings over those of the file, by their keys: `{"cutoff": 540, "stages.gates.with.on_fail": "report"}`.
    - `until`, `from_`, `model_path`, `plugins`, `training_only`, `fresh`, `rehash`, `strict`, `fail_on`, `workers`, `device`:
      as `cutline run --help` says.
    - `on_event`: called with each `Event`, while the run goes on. An exception of it cancels the run.
    - `cwd`: the folder in which the tool runs; `tool`: its path, else `cutline.find()`.

    Raises `CutlineError` by exit code: `ConfigurationError` 2, `DataError` 3, `GateError` 4, `InfeasibleError` 5,
    `IntegrityError` 6, `InputOutputError` 7, `Cancelled`; `ToolNotFound`. An interrupt (Ctrl-C) ends the tool, too.
    """
    with start(config, output, tool=tool, cwd=cwd, **options) as process:
        for event in process.events():
            if on_event is not None:
                on_event(event)
        return process.wait()
