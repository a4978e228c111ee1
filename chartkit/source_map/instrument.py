"""Rewrites the templates of a chart, so that a render of them tells where each piece of it comes from.

The work is done once for a chart and serves all its cases. A file that cannot be rewritten stays as it
is, with twins that call its originals, so that the rest of the chart need not know.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.helm import freeze
from chartkit.model.case import Chart
from chartkit.model.chart_file import BOM, canonical, decoded
from chartkit.source_map import alphabet, names
from chartkit.source_map.bodies import Style, Unsupported
from chartkit.source_map.tables import Block, Site, Tables
from chartkit.source_map.twins import Twins, without_twins
from chartkit.syntax.gotemplate import literals, nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax

_DEFINE: Final = re.compile(r'\{\{-?\s*(?:define|block)\s+("(?:[^"\\\n]|\\.)*"|`[^`]*`)')


@dataclass(slots=True)
class _File:
    """A template: its *source*, its *tree* or why there is none, and where its numbers begin."""

    name: str
    source: str
    names: tuple[str, ...]
    style: Style
    tree: nodes.Tree | None
    sites: tuple[int, int] = (0, 0)
    blocks: tuple[int, int] = (0, 0)


class Instrumented:
    """The templates among *files* of a chart, rewritten in *style*.

    *sites* and *blocks* are what the numbers in outputs mean, *sources* the texts that they point into.
    *unreadable* says which files are left as they are, and why;
    *known* are the templates that have twins.
    """

    def __init__(self, files: Mapping[str, bytes], style: Style) -> None:
        self.style = style
        self.names = names.reported(files)
        self.file_of = {
            reported: name for name in reversed(list(self.names)) for reported in self.names[name]
        }
        self.unreadable: dict[str, str] = {}
        self._tables = Tables()
        self._trees: dict[str, nodes.Tree] = {}  # by source: many subcharts bring the same library
        self._files = [
            self._read(name, files[name]) for name in sorted(self.names) if canonical(name).in_templates
        ]
        self.known = self._templates()
        self._texts = {file.name: self._first_text(file) for file in self._files}
        self.sources = {file.name: file.source for file in self._files}
        crds = (name for name in self.names if not canonical(name).in_templates)
        self.sources.update((name, _decoded(files[name])[0]) for name in crds)

    @property
    def sites(self) -> list[Site]:
        return self._tables.sites

    @property
    def blocks(self) -> list[Block]:
        return self._tables.blocks

    def files(self, off: Collection[int] = (), plain: Collection[str] = ()) -> dict[str, bytes]:
        """The rewritten templates; calls that are *off* do not mark, files in *plain* are as they were."""
        texts = dict(self._texts)
        for file in self._files:
            if file.name in plain:
                texts[file.name] = self._plain(file)
            elif file.tree is not None and any(file.sites[0] <= call < file.sites[1] for call in off):
                texts[file.name] = self._again(file, off)
        return {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}

    def _read(self, name: str, content: bytes) -> _File:
        source, strict = _decoded(content)
        style = self.style if strict else dataclasses.replace(self.style, frozen=False)
        file = _File(name, source, self.names[name], style, None)
        try:
            if source not in self._trees:
                self._trees[source] = nodes.parse(source)
            file.tree = self._trees[source]
        except TemplateSyntax as error:
            self._leave(file, error)
        return file

    def _templates(self) -> frozenset[str]:
        found = {name for each in self.names.values() for name in each}
        for file in self._files:
            found.update(literals.string(match[1]) or "" for match in _DEFINE.finditer(file.source))
        return frozenset(found - {""})

    def _first_text(self, file: _File) -> str:
        """The file rewritten; its sites and blocks get their numbers."""
        tables = self._tables
        sites, blocks = len(tables.sites), len(tables.blocks)
        text = ""
        if file.tree is not None:
            try:
                text = self._twins(file, tables, ()).text(file.tree, file.names)
            except Unsupported as error:
                self._leave(file, error)
                del tables.sites[sites:], tables.blocks[blocks:]
        file.sites, file.blocks = (sites, len(tables.sites)), (blocks, len(tables.blocks))
        return text if file.tree is not None else self._plain(file)

    def _again(self, file: _File, off: Collection[int]) -> str:
        tables = Tables()
        tables.sites, tables.blocks = self.sites[: file.sites[0]], self.blocks[: file.blocks[0]]
        assert file.tree is not None
        return self._twins(file, tables, off).text(file.tree, file.names)

    def _twins(self, file: _File, tables: Tables, off: Collection[int]) -> Twins:
        return Twins(file.name, file.source, file.style, tables, known=self.known, off=off)

    def _leave(self, file: _File, error: Exception) -> None:
        file.tree = None
        self.unreadable[file.name] = str(error)

    def _plain(self, file: _File) -> str:
        text = freeze.freeze_template(file.source) if file.style.frozen else file.source
        try:
            return without_twins(text, file.names, _defines(file), self.style.alphabet.twin)
        except Unsupported:
            return text


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text of a file, and whether it is UTF-8; other bytes become surrogates, as many as they are."""
    content = content.removeprefix(BOM)
    try:
        return content.decode(), True
    except UnicodeDecodeError:
        return decoded(content), False


def _defines(file: _File) -> Iterator[tuple[str, bool]]:
    """The names that a file defines, as they are written, and whether what they name is empty."""
    if file.tree is None:
        yield from ((match[1], False) for match in _DEFINE.finditer(file.source))
        return
    for define in file.tree.named():
        yield define.name.text, nodes.is_empty(file.source, define.body)


_recent: collections.deque[tuple[Chart, Style, Instrumented]] = collections.deque(maxlen=4)


def instrumented(chart: Chart, style: Style) -> Instrumented:
    """The templates of *chart* rewritten in *style*; its cases share them."""
    for known, how, made in _recent:
        if known is chart and how == style:
            return made
    _recent.append((chart, style, Instrumented(chart.files, style)))
    return _recent[-1][2]


def shared(chart: Chart) -> Instrumented:
    """The templates of *chart* rewritten, for what does not depend on a case, as their blocks."""
    letters = alphabet.choose(chart.files.values()) or alphabet.DEFAULT
    return instrumented(chart, Style(letters, frozen=True, counts=True))
