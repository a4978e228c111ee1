"""The report as a person reads it: each finding with its line, and what was not looked at.

Nothing that comes from a chart reaches the terminal before `visible` has seen it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, Snippet
from chartkit.model.report import Report
from chartkit.reports import _words
from chartkit.reports._groups import (
    Group,
    charts,
    entries,
    head,
    is_missing,
    objects,
    other_ways,
    others,
    paths,
    worst_first,
)
from chartkit.system.terminal import cells, cut, paint, visible, wrap

_LABEL: Final = 8
_DETAILS: Final = 30
_SCENARIOS: Final = 3
_EXAMPLES: Final = 4
_NARROWEST: Final = 40
_STEPS: Final = 3
_ALSO: Final = 2
_BREAK: Final = "\n"


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:
    """The whole text; only the name of a file may be wider than *width* columns (taken as at least 40).

    *verbose* adds suppressed findings, names all scenarios, lists everything that was not judged,
    and cuts no difference short.
    """
    page = _TextReport(max(width, _NARROWEST), color, verbose, _words.covered_versions(report.cases))
    found = worst_first(entries(report, suppressed=verbose, alike=verbose))
    blocks = [[*page.group(each)] for each in found]
    if report.not_judged:
        blocks.append([*page.not_judged(report.not_judged)])
    blocks.append([*page.summary(report)])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def block(group: Group, covered: _words.Covered, *, width: int = 100, verbose: bool = True) -> str:
    """The findings of *group* without colour, for other formats; *covered* is what the run covered."""
    return "\n".join(_TextReport(width, False, verbose, covered).group(group))


def unjudged(found: Sequence[NotJudged], covered: _words.Covered, *, width: int = 100) -> str:
    """All that was not judged, by reason."""
    return "\n".join(_TextReport(width, False, True, covered).not_judged(found))


class _TextReport:
    """What every part of one text has in common: how wide, whether coloured, and what the run covered."""

    def __init__(self, width: int, color: bool, verbose: bool, covered: _words.Covered) -> None:
        self._width, self._color, self._verbose, self._covered = width, color, verbose, covered

    def group(self, group: Group) -> Iterator[str]:
        finding = head(group)
        summary, *details = finding.message.split("\n")
        yield from self._head(finding)
        yield from self._wrapped(summary, "  ")
        if snippet := finding.display.snippet:
            pointed = snippet.rendered or finding.place.column is not None
            gutter = _gutter(snippet)
            yield from self._snippet(snippet, gutter, pointed=pointed)
            yield from self._included_lines(group, " " * len(gutter))
        yield from self._details(details, coloured=finding.rule.startswith("golden-"))
        for label, text in self._facts(group):
            yield from self._wrapped(text, "  ", label=label)

    def _head(self, finding: Finding) -> Iterator[str]:
        """Place, severity and rule; the place on a line of its own, unbroken, where one does not hold all."""
        place, label, rule = finding.place, finding.severity.label, visible(finding.rule)
        where = ":".join(str(part) for part in (visible(place.file), place.line, place.column) if part)
        named = f"{paint(label, label, self._color)} {paint(rule, 'cyan', self._color)}"
        if cells(f"{where} {label} {rule}") <= self._width:
            yield f"{paint(where, 'bold', self._color)} {named}"
        else:
            yield paint(where, "bold", self._color)
            yield f"  {named}"

    def _snippet(self, snippet: Snippet, gutter: str, *, pointed: bool) -> Iterator[str]:
        """The line and, where the column is known, a caret below it; of a long line the part around that."""
        text, caret = _window(snippet.text, snippet.column, self._width - len(gutter) - 5)
        bar = paint("|", "blue", self._color)
        blank = " " * len(gutter)
        yield f"  {blank} {bar}"
        yield f"  {paint(gutter, 'blue', self._color)} {bar} {text}".rstrip()
        if pointed:
            yield f"  {blank} {bar} {' ' * caret}{paint('^', 'error', self._color)}"

    def _included_lines(self, group: Group, blank: str) -> Iterator[str]:
        """How the line came to be rendered: what passed it on, what included it, and what came out."""
        finding = group[0]
        steps = _words.other_places(finding)
        most = len(steps) if self._verbose or len(steps) <= _STEPS + 1 else _STEPS
        rows = [(f"{word} {_words.where(place)}", line) for word, place, line in steps[:most]]
        if most < len(steps):
            rows.append((f"… {_words.number(len(steps) - most, 'more line')}, shown with --verbose", ""))
        if (rendered := finding.display.rendered) and _words.shows_rendered_line(finding):
            rows.append((f"rendered in line {rendered.line}" + _first_of(group), rendered.text))
        if ways := other_ways(group):
            rows.append((f"… {_words.number(ways, 'object')} by other lines, shown with --verbose", ""))
        bar = paint("|", "blue", self._color)
        room = self._width - len(blank) - 5
        for heading, line in rows:
            for part in wrap(visible(heading), room):
                yield f"  {blank} {bar} {paint(part, 'dim', self._color)}"
            if line:
                yield f"  {blank} {bar}   {cut(visible(line.strip()), room - 2)}"

    def _details(self, details: Sequence[str], *, coloured: bool) -> Iterator[str]:
        """The lines of a message after its first: of a golden file's drift, the difference."""
        from chartkit.golden.diff.text import style_of

        most = len(details) if self._verbose or len(details) <= _DETAILS + 1 else _DETAILS
        for line in details[:most]:
            indent = len(line) - len(line.lstrip(" "))
            style = style_of(line) if coloured else ""
            yield from self._wrapped(line[indent:], "  " + " " * min(indent, 20), style=style, hang=2)
        if most < len(details):
            more = _words.number(len(details) - most, "more line")
            yield from self._wrapped(f"… {more}, shown with --verbose", "  ", style="dim")

    def _facts(self, group: Group) -> Iterator[tuple[str, str]]:
        finding = head(group)
        yield from self._also(group)
        yield from self._object(finding) if len(group) == 1 else self._objects(group)
        named = [] if is_missing(group) else charts(group)
        facts = {
            "charts": _words.listed(named, most=0 if self._verbose else _ALSO) if len(named) > 1 else "",
            "line": _words.location_note(finding),
            "value": finding.display.value,
            "from": "" if finding.display.snippet else ", ".join(map(_words.where, finding.places[1:])),
            "cases": self._cases(finding.cases, finding.chart),
            "reason": finding.suppressed and f"suppressed: {finding.suppressed}",
            "hint": finding.hint,
            "explain": finding.fingerprint if self._verbose else "",
        }
        yield from ((label, text) for label, text in facts.items() if text)

    def _object(self, finding: Finding) -> Iterator[tuple[str, str]]:
        where = [_words.resource(finding.resource)] if finding.resource else []
        shown = finding.display.in_render and (
            _words.shows_rendered_line(finding) or not finding.display.rendered
        )
        if finding.rendered_line and not shown:
            where.append(f"line {finding.rendered_line}{' of the render' if finding.resource else ''}")
        if where:
            yield "object" if finding.resource else "render", ", ".join(where)
        if finding.path:
            yield "path", _words.path(finding.path)

    def _also(self, group: Group) -> Iterator[tuple[str, str]]:
        """What other rules say of the same text, and the other keys of a doubled block."""
        found = others(group)
        most = len(found) if self._verbose or len(found) <= _ALSO + 1 else _ALSO
        yield from (("also", f"{each.rule}: {each.message.partition(_BREAK)[0]}") for each in found[:most])
        if most < len(found):
            yield "also", f"… {len(found) - most:,} more, shown with --verbose"

    def _objects(self, group: Group) -> Iterator[tuple[str, str]]:
        """The objects that share a finding: some of them, or where verbose all with what is theirs alone."""
        if self._verbose:
            yield from (("object", own) for own in dict.fromkeys(map(self._own, group)) if own)
            return
        named = [*map(_words.resource, objects(group))]
        if len(named) > 1:
            yield "objects", f"{len(named):,}: {_words.listed(named, most=_EXAMPLES)}"
        elif named:
            yield "object", named[0]
        if found := paths(group):
            yield "path", _words.listed([*map(_words.path, found)], most=1)

    def _own(self, finding: Finding) -> str:
        parts = [
            _words.resource(finding.resource) if finding.resource else "",
            f"line {finding.rendered_line} of the render" if finding.rendered_line else "",
            _words.path(finding.path),
            self._cases(finding.cases, finding.chart),
        ]
        return ", ".join(filter(None, parts))

    def _cases(self, refs: Iterable[CaseRef], chart: str) -> str:
        most = 0 if self._verbose else _SCENARIOS
        return _words.cases(refs, chart, self._covered, most=most)

    def not_judged(self, found: Sequence[NotJudged]) -> Iterator[str]:
        """What was not looked at, by reason; in full where verbose."""
        reasons: defaultdict[str, list[NotJudged]] = defaultdict(list)
        for each in sorted(found, key=_words.unjudged_order):
            reasons[each.reason].append(each)
        yield paint("not judged", "bold", self._color)
        for reason, group in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
            yield from self._wrapped(reason, "  ", label=f"{len(group):,}")
            for line in self._listed(group) if self._verbose else [_examples(group)]:
                yield from self._wrapped(line, " " * (_LABEL + 2), style="dim", hang=2)

    def _listed(self, group: Iterable[NotJudged]) -> Iterator[str]:
        for each in group:
            parts = [
                each.what,
                _words.resource(each.resource) if each.resource else "",
                f"chart {each.chart}",
            ]
            yield ", ".join(filter(None, [*parts, self._cases(each.cases, each.chart)]))

    def summary(self, report: Report) -> Iterator[str]:
        """What was found, and in what; one line when that is nothing."""
        extent = _words.run_summary(report)
        aside = _words.totals_suffix(report)
        totals = _words.totals(report)
        if not totals:
            verdict = _words.verdict(report)
            style = "green" if verdict == "clean" else "yellow"
            between = "; looked at " if ":" in verdict else ": "
            yield from self._wrapped(verdict + between + extent + aside, "", style=style)
            yield from self._taken(report)
            return
        files = len({each.place.file for each in report.active_findings})
        worst = report.worst.label if report.worst else "note"
        line = f"{totals} in {_words.number(files, 'file')}{aside}"
        yield from self._wrapped(line, "", style=worst)
        yield from self._wrapped(f"looked at {extent}", "")
        yield from self._taken(report)
        if any(each.place.line for each in report.active_findings):
            yield from self._wrapped(
                "`chartkit explain FILE:LINE` tells all about a finding", "", style="dim"
            )

    def _taken(self, report: Report) -> Iterator[str]:
        """Where dependencies come from; all of them where verbose."""
        for line in _words.dependency_sources(report.taken, most=0 if self._verbose else _ALSO):
            yield from self._wrapped(line, "")

    def _wrapped(
        self, text: str, indent: str, *, style: str = "", label: str = "", hang: int = 0
    ) -> Iterator[str]:
        """*text* in lines that fit, after *indent* and the column of labels if there is a *label*."""
        start = (f"{label:>{_LABEL - 2}}" if label[:1].isdigit() else label).ljust(_LABEL if label else 0)
        first, *rest = wrap(visible(text), self._width - len(indent) - len(start) - hang)
        yield indent + paint(start, "dim", self._color) + self._styled(first, style)
        for line in rest:
            yield " " * (len(indent) + len(start) + hang) + self._styled(line, style)

    def _styled(self, text: str, style: str) -> str:
        return paint(text, style, self._color) if style else text


def _gutter(snippet: Snippet) -> str:
    return f"rendered:{snippet.line}" if snippet.rendered else f"{snippet.line:>4}"


def _first_of(group: Group) -> str:
    """Whose line is shown, where there are several."""
    return f", of {group[0].resource}" if len(group) > 1 else ""


def _window(line: str, column: int, room: int) -> tuple[str, int]:
    """What of *line* to show in *room* columns, and how far in the caret stands."""
    before, after = visible(line[: column - 1]), visible(line[column - 1 :])
    most = room * 2 // 3
    if cells(before + (after or " ")) > room and cells(before) > most:  # a caret stands behind the last one
        before = cut(before[::-1], most)[::-1]
    return cut(before + after, room), cells(before)


def _examples(group: Iterable[NotJudged]) -> str:
    counted = Counter(each.what for each in group)
    named = [f"{what} ({count:,})" if count > 1 else what for what, count in counted.items()]
    return _words.listed(named, most=_EXAMPLES)
