"""Asks Helm itself whether a branch is taken: by a ``fail`` in the raw template; not collected.

    probe_coverage.py FOLDER… [--charts N] [--cases N] [--blocks N] [--seed N] [--skip TEXT]
    probe_coverage.py --plan CHART… [--blocks N] [--seed N]

With --plan, the cases are those of the configuration, for one Kubernetes version.

For blocks that coverage calls run in a case, a ``fail`` put there must be what the case then ends with;
for those that it calls not run, the case must render what it always did. It shares nothing with what
counts but the tree of the template.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import os
import pathlib
import random
import sys
from collections.abc import Iterator, Mapping, Sequence

from chartkit.coverage import counting
from chartkit.helm import charts, engines
from chartkit.helm.embedded import Embedded
from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.errors import ChartkitError
from chartkit.model.render import Render
from chartkit.plan import discover, kube_versions
from chartkit.plan.config import configure
from chartkit.source_map import instrument
from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate import lexer, nodes

PROBE = "chartkit-probe"
FAIL = f'(fail "{PROBE}")'

Edit = tuple[int, int, str]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the probe of *block* says of *case*: *counted* or not, and whether the probe was met."""

    block: Block
    case: str
    counted: bool
    met: bool
    changed: bool
    ends_early: bool

    @property
    def right(self) -> bool:
        """Of a case that ends early, more may have been run than was counted."""
        if self.ends_early and not self.counted:
            return True
        return self.met if self.counted else not self.changed


class Prober:
    """Puts probes into the templates of *chart* and renders *cases* of it."""

    def __init__(self, engine: Embedded, chart: Chart, cases: Sequence[Case]) -> None:
        self.engine = engine
        self.chart = chart
        self.blocks = instrument.instrument_chart(chart).blocks
        self.sources = {
            block.file: chart.files[block.file].removeprefix(b"\xef\xbb\xbf").decode()
            for block in self.blocks
            if _is_text(chart.files[block.file])
        }
        self.arms = {file: dict(_arms(source)) for file, source in self.sources.items()}
        self.cases = list(cases)
        self.renders = [engines.render(engine, chart, case) for case in self.cases]
        self.counts = [
            counting.count(engine, chart, case, render)
            for case, render in zip(self.cases, self.renders, strict=True)
        ]

    def probe(self, number: int) -> Iterator[Verdict]:
        """What every case says of a block."""
        block = self.blocks[number]
        edits = self.edits(number)
        if not edits:
            return
        probed = self.edited(block.file, edits)
        for case, before, counts in zip(self.cases, self.renders, self.counts, strict=True):
            if counts.uncounted:
                continue
            after = engines.render(self.engine, probed, case)
            counted = counts.counts.get(number, 0) > 0
            met = after.failure is not None and PROBE in after.failure.text
            yield Verdict(
                block, case.scenario.name, counted, met, _changed(before, after), bool(counts.partly)
            )

    def edited(self, file: str, edits: Sequence[Edit]) -> Chart:
        source = self.sources[file]
        for start, end, text in sorted(edits, reverse=True):
            source = source[:start] + text + source[end:]
        files: Mapping[str, bytes] = {**self.chart.files, file: source.encode()}
        return dataclasses.replace(self.chart, files=files)

    def edits(self, number: int) -> list[Edit]:
        """What puts a probe on a block; nothing where that cannot be done without other effects."""
        block = self.blocks[number]
        if block.file not in self.sources:
            return []
        if block.is_operand:
            return self._on_operand(number)
        if block.kind in {"one", "many"}:
            return self._after_loop(block)
        if block.implicit:
            return self._otherwise(block)
        return [(block.start, block.start, f"{{{{ {FAIL} }}}}")]

    def _on_operand(self, number: int) -> list[Edit]:
        block = self.blocks[number]
        text = self.sources[block.file][block.start : block.end]
        given = block.kind.rpartition(" ")[2] in {"given", "true"}
        fail = FAIL
        if block.kind.startswith("coalesce"):
            earlier = [self._words(each) for each in self._earlier(number)]
            fail = f"(or {' '.join(earlier)} {FAIL})" if earlier else FAIL
        return [(block.start, block.end, f"({'and' if given else 'or'} ({text}) {fail})")]

    def _earlier(self, number: int) -> list[Block]:
        """The operands of the same coalesce before this one."""
        block = self.blocks[number]
        return [
            each
            for each in self.blocks
            if each.file == block.file
            and each.kind == "coalesce given"
            and each.end <= block.start
            and _same_command(self.sources[block.file][each.end : block.start])
        ]

    def _words(self, block: Block) -> str:
        return f"({self.sources[block.file][block.start : block.end]})"

    def _after_loop(self, block: Block) -> list[Edit]:
        arms, end = self.arms[block.file][_offset(self.sources[block.file], block)]
        source = self.sources[block.file]
        header = arms[0].segment
        dash = "-" if header.trims_left else ""
        test = "eq" if block.kind == "one" else "gt"
        last = f"{{{{{'-' if end.trims_right else ''} if {test} $chartkitN 1 }}}}{{{{ {FAIL} }}}}"
        tail = f"{{{{ end {'-' if end.trims_right else ''}}}}}"
        assert source[end.end - 2 : end.end] == "}}"
        return [
            (header.start, header.start, f"{{{{{dash} $chartkitN := 0 }}}}"),
            (header.end, header.end, f"{{{{ $chartkitN = add1 $chartkitN {_closing(header.trims_right)}"),
            (end.end, end.end, last + tail),
        ]

    def _otherwise(self, block: Block) -> list[Edit]:
        _, end = self.arms[block.file][_offset(self.sources[block.file], block)]
        dash = "-" if end.trims_left else ""
        return [(end.start, end.start, f"{{{{{dash} else }}}}{{{{ {FAIL} }}}}")]


def _closing(trims: bool) -> str:
    return "-}}" if trims else "}}"


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _same_command(between: str) -> bool:
    return not between.strip()


def _offset(source: str, block: Block) -> int:
    lines = source.split("\n")
    return sum(len(line) + 1 for line in lines[: block.line - 1]) + block.column - 1


def _arms(source: str) -> Iterator[tuple[int, tuple[list[nodes.Arm], lexer.Segment]]]:
    """The arms and the ``end`` of each decision, by where it begins."""
    ends = {segment.start: segment for segment in lexer.lex(source)}
    tree = nodes.parse(source)
    waiting = [tree.body, *(define.body for define in tree.defines)]
    while waiting:
        for node in nodes.walk(waiting.pop()):
            if isinstance(node, nodes.Branch):
                yield node.arms[0].segment.start, (node.arms, ends[node.arms[-1].end])
            elif isinstance(node, nodes.Call) and node.defines is not None:
                waiting.append(node.defines.body)


def _changed(before: Render, after: Render) -> bool:
    """Whether anything but the place of a refusal is different."""
    if (before.failure is None) != (after.failure is None):
        return True
    if before.failure is not None and after.failure is not None:
        return before.failure.message != after.failure.message
    return (before.text, before.notes) != (after.text, after.notes)


def cases_of(chart: Chart, path: pathlib.Path, most: int) -> Iterator[Case]:
    version = kube_versions.choose(chart.kube_version, known_versions()).versions[-1]
    given = sorted([*path.glob("ci/*.yaml"), *path.glob("values-*.yaml"), *path.glob("*-values.yaml")])
    for files in [(), *((str(file),) for file in given)][:most]:
        yield Case(chart.name, chart.path, Scenario(str(files), values_files=files), version)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--charts", type=int, default=10_000)
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--blocks", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", action="append", default=[])
    given = parser.parse_args(arguments)
    chosen = random.Random(given.seed)
    engine = Embedded()
    total: collections.Counter[str] = collections.Counter()
    if given.plan:
        for planned in discover.plan(configure.read(), list(map(str, given.folders))).charts:
            chart = charts.load(planned.path, planned.shown).chart
            assert chart
            first = [case for case in planned.cases if case.kube_version == planned.cases[0].kube_version]
            _try(engine, chart, first, total, chosen, given.blocks)
            print(f"{planned.shown}: {dict(total)}", flush=True)
        return
    paths = sorted(
        {
            file.parent
            for folder in given.folders
            for file in folder.rglob("Chart.yaml")
            if "/charts/" not in str(file.relative_to(folder).parent.parent.parent)
        }
    )
    chosen.shuffle(paths)
    for path in paths[: given.charts]:
        if any(skip in str(path) for skip in given.skip):
            continue
        try:
            chart = charts.load(path, str(path)).chart
        except ChartkitError:
            chart = None
        if chart is None or chart.type == "library":
            continue
        _try(engine, chart, list(cases_of(chart, path, given.cases)), total, chosen, given.blocks)
        print(f"{path}: {dict(total)}", flush=True)
    print(f"seed {given.seed}: {dict(sorted(total.items()))}")


def _try(
    engine: Embedded,
    chart: Chart,
    cases: Sequence[Case],
    total: collections.Counter[str],
    chosen: random.Random,
    most: int,
) -> None:
    prober = Prober(engine, chart, cases)
    if all(render.failure for render in prober.renders):
        total["charts that Helm refuses"] += 1
        return
    total["charts"] += 1
    total["cases"] += len(cases)
    total["cases not measured"] += sum(bool(counts.uncounted) for counts in prober.counts)
    numbers = chosen.sample(range(len(prober.blocks)), min(most, len(prober.blocks)))
    for number in numbers:
        block = prober.blocks[number]
        for verdict in prober.probe(number):
            word = "run" if verdict.counted else "not run"
            word += ", ends early" if verdict.ends_early else ""
            total[f"{word}, {'right' if verdict.right else 'WRONG'}"] += 1
            if not verdict.right:
                print(f"WRONG {block.file}:{block.line}:{block.column} {block.kind} {block.text!r} {verdict}")


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123  Helm's warnings
    main(sys.argv[1:])
