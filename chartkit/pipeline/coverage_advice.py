"""What `chartkit coverage` tells beside figures: which values are used, scenarios for what is not covered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chartkit.findings import suppress
from chartkit.model.case import Case
from chartkit.model.coverage import Coverage, Remark
from chartkit.model.errors import ConfigError
from chartkit.pipeline import advice_worker
from chartkit.pipeline.coverage import Measuring
from chartkit.pipeline.result_cache import Answer
from chartkit.pipeline.run import Progress, Run
from chartkit.plan.config import Config
from chartkit.source_map.markers import Block
from chartkit.system.worker_pool import WorkerFailure

if TYPE_CHECKING:
    from chartkit.coverage.suggest import Advice, Suggestion
    from chartkit.coverage.values import ValuesCoverage

_TIMES: Final = 3
"""How many times as long as one case a chart may take: it is rendered hundreds of times."""
_HINT: Final = "raise limits.seconds in chartkit.yaml for more"

_WORDS: Final = {
    "else": "else of",
    "zero": "no round of",
    "one": "one round of",
    "many": "several rounds of",
    "range": "a round of",
}
"""What the kinds of blocks are called."""

Key = tuple[str, str, int]
"""A block wherever it is used: the path of its chart, its file, and its number among the file's blocks."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A block of *file* that no scenario is known to reach, and why; *what* it is, as ``if .Values.x``."""

    file: str
    line: int
    what: str
    reason: str


@dataclass(slots=True)
class CoverageAdvice:
    """What was found; *ended* says where it ended early."""

    values: list[ValuesCoverage] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    unreachable: list[Unreachable] = field(default_factory=list)
    ended: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Asking:
    """Asks the workers about charts that were measured: for their *values*, or what to *suggest*."""

    values: bool = False
    suggest: bool = False
    advice: CoverageAdvice = field(default_factory=CoverageAdvice)

    def ask(self, run: Run, started: Sequence[Measuring], found: Coverage, progress: Progress) -> None:
        """All that is asked for, once all cases of the charts *started* have been measured."""
        if not self.values and not self.suggest:
            return
        seconds = run.config.limits.seconds * _TIMES
        values = [(each, _values(run, each, seconds)) for each in started if self.values]
        blocks = [_Blocks(each, found) for each in started if self.suggest]
        covered = frozenset(key for one in blocks for key in one.reached)
        advice = [(one, one.ask(run, covered, seconds)) for one in blocks]
        waiting: dict[Future[Any], str] = {future: f"values of {one.counts.path}" for one, future in values}
        waiting |= {future: f"scenarios for {one.path}" for one, future in advice}
        for done, future in enumerate(as_completed(waiting), 1):
            progress(done, len(waiting), waiting[future])
        for each, measured in values:
            self._keep_values(each.counts.path, measured.result()[0])
        self._keep_advice([(one, future.result()[0]) for one, future in advice], covered)

    def _keep_values(self, path: str, result: ValuesCoverage | WorkerFailure) -> None:
        if isinstance(result, WorkerFailure):
            self.advice.ended.append(Remark(f"values of {path}", f"measuring them {result.message}: {_HINT}"))
        else:
            self.advice.values.append(result)

    def _keep_advice(
        self, advice: Sequence[tuple[_Blocks, Advice | WorkerFailure]], covered: frozenset[Key]
    ) -> None:
        """Of charts that share templates, one gets what reaches them."""
        done = set(covered)
        left: dict[Key, Unreachable] = {}
        for one, result in advice:
            if isinstance(result, WorkerFailure):
                reason = f"looking for them {result.message}: {_HINT}"
                self.advice.ended.append(Remark(f"scenarios for {one.path}", reason))
                continue
            for suggestion in result.suggestions:
                new = {one.keys[number] for number in suggestion.blocks if number in one.keys} - done
                if any(one.keys.get(number) in new for number in one.wanted(covered)):
                    self.advice.suggestions.append(suggestion)
                    done |= new
            for each in result.unreached:
                left.setdefault(one.keys[each.block], one.unreachable(each.block, each.reason))
            if result.ended:
                reason = f"{result.ended}: {_HINT}" if "seconds" in result.ended else result.ended
                self.advice.ended.append(Remark(f"scenarios for {one.path}", reason))
        self.advice.unreachable += (one for key, one in sorted(left.items()) if key not in done)


class _Blocks:
    """The blocks of a chart that was measured, and which of them a scenario is asked to reach."""

    def __init__(self, measured: Measuring, found: Coverage) -> None:
        self.path = measured.counts.path
        self._measured = measured
        listed, _ = measured.blocks.result()
        self._blocks: Sequence[Block] = () if isinstance(listed, WorkerFailure) else listed.blocks
        self._owners = measured.counts.owners
        self.keys = dict(self._keyed())
        self.runs = tuple(self._runs())
        self.reached = {self.keys[number] for _, run in self.runs for number in run if number in self.keys}
        self._missed = frozenset(_missed(found))

    def ask(self, run: Run, covered: frozenset[Key], seconds: float) -> Future[Answer[Advice]]:
        """Let a worker look for what is not *covered* by any chart, unless that was done before."""
        from chartkit.coverage.suggest import Advice

        wanted = self.wanted(covered)
        if not wanted or not self.runs:
            future: Future[Answer[Advice]] = Future()
            future.set_result((Advice(), True))
            return future
        taken = tuple(dict.fromkeys(case.scenario.name for case, _ in self.runs))
        accepted = tuple(suppress.in_config(run.config.ignore))
        loaded = self._measured.loaded
        job = advice_worker.suggest_for
        return run.start(job, loaded, self.runs, wanted, taken, seconds, accepted, seconds=seconds)

    def wanted(self, covered: frozenset[Key]) -> frozenset[int]:
        """The numbers of those blocks that are missed; files count that nothing runs."""
        return frozenset(
            number
            for number, key in self.keys.items()
            if key not in covered and (key in self._missed or self._is_file(number))
        )

    def unreachable(self, number: int, reason: str) -> Unreachable:
        block = self._blocks[number]
        head = self._blocks[number if block.chain is None else block.chain].kind
        kind = "zero" if block.kind == "else" and head == "range" else block.kind
        what = f"{_WORDS.get(kind, kind)} {block.text}".strip()
        if block.is_operand:
            function, _, outcome = kind.partition(" ")
            what = f"{outcome} {block.text} in {function}"
        return Unreachable(self._owners[block.file].file, block.line, what, reason)

    def _is_file(self, number: int) -> bool:
        block = self._blocks[number]
        return block.kind == "file" and self._owners[block.file].kind != "library"

    def _keyed(self) -> Iterator[tuple[int, Key]]:
        first: dict[str, int] = {}
        for number, block in enumerate(self._blocks):
            owner = self._owners.get(block.file)
            if owner is not None:
                yield number, (owner.path, owner.file, number - first.setdefault(block.file, number))

    def _runs(self) -> Iterator[tuple[Case, frozenset[int]]]:
        for case, counts in self._measured.counted():
            yield case, frozenset(number for number, _ in counts.counts)


def _missed(found: Coverage) -> Iterator[Key]:
    """What a scenario is asked to reach, of charts that were run whole."""
    for chart in found.charts:
        for file in chart.files if chart.whole else ():
            yield from ((chart.path, file.path, branch.number) for branch in file.branches if branch.missed)
            yield from (
                (chart.path, file.path, define.number)
                for define in file.defines
                if not (define.hits or define.excuse or define.replaced or define.unseen)
            )


def _values(run: Run, measured: Measuring, seconds: float) -> Future[Answer[ValuesCoverage]]:
    """Let a worker measure values, unless that was done before."""

    cases, loaded = tuple(_one_each(case for case, _ in measured.counted())), measured.loaded
    if not cases:
        future: Future[Answer[ValuesCoverage]] = Future()
        future.set_result(
            (WorkerFailure("timeout", "was not tried, as no case of it could be measured"), False)
        )
        return future
    return run.start(advice_worker.measure_values, loaded, cases, seconds, seconds=seconds)


def _one_each(cases: Iterable[Case]) -> Iterable[Case]:
    """One case of each scenario: that on the newest Kubernetes."""
    return {case.scenario.name: case for case in cases}.values()


def asking(config: Config, *, values: bool, suggest: bool) -> Asking:
    """What to ask of the charts of *config*; for a part of the cases, nothing can be suggested."""
    if suggest and config.is_narrowed:
        raise ConfigError(
            "--suggest: only a part of the cases is run, so that others may cover what these do not",
            "leave out --scenario and --kube-version",
        )
    return Asking(values, suggest)


def with_values(found: Coverage, asking: Asking) -> Coverage:
    """*found* with what is known of values, for the formats."""
    if not asking.values:
        return found
    from chartkit.coverage.values import as_json

    return dataclasses.replace(found, values=tuple(as_json(each) for each in asking.advice.values))
