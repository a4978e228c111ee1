"""What chartkit raises on purpose, and the exit codes.

* `ChartkitError`   exit 2: chartkit cannot do what was asked
  * `ConfigError`   the configuration, a scenario file or a flag is wrong
  * `NoChart`       there is no chart where one was named
  * `EngineError`   no engine can render
  * `MachineError`  the machine refuses a process, a thread or memory
  * `Unfinished`    the time that the run was given is up
* `OutOfTime`       a call used up its time: never seen outside, it becomes a finding
* `FileError`       a file cannot be read: never seen outside, it becomes an error above or a finding
* `RuleError`       exit 3: a rule broke, which is a fault of the rule

What is wrong in the user's charts is never an error: it is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from chartkit.model.place import Place

EXIT_CLEAN: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_CANNOT: Final = 2
EXIT_BROKE: Final = 3
EXIT_INTERRUPTED: Final = 130


class ChartkitError(Exception):
    """Cannot do what was asked; *hint* begins with a verb and says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(ChartkitError):
    """A mistake in what the user wrote; *message* names file, line and key."""


class NoChart(ChartkitError):
    """No chart where one was named."""


class EngineError(ChartkitError):
    """The engine that was asked for cannot run here."""


class MachineError(ChartkitError):
    """The machine refuses what chartkit needs to run, whatever the charts are."""


class Unfinished(ChartkitError):
    """The time that the run was given is up, and not all of it is done."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(
            f"the run's time was up after {seconds or 0:g} seconds, so that not everything was judged",
            "give it more with --timeout, or name fewer charts",
        )


class OutOfTime(Exception):
    """What was to be rendered used up its time; the message goes on where its name leaves off."""


class RuleError(Exception):
    """A rule raised: names the rule and the object; the cause is chained."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong at *place*: in a file, or in a flag or variable where *place* has no line."""

    place: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        steps = (self.place.file, self.place.line, self.place.column)
        return f"{':'.join(str(step) for step in steps if step is not None)}: {self.message}"

    def within(self, file: str, first: int = 1) -> Problem:
        """The same in *file*, in which the text that was read begins at line *first*."""
        line = (self.place.line or 1) + first - 1
        return replace(self, place=Place(file, line, self.place.column))


class FileError(Exception):
    """A file, or text as in one, cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
