"""Scenarios that are tried: what they set, the cases they make, whether what they render is valid."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.suggest.naming import leaves
from chartkit.coverage.suggest.worlds import World, merged
from chartkit.helm import engines, set_values
from chartkit.helm.embedded import Embedded
from chartkit.model.case import BaseValues, Case, Chart

Leaf = tuple[tuple[str, ...], Any]
MOST_SETTINGS: Final = 40
"""How many things one scenario may set."""


@dataclass(frozen=True)
class Trial:
    """What a scenario sets: values *given*, and *options* in the words of chartkit.yaml."""

    given: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many things it sets."""
        return sum(1 for _ in leaves(self.given)) + len(self.options)

    @property
    def key(self) -> str:
        """Equal for trials that set the same."""
        return json.dumps([self.given, self.options], sort_keys=True, default=str)

    def joined(self, other: Trial) -> Trial | None:
        """What both set, None where they contradict each other."""
        given = _joined(self.given, other.given)
        if given is None:
            return None
        options = dict(self.options)
        for name, value in other.options.items():
            if name == "api-versions":
                options[name] = list(dict.fromkeys([*options.get(name, ()), *value]))
            elif options.setdefault(name, value) != value:
                return None
        return Trial(given, options)

    def parts(self) -> list[tuple[str, ...]]:
        """What can be left out one by one."""
        found = [path for path, _ in leaves(self.given)]
        return [*found, *((f"\0{name}",) for name in self.options)]

    def without(self, dropped: Iterable[tuple[str, ...]]) -> Trial:
        """This but for those *parts*."""
        given: Any = copy.deepcopy(dict(self.given))
        options = dict(self.options)
        for path in dropped:
            if path[0].startswith("\0"):
                options.pop(path[0][1:], None)
            else:
                _drop(given, path)
        return Trial(given, options)

    def scenario(self) -> dict[str, Any]:
        """It in the form of chartkit.yaml."""
        scenario: dict[str, Any] = {}
        options = dict(self.options)
        if options.pop("upgrade", False):
            scenario["upgrade"] = True
        if version := options.pop("kube-versions", None):
            scenario["kube-versions"] = [version.removesuffix(".0") if version.count(".") == 2 else version]
        scenario |= options
        if self.given:
            scenario["values"] = copy.deepcopy(dict(self.given))
        return scenario


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    joined = dict(one)
    for name, value in other.items():
        if name not in joined:
            joined[name] = value
        elif isinstance(joined[name], dict) and isinstance(value, dict) and joined[name] and value:
            below = _joined(joined[name], value)
            if below is None:
                return None
            joined[name] = below
        elif not (type(joined[name]) is type(value) and joined[name] == value):
            return None
    return joined


def _drop(given: Any, path: tuple[str, ...]) -> None:
    if len(path) == 1:
        given.pop(path[0], None)
    elif isinstance(given.get(path[0]), dict):
        _drop(given[path[0]], path[1:])
        if not given[path[0]]:
            del given[path[0]]


class Ground:
    """Where trials begin: a *case* that sets nothing of its own; *versions* are those it is rendered for."""

    def __init__(self, engine: Embedded, chart: Chart, case: Case, versions: Sequence[str]) -> None:
        self.case = case
        self.versions = tuple(versions)
        self._engine = engine
        self._chart = chart
        self.defaults = _defaults(chart, engine)

    def world(self, case: Case | None = None) -> World:
        """The world of a scenario that sets what *case* does by itself, without one nothing."""
        ground = self.case.scenario
        scenario = (case or self.case).scenario
        own = engines.inputs_of(_bare(case), self._engine.read_yaml).values if case is not None else {}
        given = json.loads(json.dumps(own))
        base = engines.inputs_of(self.case, self._engine.read_yaml).values
        values = merged(self.defaults, json.loads(json.dumps(base)))
        options: dict[str, Any] = {}
        if case is not None:
            options |= {"upgrade": True} if scenario.is_upgrade and not ground.is_upgrade else {}
            more = [one for one in scenario.api_versions if one not in ground.api_versions]
            options |= {"api-versions": more} if more else {}
            for name in ("namespace", "release"):
                if getattr(scenario, name) != getattr(ground, name):
                    options[name] = getattr(scenario, name)
            if case.kube_version not in self.versions:
                options["kube-versions"] = case.kube_version
        return World(
            values=merged(values, given),
            kube_version=(case or self.case).kube_version,
            release=scenario.release,
            namespace=scenario.namespace,
            is_upgrade=scenario.is_upgrade,
            api_versions=scenario.api_versions,
            given=given,
            options=options,
        )

    def trial(self, world: World) -> Trial:
        """What *world* sets."""
        options = dict(world.options)
        if bool(options.get("upgrade", self.case.scenario.is_upgrade)) == self.case.scenario.is_upgrade:
            options.pop("upgrade", None)
        return Trial(world.given, options)

    def case_of(self, trial: Trial, name: str = "suggested", version: str = "") -> Case:
        """The case that *trial* makes; for Kubernetes *version*, else that of the ground."""
        scenario = self.case.scenario
        options = trial.options
        return dataclasses.replace(
            self.case,
            kube_version=options.get("kube-versions") or version or self.case.kube_version,
            scenario=dataclasses.replace(
                scenario,
                name=name,
                values=json.dumps(trial.given) if trial.given else "",
                is_upgrade=bool(options.get("upgrade", scenario.is_upgrade)),
                api_versions=(*scenario.api_versions, *options.get("api-versions", ())),
                namespace=options.get("namespace", scenario.namespace),
                release=options.get("release", scenario.release),
                fails=None,
            ),
        )

    def cases_of(self, trial: Trial) -> Iterator[Case]:
        """The cases that *trial* makes for all Kubernetes versions it is rendered for."""
        versions = (trial.options["kube-versions"],) if "kube-versions" in trial.options else self.versions
        return (self.case_of(trial, version=version) for version in versions)


def ground_of(cases: Sequence[Case]) -> Case:
    """The case of *cases* that sets nothing of its own, on the newest Kubernetes; else one cleared."""
    plain = [case for case in cases if case.scenario.name == "default"] or [
        case for case in cases if case.scenario.fails is None
    ]
    return _cleared((plain or list(cases))[-1])


def _cleared(case: Case) -> Case:
    scenario = case.scenario
    if scenario.name == "default" and not (scenario.values_files or scenario.values or scenario.set_values):
        return case
    bare = dataclasses.replace(
        scenario, values_files=(), values="", set_values=(), fails=None, is_upgrade=False
    )
    return dataclasses.replace(case, scenario=bare)


def _bare(case: Case) -> Case:
    """*case* without what all scenarios of its chart have in common."""
    return dataclasses.replace(case, scenario=dataclasses.replace(case.scenario, base=BaseValues()))


def _defaults(chart: Chart, engine: Embedded) -> dict[str, Any]:
    """The values of *chart* with those of the charts below it, as templates see them."""
    folders = sorted(
        {name.rpartition("/")[0] for name in chart.files if name.endswith("/values.yaml")}, reverse=True
    )
    merged: dict[str, Any] = {}
    for folder in folders:  # deepest first
        below = folder.split("/charts/")[1:]
        if folder.count("/") != 2 * len(below):
            continue
        try:
            values = engine.read_yaml(chart.files[f"{folder}/values.yaml"].decode(errors="replace")) or {}
        except ValueError:
            continue
        for name in _called(chart, below):
            table: Any = values
            for step in reversed(name):
                table = {step: table}
            merged = set_values.merge(merged, table)
    return merged


def _called(chart: Chart, below: Sequence[str]) -> list[tuple[str, ...]]:
    if not below:
        return [()]
    aliases = [one.alias for one in chart.dependencies if one.alias and one.name == below[0]]
    return [(name, *below[1:]) for name in (aliases or [below[0]])]
