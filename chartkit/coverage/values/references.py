"""What a value in a template may refer to: places in the values, contexts, what templates make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

Steps = tuple[str, ...]
"""Where in the values of the whole chart: a subchart's are below its name."""

ANY: Final = "\0"
"""Stands for every key, and in a text for any text."""


class At(NamedTuple):
    """A place in the values."""

    path: Steps
    kind: str = "values"


class Context(NamedTuple):
    """What Helm calls the templates of a chart with; *scope* is where its values are."""

    scope: Steps
    kind: str = "context"


class Below(NamedTuple):
    """``.Subcharts`` of the chart at *scope*."""

    scope: Steps
    kind: str = "subcharts"


class Made(NamedTuple):
    """A table or a list that the call at *start* of *file* makes, when *run* with one of several dots."""

    file: str
    start: int
    run: int
    kind: str = "made"


class TextRef(NamedTuple):
    """A string; `ANY` in it stands for what is not known of it."""

    text: str
    kind: str = "text"


Ref = At | Context | Below | Made | TextRef
Refs = frozenset[Ref]

NOTHING: Final[Refs] = frozenset()
UNKNOWN: Final[Refs] = frozenset({TextRef(ANY)})
"""A value that holds nothing of the values, or what of them was counted as read already."""


class ReadSite(NamedTuple):
    """Where a template reads: the *file* by canonical name, and the words of it that do.

    *end* is *start* where the words cannot be replaced by a constant that shows whether they run.
    """

    file: str
    start: int
    end: int


class Read(NamedTuple):
    """A place in the values that *site* may read; *whole*: and all that is below it."""

    path: Steps
    whole: bool
    site: ReadSite


def alike(one: Steps, other: Steps) -> bool:
    """Whether two paths may mean the same place."""
    return len(one) == len(other) and all(a in {b, ANY} or b == ANY for a, b in zip(one, other, strict=True))


def texts(refs: Refs) -> set[str]:
    """The strings that *refs* may be."""
    return {ref.text if isinstance(ref, TextRef) else ANY for ref in refs}


def names(refs: Refs) -> set[str]:
    """The keys that *refs* may be; `ANY` where that is not known."""
    return {ANY if ANY in text else text for text in texts(refs)} or {ANY}


Scopes = Mapping[Steps, str]
"""Where each chart has its values, and the canonical folder of its files."""
