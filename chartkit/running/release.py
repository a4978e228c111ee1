"""The charts of a run taken together, as they would be installed: one case of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartkit.model import Finding, NotJudged, Release
from chartkit.running.run import Outcome, Run
from chartkit.semver import minor
from chartkit.workers import Lost


def judge(run: Run, outcomes: Iterable[Outcome]) -> Iterator[Finding | NotJudged]:
    """What the rules on a release say; nothing is done where none of them is on."""
    if not any(rule.on is Release for rule in run.rules.values()):
        return
    chosen = list(_chosen(outcomes))
    said = run.start_release(chosen).result()
    if isinstance(said, Lost):
        names = ", ".join(outcome.case.chart for outcome in chosen)
        yield NotJudged("charts together", "", f"judging {names} {said.message}")
    else:
        yield from said


def _chosen(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Of each chart its defaults on the newest Kubernetes, else its first scenario that renders."""
    charts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.record.failure is None:
            charts.setdefault(outcome.case.path, []).append(outcome)
    for _, mine in sorted(charts.items()):
        yield min(mine, key=_preference)


def _preference(outcome: Outcome) -> tuple[bool, str, tuple[int, ...]]:
    name = outcome.case.scenario.name
    return name != "default", name, tuple(-part for part in minor(outcome.case.kube_version))
