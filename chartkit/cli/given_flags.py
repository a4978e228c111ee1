"""The flags that a command was given, as `Flags`; what comes through pipes is read on the way."""

from __future__ import annotations

import contextlib
import pathlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, BinaryIO, Final

from chartkit.helm.set_values import FLAGS as SET_FLAGS
from chartkit.model.case import MAX_VALUES, SetValue
from chartkit.model.errors import ConfigError
from chartkit.plan.config import Flags, Piped, flag_values

_LISTS: Final = frozenset(each.name for each in fields(Flags) if str(each.type).startswith("tuple"))
_PLAIN: Final = frozenset(each.name for each in fields(Flags)) - {
    "formats",
    "values",
    "set_values",
    "release",
}


def flags_of(parameters: Mapping[str, Any]) -> Flags:
    """The flags among the *parameters* of a command: its ``locals()``, before it makes names of its own."""
    given: dict[str, Any] = {name: parameters[name] for name in _PLAIN & parameters.keys()}
    given |= {name: several(given[name]) for name in _LISTS & given.keys()}
    return Flags(
        **given,
        formats=flag_values.formats(parameters.get("formats") or ()),
        values=_values(parameters.get("values") or ()),
        set_values=tuple(_set_values(parameters)),
        release=parameters.get("name"),
    )


def several(given: list[str] | str | None) -> tuple[str, ...]:
    """The values of a flag that can be repeated, or of one that can be given once only."""
    return (given,) if given and isinstance(given, str) else tuple(given or ())


def _set_values(parameters: Mapping[str, Any]) -> Iterable[SetValue]:
    """The ``--set`` family in the order in which Helm obeys it, whatever their order on the line."""
    for flag in SET_FLAGS:
        name = "set_" if flag == "set" else flag.replace("-", "_")
        yield from (SetValue(flag, one) for one in parameters.get(name) or ())


def _values(given: Iterable[str]) -> tuple[str | Piped, ...]:
    """The values files of ``-f``; what can be read but once (stdin as ``-``, a pipe) is read now."""
    parts = (part for one in given for part in one.split(","))  # Helm takes lists too
    return tuple(_piped(part) if _is_stream(part) else part for part in parts)


def _is_stream(name: str) -> bool:
    return name == "-" or name.startswith(("/dev/", "/proc/self/fd/")) or pathlib.Path(name).is_fifo()


def _opened(name: str) -> contextlib.AbstractContextManager[BinaryIO]:
    if name != "-":
        return pathlib.Path(name).open("rb")
    if sys.stdin is None:
        raise ConfigError("--values: stdin is closed", "name a file")
    return contextlib.nullcontext(sys.stdin.buffer)


def _piped(name: str) -> Piped:
    shown = "stdin" if name == "-" else name
    try:
        with _opened(name) as stream:
            content = stream.read(MAX_VALUES + 1)
        if len(content) > MAX_VALUES:
            raise ConfigError(f"--values: {shown} gives more than {MAX_VALUES >> 20} MiB", "give less")
        return Piped(shown, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(f"--values: {shown} is not UTF-8 text", "give it YAML") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"--values: cannot read {shown}: {why}", "name a file that can be read") from None
