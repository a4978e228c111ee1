"""What the cases of several charts ran, gathered by the files that people edit."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chartkit.coverage.owners import Owner
from chartkit.model.coverage import Ran
from chartkit.source_map.tables import Block


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
class Gathered:
    """What gathers of one file: its blocks, numbered from 0, and for each how often who ran it."""

    path: str
    source: str
    blocks: list[Block]
    hits: list[collections.Counter[Ran]]
    users: dict[str, None] = field(default_factory=dict)
    unmeasured: dict[str, None] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)


Groups = dict[str, tuple[Owner, dict[str, Gathered]]]
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


def _file(chart: ChartCounts, name: str, numbers: Sequence[int], groups: Groups) -> Gathered:
    """Where the file called *name* gathers: with what other charts ran of it, if it is the same."""
    owner = chart.owners[name]
    _, files = groups.setdefault(owner.path, (owner, {}))
    file = files.get(owner.file)
    if file is None or len(file.blocks) != len(numbers):
        blocks = [_local(chart.blocks[number], numbers[0]) for number in numbers]
        empty: list[collections.Counter[Ran]] = [collections.Counter() for _ in numbers]
        file = files[owner.file] = Gathered(owner.file, chart.sources.get(name, ""), blocks, empty)
    file.users[chart.name] = None
    if name in chart.untraced:
        file.unmeasured[chart.untraced[name]] = None
    return file


def _local(block: Block, first: int) -> Block:
    """*block* with numbers that count from its file's first."""
    parent = None if block.parent is None else block.parent - first
    chain = None if block.chain is None else block.chain - first
    return dataclasses.replace(block, parent=parent, chain=chain)
