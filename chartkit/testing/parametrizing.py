"""Which cases a test runs for: the scenarios and Kubernetes versions that its marker asks for."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chartkit.model.case import Case
from chartkit.model.errors import ConfigError
from chartkit.plan.kube_versions import full_version
from chartkit.syntax.semver import abbreviated
from chartkit.system.did_you_mean import suggestion
from chartkit.testing.chart import case_id
from chartkit.testing.inputs import Inputs
from chartkit.testing.session import RenderSession

__tracebackhide__ = True

Names = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One case of the configuration that a test runs for."""

    path: str
    scenario: str
    kube_version: str
    id: str

    @property
    def inputs(self) -> Inputs:
        return {"scenario": self.scenario, "kube_version": self.kube_version}


def parameters(
    session: RenderSession,
    paths: Sequence[str | os.PathLike[str]],
    *,
    scenarios: Names,
    kube_versions: Names = "all",
) -> list[Parameter]:
    """The cases of the charts at *paths* (none: all that are configured), in the order of a report.

    *scenarios* is ``all``, or names or patterns; those that must fail are left out, there is no render of
    them. *kube_versions* is ``all``, ``newest``, or some. Raises ConfigError where nothing is left.
    """
    known = session.plan(*paths).cases
    cases = [case for case in _of_scenarios(known, _several(scenarios)) if case.scenario.fails is None]
    cases = _of_versions(cases, _several(kube_versions))
    if not cases:
        raise ConfigError("no case is left of those that must render", "name other scenarios or versions")
    return [Parameter(case.path, case.scenario.name, case.kube_version, case_id(case)) for case in cases]


def _several(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _of_scenarios(cases: Sequence[Case], wanted: tuple[str, ...]) -> Sequence[Case]:
    if wanted == ("all",):
        return cases
    names = dict.fromkeys(case.scenario.name for case in cases)
    chosen = set()
    for pattern in wanted:
        found = fnmatch.filter(names, pattern)
        if not found:
            raise ConfigError(f"there is no scenario {pattern!r}", suggestion(pattern, names))
        if all(case.scenario.fails is not None for case in cases if case.scenario.name in found):
            hint = "use chart.refuses(scenario=…) to test that"
            raise ConfigError(f"scenario {pattern!r} must fail, there is no render of it", hint)
        chosen |= set(found)
    return [case for case in cases if case.scenario.name in chosen]


def _of_versions(cases: Sequence[Case], wanted: tuple[str, ...]) -> list[Case]:
    if wanted == ("all",):
        return list(cases)
    if wanted == ("newest",):
        return list({(case.path, case.scenario.name): case for case in cases}.values())
    versions = {_version(each) for each in wanted}
    _check_versions(versions, cases)
    return [case for case in cases if case.kube_version in versions]


def _version(text: str) -> str:
    try:
        return full_version(text)
    except ValueError:
        message = f"kube_versions: expected a Kubernetes version, not {text!r}"
        raise ConfigError(message, "write it as '1.34', or 'newest' or 'all'") from None


def _check_versions(wanted: Iterable[str], cases: Iterable[Case]) -> None:
    known = {case.kube_version: None for case in cases}
    for version in wanted:
        if version not in known:
            hint = f"use one of: {', '.join(sorted(map(abbreviated, known)))}"
            shown = abbreviated(version)
            raise ConfigError(f"kube_versions: no scenario here is rendered for {shown!r}", hint)
