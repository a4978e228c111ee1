"""Makes few and small scenarios of those that were found."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chartkit.coverage.suggest.packing import AcceptedTrial
from chartkit.coverage.suggest.search import Search
from chartkit.coverage.suggest.trials import MOST_SETTINGS, Trial


def chosen(
    accepted: Sequence[AcceptedTrial], wanted: Collection[int]
) -> list[tuple[AcceptedTrial, frozenset[int]]]:
    """Of *accepted* as few as reach all that they reach of what is *wanted*, each with what it adds."""
    left = {number for one in accepted for number in one.reached}.intersection(wanted)
    found: list[tuple[AcceptedTrial, frozenset[int]]] = []
    waiting = list(accepted)
    while left and waiting:
        best = max(waiting, key=lambda one: (not one.refusal, len(one.reached & left), -one.trial.size))
        if not best.reached & left:
            waiting = [one for one in waiting if one.reached & left]
            continue
        found.append((best, frozenset(best.reached & left)))
        left -= best.reached
        waiting.remove(best)
    return found


class Reducer:
    """Makes what *search* has found smaller, and fewer, for as long as it may render."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def minimised(self, accepted: AcceptedTrial, needed: frozenset[int]) -> AcceptedTrial:
        """*accepted* without what it sets and does not need to reach the blocks *needed*."""
        parts = accepted.trial.parts()
        dropped: list[tuple[str, ...]] = []
        best = accepted
        chunk = max(1, len(parts) // 2)
        while parts:
            for start in range(0, len(parts), chunk):
                if self._search.exhausted:
                    return best
                some = parts[start : start + chunk]
                smaller = accepted.trial.without([*dropped, *some])
                found = self._still(smaller, accepted, needed)
                if found is not None:
                    dropped += some
                    best = found
            parts = [part for part in parts if part not in dropped]
            if chunk == 1:
                break
            chunk = max(1, chunk // 2)
        return best

    def merged(
        self, several: Sequence[tuple[AcceptedTrial, frozenset[int]]]
    ) -> list[tuple[AcceptedTrial, frozenset[int]]]:
        """*several* scenarios, each with the blocks it is for, as fewer where they bear each other."""
        found: list[tuple[AcceptedTrial, frozenset[int]]] = []
        for one, needed in several:
            for index, (other, also) in enumerate(found):
                alone = one.refusal or other.refusal or one.faults != other.faults
                joined = None if alone else other.trial.joined(one.trial)
                if joined is None or joined.size > MOST_SETTINGS or self._search.exhausted:
                    continue
                both = self._still(joined, other, needed | also)
                if both is not None:
                    found[index] = both, needed | also
                    break
            else:
                found.append((one, needed))
        return found

    def _still(self, trial: Trial, accepted: AcceptedTrial, needed: frozenset[int]) -> AcceptedTrial | None:
        measured = self._search.measured(trial)
        if not needed <= measured.reached:
            return None
        if accepted.refusal:
            same = measured.failure is not None and measured.failure.message == accepted.refusal
            return AcceptedTrial(trial, measured.reached, accepted.refusal) if same else None
        if measured.failure is not None:
            return None
        faults = self._search.validity.faults(trial)
        return AcceptedTrial(trial, measured.reached, faults=faults) if accepted.bears(faults) else None
