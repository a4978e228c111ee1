"""Cases that are given up before they are tried: their chart, or the whole run, ran out of time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.model.case import Case
from chartkit.model.finding import NotJudged
from chartkit.model.render import Failure
from chartkit.pipeline.records import Record
from chartkit.system.worker_pool import given_up

if TYPE_CHECKING:
    from chartkit.pipeline.run import Outcome

REASONS: Final = {
    "untried": "not rendered: two other cases of the chart ran into the limit",
    "overdue": "not rendered: the run's time was up",
}
"""What to say of such a case, by the kind of what came of it."""


def record(case: Case, kind: str = "untried") -> Record:
    """What stands for the record of *case*."""
    reason = REASONS[kind]
    return Record(
        text="",
        failure=Failure(kind, reason, reason),
        frozen=False,
        objects=0,
        findings=(),
        not_judged=(NotJudged("case", case.chart, reason, cases=(case.ref,)),),
        unmatched=(),
        crds=(),
    )


def settled(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """*outcomes*, in the order of the plan, as they are however many workers there were.

    With several, cases end that one worker would not have tried.
    """
    late = given_up((outcome.case.path, outcome.is_late) for outcome in outcomes)
    for outcome, is_too_late in zip(outcomes, late, strict=True):
        yield dataclasses.replace(outcome, record=record(outcome.case)) if is_too_late else outcome
