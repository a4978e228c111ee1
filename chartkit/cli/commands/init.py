"""`chartkit init`: the first configuration of a repository."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from chartkit.cli import options
from chartkit.cli.commands.golden import golden_config
from chartkit.model.errors import EXIT_CLEAN, ConfigError, NoChart
from chartkit.plan.config import Config, Flags, golden_folder
from chartkit.system.paths import absolute, is_folder, repository, shown
from chartkit.system.terminal import visible, write

if TYPE_CHECKING:
    from chartkit.cli.init.files import FileChange
    from chartkit.cli.init.survey import Survey
    from chartkit.pipeline.golden_update import Recorded


def init(
    path: Annotated[
        str | None, typer.Argument(help="Folder to write chartkit.yaml into; default: the repository's root.")
    ] = None,
    golden: Annotated[bool, typer.Option("--golden", help="Record what the charts render now.")] = False,
    pre_commit: Annotated[
        bool, typer.Option("--pre-commit", help="Add the hooks to .pre-commit-config.yaml.")
    ] = False,
    workflow: Annotated[
        list[str] | None,
        typer.Option("--workflow", help="Write a workflow: github or gitlab; repeatable.", metavar="NAME"),
    ] = None,
    dry_run: Annotated[
        bool, options.flag(options.OUTPUT, "--dry-run", "Print what would be written, and write nothing.")
    ] = False,
    jobs: options.Jobs = None,
) -> int:
    """Write a chartkit.yaml with the charts and scenarios that are found here; nothing is overwritten.

    Exit code 0: what was asked for is there now. 2: it cannot be written, or there is no chart.
    """
    from chartkit.cli.init import files

    services = tuple(dict.fromkeys(workflow or ()))
    if unknown := [name for name in services if name not in files.WORKFLOWS]:
        choice = ", ".join(files.WORKFLOWS)
        raise ConfigError(f"--workflow: there is no workflow {unknown[0]!r}", f"choose from: {choice}")
    cwd = pathlib.Path(os.path.abspath("."))  # noqa: PTH100  # links stay
    found = _survey(path, cwd)
    changes = tuple(files.changes(found, cwd, services, golden=golden, hooks=pre_commit))
    folder = visible(shown(golden_folder.with_goldens(found.config).golden_folder, cwd)) if golden else ""
    is_recorded = golden and _has_renders(found.config)
    _print(_summary(found))
    _print(_plan(changes, dry_run=dry_run))
    if is_recorded:
        again = "`chartkit golden update` records them anew"
        write(f"left {folder} as it is: it holds renders already ({again})\n")
    if dry_run:
        if golden and not is_recorded:
            write(f"would record what the charts render in {folder}\n")
        return EXIT_CLEAN
    files.write(changes)
    _print(f"{_verb(one)} {visible(one.shown)}" for one in changes if one.text is not None)
    if golden and not is_recorded:
        _print(_recorded(_record(found, cwd, Flags(config=str(changes[0].path), jobs=jobs)), folder))
    _print(_next_steps(found, changes, golden=golden, pre_commit=pre_commit, workflow=bool(services)))
    return EXIT_CLEAN


def _print(lines: Iterator[str]) -> None:
    write("".join(f"{line}\n" for line in lines))


def _survey(path: str | None, cwd: pathlib.Path) -> Survey:
    from chartkit.cli.init.survey import survey

    root = absolute(path, cwd) if path is not None else repository(cwd) or cwd
    if not is_folder(root):
        raise NoChart(f"there is no folder {path!r}", "name the folder that chartkit.yaml is to stand in")
    try:
        return survey(root)
    except NoChart as error:
        raise NoChart(f"there is no chart in {shown(root, cwd)!r}", error.hint) from error


def _has_renders(config: Config) -> bool:
    """Whether there are renders already, of which none is overwritten."""
    return is_folder(config.golden_folder) and any(config.golden_folder.rglob("*.yaml"))


def _summary(found: Survey) -> Iterator[str]:
    """What was found, and what of it is left out."""
    from chartkit.cli.init.files import FETCH

    libraries = f"; {_count(found.libraries, 'library chart')}" if found.libraries else ""
    yield f"found {_count(len(found.charts), 'chart')} with {_count(found.scenarios, 'scenario')}{libraries}"
    if found.lacking:
        lacking = _count(found.lacking, "chart")
        yield f"{lacking} with dependencies that are to be fetched, as {FETCH} does"
    yield from (f"left out {visible(folder)}: it looks like test data" for folder in found.test_data)
    yield from (f"note: {visible(notice)}" for notice in found.config.notices)


def _plan(changes: Sequence[FileChange], *, dry_run: bool) -> Iterator[str]:
    """Which files stay as they are; in a dry run also what would be written."""
    for change in changes:
        if change.text is None:
            yield f"left {visible(change.shown)} as it is: {change.why}"
        elif dry_run:
            text = "\n".join(f"  {visible(line)}".rstrip() for line in change.text.splitlines())
            yield f"would write {visible(change.shown)}:\n{text}"


def _verb(change: FileChange) -> str:
    return "wrote" if change.before is None else "added to"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _record(found: Survey, cwd: pathlib.Path, flags: Flags) -> Recorded:
    """Record what the charts render."""
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import golden_update

    config = golden_config(flags)
    with Progress() as progress:
        return golden_update.update(config, [shown(found.root, cwd)], progress)


def _recorded(recorded: Recorded, folder: str) -> Iterator[str]:
    """How many files there are now, and how many cases have none."""
    yield f"recorded {_count(len(recorded.written), 'render')} in {folder}"
    if failed := sum(not case.rendered for case in recorded.report.cases):
        yield f"{_count(failed, 'case')} without one: `chartkit check` tells why"


def _next_steps(
    found: Survey, changes: Sequence[FileChange], *, golden: bool, pre_commit: bool, workflow: bool
) -> Iterator[str]:
    """What to do next, as commands, and by hand."""
    from chartkit.cli.init.files import FETCH

    fetch = f" {FETCH}" if found.lacking else ""
    steps = {
        f"chartkit check{fetch}": "see what is wrong now",
        f"chartkit baseline{fetch}": "accept that for now, so that only what is new fails",
    }
    if not golden and found.config.golden is None:
        steps[f"chartkit golden update{fetch}"] = "record what the charts render, to see what changes it"
    if not pre_commit:
        steps["chartkit init --pre-commit"] = "check the charts of each commit"
    if not workflow:
        is_gitlab = os.path.lexists((repository(found.root) or found.root) / ".gitlab-ci.yml")
        service = "gitlab" if is_gitlab else "github"
        steps[f"chartkit init --workflow {service}"] = "check the charts of each pull request"
    width = max(map(len, steps))
    yield "\nnext:"
    yield from (f"  {command:<{width}}  {purpose}" for command, purpose in steps.items())
    yield from (f"  {change.hint}" for change in changes if change.hint)
