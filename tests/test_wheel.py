"""The wheel holds what chartkit needs to run, and no more, and its installations share a cache."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable

import pytest

from chartkit.system import package

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


def test_a_result_depends_on_the_version_of_every_package_that_chartkit_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=! ]", one)[0] for one in project["dependencies"]}

    assert {name.lower().replace(".", "-") for name in names} - {"rich"} == package.PACKAGES
    assert len(package.versions()) == 2 + len(package.PACKAGES)


@pytest.mark.slow
def test_another_installation_of_the_wheel_finds_every_case_in_the_cache(
    tmp_path: pathlib.Path, write_web: Callable[[pathlib.Path], pathlib.Path]
) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    found = []
    for number, name in enumerate(("first", "second")):
        install(tmp_path / name, wheel, pip)
        for file in (tmp_path / name).rglob("chartkit/**/*"):
            os.utime(file, (number * 1_000_000, number * 1_000_000))
        repository = write_web(tmp_path / "repository")  # anew, so that no whole run is repeated from memory
        found.append(cached(tmp_path / name, repository, tmp_path / "cache"))

    assert found == [{False}, {True}]


def install(folder: pathlib.Path, wheel: pathlib.Path, pip: list[str]) -> None:
    """An environment with the *wheel*, and with the packages of this one."""
    venv.create(folder, symlinks=os.name != "nt")
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    pathlib.Path(packages, "others.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([*pip, "install", "--no-deps", "--target", packages, str(wheel)], check=True)


def cached(installed: pathlib.Path, repository: pathlib.Path, cache: pathlib.Path) -> set[bool]:
    """Whether the cases of a check by the installation were in the cache."""
    python = installed / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = subprocess.run(
        [python, "-I", "-m", "chartkit", "check", "--format", "json"],
        cwd=repository,
        env={**os.environ, "CHARTKIT_CACHE_DIR": str(cache)},
        capture_output=True,
        check=False,
    )
    return {case["cached"] for case in json.loads(done.stdout)["cases"]}
