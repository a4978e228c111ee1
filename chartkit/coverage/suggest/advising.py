"""From a chart and its cases to what is suggested: measure, read, solve, try, choose, name."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from chartkit.coverage import counting
from chartkit.coverage.suggest import naming, solving
from chartkit.coverage.suggest.advice import BUDGET, Advice, Suggestion, Unreached, uncovered
from chartkit.coverage.suggest.measuring import Budget, Meter
from chartkit.coverage.suggest.packing import AcceptedTrial
from chartkit.coverage.suggest.reducing import Reducer, chosen
from chartkit.coverage.suggest.search import Search, State
from chartkit.coverage.suggest.settings import ScenarioSettings
from chartkit.coverage.suggest.shapes import Shapes
from chartkit.coverage.suggest.solving import Solver
from chartkit.coverage.suggest.terms import Const, Either, Op, Ref, Term, parts
from chartkit.coverage.suggest.trials import Ground, Trial, ground_of
from chartkit.coverage.suggest.validity import Judge, Validity
from chartkit.coverage.suggest.visits import Findings, Visit
from chartkit.coverage.suggest.walk import Walker
from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import Case, Chart
from chartkit.plan import kube_versions
from chartkit.syntax import semver

Runs = Sequence[tuple[Case, frozenset[int]]]

_OLD: Final = tuple(f"1.{minor}.0" for minor in range(10, 31))


class Adviser:
    """Gives advice for one chart."""

    def __init__(
        self,
        engine: Embedded,
        chart: Chart,
        cases: Sequence[Case],
        *,
        runs: Runs | None = None,
        budget: int = BUDGET,
        seconds: float | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._engine = engine
        self._chart = chart
        self._meter = Meter(engine, chart)
        self._runs = (
            runs if runs is not None else [(case, self._meter.measure(case).reached) for case in cases]
        )
        self._budget = Budget(self._meter, budget, seconds)
        case = ground_of(cases)
        versions = dict.fromkeys(
            each.kube_version for each in cases if each.scenario.name == case.scenario.name
        )
        self._ground = Ground(engine, chart, case, list(versions) or [case.kube_version])
        self._own = [case for case in cases if case.scenario.fails is None]
        self._judge = judge

    def advise(self, wanted: Collection[int] | None, taken: Collection[str]) -> Advice:
        """What to add, and what cannot be reached."""
        covered = frozenset(number for _, reached in self._runs for number in reached)
        missing = uncovered(self._meter.blocks, covered)
        missing = [number for number in missing if wanted is None or number in wanted]
        if not missing:
            return Advice(renders=self._meter.count)
        refusal = self._refusal()
        if refusal:
            return Advice((), tuple(Unreached(number, refusal) for number in missing), self._meter.count)
        found = Walker(self._chart, self._meter.blocks).run()
        _note_comparisons(found)
        world = self._ground.world()
        shapes = Shapes(self._chart, world.values, found.read, self._engine.read_yaml)
        solver = Solver(ScenarioSettings(shapes, found.compared, self._kube_versions()))
        search = Search(
            self._meter,
            self._ground,
            found,
            solver,
            Validity(self._engine, self._chart, self._ground, self._own, self._judge),
            self._runs,
            self._budget,
        )
        state = search.run(missing)
        names = set(taken)
        suggestions = self._suggestions(search, state.accepted, covered, names, frozenset(missing))
        reached = covered.union(*(one.blocks for one in suggestions))
        suggestions += self._suggestions(search, state.doubtful, reached, names, frozenset(missing))
        reached = covered.union(*(one.blocks for one in suggestions))
        left = [number for number in missing if number not in reached]
        why = (Unreached(number, self._why(number, found, state)) for number in left)
        ended = self._budget.ended if self._budget.was_spent else ""
        return Advice(tuple(suggestions), tuple(why), self._meter.count, ended)

    def _refusal(self) -> str:
        """Why no scenario of the chart can render."""
        failure = engines.render(self._engine, self._chart, self._ground.case).failure
        if failure is not None and failure.kind in {"chart", "dependency", "kube-version"}:
            return f"the chart cannot be rendered: {failure.message}"
        return ""

    def _kube_versions(self) -> list[str]:
        allowed = kube_versions.allowed(self._chart.kube_version, (*_OLD, *known_versions()))
        unique = dict.fromkeys(re.sub(r"^(\d+\.\d+)$", r"\1.0", one) for one in allowed)
        return sorted(unique, key=semver.minor)

    def _suggestions(
        self,
        search: Search,
        accepted: Sequence[AcceptedTrial],
        covered: frozenset[int],
        names: set[str],
        wanted: frozenset[int],
    ) -> list[Suggestion]:
        found: list[Suggestion] = []
        done = set(covered)
        reducer = Reducer(search)
        fewer = reducer.merged(chosen(accepted, wanted - covered))
        for each in [reducer.minimised(one, new) for one, new in fewer]:
            if self._budget.overdue:
                break
            small = self._settled(each, search.validity) if each.reached & wanted - done else None
            if small is None or not small.reached & wanted - done:
                continue
            name = naming.named(small.trial.given, small.trial.options, names, fails=bool(small.refusal))
            names.add(name)
            scenario = small.trial.scenario()
            if small.refusal:
                scenario["fails"] = naming.pattern(small.refusal)
            blocks = frozenset(small.reached - done)
            found.append(Suggestion(self._chart.path, name, scenario, blocks, small.but))
            done |= blocks
        return found

    def _settled(self, accepted: AcceptedTrial, validity: Validity) -> AcceptedTrial | None:
        """*accepted* as chartkit renders it, for all its Kubernetes versions; for one where others differ.

        It reaches what is counted in these renders, where that can be done.
        """
        runs = [self._run(case, accepted, validity) for case in self._ground.cases_of(accepted.trial)]
        trial = accepted.trial
        if None in runs:
            options = {**trial.options, "kube-versions": self._ground.case.kube_version}
            trial = Trial(trial.given, options)
            runs = [self._run(self._ground.case_of(trial), accepted, validity)]
        if None in runs:
            return None
        reached = frozenset(number for run in runs if run is not None for number in run)
        return dataclasses.replace(accepted, trial=trial, reached=reached)

    def _run(self, case: Case, accepted: AcceptedTrial, validity: Validity) -> frozenset[int] | None:
        """What the real render of *case* reaches; None where it does not end as the measured one did."""
        render = engines.render(self._engine, self._chart, case)
        failure = render.failure
        if accepted.refusal:
            pattern = naming.pattern(accepted.refusal)
            return accepted.reached if failure and re.search(pattern, failure.text) else None
        if failure is not None or not accepted.bears(validity.of(case, render)):
            return None
        counted = counting.count(self._engine, self._chart, case, render)
        return accepted.reached if counted.partly else frozenset(counted.counts)

    def _why(self, number: int, found: Findings, state: State) -> str:
        block = self._meter.blocks[number]
        visits = found.visits.get(number, [])
        if why := state.failed.get(number):
            return why
        if not visits:
            return self._never(number, found)
        if why := self._unsolved(visits, found):
            return why
        if self._budget.was_spent:
            return f"not tried to the end: {self._budget.ended}"
        return (
            f"no values were found for {block.text!r}"
            if block.text
            else "no values were found that lead there"
        )

    def _unsolved(self, visits: Sequence[Visit], found: Findings) -> str:
        """What the conditions on the ways into a block tell; constant only where all dots are known."""
        world = self._ground.world()
        own = [solving.reason(visit.constraints, world) for visit in visits]
        known = not found.cut and found.partly_read().isdisjoint(visit.context.name for visit in visits)
        if known and all(why == solving.CONSTANT for why in own):
            return solving.CONSTANT
        ways = (solving.reason(way, world) for visit in visits for way in solving.paths(visit, world))
        return next((why for why in ways if why and why != solving.CONSTANT), "")

    def _never(self, number: int, found: Findings) -> str:
        block = self._meter.blocks[number]
        while block.parent is not None:
            block = self._meter.blocks[block.parent]
        if block.kind == "define":
            known = "is known to call" if found.cut else "calls"
            return f"nothing {known} the template {block.text!r}"
        return "its file is not run"


def _note_comparisons(found: Findings) -> None:
    """Keep with what each value is compared: it is likely to be among these."""
    seen: set[int] = set()
    for visits in found.visits.values():
        for visit in visits:
            for term, _ in visit.constraints:
                if id(term) not in seen:
                    seen.add(id(term))
                    for path, value in _compared(term):
                        if value not in found.compared[path]:
                            found.compared[path].append(value)


def _compared(term: Term) -> Iterator[tuple[tuple[str, ...], Any]]:
    waiting = [term]
    while waiting:
        one = waiting.pop()
        waiting += parts(one)
        if not isinstance(one, Op) or one.name not in {"eq", "ne", "has", "contains", "hasPrefix"}:
            continue
        constants = [arg.value for arg in one.args if isinstance(arg, Const)]
        constants += [each.value for arg in one.args for each in parts(arg) if isinstance(each, Const)]
        for arg in one.args:
            for ref in _refs(arg):
                yield from ((ref.path[1:], value) for value in constants if ref.path[0] == "Values")


def _refs(term: Term) -> Iterator[Ref]:
    if isinstance(term, Ref):
        yield term
    elif isinstance(term, Op | Either):
        for part in parts(term):
            yield from _refs(part)
