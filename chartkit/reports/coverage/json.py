"""Coverage as JSON, for programs: ``schemas/coverage.schema.json`` is its contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chartkit.coverage import missed
from chartkit.model.coverage import (
    BranchCoverage,
    ChartCoverage,
    Coverage,
    DefineCoverage,
    FileCoverage,
    Hits,
    Share,
    total,
)
from chartkit.reports.coverage._common import clean


def render(
    coverage: Coverage,
    *,
    width: int = 80,  # noqa: ARG001
    color: bool = False,  # noqa: ARG001
    verbose: bool = False,  # noqa: ARG001
    fail_under: float | None = None,
) -> str:
    """ASCII alone, and always the same for the same input."""
    text = json.dumps(_coverage(coverage, fail_under), indent=1, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _coverage(coverage: Coverage, fail_under: float | None) -> dict[str, Any]:
    values = {} if coverage.values is None else {"values": [_cleaned(each) for each in coverage.values]}
    below = coverage.below(fail_under) if fail_under is not None else ()
    return {
        "version": 1,
        "totals": _totals(coverage),
        "fail_under": fail_under,
        "below": [clean(chart.path) for chart in below],
        "charts": [_chart(chart) for chart in coverage.charts],
        "scenarios": [
            {
                "chart": clean(run.ran.chart),
                "scenario": clean(run.ran.scenario),
                "cases": run.cases,
                "ended": clean(run.ended),
            }
            for run in coverage.scenarios
        ],
        "remarks": [
            {"what": clean(remark.what), "reason": clean(remark.reason)} for remark in coverage.remarks
        ],
        **values,
    }


def _cleaned(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {clean(str(name)): _cleaned(below) for name, below in data.items()}
    if isinstance(data, list):
        return [_cleaned(below) for below in data]
    return clean(data) if isinstance(data, str) else data


def _totals(of: Coverage | ChartCoverage | FileCoverage) -> dict[str, Any]:
    return {
        "branches": _share(of.branch_share),
        "lines": _share(of.line_share),
        "defines": _share(of.define_share),
        "excused": of.excused,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"covered": share.hit, "total": share.of, "percent": share.percent}


def _chart(chart: ChartCoverage) -> dict[str, Any]:
    return {
        "name": clean(chart.name),
        "path": clean(chart.path),
        "kind": chart.kind,
        "whole": chart.whole,
        "totals": _totals(chart),
        "files": [_file(file) for file in chart.files],
    }


def _file(file: FileCoverage) -> dict[str, Any]:
    return {
        "path": clean(file.path),
        "users": [clean(user) for user in file.users],
        "unmeasured": clean(file.unmeasured),
        "totals": _totals(file),
        "branches": [_branch(branch) for branch in file.branches],
        "defines": [_define(define) for define in file.defines],
        "lines": {str(line): total(hits) for line, hits in sorted(file.lines.items())},
    }


def _branch(branch: BranchCoverage) -> dict[str, Any]:
    return {
        "line": branch.line,
        "column": branch.column,
        "decision": branch.decision,
        "kind": branch.kind,
        "text": clean(branch.text),
        "hits": total(branch.hits),
        "scenarios": _scenarios(branch.hits),
        "missed": missed.reason(branch) if branch.missed else None,
        "excuse": clean(branch.excuse) if branch.excuse and not branch.covered else None,
    }


def _define(define: DefineCoverage) -> dict[str, Any]:
    replaced = define.replaced
    return {
        "name": clean(define.name),
        "line": define.line,
        "end_line": define.end_line,
        "hits": total(define.hits),
        "scenarios": _scenarios(define.hits),
        "replaced_by": {"file": clean(replaced.file), "line": replaced.line} if replaced else None,
        "perhaps_called_from_values": define.unseen and not define.hits,
        "excuse": clean(define.excuse) if define.excuse and not define.hits else None,
    }


def _scenarios(hits: Hits) -> list[str]:
    return [clean(str(ran)) for ran in sorted(hits)]
