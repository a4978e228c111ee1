"""Puts suggestions into words for a person to paste, and into chartkit.yaml."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chartkit.coverage.suggest import Suggestion
from chartkit.model.errors import ConfigError, FileError
from chartkit.plan.config import Config
from chartkit.syntax.yaml import edits
from chartkit.system import atomic_write
from chartkit.system.containment import outside
from chartkit.system.paths import absolute, fits, is_pattern, repository, shown, text_of

FILE: Final = "chartkit.yaml"
_HEADER: Final = "# What `chartkit check` looks at in this repository, and how.\n"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of *file*: the scenarios that were *added*, as ``charts/web: ha``, and those *left* out.

    Scenarios are left out whose names are taken: nothing is overwritten. So are those that bring findings,
    with which a check would fail: *unclean* says how many.
    """

    file: str
    added: tuple[str, ...]
    left: tuple[str, ...] = ()
    unclean: int = 0

    @property
    def hint(self) -> str:
        """What to do next."""
        return "run `chartkit golden update` to record what they render to" if self.added else ""


def text(suggestions: Iterable[Suggestion], config: Config) -> str:
    """*suggestions* as they go into chartkit.yaml, ready to paste; empty where there are none."""
    charts: dict[str, list[Suggestion]] = {}
    for one in suggestions:
        charts.setdefault(key_of(one.chart, config), []).append(one)
    if not charts:
        return ""
    lines = ["charts:"]
    for key, several in charts.items():
        lines += [f"  {edits.flow(key)}:", "    scenarios:"]
        for one in several:
            lines += _entry(one, 6)
    return "\n".join(lines) + "\n"


def _entry(one: Suggestion, indent: int) -> list[str]:
    """A scenario; where something speaks against it, below a comment that says what."""
    comment = f"{' ' * indent}# reaches it, but {' '.join(one.but.split())}"
    lines = edits.block({one.name: dict(one.scenario)}, indent, 1)
    return [comment, *lines] if one.but else lines


def key_of(chart: str, config: Config) -> str:
    """The key below ``charts:`` that speaks of the *chart* at that path alone; a new one where none does."""
    path = absolute(chart, config.cwd)
    known = [one.key for one in config.charts if not is_pattern(one.pattern) and fits(path, one.pattern)]
    return known[-1] if known else shown(path, config.root)


def write(suggestions: Sequence[Suggestion], config: Config) -> Written:
    """Add *suggestions* to the configuration file, which is made where there is none: those that are clean.

    Comments, order and formatting stay; the file is the old or the new one, whatever happens. Raises
    ConfigError where it cannot be read or written.
    """
    path = absolute(config.file, config.cwd) if config.file else config.root / FILE
    name = shown(path, config.cwd)
    if why := outside(path, repository(path.parent) or path.parent):
        raise ConfigError(f"{name!r} {why}", "put the file itself in its place")
    path = pathlib.Path(os.path.realpath(path))
    name = shown(path, config.cwd)
    before = text_of(path, name)
    after = before if before is not None else _HEADER
    added: list[str] = []
    left: list[str] = []
    for one in (each for each in suggestions if not each.but):
        key = key_of(one.chart, config)
        changed = _added(after, name, ("charts", key, "scenarios", one.name), dict(one.scenario))
        (left if changed == after else added).append(f"{key}: {one.name}")
        after = changed
    if added:
        try:
            atomic_write.replace(path, after.encode())
        except OSError as error:
            raise ConfigError(f"cannot write {name!r}: {error.strerror}", "make it writable") from error
    return Written(name, tuple(added), tuple(left), sum(1 for each in suggestions if each.but))


def _added(before: str, name: str, path: tuple[str, ...], scenario: Mapping[str, Any]) -> str:
    try:
        return edits.added(before, path, scenario)
    except FileError as error:
        raise ConfigError(f"{name}: {error}", error.problem.hint) from error
    except edits.Unwritable as error:
        what = edits.flow({path[-1]: scenario})
        raise ConfigError(
            f"cannot add scenario {path[-1]!r} to {name!r}: {error}",
            f"add it by hand, below scenarios: {what}",
        ) from error
