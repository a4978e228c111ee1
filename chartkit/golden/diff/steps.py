"""Paths into objects as people write them.

``spec.template.spec.containers[0].image``, as reports and differences print it: a key with dots in it
stands in brackets and quotes (``metadata.labels["app.kubernetes.io/name"]``), and an item of a list may go
by its name (``containers[web]``). A JSON pointer (``/spec/replicas``) and a sequence of steps are paths, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chartkit.golden.diff.values import labelled

PathLike = str | Sequence[str | int]
"""A path as text, or as its steps: ``("metadata", "labels", "app.kubernetes.io/name")``."""

_STEP: Final = re.compile(
    r"""(?:^|\.)(?P<key>[^.\[\]"']+)          # spec.replicas
    | \[(?P<index>-?\d{1,9})\]                # containers[0]
    | \[(?P<quoted>"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")\]  # labels["app.kubernetes.io/name"]
    | \['(?P<single>[^']*)'\]
    | \[(?P<label>[^\[\]"'][^\[\]]*)\]        # containers[web]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A step to the item of a list that is called *name*."""

    name: str


Step = str | int | Label


def steps(path: PathLike) -> tuple[Step, ...]:
    """The steps of *path*; ValueError where it cannot be read."""
    if not isinstance(path, str):
        return tuple(path)
    if path.startswith("/"):
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])
    found: list[Step] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            hint = 'write it as spec.containers[0].image or metadata.labels["app.kubernetes.io/name"]'
            raise ValueError(f"cannot read the path {path!r} from {path[at:]!r} on: {hint}")
        found.append(_step(match))
        at = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return int(match["index"])
    if match["quoted"]:
        return str(json.loads(match["quoted"], strict=False))
    if match["label"]:
        return Label(match["label"])
    return str(match["key"] or match["single"] or "")


def key_of(value: Any, step: Step) -> str | int | None:
    """Which key or index of *value* the *step* leads to; None where to nothing."""
    if isinstance(value, Mapping):
        name = step.name if isinstance(step, Label) else str(step)
        return name if name in value else None
    if not isinstance(value, list):
        return None
    if isinstance(step, Label):
        found = labelled(value, step.name)
        return found[0] if len(found) == 1 else None
    if isinstance(step, str) and not re.fullmatch(r"-?\d{1,9}", step, re.ASCII):
        return None
    index = int(step)
    return index % len(value) if -len(value) <= index < len(value) else None
