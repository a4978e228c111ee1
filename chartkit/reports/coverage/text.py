"""Coverage as a person reads it: for each template what is taken, and what is not, with the line.

Nothing that comes from a chart reaches the terminal before `visible` has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.coverage import missed
from chartkit.model.coverage import ChartCoverage, Coverage, FileCoverage, Share
from chartkit.reports import _words
from chartkit.system.terminal import cells, cut, paint, visible, wrap

_NARROWEST: Final = 48
_SHARE: Final = 9
_PERCENT: Final = 7
_LINE: Final = 6
_REMARKS: Final = 8
_SUBJECT: Final = 24


def render(
    coverage: Coverage,
    *,
    width: int = 80,
    color: bool = False,
    verbose: bool = False,
    fail_under: float | None = None,
) -> str:
    """The whole text, *width* columns wide (at least 48).

    *verbose* lists templates of which nothing is missed, all that is never reached, and all remarks.
    *fail_under* is the share that each chart must reach.
    """
    page = _CoverageText(max(width, _NARROWEST), color, verbose)
    parts = [[*page.chart(chart)] for chart in coverage.charts]
    parts[:1] = [[page.heading(), *lines] for lines in parts[:1]]
    if coverage.remarks:
        parts.append([*page.remarks(coverage)])
    parts.append([*page.summary(coverage, fail_under)])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def below(
    coverage: Coverage, *, width: int = 80, color: bool = False, fail_under: float | None = None
) -> str:
    """Only which charts are below *fail_under*, or that nothing was measured; empty where neither is."""
    page = _CoverageText(max(width, _NARROWEST), color, verbose=False)
    if not coverage.charts:
        lines = page.summary(coverage, fail_under)
    else:
        lines = page.verdict(() if fail_under is None else coverage.below(fail_under), fail_under or 0)
    return "".join(f"{line}\n" for line in lines)


class _CoverageText:
    """What every part of one text shares."""

    def __init__(self, width: int, color: bool, verbose: bool) -> None:
        self._width, self._color, self._verbose = width, color, verbose
        self._first = width - _SHARE - 2 * _PERCENT

    def chart(self, chart: ChartCoverage) -> Iterator[str]:
        """The chart's own figures, then those of each template of which something is missed."""
        yield self._row(chart.path, chart.branch_share, chart.line_share, style="bold")
        if chart.kind != "application" or not chart.whole:
            yield from self._wrapped(_remark(chart), "  ", "dim")
        clean = 0
        for file in chart.files:
            if self._verbose or _is_missing(file):
                yield from self._file(file, chart)
            else:
                clean += 1
        if clean:
            yield paint(f"  {_words.number(clean, 'template')} with nothing missed", "dim", self._color)

    def heading(self) -> str:
        head = f"{'':{self._first}}{'branches':>{_SHARE + _PERCENT}}{'lines':>{_PERCENT}}"
        return paint(head, "dim", self._color)

    def _row(self, name: str, branches: Share, lines: Share, *, style: str = "", indent: int = 0) -> str:
        """A name and its figures; a name that is too long has a line of its own."""
        counted = f"{branches.hit}/{branches.of}" if branches.of else ""
        figures = f"{counted:>{_SHARE}}{_percent(branches):>{_PERCENT}}"
        figures = paint(figures, _style(branches), self._color)
        figures += paint(f"{_percent(lines):>{_PERCENT}}", _style(lines), self._color)
        shown = " " * indent + visible(name)
        start = paint(shown, style, self._color) if style else shown
        if cells(shown) >= self._first:
            return f"{start}\n{' ' * self._first}{figures}"
        return f"{start}{' ' * (self._first - cells(shown))}{figures}"

    def _file(self, file: FileCoverage, chart: ChartCoverage) -> Iterator[str]:
        name = file.path.removeprefix(f"{chart.path}/").removeprefix("templates/")
        yield self._row(name, file.branch_share, file.line_share, indent=2)
        for (line, subject), why in missed.in_file(file, hidden=self._verbose).items():
            yield from self._missed(line, subject, ", ".join(why))
        inner = " " * (_LINE + 2)
        behind = sum(branch.missed and branch.hidden for branch in file.branches)
        if behind and not self._verbose:
            yield paint(f"{inner}{behind:,} more in what is never run", "dim", self._color)
        if lines := [line for line, hits in file.lines.items() if not hits]:
            word = "line" if len(lines) == 1 else "lines"
            ranges = missed.line_ranges(lines, file.lines)
            yield from self._wrapped(f"{word} {ranges} never run", inner, "dim")
        if file.excused:
            yield paint(f"{inner}{file.excused:,} excused", "dim", self._color)
        if file.unmeasured:
            yield from self._wrapped(f"not measured: {file.unmeasured}", inner, "yellow")

    def _missed(self, line: int, subject: str, why: str) -> Iterator[str]:
        """One line, or two where one is too narrow."""
        room = self._width - _LINE - 4 - cells(why)
        if room >= min(_SUBJECT, cells(visible(subject))):
            yield f"{line:>{_LINE}}  {cut(visible(subject), room)}  {paint(why, 'red', self._color)}"
            return
        yield f"{line:>{_LINE}}  {cut(visible(subject), self._width - _LINE - 2)}"
        yield from self._wrapped(why, " " * (_LINE + 4), "red")

    def remarks(self, coverage: Coverage) -> Iterator[str]:
        yield paint("not in the figures", "bold", self._color)
        most = len(coverage.remarks) if self._verbose else _REMARKS
        for remark in coverage.remarks[:most]:
            yield from self._wrapped(f"{remark.what}: {remark.reason}", "  ")
        if len(coverage.remarks) > most:
            yield paint(f"  +{len(coverage.remarks) - most} more, shown with --verbose", "dim", self._color)

    def summary(self, coverage: Coverage, fail_under: float | None) -> Iterator[str]:
        branches, lines, defines = coverage.branch_share, coverage.line_share, coverage.define_share
        if not coverage.charts:
            yield paint("nothing was measured: no chart has a scenario", "yellow", self._color)
            return
        counts = [
            f"{_percent(branches)} of {branches.of:,} branches",
            f"{_percent(lines)} of {lines.of:,} lines",
            f"{_percent(defines)} of {_words.number(defines.of, 'named template')}",
        ]
        aside = (
            f"; {_words.number(coverage.excused, 'branch', 'branches')} excused" if coverage.excused else ""
        )
        yield from self._wrapped(_words.listed(counts) + aside, "", _style(branches))
        yield from self._wrapped(f"looked at {_extent(coverage)}", "")
        if fail_under is not None:
            yield from self.verdict(coverage.below(fail_under), fail_under)

    def verdict(self, below: Sequence[ChartCoverage], fail_under: float) -> Iterator[str]:
        for chart in below:
            share = chart.branch_share
            text = f"{chart.path}: {_percent(share)} of its branches, expected at least {fail_under:g}%"
            yield from self._wrapped(text, "", "error")

    def _wrapped(self, text: str, indent: str, style: str = "") -> Iterator[str]:
        for line in wrap(visible(text), self._width - len(indent)):
            yield indent + (paint(line, style, self._color) if style else line)


def _is_missing(file: FileCoverage) -> bool:
    return (
        any(branch.missed for branch in file.branches)
        or any(not define.hits and not define.excuse for define in file.defines)
        or not all(file.lines.values())
        or bool(file.unmeasured)
    )


def _percent(share: Share) -> str:
    return f"{share.percent:g}%" if share.of else "-"


def _style(share: Share) -> str:
    if share.percent == 100:
        return "green"
    return "yellow" if share.percent >= 75 else "red"


def _remark(chart: ChartCoverage) -> str:
    users = sorted({user for file in chart.files for user in file.users})
    kind = "" if chart.kind == "application" else f"{chart.kind} chart, "
    used = f"used by {_words.listed(users, most=4)}"
    return f"{kind}{used}" + ("" if chart.whole else "; only a part of what runs it was run")


def _extent(coverage: Coverage) -> str:
    cases = sum(run.cases for run in coverage.scenarios)
    ended = sum(bool(run.ended) for run in coverage.scenarios)
    aside = f" ({ended:,} end early, counted as far as they go)" if ended else ""
    charts = _words.number(len(coverage.charts), "chart")
    scenarios = _words.number(len(coverage.scenarios), "scenario")
    return f"{charts}, {scenarios}{aside}, {_words.number(cases, 'case')}"
