"""From what each case ran to the coverage of each template, summed over all charts that use it."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chartkit.coverage import (
    Branch,
    ChartCoverage,
    Coverage,
    Define,
    FileCoverage,
    Hits,
    Ran,
    Remark,
    ScenarioRun,
)
from chartkit.coverage import words as ways
from chartkit.coverage.excuses import Excuses, excuses
from chartkit.coverage.outline import NO_WAY, Outline, is_operand, outline
from chartkit.coverage.owners import Owner
from chartkit.model import Place
from chartkit.source_map.tables import Block, Lines


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
    cases: tuple[tuple[Ran, CaseCounts], ...]


@dataclass(slots=True)
class _File:
    """What gathers of one file: its blocks, numbered from 0, and for each how often who ran it."""

    path: str
    source: str
    blocks: list[Block]
    hits: list[collections.Counter[Ran]]
    users: dict[str, None] = field(default_factory=dict)
    unmeasured: dict[str, None] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)


def coverage(
    charts: Iterable[ChartCounts], *, partial: Iterable[str] = (), remarks: Iterable[Remark] = ()
) -> Coverage:
    """The sum of *charts*; *partial* are the paths of those that others may run too, that were not run."""
    groups: dict[str, tuple[Owner, dict[str, _File]]] = {}
    scenarios: dict[Ran, list[CaseCounts]] = {}
    for chart in charts:
        _gather(chart, groups)
        for ran, case in chart.cases:
            scenarios.setdefault(ran, []).append(case)
    said = list(remarks)
    found = [
        _chart(owner, list(files.values()), said, whole=owner.path not in set(partial))
        for _, (owner, files) in sorted(groups.items())
    ]
    runs = (
        ScenarioRun(ran, len(cases), next((case.ended for case in cases if case.ended), ""))
        for ran, cases in sorted(scenarios.items())
    )
    return Coverage(tuple(found), tuple(runs), tuple(said))


def _gather(chart: ChartCounts, groups: dict[str, tuple[Owner, dict[str, _File]]]) -> None:
    """Add what one chart ran to the files that its templates are."""
    numbers: dict[str, int] = {}
    for number, block in enumerate(chart.blocks):
        numbers.setdefault(block.file, number)
    at: list[tuple[_File, int] | None] = [None] * len(chart.blocks)
    by_name: dict[str, _File] = {}
    for name, owner in chart.owners.items():
        _, files = groups.setdefault(owner.path, (owner, {}))
        own = [block for block in chart.blocks[numbers[name] :] if block.file == name] if name in numbers else []
        file = files.get(owner.file)
        if file is None or len(file.blocks) != len(own):
            blocks = [_local(block, numbers.get(name, 0)) for block in own]
            empty: list[collections.Counter[Ran]] = [collections.Counter() for _ in own]
            file = files[owner.file] = _File(owner.file, chart.sources.get(name, ""), blocks, empty)
        file.users[chart.name] = None
        if name in chart.untraced:
            file.unmeasured[chart.untraced[name]] = None
        by_name[name] = file
        for local in range(len(own)):
            at[numbers[name] + local] = (file, local)
    for ran, case in chart.cases:
        for number, times in case.counts:
            if (place := at[number]) is not None:
                place[0].hits[place[1]][ran] += times
        for file in by_name.values():
            file.unseen.update(case.unseen)
        for name in case.uncounted:
            if name in by_name:
                by_name[name].unmeasured[f"in {ran} it cannot be measured"] = None


def _local(block: Block, first: int) -> Block:
    """*block* with numbers that count from its file's first."""
    moved = {
        key: None if (number := getattr(block, key)) is None else number - first for key in ("parent", "chain")
    }
    return dataclasses.replace(block, **moved)


def _chart(owner: Owner, files: list[_File], remarks: list[Remark], *, whole: bool) -> ChartCoverage:
    made = [_file(file, owner, remarks) for file in sorted(files, key=lambda file: file.path)]
    shown = [file for file in made if file.branches or file.lines or file.defines or file.unmeasured]
    return ChartCoverage(owner.name, owner.path, owner.kind, tuple(_replaced(shown)), whole)


def _file(file: _File, owner: Owner, remarks: list[Remark]) -> FileCoverage:
    seen = outline(file.source, file.blocks)
    hits: list[Hits] = [dict(each) for each in file.hits]
    numbers = [
        number
        for number, block in enumerate(file.blocks)
        if block.kind not in NO_WAY and number not in seen.impossible
    ]
    found = {number: _branch(file.blocks, hits, number) for number in numbers}
    excused = excuses(file.source, file.blocks, {number: ways.word(each) for number, each in found.items()})
    remarks += (
        Remark(f"{file.path}:{line}", f"chartkit:uncovered: {reason}")
        for line, reason in (*excused.wrong, *_idle(excused, hits))
    )
    branches = (
        dataclasses.replace(branch, excuse=excused.reasons.get(number, ""))
        for number, branch in found.items()
    )
    return FileCoverage(
        file.path,
        file.source,
        tuple(sorted(branches, key=lambda branch: (branch.line, branch.column, branch.number))),
        dict(_lines(file, owner, seen, hits, excused)),
        tuple(_defines(file, hits, excused)),
        tuple(file.users),
        "; ".join(file.unmeasured),
    )


def _branch(blocks: Sequence[Block], hits: Sequence[Hits], number: int) -> Branch:
    block = blocks[number]
    chain = number if block.chain is None else block.chain
    ways_on = [each for each, other in enumerate(blocks) if other.chain == chain]
    is_loop = blocks[chain].kind == "range"
    hidden = block.parent is not None and not hits[block.parent]
    reached = any(hits[each] for each in ways_on) or not (hidden or is_operand(block))
    kind = "zero" if is_loop and block.kind == "else" else block.kind
    return Branch(
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


def _idle(excused: Excuses, hits: Sequence[Hits]) -> Iterator[tuple[int, str]]:
    """Comments that excuse nothing, as all that they stand for is covered."""
    needed: dict[int, bool] = {}
    for number, line in excused.lines.items():
        needed[line] = needed.get(line, False) or not hits[number]
    return ((line, "what it stands for is covered, so remove it") for line, used in needed.items() if not used)


def _lines(
    file: _File, owner: Owner, seen: Outline, hits: Sequence[Hits], excused: Excuses
) -> Iterator[tuple[int, Hits]]:
    """The lines that hold something; what only its users print of a library is no line of it unless they do."""
    partial = owner.kind == "library" or file.path.rpartition("/")[2].startswith("_")
    for line, held in seen.holding.items():
        counted = [
            number
            for number in held
            if (hits[number] or number not in excused.reasons)
            and not (partial and file.blocks[number].kind == "file" and not hits[number])
        ]
        if counted:
            yield line, max((hits[number] for number in counted), key=lambda each: sum(each.values()))


def _defines(file: _File, hits: Sequence[Hits], excused: Excuses) -> Iterator[Define]:
    where = Lines(file.source)
    for number, block in enumerate(file.blocks):
        if block.kind == "define":
            last = where.at(block.end)[0]
            unseen = block.text in file.unseen
            excuse = excused.reasons.get(number, "")
            yield Define(block.text, block.line, last, hits[number], None, unseen, excuse)


def _replaced(files: Sequence[FileCoverage]) -> Iterator[FileCoverage]:
    """The files, whose named templates are told when another of their name is called instead of them."""
    called = {
        define.name: Place(file.path, define.line) for file in files for define in file.defines if define.hits
    }
    for file in files:
        defines = (
            define
            if define.hits
            else dataclasses.replace(define, replaced=called.get(define.name))
            for define in file.defines
        )
        yield dataclasses.replace(file, defines=tuple(defines))


