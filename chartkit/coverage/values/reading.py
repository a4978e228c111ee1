"""Which places of the values the templates of a chart may read, in any branch, and where."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.bodies import Body, Unit
from chartkit.coverage.values.flows import Heap
from chartkit.coverage.values.functions import Functions
from chartkit.coverage.values.references import ANY, At, Context, Read, ReadSite, Refs, Scopes, Steps, texts
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax

_ROUNDS: Final = 12
_DOTS: Final = 60
"""With how many different values a template is followed one by one."""
_MATCHES: Final = 60
"""How many templates a computed name may mean."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What templates may read, and the places in the values that they may write.

    *uncalled* is what named templates would read that nothing calls. *mixed* are sites that read something
    else, too. *settled* is false where the search
    was given up, or a template could not be read.
    """

    reads: frozenset[Read]
    writes: frozenset[Steps]
    uncalled: frozenset[Read]
    mixed: frozenset[ReadSite]
    settled: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """What may run: template files by canonical name, and texts that may be given to ``tpl``, by label.

    *declared* are the values of all charts together. *lacks_charts*: named templates may be missing that
    are somewhere else.
    """

    templates: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Any] = field(default_factory=dict)
    lacks_charts: bool = False


def read(sources: Sources, scopes: Scopes, imports: Iterable[tuple[Steps, Steps]] = ()) -> SourceReading:
    """Follow values through all templates; *imports* are pairs of places that Helm copies, to and from."""
    walker = _Walker(sources, scopes)
    for to, origin in imports:
        walker.heap.share([At(to)], frozenset({At(origin)}))
    settled = walker.run() and not walker.unread
    reads, writes = frozenset(walker.heap.reads), frozenset(walker.heap.writes())
    mixed = frozenset(walker.heap.mixed)
    walker.run_uncalled()
    return SourceReading(reads, writes, frozenset(walker.heap.reads) - reads, mixed, settled)


class _Walker:
    def __init__(self, sources: Sources, scopes: Scopes) -> None:
        self.heap = Heap(frozenset(scopes), sources.declared)
        self.functions = Functions(self.heap, self)
        self.scopes = scopes
        self.units: dict[str, list[Unit]] = collections.defaultdict(list)
        self.files: dict[str, Unit] = {}
        self.unread = False
        self.lacks_charts = sources.lacks_charts
        for file, source in sources.templates.items():
            self.add(file, source)
        self.texts = [unit for label, text in sources.texts.items() for unit in self.text_units(label, text)]
        self.queue: collections.deque[tuple[Unit, Refs]] = collections.deque()
        self.waiting: set[tuple[int, Refs]] = set()
        self.matched: dict[str, list[Unit]] = {}

    def add(self, file: str, source: str) -> None:
        try:
            tree = nodes.parse(source)
        except TemplateSyntax:
            self.unread = True
            return
        self.files[file] = Unit(file, tree.body)
        for define in tree.named():
            units = self.units[define.called]
            if all(unit.body != define.body for unit in units):  # charts bring the same library several times
                units.append(Unit(file, define.body))

    def run(self) -> bool:
        """Run all that Helm runs until nothing new comes of it; false where that does not end."""
        for _ in range(_ROUNDS):
            before = self.heap.version
            for scope, folder in self.scopes.items():
                for file, unit in self.files.items():
                    inner = file.removeprefix(f"{folder}/templates/")
                    if inner != file and not inner.rpartition("/")[2].startswith("_"):
                        self.enqueue(unit, frozenset({Context(scope)}))
            for unit in self.all_units():
                for dot in unit.dots:
                    self.enqueue(unit, dot, again=True)
            self.work()
            if self.heap.version == before:
                return True
        return False

    def run_uncalled(self) -> None:
        """Run once what nothing calls, as if Helm did."""
        for units in list(self.units.values()):
            for unit in units:
                if not unit.dots:
                    self.enqueue(unit, frozenset({Context(())}))
        self.work()

    def work(self) -> None:
        while self.queue:
            unit, dot = self.queue.popleft()
            self.waiting.discard((id(unit), dot))
            Body(self.functions, unit, dot).settle()

    def all_units(self) -> Iterator[Unit]:
        yield from self.files.values()
        for units in self.units.values():
            yield from units
        yield from self.texts

    def enqueue(self, unit: Unit, dot: Refs, *, again: bool = False) -> None:
        if not again:
            if dot in unit.dots or (len(unit.dots) >= _DOTS and dot <= unit.dots[-1]):
                return
            if len(unit.dots) >= _DOTS:
                dot |= unit.dots.pop()
            unit.dots.append(dot)
        if (id(unit), dot) not in self.waiting:
            self.waiting.add((id(unit), dot))
            self.queue.append((unit, dot))

    def call(self, templates: Refs, dot: Refs, site: ReadSite) -> None:
        for name in texts(templates):
            units = self.named(name)
            if len(units) > _MATCHES or (self.lacks_charts and not units):
                self.heap.sink(dot, site)
            else:
                for unit in units:
                    self.enqueue(unit, dot)

    def named(self, name: str) -> list[Unit]:
        """The templates that *name* may mean."""
        if ANY not in name:
            return [*self.units.get(name, ()), *self.file_units(re.escape(name))]
        if name not in self.matched:
            pattern = ".*".join(map(re.escape, name.split(ANY)))
            found = [
                unit for known, units in self.units.items() if re.fullmatch(pattern, known) for unit in units
            ]
            self.matched[name] = [*found, *self.file_units(pattern)]
        return self.matched[name]

    def file_units(self, pattern: str) -> list[Unit]:
        """Files by name; a file below an alias has another name in Helm than here."""
        if "/" not in pattern and ".*" not in pattern:
            return []
        return [unit for file, unit in self.files.items() if re.fullmatch(pattern, file)]

    def run_text(self, source: Refs, dot: Refs, site: ReadSite) -> None:
        for text in texts(source):
            if ANY not in text:
                for unit in self.constant(text):
                    self.enqueue(unit, dot)
            else:
                if "{{" in text:
                    self.heap.sink(dot, site)  # a template put together from parts
                for unit in self.texts:
                    self.enqueue(unit, dot)

    def constant(self, text: str) -> Sequence[Unit]:
        if "{{" in text and text not in self.matched:
            self.matched[text] = list(self.text_units("", text))
            self.texts += self.matched[text]
        return self.matched.get(text, ())

    def text_units(self, label: str, text: str) -> Iterator[Unit]:
        """What may run of a text that ``tpl`` may be given; what is no template is not given to it."""
        try:
            tree = nodes.parse(text)
        except TemplateSyntax:
            return
        yield Unit(label, tree.body)
        for define in tree.named():
            self.units[define.called].append(Unit(label, define.body))
            yield self.units[define.called][-1]
