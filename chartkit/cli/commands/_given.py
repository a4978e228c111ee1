"""What was given on the command line, as the configuration takes it."""

from __future__ import annotations

import contextlib
import pathlib
import sys
from typing import BinaryIO

from chartkit.model.case import SetValue
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS, ConfigError, Unfinished
from chartkit.model.report import Report
from chartkit.plan.config import Config, Piped, flag_values


def hooked(config: Config, paths: list[str] | None) -> Config:
    """*config* for the files that pre-commit names at *paths*, and for those that it does not name."""
    from chartkit.cli import hook

    return hook.narrowed(config, paths or ())


def several(given: list[str] | None) -> tuple[str, ...]:
    return tuple(given or ())


def formats_of(given: list[str] | None) -> tuple[tuple[str, str | None], ...]:
    return flag_values.formats(given or ())


def values_of(given: list[str] | None) -> tuple[str | Piped, ...]:
    """The values files of ``-f``; what can be read but once (stdin as ``-``, a pipe) is read now."""
    parts = (part for one in given or () for part in one.split(","))  # Helm takes lists too
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
    from chartkit.helm.inputs import MAX_VALUES

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


def set_values(
    json: list[str] | None,
    plain: list[str] | None,
    string: list[str] | None,
    file: list[str] | None,
    literal: list[str] | None,
) -> tuple[SetValue, ...]:
    """The ``--set`` family in the order in which Helm obeys it, whatever their order on the line."""
    family = {
        "set-json": json,
        "set": plain,
        "set-string": string,
        "set-file": file,
        "set-literal": literal,
    }
    return tuple(SetValue(flag, value) for flag, values in family.items() for value in values or ())


def exit_code(report: Report, config: Config) -> int:
    """What the run ends with; raises Unfinished where its time was up: what is found by then is no answer."""
    if report.unfinished:
        raise Unfinished(config.flags.timeout)
    return EXIT_FINDINGS if report.failed else EXIT_CLEAN
