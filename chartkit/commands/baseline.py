"""`chartkit baseline`: what there is today, accepted."""

from __future__ import annotations

from typing import Annotated

import typer

from chartkit.config import Flags, configure
from chartkit.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.options import ConfigFile, Jobs, NoCache, Paths, Quiet, Update
from chartkit.terminal import visible, write


def baseline(
    paths: Paths = None,
    config: ConfigFile = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File to write.", metavar="FILE")
    ] = None,
    jobs: Jobs = None,
    no_cache: NoCache = None,
    update_dependencies: Update = None,
    quiet: Quiet = False,
) -> int:
    """Accept what is found now, so that only what comes later is told: write chartkit-baseline.json.

    With PATHS, what it holds of other charts stays. What keeps a chart from being judged cannot be
    accepted: where that fails a check, the exit code is 1.
    """
    flags = Flags(
        config=config,
        jobs=jobs,
        no_cache=no_cache,
        update_dependencies=update_dependencies,
        baseline=output,
    )
    from chartkit import accepting
    from chartkit.progress import Progress

    with Progress(quiet=quiet) as progress:
        accepted = accepting.accept(configure.read(flags), paths or (), progress)
    write(f"{visible(accepted.text)}\n")
    return EXIT_FINDINGS if accepted.fails else EXIT_CLEAN
