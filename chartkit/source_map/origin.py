"""Where a piece of a render comes from, and how sure that is."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Precision(enum.StrEnum):
    """How well a place is known.

    ``text`` is written there, letter for letter. ``action`` is printed by the action that begins there, of
    values, of what Helm tells, or of its own words. ``yaml`` was written there, and came through ``include …
    | fromYaml | toYaml``. ``coarse`` is printed by the action that begins there, of something that was made
    elsewhere: of what it includes or is passed, in a way that cannot be followed further.
    """

    TEXT = "text"
    ACTION = "action"
    YAML = "yaml"
    COARSE = "coarse"


@dataclass(frozen=True, slots=True)
class Call:
    """An ``include`` or ``template`` of *name*, in the file with the canonical name *file*."""

    file: str
    line: int
    column: int
    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in the file with the canonical name *file*, line and column from 1.

    *includes* are the calls that led there, innermost first. *text* is what an action says.
    """

    file: str
    line: int
    column: int
    precision: Precision
    includes: tuple[Call, ...] = ()
    text: str = ""

    @property
    def places(self) -> tuple[Origin | Call, ...]:
        """The place itself and then its callers: where one is in a file that nobody edits, take the next."""
        return (self, *self.includes)
