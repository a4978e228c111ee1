"""What a path leads to in an object, and what to say where it leads nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from chartkit.golden.diff.steps import Label, PathLike, Step, key_of, steps
from chartkit.golden.diff.values import labelled
from chartkit.model.place import dotted
from chartkit.system.did_you_mean import closest
from chartkit.system.terminal import visible

__tracebackhide__ = True

_MOST: Final = 12


class NotFound(KeyError):
    """What was looked for is not there; the message says what is."""

    __module__ = "chartkit"

    def __str__(self) -> str:
        return str(self.args[0])


def look(value: Any, path: PathLike, whose: str) -> Any:
    """What is at *path* in *value*, which belongs to *whose*; raises `NotFound`."""
    walked: list[str | int] = []
    remaining = steps(path)
    for number, step in enumerate(remaining):
        key = key_of(value, step)
        if key is None:
            raise NotFound(_absent(value, remaining[number:], dotted(tuple(walked)), whose))
        walked.append(key)
        value = value[key]
    return value


def _absent(value: Any, left: Sequence[Step], where: str, whose: str) -> str:
    step = left[0]
    name = step.name if isinstance(step, Label) else str(step)
    there = f"{where} of {whose}" if where else whose
    if isinstance(value, Mapping):
        return visible(f"{there} has no {name!r}: {_of_mapping(value, left, where)}")
    if isinstance(value, list):
        many = isinstance(step, Label) and len(labelled(value, step.name)) > 1
        found = "several items" if many else "no item"
        return visible(f"{there} has {found} [{name}]: it holds {_items(value)}")
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
