"""The report as Markdown, for a comment on a pull request and for the summary of a step of a workflow.

What comes from charts stands in code only, in which nothing is a link, a mention or a tag.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.reports import _clean, _words, text
from chartkit.reports._groups import Group, charts, entries, head, objects, suppressed_findings, worst_first

COMMENT: Final = 65_000
"""What fits into a comment on GitHub, which holds 65,536 characters."""
STEP: Final = 1_000_000
"""What fits into the summary of a step, which holds 1 MiB."""

_ICONS: Final = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "💡"}
_MOST_LINES: Final = 80
_LONGEST: Final = 200
_MOST_TAKEN: Final = 8
_SHARE: Final = 0.1
"""The share of the room for what was not judged, and for what is suppressed."""
_RESERVE: Final = 300
_PLAIN: Final = re.compile(r"[^\w ,.;:()+-]")
_TICKS: Final = re.compile("`+")

_Parts = list[tuple[Group, str]]


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """What fits into a comment."""
    return fitted(report, COMMENT)


def fitted(report: Report, most: int) -> str:
    """The report in at most *most* bytes of UTF-8: of the findings the worst, and how many more there are."""
    covered = _words.covered_versions(report.cases)
    opening, folds = [*_head(report)], [*_folds(report, covered, int(most * _SHARE))]
    groups = worst_first(entries(report))
    shown = _fitting(groups, covered, most - sum(map(_size, (*opening, *folds))) - _RESERVE)
    left = len(groups) - len(shown)
    more = [f"**{_words.number(left, 'more finding')}** for which there is no room here."] if left else []
    return "\n\n".join([*opening, *_files(shown), *more, *folds]) + "\n"


def _size(part: str) -> int:
    return len(part.encode()) + 2


def _head(report: Report) -> Iterator[str]:
    found = _words.totals(report)
    worst = report.worst
    if found and worst:
        files = len({each.place.file for each in report.active_findings})
        yield f"### {_ICONS[worst]} chartkit: {found} in {_words.number(files, 'file')}"
    else:
        verdict = _words.verdict(report)
        yield f"### {'✅' if verdict == 'clean' else '⚠️'} chartkit: {verdict}"
    fails = "This fails the check. " if report.failed else ""
    yield _plain(f"{fails}Looked at {_words.run_summary(report)}{_words.totals_suffix(report)}.")
    yield from map(span, _words.dependency_sources(report.taken, most=_MOST_TAKEN))


def _fitting(groups: Sequence[Group], covered: _words.Covered, room: int) -> _Parts:
    """As many of *groups* as there is *room* for, in their order, each as it is written."""
    shown, files = list[tuple[Group, str]](), set[str]()
    for group in groups:
        part, file = _finding(group, covered), group[0].place.file
        room -= _size(part) + (0 if file in files else _size(_heading(file)))
        if room < 0:
            break
        files.add(file)
        shown.append((group, part))
    return shown


def _files(shown: _Parts) -> Iterator[str]:
    """What is shown by file, those with the worst findings first."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for group, part in shown:
        files[group[0].place.file].append(part)
    for file, parts in files.items():
        yield _heading(file)
        yield from parts


def _heading(file: str) -> str:
    return f"#### {span(_clean.file(file, ()))}"


def _finding(group: Group, covered: _words.Covered) -> str:
    finding = head(group)
    several, named = len(objects(group)), len(charts(group))
    where = f"line {finding.place.line} " if finding.place.line else ""
    many = f" in {several} objects" if several > 1 else ""
    many += f" of {named} charts" if named > 1 else ""
    message = _tagged(_clean.brief(finding.message, _LONGEST))
    rule = html.escape(_clean.line(finding.rule), quote=False)
    title = f"{_ICONS[finding.severity]} {where}<b>{rule}</b>: {message}{many}"
    return _folded(
        title,
        text.block(group, covered).split("\n"),
    )


def _folds(report: Report, covered: _words.Covered, most: int) -> Iterator[str]:
    if report.not_judged:
        lines = text.unjudged(report.not_judged, covered).split("\n")[1:]
        yield _folded(f"{len(report.not_judged):,} not judged", lines, most)
    if suppressed := suppressed_findings(report):
        lines = [
            f"{_words.where(each.place)} {each.rule} ({each.resource or each.chart}): {each.suppressed}"
            for each in suppressed
        ]
        yield _folded(f"{len(suppressed):,} suppressed", [*map(_clean.line, lines)], most)


def _folded(title: str, lines: Sequence[str], most: int = 16_000) -> str:
    """A line that opens to *lines*, of which there may be too many, or too long ones."""
    shown = list[str]()
    for line in lines[:_MOST_LINES]:
        most -= _size(line)
        if most < 0:
            break
        shown.append(line)
    if more := len(lines) - len(shown):
        shown.append(f"… {_words.number(more, 'more line')}")
    return f"<details><summary>{title}</summary>\n\n{_block(shown)}\n\n</details>"


def _block(lines: Sequence[str]) -> str:
    """*lines* as code, in a fence that none of them closes."""
    inner = "\n".join(lines)
    fence = "`" * max(3, 1 + _longest_ticks(inner))
    return f"{fence}text\n{inner}\n{fence}"


def span(words: str) -> str:
    """*words* as code within a line."""
    inner = _clean.line(words) or " "
    ticks = "`" * (1 + _longest_ticks(inner))
    pad = " " if inner.startswith(("`", " ")) or inner.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{inner}{pad}{ticks}"


def _longest_ticks(words: str) -> int:
    return max(map(len, _TICKS.findall(words)), default=0)


def _tagged(words: str) -> str:
    """*words* as code within a line of HTML."""
    return f"<code>{html.escape(words, quote=False)}</code>"


def _plain(words: str) -> str:
    """Words of our own, with nothing in them that means something to Markdown."""
    return _PLAIN.sub("\ufffd", words)
