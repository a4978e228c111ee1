"""The commands of the command line, and how one of them is run: words in, exit code out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chartkit.cli.commands import golden, rules
from chartkit.cli.commands._unknown import instead_of_command, instead_of_flag
from chartkit.cli.commands.baseline import baseline
from chartkit.cli.commands.check import check
from chartkit.cli.commands.coverage import coverage
from chartkit.cli.commands.explain import explain
from chartkit.cli.commands.init import init
from chartkit.cli.commands.render import render
from chartkit.cli.help_pages import Application, Group
from chartkit.model.errors import EXIT_CANNOT, EXIT_CLEAN, EXIT_INTERRUPTED, ConfigError
from chartkit.system.package import __version__

app = Application(
    cls=Group,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Render Helm charts; see what is wrong, invalid or changed in them, and where.",
)
golden_app = Application(
    cls=Group, no_args_is_help=True, help="Compare renders with golden files, or record them."
)


def run(arguments: list[str]) -> int:
    """Run a command; its exit code."""
    command = typer.main.get_command(app)
    if arguments in ([], ["golden"]):
        command.main([*arguments, "--help"], prog_name="chartkit", standalone_mode=False)
        return EXIT_CANNOT
    try:
        result = command.main(arguments, prog_name="chartkit", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        raise _mistake(error, arguments) from None
    if result == EXIT_INTERRUPTED:  # typer has swallowed it
        raise KeyboardInterrupt
    return result if isinstance(result, int) else EXIT_CLEAN


def _mistake(error: Any, arguments: list[str]) -> ConfigError:
    """The mistake that typer finds in *arguments*, with what to write instead."""
    text = error.format_message() if hasattr(error, "format_message") else str(error)
    if hasattr(error, "possibilities"):  # there is no such flag
        known = [name for parameter in error.ctx.command.params for name in parameter.opts]
        return ConfigError(error.message, instead_of_flag(error.ctx.command_path, error.option_name, known))
    hint = instead_of_command(arguments[0]) or "run `chartkit --help` to see the commands and flags"
    return ConfigError(text, hint)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chartkit {__version__}")
        raise typer.Exit


@app.callback()
def chartkit(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that stand before the command."""


app.command()(check)
app.command()(render)
app.command()(explain)
app.command()(coverage)
app.command()(baseline)
app.command()(rules.rules)
app.command()(rules.rule)
app.command()(init)
golden_app.command()(golden.diff)
golden_app.command()(golden.update)
app.add_typer(golden_app, name="golden")
