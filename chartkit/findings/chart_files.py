"""What is wrong with the files of a chart and its values files, before anything is rendered."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence

from chartkit.findings.run_rule import judge_chart
from chartkit.findings.writer import Rules, Writer
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.finding import Finding
from chartkit.rules import yaml_key_duplicate


def judge_files(chart: Chart, cases: Sequence[Case], rules: Rules) -> Iterator[Finding]:
    """What the rules say of the files of *chart*, and of the values files of its *cases*, each read once."""
    yield from judge_chart(chart, rules)
    for name in values_files(cases):
        hits = tuple(yaml_key_duplicate.in_values(_text(name), name))
        using = [case for case in cases if name in _values_files(case.scenario)] if hits else []
        for case in using:
            yield from Writer(chart, rules, case).findings(hits)


def values_files(cases: Sequence[Case]) -> tuple[str, ...]:
    """The values files that *cases* are given, each once."""
    return tuple(dict.fromkeys(name for case in cases for name in _values_files(case.scenario)))


def _values_files(scenario: Scenario) -> tuple[str, ...]:
    below = _values_files(scenario.below) if scenario.below else ()
    return (*below, *scenario.base.files, *scenario.values_files)


def _text(name: str) -> str:
    """The text of a file; nothing where it cannot be read, which the case that is given it tells."""
    try:
        return pathlib.Path(name).read_text("utf-8-sig")
    except (OSError, ValueError):
        return ""
