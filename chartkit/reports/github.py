"""The report as workflow commands of GitHub Actions: annotations of the worst, and the whole as the log.

Nothing that comes from a chart can be a command: the runner looks for ``::`` at the beginning of a line,
and for ``##[`` anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.reports import _clean, _words, text
from chartkit.reports._groups import Group, charts, entries, head, objects, others

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
MOST: Final = 10
"""How many annotations of a command GitHub shows for one step."""
_LONGEST: Final = 4_000
_MOST_LINES: Final = 12
_ALSO: Final = 2
_WIDTH: Final = 120


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """Annotations first, worst first; what there is no room for is counted, and in the log."""
    covered = _words.covered_versions(report.cases)
    groups = entries(report)
    annotated = [group for severity in _COMMANDS for group in _first(groups, severity)]
    left = len(groups) - len(annotated)
    lines = [_annotation(group, covered, report.folders) for group in annotated]
    if left:
        more = f"{_words.number(left, 'more finding')}, in the log of this step and in its summary"
        lines.append(_command("notice", more, title="chartkit"))
    lines += _log(report, verbose=verbose)
    return "".join(f"{line}\n" for line in lines)


def _first(groups: list[Group], severity: Severity) -> list[Group]:
    """The groups of *severity* that GitHub shows; one notice is for the count of the others."""
    mine = [group for group in groups if head(group).severity is severity]
    return mine[: MOST - (severity is Severity.NOTE)]


def _annotation(group: Group, covered: _words.Covered, folders: Collection[str]) -> str:
    finding = head(group)
    named = [*map(_words.resource, objects(group))]
    found = charts(group)
    facts = {
        "also": "; ".join(f"{each.rule}: {each.message}" for each in others(group)[:_ALSO]),
        "charts": _words.listed(found, most=5) if len(found) > 1 else "",
        "objects" if len(named) > 1 else "object": _words.listed(named, most=5),
        "path": _words.path(finding.path) if len(group) == 1 else "",
        "line": _words.location_note(finding),
        "cases": _words.cases(finding.cases, finding.chart, covered, most=3),
        "hint": finding.hint,
    }
    lines = [f"{label}: {_clean.line(fact)}" for label, fact in facts.items() if fact]
    message = "\n".join([_shortened(_clean.lines(finding.message)), *lines])
    place = group[0].place
    where = {"file": _clean.file(place.file, folders), "line": place.line, "col": place.line and place.column}
    return _command(_COMMANDS[finding.severity], message, **where, title=finding.rule)


def _shortened(message: str) -> str:
    first, rest = message.split("\n")[:_MOST_LINES], message.split("\n")[_MOST_LINES:]
    message = "\n".join([*first, *[f"… {_words.number(len(rest), 'more line')}"] * bool(rest)])
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"


def _command(name: str, message: str, **properties: str | int | None) -> str:
    parameters = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name} {parameters}::{_data(_clean.lines(message))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(_clean.line(value)).replace(":", "%3A").replace(",", "%2C")


def _log(report: Report, *, verbose: bool) -> Iterator[str]:
    """The text report, folded where there is more to it than one line."""
    *lines, last = text.render(report, width=_WIDTH, verbose=verbose).splitlines()
    if lines:
        yield f"::group::the whole report: {_data(_words.totals(report) or 'no findings')}"
        yield from map(harmless, lines)
        yield "::endgroup::"
    yield harmless(last)


def harmless(line: str) -> str:
    """*line* of a log, in which the runner finds no command."""
    line = line.replace("##[", "## [")
    bare = line.lstrip()
    return f"{line[: len(line) - len(bare)]}: :{bare[2:]}" if bare.startswith("::") else line
