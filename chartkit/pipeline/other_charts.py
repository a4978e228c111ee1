"""What other charts of the run bring to the cluster of a case: APIs that its templates ask for, and CRDs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence

from chartkit.findings.writer import UNMATCHED
from chartkit.model.case import Case
from chartkit.pipeline import worker_jobs
from chartkit.pipeline.failed_cases import outcome_of
from chartkit.pipeline.records import CheckResult, Kind, kind_of
from chartkit.pipeline.run import CaseOutcome, Run, finish
from chartkit.system.worker_pool import WorkerFailure

ApiVersions = Mapping[str, frozenset[str]]
"""Which API versions each chart, by path, brings to a cluster."""


def may_help(outcomes: Iterable[CaseOutcome]) -> bool:
    """Whether CRDs of charts which were not asked for may change something in *outcomes*."""
    return any(outcome.record.unmatched or _asks_for_more(outcome) for outcome in outcomes)


def _asks_for_more(outcome: CaseOutcome) -> bool:
    """Whether templates ask for an API that comes neither with Kubernetes nor with what the case has."""
    if not outcome.record.asked:
        return False
    from chartkit.helm import capabilities

    case = outcome.case
    known = {
        *capabilities.served_by_kubernetes(case.kube_version),
        *(case.served or ()),
        *case.scenario.api_versions,
    }
    return not known.issuperset(outcome.record.asked)


def with_apis(
    run: Run, outcomes: Sequence[CaseOutcome], others: Sequence[CaseOutcome]
) -> tuple[CaseOutcome, ...]:
    """The *outcomes*, those anew whose templates ask for what another chart, also one of *others*, brings.

    A scenario that must fail is left as it is: it may be about what is not installed.
    """
    if not any(outcome.record.asked for outcome in outcomes):
        return tuple(outcomes)
    apis = _apis(run, (*outcomes, *others))
    again = [(index, case) for index, one in enumerate(outcomes) if (case := _case_with(one, apis))]
    work = []
    for index, case in again:
        loaded = outcomes[index].loaded
        future = run.start(worker_jobs.check_case, loaded, case, group=f"neighbours of {case.path}")
        work.append((loaded, case, future))
    done = {index: outcome_of(run, answer) for (index, _), answer in zip(again, finish(work), strict=True)}
    return tuple(done.get(index, outcome) for index, outcome in enumerate(outcomes))


def _apis(run: Run, outcomes: Iterable[CaseOutcome]) -> ApiVersions:
    from chartkit.helm import capabilities

    definitions: dict[str, set[str]] = {}
    for outcome in outcomes:
        names = definitions.setdefault(outcome.case.path, set())
        names.update(name for _, _, name in outcome.record.crds)
    every = set[str]().union(*definitions.values())
    known = {name: tuple(capabilities.served_by_crd(json.loads(run.store.text(name)))) for name in every}
    return {
        path: frozenset(one for name in names for one in known[name]) for path, names in definitions.items()
    }


def _case_with(outcome: CaseOutcome, apis: ApiVersions) -> Case | None:
    """The case with those *apis* of other charts that its templates ask for; None where there are none."""
    from chartkit.helm.capabilities import ALL

    case, asked = outcome.case, outcome.record.asked
    if not asked or case.scenario.fails is not None:
        return None
    others = frozenset[str]().union(*(names for path, names in apis.items() if path != case.path))
    wanted = others if ALL in asked else others.intersection(asked)
    more = tuple(sorted(wanted.difference(case.served or ())))
    return dataclasses.replace(case, served=(*(case.served or ()), *more)) if more else None


def with_crds(
    run: Run, outcomes: Sequence[CaseOutcome], others: Sequence[CaseOutcome]
) -> tuple[CaseOutcome, ...]:
    """The *outcomes*, their objects without a schema checked where these, or *others*, define their kind."""
    definitions = _definitions((*outcomes, *others))
    wanted = [(outcome, _wanted(outcome, definitions)) for outcome in outcomes]
    started = [
        run.start(worker_jobs.check_crds, one.loaded, one.case, one.record.rendered, names) if names else None
        for one, names in wanted
    ]
    return tuple(
        _checked(outcome, definitions, work.result()[0]) if work else outcome
        for outcome, work in zip(outcomes, started, strict=True)
    )


def _definitions(outcomes: Iterable[CaseOutcome]) -> Mapping[Kind, str]:
    """For each kind the name in the store of its definition; charts' defaults come first."""
    found: dict[Kind, str] = {}
    ranked = sorted(outcomes, key=lambda outcome: (outcome.case.scenario.name != "default", outcome.case.ref))
    for outcome in ranked:
        for group, kind, name in outcome.record.crds:
            found.setdefault((group, kind), name)
    return found


def _wanted(outcome: CaseOutcome, definitions: Mapping[Kind, str]) -> tuple[str, ...]:
    kinds = {kind_of(finding.resource) for finding in outcome.record.unmatched if finding.resource}
    return tuple(sorted(definitions[kind] for kind in kinds if kind in definitions))


def _checked(
    outcome: CaseOutcome, definitions: Mapping[Kind, str], result: CheckResult | WorkerFailure
) -> CaseOutcome:
    """*outcome* with the *result* of the definitions; where the worker failed, nothing was judged.

    What is defined without a schema is as unmatched as before.
    """
    record = outcome.record
    if isinstance(result, WorkerFailure):
        reason = f"judging it by its definition {result.message}"
        unmatched = (dataclasses.replace(finding, message=reason) for finding in record.unmatched)
        return dataclasses.replace(outcome, record=dataclasses.replace(record, unmatched=tuple(unmatched)))
    left = (item for item in record.unmatched if item.resource and kind_of(item.resource) not in definitions)
    still = (item for item in result.findings if item.rule == UNMATCHED)
    record = dataclasses.replace(
        record,
        findings=(*record.findings, *(item for item in result.findings if item.rule != UNMATCHED)),
        not_judged=(*record.not_judged, *result.not_judged),
        unmatched=(*left, *still),
    )
    return dataclasses.replace(outcome, record=record)
