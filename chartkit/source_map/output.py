"""Reads what a rewritten template rendered to: the text without its marks, what they say, and the counts."""

from __future__ import annotations

import collections
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from chartkit.source_map import alphabet as marks
from chartkit.source_map import realign
from chartkit.source_map.alphabet import Alphabet
from chartkit.source_map.origin import Call, Origin, Precision
from chartkit.source_map.stretches import Sources, Stretches
from chartkit.source_map.tables import Site


@dataclass(slots=True)
class Output:
    """What one template rendered to.

    *sites* are the numbers in the marks of the stretches of *text*; *counts* how often each block was run.
    """

    text: Stretches
    sites: list[tuple[int, ...]] = field(default_factory=list)
    counts: Mapping[int, int] = field(default_factory=dict)


class Reader:
    """Reads the outputs of one render of a chart that was rewritten; *sites* are what marks name.

    Calls that are *off* were not marked.
    """

    def __init__(
        self, alphabet: Alphabet, sites: Sequence[Site], sources: Sources, off: Collection[int] = ()
    ) -> None:
        self._sites = sites
        self._alphabet = alphabet
        self._mark = self._alphabet.mark
        self._sources = sources
        self._off = off
        self._known: dict[str, tuple[tuple[int, ...], Origin]] = {}

    def read(self, raw: str) -> Output:
        """The output *raw* taken apart. ValueError where its marks are not those that were written."""
        body, left, record = raw.rpartition(self._alphabet.left)
        if not left:
            return self._unmarked(raw)[0]
        output, serials = self._unmarked(body)
        recorded = json.loads(record.rpartition(self._alphabet.right)[0])
        output.counts = {int(key): int(count) for key, count in recorded.items() if key[0] != "t" and count}
        kept = {int(key[1:]): texts for key, texts in recorded.items() if key[0] == "t"}
        if kept and serials:
            self._realign(output, serials, kept)
        return output

    def _unmarked(self, raw: str) -> tuple[Output, dict[int, int]]:
        """The text without marks, and which stretches carry a serial number."""
        parts: list[str] = []
        offsets: list[int] = []
        sites: list[tuple[int, ...]] = []
        origins: list[Origin | None] = []
        serials: dict[int, int] = {}
        position = length = 0
        for match in self._mark.finditer(raw):
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
        return Output(Stretches(text, offsets, origins, self._sources), sites), serials

    def _meaning(self, mark: str) -> tuple[tuple[int, ...], Origin]:
        sites = self._sites
        try:
            numbers = marks.read(mark)
            *calls, site = (sites[number] for number in numbers)
        except IndexError as error:
            raise ValueError("a mark that nobody wrote") from error
        precision = Precision.TEXT
        if site.kind == "action":
            lost = site.blind or any(call in self._off for call in site.calls)
            precision = Precision.COARSE if lost else Precision.ACTION
        includes = tuple(Call(call.file, call.line, call.column, call.text) for call in reversed(calls))
        origin = Origin(site.file, site.line, site.column, precision, includes, site.text)
        self._known[mark] = numbers, origin
        return self._known[mark]

    def _realign(self, output: Output, serials: Mapping[int, int], kept: Mapping[int, list[str]]) -> None:
        """Give the stretches that were read as YAML and written anew the origins of what was read."""
        text = output.text
        added: dict[int, list[tuple[int, Origin]]] = collections.defaultdict(list)
        for index, serial in serials.items():
            texts = kept.get(output.sites[index][-1], [])
            if not 0 < serial <= len(texts):
                continue
            source, _ = self._unmarked(texts[serial - 1])
            start = text.offsets[index]
            end = text.offsets[index + 1] if index + 1 < len(text.offsets) else len(text.text)
            added[index] += realign.aligned(text.text[start:end], source.text, start)
        offsets: list[int] = []
        origins: list[Origin | None] = []
        sites: list[tuple[int, ...]] = []
        for index, offset in enumerate(text.offsets):
            here: list[tuple[int, Origin | None]] = [(offset, text.origins[index]), *added.get(index, ())]
            for at, origin in here:
                offsets.append(at)
                origins.append(origin)
                sites.append(output.sites[index])
        output.text = Stretches(text.text, offsets, origins, self._sources)
        output.sites = sites
