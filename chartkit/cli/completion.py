"""What the shell offers after a flag: names that the configuration, the charts and chartkit itself have.

A shell asks while somebody types, so whatever goes wrong here offers nothing, and says nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chartkit.plan.config import Config
    from chartkit.plan.discover import Plan

Offers = Iterable[tuple[str, str]]
"""Words, each with a remark that some shells show."""


def _quiet(find: Callable[[], Offers]) -> Callable[[str], list[tuple[str, str]]]:
    """A completion of typer's that offers what *find* finds, and nothing where that fails."""

    @functools.wraps(find)
    def complete(incomplete: str) -> list[tuple[str, str]]:
        try:
            offers = dict(find())
        except Exception:  # noqa: BLE001 (a shell that is asked for words must not get a traceback)
            return []
        return [(word, remark) for word, remark in offers.items() if word.startswith(incomplete)]

    del complete.__wrapped__  # its signature is what typer looks at
    return complete


def _config() -> Config:
    from chartkit.plan.config import Flags, configure

    return configure.read(Flags())


def _plan() -> Plan:
    from chartkit.plan import discover

    return discover.plan(_config())


@_quiet
def rules() -> Offers:
    """Ids of rules, with what they tell."""
    from chartkit.plan.config.known_rules import rules_of

    every, _ = rules_of(_config())
    return ((name, rule.page.summary) for name, rule in every.items())


@_quiet
def scenarios() -> Offers:
    """Names of scenarios, with the charts that have them."""
    charts: dict[str, list[str]] = {}
    for case in _plan().cases:
        charts.setdefault(case.scenario.name, []).append(case.chart)
    return ((name, _some(dict.fromkeys(found))) for name, found in sorted(charts.items()))


@_quiet
def charts() -> Offers:
    """Paths of charts; where none fits, the shell offers files by itself."""
    return ((chart.shown, chart.name) for chart in _plan().charts)


@_quiet
def kube_versions() -> Offers:
    """Versions of Kubernetes whose schemas are known, the newest first."""
    from chartkit.helm.kubernetes_schemas import known_versions

    return ((version.removesuffix(".0"), "") for version in reversed(known_versions()))


@_quiet
def formats() -> Offers:
    """Names of the formats of a report."""
    from chartkit.reports import FORMATS

    return ((name, "") for name in FORMATS)


@_quiet
def coverage_formats() -> Offers:
    """Names of the formats of a coverage report."""
    from chartkit.reports.coverage import FORMATS, HTML

    return ((name, "") for name in (*FORMATS, HTML))


@_quiet
def severities() -> Iterator[tuple[str, str]]:
    """What --fail-on takes."""
    from chartkit.model.finding import Severity

    yield from ((each.label, "") for each in sorted(Severity, reverse=True))
    yield "never", "findings do not change the exit code"


@_quiet
def engines() -> Offers:
    """What --engine takes."""
    return (("embedded", "Helm within chartkit"), ("cli", "the helm command"))


def _some(names: Mapping[str, object], most: int = 3) -> str:
    shown = ", ".join(list(names)[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
