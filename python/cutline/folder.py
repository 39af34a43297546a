"""What a run leaves: its manifest, its tables, its gates."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import events
from .tool import call

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Remark:
    """What a reader of a stage's result should know: a `note`, or a `warning`."""

    kind: str
    message: str


@dataclass(frozen=True)
class Stage:
    """What the manifest says of a stage.

    `key` is the digest of its settings, of the keys of its inputs, of the files that it reads, of the seed and of the
    program: where it is the same, so is the output. `reused` says that the output came from the run before.
    """

    id: str
    kind: str
    use: str
    key: str
    reused: bool
    seconds: float
    settings: dict[str, str]
    remarks: list[Remark]


@dataclass(frozen=True)
class Gate:
    """A line of `gates.csv`: `state` is PASS, WARN, FAIL, WAIVED or SKIPPED; `fields` has the whole line.

    What had nothing to look at is SKIPPED, and has not passed.
    """

    name: str
    state: str
    detail: str
    fields: dict[str, Any]


class Run:
    """The folder of a run, read only.

        run = cutline.Run("output/card")
        run.tables                        # names: ['gates', 'scorecard_model', 'scorecard_points']
        run.table("gates")                # [{'gate': 'samples', 'state': 'PASS', 'value': 5960, …}, …]
        run.frame("scorecard_points")     # with pandas
        run.stages["model"].key

    Raises `FileNotFoundError` where there is no manifest, `ValueError` where it is none of a run.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        text = (self.path / "manifest.json").read_text(encoding="utf-8")
        try:
            manifest = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{self.path / 'manifest.json'}: is no JSON ({error.msg}). Run cutline verify.") from error
        if not (isinstance(manifest, dict) and str(manifest.get("format")).startswith("cutline-run-")):
            raise ValueError(f"{self.path / 'manifest.json'}: is not the manifest of a run of cutline.")
        self.manifest: dict[str, Any] = manifest

    def __repr__(self) -> str:
        return f"cutline.Run({str(self.path)!r})"

    @property
    def results_digest(self) -> str:
        """The digest of all results, without times: the same inputs give the same one."""
        return str(self.manifest["resultsDigest"])

    @property
    def version(self) -> str:
        """The tool's version."""
        return str(self.manifest["version"])

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The files that were read: path, bytes, sha256 and the stage that read each."""
        return list(self.manifest["inputs"])

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages by their ids, in the order of the plan."""
        return {
            stage["id"]: Stage(
                stage["id"],
                stage["kind"],
                stage["use"],
                stage["key"],
                stage["reused"],
                stage["seconds"],
                {setting["key"]: setting["value"] for setting in stage["settings"]},
                [Remark(remark["kind"], remark["message"]) for remark in stage["remarks"]],
            )
            for stage in self.manifest["stages"]
        }

    @property
    def remarks(self) -> list[Remark]:
        """The notes and warnings of all stages."""
        return [remark for stage in self.stages.values() for remark in stage.remarks]

    @property
    def failures(self) -> list[str]:
        """Why the stages of a failed run (`<output>.failed`) have failed; empty of a finished one."""
        return [failure["message"] for failure in self.manifest.get("failures", [])]

    @property
    def files(self) -> list[str]:
        """The paths of all files, as the manifest lists them."""
        return [file["path"] for file in self.manifest["files"]]

    @property
    def tables(self) -> list[str]:
        """The names of the tables: data/NAME.csv."""
        return [path[5:-4] for path in self.files if path.startswith("data/") and path.endswith(".csv")]

    def file(self, name: str) -> Path:
        """The path of a file that the manifest lists; raises `KeyError` for others."""
        if name not in self.files:
            raise KeyError(f"{name} is no file of {self.path}; there are: {', '.join(self.files)}")
        return self.path / name

    def csv(self, table: str) -> Path:
        """The path of a table."""
        if table not in self.tables:
            raise KeyError(f"{table} is no table of {self.path}; there are: {', '.join(self.tables) or 'none'}")
        return self.path / f"data/{table}.csv"

    def json(self, name: str) -> Any:
        """The content of data/NAME.json."""
        return json.loads(self.file(f"data/{name}.json").read_text(encoding="utf-8"))

    def columns(self, table: str) -> list[dict[str, str]]:
        """What the manifest says of a table's columns: name, unit, basis, meaning."""
        self.csv(table)
        return next(file["columns"] for file in self.manifest["files"] if file["path"] == f"data/{table}.csv")

    def is_personal(self, table: str) -> bool:
        """Whether its rows are of applications: personal data."""
        self.csv(table)
        return any(file["path"] == f"data/{table}.csv" and file.get("personal", False) for file in self.manifest["files"])

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table: texts as they stand, numbers as int or float, None where a number is empty."""
        texts = self._texts(name)
        with open(self.csv(name), encoding="utf-8", newline="") as file:
            return [
                {column: value if column in texts else _number(value) for column, value in row.items()}
                for row in csv.DictReader(file)
            ]

    def frame(self, name: str) -> pandas.DataFrame:
        """The table as a data frame; `frame.attrs["columns"]` says unit and meaning of each column. Needs pandas."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("frame needs pandas: pip install pandas, or take table(), which needs nothing") from error
        texts = self._texts(name)
        frame = pandas.DataFrame(self.table(name), columns=[column["name"] for column in self.columns(name)] or None)
        for column in frame.columns:
            if column not in texts and frame[column].dtype == object:
                numbers = pandas.to_numeric(frame[column], errors="coerce")
                # Only where nothing but what was empty has become missing: a month is no number.
                if (numbers.isna() == frame[column].isna()).all():
                    frame[column] = numbers
        frame.attrs["columns"] = {column["name"]: column for column in self.columns(name)}
        return frame

    @property
    def gates(self) -> dict[str, Gate]:
        """The gates by their names."""
        rows = self.table("gates")
        return {row["gate"]: Gate(row["gate"], row["state"], row.get("detail") or "", row) for row in rows}

    def events(self) -> list[events.Event]:
        """What happened, as the run has kept it."""
        return events.read(self.file("events.jsonl"))

    def verify(self, *, tool: str | None = None) -> str:
        """Lets the tool look at every file of the folder; raises `IntegrityError` where one is not what the run wrote."""
        return call("verify", self.path, tool=tool).strip()

    def _texts(self, table: str) -> set[str]:
        return {column["name"] for column in self.columns(table) if column["unit"] == "text"}


def left_by(output: str | os.PathLike[str], sentences: list[str]) -> Run | None:
    """What a failed run has finished (`<output>.failed`), where it failed for what the sentences say; else None."""
    try:
        left = Run(os.fspath(output) + ".failed")
    except (OSError, ValueError):
        return None  # nothing was kept, or another run has taken it
    said = "\n".join(sentences)
    return left if left.failures and all(failure in said for failure in left.failures) else None


def _number(text: str | None) -> int | float | str | None:
    """What a field of a column of numbers holds; months and the like stay texts.

    >>> [_number(text) for text in ["12", "0.5", "", "2022-01", "1e3", "nan"]]
    [12, 0.5, None, '2022-01', 1000.0, 'nan']
    """
    if not text:
        return None
    for form in (int, float):
        try:
            # Python reads more than the tool writes: underscores, spaces, names of what is no number.
            return form(text) if text[-1].isdigit() and "_" not in text and not text[0].isspace() else text
        except ValueError:
            continue
    return text
