"""Writes the baseline: a run of everything, whose findings are accepted from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartkit import baseline, pipeline
from chartkit.baseline import Entry
from chartkit.config import BASELINE, Config
from chartkit.model import Report, Severity
from chartkit.running.run import Progress


def accept(config: Config, paths: Sequence[str] = (), progress: Progress = lambda *_: None) -> str:
    """Judge what *paths* mean and write down all that is found; what was done, in a sentence.

    Raises ChartkitError.
    """
    path = config.baseline or config.root / BASELINE
    name = config.shown(path)
    baseline.refuse_others(path, name)
    free = replace(config, baseline=False, since=None, new=False)
    report = pipeline.check(free, paths, progress)
    entries = [baseline.entry(each, config) for each in report.findings if each.suppressed is None]
    kept = [*_others(config, report)] if paths and path.exists() else []
    if not entries and not path.exists():
        return "nothing to accept: there are no findings"
    baseline.write(path, name, [*entries, *kept])
    counts = [(report.active(each), each.label) for each in sorted(Severity, reverse=True)]
    told = ", ".join(f"{count:,} {word}{'s' * (count != 1)}" for count, word in counts if count)
    also = f"; {len(kept):,} of other charts kept" if kept else ""
    return f"wrote {name}: {told or 'no findings'}{also}"


def _others(config: Config, report: Report) -> Iterator[Entry]:
    """What the baseline holds of charts that were not judged now."""
    assert config.baseline
    judged = {name for name, _ in report.charts} | {finding.chart for finding in report.findings}
    held = baseline.read(config.baseline, config.shown(config.baseline))
    return (one for one in held.entries if one.chart not in judged)
