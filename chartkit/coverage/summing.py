"""From what each case ran to the coverage of each template, summed over all charts that use it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from chartkit.coverage import words as ways
from chartkit.coverage.excuses import Excuses, excuses
from chartkit.coverage.gathering import CaseCounts, ChartCounts, Gathered, Groups, gather
from chartkit.coverage.outline import NO_WAY, Outline, outline
from chartkit.coverage.owners import Owner
from chartkit.model.coverage import (
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
from chartkit.model.place import Place
from chartkit.source_map.tables import Block, Lines


def coverage(
    charts: Iterable[ChartCounts], *, partial: Iterable[str] = (), remarks: Iterable[Remark] = ()
) -> Coverage:
    """The sum of *charts*; *partial* are the paths of those that others may run too, that were not run."""
    groups: Groups = {}
    scenarios: dict[Ran, list[CaseCounts]] = {}
    for chart in charts:
        gather(chart, groups)
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


def _chart(owner: Owner, files: list[Gathered], remarks: list[Remark], *, whole: bool) -> ChartCoverage:
    made = [_file(file, owner, remarks) for file in sorted(files, key=lambda file: file.path)]
    shown = [file for file in made if file.branches or file.lines or file.defines or file.unmeasured]
    return ChartCoverage(owner.name, owner.path, owner.kind, tuple(_replaced(shown)), whole)


def _file(file: Gathered, owner: Owner, remarks: list[Remark]) -> FileCoverage:
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
    reached = any(hits[each] for each in ways_on) or not (hidden or block.is_operand)
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
    return (
        (line, "what it stands for is covered, so remove it") for line, used in needed.items() if not used
    )


def _lines(
    file: Gathered, owner: Owner, seen: Outline, hits: Sequence[Hits], excused: Excuses
) -> Iterator[tuple[int, Hits]]:
    """The lines that hold something; the top level of a library is none, unless it is run."""
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


def _defines(file: Gathered, hits: Sequence[Hits], excused: Excuses) -> Iterator[Define]:
    where = Lines(file.source)
    for number, block in enumerate(file.blocks):
        if block.kind == "define":
            last = where.at(block.end)[0]
            unseen = block.text in file.unseen
            excuse = excused.reasons.get(number, "")
            yield Define(block.text, block.line, last, hits[number], None, unseen, excuse, number)


def _replaced(files: Sequence[FileCoverage]) -> Iterator[FileCoverage]:
    """The files, whose named templates are told when another of their name is called instead of them."""
    called = {
        define.name: Place(file.path, define.line) for file in files for define in file.defines if define.hits
    }
    for file in files:
        defines = (
            define if define.hits else dataclasses.replace(define, replaced=called.get(define.name))
            for define in file.defines
        )
        yield dataclasses.replace(file, defines=tuple(defines))
