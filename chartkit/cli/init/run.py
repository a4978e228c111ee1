"""`chartkit init`: what it does in which order, and what it says."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from chartkit.cli import init
from chartkit.cli.init import Change, Survey, Wanted
from chartkit.model.errors import ConfigError, NoChart
from chartkit.pipeline.run import Progress
from chartkit.plan.config import Config, golden_folder
from chartkit.system.paths import absolute, is_folder, repository, shown
from chartkit.system.terminal import visible


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be done: the *changes* to files, and whether to *record* renders.

    *config* is the configuration file, there or to be; *cwd* is where a person stands.
    """

    found: Survey
    wanted: Wanted
    cwd: pathlib.Path
    changes: tuple[Change, ...]
    config: pathlib.Path
    record: bool = False


def plan(path: str | None, *, golden: bool, pre_commit: bool, workflows: tuple[str, ...]) -> Planned:
    """Think it all out; nothing is written. Raises ChartkitError where something cannot be done."""
    if unknown := [name for name in workflows if name not in init.WORKFLOWS]:
        choice = ", ".join(init.WORKFLOWS)
        raise ConfigError(f"--workflow: there is no workflow {unknown[0]!r}", f"choose from: {choice}")
    cwd = pathlib.Path(os.path.abspath("."))  # noqa: PTH100  # links stay
    root = absolute(path, cwd) if path is not None else repository(cwd) or cwd
    if not is_folder(root):
        raise NoChart(f"there is no folder {path!r}", "name the folder that chartkit.yaml is to stand in")
    try:
        found = init.survey(root)
    except NoChart as error:
        raise NoChart(f"there is no chart in {shown(root, cwd)!r}", error.hint) from error
    wanted = Wanted(golden, pre_commit, workflows)
    changes = tuple(init.changes(found, cwd, wanted))
    if golden:
        golden_folder.used(found.config)
    return Planned(found, wanted, cwd, changes, changes[0].path, golden and not _recorded(found.config))


def _recorded(config: Config) -> bool:
    """Whether there are renders already, of which none is overwritten."""
    return is_folder(config.golden_folder) and any(config.golden_folder.rglob("*.yaml"))


def told(planned: Planned, *, dry_run: bool) -> str:
    """What was found, and what is left as it is; with *dry_run* also what would be written."""
    return "".join(f"{line}\n" for line in _told(planned, dry_run=dry_run))


def _told(planned: Planned, *, dry_run: bool) -> Iterator[str]:
    found = planned.found
    libraries = f"; {_count(found.libraries, 'library chart')}" if found.libraries else ""
    yield f"found {_count(len(found.charts), 'chart')} with {_count(found.scenarios, 'scenario')}{libraries}"
    if found.lacking:
        lacking = _count(found.lacking, "chart")
        yield f"{lacking} with dependencies that are to be fetched, as {init.FETCH} does"
    for folder in found.test_data:
        yield f"left out {visible(folder)}: it looks like test data"
    for notice in found.config.notices:
        yield f"note: {visible(notice)}"
    for change in planned.changes:
        if change.text is None:
            yield f"left {visible(change.shown)} as it is: {change.why}"
        elif dry_run:
            yield f"would write {visible(change.shown)}:\n{_indented(change.text)}"
    folder = visible(shown(found.config.golden_folder, planned.cwd))
    if planned.wanted.golden and not planned.record:
        yield f"left {folder} as it is: it holds renders already (`chartkit golden update` records them anew)"
    elif planned.record and dry_run:
        yield f"would record what the charts render in {folder}"


def _indented(text: str) -> str:
    return "\n".join(f"  {visible(line)}".rstrip() for line in text.splitlines())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def write(planned: Planned) -> None:
    """Write the files, and say so."""
    from chartkit.system.terminal import write as tell

    init.write(planned.changes)
    for change in planned.changes:
        if change.text is not None:
            tell(f"{'wrote' if change.before is None else 'added to'} {visible(change.shown)}\n")


def record(planned: Planned, config: Config, progress: Progress) -> str:
    """Record what the charts render; how many files that made, and how many cases have none."""
    from chartkit.pipeline import golden_update

    recorded = golden_update.update(config, [shown(planned.found.root, planned.cwd)], progress)
    folder = visible(shown(config.golden_folder, planned.cwd))
    failed = sum(not case.rendered for case in recorded.report.cases)
    lines = [f"recorded {_count(len(recorded.written), 'render')} in {folder}\n"]
    if failed:
        lines.append(f"{_count(failed, 'case')} without one: `chartkit check` tells why\n")
    return "".join(lines)


def next_steps(planned: Planned) -> str:
    """What to do next, as commands."""
    following = [*_next(planned)]
    width = max(len(command) for command, _ in following)
    steps = "".join(f"  {command:<{width}}  {what}\n" for command, what in following)
    hints = "".join(f"  {change.hint}\n" for change in planned.changes if change.hint)
    return f"\nnext:\n{steps}{hints}"


def _next(planned: Planned) -> Iterator[tuple[str, str]]:
    wanted = planned.wanted
    fetch = f" {init.FETCH}" if planned.found.lacking else ""
    yield f"chartkit check{fetch}", "see what is wrong now"
    yield f"chartkit baseline{fetch}", "accept that for now, so that only what is new fails"
    if not wanted.golden and planned.found.config.golden is None:
        yield f"chartkit golden update{fetch}", "record what the charts render, to see what changes it"
    if not wanted.pre_commit:
        yield "chartkit init --pre-commit", "check the charts of each commit"
    if not wanted.workflows:
        name = _service(repository(planned.found.root) or planned.found.root)
        yield f"chartkit init --workflow {name}", "check the charts of each pull request"


def _service(top: pathlib.Path) -> str:
    """The service whose files are in the repository."""
    return "gitlab" if os.path.lexists(top / ".gitlab-ci.yml") else "github"
