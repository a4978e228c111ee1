"""The wheel holds what chartkit needs to run, and no more."""

from __future__ import annotations

import pathlib
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
WRITERS = {"kubernetes/build.py", "kubernetes/mends.py"}
"""What writes the schemas of Kubernetes; nobody needs it who only uses them."""


def test_every_schema_and_policy_is_mapped_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    mapped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    files = {
        path for path in (ROOT / "schemas").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    shipped = {path for path in files if any(path.is_relative_to(ROOT / source) for source in mapped)}

    assert {str(path.relative_to(ROOT / "schemas")) for path in files - shipped} == WRITERS
    assert all(target == f"chartkit/{source}" for source, target in mapped.items())
