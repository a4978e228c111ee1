"""Imports point down the layers, and only the edges know what they are the edge to."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator

import pytest

import chartkit

PACKAGE = pathlib.Path(chartkit.__file__).parent

LAYERS = [
    {
        "chartkit",
        "model",
        "evidence",
        "errors",
        "paths",
        "closest",
        "memo",
        "terminal",
        "semver",
        "set_values",
        "masking",
        "atomic",
        "waiting",
    },
    {"yaml", "templates", "mistakes"},
    {"manifests"},
    {"rules", "policies", "validation"},
    {"rulebook"},
    {"charts", "diff", "golden"},
    {"config"},
    {"discover", "crd_files", "rule_pages"},
    {"helm", "starting", "suppress"},
    {"source_map"},
    {"placing"},
    {"coverage"},
    {"judging", "suggestions", "values_coverage"},
    {"installation"},
    {"cache", "serving", "workers"},
    {"replay", "repository", "baseline"},
    {"running", "review"},
    {"pipeline"},
    {"before", "accepting"},
    {"reports"},
    {"rendered"},
    {
        "options",
        "output",
        "completion",
        "explaining",
        "first_steps",
        "help_pages",
        "hook",
        "progress",
        "pytest_plugin",
        "commands",
        "cli",
    },
    {"__main__"},
]
"""What a module imports is in its own layer or in one above it in this list."""

ABOVE = {
    # the public functions of the package, which are its top and its name at once
    ("chartkit", "config"),
    ("chartkit", "pipeline"),
    ("chartkit", "rendered"),
    # names of rules are checked while the configuration is read, where there are any
    ("suppress", "config"),
    # a policy that comes with a pull request names no file outside of the repository
    ("policies", "config"),
    # a report names the type of what it holds; it is never asked for it
    ("model", "coverage"),
}
"""Imports that go the other way, each with its reason."""

EDGES = {
    "helm_python": {"helm", "charts"},
    "pyhelm3": {"helm"},
    "asyncio": {"helm"},
    "typer": {"cli", "commands", "help_pages", "options"},
    "subprocess": {"repository", "workers"},
    "socket": set(),
    "http": set(),
    "tempfile": {"helm", "charts", "running", "review", "workers"},
}
"""Who may import what touches the world."""


def imports(file: pathlib.Path) -> Iterator[str]:
    """The modules that *file* imports, anywhere in it, as ``chartkit.x`` or ``typer``."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "chartkit":
            yield from (f"chartkit.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def part_of(file: pathlib.Path) -> str:
    """The module or folder of the package that *file* belongs to."""
    inner = file.relative_to(PACKAGE)
    return inner.parts[0] if len(inner.parts) > 1 else inner.stem.replace("__init__", "chartkit")


def layer_of(part: str) -> int:
    return next(index for index, layer in enumerate(LAYERS) if part in layer)


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file: pathlib.Path) -> None:
    part = part_of(file)
    inner = {name.split(".")[1] for name in imports(file) if name.startswith("chartkit.")}
    known = set().union(*LAYERS)
    upward = {other for other in inner & known if layer_of(other) > layer_of(part)}

    assert {other for other in upward if (part, other) not in ABOVE} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_only_the_edges_touch_the_world(file: pathlib.Path) -> None:
    outer = {name.split(".")[0] for name in imports(file)}

    assert {name for name in outer & EDGES.keys() if part_of(file) not in EDGES[name]} == set()


def test_every_module_has_its_layer() -> None:
    assert {part_of(file) for file in FILES} == set().union(*LAYERS)
