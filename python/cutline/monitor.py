"""A card in use, month by month: what `cutline scorecard monitor` finds. An alert is an answer and no error."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from .errors import GateError
from .tool import call


@dataclass(frozen=True)
class Monitoring:
    """What was found: `alerts` as sentences, `months` with stability, calibration and discrimination, `not_looked_at`.

    `data` is the whole answer as the tool prints it.

    >>> found = Monitoring.of('{"alerts": ["2024-05: debt has moved"], "months": [], "not_looked_at": []}')
    >>> found.alerts, bool(found)
    (['2024-05: debt has moved'], False)
    """

    data: dict[str, Any]

    @classmethod
    def of(cls, printed: str) -> Monitoring:
        """The answer of `cutline scorecard monitor --json`."""
        return cls(json.loads(printed))

    @property
    def alerts(self) -> list[str]:
        """What has moved or has got worse, in sentences by month; empty where all is well."""
        return self.data["alerts"]

    @property
    def months(self) -> list[dict[str, Any]]:
        """One for each month of the table."""
        return self.data["months"]

    @property
    def not_looked_at(self) -> list[str]:
        """What had nothing to look at, and why."""
        return self.data["not_looked_at"]

    def __bool__(self) -> bool:
        """Whether there is no alert."""
        return not self.alerts


def monitor(card: str | os.PathLike[str], table: str | os.PathLike[str], *, month: str | None = None,
            outcome: str | None = None, reference: str | os.PathLike[str] | None = None,
            store: str | os.PathLike[str] | None = None, product: str | None = None, tool: str | None = None,
            cwd: str | os.PathLike[str] | None = None) -> Monitoring:
    """Compares the months of a table with what the card was made on; alerts are in the result.

    `card` is a file or a version of the store, `month` the column with the day of the decision, `outcome` that of 1 of a bad
    and 0 of a good one. Raises `DataError` where nothing could be looked at, and other errors of the tool.
    """
    words: list[str | os.PathLike[str]] = ["scorecard", "monitor", card, table, "--json"]
    for name, value in [("month", month), ("outcome", outcome), ("reference", reference), ("store", store),
                        ("product", product)]:
        if value is not None:
            words += [f"--{name}", value]
    try:
        return Monitoring.of(call(*words, tool=tool, cwd=cwd))
    except GateError as alert:
        # With alerts the tool ends with 4 and has printed all of it; another gate has printed nothing.
        if not alert.printed:
            raise
        return Monitoring.of(alert.printed)
