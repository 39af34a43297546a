"""Runs as OpenLineage events (specification 2-0-2): START, and COMPLETE, FAIL or ABORT.

    from cutline import Run, openlineage

    openlineage.send(openlineage.events(Run("output/card")), file="lineage.jsonl")
    openlineage.run("card.toml", "output/card", url="http://lineage.bank.example:5000")

On the command line: `python -m cutline openlineage output/card --file lineage.jsonl`.

Inputs are the files that the manifest lists, with digest, size and rows; outputs its tables and JSON files, with their
columns; gates are assertions of data quality on the file of applications; tags have the seed and the digests. Messages of
errors are those that the run keeps, which name no value of an application. The id of a run is made of its manifest's
checksum, so that the same run told twice is one.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import signal
import urllib.parse
import urllib.request
import uuid
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .errors import Cancelled, CutlineError
from .folder import Gate, Run
from .process import start
from .tool import call

Lineage = dict[str, Any]

_PRODUCER = "urn:cutline:python"
_SPEC = "https://openlineage.io/spec"
_NAMESPACE = uuid.UUID("b6d3a1c8-5f0e-5f5b-9d0b-3c1a9e0a4c55")
# The version of each facet's schema that is kept to.
_FACETS = {
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "tags": "1-0-0/TagsRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "dataSource": "1-0-1/DatasourceDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "inputStatistics": "1-0-0/InputStatisticsInputDatasetFacet",
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
}


def events(run: Run, *, namespace: str = "cutline", job: str | None = None, run_id: str | None = None,
           root: str | os.PathLike[str] = ".") -> list[Lineage]:
    """START and the end of a finished run, or of what a failed one has left (`<output>.failed`): COMPLETE or FAIL.

    - `namespace`, `job`: of the job; its name is the folder's without them.
    - `run_id`: a UUID, else one of the manifest's checksum.
    - `root`: the folder in which the tool ran; paths of the manifest are relative to it.
    """
    ended = datetime.datetime.fromisoformat(run.manifest["created"].replace("Z", "+00:00"))
    began = ended - datetime.timedelta(seconds=run.manifest["seconds"])
    job = job or run.path.resolve().name.removesuffix(".failed")
    run_id = run_id or str(uuid.uuid5(_NAMESPACE, run.manifest["checksum"]))
    facets = _run_facets(run.version, run.failures) | _tags(run)
    inputs, outputs = _inputs(run, Path(root)), _outputs(run)
    return [
        _event("START", began, run_id, namespace, job, _run_facets(run.version), [_without(inputs), []]),
        _event("FAIL" if run.failures else "COMPLETE", ended, run_id, namespace, job, facets, [inputs, outputs]),
    ]


def failure(error: CutlineError, ended: datetime.datetime, *, job: str, run_id: str, version: str,
            namespace: str = "cutline", root: str | os.PathLike[str] = ".") -> Lineage:
    """The end of a run that failed or was cancelled: FAIL or ABORT, with what it had read before."""
    facets = _run_facets(version, error.sentences or [str(error)])
    inputs = []
    if error.partial is not None:
        inputs, facets = _inputs(error.partial, Path(root)), facets | _tags(error.partial)
    kind = "ABORT" if isinstance(error, Cancelled) else "FAIL"
    return _event(kind, ended, run_id, namespace, job, facets, [inputs, []])


def run(config: str | os.PathLike[str] = "config.toml", output: str | os.PathLike[str] | None = None, *,
        file: str | os.PathLike[str] | None = None, url: str | None = None, namespace: str = "cutline",
        job: str | None = None, on_event: Any = None, **options: Any) -> Run:
    """`cutline.run`, told while it happens: START before, COMPLETE, FAIL or ABORT after.

    A catalogue that cannot be reached does not stop the run: it is a warning. Other exceptions than the tool's, of
    `on_event` or Ctrl-C, end the run and are told as ABORT.
    """
    job = job or Path(output if output is not None else config).stem
    root = options.get("cwd") or "."
    run_id = str(uuid.uuid4())
    version = call("--version", tool=options.get("tool")).split()[-1]
    _try([_event("START", _now(), run_id, namespace, job, _run_facets(version), [[], []])], file, url)
    try:
        with start(config, output, **options) as process:
            for event in process.events():
                if on_event is not None:
                    on_event(event)
            done = process.wait()
    except BaseException as error:
        told = error if isinstance(error, CutlineError) else Cancelled(signal.SIGTERM)
        end = failure(told, _now(), job=job, run_id=run_id, version=version, namespace=namespace, root=root)
        _try([end], file, url)
        raise
    _try(events(done, namespace=namespace, job=job, run_id=run_id, root=root)[1:], file, url)
    return done


def send(told: Iterable[Lineage], *, file: str | os.PathLike[str] | None = None, url: str | None = None,
         timeout: float = 10) -> None:
    """Adds events to a file, one a line, or posts each to a URL (`/api/v1/lineage` where it has no path).

    The variable `OPENLINEAGE_API_KEY` is sent as a bearer token. Raises `OSError` where a file or a server refuses.
    """
    told = list(told)
    if file is not None:
        lines = "".join(json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n" for event in told)
        # One write: lines of two programs that add to a file do not get into each other.
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, lines.encode())
        finally:
            os.close(handle)
    if url is not None:
        parts = urllib.parse.urlparse(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError(f"{url}: is no address of http or https")
        address = url if parts.path.strip("/") else url.rstrip("/") + "/api/v1/lineage"
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("OPENLINEAGE_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        for event in told:
            body = json.dumps(event, ensure_ascii=False).encode()
            with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=timeout) as answer:
                answer.read()


def _try(told: list[Lineage], file: Any, url: str | None) -> None:
    try:
        send(told, file=file, url=url)
    except OSError as error:
        warnings.warn(f"lineage was not told: {error}", RuntimeWarning, stacklevel=3)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _event(kind: str, at: datetime.datetime, run_id: str, namespace: str, job: str, facets: Lineage,
           data: list[list[Lineage]]) -> Lineage:
    job_facets = {"jobType": _facet("jobType", processingType="BATCH", integration="CUTLINE", jobType="RUN")}
    return {
        "eventType": kind,
        "eventTime": at.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "run": {"runId": run_id, "facets": facets},
        "job": {"namespace": namespace, "name": job, "facets": job_facets},
        "inputs": data[0],
        "outputs": data[1],
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
    }


def _facet(facet: str, /, **fields: Any) -> Lineage:
    form = _FACETS[facet]
    url = f"{_SPEC}/facets/{form}.json#/$defs/{form.split('/')[1]}"
    return {"_producer": _PRODUCER, "_schemaURL": url} | fields


def _run_facets(version: str, errors: list[str] | None = None) -> Lineage:
    facets = {"processing_engine": _facet("processing_engine", version=version, name="Cutline")}
    if errors:
        facets["errorMessage"] = _facet("errorMessage", message="\n".join(errors), programmingLanguage="Swift")
    return facets


def _tags(run: Run) -> Lineage:
    values = {
        "seed": run.manifest["seed"],
        "results_digest": run.results_digest,
        "program": run.manifest["program"],
        "stages_run": sum(not stage.reused for stage in run.stages.values()),
        "stages_unchanged": sum(stage.reused for stage in run.stages.values()),
    }
    tags = [{"key": key, "value": str(value), "source": "INTEGRATION"} for key, value in values.items()]
    return {"tags": _facet("tags", tags=tags)}


def _dataset(path: Path, sha256: str) -> Lineage:
    path = Path(os.path.abspath(path))
    facets = {
        "dataSource": _facet("dataSource", name=path.name, uri=path.as_uri()),
        "version": _facet("version", datasetVersion=sha256),
    }
    return {"namespace": "file", "name": str(path), "facets": facets}


def _inputs(run: Run, root: Path) -> list[Lineage]:
    found = []
    for file in run.inputs:
        dataset = _dataset(root / file["path"], file["sha256"])
        stage = run.stages.get(file["stage"])
        statistics = {"size": file["bytes"], "fileCount": 1}
        for remark in stage.remarks if stage else []:
            # What a source says first: "5960 rows, 13 columns, csv, UTF-8".
            if rows := re.match(r"(\d+) rows, \d+ columns", remark.message):
                statistics["rowCount"] = int(rows[1])
        dataset["inputFacets"] = {"inputStatistics": _facet("inputStatistics", **statistics)}
        if stage is not None and stage.kind == "source" and "gates" in run.tables:
            assertions = [_assertion(gate) for gate in run.gates.values()]
            dataset["inputFacets"]["dataQualityAssertions"] = _facet("dataQualityAssertions", assertions=assertions)
        found.append(dataset)
    return found


def _without(inputs: list[Lineage]) -> list[Lineage]:
    """What is known before: which files, not what was found in them."""
    return [{key: value for key, value in dataset.items() if key != "inputFacets"} for dataset in inputs]


def _assertion(gate: Gate) -> Lineage:
    """Only PASS is a success: what had nothing to look at has shown nothing."""
    fields = {"assertion": gate.name, "success": gate.state == "PASS", "name": gate.name, "params": {"state": gate.state}}
    if gate.state != "PASS":
        fields["severity"] = "error" if gate.state == "FAIL" else "warn"
    for name, value in [
        ("description", gate.detail),
        ("expected", gate.fields.get("threshold")),
        ("actual", gate.fields.get("value")),
    ]:
        if value not in (None, ""):
            fields[name] = str(value)
    return fields


def _outputs(run: Run) -> list[Lineage]:
    found = []
    for file in run.manifest["files"]:
        if not file["path"].startswith("data/"):
            continue
        path = run.path / file["path"]
        dataset = _dataset(path, file["sha256"])
        statistics = {"size": file["bytes"], "fileCount": 1}
        if file["path"].endswith(".csv"):
            with open(path, encoding="utf-8", newline="") as lines:
                statistics["rowCount"] = sum(1 for _ in csv.reader(lines)) - 1
        if file["columns"]:
            fields = [{"name": each["name"], "type": each["unit"], "description": each["meaning"], "fields": []}
                      for each in file["columns"]]
            dataset["facets"]["schema"] = _facet("schema", fields=fields)
        dataset["outputFacets"] = {"outputStatistics": _facet("outputStatistics", **statistics)}
        found.append(dataset)
    return found
