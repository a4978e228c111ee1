"""`chartkit golden`: renders compared with what was recorded, or recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from chartkit.cli.commands._given import exit_code, hooked, several
from chartkit.cli.options import ConfigFile, Hook, Jobs, Paths, ScenarioNames, Siblings, Timeout, Update
from chartkit.cli.output import check_formats, write_report
from chartkit.model.errors import EXIT_FINDINGS
from chartkit.plan.config import Config, Flags, configure, golden_folder
from chartkit.system.terminal import visible, write

if TYPE_CHECKING:
    from chartkit.pipeline.golden_update import Recorded

_RULES: Final = (
    "golden-missing",
    "golden-drifted",
    "golden-orphaned",
    "golden-unstable",
    "golden-mask-unused",
)


def golden_config(
    config: str | None,
    scenario: list[str] | None,
    jobs: int | None,
    timeout: float | None = None,
    siblings: bool | None = None,
    update: bool | None = None,
) -> Config:
    """A configuration in which only what renders, and what differs, is told."""
    from chartkit.helm.failure import RULES

    unread = ("chart-unreadable", "chart-file-unsafe", "dependency-missing")
    select = (*_RULES, *dict.fromkeys(RULES.values()), *unread)
    flags = Flags(
        config=config,
        scenario=several(scenario),
        jobs=jobs,
        timeout=timeout,
        select=select,
        update_dependencies=update,
        siblings=siblings,
    )
    read = golden_folder.used(configure.read(flags))
    check_formats(read)
    return read


def diff(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    siblings: Siblings = None,
) -> int:
    """Show how the renders of now differ from what was recorded; exit code 1 where they do."""
    read = golden_config(config, scenario, jobs, timeout, siblings)
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import check

    with Progress() as progress:
        report = check.check(read, paths or (), progress)
    write_report(report, read, verbose=True, quiet=False)
    return exit_code(report, read)


def update(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    siblings: Siblings = None,
    update_dependencies: Update = None,
    hook: Hook = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print which files would be written and removed; touch none.")
    ] = False,
) -> int:
    """Record what the charts render now; a case that does not render is left as it was, and said.

    With --hook the exit code is 1 where a file was written or removed, with --dry-run where one would be.
    Files that chartkit has not written are neither overwritten nor removed, but named.
    """
    read = golden_config(config, scenario, jobs, timeout, siblings, update_dependencies)
    read = hooked(read, paths) if hook else read
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import golden_update
    from chartkit.reports._words import taken

    with Progress() as progress:
        recorded = golden_update.update(read, paths or (), progress, dry_run=dry_run)
    write(_done(recorded, dry_run=dry_run))
    if recorded.report.findings or recorded.report.not_judged:
        write_report(recorded.report, read, verbose=True, quiet=False)
        return _code(recorded, read, hook=hook or dry_run)
    write("".join(f"{visible(line)}\n" for line in taken(recorded.report.taken)))
    if not recorded.written and not recorded.removed:
        count = len(recorded.report.cases)
        what = "1 case renders" if count == 1 else f"{count:,} cases render"
        write(f"nothing to do: {what} what was recorded\n")
    return _code(recorded, read, hook=hook or dry_run)


def _code(recorded: Recorded, config: Config, *, hook: bool) -> int:
    changed = hook and (recorded.written or recorded.removed)
    return EXIT_FINDINGS if changed else exit_code(recorded.report, config)


def _done(recorded: Recorded, *, dry_run: bool) -> str:
    """What became of which file, one a line."""
    wrote, removed = ("would write", "would remove") if dry_run else ("wrote", "removed")
    lines = [f"{wrote} {visible(file)}" for file in recorded.written]
    lines += [f"{removed} {visible(file)}" for file in recorded.removed]
    why = "no case is compared with it, and chartkit did not write it"
    lines += [f"left {visible(file)} as it is: {why}" for file in recorded.left]
    return "".join(f"{line}\n" for line in lines)
