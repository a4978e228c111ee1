"""Charts that ask for APIs which other charts of the run define: judged where these are installed, too."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future

from chartkit.helm import capabilities
from chartkit.helm.capabilities import ALL
from chartkit.model.case import Case
from chartkit.pipeline.records import Record
from chartkit.pipeline.run import Answer, Outcome, Run
from chartkit.system.worker_pool import Lost

Brought = Mapping[str, frozenset[str]]
"""Which API versions each chart, by path, brings to a cluster."""


def judge(run: Run, outcomes: Sequence[Outcome], beside: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The *outcomes*, those anew whose templates ask for what another chart, also one *beside*, brings.

    A scenario that must fail is left as it is: it may be about what is not installed.
    """
    if not any(outcome.record.asked for outcome in outcomes):
        return tuple(outcomes)
    brought = _brought(run, (*outcomes, *beside))
    work = [(outcome, _start(run, outcome, brought)) for outcome in outcomes]
    return tuple(_finished(run, *each) for each in work)


def asks_for_more(outcome: Outcome) -> bool:
    """Whether templates ask for an API that comes neither with Kubernetes nor with what the case has."""
    case = outcome.case
    known = {
        *capabilities.served_by_kubernetes(case.kube_version),
        *(case.served or ()),
        *case.scenario.api_versions,
    }
    return not known.issuperset(outcome.record.asked)


def _brought(run: Run, outcomes: Iterable[Outcome]) -> Brought:
    definitions: dict[str, set[str]] = {}
    for outcome in outcomes:
        names = definitions.setdefault(outcome.case.path, set())
        names.update(name for _, _, name in outcome.record.crds)
    every = set[str]().union(*definitions.values())
    known = {name: tuple(capabilities.served_by_crd(json.loads(run.store.text(name)))) for name in every}
    return {
        path: frozenset(one for name in names for one in known[name]) for path, names in definitions.items()
    }


def _start(run: Run, outcome: Outcome, brought: Brought) -> tuple[Case, Future[Answer[Record]]] | None:
    case, asked = outcome.case, outcome.record.asked
    if not asked or case.scenario.fails is not None:
        return None
    others = frozenset[str]().union(*(names for path, names in brought.items() if path != case.path))
    told = others if ALL in asked else others.intersection(asked)
    more = tuple(sorted(told.difference(case.served or ())))
    if not more:
        return None
    case = dataclasses.replace(case, served=(*(case.served or ()), *more))
    return case, run.start(outcome.loaded, case, f"neighbours of {case.path}")


def _finished(run: Run, outcome: Outcome, work: tuple[Case, Future[Answer[Record]]] | None) -> Outcome:
    if work is None:
        return outcome
    case, future = work
    record, cached = future.result()
    if isinstance(record, Lost):
        record = run.lost(outcome.loaded, case, record)
    return Outcome(outcome.loaded, case, record, cached)
