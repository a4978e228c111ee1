"""Template text in values and files: what it includes is marked and counted, too.

Such text sees no variables of the template that runs it. What an instrumented template must be given is put
into the ``Template`` of its dot for as long as it runs, and is looked for there. What is written into the
text holds no quotation marks, backslashes or line ends, so that it may stand in YAML of any style.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from chartkit.helm import freeze
from chartkit.helm.freeze import Edit
from chartkit.model.chart_file import canonical
from chartkit.source_map.marker_safe import prints_include
from chartkit.source_map.markers import Markers, Site, encode
from chartkit.source_map.rewrite_pipelines import apply
from chartkit.syntax.gotemplate.lexer import LineIndex, Segment, TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Command, pipeline_of

_NOT_IN_FILES: Final = ("charts/", "templates/", "crds/", "ci/", "Chart.", "README", "values.schema.json")
_CALL: Final = re.compile(r"\{\{[^{}]*\binclude\b")


MOST: Final = 2_000
"""The most actions in one text that are looked at: each takes time, and there is no other end."""


def includes_templates(files: Mapping[str, bytes], values: str) -> bool:
    """Whether template text in *values*, or in *files* other than templates, seems to include something."""
    texts = (content.decode(errors="replace") for name, content in files.items() if _may_call(name, content))
    return any(_CALL.search(text) for text in (*texts, values))


class TemplateTexts:
    """Rewrites template text that includes one of the templates *known*.

    *sites* are the calls in files, numbered from *first* on.
    """

    def __init__(self, markers: Markers, known: Collection[str], first: int) -> None:
        self.markers = markers
        self.known = known
        self.first = first
        self.sites: list[Site] = []

    def files(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Those of *files* that are to be rewritten."""
        found: dict[str, bytes] = {}
        for name, content in files.items():
            if _may_call(name, content):
                try:
                    source = content.decode()
                except UnicodeDecodeError:
                    continue
                found[name] = self._text(source, name).encode()
        return found

    def values(self, value: Any) -> Any:
        """*value*, plain data, with the texts in it rewritten."""
        if isinstance(value, str):
            return self._text(value, "") if "{{" in value and "include" in value else value
        if isinstance(value, Mapping):
            return {key: self.values(item) for key, item in value.items()}
        return [self.values(item) for item in value] if isinstance(value, list) else value

    def _text(self, source: str, file: str) -> str:
        if source.count("{{") > MOST:
            return source
        lines = LineIndex(source)
        edits: list[Edit] = []
        for segment in freeze.actions(source):
            edits += self._edits(segment, source, file, lines)
        return apply(source, 0, len(source), edits) if edits else source

    def _edits(self, segment: Segment, source: str, file: str, lines: LineIndex) -> Iterator[Edit]:
        try:
            pipeline = pipeline_of(segment)
        except TemplateSyntax:
            return
        if pipeline is None or segment.keyword in {"template", "block"}:
            return
        printed = not segment.keyword and not pipeline.variables and prints_include(pipeline)
        wrapped = False
        for command in pipeline.all_commands():
            name = _name(command)
            if name not in self.known:
                continue
            follows = printed and command is pipeline.commands[0]
            wrapped |= follows
            marker = self._marker(file, command.start, lines, name) if follows else "``"
            token = command.operands[1]
            escaped = source[token.start - 1] == "\\"
            yield token.start - escaped, token.end, f"`{name}{self.markers.suffix}`"
            argument = command.operands[2].start
            yield argument, argument, f"(dict `r` (default dict {self._kept('R')}) `m` {marker} `d` "
            yield command.end, command.end, ")"
        if wrapped:
            back = self._kept("E")
            yield pipeline.start, pipeline.start, "print ("
            yield pipeline.end, pipeline.end, f") (and {back} (print {back} `{self.markers.closing}`))"

    def _marker(self, file: str, start: int, lines: LineIndex, name: str) -> str:
        """What is handed to the callee; a call in a values file is among those that lead to it."""
        marker = self._kept("M")
        if not file:
            return marker
        self.sites.append(Site("call", file, start, *lines.at(start), name))
        number = self.first + len(self.sites) - 1
        return f"(and {marker} (print {marker} `{encode(number)}`))"

    def _kept(self, name: str) -> str:
        """What `PipelineWriter` keeps in the dot for template text."""
        return f"(get (default dict (get $ `Template`)) `{self.markers.prefix}{name}`)"


def _may_call(name: str, content: bytes) -> bool:
    return b"include" in content and b"{{" in content and not canonical(name).inner.startswith(_NOT_IN_FILES)


def _name(command: Command) -> str:
    """Whom a command includes, where it says so and hands on a dot; in escaped text a blank may follow."""
    if command.function != "include" or len(command.operands) < 3:
        return ""
    token = command.operands[1]
    return token.text[1:-1].strip() if token.kind in {"string", "raw"} and not token.fields else ""
