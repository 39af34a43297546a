"""What fails, by the tool's exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from .folder import Gate, Run


class CutlineError(Exception):
    """The tool ended with another exit code than 0.

    `exit_code` is the tool's, `sentences` what it said: where, what is wrong, what to do. No sentence names a value of an
    application. `partial` is what had been finished before a stage failed (the folder `<output>.failed`), or None;
    `printed` what a command had printed to standard output before it ended so.

    >>> error = CutlineError.of(4, ["stage gates: scorecard: fails bad_rate"])
    >>> type(error).__name__, error.exit_code, str(error)
    ('GateError', 4, 'stage gates: scorecard: fails bad_rate')
    """

    code: ClassVar[int | None] = None

    def __init__(self, exit_code: int, sentences: list[str], partial: Run | None = None):
        super().__init__("\n".join(sentences) or f"cutline ended with exit code {exit_code}")
        self.exit_code = exit_code
        self.sentences = sentences
        self.partial = partial
        self.printed = ""

    @staticmethod
    def of(exit_code: int, sentences: list[str], partial: Run | None = None) -> CutlineError:
        """The error of an exit code."""
        kinds = {kind.code: kind for kind in CutlineError.__subclasses__()}
        return kinds.get(exit_code, CutlineError)(exit_code, sentences, partial)

    @property
    def gates(self) -> dict[str, Gate]:
        """The gates of what had been finished; empty where there are none."""
        return self.partial.gates if self.partial is not None and "gates" in self.partial.tables else {}


class ConfigurationError(CutlineError):
    """Exit code 2: a mistake of the configuration or of the call."""

    code = 2


class DataError(CutlineError):
    """Exit code 3: the data cannot be what it should be."""

    code = 3


class GateError(CutlineError):
    """Exit code 4: a gate refused; `gates` says which."""

    code = 4


class InfeasibleError(CutlineError):
    """Exit code 5: nothing keeps the limits."""

    code = 5


class IntegrityError(CutlineError):
    """Exit code 6: something is not what was written."""

    code = 6


class InputOutputError(CutlineError):
    """Exit code 7: a file cannot be read or written."""

    code = 7


class Cancelled(CutlineError):
    """A signal ended the run; nothing half-written stays. `signal` is its number."""

    def __init__(self, signal: int, sentences: list[str] | None = None, partial: Run | None = None):
        super().__init__(128 + signal, sentences or [f"the run was ended by signal {signal}"], partial)
        self.signal = signal


class ToolNotFound(Exception):
    """The tool `cutline` is not where it was looked for."""
