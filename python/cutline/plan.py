"""What a configuration leads to, without reading data: stages, their settings, and what decides whether anything changes."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import setting
from .tool import call, find


@dataclass(frozen=True)
class PlannedStage:
    """A stage of a plan: its implementation, what it takes from where, and its settings as the tool prints them."""

    id: str
    implementation: str
    sources: str
    settings: dict[str, str]

    def text(self, name: str) -> str | None:
        """A setting that is a text."""
        value = self.settings.get(name, "")
        return json.loads(value) if value.startswith('"') else None


def stages(config: str | os.PathLike[str], *, set: Mapping[str, Any] | None = None, until: str | None = None,
           tool: str | None = None, cwd: str | os.PathLike[str] | None = None) -> dict[str, PlannedStage]:
    """The stages of a plan by their ids, in the order of their waves; raises `ConfigurationError` with all mistakes."""
    words = ["plan", "--config", os.fspath(config), "--settings"]
    for key, value in (set or {}).items():
        words += ["--set", f"{key}={setting(value)}"]
    if until is not None:
        words += ["--until", until]
    return parse(call(*words, tool=tool, cwd=cwd))


def parse(printed: str) -> dict[str, PlannedStage]:
    """What `cutline plan --settings` prints.

    >>> plan = parse('wave 1\\n  source: source.file\\n      path = "a.csv"   # default\\n')
    >>> plan["source"].text("path")
    'a.csv'
    """
    found: dict[str, PlannedStage] = {}
    last = None
    for line in printed.split("\n"):
        if head := re.fullmatch(r"  (\S+): (\S+\.\S+)(.*)", line):
            last = PlannedStage(head[1], head[2], head[3].strip(), {})
            found[last.id] = last
        elif last is not None and (stated := re.fullmatch(r"      (\S+) = (.*)", line)):
            last.settings[stated[1]] = _value(stated[2])
    return found


def gates(of: PlannedStage, *, tool: str | None = None) -> list[str]:
    """The gates that a stage reports, as the tool describes it; none for other stages."""
    if not of.implementation.startswith("card-gates."):
        return []
    return named_gates(call("describe", of.implementation, tool=tool))


def named_gates(described: str) -> list[str]:
    """What `cutline describe` says of a stage's gates.

    >>> named_gates('card-gates.standard\\n  Signs and reach. Gates: samples, bad_rate.\\n  takes table: x\\n')
    ['samples', 'bad_rate']
    """
    found = re.search(r"Gates: ([a-z0-9_]+(?:,\s+[a-z0-9_]+)*)\.", described)
    return re.split(r",\s+", found[1]) if found else []


def _value(text: str) -> str:
    """A setting's value without its origin, which follows a sharp sign outside of texts.

    >>> _value('["a   # b"]   # --set x=["a   # b"]')
    '["a   # b"]'
    """
    value = re.match(r'(?:"(?:[^"\\]|\\.)*"|(?!   # )[^"])*', text)
    return value[0] if value else text


def code_version(of: list[PlannedStage], *, config: str | os.PathLike[str], seed: int | None, tool: str,
                 cwd: str | os.PathLike[str] | None = None) -> str:
    """A digest of what the stages would do: the tool, the seed, their settings, and the files that settings name.

    Files of sources are left out: they are data, and have versions of their own.
    """
    digest = hashlib.sha256(f"{_program(tool)}\n{seed}\n".encode())
    for stage in of:
        digest.update(f"{stage.id} {stage.implementation} {stage.sources}\n".encode())
        for name, value in stage.settings.items():
            digest.update(f"{name} = {value}\n".encode())
            if stage.implementation.startswith("source.") or not (path := stage.text(name)):
                continue
            if (file := located(path, config=config, cwd=cwd)).is_file():
                digest.update(sha256(file).encode())
    return digest.hexdigest()[:16]


def located(path: str, *, config: str | os.PathLike[str], cwd: str | os.PathLike[str] | None = None) -> Path:
    """Where the tool looks for a path: from where it runs; where nothing is there, from the folder of the configuration."""
    here = Path(cwd or ".", path)
    return here if here.exists() else Path(cwd or ".", config).parent / path


def seed(config: str | os.PathLike[str], *, set: Mapping[str, Any] | None = None,
         cwd: str | os.PathLike[str] | None = None) -> int | None:
    """The seed that a configuration, or one that it extends, states; None where it is left to the tool."""
    if set and "seed" in set:
        return int(set["seed"])
    stated = _above_tables(config, r"seed\s*=\s*(\d+)", cwd)
    return int(stated) if stated is not None else None


def has_plugins(config: str | os.PathLike[str], *, cwd: str | os.PathLike[str] | None = None) -> bool:
    """Whether a configuration, or one that it extends, names plugins, whose bytes count as the program's."""
    return _above_tables(config, r"(plugins)\s*=", cwd) is not None


def _above_tables(config: str | os.PathLike[str], pattern: str, cwd: str | os.PathLike[str] | None) -> str | None:
    """What the first file of the chain of `extends` states above its first table, where the keys of the run stand."""
    path, seen = Path(cwd or ".", config), []
    while path not in seen and path.is_file():
        seen.append(path)
        top = re.split(r"^\s*\[", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.M)[0]
        if stated := re.search(r"^\s*" + pattern, top, re.M):
            return stated[1]
        if not (base := re.search(r"^\s*extends\s*=\s*[\"']([^\"']+)[\"']", top, re.M)):
            return None
        beside = path.parent / base[1]
        path = beside if beside.is_file() else Path(cwd or ".", base[1])
    return None


def sha256(path: str | os.PathLike[str]) -> str:
    """The digest of a file, as manifests have it."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _program(tool: str) -> str:
    """The digest of the tool and of the library beside it, which is read once as long as it stays the same file."""
    paths = [Path(tool or find()).resolve()]
    paths += sorted(paths[0].parent.glob("libCutlineCore.so"))
    return _of_files(tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths))


@functools.cache
def _of_files(stamps: tuple[tuple[str, int, int], ...]) -> str:
    return " ".join(sha256(path) for path, _, _ in stamps)
