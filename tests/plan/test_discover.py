from __future__ import annotations

import pathlib
import subprocess
import sys
import tarfile
from typing import Any

import pytest

from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import BaseValues, SetValue
from chartkit.model.errors import ConfigError, NoChart
from chartkit.model.place import Place
from chartkit.plan import discover
from chartkit.plan.config import Flags, configure
from chartkit.plan.discover import Plan, PlannedChart

KNOWN = tuple(f"1.{minor}.0" for minor in range(25, 38))


def write(root: pathlib.Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def chart(name: str, more: str = "") -> str:
    return f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n{more}\n"


def plan(cwd: pathlib.Path, *paths: str, **flags: Any) -> Plan:
    config = configure.read(Flags(**flags), cwd, {}, lambda _: {})
    return discover.plan(config, paths, KNOWN)


def only(found: Plan) -> PlannedChart:
    (one,) = found.charts
    return one


def scenarios(one: PlannedChart) -> list[str]:
    return list(dict.fromkeys(case.scenario.name for case in one.cases))


def remarks(found: Plan) -> list[tuple[str, str]]:
    every = [*found.not_judged, *(remark for one in found.charts for remark in one.not_judged)]
    return [(remark.what, remark.reason) for remark in every]


@pytest.fixture
def repo(tmp_path: pathlib.Path) -> pathlib.Path:
    """A repository with a chart, the library that it uses, a chart that uses it, and one more."""
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            "README.md": "",
            "charts/web/Chart.yaml": chart(
                "web", "dependencies: [{name: lib, version: '*', repository: 'file://../lib'}]"
            ),
            "charts/web/templates/a.yaml": "",
            "charts/lib/Chart.yaml": chart("lib", "type: library"),
            "charts/lib/templates/_a.tpl": "",
            "charts/all/Chart.yaml": chart(
                "all", "dependencies: [{name: web, version: '*', repository: 'file://../web'}]"
            ),
            "old/db/Chart.yaml": chart("db"),
        },
    )
    return tmp_path


def shown(found: Plan) -> list[str]:
    return [one.shown for one in found.charts]


def test_every_chart_below_is_found_in_order(repo: pathlib.Path) -> None:
    found = plan(repo)
    assert shown(found) == ["charts/all", "charts/lib", "charts/web", "old/db"]
    assert found.whole
    assert [case.path for case in found.cases if case.chart == "web"] == ["charts/web"] * 2


def test_a_library_chart_has_no_cases_and_says_why(repo: pathlib.Path) -> None:
    (lib,) = (one for one in plan(repo).charts if one.name == "lib")
    assert lib.cases == ()
    assert [(one.what, one.chart, one.reason) for one in lib.not_judged] == [
        (
            "library chart charts/lib",
            "lib",
            "it renders nothing by itself; charts that use it are judged with it",
        )
    ]


@pytest.mark.parametrize(
    ("cwd", "paths", "charts"),
    [
        (".", ["charts/web"], ["charts/web"]),
        (".", ["charts", "old/db"], ["charts/all", "charts/lib", "charts/web", "old/db"]),
        (".", ["charts/web/templates"], ["charts/web"]),
        (".", ["old/db/Chart.yaml"], ["old/db"]),
        (".", ["charts/web/templates/a.yaml", "README.md"], ["charts/all", "charts/web"]),
        (".", ["charts/lib/templates/_a.tpl"], ["charts/all", "charts/lib", "charts/web"]),
        ("charts/web", [], ["."]),
        ("charts/web/templates", [], [".."]),
        ("charts/web", ["../../old"], ["../../old/db"]),
    ],
)
def test_paths_lead_to_charts(repo: pathlib.Path, cwd: str, paths: list[str], charts: list[str]) -> None:
    (repo / "chartkit.yaml").touch()
    found = plan(repo / cwd, *paths)
    assert shown(found) == charts
    assert not found.whole


def test_a_file_of_no_chart_is_told(repo: pathlib.Path) -> None:
    assert ("file README.md", "it belongs to no chart") in remarks(
        plan(repo, "old/db/Chart.yaml", "README.md")
    )


def test_a_changed_configuration_concerns_every_chart(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").touch()
    found = plan(repo, "chartkit.yaml", "old/db")
    assert found.whole
    assert len(found.charts) == 4


def test_a_chart_in_the_charts_folder_of_another_means_the_outer_one(repo: pathlib.Path) -> None:
    write(repo, {"old/db/charts/sub/Chart.yaml": chart("sub"), "old/db/charts/sub/values.yaml": ""})
    assert shown(plan(repo, "old/db/charts/sub/values.yaml")) == ["old/db"]
    assert shown(plan(repo, "old/db/charts/sub")) == ["old/db/charts/sub"]
    assert shown(plan(repo, "old")) == ["old/db"]


def test_a_packed_chart_is_a_chart(repo: pathlib.Path) -> None:
    with tarfile.open(repo / "db-1.tgz", "w:gz") as archive:
        archive.add(repo / "old/db", "db")
    found = only(plan(repo, "db-1.tgz"))
    assert (found.name, found.shown, scenarios(found), found.path) == (
        "db",
        "db-1.tgz",
        ["default"],
        repo / "db-1.tgz",
    )


def test_packed_charts_are_taken_where_the_configuration_speaks_of_them(repo: pathlib.Path) -> None:
    write(repo, {"vendor/a-1.tgz": "", "vendor/b-1.tgz": "", "vendor/c.tgz": ""})
    (repo / "chartkit.yaml").write_text("chart-dirs: [old]\ncharts: {vendor/a-1.tgz: {}, vendor/b*.tgz: {}}")
    found = plan(repo)
    assert shown(found) == ["old/db", "vendor/a-1.tgz", "vendor/b-1.tgz"]
    assert found.hits == ()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_packed_chart_that_cannot_be_read_is_planned_all_the_same(
    repo: pathlib.Path, content: bytes
) -> None:
    (repo / "db-1.tgz").write_bytes(content)
    found = only(plan(repo, "db-1.tgz"))
    assert (found.name, len(found.cases)) == ("db-1", 2)


def test_a_chart_that_cannot_be_read_is_planned_under_its_folder(repo: pathlib.Path) -> None:
    (repo / "old/db/Chart.yaml").write_text("[")
    assert only(plan(repo, "old/db")).name == "db"
    (repo / "old/db/Chart.yaml").unlink()
    (repo / "old/db/Chart.yaml").symlink_to("nowhere")
    with pytest.raises(NoChart):
        plan(repo, "old/db")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["nope"], "there is no 'nope'"),
        (["README.md"], "there is no chart in 'README.md'"),
        ([".git"], "there is no chart in '.git'"),
        (["charts", "empty"], "there is no chart in 'empty'"),
    ],
)
def test_a_path_without_a_chart_is_an_error(repo: pathlib.Path, paths: list[str], message: str) -> None:
    (repo / "empty").mkdir()
    with pytest.raises(NoChart) as caught:
        plan(repo, *paths)
    assert str(caught.value) == message
    assert caught.value.hint.startswith("name a folder with a Chart.yaml")


def test_a_folder_without_charts_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(NoChart, match=r"there is no chart in '\.'"):
        plan(tmp_path)


def test_excluded_charts_are_counted_unless_they_are_named(repo: pathlib.Path) -> None:
    write(repo, {"chartkit.yaml": "excluded-charts: [old/, a*]\n", "deep/all/Chart.yaml": chart("all")})
    found = plan(repo)
    assert shown(found) == ["charts/lib", "charts/web"]
    reason = "it is among the excluded-charts of chartkit.yaml"
    assert [one for one in remarks(found) if one[1] == reason] == [
        (f"chart {path}", reason) for path in ("charts/all", "deep/all", "old/db")
    ]
    assert shown(plan(repo, "charts/all")) == ["charts/all"]
    assert shown(plan(repo, "charts/all/Chart.yaml")) == []
    assert shown(plan(repo, "charts/all/Chart.yaml", "charts/all")) == ["charts/all"]


def test_charts_are_looked_for_where_the_configuration_says(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text("chart-dirs: [old]\n")
    assert shown(plan(repo)) == ["old/db"]


def test_notices_of_the_configuration_are_told(repo: pathlib.Path) -> None:
    (repo / "ct.yaml").write_text("- x\n")
    assert remarks(plan(repo))[0] == ("configuration", "ct.yaml is not used: it holds no keys")


# scenarios


def test_values_files_beside_a_chart_are_scenarios(tmp_path: pathlib.Path) -> None:
    names = (
        "values.yaml",
        "values-ha.yaml",
        "values-x y!.yml",
        "linter_values.yaml",
        "values.prod.yaml",
        "ci/default-values.yaml",
        "ci/ha-values.yaml",
        "ci/tls-values.yml",
        "ci/other.yaml",
        "tests/kubeconform/ha-values.yaml",
        "tests/kubeconform/min-values.yaml",
        "tests/values-no.yaml",
    )
    write(tmp_path, {"Chart.yaml": chart("web"), **dict.fromkeys(names, "")})
    (tmp_path / "values-folder.yaml").mkdir()
    found = only(plan(tmp_path))
    files = {case.scenario.name: case.scenario.values_files for case in found.cases}
    assert files == {
        "default": (),
        "default-values": ("ci/default-values.yaml",),
        "ha": ("ci/ha-values.yaml",),
        "tls": ("ci/tls-values.yml",),
        "values-ha": ("values-ha.yaml",),
        "x-y": ("values-x y!.yml",),
        "ha-values": ("tests/kubeconform/ha-values.yaml",),
        "min": ("tests/kubeconform/min-values.yaml",),
        "linter": ("linter_values.yaml",),
    }
    assert [(one.what, one.reason) for one in found.not_judged] == [
        ("values file values.prod.yaml", "no scenario uses it"),
        ("values file ci/other.yaml", "no scenario uses it"),
    ]
    assert found.cases[2].scenario.place == Place("ci/default-values.yaml")


def test_names_that_clash_are_told_apart(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {"Chart.yaml": chart("web"), "a/x-values.yaml": "", "b/x-values.yaml": "", "c/x-values.yaml": ""},
    )
    write(
        tmp_path,
        {
            "c/x_values.yaml": "",
            "chartkit.yaml": "defaults: {scenario-files: [x*, '?/*values.yaml', '*/x*']}",
        },
    )
    assert scenarios(only(plan(tmp_path))) == [
        "default",
        "x",
        "x-values",
        "c-x-values.yaml",
        "x_values",
    ]


def test_values_files_that_are_links_out_of_the_repository_are_no_scenarios(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {"secret.yaml": "", "repo/.git/x": "", "repo/shared.yaml": "", "repo/web/Chart.yaml": chart("web")},
    )
    for name, target in {
        "out": "../../secret.yaml",
        "in": "../shared.yaml",
        "ring": "values-ring.yaml",
    }.items():
        (tmp_path / f"repo/web/values-{name}.yaml").symlink_to(target)
    found = only(plan(tmp_path / "repo"))
    assert scenarios(found) == ["default", "in"]
    assert [one.what for one in found.not_judged] == ["values file web/values-out.yaml"]


@pytest.mark.parametrize("path", ["x" * 300, "values.yaml/x"])
def test_values_files_with_impossible_names_do_not_exist(tmp_path: pathlib.Path, path: str) -> None:
    write(tmp_path, {"Chart.yaml": chart("web"), "values.yaml": ""})
    (tmp_path / "chartkit.yaml").write_text(f'charts: {{.: {{scenarios: {{x: {{values: "{path}"}}}}}}}}')
    assert [hit.rule for hit in only(plan(tmp_path)).hits] == ["values-file-missing"]


CONFIGURED = """\
defaults: {namespace: base, release: base, kube-versions: ["1.24", "1.33"], api-versions: [a/v1]}
charts:
  web*:
    namespace: pattern
    release: pattern
    scenarios:
      tls: {set: {b: 1}}
  web:
    release: web
    api-versions: [b/v1]
    scenarios:
      default: false
      ha: {upgrade: true, set: {a: x}, set-json: {j: 1}, set-file: {k: "a,b.txt"}, set-literal: {l: 1}}
      twice:
        values: [ci/ha-values.yaml, more.yaml, {c: 1}]
        kube-versions: ["1.20"]
        release: twice
        api-versions: [c/v1]
      must-fail: {fails: boom}
      none: {values: {}}
"""


@pytest.fixture
def configured(tmp_path: pathlib.Path) -> pathlib.Path:
    write(
        tmp_path,
        {
            "chartkit.yaml": CONFIGURED,
            "web/Chart.yaml": chart("web", "kubeVersion: '>=1.25.0-0'"),
            "web/ci/ha-values.yaml": "",
            "web/ci/none-values.yaml": "",
            "web/more.yaml": "",
            "web/a,b.txt": "",
        },
    )
    return tmp_path


def test_settings_go_from_defaults_over_charts_to_scenarios(configured: pathlib.Path) -> None:
    found = only(plan(configured))
    by_name = {case.scenario.name: case.scenario for case in found.cases}
    assert list(by_name) == ["ha", "none", "tls", "twice", "must-fail"]
    ha = by_name["ha"]
    assert (ha.release, ha.namespace, ha.api_versions) == ("web", "pattern", ("a/v1", "b/v1"))
    assert (ha.kube_versions, ha.is_upgrade, ha.values_files) == (
        ("1.33.0",),
        True,
        ("web/ci/ha-values.yaml",),
    )
    assert ha.set_values == (
        SetValue("set-json", "j=1"),
        SetValue("set-string", "a=x"),
        SetValue("set-file", r"k=web/a\,b.txt"),
        SetValue("set-literal", "l=1"),
    )
    twice = by_name["twice"]
    assert (twice.release, twice.kube_versions, twice.api_versions) == (
        "twice",
        ("1.20.0",),
        ("a/v1", "b/v1", "c/v1"),
    )
    assert twice.values_files == ("web/ci/ha-values.yaml", "web/more.yaml")
    assert twice.values == '{"c": 1}'
    assert by_name["must-fail"].fails == "boom"
    assert by_name["must-fail"].place == Place("chartkit.yaml", 19, 7)
    assert (by_name["none"].values_files, by_name["none"].values) == ((), "{}")
    assert by_name["tls"].set_values == (SetValue("set", "b=1"),)


def test_a_version_of_the_defaults_that_a_chart_rules_out_is_told(configured: pathlib.Path) -> None:
    reason = "the chart's kubeVersion '>=1.25.0-0' does not allow it"
    assert remarks(plan(configured)).count(("Kubernetes 1.24.0", reason)) == 1


def test_flags_beat_every_setting(configured: pathlib.Path) -> None:
    flags: dict[str, Any] = {"release": "r", "namespace": "n", "api_versions": ("z/v1",), "is_upgrade": True}
    found = only(plan(configured, kube_version=("1.30", "1.31.2"), **flags))
    for name in ("twice", "tls"):
        cases = [case for case in found.cases if case.scenario.name == name]
        assert [case.kube_version for case in cases] == ["1.30.0", "1.31.2"]
        assert (cases[0].scenario.release, cases[0].scenario.namespace, cases[0].scenario.is_upgrade) == (
            "r",
            "n",
            True,
        )
        assert cases[0].scenario.api_versions[-1] == "z/v1"


def test_values_on_the_command_line_replace_the_scenarios(configured: pathlib.Path) -> None:
    found = plan(configured, set_values=(SetValue("set", "a=1"),))
    case = only(found).cases[0]
    assert scenarios(only(found)) == ["command line"]
    assert (case.scenario.release, case.scenario.set_values) == ("web", (SetValue("set", "a=1"),))
    assert not found.whole


def test_only_the_scenarios_that_are_asked_for_are_planned(configured: pathlib.Path) -> None:
    write(configured, {"db/Chart.yaml": chart("db")})
    found = plan(configured, scenario=("ha", "twice"))
    assert (shown(found), scenarios(found.charts[0]), found.whole) == (["web"], ["ha", "twice"], False)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("twise", "did you mean 'twice'?"), ("zzz", "use one of: ha, must-fail, none, tls, twice")],
)
def test_a_scenario_that_no_chart_has_is_an_error(configured: pathlib.Path, name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(configured, scenario=(name,))
    assert (str(caught.value), caught.value.hint) == (
        f"--scenario: no chart here has a scenario {name!r}",
        hint,
    )


def test_a_file_that_is_missing_is_a_finding_and_its_scenario_is_not_judged(configured: pathlib.Path) -> None:
    (configured / "web/more.yaml").unlink()
    (configured / "web/a,b.txt").unlink()
    found = only(plan(configured))
    assert scenarios(found) == ["none", "tls", "must-fail"]
    assert [(hit.rule, hit.message, hit.place) for hit in found.hits] == [
        (
            "values-file-missing",
            "the file 'a,b.txt' that 'k' is set from does not exist in 'web' (scenario 'ha')",
            Place("chartkit.yaml", 13, 72),
        ),
        (
            "values-file-missing",
            "values file 'more.yaml' does not exist in 'web' (scenario 'twice')",
            Place("chartkit.yaml", 15, 37),
        ),
    ]
    assert ("scenario ha", "a file that it needs does not exist") in remarks(plan(configured))
    asked = plan(configured, scenario=("ha",))
    assert [len(one.hits) for one in asked.charts] == [2]


COMMON = """\
charts:
  web*:
    values: ci/pattern.yaml
  web:
    values: [ci/base.yaml, more.yaml, {c: 1}]
    scenarios:
      own: {values: [ci/ha-values.yaml, {a: 1}], set: {b: 1}}
      gone: false
"""


@pytest.fixture
def common(tmp_path: pathlib.Path) -> pathlib.Path:
    files = ("ci/base.yaml", "more.yaml", "ci/ha-values.yaml", "ci/pattern.yaml")
    write(tmp_path, {"chartkit.yaml": COMMON, "web/Chart.yaml": chart("web")})
    write(tmp_path / "web", dict.fromkeys(files, ""))
    write(tmp_path, {"web-2/Chart.yaml": chart("web-2"), "web-2/ci/pattern.yaml": ""})
    return tmp_path


def test_values_of_a_chart_lie_under_every_scenario_and_the_later_pattern_wins(common: pathlib.Path) -> None:
    web, other = plan(common).charts
    found = {case.scenario.name: case.scenario for case in web.cases}
    assert list(found) == ["default", "ha", "own"]
    for scenario in found.values():
        assert scenario.base.files == ("web/ci/base.yaml", "web/more.yaml")
        assert scenario.base.values == '{"c": 1}'
        assert scenario.base.places[1] == ("/c", Place("chartkit.yaml", 5, 40))
    assert (found["own"].values_files, found["own"].values) == (("web/ci/ha-values.yaml",), '{"a": 1}')
    assert other.cases[0].scenario.base == BaseValues(("web-2/ci/pattern.yaml",))
    # what lies under every scenario is used, and no scenario by itself
    assert [one.what for one in (*web.not_judged, *other.not_judged)] == ["values file web/ci/pattern.yaml"]


def test_values_of_a_chart_lie_under_those_of_the_command_line_too(common: pathlib.Path) -> None:
    (case, *_) = plan(common, "web", set_values=(SetValue("set", "a=1"),)).cases
    assert (case.scenario.name, case.scenario.base.files[0]) == ("command line", "web/ci/base.yaml")


def test_an_empty_mapping_takes_the_values_of_an_earlier_pattern_away(common: pathlib.Path) -> None:
    write(common, {"chartkit.yaml": "charts: {web*: {values: ci/pattern.yaml}, web: {values: {}}}"})
    web, _ = plan(common).charts
    assert (web.cases[0].scenario.base.files, web.cases[0].scenario.base.values) == ((), "{}")


def test_a_values_file_of_a_chart_that_is_missing_is_one_finding_and_no_scenario_is_judged(
    common: pathlib.Path,
) -> None:
    (common / "web/more.yaml").unlink()
    for flags in ({}, {"set_values": (SetValue("set", "a=1"),)}, {"scenario": ("own",)}):
        found = only(plan(common, "web", **flags))
        assert found.cases == ()
        message = "values file 'more.yaml' does not exist in 'web' (every scenario)"
        assert [(hit.rule, hit.message, hit.place) for hit in found.hits] == [
            ("values-file-missing", message, Place("chartkit.yaml", 5, 28))
        ]
    told = [(f"scenario {name}", "a file that it needs does not exist") for name in ("default", "ha", "own")]
    assert set(told) <= set(remarks(plan(common)))


def test_values_of_a_packed_chart_lie_beside_it(repo: pathlib.Path) -> None:
    with tarfile.open(repo / "db-1.tgz", "w:gz") as archive:
        archive.add(repo / "old/db", "db")
    write(repo, {"base.yaml": "", "chartkit.yaml": "charts: {db-1.tgz: {values: base.yaml}}"})
    assert plan(repo, "db-1.tgz").cases[0].scenario.base.files == ("base.yaml",)


def test_a_chart_whose_scenarios_are_all_off_says_so(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path, {"Chart.yaml": chart("web"), "chartkit.yaml": "charts: {.: {scenarios: {default: false}}}"}
    )
    found = plan(tmp_path)
    assert only(found).cases == ()
    assert remarks(found) == [("chart", "every scenario of it is turned off")]


def test_settings_of_no_chart_are_a_finding(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text(
        "charts: {charts/wbe: {}, 'x/*': {}, charts/*: {}, qqq: {}, old/db: {}}"
    )
    found = plan(repo)
    assert [(hit.rule, hit.message, hit.hint, hit.place) for hit in found.hits] == [
        (
            "chart-pattern-unmatched",
            f"{key!r} is no chart, so these settings do nothing",
            hint,
            Place("chartkit.yaml", 1, column),
        )
        for key, hint, column in (
            ("charts/wbe", "did you mean 'charts/web'?", 10),
            ("x/*", "correct the path, relative to this file, or remove it", 26),
            ("qqq", "correct the path, relative to this file, or remove it", 51),
        )
    ]
    # a pattern may well fit what was not looked at
    assert [hit.message[:5] for hit in plan(repo, "old/db").hits] == ["'char", "'qqq'"]


# Kubernetes versions


def test_the_known_versions_are_those_with_schemas(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"Chart.yaml": chart("web")})
    config = configure.read(cwd=tmp_path, environ={}, known=lambda _: {})
    newest = known_versions()[-1]
    assert [case.kube_version for case in discover.plan(config).cases][-1] == newest


@pytest.mark.parametrize(
    ("constraint", "versions", "remark"),
    [
        ("", ["1.34.0", "1.37.0"], ""),
        ("' '", ["1.34.0", "1.37.0"], ""),
        ("'>=1.31.0-0'", ["1.31.0", "1.37.0"], ""),
        ("'>=1.20.0-0 <1.30.0-0'", ["1.25.0", "1.29.0"], ""),
        ("'~1.30'", ["1.30.0"], ""),
        ("'~1.31.5'", ["1.31.5"], ""),
        ("'>1.36.2'", ["1.36.3", "1.37.0"], ""),
        (
            "'>=1.39.0-0'",
            ["1.39.0"],
            "the chart's kubeVersion '>=1.39.0-0' allows none of the known versions (1.25 to 1.37)",
        ),
        (
            "'<1.22.0-0'",
            ["1.21.0"],
            "the chart's kubeVersion '<1.22.0-0' allows none of the known versions (1.25 to 1.37)",
        ),
        (
            "'>=9'",
            ["1.37.0"],
            "the chart's kubeVersion '>=9' allows none of the known versions (1.25 to 1.37)",
        ),
    ],
)
def test_kubernetes_versions_come_from_the_chart(
    tmp_path: pathlib.Path, constraint: str, versions: list[str], remark: str
) -> None:
    write(tmp_path, {"Chart.yaml": chart("web", f"kubeVersion: {constraint}")})
    found = only(plan(tmp_path))
    assert [case.kube_version for case in found.cases] == versions
    assert [one.reason for one in found.not_judged] == ([remark] if remark else [])


def test_a_constraint_that_cannot_be_read_constrains_nothing_and_is_told(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"Chart.yaml": chart("web", "kubeVersion: '=>>x'"), "chartkit.yaml": ""})
    found = only(plan(tmp_path))
    assert [case.kube_version for case in found.cases] == ["1.34.0", "1.37.0"]
    assert found.not_judged[0].reason.startswith("the chart's kubeVersion cannot be read: ")
    (tmp_path / "chartkit.yaml").write_text("defaults: {kube-versions: ['1.28']}")
    assert [case.kube_version for case in only(plan(tmp_path)).cases] == ["1.28.0"]


def test_defaults_that_a_chart_rules_out_altogether_give_way(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "Chart.yaml": chart("web", "kubeVersion: '>=1.36'"),
            "chartkit.yaml": "defaults: {kube-versions: ['1.28']}",
        },
    )
    found = only(plan(tmp_path))
    assert [case.kube_version for case in found.cases] == ["1.36.0", "1.37.0"]
    assert [one.what for one in found.not_judged] == ["Kubernetes 1.28.0"]


def test_a_plan_needs_no_yaml_reader_for_written_files(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"Chart.yaml": chart("web"), "values-ha.yaml": "a: 1"})
    program = (
        "import sys, pathlib; from chartkit.plan.config import configure; from chartkit.plan import discover;"
        "config = configure.read(cwd=pathlib.Path(sys.argv[1]), environ={});"
        "discover.plan(config, (), ('1.30.0',));"
        "print([name for name in ('ruamel.yaml', 'jsonschema', 'jsonschema_rs') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.25", []),
        ("1.37.4", []),
        ("1.38", ["its schemas are not known: those of 1.37 stand in"]),
        ("1.24", ["its schemas are not known: those of 1.25 stand in"]),
    ],
)
def test_a_version_without_schemas_is_told(tmp_path: pathlib.Path, version: str, told: list[str]) -> None:
    write(
        tmp_path, {"Chart.yaml": chart("web"), "chartkit.yaml": f"defaults: {{kube-versions: ['{version}']}}"}
    )
    assert [one.reason for one in only(plan(tmp_path)).not_judged] == told


def test_a_folder_of_packed_charts_tells_how_they_are_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "web-1.0.0.tgz").write_bytes(b"")
    for cwd, paths in ((tmp_path / "packed", []), (tmp_path, ["packed"])):
        with pytest.raises(NoChart) as error:
            plan(cwd, *paths)
        assert (error.value.hint or "").endswith("web-1.0.0.tgz")
