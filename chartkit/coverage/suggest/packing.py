"""Puts attempts together that do not contradict each other, so that one render tries many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chartkit.coverage.suggest.trials import MOST_SETTINGS, Ground, Trial
from chartkit.coverage.suggest.validity import Fault
from chartkit.coverage.suggest.visits import Constraint
from chartkit.coverage.suggest.worlds import World


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try for one *block*: *constraints* were solved in *world*."""

    block: int
    constraints: tuple[Constraint, ...]
    world: World
    alone: bool = False


@dataclass(slots=True)
class AcceptedTrial:
    """A trial that reaches *reached*; it is refused by the message of a ``fail``, or renders (empty).

    *faults* are what is wrong with what it renders to.
    """

    trial: Trial
    reached: frozenset[int]
    refusal: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def but(self) -> str:
        """What is wrong with it in words, empty where nothing is."""
        more = f" (and {len(self.faults) - 1:,} more)" if len(self.faults) > 1 else ""
        return f"{self.faults[0].words}{more}" if self.faults else ""

    def bears(self, faults: Iterable[Fault]) -> bool:
        """Whether *faults* are none but what is wrong with it anyway."""
        return {fault.key for fault in faults} <= {fault.key for fault in self.faults}


def packed(wave: Sequence[Attempt], ground: Ground, failing: Collection[int]) -> Iterator[list[Attempt]]:
    """Groups of attempts that do not contradict each other; for blocks that are *failing*, each alone."""
    groups: list[tuple[Trial, list[Attempt]]] = []
    for attempt in wave:
        trial = ground.trial(attempt.world)
        if attempt.block in failing or attempt.alone:
            groups.append((trial, [attempt]))
            continue
        for index, (other, group) in enumerate(groups):
            if group[0].alone or group[0].block in failing:
                continue
            joined = other.joined(trial)
            if joined is not None and (joined.size <= MOST_SETTINGS or joined.size == other.size):
                groups[index] = (joined, [*group, attempt])
                break
        else:
            groups.append((trial, [attempt]))
    return (group for _, group in groups)
