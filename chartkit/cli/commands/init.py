"""`chartkit init`: the first configuration of a repository."""

from __future__ import annotations

from typing import Annotated

import typer

from chartkit.cli import options
from chartkit.cli.commands.golden import golden_config
from chartkit.model.errors import EXIT_CLEAN
from chartkit.plan.config import Flags
from chartkit.system.terminal import write


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
    from chartkit.cli.init import run

    planned = run.plan(
        path, golden=golden, pre_commit=pre_commit, workflows=tuple(dict.fromkeys(workflow or ()))
    )
    write(run.told(planned, dry_run=dry_run))
    if dry_run:
        return EXIT_CLEAN
    run.write(planned)
    if planned.record:
        from chartkit.cli.progress import Progress

        read = golden_config(Flags(config=str(planned.config), jobs=jobs))
        with Progress() as progress:
            write(run.record(planned, read, progress))
    write(run.next_steps(planned))
    return EXIT_CLEAN
