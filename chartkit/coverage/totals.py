"""From what each case ran to the coverage of each template, summed over all charts that use it.

What the cases ran is gathered by the files that people edit: of a library that several charts use, once.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chartkit.coverage import missed
from chartkit.coverage.exclusions import Exclusions, exclusions
from chartkit.coverage.outline import NO_WAY, Outline, outline
from chartkit.helm.charts import chart_yaml
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical, is_packed
from chartkit.model.coverage import (
    BranchCoverage,
    ChartCoverage,
    Coverage,
    DefineCoverage,
    FileCoverage,
    Hits,
    Remark,
    ScenarioRef,
    ScenarioRun,
)
from chartkit.model.place import Place
from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate.lexer import LineIndex


@dataclass(frozen=True, slots=True)
class Owner:
    """The chart at *path* that a template belongs to, shown as *file*; *kind* as in `ChartCoverage`."""

    name: str
    path: str
    kind: str
    file: str


def owners(chart: Chart, *, vendored: bool = False) -> Mapping[str, Owner]:
    """The owner of each template of *chart*, by canonical name; those in packed subcharts if *vendored*."""
    kinds: dict[str, str] = {}
    found: dict[str, Owner] = {}
    for name in sorted(chart.files):
        if not canonical(name).in_templates:
            continue
        root, rest, origin = canonical(name).folder, canonical(name).inner, chart.origin(name)
        packed = is_packed(origin) and not origin.endswith(rest)
        path = origin if packed else origin.removesuffix(rest).rstrip("/") or "."
        vends = packed and "/charts/" in root
        kind = "vendored" if vends else kinds.setdefault(root, _kind(chart, root))
        if kind != "vendored" or vendored:
            shown = f"{path}/{rest}" if packed else origin
            found[name] = Owner(root.rpartition("/")[2], path, kind, shown)
    return found


def _kind(chart: Chart, root: str) -> str:
    metadata, _ = chart_yaml.read(
        chart.files.get(f"{root}/Chart.yaml"), chart.files.get(f"{root}/requirements.yaml")
    )
    return "library" if metadata is not None and metadata.type == "library" else "application"


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """What one case ran: pairs of a block's number and how often.

    *uncounted* are files of which nothing is known, *ended* says why there may be more than was counted,
    *unseen* are named templates that values may call.
    """

    counts: tuple[tuple[int, int], ...] = ()
    uncounted: tuple[str, ...] = ()
    ended: str = ""
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartCounts:
    """The cases of one chart: its *blocks*, by file the *owners*, and the texts of the files.

    *untraced* are the files without blocks, with the reason.
    """

    name: str
    path: str
    blocks: Sequence[Block]
    owners: Mapping[str, Owner]
    sources: Mapping[str, str]
    untraced: Mapping[str, str]
    cases: tuple[tuple[ScenarioRef, CaseCounts], ...]


@dataclass(slots=True)
class FileCounts:
    """What the cases ran of one file: its blocks, numbered from 0, and of each how often which ran it."""

    path: str
    source: str
    blocks: list[Block]
    hits: list[collections.Counter[ScenarioRef]]
    users: dict[str, None] = field(default_factory=dict)
    unmeasured: dict[str, None] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)


Groups = dict[str, tuple[Owner, dict[str, FileCounts]]]
"""The files of each chart, by its path and theirs."""


def gather(chart: ChartCounts, groups: Groups) -> None:
    """Add what one chart ran to the files that its templates are."""
    own: dict[str, list[int]] = {name: [] for name in chart.owners}
    for number, block in enumerate(chart.blocks):
        if block.file in own:
            own[block.file].append(number)
    files = {name: _file(chart, name, numbers, groups) for name, numbers in own.items()}
    at = {
        number: (files[name], local) for name, numbers in own.items() for local, number in enumerate(numbers)
    }
    for ran, case in chart.cases:
        for number, times in case.counts:
            if number in at:
                file, local = at[number]
                file.hits[local][ran] += times
        for file in files.values():
            file.unseen.update(case.unseen)
        for name in {*case.uncounted} & files.keys():
            files[name].unmeasured[f"in {ran} it cannot be measured, nor what it calls"] = None


def _file(chart: ChartCounts, name: str, numbers: Sequence[int], groups: Groups) -> FileCounts:
    """Where the file called *name* gathers: with what other charts ran of it, if it is the same."""
    owner = chart.owners[name]
    _, files = groups.setdefault(owner.path, (owner, {}))
    file = files.get(owner.file)
    if file is None or len(file.blocks) != len(numbers):
        blocks = [_local(chart.blocks[number], numbers[0]) for number in numbers]
        empty: list[collections.Counter[ScenarioRef]] = [collections.Counter() for _ in numbers]
        file = files[owner.file] = FileCounts(owner.file, chart.sources.get(name, ""), blocks, empty)
    file.users[chart.name] = None
    if name in chart.untraced:
        file.unmeasured[chart.untraced[name]] = None
    return file


def _local(block: Block, first: int) -> Block:
    """*block* with numbers that count from its file's first."""
    parent = None if block.parent is None else block.parent - first
    chain = None if block.chain is None else block.chain - first
    return dataclasses.replace(block, parent=parent, chain=chain)


def coverage(
    charts: Iterable[ChartCounts], *, partial: Iterable[str] = (), remarks: Iterable[Remark] = ()
) -> Coverage:
    """The sum of *charts*; *partial* are the paths of those that others may run too, that were not run."""
    groups: Groups = {}
    scenarios: dict[ScenarioRef, list[CaseCounts]] = {}
    for chart in charts:
        gather(chart, groups)
        for ran, case in chart.cases:
            scenarios.setdefault(ran, []).append(case)
    noted = list(remarks)
    found = [
        _chart(owner, list(files.values()), noted, whole=owner.path not in set(partial))
        for _, (owner, files) in sorted(groups.items())
    ]
    runs = (
        ScenarioRun(ran, len(cases), next((case.ended for case in cases if case.ended), ""))
        for ran, cases in sorted(scenarios.items())
    )
    return Coverage(tuple(found), tuple(runs), tuple(noted))


def _chart(owner: Owner, files: list[FileCounts], remarks: list[Remark], *, whole: bool) -> ChartCoverage:
    made = [_coverage(file, owner, remarks) for file in sorted(files, key=lambda file: file.path)]
    shown = [file for file in made if file.branches or file.lines or file.defines or file.unmeasured]
    return ChartCoverage(owner.name, owner.path, owner.kind, tuple(_replaced(shown)), whole)


def _coverage(file: FileCounts, owner: Owner, remarks: list[Remark]) -> FileCoverage:
    seen = outline(file.source, file.blocks)
    hits: list[Hits] = [dict(each) for each in file.hits]
    numbers = [
        number
        for number, block in enumerate(file.blocks)
        if block.kind not in NO_WAY and number not in seen.impossible
    ]
    found = {number: _branch(file.blocks, hits, number) for number in numbers}
    excluded = exclusions(
        file.source, file.blocks, {number: missed.word(each) for number, each in found.items()}
    )
    remarks += (
        Remark(f"{file.path}:{line}", f"chartkit:uncovered: {reason}")
        for line, reason in (*excluded.wrong, *_idle(excluded, hits))
    )
    branches = (
        dataclasses.replace(branch, excuse=excluded.reasons.get(number, ""))
        for number, branch in found.items()
    )
    return FileCoverage(
        file.path,
        file.source,
        tuple(sorted(branches, key=lambda branch: (branch.line, branch.column, branch.number))),
        dict(_lines(file, owner, seen, hits, excluded)),
        tuple(_defines(file, hits, excluded)),
        tuple(file.users),
        "; ".join(file.unmeasured),
    )


def _branch(blocks: Sequence[Block], hits: Sequence[Hits], number: int) -> BranchCoverage:
    block = blocks[number]
    chain = number if block.chain is None else block.chain
    ways_on = [each for each, other in enumerate(blocks) if other.chain == chain]
    is_loop = blocks[chain].kind == "range"
    hidden = block.parent is not None and not hits[block.parent]
    reached = any(hits[each] for each in ways_on) or not (hidden or block.is_operand)
    kind = "zero" if is_loop and block.kind == "else" else block.kind
    return BranchCoverage(
        number=number,
        decision=chain,
        at=blocks[chain].line,
        kind=kind,
        line=block.line,
        column=block.column,
        start=block.start,
        end=block.end,
        text=blocks[chain].text if is_loop else block.text,
        hits=hits[number],
        reached=reached,
        hidden=hidden,
        head=blocks[chain].kind,
        simple=len(ways_on) == 2,
    )


def _idle(excluded: Exclusions, hits: Sequence[Hits]) -> Iterator[tuple[int, str]]:
    """Comments that exclude nothing, as all that they stand for is covered."""
    needed: dict[int, bool] = {}
    for number, line in excluded.lines.items():
        needed[line] = needed.get(line, False) or not hits[number]
    return (
        (line, "what it stands for is covered, so remove it") for line, used in needed.items() if not used
    )


def _lines(
    file: FileCounts, owner: Owner, seen: Outline, hits: Sequence[Hits], excluded: Exclusions
) -> Iterator[tuple[int, Hits]]:
    """The lines that hold something; the top level of a library is none, unless it is run."""
    partial = owner.kind == "library" or file.path.rpartition("/")[2].startswith("_")
    for line, blocks in seen.holding.items():
        counted = [
            number
            for number in blocks
            if (hits[number] or number not in excluded.reasons)
            and not (partial and file.blocks[number].kind == "file" and not hits[number])
        ]
        if counted:
            yield line, max((hits[number] for number in counted), key=lambda each: sum(each.values()))


def _defines(file: FileCounts, hits: Sequence[Hits], excluded: Exclusions) -> Iterator[DefineCoverage]:
    index = LineIndex(file.source)
    for number, block in enumerate(file.blocks):
        if block.kind == "define":
            last = index.at(block.end)[0]
            unseen = block.text in file.unseen
            excuse = excluded.reasons.get(number, "")
            yield DefineCoverage(block.text, block.line, last, hits[number], None, unseen, excuse, number)


def _replaced(files: Sequence[FileCoverage]) -> Iterator[FileCoverage]:
    """The files; a named template that is not called gets the place of another of its name that is."""
    called = {
        define.name: Place(file.path, define.line) for file in files for define in file.defines if define.hits
    }
    for file in files:
        defines = (
            define if define.hits else dataclasses.replace(define, replaced=called.get(define.name))
            for define in file.defines
        )
        yield dataclasses.replace(file, defines=tuple(defines))
