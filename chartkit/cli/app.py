"""The commands of the command line, and how one of them is run: words in, exit code out."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from chartkit.cli.commands._unknown import instead_of_command, instead_of_flag
from chartkit.cli.help_pages import Application, Group
from chartkit.model.errors import EXIT_CANNOT, EXIT_CLEAN, EXIT_INTERRUPTED, ConfigError
from chartkit.system.package import __version__

_COMMANDS: Final[Mapping[str, str]] = {
    "check": "check",
    "render": "render",
    "explain": "explain",
    "coverage": "coverage",
    "baseline": "baseline",
    "rules": "rules",
    "rule": "rules",
    "init": "init",
}
"""The module of each command, which has a function of its name."""
_GOLDEN: Final = "golden"
_FLAGS: Final = ("--version",)
"""What needs no command."""


def application(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command line with the command that *arguments* begin with; with all of them where they name none.

    To import a command and to read its flags takes as long as a `helm template`.
    """
    first = arguments[0] if arguments else ""
    app = Application(
        cls=Group,
        no_args_is_help=True,
        add_completion=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="Render Helm charts; see what is wrong, invalid or changed in them, and where.",
    )
    app.callback()(chartkit)
    if first in _FLAGS:
        return app
    known = first in (*_COMMANDS, _GOLDEN)
    for name, module in _COMMANDS.items():
        if not known or name == first:
            app.command()(getattr(importlib.import_module(f"chartkit.cli.commands.{module}"), name))
    if not known or first == _GOLDEN:
        app.add_typer(_golden(), name=_GOLDEN)
    return app


def _golden() -> typer.Typer:
    from chartkit.cli.commands import golden

    app = Application(
        cls=Group, no_args_is_help=True, help="Compare renders with golden files, or record them."
    )
    app.command()(golden.diff)
    app.command()(golden.update)
    return app


def run(arguments: list[str]) -> int:
    """Run a command; its exit code."""
    command = typer.main.get_command(application(arguments))
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


def chartkit(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that stand before the command."""
