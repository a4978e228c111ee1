"""A file imports only its own folder and the folders below it, and only the edges touch the world."""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Iterator

import pytest

import chartkit

PACKAGE = pathlib.Path(chartkit.__file__).parent

FLOORS = [
    {"cli", "testing"},
    {"reports"},
    {"pipeline"},
    {"coverage", "findings"},
    {"plan"},
    {"rules", "source_map", "golden"},
    {"helm"},
    {"syntax"},
    {"system"},
    {"model"},
]
"""From the top of the package down; folders on one floor do not know each other."""

EDGES = {
    "helm_python": {"helm"},
    "pyhelm3": {"helm"},
    "asyncio": {"helm"},
    "typer": {"cli"},
    "subprocess": {"system"},
    "socket": set(),
    "http": set(),
}
"""Who may import what touches the world."""

FOLDERS = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py")))


def imports(folder: str) -> Iterator[tuple[str, str]]:
    """What the files of *folder* import, anywhere in them: the file, and the dotted name."""
    for file in sorted((PACKAGE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield from ((str(file.relative_to(PACKAGE)), f"{start}{name}") for name in names)


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_point_down(folder: str) -> None:
    floor = next(number for number, names in enumerate(FLOORS) if folder in names)
    below = {folder}.union(*FLOORS[floor + 1 :])
    inside = [(file, name.split(".")) for file, name in imports(folder) if name.split(".")[0] == "chartkit"]

    assert [(file, ".".join(name)) for file, name in inside if name[1] not in below] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_the_edges_touch_the_world(folder: str) -> None:
    outside = [(file, name.split(".")[0]) for file, name in imports(folder)]

    assert [(file, name) for file, name in outside if folder not in EDGES.get(name, {folder})] == []


def test_every_folder_has_its_floor() -> None:
    assert set(FOLDERS) == set().union(*FLOORS)


def test_the_page_for_developers_shows_this_order() -> None:
    page = (PACKAGE.parent / "docs" / "development.md").read_text("utf-8")
    (shown,) = re.findall(r"^`cli` · `testing` → .*(?:\n.*→.*)*", page, re.MULTILINE)
    floors = [set(re.findall(r"`(\w+)`", floor)) for floor in re.split(r"\s*→\s*", shown)]

    assert floors == FLOORS
