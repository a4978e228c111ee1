"""What a scenario says beside values, so that ``.Release`` is as it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chartkit.coverage.suggest.fitting import matching, suits
from chartkit.coverage.suggest.visits import Goal
from chartkit.coverage.suggest.worlds import Setting, World


def _upgrading(goal: Goal, _: World) -> Iterator[Setting]:
    wanted = goal[1] if goal[0] == "truth" else goal[1][0] is goal[1][1] if goal[0] == "is" else None
    if wanted is not None:
        yield Setting("upgrade", bool(wanted))


def _installing(goal: Goal, world: World) -> Iterator[Setting]:
    for setting in _upgrading(goal, world):
        yield Setting("upgrade", not setting.value)


def _named(option: str) -> Callable[[Goal, World], Iterator[Setting]]:
    def name(goal: Goal, _: World) -> Iterator[Setting]:
        kind, wanted = goal
        options = ["example", "other", "x"]
        if kind == "is" and wanted[1]:
            options = [str(wanted[0])]
        elif kind == "test" and wanted[2]:
            part = str(wanted[1])
            options = matching(part) if wanted[0] == "regexMatch" else [part, f"{part}x", f"x{part}"]
        elif kind == "order":
            options += ["x" * 50]
        for value in options:
            if suits(value, goal) and re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?", value):
                yield Setting(option, value)

    return name


OPTIONS: Final[Mapping[tuple[str, ...], Callable[[Goal, World], Iterator[Setting]]]] = {
    ("Release", "IsUpgrade"): _upgrading,
    ("Release", "IsInstall"): _installing,
    ("Release", "Namespace"): _named("namespace"),
    ("Release", "Name"): _named("release"),
}
