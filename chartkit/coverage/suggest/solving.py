"""Finds what to set so that all of some constraints hold: a small search, deepest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.coverage.suggest import goals
from chartkit.coverage.suggest.evaluation import evaluate
from chartkit.coverage.suggest.settings import ScenarioSettings
from chartkit.coverage.suggest.terms import Op, Ref, Unknown
from chartkit.coverage.suggest.visits import CallContext, Constraint, Visit
from chartkit.coverage.suggest.worlds import World

MOST_STEPS: Final = 300
"""How many constraints are looked at for one way into a block."""

MOST_WAYS: Final = 6
MOST_ROUNDS: Final = 3
MOST_DEPTH: Final = 60
MOST_PATHS: Final = 10
CONSTANT: Final = "its condition is constant in this chart"


@dataclass(slots=True)
class _Budget:
    steps: int


class Solver:
    """Solves constraints by what *settings* finds."""

    def __init__(self, settings: ScenarioSettings) -> None:
        self._settings = settings

    def worlds(self, constraints: Sequence[Constraint], world: World, most: int = 4) -> Iterator[World]:
        """Worlds in which no constraint is known not to hold, those with the likeliest settings first."""
        budget = _Budget(MOST_STEPS)
        found = self._solve(tuple(constraints), world, budget, 0)
        sound = (better for one in found for better in self._settled(constraints, one, budget, MOST_ROUNDS))
        seen: list[World] = []
        for one in itertools.islice(sound, most * 3):
            if one not in seen:
                seen.append(one)
                yield one
            if len(seen) == most:
                return

    def _settled(
        self, constraints: Sequence[Constraint], world: World, budget: _Budget, rounds: int
    ) -> Iterator[World]:
        """*world*, or others near it where what was set for one constraint has undone another."""
        undone = tuple(each for each in constraints if goals.holds(each, world) is False)
        if not undone:
            yield world
        elif rounds:
            for one in itertools.islice(self._solve(undone, world, budget, 0), MOST_WAYS):
                yield from self._settled(constraints, one, budget, rounds - 1)

    def _solve(
        self, constraints: tuple[Constraint, ...], world: World, budget: _Budget, depth: int
    ) -> Iterator[World]:
        budget.steps -= 1
        if budget.steps < 0 or depth > MOST_DEPTH:
            return
        if not constraints:
            yield world
            return
        first, rest = constraints[0], constraints[1:]
        outcome = goals.holds(first, world)
        if outcome is True:
            yield from self._solve(rest, world, budget, depth)
            return
        none = True
        for one in itertools.islice(self._meeting(first, world, budget, depth), MOST_WAYS):
            none = False
            yield from self._solve(rest, one, budget, depth)
        if none and outcome is None and not isinstance(first[0], Ref):
            yield from self._solve(rest, world, budget, depth)  # it may hold by itself: rendering tells

    def _meeting(self, constraint: Constraint, world: World, budget: _Budget, depth: int) -> Iterator[World]:
        term, goal = constraint
        if isinstance(term, Ref):
            for ready in self._settings.with_items(term, world):
                for setting in itertools.islice(self._settings.of(term, goal, ready), MOST_WAYS):
                    yield ready.having(setting)
        elif isinstance(term, Op) and term.name == "has api":
            wanted = evaluate(term.args[0], world) if term.args else None
            if goal == ("truth", True):
                yield from (world.having(setting) for setting in self._settings.api(wanted))
        else:
            for alternative in itertools.islice(goals.ways(constraint, world), 2 * MOST_WAYS):
                yield from self._solve(alternative, world, budget, depth + 1)


def paths(visit: Visit, world: World) -> Iterator[tuple[Constraint, ...]]:
    """All that must hold for *visit*, up the templates that lead there: each way, the readiest first."""
    found = _paths(visit.context, visit.constraints, (visit.context,))
    ways = list(itertools.islice(found, 4 * MOST_PATHS))
    ways.sort(key=lambda way: sum(goals.holds(each, world) is not True for each in way))
    yield from ways[:MOST_PATHS]


def _paths(
    context: CallContext, below: tuple[Constraint, ...], seen: tuple[CallContext, ...]
) -> Iterator[tuple[Constraint, ...]]:
    for caller, constraints in context.callers:
        if caller is None:
            yield (*constraints, *below)
        elif caller not in seen:
            yield from _paths(caller, (*constraints, *below), (*seen, caller))


def reason(constraints: Sequence[Constraint], world: World) -> str:
    """Why *constraints* cannot all be met, as far as one of them tells."""
    for constraint in constraints:
        outcome = goals.holds(constraint, world)
        if outcome is True:
            continue
        why = next(iter(_unknowns(constraint)), "")
        if why == "lookup":
            return "depends on lookup, which finds nothing outside of a cluster"
        if outcome is False and goals.constant(constraint, world):
            return CONSTANT
        if why:
            return why
    return ""


def _unknowns(constraint: Constraint) -> Iterator[str]:
    from chartkit.coverage.suggest.terms import parts

    waiting = [constraint[0]]
    while waiting:
        term = waiting.pop()
        if isinstance(term, Op) and term.name == "lookup":
            yield "lookup"
        elif isinstance(term, Unknown):
            yield term.why
        waiting += parts(term)
