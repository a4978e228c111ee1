"""What a worker does to find more about a chart than its cases tell: renders it with other values."""

from __future__ import annotations

from typing import Final

from chartkit.coverage import values
from chartkit.coverage.suggest import Advice, suggest
from chartkit.coverage.values import ValuesCoverage
from chartkit.findings.suppress import Suppression
from chartkit.model.case import Case
from chartkit.pipeline.coverage_worker import open_embedded
from chartkit.pipeline.records import Settings
from chartkit.pipeline.suggestion_judge import judge_of
from chartkit.pipeline.worker_state import load_chart, open_engine

SHARE: Final = 0.6
"""How much of the time that one call may take is used, so that it ends by itself."""


def suggest_for(
    settings: Settings,
    chart_file: str,
    runs: tuple[tuple[Case, frozenset[int]], ...],
    wanted: frozenset[int],
    taken: tuple[str, ...],
    seconds: float,
    accepted: tuple[Suppression, ...] = (),
) -> Advice:
    """Scenarios that reach the blocks *wanted*, which none of the cases in *runs* does.

    They bring no finding but what is *accepted*, as far as that can be.
    """
    cases = [case for case, _ in runs]
    chart = load_chart(chart_file)
    engine = open_embedded()
    judge = judge_of(settings, chart, accepted)
    limit = seconds * SHARE
    return suggest(engine, chart, cases, runs=runs, wanted=wanted, taken=taken, seconds=limit, judge=judge)


def measure_values(
    settings: Settings, chart_file: str, cases: tuple[Case, ...], seconds: float
) -> ValuesCoverage:
    """What is known of each key of the chart's values."""
    engine = open_engine(settings)
    return values.measure(engine, load_chart(chart_file), cases, seconds * SHARE)
