"""Puts words into the templates of real charts and asks the source map where they stand; not collected.

    mutate_lines.py FOLDER… [--charts N] [--cases N] [--words N] [--seed N] [--skip TEXT]

For every case: does the traced render equal the plain one, how many lines have an origin, and how sure
is each. Then words are put on places that were run and on places that were not, a few at a time; the
case is rendered and traced again, and each word that shows in the render must be found where it was put.
A word at a place that was not run must not show.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import os
import pathlib
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from chartkit.helm import charts, engines
from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.errors import ChartkitError
from chartkit.model.render import Render
from chartkit.plan import kube_versions
from chartkit.source_map import trace as source_map
from chartkit.source_map.trace import SourceMap
from chartkit.source_map.traced_text import Precision
from chartkit.syntax.gotemplate import nodes

WORD = re.compile(r"zqw(\d+)qwz", re.IGNORECASE)
BLANK = " \t\r\n\v\f"
ADDED = re.compile(r"---|# Source: ")


@dataclasses.dataclass(frozen=True)
class Spot:
    """The place at the offset *at* that a word can be put on, and the edits that put it there."""

    file: str
    at: int
    kind: str
    edits: tuple[tuple[int, str], ...]


def spots(file: str, content: bytes) -> Iterator[tuple[int, Spot]]:
    """Every line of literal text and every action that prints, with its offset."""
    try:
        source = content.decode()
        tree = nodes.parse(source)
    except ValueError:
        return
    bodies = [tree.body, *(define.body for define in tree.defines)]
    while bodies:
        for node in nodes.walk(bodies.pop()):
            if isinstance(node, nodes.Text):
                yield from texts(file, source, node)
            elif isinstance(node, nodes.Action) and not node.pipeline.variables:
                begins, ends = node.pipeline.start, node.pipeline.end
                edits = ((begins, "print ("), (ends, ') "{}"'))
                yield begins, Spot(file, node.segment.start, "action", edits)
            elif isinstance(node, nodes.Call) and node.defines:
                bodies.append(node.defines.body)


def texts(file: str, source: str, node: nodes.Text) -> Iterator[tuple[int, Spot]]:
    position = node.start
    for line in source[node.start : node.end].split("\n"):
        visible = line.strip(BLANK)
        if visible:
            first = position + len(line) - len(line.lstrip(BLANK))
            for offset in {first, first + len(visible)}:
                yield offset, Spot(file, offset, "text", ((offset, "{}"),))
        position += len(line) + 1


def place(source: str, offset: int) -> tuple[int, int]:
    return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)


Places = Mapping[int, tuple[str, int, int]]


def with_words(chart: Chart, words: Mapping[int, Spot]) -> tuple[Chart, Places]:
    """The chart with *words*, and where each of them then stands."""
    edits: dict[str, list[tuple[int, str]]] = collections.defaultdict(list)
    for number, spot in words.items():
        edits[spot.file] += [(offset, text.format(f"zqw{number}qwz")) for offset, text in spot.edits]
    files = dict(chart.files)
    places: dict[int, tuple[str, int, int]] = {}
    for file, parts in edits.items():
        source = files[file].decode()
        for offset, text in sorted(parts, reverse=True):
            source = source[:offset] + text + source[offset:]
        files[file] = source.encode()
        for number, spot in words.items():
            if spot.file == file:
                moved = spot.at + sum(len(text) for offset, text in parts if offset <= spot.at)
                at = moved if spot.kind == "action" else source.index(f"zqw{number}qwz")
                places[number] = (file, *place(source, at))
    return dataclasses.replace(chart, files=files), places


class Trial:
    """All that is found out, added up."""

    def __init__(self, words: int, seed: int) -> None:
        self.engine = engines.open_engine("embedded")
        self.words = words
        self.random = random.Random(seed)
        self.counts: collections.Counter[str] = collections.Counter()
        self.seconds: dict[str, float] = collections.defaultdict(float)

    def say(self, what: str, chart: Chart, *details: object) -> None:
        print(f"{what}: {chart.path}", *details, flush=True)

    def case(self, chart: Chart, case: Case) -> None:
        begun = time.perf_counter()
        render = engines.render(self.engine, chart, case)
        plain = time.perf_counter() - begun
        if render.failure and not render.text.strip():
            self.counts["cases refused by Helm"] += 1
            return
        if not render.text.strip():
            self.counts["cases that render to nothing"] += 1
            return
        traced = source_map.trace(self.engine, chart, case, render, counts=True)
        begun = time.perf_counter()
        source_map.trace(self.engine, chart, case, render)
        self.seconds["plain"] += plain
        self.seconds["traced"] += time.perf_counter() - begun
        self.counts["cases"] += 1
        self.counts["cases untraced"] += bool(traced.untraced)
        self.counts["cases degraded"] += bool(traced.degraded)
        if traced.untraced or traced.degraded:
            self.say("DEGRADED", chart, case.scenario.values_files, traced.untraced, *traced.degraded[:4])
        self.lines(chart, render, traced)
        if not traced.untraced and self.words:
            self.mutate(chart, case, traced)

    def lines(self, chart: Chart, render: Render, traced: SourceMap) -> None:
        for number, line in enumerate(render.text.split("\n"), start=1):
            if not line.strip() or ADDED.match(line):
                continue
            origin = traced.line(number)
            self.counts[f"lines {origin.precision.value if origin else 'unmapped'}"] += 1

    def mutate(self, chart: Chart, case: Case, traced: SourceMap) -> None:
        blocks = source_map.blocks(chart)
        inner: dict[str, list[tuple[int, int, bool]]] = collections.defaultdict(list)
        for number, block in enumerate(blocks):
            if block.kind not in {"one", "many"} and not block.is_operand:
                inner[block.file].append((block.start, block.end, traced.counts.get(number, 0) > 0))
        run: list[Spot] = []
        idle: list[Spot] = []
        for file in sorted(inner):
            for offset, spot in spots(file, chart.files[file]):
                around = [each for each in inner[file] if each[0] <= offset <= each[1]]
                (run if max(around, default=(0, 0, False))[2] else idle).append(spot)
        chosen = self.random.sample(run, min(self.words, len(run)))
        self.ask(chart, case, dict(enumerate(chosen)), idle=False)
        chosen = self.random.sample(idle, min(self.words // 2, len(idle)))
        self.ask(chart, case, dict(enumerate(chosen)), idle=True)

    def ask(self, chart: Chart, case: Case, words: Mapping[int, Spot], *, idle: bool) -> None:
        """Put *words* in and look for them; where Helm then refuses the case, half of them at a time."""
        if not words:
            return
        mutated, places = with_words(chart, words)
        render = engines.render(self.engine, mutated, case)
        if not render.text.strip():
            numbers = sorted(words)
            half = len(numbers) // 2
            if not half:
                self.counts["words that Helm refuses"] += 1
            for part in (numbers[:half], numbers[half:]) if half else ():
                self.ask(chart, case, {number: words[number] for number in part}, idle=idle)
            return
        found = list(WORD.finditer(render.text))
        if idle:
            self.counts["idle words"] += len(words)
            for match in found:
                self.counts["IDLE WORDS THAT SHOW"] += 1
                self.say("IDLE WORD SHOWS", chart, case.scenario.values_files, places[int(match[1])])
            return
        traced = source_map.trace(self.engine, mutated, case, render)
        self.counts["words"] += len(words)
        self.counts["words that show"] += len({match[1] for match in found})
        self.counts["mutants degraded"] += bool(traced.degraded or traced.untraced)
        if traced.degraded or traced.untraced:
            self.say("MUTANT DEGRADED", chart, traced.untraced, *traced.degraded[:2])
        for match in found:
            number = int(match[1])
            self.judge(mutated, (words[number].kind, *places[number]), traced, match)

    def judge(
        self, chart: Chart, put: tuple[str, str, int, int], traced: SourceMap, match: re.Match[str]
    ) -> None:
        """Whether the map has the word of *match* where it was put: what kind of place, and which."""
        kind, *here = put
        origin = traced.offset(match.start())
        if origin is None:
            self.counts[f"{kind}: not known"] += 1
            self.say("NOT KNOWN", chart, put, repr(match.string[match.start() - 30 : match.end() + 30]))
            return
        said = f"{kind}: said {origin.precision.value}"
        there = [origin.file, origin.line, origin.column]
        if there == here:
            self.counts[f"{said}, right"] += 1
        elif there[:2] == here[:2]:
            self.counts[f"{said}, line right, column not"] += 1
            self.say("COLUMN", chart, put, there)
        elif origin.precision in {Precision.COARSE, Precision.ACTION}:
            self.counts[f"{said}, printed elsewhere"] += 1
            if origin.precision is Precision.ACTION:
                self.say("ELSEWHERE", chart, put, there)
        else:
            self.counts[f"{said}, WRONG"] += 1
            self.say("WRONG", chart, put, there)
        for call in origin.includes:
            line = chart.files[call.file].decode(errors="replace").split("\n")[call.line - 1]
            if not re.match(r"(include|tpl)\b|\{\{-?\s*(template|block)\b", line[call.column - 1 :]):
                self.counts["CALLS WRONG"] += 1
                self.say("CALL WRONG", chart, call)


def cases_of(chart: Chart, path: pathlib.Path, most: int) -> Iterator[Case]:
    version = kube_versions.choose(chart.kube_version, known_versions()).versions[-1]
    given = sorted([*path.glob("ci/*.yaml"), *path.glob("values-*.yaml"), *path.glob("*-values.yaml")])
    for files in [(), *((str(file),) for file in given)][:most]:
        yield Case(chart.name, chart.path, Scenario("x", values_files=files), version)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--charts", type=int, default=10_000)
    parser.add_argument("--cases", type=int, default=1)
    parser.add_argument("--words", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", action="append", default=[])
    given = parser.parse_args(arguments)
    trial = Trial(given.words, given.seed)
    paths = [path for folder in given.folders for path in charts.find(folder)]
    paths = [path for path in paths if not any(text in str(path) for text in given.skip)]
    for path in trial.random.sample(paths, min(given.charts, len(paths))):
        try:
            loaded = charts.load(path, str(path))
        except ChartkitError:
            continue
        if loaded.chart is None or loaded.chart.type == "library":
            continue
        trial.counts["charts"] += 1
        for case in cases_of(loaded.chart, path, given.cases):
            trial.case(loaded.chart, case)
    for name, count in sorted(trial.counts.items()):
        print(f"{count:9} {name}")
    print(f"plain {trial.seconds['plain']:.1f} s, traced {trial.seconds['traced']:.1f} s")


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main(sys.argv[1:])
