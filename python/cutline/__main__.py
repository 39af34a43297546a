"""`python -m cutline openlineage RUN --file FILE`: tells lineage of a finished run.

`python -m cutline tool` prints where the tool is.
"""

from __future__ import annotations

import argparse
import sys

from . import openlineage, openlineage_check
from .errors import ToolNotFound
from .folder import Run
from .tool import find


def main(words: list[str] | None = None) -> int:
    """Exit codes are the tool's: 2 usage, 6 what is not what it should be, 7 input or output."""
    parser = argparse.ArgumentParser(prog="python -m cutline")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("tool", help="print the path of the tool")
    lineage = actions.add_parser("openlineage", help="tell OpenLineage of a finished run, or of what a failed one left")
    lineage.add_argument("run", help="the folder of the run")
    lineage.add_argument("--file", help="add the events to this file, one a line")
    lineage.add_argument("--url", help="post the events to this server (OPENLINEAGE_API_KEY is its token)")
    lineage.add_argument("--namespace", default="cutline", help="of the job (default %(default)s)")
    lineage.add_argument("--job", help="its name (default the folder's)")
    lineage.add_argument("--root", default=".", help="the folder in which the run was started (default here)")
    asked = parser.parse_args(words)
    try:
        if asked.action == "tool":
            print(find())
            return 0
        if asked.file is None and asked.url is None:
            lineage.error("name a --file or a --url")
        if asked.url is not None and not asked.url.startswith(("http://", "https://")):
            lineage.error(f"{asked.url} is no address of http or https")
        told = openlineage.events(Run(asked.run), namespace=asked.namespace, job=asked.job, root=asked.root)
        if openlineage_check.is_possible():
            for event in told:
                openlineage_check.validate(event)
        openlineage.send(told, file=asked.file, url=asked.url)
    except (OSError, ToolNotFound) as error:
        print(f"error: {error}", file=sys.stderr)
        return 7
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 6
    checked = "checked by openlineage-python"
    if not openlineage_check.is_possible():
        checked = "not checked: openlineage-python is not installed"
    print(f"{len(told)} events of run {told[0]['run']['runId']} ({told[-1]['eventType']}); {checked}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
