"""The report as JSON, for programs: ``schemas/report.schema.json`` is its contract."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, Severity, order
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import CaseResult, Report, Since, Taken
from chartkit.reports import _clean, _words
from chartkit.reports._groups import groups, severity_counts


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """ASCII alone, so that nothing in it means anything to a terminal; always the same but for times."""
    text = json.dumps(_report(report), indent=1, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _report(report: Report) -> dict[str, Any]:
    found = groups(report, suppressed=True)
    first = {each: group[0].fingerprint for group in found for each in group}
    counts = severity_counts(found)
    return {
        "version": 1,
        "findings": [_finding(each, first[each]) for each in sorted(report.findings, key=order)],
        "not_judged": [_not_judged(each) for each in sorted(report.not_judged, key=_words.unjudged_order)],
        "cases": [_case(each) for each in sorted(report.cases, key=_result_order)],
        "summary": {
            "charts": len(report.charts),
            "cases": len(report.cases),
            "objects": sum(each.objects for each in report.cases),
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "notes": counts[Severity.NOTE],
            "suppressed": report.suppressed,
            "not_judged": len(report.not_judged),
            "unrendered": len(report.unrendered),
        },
        **({"taken": [*map(_taken, report.taken)]} if report.taken else {}),
        **({"since": _since(report.since)} if report.since else {}),
    }


def _taken(taken: Taken) -> dict[str, Any]:
    return {
        "name": _clean.whole(taken.name),
        "version": _clean.whole(taken.version),
        "from": _clean.whole(taken.where),
        "sibling": taken.sibling,
    }


def _since(since: Since) -> dict[str, Any]:
    return {
        "ref": _clean.whole(since.ref),
        "commit": since.commit,
        "charts": since.charts,
        "unchanged": since.unchanged,
        "before": since.before,
    }


def _finding(finding: Finding, group: str) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "message": _clean.whole(finding.message),
        "hint": _clean.whole(finding.hint),
        "chart": _clean.whole(finding.chart),
        "file": _clean.whole(finding.place.file),
        "line": finding.place.line,
        "column": finding.place.column,
        "includes": [_include(place) for place in finding.includes],
        "resource": _resource(finding.resource),
        "path": _clean.whole(finding.path),
        "rendered_line": finding.rendered_line,
        "cases": _cases(finding.cases),
        "fingerprint": finding.fingerprint,
        "group": group,
        "suppressed": None if finding.suppressed is None else _clean.whole(finding.suppressed),
        **({"precision": finding.display.precision} if finding.display.precision else {}),
        **({"passed_on": _position(finding.display.passed_on)} if finding.display.passed_on else {}),
        **({"value": _clean.whole(finding.display.value)} if finding.display.value else {}),
    }


def _position(place: Place) -> dict[str, Any]:
    return {**_include(place), "column": place.column}


def _include(place: Place) -> dict[str, Any]:
    return {"file": _clean.whole(place.file), "line": place.line}


def _not_judged(each: NotJudged) -> dict[str, Any]:
    return {
        "what": _clean.whole(each.what),
        "chart": _clean.whole(each.chart),
        "resource": _resource(each.resource),
        "reason": _clean.whole(each.reason),
        "cases": _cases(each.cases),
    }


def _resource(resource: ResourceId | None) -> dict[str, str] | None:
    if resource is None:
        return None
    return {
        "apiVersion": _clean.whole(resource.api_version),
        "kind": _clean.whole(resource.kind),
        "namespace": _clean.whole(resource.namespace),
        "name": _clean.whole(resource.name),
    }


def _cases(refs: Iterable[CaseRef]) -> list[dict[str, str]]:
    """Within a finding the chart is known."""
    return [
        {"scenario": _clean.whole(ref.scenario), "kube_version": _words.version(ref.kube_version)}
        for ref in sorted(refs)
    ]


def _result_order(result: CaseResult) -> tuple[object, ...]:
    return (result.case, result.rendered, result.objects, result.cached, result.seconds)


def _case(result: CaseResult) -> dict[str, Any]:
    return {
        "chart": _clean.whole(result.case.chart),
        "scenario": _clean.whole(result.case.scenario),
        "kube_version": _words.version(result.case.kube_version),
        "rendered": result.rendered,
        "cached": result.cached,
        "objects": result.objects,
        "seconds": round(result.seconds, 3),
    }
