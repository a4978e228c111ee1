"""Coverage as pages: an index, and each template with what ran of it, line by line.

They need nothing from the network, and scripts only to show the lines of one scenario.
"""

from __future__ import annotations

import hashlib
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chartkit.coverage import missed
from chartkit.model.coverage import BranchCoverage, Coverage, FileCoverage, Hits, ScenarioRef, total
from chartkit.reports import _pages, _words
from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax
from chartkit.system.terminal import visible

_FOLDER: Final = pathlib.Path(__file__).parent / "pages"
_NAMED: Final = 30


def pages(coverage: Coverage, *, fail_under: float | None = None) -> Mapping[str, str]:
    """The texts of all pages by the names of their files; needs jinja2."""
    environment = _pages.environment(_FOLDER)
    names = {file.path: page_name(file.path) for file in coverage.files}
    shared = {"style": _pages.look() + (_FOLDER / "style.css").read_text(), "number": _words.number}
    made = {
        "index.html": environment.get_template("index.html").render(
            shared, coverage=coverage, names=names, below=_below(coverage, fail_under), limit=fail_under
        )
    }
    template = environment.get_template("file.html")
    for chart in coverage.charts:
        for file in chart.files:
            page = _FilePage(file)
            made[names[file.path]] = template.render(
                shared, chart=chart, file=file, rows=list(page.rows()), missed=page.missed(), page=page
            )
    return made


def page_name(path: str) -> str:
    """The name of the page of a template: readable, and of this template alone."""
    digest = hashlib.blake2b(path.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9.]+', '_', path)[-80:].strip('_.')}-{digest}.html"


def _below(coverage: Coverage, fail_under: float | None) -> frozenset[str]:
    return (
        frozenset() if fail_under is None else frozenset(chart.path for chart in coverage.below(fail_under))
    )


class _FilePage:
    """One template, line by line; *sets* are the scenarios of its lines, each set once."""

    def __init__(self, file: FileCoverage) -> None:
        self.file = file
        ran = {each for hits in file.lines.values() for each in hits}
        ran |= {each for branch in file.branches for each in branch.hits}
        self.scenarios: Sequence[ScenarioRef] = sorted(ran)
        self._places = {each: place for place, each in enumerate(self.scenarios)}
        self.sets: dict[tuple[int, ...], int] = {}

    def missed(self) -> Sequence[tuple[int, str, str]]:
        """What is not taken: line, decision, and what never happens."""
        reasons = missed.in_file(self.file).items()
        return [(line, visible(subject), ", ".join(why)) for (line, subject), why in reasons]

    def rows(self) -> Iterator[Mapping[str, object]]:
        branches: dict[int, list[BranchCoverage]] = {}
        for branch in self.file.branches:
            branches.setdefault(branch.line, []).append(branch)
        for number, pieces in enumerate(_highlighted_lines(self.file.source), start=1):
            hits = self.file.lines.get(number)
            here = branches.get(number, [])
            yield {
                "number": number,
                "pieces": pieces,
                "state": _state(hits, here),
                "hits": "" if hits is None else f"{total(hits):,}" if hits else "0",
                "who": _who(hits or {}),
                "set": self._set(hits or {}),
                "ways": [_way(branch) for branch in here],
            }

    def _set(self, hits: Hits) -> int:
        places = tuple(sorted(self._places[each] for each in hits))
        return self.sets.setdefault(places, len(self.sets))


def _state(hits: Hits | None, branches: Sequence[BranchCoverage]) -> str:
    if hits is None:
        return "blank"
    if not hits:
        return "miss"
    return "part" if any(branch.missed for branch in branches) else "hit"


def _way(branch: BranchCoverage) -> Mapping[str, str]:
    """A branch as it stands beside its line."""
    state = "hit" if branch.covered else "excused" if branch.excuse else "miss"
    if branch.covered:
        why = f"{_words.number(total(branch.hits), 'time')}: {_who(branch.hits)}"
    else:
        why = f"excused: {visible(branch.excuse)}" if branch.excuse else missed.reason(branch)
    label = missed.taken(branch)
    subject = visible(missed.subject(branch))
    return {"state": state, "label": label, "why": f"{subject}: {why}"}


def _who(hits: Hits) -> str:
    """The scenarios that ran it, the most of many."""
    named = [visible(str(ran)) for ran in sorted(hits)]
    return _words.listed(named, most=_NAMED) if named else ""


Piece = tuple[str, str]
"""What it is (``text``, ``action``, ``keyword`` or ``comment``), and the text."""


def _highlighted_lines(source: str) -> Iterator[Sequence[Piece]]:
    """The pieces of each line of *source*, so that actions and comments can be seen apart."""
    line: list[Piece] = []
    for kind, text in _pieces(source):
        first, *rest = text.split("\n")
        line.append((kind, visible(first.rstrip("\r"))))
        for part in rest:
            yield [piece for piece in line if piece[1]]
            line = [(kind, visible(part.rstrip("\r")))]
    if any(text for _, text in line):
        yield [piece for piece in line if piece[1]]


def _pieces(source: str) -> Iterator[Piece]:
    try:
        segments: Sequence[Segment] = lexer.lex(source)
    except TemplateSyntax:
        yield "text", source
        return
    for segment in segments:
        kind = "keyword" if segment.keyword else segment.kind
        yield kind, source[segment.start : segment.end]
