"""What changing values, and making places in templates refuse, shows over all scenarios."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chartkit.coverage.values import alternatives, sites
from chartkit.coverage.values.keys import ABSENT, value_at
from chartkit.coverage.values.references import ReadSite, Steps
from chartkit.coverage.values.search import Effect, KeyChange, SearchOutOfTime, Trial, effects
from chartkit.coverage.values.study import Study, Subject
from chartkit.coverage.values.trials import PROBE, Bench, Files
from chartkit.model.render import Failure


@dataclass(slots=True)
class Outcome:
    """What showed.

    *shown* and *dumped* say for numbers of subjects in which scenario and template, *running* for
    sites in which scenario. *open* are tables that show whatever is in them. *complete* is false where
    the time ran out.
    """

    shown: dict[int, tuple[str, str]] = field(default_factory=dict)
    dumped: dict[int, tuple[str, str]] = field(default_factory=dict)
    running: dict[ReadSite, str] = field(default_factory=dict)
    open: set[Steps] = field(default_factory=set)
    complete: bool = True


def experiment(study: Study, benches: Sequence[Bench]) -> Outcome:
    """Change every subject in every scenario, as far as it has not shown yet."""
    outcome = Outcome()
    try:
        _try_values(study, benches, outcome)
        _try_dumps(study, benches, outcome)
        _try_sites(study, benches, outcome)
    except SearchOutOfTime:
        outcome.complete = False
    return outcome


def _try_values(study: Study, benches: Sequence[Bench], outcome: Outcome) -> None:
    scopes = [scope for scope in study.scopes.folders if _is_table(study, scope)]
    scopes += [("global",)] if _is_table(study, ("global",)) else []
    named = {subject.number for subject in study.subjects if study.mentions.of(subject.path)}
    subjects = sorted(study.subjects, key=lambda subject: bool(study.mentions.of(subject.path)))
    blame = _Blame(study)
    for index, bench in enumerate(benches):
        if not _left(study, outcome):
            break
        bench.blame = blame
        if study.mentions.dumps:
            bench.probe(scopes)
        _try_tables(study, bench, outcome)
        for level in range(alternatives.LEVELS):
            few = bool(index)  # most of what shows has shown in the first scenario
            left = _left(study, outcome)
            # what no template names was tried in all ways in the first; one more in each other will do
            brief = left - named if few else set()
            changes = list(_changes(study, subjects, bench, level, left, brief))
            marked = [change for change in changes if few or alternatives.is_marked(change.value)]
            _note(effects(marked, bench.try_values, at_once=True), bench, outcome.shown)
            plain = [change for change in changes if change not in marked]
            _note(effects(plain, bench.try_values, at_once=False), bench, outcome.shown)


class _Blame:
    """Tells which subjects may be read in a line where Helm gives up."""

    def __init__(self, study: Study) -> None:
        self.lines: dict[tuple[str, int], set[int]] = {}
        for subject in study.subjects:
            for site in {read.site for read in study.mentions.of(subject.path)}:
                line = study.templates.get(site.file, "").count("\n", 0, site.start) + 1
                self.lines.setdefault((site.file, line), set()).add(subject.number)

    def __call__(self, failure: Failure) -> Collection[int]:
        places = [(failure.template, failure.line or 0), *failure.includes[::-1]]
        return next((self.lines[place] for place in places if place in self.lines), ())


def _is_table(study: Study, path: Steps) -> bool:
    return isinstance(value_at(study.declared.data, path), Mapping)


def _try_tables(study: Study, bench: Bench, outcome: Outcome) -> None:
    """Which tables show whatever is in them, so that a key that is not declared there proves nothing."""
    left = _left(study, outcome)
    tables = {each.path[:-1] for each in study.subjects if each.candidate and each.number in left}
    numbered = dict(enumerate(sorted(tables), len(study.subjects)))
    changes = [
        KeyChange((*table, PROBE), alternatives.mark(number), number)
        for number, table in numbered.items()
        if _may_be_set(bench.given, (*table, PROBE))
    ]
    outcome.open.update(
        numbered[effect.number] for effect in effects(changes, bench.try_values, at_once=True)
    )


def _left(study: Study, outcome: Outcome) -> set[int]:
    """What is still to be tried: what has not shown, nor is in a table that shows whatever is in it."""
    return {each.number for each in study.subjects} - outcome.shown.keys() - _hidden(study, outcome)


def _hidden(study: Study, outcome: Outcome) -> set[int]:
    """The candidates in tables that show whatever is in them."""
    return {
        each.number
        for each in study.subjects
        if each.candidate is not None and each.path[:-1] in outcome.open
    }


def _note(found: Iterator[Effect], bench: Bench, into: dict[int, tuple[str, str]]) -> None:
    for effect in found:
        into[effect.number] = (bench.name, effect.where)


def _changes(
    study: Study,
    subjects: Sequence[Subject],
    bench: Bench,
    level: int,
    left: Collection[int],
    brief: Collection[int] = (),
) -> Iterator[KeyChange]:
    """What to try at *level* in the scenario of *bench* with what is *left*; with *brief* ones, one thing."""
    for subject in subjects:
        if subject.number not in left:
            continue
        now = current(bench.given, subject.path, subject.default)
        if now is None and not _may_be_set(bench.given, subject.path):
            continue
        alone = _is_alone(study.declared.data, bench.given, subject.path)
        options = alternatives.options(now, subject.number, alone=alone)
        for at, value in options[:1] if subject.number in brief else options:
            if at == level:
                yield KeyChange(subject.path, value, subject.number)


def current(given: Mapping[str, Any], path: Steps, default: Any) -> Any:
    """What a scenario that gives *given* makes of the key at *path*."""
    value = value_at(given, path)
    if value is ABSENT:
        return default if _may_be_set(given, path) else None
    return ABSENT if value is None else value


def _may_be_set(given: Mapping[str, Any], path: Steps) -> bool:
    """Whether nothing but tables is given for what holds *path*."""
    above = (value_at(given, path[:size]) for size in range(1, len(path)))
    return all(value is ABSENT or isinstance(value, Mapping) for value in above)


def _is_alone(data: Mapping[str, Any], given: Mapping[str, Any], path: Steps) -> bool:
    """Whether the table of *path* holds nothing else."""
    tables = [value_at(each, path[:-1]) for each in (data, given)]
    names = {name for table in tables if isinstance(table, Mapping) for name in table}
    return not names - {path[-1]}


def _try_dumps(study: Study, benches: Sequence[Bench], outcome: Outcome) -> None:
    """Which of what did not show does so where all values are printed or hashed."""
    for bench in benches:
        if bench.mask.trails:
            trial: Trial = bench.try_unmasked
            for level in (0, 1):
                left = _left(study, outcome) - outcome.dumped.keys()
                changes = list(_changes(study, study.subjects, bench, level, left))
                _note(effects(changes, trial, at_once=True), bench, outcome.dumped)


def _try_sites(study: Study, benches: Sequence[Bench], outcome: Outcome) -> None:
    """Which places run of those that read nothing but what did not show, where nothing fails anyway."""
    waiting: dict[int, ReadSite] = {}
    for subject in study.subjects:
        if subject.number not in outcome.shown:
            for read in study.mentions.of(subject.path):
                site = read.site
                if site.end > site.start and site.file in study.templates and study.mentions.is_single(read):
                    waiting[len(waiting)] = site
    waiting = dict(enumerate(dict.fromkeys(waiting.values())))
    for bench in (each for each in benches if each.base.failure is None):

        def render(files: Files, bench: Bench = bench) -> Any:
            return bench.render({}, files).failure

        for number in sites.run(bench.material.files, waiting, render):
            outcome.running[waiting.pop(number)] = bench.name
