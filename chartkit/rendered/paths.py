"""Paths into objects as people write them, and what to say where one leads nowhere.

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

from chartkit.closest import closest
from chartkit.diff.tree import dotted, labelled
from chartkit.terminal import visible

__tracebackhide__ = True

PathLike = str | Sequence[str | int]
"""A path as text, or as its steps: ``("metadata", "labels", "app.kubernetes.io/name")``."""

_STEP: Final = re.compile(
    r"""(?:^|\.)(?P<key>[^.\[\]"']+)          # spec.replicas
    | \[(?P<index>-?\d{1,9})\]                # containers[0]
    | \[(?P<quoted>"(?:[^"\\]|\\.)*")\]       # labels["app.kubernetes.io/name"]
    | \['(?P<single>[^']*)'\]
    | \[(?P<label>[^\[\]"'][^\[\]]*)\]        # containers[web]
    """,
    re.VERBOSE,
)
_MOST: Final = 12


class NotFound(KeyError):
    """What was looked for is not there; the message says what is."""

    __module__ = "chartkit"

    def __str__(self) -> str:
        return str(self.args[0])


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


def look(value: Any, path: PathLike, whose: str) -> Any:
    """What is at *path* in *value*, which belongs to *whose*; raises `NotFound`."""
    walked: list[str | int] = []
    remaining = steps(path)
    for number, step in enumerate(remaining):
        key = _key(value, step)
        if key is None:
            raise NotFound(_absent(value, remaining[number:], dotted(tuple(walked)), whose))
        walked.append(key)
        value = value[key]
    return value


def _key(value: Any, step: Step) -> str | int | None:
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


def _absent(value: Any, left: Sequence[Step], where: str, whose: str) -> str:
    step = left[0]
    name = step.name if isinstance(step, Label) else str(step)
    there = f"{where} of {whose}" if where else whose
    if isinstance(value, Mapping):
        return visible(f"{there} has no {name!r}: {_of_mapping(value, left, where)}")
    if isinstance(value, list):
        many = isinstance(step, Label) and len(labelled(value, step.name)) > 1
        said = "several items" if many else "no item"
        return visible(f"{there} has {said} [{name}]: it holds {_items(value)}")
    return visible(f"{there} is {json.dumps(value)[:80]}: there is no {name!r} in it")


def _of_mapping(value: Mapping[str, Any], left: Sequence[Step], where: str) -> str:
    """What was probably meant: a key with dots that the path took apart, a slip, or one of all keys."""
    rest = ".".join(str(step.name if isinstance(step, Label) else step) for step in left)
    apart = next((key for key in value if "." in key and f"{rest}.".startswith(f"{key}.")), None)
    if apart is not None:
        return f"write {where}[{json.dumps(apart, ensure_ascii=False)}]"
    near = closest(rest.split(".")[0], value)
    return f"did you mean {near!r}?" if near else f"it has {listed(list(value)) or 'nothing'}"


def _items(value: list[Any]) -> str:
    """How many items there are, and what they are called."""
    names = [str(item["name"]) for item in value if isinstance(item, Mapping) and "name" in item]
    count = f"{len(value)} item{'' if len(value) == 1 else 's'}"
    return f"{count} ({listed(names)})" if names else count


def listed(names: Sequence[str], most: int = _MOST) -> str:
    """*names* with commas, the first *most* of them."""
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
