"""The jobs that a run hands to its workers, by which it also asks the cache.

Light, since a run in which nothing has changed needs no more of them than names and types: what does the work
is imported by whoever works. Each job takes the settings and the file that its chart is pickled in.
"""

from __future__ import annotations

from chartkit.model.case import Case
from chartkit.model.render import Render
from chartkit.pipeline.records import (
    CaseRecord,
    CheckResult,
    Settings,
    StoredRender,
)


def preload(settings: Settings) -> None:
    """Import what jobs need and load the rules of *settings*, so that forks of this process have them."""
    from chartkit.pipeline import worker_checks, worker_state  # noqa: F401

    worker_state.load_rules(settings)


def check_case(settings: Settings, chart_file: str, case: Case) -> CaseRecord:
    """Render *case* and judge what comes out."""
    from chartkit.pipeline import worker_checks

    return worker_checks.check_case(settings, chart_file, case)


def render_case(settings: Settings, chart_file: str, case: Case) -> Render:
    """Render *case* only, as ``helm template`` does: it knows of no cluster."""
    from chartkit.pipeline import worker_checks

    return worker_checks.render_case(settings, chart_file, case)


def check_files(settings: Settings, chart_file: str, cases: tuple[Case, ...]) -> CheckResult:
    """Check the files of a chart, and the values files of its *cases*."""
    from chartkit.pipeline import worker_checks

    return worker_checks.check_files(settings, chart_file, cases)


def check_crds(
    settings: Settings, chart_file: str, case: Case, rendered: StoredRender, crds: tuple[str, ...]
) -> CheckResult:
    """Check the objects of a render whose schema is in *crds*, definitions of other charts by store name."""
    from chartkit.pipeline import worker_checks

    return worker_checks.check_crds(settings, chart_file, case, rendered, crds)


def check_release(
    settings: Settings,
    parts: tuple[tuple[str, Case, StoredRender], ...],
    absent: tuple[str, ...],
    reported: frozenset[str],
) -> CheckResult:
    """What the rules on a release find in *parts*: of each chart its file, a case, and the render.

    The charts *absent* are not rendered; only of those *reported* (by path) is anything kept.
    """
    from chartkit.pipeline import worker_checks

    return worker_checks.check_release(settings, parts, absent, reported)
