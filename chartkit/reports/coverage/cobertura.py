"""Coverage as Cobertura's XML, which GitLab, Azure and Jenkins read."""

from __future__ import annotations

import html
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

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
from chartkit.reports.coverage import _common

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
)


def render(
    coverage: Coverage,
    *,
    width: int = 80,  # noqa: ARG001
    color: bool = False,  # noqa: ARG001
    verbose: bool = False,  # noqa: ARG001
    fail_under: float | None = None,  # noqa: ARG001
) -> str:
    """A chart is a package, a template a class, a named template a method."""
    return _HEAD + "".join(f"{line}\n" for line in _coverage(coverage))


def _coverage(coverage: Coverage) -> Iterator[str]:
    lines, branches = coverage.line_share, coverage.branch_share
    counts = {
        "lines-valid": lines.of,
        "lines-covered": lines.hit,
        "line-rate": _rate(lines),
        "branches-valid": branches.of,
        "branches-covered": branches.hit,
        "branch-rate": _rate(branches),
        "complexity": 0,
        "version": "chartkit",
        "timestamp": _milliseconds(),
    }
    yield _tag("coverage", counts)
    yield "<sources><source>.</source></sources>"
    yield "<packages>"
    for chart in coverage.charts:
        yield from _chart(chart)
    yield "</packages>"
    yield "</coverage>"


def _milliseconds() -> int:
    """Now; services refuse what is old. https://reproducible-builds.org/specs/source-date-epoch/"""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) * 1000 if given.isdecimal() else int(time.time() * 1000)


def _chart(chart: ChartCoverage) -> Iterator[str]:
    yield _tag("package", {"name": chart.path, **_rates(chart.line_share, chart.branch_share)})
    yield "<classes>"
    for file in chart.files:
        yield from _file(file, chart)
    yield "</classes>"
    yield "</package>"


def _file(file: FileCoverage, chart: ChartCoverage) -> Iterator[str]:
    name = file.path.removeprefix(f"{chart.path}/")
    rates = _rates(file.line_share, file.branch_share)
    yield _tag("class", {"name": name, "filename": file.path, **rates})
    decisions = _common.decisions(file)
    yield "<methods>"
    for define in file.defines:
        yield from _define(define, file, decisions)
    yield "</methods>"
    yield from _lines(file.lines, decisions)
    yield "</class>"


def _define(
    define: DefineCoverage, file: FileCoverage, decisions: Mapping[int, Sequence[Sequence[BranchCoverage]]]
) -> Iterator[str]:
    within = range(define.line, define.end_line + 1)
    lines = {line: hits for line, hits in file.lines.items() if line in within}
    inside = {line: ways for line, ways in decisions.items() if line in within}
    branches = [branch for ways in inside.values() for each in ways for branch in each]
    share = Share(sum(branch.covered for branch in branches), len(branches))
    rates = _rates(Share(sum(map(bool, lines.values())), len(lines)), share)
    yield _tag("method", {"name": define.name, "signature": "", **rates})
    yield from _lines(lines, inside)
    yield "</method>"


def _lines(
    lines: Mapping[int, Hits], decisions: Mapping[int, Sequence[Sequence[BranchCoverage]]]
) -> Iterator[str]:
    yield "<lines>"
    for line, hits in sorted(lines.items()):
        attributes = {"number": line, "hits": total(hits)}
        if line not in decisions:
            yield _tag("line", attributes, closed=True)
            continue
        shares = [Share(sum(way.covered for way in ways), len(ways)) for ways in decisions[line]]
        whole = sum(shares, Share())
        covered = f"{_percent(whole)} ({whole.hit}/{whole.of})"
        yield _tag("line", {**attributes, "branch": "true", "condition-coverage": covered})
        conditions = (
            _tag("condition", {"number": number, "type": "jump", "coverage": _percent(share)}, closed=True)
            for number, share in enumerate(shares)
        )
        yield f"<conditions>{''.join(conditions)}</conditions>"
        yield "</line>"
    yield "</lines>"


def _rates(lines: Share, branches: Share) -> Mapping[str, object]:
    return {"line-rate": _rate(lines), "branch-rate": _rate(branches), "complexity": 0}


def _rate(share: Share) -> str:
    """Rounded down, so that 1 means all."""
    return f"{share.hit * 10000 // share.of / 10000:g}" if share.of else "1"


def _percent(share: Share) -> str:
    return f"{share.hit * 100 // share.of if share.of else 100}%"


def _tag(name: str, attributes: Mapping[str, object], *, closed: bool = False) -> str:
    written = (f' {key}="{html.escape(_common.clean(str(value)))}"' for key, value in attributes.items())
    return f"<{name}{''.join(written)}{'/' if closed else ''}>"
