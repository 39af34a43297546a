"""The three assets of a scorecard in Dagster: labels, model, card. Each runs the tool as a Pipes subprocess.

    # definitions.py
    from cutline.dagster import definitions

    defs = definitions("scorecard.toml", "output/scorecard")

| asset | runs the plan until | its stages |
|---|---|---|
| generate_scorecard_labels | labels beside variables | source, labels, table |
| train_model_asset | the model | binning, model |
| refine_scorecard | the card's files | points, gates, files |

The data version of an asset is the manifest's key of its last stage, so that it changes exactly where what it is made of
changes: a byte of the file, a setting, the seed, the tool. The code version is a digest of the settings of its own stages:
a gate's limit is of `refine_scorecard` alone. Gates are asset checks. Every asset has a folder of its own under `output`,
which `cutline verify` checks. Nothing here makes a version in a store, much less activates one: that is for people.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

try:
    import dagster as dg
except ImportError as error:
    raise ImportError("cutline.dagster needs Dagster: pip install 'cutline[dagster]'") from error

from . import plan
from .errors import CutlineError, InputOutputError
from .events import Event, follow, read
from .folder import Gate, Run, left_by
from .process import arguments
from .tool import find

LABELS, MODEL, CARD = "generate_scorecard_labels", "train_model_asset", "refine_scorecard"
_PREFIX = "cutline/"


class EventReader(dg.PipesMessageReader):
    """Reads the tool's `--events`, while it writes them, as messages of Pipes: they get into Dagster's log.

    `lent` is a folder that was put there for this run alone: what the tool says of it is for nobody.
    """

    def __init__(self, path: str, lent: Path | None = None):
        self._path, self._lent = path, lent

    @contextlib.contextmanager
    def read_messages(self, handler: Any) -> Iterator[dict[str, Any]]:
        over = threading.Event()
        reader = threading.Thread(target=self._read, args=(handler, over), daemon=True)
        handler.handle_message(_message("opened", {"extras": {}}))
        reader.start()
        try:
            yield {"path": self._path}
        finally:
            over.set()
            reader.join()
            handler.handle_message(_message("closed", {}))

    def _read(self, handler: Any, over: threading.Event) -> None:
        for event in follow(self._path, over.is_set):
            is_of_lent = self._lent is not None and str(self._lent) in event.message and not event.stage
            if event.kind not in ("progress", "ended") and not is_of_lent and (text := _sentence(event)):
                level = {"warning": "WARNING", "stageFailed": "ERROR"}.get(event.kind, "INFO")
                handler.handle_message(_message("log", {"message": text, "level": level}))

    def no_messages_debug_text(self) -> str:
        return f"Attempted to read {self._path}, which cutline run --events writes."


def _read(path: str) -> list[Event]:
    return read(path) if os.path.exists(path) else []


def _message(method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"__dagster_pipes_version": "0.1", "method": method, "params": params}


def _sentence(event: Event) -> str:
    words = {"stageStarted": "runs", "stageReused": "is unchanged", "stageFinished": "is done"}
    if event.kind in words:
        return f"{event.stage} {words[event.kind]}"
    return f"{event.stage}: {event.message}" if event.stage and event.message else event.message


class Scorecard:
    """A scorecard's assets: their stages as the tool's plan has them, and their runs.

    - `config`, `set`: the configuration, with settings over it.
    - `output`: the folder that gets a folder for each asset.
    - `cwd`: the folder in which the tool runs; `tool`: its path, else `cutline.find()`.
    """

    def __init__(self, config: str | os.PathLike[str], output: str | os.PathLike[str], *,
                 set: Mapping[str, Any] | None = None, tool: str | None = None, cwd: str | os.PathLike[str] | None = None):
        self.config, self.output, self.settings = config, Path(cwd or ".", output).resolve(), dict(set or {})
        self.tool, self.cwd = tool or find(), Path(cwd or ".").resolve()
        of: dict[str, Any] = {"set": self.settings, "tool": self.tool, "cwd": self.cwd}
        self.stages: dict[str, list[plan.PlannedStage]] = {}
        before: dict[str, plan.PlannedStage] = {}
        for asset in [LABELS, MODEL, CARD]:
            reached = plan.stages(config, until=asset, **of)
            self.stages[asset] = [stage for id, stage in reached.items() if id not in before]
            before = reached
        # The whole plan, where it ends with the card: what is asked for by name is made each time.
        self._until = {LABELS: LABELS, MODEL: MODEL, CARD: None if [*plan.stages(config, **of)] == [*before] else CARD}
        self.gates = [gate for stage in self.stages[CARD] for gate in plan.gates(stage, tool=self.tool)]
        self._seed = plan.seed(config, set=self.settings, cwd=self.cwd)

    @property
    def data_path(self) -> Path | None:
        """The file of applications; None where they do not come from one."""
        for stage in self.stages[LABELS]:
            if stage.implementation == "source.file" and (path := stage.text("path")):
                return plan.located(path, config=self.config, cwd=self.cwd)
        return None

    def code_version(self, asset: str) -> str:
        """What the asset's own stages would do."""
        return plan.code_version(self.stages[asset], config=self.config, seed=self._seed, tool=self.tool, cwd=self.cwd)

    def folder(self, asset: str) -> Path:
        """The folder of the asset's run."""
        return self.output / asset

    def run(self, asset: str, context: Any) -> Iterator[Any]:
        """Runs the plan until the asset's goal; gives its checks and its materialisation, or raises `dagster.Failure`."""
        folder = self.folder(asset)
        if asset == LABELS and (kept := self._unchanged(context)) is not None:
            context.log.info("nothing that the labels are made of has changed: not run")
            yield self._result(asset, kept, [])
            return
        with tempfile.TemporaryDirectory(prefix="cutline-") as place:
            said = os.path.join(place, "events.jsonl")
            words = arguments(self.config, folder, set=self.settings, until=self._until[asset])
            with self._handed_over(asset) as lent:
                client = dg.PipesSubprocessClient(cwd=str(self.cwd), message_reader=EventReader(said, lent))
                try:
                    client.run(context=context, command=[self.tool, *words, "--events", said])
                except Exception as error:
                    # Dagster's exception of a program that failed has no public name: the tool's last event tells it.
                    end = next((event for event in reversed(_read(said)) if event.kind == "ended"), None)
                    if end is None or not end.code:
                        raise
                    yield from self._failed(asset, end, error)
                    return
                happened = read(said)
        yield self._result(asset, Run(folder), happened)

    def _failed(self, asset: str, end: Event, error: Exception) -> Iterator[Any]:
        """The checks of a run that a gate has ended, then the failure with the tool's sentences."""
        sentences = end.message.split("\n")
        raised = CutlineError.of(end.code or 1, sentences, left_by(self.folder(asset), sentences))
        if asset == CARD:
            yield from _checks(raised.gates, self.gates)
        raise dg.Failure(
            description=str(raised),
            metadata={f"{_PREFIX}exit_code": raised.exit_code, f"{_PREFIX}error": type(raised).__name__},
            allow_retries=isinstance(raised, InputOutputError),  # what else is wrong stays wrong
        ) from error

    def _result(self, asset: str, run: Run, happened: list[Event]) -> dg.MaterializeResult[Any]:
        own = [stage.id for stage in self.stages[asset]]
        ran = [event.stage for event in happened if event.kind == "stageStarted"]
        remarks = [(remark.kind, f"- {id}: {remark.message}") for id, stage in run.stages.items() if id in own
                   for remark in stage.remarks]
        metadata: dict[str, Any] = {
            "folder": dg.MetadataValue.path(str(run.path)),
            "results_digest": run.results_digest,
            "checksum": run.manifest["checksum"],
            "code": self.code_version(asset),
            "stages_run": len([id for id in ran if id in own]),
            # Tables of applications are not stored: who needs them reads them again.
            "stages_of_others_run": len([id for id in ran if id not in own]),
        }
        for kind in ["note", "warning"]:
            metadata[f"{kind}s"] = dg.MetadataValue.md("\n".join(text for of, text in remarks if of == kind) or "none")
        checks: list[dg.AssetCheckResult] = []
        if asset == CARD:
            checks = list(_checks(run.gates, self.gates))
            metadata |= {f"gate/{gate.name}": gate.fields["value"] for gate in run.gates.values()
                         if isinstance(gate.fields.get("value"), (int, float))}
            lines = [f"| {gate.name} | {gate.state} | {gate.detail} |" for gate in run.gates.values()]
            metadata["gates"] = dg.MetadataValue.md("\n".join(["| gate | state | detail |", "|---|---|---|", *lines]))
        return dg.MaterializeResult(
            metadata={f"{_PREFIX}{name}": value for name, value in metadata.items()},
            data_version=dg.DataVersion(run.stages[own[-1]].key),
            check_results=checks,
        )

    def _unchanged(self, context: Any) -> Run | None:
        """The run of the labels that stands, where it is of the same code and of the same bytes.

        The tool stores no table of applications, so that it would read them again to say that nothing has changed. All other
        assets are asked of the tool.
        """
        if plan.has_plugins(self.config, cwd=self.cwd):
            return None  # they may have changed, and only the tool knows
        last = context.instance.get_latest_materialization_event(context.asset_key)
        known = last.asset_materialization.metadata if last is not None and last.asset_materialization else {}
        try:
            kept = Run(self.folder(LABELS))
            told = {name: known[f"{_PREFIX}{name}"].value for name in ["checksum", "code"]}
            if told != {"checksum": kept.manifest["checksum"], "code": self.code_version(LABELS)}:
                return None
            same = all(plan.sha256(plan.located(file["path"], config=self.config, cwd=self.cwd)) == file["sha256"]
                       for file in kept.inputs)
        except (OSError, ValueError, KeyError):
            return None  # whatever is missing is made again
        return kept if same and kept.inputs else None

    @contextlib.contextmanager
    def _handed_over(self, asset: str) -> Iterator[Path | None]:
        """Lets the tool take the binning and the model that are there into the run of the card.

        A run takes over from the last one in its folder, and from `<folder>.failed`: there the model's run is put as long as
        it is needed. The tool checks every file's digest before it takes it.
        """
        model, place = self.folder(MODEL), Path(str(self.folder(asset)) + ".failed")
        if asset != CARD or not (model / "manifest.json").exists():
            yield None
            return
        wanted = _keys(model, [stage.id for stage in self.stages[MODEL]])
        if any(_keys(folder, list(wanted)) == wanted for folder in [self.folder(asset), place]):
            yield None
            return
        copy = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
        shutil.copytree(model, copy)
        if (place / "manifest.json").exists():
            shutil.rmtree(place)
        copy.rename(place)
        try:
            yield place
        finally:
            # Unless the tool has put what it had finished in its place.
            with contextlib.suppress(OSError, ValueError):
                if Run(place).manifest["checksum"] == Run(model).manifest["checksum"]:
                    shutil.rmtree(place)


def _keys(folder: Path, ids: list[str]) -> dict[str, str]:
    try:
        found = Run(folder).stages
    except (OSError, ValueError):
        return {}
    return {id: found[id].key for id in ids if id in found}


def _checks(gates: Mapping[str, Gate], known: Sequence[str]) -> Iterator[dg.AssetCheckResult]:
    """The gates as asset checks. Only PASS passes: a WARN, and what had nothing to look at, is a warning."""
    for name, gate in gates.items():
        if name in known:
            severity = dg.AssetCheckSeverity.ERROR if gate.state == "FAIL" else dg.AssetCheckSeverity.WARN
            told = {key: value for key, value in gate.fields.items() if key != "gate" and value not in (None, "")}
            yield dg.AssetCheckResult(
                passed=gate.state == "PASS", check_name=name, severity=severity, metadata=told, description=gate.detail,
                asset_key=None)


def scorecard_assets(card: Scorecard, *, key_prefix: Sequence[str] = (), group_name: str = "scorecard") -> list[Any]:
    """The assets of a scorecard, and the file of applications as an observable source."""
    prefix = list(key_prefix)
    made: list[Any] = []
    upstream: list[dg.AssetKey] = []
    if (data := card.data_path) is not None:

        @dg.observable_source_asset(name="applications", key_prefix=prefix or None, group_name=group_name,
                                    description="The file of applications; its version is its digest.")
        def applications() -> dg.DataVersion:
            return dg.DataVersion(plan.sha256(data))

        made.append(applications)
        upstream = [dg.AssetKey([*prefix, "applications"])]
    for name, text in [
        (LABELS, "Labels beside the variables, the latest decisions held back as a test."),
        (MODEL, "Bins, weights of evidence and a logistic regression on them."),
        (CARD, "Points, gates and the files of a card, as a draft: people decide whether it comes into force."),
    ]:
        made.append(_asset(card, name, text, upstream, prefix, group_name))
        upstream = [dg.AssetKey([*prefix, name])]
    return made


def _asset(card: Scorecard, name: str, text: str, upstream: list[Any], prefix: list[str], group_name: str) -> Any:
    key = dg.AssetKey([*prefix, name])

    @dg.asset(
        key=key,
        deps=upstream,
        group_name=group_name,
        description=text,
        code_version=card.code_version(name),
        check_specs=[dg.AssetCheckSpec(gate, asset=key) for gate in card.gates] if name == CARD else None,
    )
    def run(context):  # type: ignore[no-untyped-def]  # Dagster resolves no annotation of text
        yield from card.run(name, context)

    return run


def definitions(config: str | os.PathLike[str], output: str | os.PathLike[str], *, key_prefix: Sequence[str] = (),
                group_name: str = "scorecard", **of: Any) -> dg.Definitions:
    """All of it with the job `scorecard`, for a code location; raises the tool's sentences where the configuration is wrong."""
    assets = scorecard_assets(Scorecard(config, output, **of), key_prefix=key_prefix, group_name=group_name)
    job = dg.define_asset_job("scorecard", selection=dg.AssetSelection.groups(group_name))
    return dg.Definitions(assets=assets, jobs=[job])
