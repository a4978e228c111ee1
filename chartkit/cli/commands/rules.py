"""`chartkit rules` and `chartkit rule`: the rules, and the page of one."""

from __future__ import annotations

import shutil
from typing import Annotated, Literal

import typer

from chartkit.cli import completion, options
from chartkit.cli.output import is_coloured
from chartkit.plan.config import Flags, configure
from chartkit.system.terminal import write


def rules(
    config: options.ConfigFile = None,
    rule_set: Annotated[
        str | None,
        options.flag(options.VALUES, "--set", "Only the rules of this set.", "SET", show_default=False),
    ] = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json"], options.flag(options.OUTPUT, "--format", "How to print them.")
    ] = "text",
) -> None:
    """List every rule and policy, with its severity and what it tells."""
    read = configure.read(Flags(config=config))
    from chartkit.cli import rule_pages

    if format == "json":
        write(rule_pages.as_json(read, rule_set))
        return
    width = shutil.get_terminal_size((100, 24)).columns
    write(rule_pages.index(read, rule_set, width=width, color=is_coloured()))


def rule(
    id: Annotated[  # noqa: A002
        str, typer.Argument(help="Id of the rule.", metavar="ID", autocompletion=completion.rules)
    ],
    config: options.ConfigFile = None,
) -> None:
    """Print the page of a rule: what it tells, why it matters, a bad example and a good one."""
    read = configure.read(Flags(config=config))
    from chartkit.cli import rule_pages

    write(rule_pages.page(read, id, color=is_coloured()))
