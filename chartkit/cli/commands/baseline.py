"""`chartkit baseline`: accepts the findings that there are today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.plan.config import configure
from chartkit.system.terminal import visible, write

if TYPE_CHECKING:
    from chartkit.model.finding import Finding
    from chartkit.pipeline.accept_baseline import Accepted

_MOST: Final = 8


def baseline(
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    output: options.Output = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = None,
    siblings: options.Siblings = None,
    update_dependencies: options.UpdateDependencies = None,
    quiet: options.Quiet = False,
) -> int:
    """Accept what is found now, so that only what comes later is told: write chartkit-baseline.json.

    With PATHS, what it holds of other charts stays. What keeps a chart from being judged cannot be
    accepted: where that fails a check, the exit code is 1.
    """
    read = configure.read(replace(flags_of(locals()), baseline=output))
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import accept_baseline

    with Progress(quiet=quiet) as progress:
        accepted = accept_baseline.accept(read, paths or (), progress)
    write(f"{visible(_summary(accepted))}\n")
    return EXIT_FINDINGS if accepted.fails else EXIT_CLEAN


def _summary(accepted: Accepted) -> str:
    """What was accepted, counted as `chartkit check` counts it, and as the file does where that differs."""
    from chartkit.reports import _groups, _words

    rest = _not_accepted(accepted.refused)
    if accepted.file is None:
        return f"nothing to accept{rest or ': there are no findings'}"
    found = accepted.report.findings
    each = (
        f" ({len(found):,} findings)"
        if len(_groups.groups(accepted.report, suppressed=True)) != len(found)
        else ""
    )
    also = f"; {accepted.kept:,} of other charts kept" if accepted.kept else ""
    return f"wrote {accepted.file}: {_words.totals(accepted.report) or 'no findings'}{each}{also}{rest}"


def _not_accepted(refused: Sequence[Finding]) -> str:
    """What is not accepted, and why."""
    if not refused:
        return ""
    from chartkit.model.report import Report
    from chartkit.reports import _words

    named = [f"{each.rule} in {each.place.file}" for each in refused]
    listed = _words.listed(named, most=_MOST)
    verb = "keeps" if len(refused) == 1 else "keep"
    counted = _words.totals(Report(tuple(refused)))
    return f"; not accepted: {counted} that {verb} a chart from being judged ({listed})"
