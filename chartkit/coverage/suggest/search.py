"""Tries scenarios until all blocks are reached that can be: many at once where they bear each other."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.coverage.suggest import mending, solving
from chartkit.coverage.suggest.measuring import Budget, Measured, Meter, RefusingCall
from chartkit.coverage.suggest.packing import AcceptedTrial, Attempt, packed
from chartkit.coverage.suggest.solving import Solver
from chartkit.coverage.suggest.trials import Ground, Trial
from chartkit.coverage.suggest.validity import Validity
from chartkit.coverage.suggest.visits import IS_FALSE, IS_TRUE, Constraint, Findings
from chartkit.coverage.suggest.worlds import World
from chartkit.model.case import Case
from chartkit.model.render import Failure

MOST_SEEDS: Final = 3
MOST_OPTIONS: Final = 12
MOST_REPAIRS: Final = 6
MOST_MENDS: Final = 6
MOST_DOUBTS: Final = 4
"""How often another way is tried to reach a block, where something is wrong with those that do."""


@dataclass(slots=True)
class State:
    """What is known so far: what is *covered*, what was *accepted*, and why tries *failed*, by block.

    *doubtful* is what reaches something, but is not as it should be.
    """

    covered: set[int]
    accepted: list[AcceptedTrial] = field(default_factory=list)
    doubtful: list[AcceptedTrial] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


class Search:
    """Looks for trials that reach more blocks than *runs* do, within *budget*."""

    def __init__(
        self,
        meter: Meter,
        ground: Ground,
        found: Findings,
        solver: Solver,
        validity: Validity,
        runs: Sequence[tuple[Case, frozenset[int]]],
        budget: Budget,
    ) -> None:
        self._meter = meter
        self._ground = ground
        self._found = found
        self._solver = solver
        self.validity = validity
        self._runs = runs
        self._start = ground.world()
        self._budget = budget
        self._tried: dict[str, Measured] = {}
        self._wanted: frozenset[int] = frozenset()
        self._doubts: Counter[int] = Counter()
        self.state = State({number for _, reached in runs for number in reached})

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self._budget.spent

    @property
    def exhausted(self) -> bool:
        """Whether nothing may be rendered any more."""
        return self._budget.exhausted

    def run(self, wanted: Sequence[int]) -> State:
        """Try for all blocks that are *wanted*."""
        self._wanted = frozenset(wanted)
        self._rounds(wanted, self._options)
        for _ in range(3):
            before = len(self.state.covered)
            self._rounds(wanted, self._seeded)
            if len(self.state.covered) == before or self.spent:
                break
        return self.state

    def _rounds(self, wanted: Sequence[int], options: object) -> None:
        make = options if callable(options) else self._options
        waiting: dict[int, Iterator[Attempt]] = {
            block: itertools.islice(make(block), MOST_OPTIONS)
            for block in wanted
            if block not in self.state.covered
        }
        while waiting and not self.spent:
            wave: list[Attempt] = []
            for block in list(waiting):
                done = block in self.state.covered or self._doubts[block] >= MOST_DOUBTS
                attempt = None if done else next(waiting[block], None)
                if attempt is None:
                    del waiting[block]
                else:
                    wave.append(attempt)
            self._wave(wave)

    def _wave(self, wave: Sequence[Attempt]) -> None:
        groups = deque(packed(wave, self._ground, self._meter.failing))
        while groups and not self.spent:
            group = [one for one in groups.popleft() if one.block not in self.state.covered]
            if group:
                groups.extendleft(reversed(self._try(group)))

    def _options(self, block: int) -> Iterator[Attempt]:
        """Worlds made from nothing."""
        seen: set[str] = set()
        for visit in self._found.visits.get(block, ()):
            for constraints in solving.paths(visit, self._start):
                for world in self._solver.worlds(constraints, self._start):
                    key = self._ground.trial(world).key
                    if key not in seen:
                        seen.add(key)
                        yield Attempt(block, constraints, world)

    def _seeded(self, block: int) -> Iterator[Attempt]:
        """Worlds made from scenarios that come near: they reach the block around it."""
        parent = self._meter.blocks[block].parent
        near = [self._ground.world(case) for case, reached in self._runs if parent in reached]
        near += [
            self._world(one.trial) for one in self.state.accepted if parent in one.reached and not one.refusal
        ]
        for seed in near[:MOST_SEEDS]:
            for visit in self._found.visits.get(block, ())[:4]:
                for world in self._solver.worlds(visit.constraints, seed, 2):
                    yield Attempt(block, visit.constraints, world, alone=True)

    def _world(self, trial: Trial) -> World:
        return self._ground.world(self._ground.case_of(trial))

    def _try(self, group: list[Attempt]) -> list[list[Attempt]]:
        """Try *group* at once; gives the groups to try instead, where it does not do."""
        trial = self._ground.trial(group[0].world)
        for attempt in group[1:]:
            trial = trial.joined(self._ground.trial(attempt.world)) or trial
        measured = self.measured(trial)
        alone = len(group) == 1
        if measured.failure is None:
            why = self._accept(trial, measured, group[0].block if alone else None)
            if not why:
                missed = [one for one in group if one.block not in self.state.covered]
                if len(missed) < len(group):
                    return [missed] if missed else []
            if alone:
                self.state.failed.setdefault(group[0].block, why)
        elif alone:
            self._refused(group[0], trial, measured)
        if alone:
            return []
        half = len(group) // 2
        return [group[:half], group[half:]]

    def _accept(self, trial: Trial, measured: Measured, block: int | None) -> str:
        """Take *trial* in where it reaches something new; gives what is wrong with it.

        What was tried for one *block* alone is kept where nothing worse is wrong than a finding.
        """
        new = (measured.reached & self._wanted) - self.state.covered
        if not new:
            return ""
        found = AcceptedTrial(trial, measured.reached, faults=self.validity.faults(trial))
        if found.faults and block in new:
            found = self._mended(found, block)
        if found.faults:
            if block in new and not found.faults[0].fatal:
                self._doubts[block] += 1
                self.state.doubtful.append(found)
            return found.faults[0].words
        self.state.covered |= found.reached
        self.state.accepted.append(found)
        return ""

    def _mended(self, found: AcceptedTrial, block: int) -> AcceptedTrial:
        """*found*, or what reaches *block* too, with other values, and of which less is wrong."""
        tries = itertools.islice(mending.mended(found.trial, found.faults), MOST_MENDS)
        for trial in tries if not self.spent else ():
            measured = self.measured(trial)
            if measured.failure is None and block in measured.reached:
                faults = self.validity.faults(trial)
                if len(faults) < len(found.faults):
                    better = AcceptedTrial(trial, measured.reached, faults=faults)
                    return self._mended(better, block) if faults else better
        return found

    def _refused(self, attempt: Attempt, trial: Trial, measured: Measured) -> None:
        """A trial by itself that Helm refuses: as it should, or for a value that can be given."""
        world = attempt.world
        for _ in range(MOST_REPAIRS):
            if measured.failure is None:
                self.state.failed.setdefault(attempt.block, self._accept(trial, measured, attempt.block))
                return
            site = measured.site
            if site is None or self.spent:
                break
            if site.function == "fail" and site.block not in self.state.covered and site.block >= 0:
                self._take_refusal(trial, measured)
            if attempt.block in self.state.covered:
                return
            needed = self._needed(site)
            kept = attempt.constraints
            ways = (one for need in needed for one in self._solver.worlds((need, *kept), world, 1))
            better = next((one for one in ways if self._ground.trial(one).key not in self._tried), None)
            if better is None:
                break
            world = better
            trial = self._ground.trial(world)
            measured = self.measured(trial)
        if attempt.block not in self.state.covered and measured.failure is not None:
            self.state.failed[attempt.block] = _short(measured.failure)

    def _needed(self, site: RefusingCall) -> Iterator[Constraint]:
        """What keeps *site* from refusing: what it requires, or that a condition around it fails."""
        if site.function == "required":
            yield from ((term, IS_TRUE) for term in self._found.needed.get((site.file, site.offset), ()))
            return
        for visit in self._found.visits.get(site.block, ())[:4]:
            for term, goal in reversed(visit.constraints):
                if goal[0] == "truth":
                    yield term, ("truth", not goal[1])
                elif goal[0] == "longer":
                    yield term, IS_FALSE

    def _take_refusal(self, trial: Trial, measured: Measured) -> None:
        assert measured.failure
        self.state.covered |= measured.reached
        self.state.accepted.append(AcceptedTrial(trial, measured.reached, measured.failure.message))

    def measured(self, trial: Trial) -> Measured:
        """What *trial* reaches, which is rendered once."""
        key = trial.key
        if key not in self._tried:
            self._tried[key] = self._meter.measure(self._ground.case_of(trial))
        return self._tried[key]


def _short(failure: Failure) -> str:
    line = next((line.strip() for line in failure.message.splitlines() if line.strip()), "")
    if failure.kind == "values-schema":
        return f"the values schema does not allow what it needs: {line[:120]}"
    return f"Helm refuses what was tried: {line[:120]}"
