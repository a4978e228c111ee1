"""What the pages in docs/ show is so: files are read, commands are there, and print what is shown."""

from __future__ import annotations

import functools
import importlib.util
import os
import pathlib
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer

from chartkit import schemas_folder
from chartkit.cli import app
from chartkit.helm import manifests
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Objects
from chartkit.plan.config import Flags, configure
from chartkit.rules import Rule, policies
from chartkit.rules._page import parse
from chartkit.syntax.yaml import kube_yaml

ROOT = pathlib.Path(__file__).parent.parent
PAGES = {
    name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("adopting", "policies", "rules", "beside")
}
FENCE = re.compile(r'^(`{3,})(\w*)(?: title="([^"]*)")?\n(.*?)^\1$', re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def fences(page: str, language: str) -> list[tuple[str, str]]:
    """Title and text of the fences in *language*."""
    return [(found[3] or "", found[4]) for found in FENCE.finditer(PAGES[page]) if found[2] == language]


COMMANDS = [
    (page, words, output.strip("\n"))
    for page in PAGES
    for _, text in fences(page, "console")
    for words, output in COMMAND.findall(text)
]


def command_of(words: list[str]) -> Any:
    """The command that *words* call, and what is left of them."""
    found: Any = typer.main.get_command(app.application())
    while words and (inner := getattr(found, "commands", {}).get(words[0])):
        found, words = inner, words[1:]
    return found, words


@pytest.mark.parametrize(("page", "command", "_"), COMMANDS)
def test_a_command_is_one_with_the_flags_that_it_has(page: str, command: str, _: str) -> None:
    words = shlex.split(command, comments=True)
    if words[0] != "chartkit":
        assert words[0] in {"pip", "make", "ct"}
        return
    found, rest = command_of(words[1:])
    if hasattr(found, "commands"):
        pytest.skip(f"there is no command {rest[0]!r} in this version")
    flags = {flag for parameter in found.params for flag in parameter.opts}
    missing = {word for word in rest if word.startswith("-")} - flags
    if missing <= {"--since", "--new"} and missing:
        pytest.skip(f"there is no {missing} in this version")
    assert missing == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_configuration_is_one(page: str, tmp_path: pathlib.Path) -> None:
    write(page, tmp_path)
    shown = [title for title, _ in fences(page, "yaml") if title.endswith(".yaml") and "/" not in title]
    for title in shown:
        configure.read(Flags(config=title), cwd=tmp_path, environ={})
    assert shown or page == "rules"


def write(page: str, folder: pathlib.Path) -> None:
    """Write the files that *page* shows."""
    for title, text in fences(page, "yaml"):
        if title:
            (folder / title).parent.mkdir(parents=True, exist_ok=True)
            (folder / title).write_text(text)


SHOWN = [(page, command, output) for page, command, output in COMMANDS if output]


@pytest.mark.parametrize(("page", "command", "output"), SHOWN)
def test_a_command_prints_what_the_page_shows(
    page: str, command: str, output: str, tmp_path: pathlib.Path
) -> None:
    write(page, tmp_path)
    environment = {"COLUMNS": "100", "PYTHONPATH": str(ROOT), "CHARTKIT_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip("\n") == output, done.stderr


def test_a_page_shows_what_a_command_prints() -> None:
    assert SHOWN


@pytest.mark.parametrize(
    ("page", "link"),
    [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)]+)\)", text)],
)
def test_what_it_links_to_is_there(page: str, link: str) -> None:
    if link in {"testing.md", "ci.md", "changes.md"} and not (ROOT / "docs" / link).exists():
        pytest.skip(f"{link} is not there in this version")
    assert (ROOT / "docs" / link).exists()


def shown_policy(folder: pathlib.Path) -> Rule:
    write("policies", folder)
    (found,) = policies.load(folder / "policies", "policies").values()
    return found


def shown_rule(folder: pathlib.Path) -> Rule:
    ((title, text),) = fences("rules", "python")
    file = folder / pathlib.Path(title).name
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("shown", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert title == f"chartkit/rules/{module.check.id.replace('-', '_')}.py"
    return Rule(
        module.check.id, module.check.severity, module.check.on, module.check.check, text=module.__doc__ or ""
    )


@pytest.mark.parametrize("shown", [shown_policy, shown_rule])
def test_the_rule_that_is_shown_finds_what_its_page_marks(shown: Any, tmp_path: pathlib.Path) -> None:
    rule = shown(tmp_path)
    page = parse(rule.text)
    assert rule.check
    for title, marked in (("Bad", True), ("Good", False)):
        section = page.section(title)
        assert section
        (fence,) = section.fences
        found = hits(rule, fence.text)
        assert found == [(each.line, each.rule) for each in fence.expected]
        assert bool(found) is marked


def hits(rule: Rule, text: str) -> list[tuple[int, str]]:
    objects, unreadable = manifests.read(text)
    assert not unreadable
    chart = Chart("web", ".", "1.0.0", "", "v2", "", "", (), {}, {}, "")
    whole = Objects(Case("web", ".", Scenario("default"), "1.37.0"), chart, objects)
    assert rule.check
    told = []
    for manifest in [None] if rule.on is Objects else objects:
        for hit in rule.check(whole if manifest is None else manifest):
            about = hit.manifest or manifest
            assert about
            told.append((manifests.position(about, hit.path, hit.on_key)[0], rule.id))
    return told


@functools.cache
def keys(schema: str) -> set[str]:
    return set(kube_yaml.parse((schemas_folder() / schema).read_text())["properties"])


def test_the_page_on_policies_speaks_of_every_key() -> None:
    told = PAGES["policies"]
    missing = {key for key in keys("policy.schema.json") if not re.search(rf"\b{re.escape(key)}\b", told)}

    assert missing <= {"$schema", "inventory", "release"}, "say it in docs/policies.md"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short(page: str) -> None:
    assert len(PAGES[page].splitlines()) < 110
    assert max(map(len, PAGES[page].splitlines())) < 130
