"""The pages of `--help`: flags in groups, examples and exit codes.

Typer has panels and markup, but only by way of rich, which takes longer to import than a check takes to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from chartkit.cli.options import GROUPS

_OTHER: Final = "Other"
_FEW: Final = 7

_EXAMPLES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "": (
        ("chartkit check", "judge every chart below this folder; needs no configuration"),
        ("chartkit explain FILE:LINE", "the whole story of one of the findings"),
        ("chartkit rule ID", "why a rule matters, with examples"),
    ),
    "check": (
        ("chartkit check", "every chart, in all its scenarios"),
        ("chartkit check charts/web -f values-prod.yaml", "one chart, with the values of a file"),
        ("chartkit check --format text --format sarif=out.sarif", "read it here, and keep it for a CI"),
    ),
    "explain": (
        ("chartkit explain charts/web/templates/pod.yaml:31", "what is found at a line"),
        ("chartkit explain 4f2a charts/web", "a finding by its first digits, in one chart"),
    ),
    "render": (
        ("chartkit render charts/web", "as `helm template`, with random functions frozen"),
        ("chartkit render charts/web --scenario ha -s templates/pod.yaml", "one template of a scenario"),
    ),
    "golden": (
        ("chartkit golden update", "record what the charts render, and commit it"),
        ("chartkit golden diff", "see what a change of a template changes"),
    ),
    "golden diff": (("chartkit golden diff charts/web", "what differs from the record, object by object"),),
    "golden update": (("chartkit golden update charts/web --scenario ha", "record one scenario of a chart"),),
    "coverage": (
        ("chartkit coverage charts/web", "which branches and lines no scenario runs"),
        ("chartkit coverage --suggest", "scenarios that would run them, ready to paste"),
    ),
    "rules": (("chartkit rules", "which rules there are, and which are on here"),),
    "rule": (("chartkit rule service-selects-nothing", "its page, with a bad and a good example"),),
    "init": (("chartkit init", "write a chartkit.yaml with the charts and scenarios that are here"),),
    "baseline": (("chartkit baseline", "accept what is found today, and fail on what comes later"),),
}

_CODES: Final[Mapping[str, str]] = {
    "check": "0 clean; 1 findings at or above --fail-on; 2 chartkit cannot do what was asked; 3 it broke.",
    "explain": "0 told; 2 there is no such finding, or there are several.",
    "render": "0 rendered; 1 Helm refuses it; 2 chartkit cannot do what was asked.",
    "golden diff": "0 the renders are as recorded; 1 some are not; 2 chartkit cannot do what was asked.",
    "golden update": "0 recorded; 1 a case is not recorded, or with --hook or --dry-run a file changes; "
    "2 chartkit cannot do what was asked.",
    "coverage": "0 measured; 1 a chart is below --fail-under; 2 chartkit cannot do what was asked.",
}


class _HelpPage:
    """The end of a page: examples and exit codes."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Examples, each with what it is for, and exit codes."""
        name = ctx.command_path.partition(" ")[2]
        if examples := _EXAMPLES.get(name):
            with formatter.section("Examples" if name else "Try first"):
                for command, purpose in examples:
                    formatter.write_text(f"# {purpose}")
                    formatter.write(f"{'':>{formatter.current_indent}}{command}\n")
        if codes := _CODES.get(name):
            with formatter.section("Exit codes"):
                for code in codes.rstrip(".").split("; "):
                    formatter.write_text(code)


class GroupedCommand(_HelpPage, TyperCommand):
    """A command whose flags stand in groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments, then the flags in their groups."""
        arguments: list[tuple[str, str]] = []
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if (record := parameter.get_help_record(ctx)) is None:
                continue
            is_flag = parameter.param_type_name == "option"
            group = getattr(parameter, "rich_help_panel", None) or _OTHER
            (groups.setdefault(group, []) if is_flag else arguments).append(record)
        flags = [record for records in groups.values() for record in records]
        if len(flags) > _FEW:
            shown = {group: groups.get(group, []) for group in (*GROUPS, _OTHER)}
        else:
            shown = {"Options": flags}
        for title, records in {"Arguments": arguments, **shown}.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(_HelpPage, TyperGroup):
    """Several commands under one name, listed with the first paragraph of their descriptions."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        shown = [(name, _summary(command.help or "")) for name, command in found if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(shown)


class Application(typer.Typer):
    """An application each of whose commands is a `GroupedCommand`."""

    def command(self, name: str | None = None, **options: Any) -> Callable[..., Any]:
        options.setdefault("cls", GroupedCommand)
        return super().command(name, **options)


def _summary(text: str) -> str:
    """The first paragraph as one line, without the full stop."""
    return " ".join(text.strip().split("\n\n")[0].split()).removesuffix(".")
