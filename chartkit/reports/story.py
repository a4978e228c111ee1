"""All that there is to say of one finding, for a terminal: what `chartkit explain` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chartkit.model.chart_file import is_packed
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.finding import Finding
from chartkit.model.place import Place
from chartkit.model.report import Report
from chartkit.reports import _words
from chartkit.reports.text import _window
from chartkit.rules._page import Page
from chartkit.system.terminal import cells, cut, paint, visible, wrap

_NARROWEST: Final = 40
_NEAR: Final = 4
"""Lines shown before and after the one to edit; of the others that led there, `_FAR`."""
_FAR: Final = 1
_AROUND: Final = 8
_OTHERS: Final = 4
_PLAIN: Final = re.compile(r"[\w./~-]+")
_REASON: Final = "why it is right here"
_NEVER_ACCEPTED: Final = ("suppression-unused", "suppression-without-reason", "suppression-unknown-rule")


def render(
    report: Report,
    finding: Finding,
    page: Page,
    *,
    width: int = 80,
    color: bool = False,
    verbose: bool = False,
) -> str:
    """The story of *finding*; *page* is that of its rule.

    *verbose* shows the rendered object whole, more of each template, and the examples of the page.
    """
    made = _Explanation(report, finding, max(width, _NARROWEST), color, verbose)
    return "\n\n".join("\n".join(part) for part in made.parts(page) if part) + "\n"


class _Explanation:
    """What every part of one story shares."""

    def __init__(self, report: Report, finding: Finding, width: int, color: bool, verbose: bool) -> None:
        self._report, self._finding = report, finding
        self._evidence = report.evidence.get(finding.fingerprint, Evidence())
        self._width, self._color, self._verbose = width, color, verbose

    def parts(self, page: Page) -> Iterator[list[str]]:
        yield [*self._head()]
        yield [*self._sources()]
        yield [*self._value()]
        yield [*self._rendered()]
        yield [*self._cases()]
        yield [*self._others()]
        yield [*self._unknown()]
        yield [*self._advice()]
        yield [*self._acceptance()]
        yield [*self._page(page)]

    def _head(self) -> Iterator[str]:
        finding, label = self._finding, self._finding.severity.label
        rule, name = visible(finding.rule), paint(finding.fingerprint, "dim", self._color)
        fits = cells(f"{label} {rule} {finding.fingerprint}") <= self._width
        yield f"{paint(label, label, self._color)} {paint(rule, 'cyan', self._color)}" + f" {name}" * fits
        if not fits:
            yield f"  {name}"
        for line in finding.message.split("\n"):
            indent = len(line) - len(line.lstrip(" "))
            yield from self._flowing([line[indent:]], " " * (2 + min(indent, 20)))
        if finding.suppressed:
            yield from self._flowing([f"accepted: {finding.suppressed}"], "  ", style="green")

    def _sources(self) -> Iterator[str]:
        """Each line that has part in it, the one to edit first."""
        finding = self._finding
        shown = {(each.file, each.line): each for each in self._evidence.sources}
        shown_before: set[tuple[str, int | None]] = set()
        for word, place in zip(_roles(finding), finding.places, strict=True):
            key = (place.file, place.line)
            inside = [each for each in shown if each[0].startswith(f"{place.file}/")]
            for each in [key] if place.line else inside or [key]:
                if each in shown_before:
                    continue
                shown_before.add(each)
                column = f":{place.column}" if place.column else ""
                yield from self._titled(word, f"{each[0]}:{each[1]}{column}" if each[1] else each[0])
                if each in shown:
                    most = _NEAR if each == (finding.place.file, finding.place.line) else _FAR
                    yield from self._excerpt(shown[each], len(shown[each].lines) if self._verbose else most)

    def _value(self) -> Iterator[str]:
        """The value that the line prints, where no line of a file sets it."""
        if self._finding.display.value:
            yield self._title("value")
            yield from self._flowing([self._finding.display.value], "  ")

    def _rendered(self) -> Iterator[str]:
        finding, evidence = self._finding, self._evidence
        if evidence.rendered is None:
            return
        what = [str(finding.resource)] if finding.resource else []
        what += [path] if (path := _words.path(finding.path)) else []
        case = evidence.case
        on = f" for {case.scenario} on {_words.version(case.kube_version)}" if case else ""
        yield from self._titled(f"rendered{on}", ", ".join(what))
        most = len(evidence.rendered.lines) if self._verbose else _AROUND
        yield from self._excerpt(evidence.rendered, most)

    def _cases(self) -> Iterator[str]:
        finding = self._finding
        if finding.cases:
            yield self._title("cases")
            named = _words.cases(finding.cases, finding.chart, _words.covered_versions(self._report.cases))
            yield from self._flowing([f"chart {finding.chart}: {named}" if finding.chart else named], "  ")

    def _others(self) -> Iterator[str]:
        """The findings that one mended line would take away, too."""
        own = (self._finding.rule, self._finding.place)
        others = [
            each for each in self._report.findings if (each.rule, each.place) == own and each.place.line
        ]
        others = [each for each in others if each != self._finding]
        if others:
            yield self._title("found at this line, too")
        most = len(others) if self._verbose or len(others) <= _OTHERS + 1 else _OTHERS
        for each in others[:most]:
            about = ", ".join(filter(None, [str(each.resource or ""), _words.path(each.path)]))
            yield from self._flowing([f"{each.fingerprint}  {about}"], "  ")
        if most < len(others):
            yield f"  … {len(others) - most:,} more, shown with --verbose"

    def _unknown(self) -> Iterator[str]:
        if self._evidence.unknown:
            yield self._title("not known")
            for each in self._evidence.unknown:
                yield from self._flowing([each], "  ")

    def _advice(self) -> Iterator[str]:
        if self._finding.hint:
            yield self._title("what to do")
            yield from self._flowing(self._finding.hint.split("\n"), "  ")

    def _acceptance(self) -> Iterator[str]:
        """The forms that accept the finding; what is to be pasted is never broken."""
        if self._finding.suppressed is not None or self._finding.rule in _NEVER_ACCEPTED:
            return
        yield self._title("to accept it")
        for title, lines in _forms(self._finding, self._evidence):
            yield from self._flowing([title], "  ", style="dim")
            yield from (f"    {visible(line)}" for line in lines)

    def _page(self, page: Page) -> Iterator[str]:
        yield self._title(f"rule {self._finding.rule}")
        yield from self._flowing([page.summary], "  ")
        for paragraph in page.why.strip().split("\n\n"):
            if paragraph.strip():
                yield ""
                yield from self._flowing([" ".join(paragraph.split())], "  ")
        yield ""
        if self._verbose:
            for section in page.sections:
                text = f"## {section.title}\n\n{section.text.strip()}\n"
                yield from (f"  {visible(line)}".rstrip() for line in text.split("\n"))
        else:
            yield from self._flowing([f"`chartkit rule {self._finding.rule}` shows examples"], "  ")

    def _excerpt(self, excerpt: Excerpt, most: int) -> Iterator[str]:
        """At most so many lines before and after the one that is meant, which has a mark."""
        meant = excerpt.line if excerpt.line is not None else excerpt.first
        gutter = len(str(excerpt.first + len(excerpt.lines)))
        bar = paint("|", "blue", self._color)
        room = self._width - gutter - 7
        for number, line in enumerate(excerpt.lines, excerpt.first):
            if abs(number - meant) > most:
                continue
            is_meant = number == excerpt.line
            text, caret = cut(visible(line), room), 0
            if is_meant:
                text, caret = _window(line, excerpt.column or 1, room)
            mark = paint(">", "error", self._color) if is_meant else " "
            yield f"  {mark} {paint(f'{number:>{gutter}}', 'blue', self._color)} {bar} {text}".rstrip()
            if is_meant and excerpt.column is not None:
                caret_line = f"{' ' * caret}{paint('^', 'error', self._color)}"
                yield f"    {' ' * gutter} {bar} {caret_line}"

    def _title(self, text: str) -> str:
        return paint(text, "bold", self._color)

    def _titled(self, word: str, text: str) -> Iterator[str]:
        """A heading with what it is about, on a second line where one cannot hold it."""
        text = visible(text)
        if cells(word) + cells(text) + 1 <= self._width:
            yield f"{self._title(word)} {text}".rstrip()
        else:
            yield self._title(word)
            yield from self._flowing([text], "  ")

    def _flowing(self, lines: Iterable[str], indent: str, *, style: str = "") -> Iterator[str]:
        for line in lines:
            for part in wrap(visible(line), self._width - len(indent)):
                yield indent + (paint(part, style, self._color) if style else part)


def _roles(finding: Finding) -> list[str]:
    """What each of the finding's places has to do with it."""
    first = "set at" if finding.display.passed_on else "at"
    return [first, *_words.place_roles(finding)]


def _where(place: Place) -> str:
    return ":".join(str(part) for part in (place.file, place.line, place.column) if part)


def _forms(finding: Finding, evidence: Evidence) -> Iterator[tuple[str, Sequence[str]]]:
    """Each way to accept *finding*: where it goes, and what to paste."""
    place = next((each for each in finding.places if each.line and _is_template(each.file)), None)
    if finding.place.line and finding.place.file.endswith(("/values.yaml", "/Chart.yaml")):
        comment = f"# chartkit:ignore {finding.rule} {_REASON}"
        yield f"at the end of line {finding.place.line} of {finding.place.file}:", [comment]
    elif place is not None:
        indent, end = _neighbours(place, evidence)
        comment = f"{indent}{{{{- /* chartkit:ignore {finding.rule} {_REASON} */{end}"
        yield f"above line {place.line} of {place.file}:", [comment]
    if finding.resource is not None:
        yield "as an annotation of the object:", [f"ignore.chartkit.dev/{finding.rule}: {_REASON}"]
    yield "in chartkit.yaml:", _entry(finding)


def _is_template(file: str) -> bool:
    return "/templates/" in f"/{file}" and not is_packed(file)


def _neighbours(place: Place, evidence: Evidence) -> tuple[str, str]:
    """How the line at *place* is indented, and how a comment above it must end to leave the render alone.

    A comment takes the line end before it away, and its own stands for it; where the action before has
    taken that away already, the comment must take its own, too.
    """
    for each in evidence.sources:
        if each.file == place.file and each.line is not None and each.line == place.line:
            number = each.line - each.first
            line = each.lines[number]
            before = next((one.rstrip() for one in reversed(each.lines[:number]) if one.strip()), "")
            return line[: len(line) - len(line.lstrip())], " -}}" if before.endswith("-}}") else "}}"
    return "", "}}"


def _entry(finding: Finding) -> list[str]:
    keys = {
        "rule": finding.rule,
        "chart": finding.chart,
        "resource": str(finding.resource or ""),
        "path": finding.path if finding.resource else "",
        "reason": _REASON,
    }
    lines = [f"{key}: {_scalar(text)}" for key, text in keys.items() if text]
    return ["ignore:", *(f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines))]


def _scalar(text: str) -> str:
    """*text* as a YAML scalar, in quotes where it would need them."""
    plain = _PLAIN.fullmatch(text) or text == _REASON
    return text if plain and not text[0].isdigit() else json.dumps(text)
