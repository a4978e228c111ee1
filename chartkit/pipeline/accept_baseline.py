"""Writes the baseline: a run of everything, whose findings are accepted from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartkit.findings import baseline
from chartkit.findings.baseline import BaselineEntry
from chartkit.model.errors import Unfinished
from chartkit.model.finding import Finding
from chartkit.model.report import Report
from chartkit.pipeline import check, failed_cases
from chartkit.pipeline.run import Progress
from chartkit.plan.config import BASELINE, Config


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted: all of *report*, in the *file* (None: there was nothing to write).

    *kept* is how many entries of other charts stayed in it. *refused* keep a chart from being judged, which
    cannot be accepted; *fails* says whether they fail a check.
    """

    report: Report
    file: str | None
    kept: int = 0
    refused: tuple[Finding, ...] = ()
    fails: bool = False


def accept(config: Config, paths: Sequence[str] = (), progress: Progress = lambda *_: None) -> Accepted:
    """Judge what *paths* mean and write down all that is found, but for what keeps a chart from being judged.

    Raises ChartkitError.
    """
    path = config.baseline or config.root / BASELINE
    name = config.shown(path)
    baseline.refuse_others(path, name)
    free = replace(config, baseline=False, since=None, new=False)
    report = check.check(free, paths, progress)
    if report.unfinished:
        raise Unfinished(config.timeout)
    found = [each for each in report.findings if each.suppressed is None]
    charts = {name for name, _ in report.unrendered}
    refused = tuple(each for each in found if failed_cases.keeps_from_judging(each, charts))
    fails = any(map(report.fails, refused))
    written = tuple(each for each in found if each not in refused)
    entries = [baseline.entry(each, config) for each in written]
    kept = [*_others(config, report)] if paths and path.exists() else []
    report = replace(report, findings=written)
    if not entries and not path.exists():
        return Accepted(report, None, refused=refused, fails=fails)
    baseline.write(path, name, [*entries, *kept])
    return Accepted(report, name, len(kept), refused, fails)


def _others(config: Config, report: Report) -> Iterator[BaselineEntry]:
    """What the baseline holds of charts that were not judged now."""
    assert config.baseline
    judged = {name for name, _ in report.charts} | {finding.chart for finding in report.findings}
    written = baseline.read(config.baseline, config.shown(config.baseline))
    return (one for one in written.entries if one.chart not in judged)
