"""The report as one page for a reviewer, which needs nothing from the network.

What a person must know of a finding is plain markup and can be read without scripts. Sources, objects
and values go with it as data, each line once, and are put beside a finding when it is opened.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chartkit.coverage import missed
from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.reports import _groups, _pages, _words
from chartkit.reports._groups import Group, entries, head, severity_counts
from chartkit.reports.html import _data, _drifts, _rows, _rules, _scenarios
from chartkit.system.package import __version__
from chartkit.system.terminal import visible

_FOLDER: Final = pathlib.Path(__file__).parent / "pages"
_SCRIPTS: Final = ("data.js", "excerpts.js", "details.js", "list.js", "views.js", "keys.js")


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """The whole page; always the same for the same report. Needs jinja2."""
    environment = _pages.environment(_FOLDER)
    covered = _words.covered_versions(report.cases)
    groups = entries(report, suppressed=True)
    pairs = _paired(report, groups)
    findings = [finding for finding, _ in pairs]
    drifts = _drifts.drifts(findings, covered)
    rows = _rows.rows(groups, drifts, covered)
    found_of = severity_counts(_groups.groups(report))
    style, script = _pages.look() + _text("style.css"), _script()
    found: dict[str, object] = {
        "style": style,
        "script": script,
        "hashes": {"style": _pages.source_hash(style), "script": _pages.source_hash(script)},
        "data": _data.payload(pairs, [row.cases for row in rows]),
        "report": report,
        "total": sum(found_of.values()),
        "counts_of": [(each.label, found_of[each]) for each in sorted(Severity, reverse=True)],
        "extent": _words.run_summary(report),
        "taken": [*map(visible, _words.dependency_sources(report.taken))],
        "verdict": _words.verdict(report),
        "files": len({each.place.file for each in findings if each.is_active}),
        "rows": rows,
        "groups": _rows.by_file(rows),
        "drifts": drifts,
        "charts": _scenarios.charts(report),
        "coverage": report.coverage,
        "missed": missed.in_file,
        "unjudged": _rows.unjudged(report.not_judged, covered),
        "rules": _rules.pages(findings, report.rules),
        "number": _words.number,
        "version": __version__,
    }
    page: str = environment.get_template("report.html").render(found, parts=[*_parts(found)])
    return page


def _parts(found: Mapping[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    """The parts of the page that there are: their names in links, their titles, and how much is in them."""
    yield "findings", "Findings", found["total"]
    yield "scenarios", "Scenarios", sum(len(chart.cells) for chart in found["charts"])
    if found["drifts"]:
        yield "golden", "Golden files", len(found["drifts"])
    if found["coverage"]:
        yield "coverage", "Coverage", None
    if found["unjudged"]:
        yield "unjudged", "Not judged", len(found["report"].not_judged)
    if found["rules"]:
        yield "rules", "Rules", len(found["rules"])


def _paired(report: Report, groups: Iterable[Group]) -> list[_data.Pair]:
    """What stands for each of *groups*, with the evidence of its first finding where that was gathered."""
    return [(head(group), report.evidence.get(group[0].fingerprint)) for group in groups]


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _script() -> str:
    """The scripts as one, in a scope of its own."""
    return "(() => {\n'use strict';\n" + "\n".join(map(_text, _SCRIPTS)) + "\n})();\n"
