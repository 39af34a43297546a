"""Where the tool is, and how it is called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import Cancelled, CutlineError, ToolNotFound

# Where builds of the checkout lie in which this package stands, the release first.
_BUILDS = [".build-release/release/cutline", ".build/release/cutline", ".build/debug/cutline"]


def find() -> str:
    """The path of the tool: what the variable `CUTLINE` names, else `cutline` on the PATH, else a build beside this package.

    Raises `ToolNotFound`, also where `CUTLINE` names something that cannot be run: another tool than the one that was asked
    for would be worse than none.
    """
    named = os.environ.get("CUTLINE")
    if named:
        if not _is_program(named):
            raise ToolNotFound(f"CUTLINE is {named}, which is no program. Set it to the path of the tool, or unset it.")
        return os.path.abspath(named)
    on_path = shutil.which("cutline")
    if on_path:
        return os.path.abspath(on_path)
    checkout = Path(__file__).resolve().parents[2]
    for build in _BUILDS:
        if _is_program(str(checkout / build)):
            return str(checkout / build)
    raise ToolNotFound(
        "the tool cutline is not on the PATH, nor built beside this package. Build it with scripts/demo or "
        "swift build, or set CUTLINE to its path."
    )


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def call(*arguments: str | os.PathLike[str], tool: str | None = None, cwd: str | os.PathLike[str] | None = None) -> str:
    """What a command of the tool prints; raises `CutlineError` where it fails.

    call("scorecard", "show", "output/card/data/scorecard.json")
    """
    words = [tool or find(), *(os.fspath(argument) for argument in arguments)]
    done = subprocess.run(words, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    if done.returncode < 0:
        raise Cancelled(-done.returncode)
    if done.returncode > 128:
        raise Cancelled(done.returncode - 128)
    if done.returncode != 0:
        error = CutlineError.of(done.returncode, sentences_of(done.stderr))
        error.printed = done.stdout
        raise error
    return done.stdout


def sentences_of(printed: str) -> list[str]:
    """What follows `error:` of what the tool prints to standard error, to its end.

    >>> sentences_of("✓ source\\nerror: a.toml: is no TOML.\\nb: is missing.\\n")
    ['a.toml: is no TOML.', 'b: is missing.']
    """
    found = re.search(r"^error: (.*)", printed, re.M | re.S)
    return found[1].strip().split("\n") if found else []
