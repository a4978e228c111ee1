"""Reads what an instrumented template printed: the text without markers, its origins, and the counts.

What came through ``include … | fromYaml | toYaml`` lost its markers on the way: its origins are found again
by the paths of its keys, in the text that was read as YAML.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yaml.nodes import MappingNode, Node, SequenceNode

from chartkit.model.errors import FileError
from chartkit.model.place import Path
from chartkit.source_map.markers import Markers, Site, decode
from chartkit.source_map.traced_text import Frame, Origin, Precision, SourceLines, TracedText
from chartkit.syntax.gotemplate.lexer import LineIndex
from chartkit.syntax.yaml import kube_yaml


@dataclass(slots=True)
class Output:
    """What one template rendered to: its *text*, and how often each block was run (*counts*).

    *sites* are the numbers in the markers that begin the spans of *text*.
    """

    text: TracedText
    sites: list[tuple[int, ...]] = field(default_factory=list)
    counts: Mapping[int, int] = field(default_factory=dict)


class OutputReader:
    """Reads the outputs of one render of an instrumented chart; *sites* are what markers name.

    Calls in *unmarked* do not mark what they print.
    """

    def __init__(
        self, markers: Markers, sites: Sequence[Site], sources: SourceLines, unmarked: Collection[int] = ()
    ) -> None:
        self._sites = sites
        self._markers = markers
        self._pattern = markers.pattern
        self._sources = sources
        self._unmarked_calls = unmarked
        self._known: dict[str, tuple[tuple[int, ...], Origin]] = {}

    def read(self, raw: str) -> Output:
        """The output *raw* taken apart. ValueError where its markers are not those that were written."""
        body, left, record = raw.rpartition(self._markers.left)
        if not left:
            return self._unmarked(raw)[0]
        output, serials = self._unmarked(body)
        recorded = json.loads(record.rpartition(self._markers.right)[0])
        output.counts = {int(key): int(count) for key, count in recorded.items() if key[0] != "t" and count}
        kept = {int(key[1:]): texts for key, texts in recorded.items() if key[0] == "t"}
        if kept and serials:
            self._realign(output, serials, kept)
        return output

    def _unmarked(self, raw: str) -> tuple[Output, dict[int, int]]:
        """The text without markers, and which spans carry a serial number."""
        parts: list[str] = []
        offsets: list[int] = []
        sites: list[tuple[int, ...]] = []
        origins: list[Origin | None] = []
        serials: dict[int, int] = {}
        position = length = 0
        for match in self._pattern.finditer(raw):
            parts.append(raw[position : match.start()])
            length += match.start() - position
            position = match.end()
            if match[2]:
                serials[len(offsets)] = int(match[2])
            numbers, origin = self._known.get(match[1]) or self._meaning(match[1])
            offsets.append(length)
            sites.append(numbers)
            origins.append(origin)
        text = "".join([*parts, raw[position:]])
        return Output(TracedText(text, offsets, origins, self._sources), sites), serials

    def _meaning(self, marker: str) -> tuple[tuple[int, ...], Origin]:
        sites = self._sites
        try:
            numbers = decode(marker)
            *calls, site = (sites[number] for number in numbers)
        except IndexError as error:
            raise ValueError("a marker that no instrumented template has") from error
        precision = Precision.TEXT
        if site.kind == "action":
            lost = site.blind or any(call in self._unmarked_calls for call in site.calls)
            precision = Precision.COARSE if lost else Precision.ACTION
        includes = tuple(Frame(call.file, call.line, call.column, call.text) for call in reversed(calls))
        origin = Origin(site.file, site.line, site.column, precision, includes, site.text)
        self._known[marker] = numbers, origin
        return self._known[marker]

    def _realign(self, output: Output, serials: Mapping[int, int], kept: Mapping[int, list[str]]) -> None:
        """Give the spans that were read as YAML and written anew the origins of what was read."""
        text = output.text
        added: dict[int, list[tuple[int, Origin]]] = collections.defaultdict(list)
        for index, serial in serials.items():
            texts = kept.get(output.sites[index][-1], [])
            if not 0 < serial <= len(texts):
                continue
            source, _ = self._unmarked(texts[serial - 1])
            start = text.offsets[index]
            end = text.offsets[index + 1] if index + 1 < len(text.offsets) else len(text.text)
            added[index] += _aligned(text.text[start:end], source.text, start)
        offsets: list[int] = []
        origins: list[Origin | None] = []
        sites: list[tuple[int, ...]] = []
        for index, offset in enumerate(text.offsets):
            here: list[tuple[int, Origin | None]] = [(offset, text.origins[index]), *added.get(index, ())]
            for at, origin in here:
                offsets.append(at)
                origins.append(origin)
                sites.append(output.sites[index])
        output.text = TracedText(text.text, offsets, origins, self._sources)
        output.sites = sites


MOST: Final = 50_000
"""The most nodes that are looked at: aliases may make a document endless."""

_Nodes = dict[tuple[Path, bool], Node]
"""The nodes of a document by path, and whether it is the key that is meant."""


def _aligned(written: str, source: TracedText, start: int) -> list[tuple[int, Origin]]:
    """Offsets of the nodes of *written*, counted from *start*, and their origins in *source*; in order."""
    try:
        new, old = (_nodes_of(text) for text in (written, source.text))
    except FileError:
        return []
    lines = LineIndex(written)
    found: dict[int, Origin] = {}
    for key, node in new.items():
        place = old.get(key)
        origin = source.at(place.start_mark.index) if place is not None and key[0] else None
        if origin is None:
            continue
        precision = Precision.COARSE if origin.precision is Precision.COARSE else Precision.YAML
        origin = dataclasses.replace(origin, precision=precision)
        at = node.start_mark.index
        found[at] = origin
        before = written[lines.starts[lines.at(at)[0] - 1] : at]
        if "-" in before and not before.strip(" -"):  # the dash of an item is where its first key is
            found.setdefault(at - len(before.lstrip(" ")), origin)
    return [(start + at, found[at]) for at in sorted(found)]


def _nodes_of(text: str) -> _Nodes:
    root = kube_yaml.compose(text)
    nodes = dict(itertools.islice(_nodes(root), MOST)) if root is not None else {}
    return nodes if len(nodes) < MOST else {}


def _nodes(root: Node) -> Iterator[tuple[tuple[Path, bool], Node]]:
    """Every node by its path; of keys that stand twice the last, which counts."""
    waiting: list[tuple[Path, Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        yield (path, False), node
        if isinstance(node, MappingNode):
            pairs = {kube_yaml.key_text(key): (key, value) for key, value in node.value}
            for step, (key, value) in pairs.items():
                if step is not None:
                    yield ((*path, step), True), key
                    waiting.append(((*path, step), value))
        elif isinstance(node, SequenceNode):
            waiting += [((*path, index), item) for index, item in enumerate(node.value)]
