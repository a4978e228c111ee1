"""Makes few and small scenarios of those that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chartkit.suggestions.trials import Trial


@dataclass(slots=True)
class Accepted:
    """A trial that reaches *reached*; it is refused *by* the message of a ``fail``, or renders (empty)."""

    trial: Trial
    reached: frozenset[int]
    refusal: str = ""


def chosen(accepted: Sequence[Accepted], covered: frozenset[int]) -> list[tuple[Accepted, frozenset[int]]]:
    """Of *accepted* as few as reach all that they reach beyond *covered*, each with what it adds."""
    left = {number for one in accepted for number in one.reached} - covered
    found: list[tuple[Accepted, frozenset[int]]] = []
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
