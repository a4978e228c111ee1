"""`chartkit golden`: records renders, and compares later ones with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chartkit.cli import hook as changed_files
from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.cli.output import check_formats, exit_code, write_report
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
_UNREADABLE: Final = ("chart-unreadable", "chart-file-unsafe", "dependency-missing")


def golden_config(flags: Flags) -> Config:
    """A configuration with the rules of golden files alone, and those about charts that do not render."""
    from chartkit.model.render import FAILURE_RULES

    select = (*_RULES, *dict.fromkeys(FAILURE_RULES.values()), *_UNREADABLE)
    read = golden_folder.with_goldens(configure.read(replace(flags, select=select)))
    check_formats(read)
    return read


def diff(
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    scenario: options.ScenarioNames = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    siblings: options.Siblings = None,
) -> int:
    """Show how the renders of now differ from what was recorded; exit code 1 where they do."""
    read = golden_config(flags_of(locals()))
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import check

    with Progress() as progress:
        report = check.check(read, paths or (), progress)
    write_report(report, read, verbose=True, quiet=False)
    return exit_code(report, read)


def update(
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    scenario: options.ScenarioNames = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    siblings: options.Siblings = None,
    update_dependencies: options.UpdateDependencies = None,
    hook: options.Hook = False,
    dry_run: options.DryRun = False,
) -> int:
    """Record what the charts render now; a case that does not render is left as it was, and said.

    With --hook the exit code is 1 where a file was written or removed, with --dry-run where one would be.
    Files that chartkit has not written are neither overwritten nor removed, but named.
    """
    read = golden_config(flags_of(locals()))
    read = changed_files.narrowed(read, paths or ()) if hook else read
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import golden_update
    from chartkit.reports._words import dependency_sources

    with Progress() as progress:
        recorded = golden_update.update(read, paths or (), progress, dry_run=dry_run)
    write(_lines(recorded, dry_run=dry_run))
    if recorded.report.findings or recorded.report.not_judged:
        write_report(recorded.report, read, verbose=True, quiet=False)
        return _code(recorded, read, hook=hook or dry_run)
    write("".join(f"{visible(line)}\n" for line in dependency_sources(recorded.report.taken)))
    if not recorded.written and not recorded.removed:
        count = len(recorded.report.cases)
        what = "1 case renders" if count == 1 else f"{count:,} cases render"
        write(f"nothing to do: {what} what was recorded\n")
    return _code(recorded, read, hook=hook or dry_run)


def _code(recorded: Recorded, config: Config, *, hook: bool) -> int:
    changed = hook and (recorded.written or recorded.removed)
    return EXIT_FINDINGS if changed else exit_code(recorded.report, config)


def _lines(recorded: Recorded, *, dry_run: bool) -> str:
    """One line for each file that was written, removed or left as it is."""
    wrote, removed = ("would write", "would remove") if dry_run else ("wrote", "removed")
    lines = [f"{wrote} {visible(file)}" for file in recorded.written]
    lines += [f"{removed} {visible(file)}" for file in recorded.removed]
    why = "no case is compared with it, and chartkit did not write it"
    lines += [f"left {visible(file)} as it is: {why}" for file in recorded.left]
    return "".join(f"{line}\n" for line in lines)
