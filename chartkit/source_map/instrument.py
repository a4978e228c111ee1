"""Instruments the templates of a chart, so that a render of them tells where each piece of it comes from.

For every template there is an instrumented one, which marks what it prints and counts what it runs. It is
called with a table: the record of counts ``r``, the marker ``m`` that leads to it (empty: it must not mark),
and the dot ``d`` of its original. The originals stay, for callers that cannot be seen: template text in
values, and what is put together while rendering.

The work is done once for a chart and serves all its cases. A file that cannot be rewritten stays as it is,
with instrumented templates that call its originals, so that the rest of the chart need not know.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm import freeze
from chartkit.helm.subcharts import reported_names
from chartkit.model import chart_file
from chartkit.model.case import Chart
from chartkit.source_map.count_operands import OperandCounter
from chartkit.source_map.marker_safe import marked_variables, passing_on
from chartkit.source_map.markers import DEFAULT, Block, Markers, Places, Site, choose_markers
from chartkit.source_map.rewrite_pipelines import PipelineContext, PipelineWriter, apply
from chartkit.source_map.rewrite_templates import BodyWriter, Style, Unsupported
from chartkit.syntax.gotemplate import lexer, nodes
from chartkit.syntax.gotemplate.lexer import LineIndex, TemplateSyntax

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
    *known* are the templates that are instrumented.
    """

    def __init__(self, files: Mapping[str, bytes], style: Style) -> None:
        self.style = style
        self.names = reported_names(files)
        self.file_of = {
            reported: name for name in reversed(list(self.names)) for reported in self.names[name]
        }
        self.unreadable: dict[str, str] = {}
        self._places = Places()
        self._trees: dict[str, nodes.Tree] = {}  # by source: many subcharts bring the same library
        templates = sorted(name for name in self.names if chart_file.canonical(name).in_templates)
        self._files = [self._read(name, files[name]) for name in templates]
        self.known = self._templates()
        self._texts = {file.name: self._first_text(file) for file in self._files}
        self.sources = {file.name: file.source for file in self._files}
        crds = self.names.keys() - self.sources.keys()
        self.sources |= {name: chart_file.text(files[name]) for name in crds}

    @property
    def sites(self) -> list[Site]:
        return self._places.sites

    @property
    def blocks(self) -> list[Block]:
        return self._places.blocks

    def files(self, unmarked: Collection[int] = (), plain: Collection[str] = ()) -> dict[str, bytes]:
        """The rewritten templates; *unmarked* calls do not mark, files in *plain* are as they were."""
        texts = dict(self._texts)
        for file in self._files:
            if file.name in plain:
                texts[file.name] = self._plain(file)
            elif file.tree is not None and any(file.sites[0] <= call < file.sites[1] for call in unmarked):
                texts[file.name] = self._again(file, unmarked)
        return {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}

    def _read(self, name: str, content: bytes) -> _File:
        source = chart_file.text(content)
        style = self.style if _is_utf8(source) else dataclasses.replace(self.style, frozen=False)
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
            found.update(lexer.string_value(match[1]) or "" for match in _DEFINE.finditer(file.source))
        return frozenset(found - {""})

    def _first_text(self, file: _File) -> str:
        """The file rewritten; its sites and blocks get their numbers."""
        places = self._places
        sites, blocks = len(places.sites), len(places.blocks)
        text = ""
        if file.tree is not None:
            try:
                text = self._writer(file, places, ()).text(file.tree, file.names)
            except Unsupported as error:
                self._leave(file, error)
                del places.sites[sites:], places.blocks[blocks:]
        file.sites, file.blocks = (sites, len(places.sites)), (blocks, len(places.blocks))
        return text if file.tree is not None else self._plain(file)

    def _again(self, file: _File, unmarked: Collection[int]) -> str:
        places = Places()
        places.sites, places.blocks = self.sites[: file.sites[0]], self.blocks[: file.blocks[0]]
        assert file.tree is not None
        return self._writer(file, places, unmarked).text(file.tree, file.names)

    def _writer(self, file: _File, places: Places, unmarked: Collection[int]) -> _FileWriter:
        return _FileWriter(file, places, self.known, unmarked)

    def _leave(self, file: _File, error: Exception) -> None:
        file.tree = None
        self.unreadable[file.name] = str(error)

    def _plain(self, file: _File) -> str:
        text = freeze.freeze_template(file.source) if file.style.frozen else file.source
        try:
            return _forwarding(text, file.names, _defines(file), self.style.markers.suffix)
        except Unsupported:
            return text


def _is_utf8(source: str) -> bool:
    try:
        source.encode()
    except UnicodeEncodeError:
        return False
    return True


def _defines(file: _File) -> Iterator[tuple[str, bool]]:
    """The names that a file defines, as they are written, and whether what they name is empty."""
    if file.tree is None:
        yield from ((match[1], False) for match in _DEFINE.finditer(file.source))
        return
    for define in file.tree.named():
        yield define.name.text, nodes.is_empty(file.source, define.body)


_recent: collections.deque[tuple[Chart, Style, Instrumented]] = collections.deque(maxlen=4)


def instrument(chart: Chart, style: Style) -> Instrumented:
    """The templates of *chart* rewritten in *style*; its cases share them."""
    for known, how, made in _recent:
        if known is chart and how == style:
            return made
    _recent.append((chart, style, Instrumented(chart.files, style)))
    return _recent[-1][2]


def instrument_chart(chart: Chart) -> Instrumented:
    """The templates of *chart* rewritten, for what does not depend on a case, as their blocks."""
    chosen = choose_markers(chart.files.values()) or DEFAULT
    return instrument(chart, Style(chosen, frozen=True, counts=True))


class _FileWriter:
    """Instruments one file; its sites and blocks go into *places*.

    *known* are the templates of the chart that are instrumented, *unmarked* the calls that must not mark what
    they print.
    """

    def __init__(
        self, file: _File, places: Places, known: Collection[str], unmarked: Collection[int]
    ) -> None:
        self.file = file.name
        self.source = source = file.source
        self.style = style = file.style
        self.places = places
        self.lines = LineIndex(source)
        self.frozen: list[freeze.Edit] = []
        self.pipelines = PipelineWriter(source, style.markers, known, unmarked, self._add, texts=style.texts)
        self.bodies = BodyWriter(file.name, source, style, places, self.pipelines)
        self.pipelines.counter = OperandCounter(
            source, style.markers, self.bodies.add_block, counting=style.counts
        )

    def text(self, tree: nodes.Tree, names: Sequence[str]) -> str:
        """The file rewritten, which Helm may call by any of *names*."""
        own = _quoted(names[0])
        actions = (segment for segment in tree.segments if segment.kind == "action")
        self.frozen = [edit for each in actions for edit in freeze.edits(each)] if self.style.frozen else []
        parts = [_head(self.style.markers, names), self._file(own, tree.body)]
        inner = self._taken_blocks()
        parts += map(self._original, inner)  # blocks of the file's own body, which is not kept
        for define in tree.defines:
            parts += [self._define(define), self._original(define)]
        inner += self._taken_blocks()
        while inner:
            parts.append(self._define(inner.pop(0)))
            inner += self._taken_blocks()
        instrumented = self.pipelines.instrumented_name
        for other in names[1:]:
            call = f"{{{{template {instrumented(own)} .}}}}"
            parts.append(f"{{{{define {instrumented(_quoted(other))}}}}}{call}{{{{end}}}}")
        return "".join([*parts, *self.pipelines.added.values()])

    def _add(self, kind: str, start: int, text: str = "") -> tuple[int, Site]:
        site = Site(kind, self.file, start, *self.lines.at(start), text)
        self.places.sites.append(site)
        return len(self.places.sites) - 1, site

    def _taken_blocks(self) -> list[nodes.Define]:
        taken, self.bodies.blocks = self.bodies.blocks, []
        return taken

    def _file(self, name: str, body: Sequence[nodes.Node]) -> str:
        block = self.bodies.add_block("file", 0, 0, len(self.source), "")
        return self._instrumented(name, body, block)

    def _define(self, define: nodes.Define) -> str:
        assert define.closing
        name = define.name.text
        at, start, end = define.opening.start, define.opening.end, define.closing.start
        block = self.bodies.add_block("define", at, start, end, define.called or name)
        if nodes.is_empty(self.source, define.body):  # such a one must not replace another of its name
            return f"{{{{define {self.pipelines.instrumented_name(name)}}}}}{{{{end}}}}"
        return self._instrumented(name, define.body, block)

    def _original(self, define: nodes.Define) -> str:
        assert define.closing
        first, last = define.opening, define.closing
        before = " -" if first.trims_right else ""
        after = "- " if last.trims_left else ""
        body = apply(self.source, first.end, last.start, self.frozen)
        return f"{{{{define {define.name.text}{before}}}}}{body}{{{{{after}end}}}}"

    def _instrumented(self, name: str, body: Sequence[nodes.Node], block: int) -> str:
        record, marker, dot, kept = map(self.style.markers.variable, "RMDV")
        self.bodies.passing_on = passing_on(self.source, body)
        written = self.bodies.write(body, PipelineContext(dot, marked_variables(body)), block)
        return (
            f"{{{{define {self.pipelines.instrumented_name(name)}}}}}"
            f"{{{{{record} := .r}}}}{{{{{marker} := .m}}}}{{{{{dot} := .d}}}}"
            f"{f'{{{{{kept} := dict}}}}' if kept in written else ''}"
            f"{self.bodies.count(block)}{written}{{{{end}}}}"
        )


def _forwarding(source: str, names: Sequence[str], defines: Iterator[tuple[str, bool]], suffix: str) -> str:
    """A file as it is; its instrumented templates only call *names* and *defines* (whether empty)."""
    parts = [source]
    for name, empty in [*((_quoted(name), False) for name in names), *defines]:
        body = "" if empty else f"{{{{template {name} .d}}}}"
        parts.append(f"{{{{define {name[:-1]}{suffix}{name[-1]}}}}}{body}{{{{end}}}}")
    return "".join(parts)


def _quoted(name: str) -> str:
    """*name* as a string of Go."""
    if not _is_utf8(name):
        raise Unsupported("its name is not UTF-8")
    return json.dumps(name, ensure_ascii=False)


def _head(markers: Markers, names: Sequence[str]) -> str:
    """What is run where the file is rendered by itself, and only then marks and prints the record.

    Where it is included by its path, by who knows no markers, it must print what it always did.
    """
    record, marker = map(markers.variable, "RM")
    mine = " ".join(map(_quoted, names))
    instrumented = f'{_quoted(names[0])[:-1]}{markers.suffix}"'
    return (
        f'{{{{{record} := dict "0" 0}}}}{{{{{marker} := ""}}}}'
        '{{if kindIs "map" $}}{{with $.Template}}{{if kindIs "map" .}}'
        f"{{{{if has .Name (list {mine})}}}}"
        f'{{{{{marker} = "{markers.opening}"}}}}{{{{end}}}}{{{{end}}}}{{{{end}}}}{{{{end}}}}'
        f'{{{{template {instrumented} (dict "r" {record} "m" {marker} "d" $)}}}}'
        f"{{{{if {marker}}}}}{markers.left}{{{{toJson {record}}}}}{markers.right}{{{{end}}}}"
    )
