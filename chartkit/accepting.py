"""Writes the baseline: a run of everything, whose findings are accepted from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chartkit import baseline, pipeline
from chartkit.baseline import Entry
from chartkit.config import BASELINE, Config
from chartkit.model import Finding, Report, Severity
from chartkit.running import refusals
from chartkit.running.run import Progress

_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was done, in a sentence; *fails* says whether what cannot be accepted fails a check."""

    text: str
    fails: bool


def accept(config: Config, paths: Sequence[str] = (), progress: Progress = lambda *_: None) -> Accepted:
    """Judge what *paths* mean and write down all that is found, but for what keeps a chart from being judged.

    Raises ChartkitError.
    """
    path = config.baseline or config.root / BASELINE
    name = config.shown(path)
    baseline.refuse_others(path, name)
    free = replace(config, baseline=False, since=None, new=False)
    report = pipeline.check(free, paths, progress)
    found = [each for each in report.findings if each.suppressed is None]
    charts = {name for name, _ in report.unrendered}
    keeping = [each for each in found if refusals.keeps_from_judging(each, charts)]
    written = [each for each in found if not refusals.keeps_from_judging(each, charts)]
    entries = [baseline.entry(each, config) for each in written]
    left = _left(keeping)
    fails = any(map(report.fails, keeping))
    kept = [*_others(config, report)] if paths and path.exists() else []
    if not entries and not path.exists():
        return Accepted(f"nothing to accept{left or ': there are no findings'}", fails)
    baseline.write(path, name, [*entries, *kept])
    also = f"; {len(kept):,} of other charts kept" if kept else ""
    return Accepted(f"wrote {name}: {_counted(written) or 'no findings'}{also}{left}", fails)


def _counted(findings: Sequence[Finding]) -> str:
    counts = [(sum(one.severity is each for one in findings), each.label) for each in reversed(Severity)]
    return ", ".join(f"{count:,} {word}{'s' * (count != 1)}" for count, word in counts if count)


def _left(keeping: Sequence[Finding]) -> str:
    """What is not accepted, and why."""
    if not keeping:
        return ""
    named = [f"{each.rule} in {each.place.file}" for each in keeping]
    listed = ", ".join(named[:_MOST]) + (f" and {len(named) - _MOST} more" if len(named) > _MOST else "")
    verb = "keeps" if len(keeping) == 1 else "keep"
    return f"; not accepted: {_counted(keeping)} that {verb} a chart from being judged ({listed})"


def _others(config: Config, report: Report) -> Iterator[Entry]:
    """What the baseline holds of charts that were not judged now."""
    assert config.baseline
    judged = {name for name, _ in report.charts} | {finding.chart for finding in report.findings}
    held = baseline.read(config.baseline, config.shown(config.baseline))
    return (one for one in held.entries if one.chart not in judged)
