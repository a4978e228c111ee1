"""What was given on the command line, as the configuration takes it."""

from __future__ import annotations

from chartkit.config import Config
from chartkit.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.model import Report, SetValue


def hooked(config: Config, paths: list[str] | None) -> Config:
    """*config* for the files that pre-commit names at *paths*, and for those that it does not name."""
    from chartkit import hook

    return hook.narrowed(config, paths or ())


def several(given: list[str] | None) -> tuple[str, ...]:
    return tuple(given or ())


def formats_of(given: list[str] | None) -> tuple[tuple[str, str | None], ...]:
    parts = [word.partition("=") for word in given or ()]
    return tuple((name, file if equals else None) for name, equals, file in parts)


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


def exit_code(report: Report) -> int:
    return EXIT_FINDINGS if report.failed else EXIT_CLEAN
