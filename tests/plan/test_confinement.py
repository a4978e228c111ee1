"""Configuration comes with pull requests, as charts do: nothing in it makes a run read files of others."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable

import pytest

from chartkit.model.errors import ConfigError
from chartkit.plan import discover
from chartkit.plan.config import Flags, configure
from chartkit.plan.discover import Plan
from chartkit.rules import policies

KNOWN = ("1.34.0",)
SECRET = "swordfish"
OUT = "lies outside of the repository"
LINK = "leads out of the repository through a link"
GIT = "lies in the folder of git"
SPECIAL = "is neither a file nor a folder"


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    """A repository with a chart, links out of it and a pipe, beside files that it is not to be told of."""
    root = tmp_path / "repository"
    for name, text in {
        "repository/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "repository/web/values.yaml": "",
        "repository/shared.yaml": "{}\n",
        "repository/.git/config": f"{SECRET}: [\n",
        "other/secret.yaml": f"{SECRET}: [\n",
        "other/x-values.yaml": f"{SECRET}: 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (root / "link.yaml").symlink_to("../other/secret.yaml")
    (root / "linked").symlink_to("../other")
    (root / "folder").mkdir()
    (root / "folder/link.yaml").symlink_to("../../other/secret.yaml")
    os.mkfifo(root / "pipe.yaml")
    return root


def plan(root: pathlib.Path, *paths: str, config: str | None = None) -> Plan:
    return discover.plan(configure.read(Flags(config=config), root, {}, lambda _: {}), paths, KNOWN)


def error(root: pathlib.Path, text: str) -> str:
    (root / "chartkit.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        plan(root)
    assert caught.value.hint or "\n" in str(caught.value)
    assert SECRET not in f"{caught.value}{caught.value.hint}"
    return str(caught.value)


LISTS: list[Callable[[str], str]] = [
    lambda path: f"extends: [{path!r}]",
    lambda path: f"policies: [{path!r}]",
    lambda path: f"crds: [{path!r}]",
    lambda path: f"chart-dirs: [{path!r}]",
]
SCENARIOS: list[Callable[[str], str]] = [
    lambda path: f"charts: {{web: {{values: [{path!r}]}}}}",
    lambda path: f"charts: {{web: {{scenarios: {{x: {{values: {path!r}}}}}}}}}",
    lambda path: f"charts: {{web: {{scenarios: {{x: {{values: [{path!r}, {{a: 1}}]}}}}}}}}",
    lambda path: f"charts: {{web: {{scenarios: {{x: {{set-file: {{a: {path!r}}}}}}}}}}}",
    lambda path: f"charts: {{web: {{scenarios: {{x: {{set-file: ['a={path}']}}}}}}}}",
]
PATHS = {
    "../other/secret.yaml": OUT,
    "../other": OUT,
    "/etc/passwd": OUT,
    "/proc/self/environ": OUT,
    "/dev/stdin": OUT,
    "web/../../other/secret.yaml": OUT,
    "./link.yaml": LINK,
    "linked/secret.yaml": LINK,
    ".git/config": GIT,
    "./pipe.yaml": SPECIAL,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", range(len(LISTS) + len(SCENARIOS)))
def test_a_configured_path_stays_in_the_repository(root: pathlib.Path, key: int, path: str) -> None:
    written = path
    if key >= len(LISTS) and not path.startswith("/"):
        written = f"../{path}"  # relative to the chart
    elif "/" not in path:
        written = f"./{path}"
    said = error(root, [*LISTS, *SCENARIOS][key](written))
    assert said.startswith("chartkit.yaml:1:")
    assert f"{written!r}" in said
    assert PATHS[path] in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("crds: ['/**']", f"'/**' {OUT}"),
        ("crds: ['../**/*.yaml']", f"'../**/*.yaml' {OUT}"),
        ("crds: ['linked/*.yaml']", f"'linked/*.yaml' {LINK}"),
        ("crds: [folder]", f"'folder/link.yaml' {LINK}"),
        ("policies: ['*/*.yaml']", f"'folder/link.yaml' {LINK}"),
        ("charts: {../other: {namespace: x}}", f"'../other' {OUT}"),
        ("charts: {'../*/x.tgz': {namespace: x}}", f"'../*/x.tgz' {OUT}"),
        ("excluded-charts: [../other/*]", f"'../other/*' {OUT}"),
        ("ignore: [{rule: a-b, reason: x, chart: ../other}]", f"'../other' {OUT}"),
        ("defaults: {scenario-files: ['../x-values.yaml']}", "not '../x-values.yaml'"),
        ("defaults: {scenario-files: ['templates/../../x*']}", "not 'templates/../../x*'"),
        ("defaults: {scenario-files: ['*/../../x*']}", "not '*/../../x*'"),
        ("charts: {web: {scenario-files: ['/etc/*']}}", "not '/etc/*'"),
        (
            "charts: {web: {scenarios: {x: {set-file: {'a=/etc/passwd,b': values.yaml}}}}}",
            "expected a key such as image.tag",
        ),
    ],
)
def test_so_do_patterns_and_what_they_find(root: pathlib.Path, text: str, why: str) -> None:
    assert why in error(root, text)


def test_a_file_that_is_extended_extends_nothing_outside(root: pathlib.Path) -> None:
    (root / "shared.yaml").write_text("extends: [../other/secret.yaml]\n")
    assert error(root, "extends: [./shared.yaml]").startswith("shared.yaml:1:11: extends[0]: ")


def test_files_that_extend_each_other_by_many_names_are_not_read_for_ever(root: pathlib.Path) -> None:
    for level in range(7):
        names = ", ".join(f"{'./' * times}{level + 1}.yaml" for times in range(1, 11))
        (root / f"{level}.yaml").write_text(f"extends: [{names}]\n")
    (root / "7.yaml").write_text("{}\n")
    assert "more than 100 files are extended" in error(root, "extends: [./0.yaml]")


def test_without_git_the_folder_of_the_configuration_is_the_repository(root: pathlib.Path) -> None:
    (root / ".git").rename(root.parent / "git")
    (root / "web/chartkit.yaml").write_text("extends: [../shared.yaml]\n")
    with pytest.raises(ConfigError, match=f"'../shared.yaml' {OUT}"):
        plan(root / "web")
    (root.parent / "git").rename(root / ".git")
    assert plan(root / "web").charts


def test_a_configuration_that_is_named_lies_anywhere_and_names_what_is_beside_it(root: pathlib.Path) -> None:
    other = root.parent / "other"
    (other / "base.yaml").write_text("defaults: {namespace: base}\n")
    (other / "ours.yaml").write_text("extends: [./base.yaml]\n")
    (case,) = plan(root, "web", config="../other/ours.yaml").cases
    assert case.scenario.namespace == "base"
    (root / "link.yaml").unlink()
    (root / "link.yaml").symlink_to("../other/base.yaml")
    assert plan(root, "web", config="link.yaml").cases


@pytest.mark.parametrize(
    ("name", "target", "why"),
    [("chartkit.yaml", "../other/secret.yaml", LINK), (".chartkit.yaml", "/proc/self/environ", LINK)],
)
def test_a_configuration_that_is_found_is_no_link_out(
    root: pathlib.Path, name: str, target: str, why: str
) -> None:
    (root / name).symlink_to(target)
    with pytest.raises(ConfigError) as caught:
        plan(root)
    assert str(caught.value) == f"{name}: {why}"


@pytest.mark.parametrize("name", ["chartkit.yaml", "chartkit-baseline.json", "ct.yaml"])
def test_a_pipe_in_the_place_of_a_file_that_is_looked_for_is_not_waited_for(
    root: pathlib.Path, name: str
) -> None:
    os.mkfifo(root / name)
    if name == "chartkit.yaml":
        with pytest.raises(ConfigError, match=SPECIAL):
            plan(root)
    else:
        assert plan(root).cases


def test_what_ct_yaml_names_outside_is_told_and_not_used(root: pathlib.Path) -> None:
    (root / "ct.yaml").write_text(
        "chart-dirs: [., ../other, linked]\nhelm-extra-args: -f ../other/x-values.yaml -f /etc/passwd\n"
    )
    found = plan(root)
    assert [case.scenario.values_files for case in found.cases] == [()]
    reasons = [one.reason for one in found.not_judged]
    assert f"ct.yaml names ../other: it {OUT}" in reasons
    assert f"ct.yaml names linked: it {LINK}" in reasons
    assert f"ct.yaml names ../other/x-values.yaml: it {OUT}" in reasons


def test_a_ct_yaml_that_is_a_link_out_is_told_and_not_used(root: pathlib.Path) -> None:
    (root / "ct.yaml").symlink_to("../other/secret.yaml")
    assert f"ct.yaml is not used: it {LINK}" in [one.reason for one in plan(root).not_judged]


@pytest.mark.parametrize("name", ["web/values-x.yaml", "web/ci/x-values.yaml", "web/ci"])
def test_values_that_are_found_are_no_link_out(root: pathlib.Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(root.parent / "other" / ("" if name == "web/ci" else "x-values.yaml"))
    found = plan(root)
    assert [case.scenario.name for case in found.cases] == ["default"]
    (chart,) = found.charts
    assert f"it {LINK}" in [one.reason for one in chart.not_judged]


def test_a_chart_of_another_repository_that_is_named_has_its_own_values(root: pathlib.Path) -> None:
    other = root.parent / "other"
    (other / "Chart.yaml").write_text("apiVersion: v2\nname: other\nversion: 1.0.0\n")
    (other / "values-x.yaml").write_text("")
    (other / "values-y.yaml").symlink_to(root / "shared.yaml")
    (root / "chartkit.yaml").write_text("{}\n")
    found = plan(root, "../other")
    assert [case.scenario.name for case in found.cases] == ["default", "x"]
    assert [case.scenario.name for case in plan(root, "linked").cases] == ["default", "x"]


def test_patterns_look_through_a_bounded_number_of_files(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chartkit.system.paths.MAX_FILES", 20)
    for number in range(21):
        (root / f"web/{number}").touch()
    assert "has too many files to look through" in error(root, "defaults: {scenario-files: ['**/x.yaml']}")


@pytest.mark.parametrize(
    ("inventory", "why"),
    [
        ("../other/secret.yaml", OUT),
        ("/proc/self/environ", OUT),
        ("link.yaml", LINK),
        (".git/config", GIT),
        ("pipe.yaml", SPECIAL),
    ],
)
@pytest.mark.parametrize("marked_by", [".git", "chartkit.yaml"])
def test_a_policy_names_no_inventory_outside(
    root: pathlib.Path, marked_by: str, inventory: str, why: str
) -> None:
    if marked_by == "chartkit.yaml":
        (root / ".git").rename(root / "folder/.git")
        (root / "chartkit.yaml").touch()
        inventory = inventory.replace(".git", "folder/.git")
    (root / "policies").mkdir()
    inventory = inventory if inventory.startswith("/") else f"../{inventory}"
    (root / "policies/p.yaml").write_text(
        "id: ours-first\nseverity: error\npage: |\n  Ours.\nmessage: wrong\nschema: {}\n"
        f"inventory: {inventory}\nrelease: '1'\n"
    )
    with pytest.raises(ConfigError) as caught:
        policies.load(root / "policies/p.yaml", "policies/p.yaml")
    expected = f"expected a path inside of the repository, but '{inventory}' {why}"
    assert str(caught.value) == f"policies/p.yaml:7:12: inventory: {expected}"


def test_of_a_chart_yaml_that_is_a_link_out_not_even_the_name_is_told(root: pathlib.Path) -> None:
    (root.parent / "other/Chart.yaml").write_text(f"apiVersion: v2\nname: {SECRET}\nversion: 1.0.0\n")
    (root / "linking").mkdir()
    (root / "linking/Chart.yaml").symlink_to("../../other/Chart.yaml")
    assert [chart.name for chart in plan(root).charts] == ["linking", "web"]


@pytest.mark.parametrize("name", ["Chart.yaml", "requirements.yaml"])
def test_a_pipe_in_a_chart_is_not_waited_for(root: pathlib.Path, name: str) -> None:
    (root / "web" / name).unlink(missing_ok=True)
    os.mkfifo(root / "web" / name)
    (root / "more").mkdir()
    (root / "more/Chart.yaml").write_text("apiVersion: v2\nname: more\nversion: 1.0.0\n")
    assert "more" in [chart.name for chart in plan(root).charts]
