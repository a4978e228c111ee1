"""What is known of each key of a chart's values, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from chartkit.coverage.values.references import Steps
from chartkit.model.place import Place


class Status(enum.Enum):
    """What is known of a key; the value is how reports write it."""

    READ = "read"
    """Changing it changes a render."""
    UNREAD = "unread"
    """No template mentions it, in no branch, and changing it changes nothing."""
    UNREACHED = "unreached"
    """Only branches mention it that no scenario reaches."""
    IDLE = "idle"
    """Templates read it where scenarios come, and it changes nothing there."""
    DUMPED = "dumped"
    """It shows only where all values are printed or hashed."""
    ANCHOR = "anchor"
    """No template reads it, and an alias in the values file repeats it."""
    UNDECLARED = "undeclared"
    """Templates read it, and the values file does not have it."""
    UNDETERMINED = "undetermined"
    """It could not be told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key.

    *place* is where values.yaml declares it; for an undeclared key the comment that names it, or None.
    *evidence* is a sentence. *sites* are some of the *mentions* places in templates that may read it.
    *varied_by* are the scenarios that give it another value than the default.
    """

    path: Steps
    place: Place | None
    status: Status
    evidence: str
    sites: tuple[Place, ...] = ()
    mentions: int = 0
    varied_by: tuple[str, ...] = ()

    @property
    def is_unvaried(self) -> bool:
        """Whether it matters, and no scenario gives it another value."""
        return self.status is Status.READ and not self.varied_by


@dataclass(frozen=True, slots=True)
class ValuesCoverage:
    """All keys of a chart: declared ones in the order of values.yaml, then undeclared ones.

    *scenarios* are those that were measured; *notes* say what limits the result.
    """

    chart: str
    path: str
    entries: tuple[Entry, ...]
    scenarios: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    renders: int = 0

    def of(self, status: Status) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.status is status)

    @property
    def unvaried(self) -> Iterator[Entry]:
        """The keys that are read and that no scenario varies."""
        return (entry for entry in self.entries if entry.is_unvaried)
