"""Cutline from Python: runs of the tool, and what they leave.

    import cutline

    run = cutline.run("card.toml", "output/card", set={"cutoff": 540})
    run.gates["auc"].state                    # 'PASS'
    run.table("scorecard_points")             # a list of dicts; run.frame(…) with pandas
    cutline.Run("output/card").results_digest # of a run that is there already

What fails is an exception with the tool's exit code and its sentences:

    try:
        cutline.run("card.toml", "output/card")
    except cutline.GateError as refused:
        refused.gates                         # the table that says which

Nothing but the standard library is needed. `cutline.openlineage` tells catalogues of lineage, `cutline.dagster` (which
is imported by itself) has assets.
"""

from .errors import (
    Cancelled,
    ConfigurationError,
    CutlineError,
    DataError,
    GateError,
    InfeasibleError,
    InputOutputError,
    IntegrityError,
    ToolNotFound,
)
from .events import Event
from .folder import Gate, Remark, Run, Stage
from .monitor import Monitoring, monitor
from .process import Process, run, start
from .tool import call, find

__all__ = [
    "Cancelled",
    "ConfigurationError",
    "CutlineError",
    "DataError",
    "Event",
    "Gate",
    "GateError",
    "InfeasibleError",
    "InputOutputError",
    "IntegrityError",
    "Monitoring",
    "Process",
    "Remark",
    "Run",
    "Stage",
    "ToolNotFound",
    "call",
    "find",
    "monitor",
    "run",
    "start",
]
