"""Custom resources whose definition another chart of the run brings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from chartkit.findings.writer import UNMATCHED
from chartkit.pipeline.records import Kind, Said, kind_of
from chartkit.pipeline.run import Outcome, Run
from chartkit.system.worker_pool import Lost


def judge(run: Run, outcomes: Sequence[Outcome], beside: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The *outcomes*, their unmatched objects judged where these, or *beside*, define their kind."""
    definitions = _definitions((*outcomes, *beside))
    wanted = [(outcome, _wanted(outcome, definitions)) for outcome in outcomes]
    started = [(outcome, run.start_foreign(outcome, names) if names else None) for outcome, names in wanted]
    return tuple(
        _settled(outcome, definitions, work.result()[0]) if work else outcome for outcome, work in started
    )


def _definitions(outcomes: Iterable[Outcome]) -> Mapping[Kind, str]:
    """For each kind the name in the store of its definition; charts' defaults speak first."""
    found: dict[Kind, str] = {}
    ranked = sorted(outcomes, key=lambda outcome: (outcome.case.scenario.name != "default", outcome.case.ref))
    for outcome in ranked:
        for group, kind, name in outcome.record.crds:
            found.setdefault((group, kind), name)
    return found


def _wanted(outcome: Outcome, definitions: Mapping[Kind, str]) -> tuple[str, ...]:
    kinds = {kind_of(finding.resource) for finding in outcome.record.unmatched if finding.resource}
    return tuple(sorted(definitions[kind] for kind in kinds if kind in definitions))


def _settled(outcome: Outcome, definitions: Mapping[Kind, str], said: Said | Lost) -> Outcome:
    """*outcome* with what the definitions *said*; where the worker was lost, nothing was judged.

    What is defined without a schema is as unmatched as before.
    """
    record = outcome.record
    if isinstance(said, Lost):
        reason = f"judging it by its definition {said.message}"
        unmatched = (dataclasses.replace(finding, message=reason) for finding in record.unmatched)
        return dataclasses.replace(outcome, record=dataclasses.replace(record, unmatched=tuple(unmatched)))
    left = (item for item in record.unmatched if item.resource and kind_of(item.resource) not in definitions)
    still = (item for item in said.findings if item.rule == UNMATCHED)
    record = dataclasses.replace(
        record,
        findings=(*record.findings, *(item for item in said.findings if item.rule != UNMATCHED)),
        not_judged=(*record.not_judged, *said.not_judged),
        unmatched=(*left, *still),
    )
    return dataclasses.replace(outcome, record=record)
