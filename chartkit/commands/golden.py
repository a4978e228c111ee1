"""`chartkit golden`: renders compared with what was recorded, or recorded."""

from __future__ import annotations

import dataclasses
from typing import Final

from chartkit.commands._given import exit_code, hooked, several
from chartkit.config import Config, Flags, configure
from chartkit.errors import EXIT_FINDINGS
from chartkit.options import ConfigFile, Hook, Jobs, Paths, ScenarioNames, Update
from chartkit.output import write_report
from chartkit.terminal import visible, write

_RULES: Final = ("golden-missing", "golden-drifted", "golden-orphaned", "golden-unstable")


def golden_config(
    config: str | None, scenario: list[str] | None, jobs: int | None, update: bool | None = None
) -> Config:
    """A configuration in which only what renders, and what differs, is told."""
    from chartkit.helm.failure import RULES

    select = (*_RULES, *dict.fromkeys(RULES.values()), "chart-unreadable", "dependency-missing")
    flags = Flags(
        config=config, scenario=several(scenario), jobs=jobs, select=select, update_dependencies=update
    )
    read = configure.read(flags)
    return read if read.golden else dataclasses.replace(read, golden=read.golden_folder)


def diff(
    paths: Paths = None, config: ConfigFile = None, scenario: ScenarioNames = None, jobs: Jobs = None
) -> int:
    """Show how the renders of now differ from what was recorded; exit code 1 where they do."""
    read = golden_config(config, scenario, jobs)
    from chartkit import pipeline
    from chartkit.progress import Progress

    with Progress() as progress:
        report = pipeline.check(read, paths or (), progress)
    write_report(report, read, verbose=True, quiet=False)
    return exit_code(report)


def update(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    jobs: Jobs = None,
    update_dependencies: Update = None,
    hook: Hook = False,
) -> int:
    """Record what the charts render now; a case that does not render is left as it was, and said.

    With --hook the exit code is 1 where a file was written or removed.
    """
    read = golden_config(config, scenario, jobs, update_dependencies)
    read = hooked(read, paths) if hook else read
    from chartkit.progress import Progress
    from chartkit.running import recording

    with Progress() as progress:
        recorded = recording.update(read, paths or (), progress)
    for word, files in (("wrote", recorded.written), ("removed", recorded.removed)):
        for file in files:
            write(f"{word} {visible(file)}\n")
    if recorded.report.findings or recorded.report.not_judged:
        write_report(recorded.report, read, verbose=True, quiet=False)
    elif not recorded.written and not recorded.removed:
        count = len(recorded.report.cases)
        what = "1 case renders" if count == 1 else f"{count:,} cases render"
        write(f"nothing to do: {what} what was recorded\n")
    changed = hook and (recorded.written or recorded.removed)
    return EXIT_FINDINGS if changed else exit_code(recorded.report)
