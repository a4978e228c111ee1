"""Help shows what to type: every flag in its group, examples that are commands, lines that fit."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer

from chartkit.__main__ import run
from chartkit.cli import app, help_pages
from chartkit.model.errors import EXIT_CANNOT, EXIT_CLEAN

ROOT: Any = typer.main.get_command(app.application())


def commands(group: Any = ROOT, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command by its words."""
    found: dict[str, Any] = {" ".join(path): group}
    for name, command in getattr(group, "commands", {}).items():
        found |= commands(command, (*path, name))
    return found


EVERY = commands()


@pytest.fixture
def shown(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*request.param.split(), "--help"]) == EXIT_CLEAN
    return capsys.readouterr().out


@pytest.mark.parametrize("shown", EVERY, indirect=True, ids=lambda name: name or "chartkit")
def test_a_page_fits_80_columns(shown: str) -> None:
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("shown", EVERY, indirect=True, ids=lambda name: name or "chartkit")
def test_a_page_shows_an_example_and_names_what_its_flags_take(shown: str) -> None:
    assert re.search(r"^(Examples|Try first):$", shown, re.MULTILINE)
    assert not re.search(r"<str>|<int range>|<float range>", shown)


@pytest.mark.parametrize("shown", ["check"], indirect=True)
def test_flags_stand_with_those_that_are_about_the_same(shown: str) -> None:
    parts = dict(re.findall(r"^(\w[^\n]*):\n((?:  .*\n)+)", shown, re.MULTILINE))

    assert "--select RULE" in parts["What is judged, and how"]
    assert "--set KEY=VALUE" in parts["Values and release, as helm takes them"]
    assert parts["Other"].split() == ["--help", "Show", "this", "message", "and", "exit."]
    assert "1 findings at or above --fail-on" in parts["Exit codes"]


@pytest.mark.parametrize("shown", ["rules"], indirect=True)
def test_a_few_flags_stand_together(shown: str) -> None:
    assert re.findall(r"^(\w+):$", shown, re.MULTILINE) == ["Options", "Examples"]


@pytest.mark.parametrize("shown", [""], indirect=True)
def test_the_first_page_tells_in_full_what_commands_do(shown: str) -> None:
    assert "..." not in shown.partition("Commands:")[2]


EXAMPLES = [
    (name, example) for name, found in help_pages._EXAMPLES.items() if name in EVERY for example, _ in found
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_is_a_command_with_flags_that_it_has(name: str, example: str) -> None:
    words = shlex.split(example)
    assert words[0] == "chartkit"
    path = max((each for each in EVERY if words[1:][: len(each.split())] == each.split()), key=len)
    assert path if not name else path.startswith(name)
    flags = {flag for parameter in EVERY[path].params for flag in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= flags


def test_a_group_without_a_command_shows_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["golden"]) == EXIT_CANNOT
    assert "chartkit golden update" in capsys.readouterr().out
