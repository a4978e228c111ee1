"""A lock file is accused where ``helm dependency build`` refuses it, and nowhere else."""

from __future__ import annotations

import hashlib
import json
import pathlib
import shutil
import subprocess
from collections.abc import Callable

import pytest

from chartkit.helm import charts

Run = Callable[..., subprocess.CompletedProcess[str]]

LIB = "{name: lib, version: 0.2.x, repository: 'file://../lib'}"
OTHER = "{name: other, version: '>=1.0.0 <2 || ^3', repository: 'file://../other'}"
FULL = (
    "{name: lib, version: 0.2.x, repository: 'file://../lib', alias: l, condition: 'a&b.on', "
    "tags: [x, 1, true], enabled: true, import-values: [data, {parent: '<é>', child: b}, 2.0], unknown: 1}"
)
NONE: tuple[str, ...] = ()


def chart(folder: pathlib.Path, name: str, wants: tuple[str, ...] = (), *, api: str = "v2") -> pathlib.Path:
    folder.mkdir(exist_ok=True)
    versions = {"lib": "0.2.3", "other": "3.1.0", "web": "1.0.0"}
    lines = f"apiVersion: {api}\nname: {name}\nversion: {versions[name]}\n"
    listed = "dependencies:\n" + "".join(f"- {one}\n" for one in wants) if wants else ""
    if api == "v1" and wants:
        (folder / "requirements.yaml").write_text(listed)
        listed = ""
    (folder / "Chart.yaml").write_text(lines + listed)
    return folder


def repository(root: pathlib.Path, wants: tuple[str, ...], api: str = "v2") -> pathlib.Path:
    chart(root / "lib", "lib")
    chart(root / "other", "other")
    return chart(root / "web", "web", wants, api=api)


def messages(web: pathlib.Path) -> list[str]:
    """What is said of the lock, without the words that are always the same."""
    hits = [hit for hit in charts.load(web, "web").hits if hit.rule == "lock-out-of-sync"]
    return [hit.message.partition("refuses it: ")[2] for hit in hits]


CHANGES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "nothing": ((LIB, OTHER), (LIB, OTHER), ""),
    "every field that Helm reads": ((FULL, OTHER), (FULL, OTHER), ""),
    "the order of fields, and one that Helm does not read": (
        (LIB,),
        ("{repository: 'file://../lib', x: 1, version: 0.2.x, Name: lib}",),
        "",
    ),
    "an empty field": ((LIB,), (LIB.replace("}", ", alias: '', tags: [], enabled: false}"),), ""),
    "the same chart twice": ((LIB, FULL), (LIB, FULL), ""),
    "a range": (
        (OTHER,),
        (OTHER.replace("^3", "^4"),),
        "'other' is 3.1.0 in it, declared is '>=1.0.0 <2 || ^4'",
    ),
    "a range that the locked version is still in": (
        (LIB,),
        (LIB.replace("0.2.x", "~0.2.0"),),
        "its digest is not that of the dependencies as they are declared now",
    ),
    "a condition": (
        (LIB,),
        (LIB.replace("}", ", condition: lib.on}"),),
        "its digest is not that of the dependencies as they are declared now",
    ),
    "the order": (
        (LIB, OTHER),
        (OTHER, LIB),
        "its digest is not that of the dependencies as they are declared now",
    ),
    "one more": ((LIB,), (LIB, OTHER), "dependency 'other' is not in it"),
    "one less": ((LIB, OTHER), (LIB,), "'other' is in it, and no dependency"),
    "all gone": ((LIB,), NONE, "'lib' is in it, and no dependency"),
    "the repository": (
        (LIB,),
        (LIB.replace("../lib", "../lib/"),),
        "'lib' is from 'file://../lib' in it, declared is 'file://../lib/'",
    ),
}


@pytest.mark.helm
@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_lock_is_accused_where_helm_refuses_to_build(
    name: str, api: str, run_helm: Run, tmp_path: pathlib.Path
) -> None:
    before, after, message = CHANGES[name]
    web = repository(tmp_path, before, api)
    assert run_helm("dependency", "update", str(web)).returncode == 0
    (web / "requirements.yaml").unlink(missing_ok=True)
    chart(web, "web", after, api=api)
    shutil.rmtree(web / "charts")
    assert messages(web) == ([message] if message else [])
    assert (run_helm("dependency", "build", str(web)).returncode == 0) == (not message)


@pytest.mark.helm
@pytest.mark.parametrize(
    ("lock", "is_taken"),
    [
        ("", True),
        ("dependencies: []\n", False),
        ("digest: sha256:x\ngenerated: 2024-01-01T00:00:00Z\ndependencies: null\n", False),
        ("# nothing yet\n", True),
    ],
)
@pytest.mark.parametrize("wants", [(LIB,), NONE])
def test_a_lock_that_somebody_wrote_is_taken_as_helm_takes_it(
    lock: str, is_taken: bool, wants: tuple[str, ...], run_helm: Run, tmp_path: pathlib.Path
) -> None:
    web = repository(tmp_path, wants)
    (web / "Chart.lock").write_text(lock)
    assert (messages(web) == []) == is_taken
    assert (run_helm("dependency", "build", str(web)).returncode == 0) == is_taken


@pytest.mark.helm
@pytest.mark.parametrize("files", [("Chart.lock", "requirements.lock"), ("requirements.lock", "Chart.lock")])
def test_of_two_locks_the_one_counts_that_helm_reads_last(
    files: tuple[str, str], run_helm: Run, tmp_path: pathlib.Path
) -> None:
    web = repository(tmp_path, (LIB,))
    run_helm("dependency", "update", str(web))
    good = (web / "Chart.lock").read_text()
    (web / files[0]).write_text(good)
    (web / files[1]).write_text("digest: x\n")
    is_taken = run_helm("dependency", "build", str(web)).returncode == 0
    assert (messages(web) == []) == is_taken


@pytest.mark.helm
def test_a_source_of_another_version_than_the_locked_one_is_refused(
    run_helm: Run, tmp_path: pathlib.Path
) -> None:
    web = repository(tmp_path, (LIB,))
    run_helm("dependency", "update", str(web))
    (tmp_path / "lib" / "Chart.yaml").write_text("apiVersion: v2\nname: lib\nversion: 0.2.4\n")
    assert messages(web) == ["'lib' is 0.2.3 in it, and 0.2.4 at 'file://../lib'"]
    assert run_helm("dependency", "build", str(web)).returncode == 1


@pytest.mark.helm
@pytest.mark.parametrize(("api", "is_taken"), [("v1", True), ("v2", False)])
def test_a_digest_of_helm_2_counts_for_charts_of_its_time(
    api: str, is_taken: bool, run_helm: Run, tmp_path: pathlib.Path
) -> None:
    web = repository(tmp_path, (LIB,), api)
    declared = '{"dependencies":[{"name":"lib","version":"0.2.x","repository":"file://../lib"}]}'
    digest = hashlib.sha256(declared.encode()).hexdigest()
    entry = "{name: lib, version: 0.2.3, repository: 'file://../lib'}"
    (web / "requirements.lock").write_text(f"dependencies: [{entry}]\ndigest: sha256:{digest}\n")
    assert (messages(web) == []) == is_taken
    assert (run_helm("dependency", "build", str(web)).returncode == 0) == is_taken


@pytest.mark.helm
@pytest.mark.parametrize("named", ["@stable", "alias:stable"])
def test_a_name_of_a_repository_is_the_address_that_was_locked_for_it(
    named: str, run_helm: Run, tmp_path: pathlib.Path
) -> None:
    """Which address that is only Helm's own configuration knows, and it is part of the digest."""
    web = repository(tmp_path, (f"{{name: far, version: ^1, repository: '{named}'}}",))
    address = "https://127.0.0.1:1"
    declared = {"name": "far", "version": "^1", "repository": address}
    text = json.dumps([[declared], [{**declared, "version": "1.2.3"}]], separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    entry = f"{{name: far, version: 1.2.3, repository: '{address}'}}"
    (web / "Chart.lock").write_text(f"dependencies: [{entry}]\ndigest: sha256:{digest}\n")
    (tmp_path / "home").mkdir(exist_ok=True)
    repositories = f"apiVersion: v1\nrepositories: [{{name: stable, url: '{address}'}}]\n"
    (tmp_path / "home" / "repositories.yaml").write_text(repositories)
    assert "out of sync" not in run_helm("dependency", "build", "--skip-refresh", str(web)).stderr
    assert messages(web) == []
    (web / "Chart.lock").write_text(f"dependencies: [{entry}]\ndigest: sha256:{digest[::-1]}\n")
    assert "out of sync" in run_helm("dependency", "build", "--skip-refresh", str(web)).stderr
    assert messages(web) == ["its digest is not that of the dependencies as they are declared now"]
