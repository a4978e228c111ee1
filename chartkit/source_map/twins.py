"""Writes, for every template in a file, a twin that marks what it prints and counts what it runs.

A twin is called with a table: the recorder ``r``, the mark ``m`` that leads to it (empty: it must not
mark), and the dot ``d`` of its original. The originals stay, for callers that cannot be seen: template
text in values, and what is put together while rendering.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from chartkit.helm import freeze
from chartkit.source_map import purity, value_texts
from chartkit.source_map.alphabet import Alphabet
from chartkit.source_map.bodies import Bodies, Style, Unsupported
from chartkit.source_map.expressions import Expressions, Scope, apply
from chartkit.source_map.operands import Operands
from chartkit.source_map.passage import flowing
from chartkit.source_map.tables import Lines, Site, Tables
from chartkit.syntax.gotemplate import nodes


class Twins:
    """The twins of one file; sites and blocks go into *tables*.

    *known* are the templates of the chart that have twins, *off* the calls that must not mark.
    """

    def __init__(
        self,
        file: str,
        source: str,
        style: Style,
        tables: Tables,
        *,
        known: Collection[str],
        off: Collection[int] = (),
    ) -> None:
        self.file = file
        self.source = source
        self.style = style
        self.tables = tables
        self.lines = Lines(source)
        self.frozen: list[freeze.Edit] = []
        self.expressions = Expressions(source, style.alphabet, known, off, self._add, texts=style.texts)
        self.bodies = Bodies(file, source, style, tables, self.expressions)
        self.expressions.operands = Operands(
            source, style.alphabet, self.bodies.add_block, counting=style.counts
        )

    def text(self, tree: nodes.Tree, names: Sequence[str]) -> str:
        """The file rewritten, which Helm may call by any of *names*."""
        own = quoted(names[0])
        actions = (segment for segment in tree.segments if segment.kind == "action")
        self.frozen = [edit for each in actions for edit in freeze.edits(each)] if self.style.frozen else []
        parts = [_head(self.style.alphabet, names), self._file(own, tree.body)]
        inner = self._taken_blocks()
        parts += map(self._original, inner)  # blocks of the file's own body, which is not kept
        for define in tree.defines:
            parts += [self._define(define), self._original(define)]
        inner += self._taken_blocks()
        while inner:
            parts.append(self._define(inner.pop(0)))
            inner += self._taken_blocks()
        twin = self.expressions.twin_of
        for other in names[1:]:
            parts.append(f"{{{{define {twin(quoted(other))}}}}}{{{{template {twin(own)} .}}}}{{{{end}}}}")
        helpers = {"trim": _trim, "tpl": value_texts.running}
        parts += (
            write(self.style.alphabet) for name, write in helpers.items() if name in self.expressions.helpers
        )
        return "".join(parts)

    def _add(self, kind: str, start: int, text: str = "") -> tuple[int, Site]:
        site = Site(kind, self.file, start, *self.lines.at(start), text)
        self.tables.sites.append(site)
        return len(self.tables.sites) - 1, site

    def _taken_blocks(self) -> list[nodes.Define]:
        taken, self.bodies.blocks = self.bodies.blocks, []
        return taken

    def _file(self, name: str, body: Sequence[nodes.Node]) -> str:
        block = self.bodies.add_block("file", 0, 0, len(self.source), "")
        return self._twin(name, body, block)

    def _define(self, define: nodes.Define) -> str:
        assert define.closing
        name = define.name.text
        at, start, end = define.opening.start, define.opening.end, define.closing.start
        block = self.bodies.add_block("define", at, start, end, define.called or name)
        if nodes.is_empty(self.source, define.body):  # such a one must not replace another of its name
            return f"{{{{define {self.expressions.twin_of(name)}}}}}{{{{end}}}}"
        return self._twin(name, define.body, block)

    def _original(self, define: nodes.Define) -> str:
        assert define.closing
        first, last = define.opening, define.closing
        before = " -" if first.trims_right else ""
        after = "- " if last.trims_left else ""
        body = apply(self.source, first.end, last.start, self.frozen)
        return f"{{{{define {define.name.text}{before}}}}}{body}{{{{{after}end}}}}"

    def _twin(self, name: str, body: Sequence[nodes.Node], block: int) -> str:
        record, mark, dot, kept = map(self.style.alphabet.variable, "RMDV")
        self.bodies.passed_on = purity.passed_on(self.source, body)
        written = self.bodies.write(body, Scope(dot, flowing(body)), block)
        return (
            f"{{{{define {self.expressions.twin_of(name)}}}}}"
            f"{{{{{record} := .r}}}}{{{{{mark} := .m}}}}{{{{{dot} := .d}}}}"
            f"{f'{{{{{kept} := dict}}}}' if kept in written else ''}"
            f"{self.bodies.count(block)}{written}{{{{end}}}}"
        )


def without_twins(source: str, names: Sequence[str], defines: Iterator[tuple[str, bool]], twin: str) -> str:
    """A file as it is, with twins that only pass on, of *names* and *defines* (whether they are empty)."""
    parts = [source]
    for name, empty in [*((quoted(name), False) for name in names), *defines]:
        body = "" if empty else f"{{{{template {name} .d}}}}"
        parts.append(f"{{{{define {name[:-1]}{twin}{name[-1]}}}}}{body}{{{{end}}}}")
    return "".join(parts)


def quoted(name: str) -> str:
    """*name* as a string of Go."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Unsupported("its name is not UTF-8") from error
    return json.dumps(name, ensure_ascii=False)


def _head(alphabet: Alphabet, names: Sequence[str]) -> str:
    """What is run where the file is rendered by itself, and only then marks and prints the record.

    Where it is included by its path, by whom no marks are known, it must print what it always did.
    """
    record, mark = map(alphabet.variable, "RM")
    mine = " ".join(map(quoted, names))
    twin = f'{quoted(names[0])[:-1]}{alphabet.twin}"'
    return (
        f'{{{{{record} := dict "0" 0}}}}{{{{{mark} := ""}}}}'
        '{{if kindIs "map" $}}{{with $.Template}}{{if kindIs "map" .}}'
        f"{{{{if has .Name (list {mine})}}}}"
        f'{{{{{mark} = "{alphabet.opening}"}}}}{{{{end}}}}{{{{end}}}}{{{{end}}}}{{{{end}}}}'
        f'{{{{template {twin} (dict "r" {record} "m" {mark} "d" $)}}}}'
        f"{{{{if {mark}}}}}{alphabet.left}{{{{toJson {record}}}}}{alphabet.right}{{{{end}}}}"
    )


def _trim(alphabet: Alphabet) -> str:
    """A template that trims its dot as ``trim`` does, and leaves the marks at both ends."""
    blank = "[\\\\s\\\\v\\\\x85\\\\p{Z}]"
    edge = f"(?:{blank}|{alphabet.any_mark})+"
    return (
        f'{{{{define "{alphabet.twin}trim"}}}}'
        f'{{{{$before := regexFind "^{edge}" .}}}}{{{{$rest := trimPrefix $before .}}}}'
        f'{{{{$after := regexFind "{edge}$" $rest}}}}'
        f'{{{{regexReplaceAll "{blank}+" $before ""}}}}{{{{trimSuffix $after $rest}}}}'
        f'{{{{regexReplaceAll "{blank}+" $after ""}}}}{{{{end}}}}'
    )
