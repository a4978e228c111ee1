"""From changed files to the charts that they concern."""

from __future__ import annotations

import dataclasses
import io
import pathlib
import tarfile
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.plan import discover
from chartkit.plan.affected import ChartsByFile
from chartkit.plan.config import Config, Flags, configure

POLICY = """\
id: team-label-missing
severity: error
page: |
  Everything has an owner.

  Else nobody is asked.

  ## Bad
  ```yaml
  kind: ConfigMap
  metadata: {name: a}
  ```
  ## Good
  ```yaml
  kind: ConfigMap
  metadata: {name: a, labels: {team: a}}
  ```
select: {kinds: [ConfigMap]}
schema: {required: [metadata]}
message: no owner
"""
KNOWN = ("1.31.0", "1.37.0")
CONFIG = """\
chart-dirs: [charts, old]
excluded-charts: [old/gone*]
policies: [policies/*.yaml]
crds: [vendor/crds]
charts:
  charts/web:
    values: ../../shared/base.yaml
    scenarios:
      prod: {values: [../../env/prod.yaml]}
      script: {set-file: {script: ../../env/run.sh}}
  charts/*:
    scenarios: {default: {values: [../../shared/any.yaml]}}
  vendor/db-1.tgz: {}
"""


def chart(name: str, more: str = "", needs: str = "") -> str:
    dependencies = f"dependencies: [{{name: {needs}, version: '*', repository: 'file://../{needs}'}}]\n"
    return f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n{more}\n{dependencies if needs else ''}"


FILES = {
    ".git/HEAD": "",
    "chartkit.yaml": CONFIG,
    "README.md": "",
    "charts/lib/Chart.yaml": chart("lib", "type: library"),
    "charts/lib/templates/_a.tpl": "",
    "charts/web/Chart.yaml": chart("web", needs="lib"),
    "charts/web/templates/a.yaml": "",
    "charts/web/charts/sub/Chart.yaml": chart("sub"),
    "charts/all/Chart.yaml": chart("all", needs="web"),
    "charts/alone/Chart.yaml": chart("alone"),
    "charts/ghost-user/Chart.yaml": chart("ghost-user", needs="ghost"),
    "old/db/Chart.yaml": chart("database"),
    "old/gone/Chart.yaml": chart("gone"),
    "other/Chart.yaml": chart("other"),
    "golden/database/default.yaml": "---\n# Source: \n",
    "golden/nobody/default.yaml": "---\n# Source: \n",
    "golden/README.md": "",
    "shared/base.yaml": "",
    "shared/any.yaml": "",
    "env/prod.yaml": "",
    "env/run.sh": "",
    "policies/a.yaml": POLICY,
    "vendor/crds/crd.yaml": "",
    "vendor/db-1.tgz": "",
}
EVERY = ["charts/all", "charts/alone", "charts/ghost-user", "charts/lib", "charts/web", "old/db"]
EVERYTHING = [*EVERY, "vendor/db-1.tgz"]
IN_CHARTS = [one for one in EVERY if one.startswith("charts/")]


@pytest.fixture
def repo(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with tarfile.open(tmp_path / "vendor/db-1.tgz", "w:gz") as packed:
        said = tarfile.TarInfo("packed/Chart.yaml")
        said.size = len(chart("packed"))
        packed.addfile(said, io.BytesIO(chart("packed").encode()))
    return tmp_path


def configured(cwd: pathlib.Path, changed: list[str]) -> Config:
    read = configure.read(Flags(), cwd, {})
    return dataclasses.replace(read, changed=tuple(cwd / name for name in changed))


def charts(cwd: pathlib.Path, *changed: str) -> list[str]:
    return [one.shown for one in discover.plan(configured(cwd, [*changed]), (), KNOWN).charts]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["charts/web/templates/a.yaml"], ["charts/all", "charts/web"]),
        (["charts/lib/templates/_a.tpl"], ["charts/all", "charts/lib", "charts/web"]),
        (["charts/web/templates/removed.yaml"], ["charts/all", "charts/web"]),
        (["charts/web/charts/sub/values.yaml"], ["charts/all", "charts/web"]),
        (["charts/web/charts/sub/Chart.yaml"], ["charts/all", "charts/web"]),
        (["charts/web/charts/lost/Chart.yaml"], ["charts/all", "charts/web"]),
        (["charts/alone/Chart.yaml"], ["charts/alone"]),
        (["golden/database/default.yaml"], ["old/db"]),
        (["golden/database/removed.yaml"], ["old/db"]),
        (["golden/README.md", "golden/nobody/removed.yaml"], []),
        (["env/prod.yaml"], ["charts/web"]),
        (["env/run.sh"], ["charts/web"]),
        (["shared/base.yaml"], ["charts/web"]),
        (["shared/any.yaml"], IN_CHARTS),
        (["vendor/db-1.tgz"], ["vendor/db-1.tgz"]),
        (["charts/web"], ["charts/all", "charts/web"]),
        (["old"], ["old/db"]),
        (["README.md", "env/unknown.yaml", "removed.txt"], []),
        (["other/Chart.yaml", "old/gone/values.yaml"], []),
        (["charts/ghost/Chart.yaml"], ["charts/ghost-user"]),
        (["charts/ghost/templates/_removed.tpl"], ["charts/ghost-user"]),
        (["charts/web/examples/ghost/Chart.yaml"], ["charts/all", "charts/web"]),
        (["charts/nobody/Chart.yaml"], []),
        (["charts"], IN_CHARTS),
        ([], []),
    ],
)
def test_a_changed_file_concerns_its_charts_and_what_depends_on_them(
    repo: pathlib.Path, changed: list[str], expected: list[str]
) -> None:
    assert charts(repo, *changed) == expected


@pytest.mark.parametrize(
    "changed",
    [
        "chartkit.yaml",
        ".chartkit.yaml",
        "policies/a.yaml",
        "policies/removed.yaml",
        "vendor/crds/crd.yaml",
        "vendor/crds/deep/removed.yaml",
        "policies/inventory.json",
        "chartkit-baseline.json",
    ],
)
def test_what_the_whole_run_depends_on_concerns_every_chart(repo: pathlib.Path, changed: str) -> None:
    plan = discover.plan(configured(repo, ["README.md", changed]), (), KNOWN)
    assert plan.whole
    assert [one.shown for one in plan.charts] == EVERYTHING


def test_a_file_that_the_configuration_extends_concerns_every_chart(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text("extends: [shared/more.yaml]\nchart-dirs: [charts]\n")
    (repo / "shared/more.yaml").write_text("strict: true\n")
    assert charts(repo, "shared/more.yaml") == IN_CHARTS


@pytest.mark.parametrize("changed", ["ct.yaml", ".github/ct.yaml", "base.yaml"])
def test_the_configuration_of_chart_testing_counts_where_there_is_no_other(
    repo: pathlib.Path, changed: str
) -> None:
    assert charts(repo, changed) == []
    (repo / "chartkit.yaml").unlink()
    (repo / "ct.yaml").write_text("chart-dirs: [charts]\nhelm-extra-args: -f base.yaml\n")
    assert charts(repo, changed) == IN_CHARTS


def test_values_and_definitions_of_the_command_line_concern_every_chart(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text("chart-dirs: [charts]\n")
    read = configure.read(Flags(values=("env/prod.yaml",), crds=("other",)), repo, {}, lambda _: {})
    for name in ("env/prod.yaml", "other/Chart.yaml"):
        changed = dataclasses.replace(read, changed=(repo / name,))
        assert [one.shown for one in discover.plan(changed, (), KNOWN).charts] == IN_CHARTS


def test_a_link_brings_the_chart_that_it_leads_out_of(repo: pathlib.Path) -> None:
    (repo / "charts/alone/values.yaml").symlink_to("../../shared/linked.yaml")
    (repo / "charts/alone/charts").symlink_to("../../other")
    assert charts(repo, "shared/linked.yaml") == ["charts/alone"]
    assert charts(repo, "other/templates/removed.yaml") == ["charts/alone"]
    assert charts(repo, "charts/alone/values.yaml") == ["charts/alone"]


def test_a_name_that_charts_share_keeps_their_goldens_apart(
    repo: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)
    (repo / "old/db/Chart.yaml").write_text(chart("alone"))
    assert charts(repo, "golden/old+db/default.yaml") == ["old/db"]
    assert charts(repo, "golden/charts+alone/default.yaml") == ["charts/alone"]


def test_goldens_are_no_matter_where_renders_are_not_compared(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text(f"golden: false\n{CONFIG}")
    assert charts(repo, "golden/database/default.yaml", "golden/nobody/default.yaml") == []
    assert (
        discover.plan(configured(repo, ["golden/nobody/default.yaml"]), (), KNOWN).orphaned_goldens
        == frozenset()
    )


@pytest.mark.parametrize(
    ("changed", "held", "expected"),
    [
        ("golden/nobody/default.yaml", "", {"nobody"}),
        ("golden/nobody/removed.yaml", "", set()),
        ("charts/lost/Chart.yaml", chart("nobody"), {"nobody"}),
        ("charts/lost/Chart.yaml", chart("never-recorded"), set()),
        ("charts/lost/Chart.yaml", "", {"nobody"}),
        ("charts/lost/Chart.yaml", chart("database"), set()),
    ],
)
def test_goldens_of_no_chart_are_known_without_a_look_at_the_others(
    repo: pathlib.Path, changed: str, held: str, expected: set[str]
) -> None:
    config = configured(repo, [changed])
    if held:
        config = dataclasses.replace(config, before={repo / changed: held.encode()})
    plan = discover.plan(config, (), KNOWN)

    assert (plan.orphaned_goldens, plan.whole) == (frozenset(expected), False)
    assert {one.shown for one in plan.charts} == ({"old/db"} if "database" in held else set())


def test_where_a_chart_cannot_be_read_no_golden_is_taken_for_an_orphan(repo: pathlib.Path) -> None:
    (repo / "old/db/Chart.yaml").write_text("name: [\n")
    plan = discover.plan(configured(repo, ["golden/nobody/default.yaml"]), (), KNOWN)

    assert (plan.orphaned_goldens, plan.whole) == (frozenset(), True)


def test_a_chart_that_takes_the_name_of_another_concerns_it(repo: pathlib.Path) -> None:
    """Charts that share a name have their goldens elsewhere."""
    config = configured(repo, ["charts/alone/Chart.yaml"])
    before = {repo / "charts/alone/Chart.yaml": b"name: a\nversion: 1.0.0"}
    config = dataclasses.replace(config, before=before)
    assert [one.shown for one in discover.plan(config, (), KNOWN).charts] == ["charts/alone"]

    (repo / "charts/alone/Chart.yaml").write_text(chart("database"))
    assert [one.shown for one in discover.plan(config, (), KNOWN).charts] == ["charts/alone", "old/db"]


CRD = """kind: CustomResourceDefinition
spec:
  group: things.example.com
"""


@pytest.mark.parametrize(
    ("changed", "now", "before", "expected"),
    [
        ("charts/alone/crds/a.yaml", CRD, None, ["charts/all", "charts/alone", "charts/web"]),
        ("charts/alone/crds/a.yaml", None, CRD, ["charts/all", "charts/alone", "charts/web"]),
        (
            "charts/alone/crds/a.yaml",
            CRD.replace("things", "other"),
            CRD,
            ["charts/all", "charts/alone", "charts/web"],
        ),
        ("charts/alone/crds/a.yaml", CRD.replace("things", "other"), None, ["charts/alone"]),
        (
            "charts/alone/crds/a.json",
            '{"kind":"CustomResourceDefinition","spec":{"group":"things.example.com"}}',
            None,
            ["charts/all", "charts/alone", "charts/web"],
        ),
        ("charts/alone/crds/a.yaml", CRD.replace("group", "grope"), None, EVERYTHING),
        ("charts/alone/values.yaml", "# a CustomResourceDefinition\n", None, ["charts/alone"]),
        ("vendor/crds/crd.yaml", CRD, None, ["charts/all", "charts/web"]),
        ("vendor/crds/gone.yaml", None, CRD, ["charts/all", "charts/web"]),
        ("vendor/crds/README.md", "x", None, []),
        ("docs/crd.yaml", CRD, CRD, []),
    ],
)
def test_a_definition_concerns_the_charts_that_speak_of_its_group(
    repo: pathlib.Path, changed: str, now: str | None, before: str | None, expected: list[str]
) -> None:
    (repo / "charts/web/templates/thing.yaml").write_text("apiVersion: things.example.com/v1\nkind: Thing\n")
    if now is not None:
        (repo / changed).parent.mkdir(parents=True, exist_ok=True)
        (repo / changed).write_text(now)
    held = {repo / changed: before.encode()} if before else {}
    config = dataclasses.replace(configured(repo, [changed]), before=held)

    assert [one.shown for one in discover.plan(config, (), KNOWN).charts] == expected


def test_a_file_that_a_link_names_concerns_what_names_the_link(repo: pathlib.Path) -> None:
    (repo / "env/prod.yaml").unlink()
    (repo / "env/prod.yaml").symlink_to("../real/prod.yaml")
    (repo / "charts/ghost").symlink_to("../real/ghost")
    (repo / "policies/a.yaml").rename(repo / "real-policy.yaml")
    (repo / "policies/a.yaml").symlink_to("../real-policy.yaml")
    assert charts(repo, "real/prod.yaml") == ["charts/web"]
    assert charts(repo, "real/ghost/values.yaml") == ["charts/ghost-user"]
    assert charts(repo, "real-policy.yaml") == EVERYTHING


def test_a_dependency_outside_of_the_chart_folders_counts_with_what_it_needs(repo: pathlib.Path) -> None:
    (repo / "charts/alone/Chart.yaml").write_text(chart("alone", needs="../other"))
    (repo / "other/Chart.yaml").write_text(chart("other", needs="deep"))
    assert charts(repo, "other/values.yaml") == ["charts/alone"]
    assert charts(repo, "deep/values.yaml") == ["charts/alone"]


def test_files_of_scenarios_that_are_not_asked_for_concern_nothing(repo: pathlib.Path) -> None:
    config = dataclasses.replace(configured(repo, ["env/prod.yaml"]), scenario_names=("default",))
    assert ChartsByFile(config).affected_by(config.changed or ()).charts == frozenset()


def test_a_baseline_that_is_turned_off_concerns_nothing(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text(f"baseline: false\n{CONFIG}")
    assert charts(repo, "chartkit-baseline.json") == []


def test_an_excluded_chart_that_changed_is_told(repo: pathlib.Path) -> None:
    plan = discover.plan(configured(repo, ["old/gone/Chart.yaml"]), (), KNOWN)
    assert (plan.charts, plan.whole) == ((), False)
    assert [one.what for one in plan.not_judged] == ["chart old/gone"]


def test_the_last_chart_may_be_removed(tmp_path: pathlib.Path) -> None:
    assert charts(tmp_path, "web/Chart.yaml") == []


@pytest.mark.parametrize("rule_set", ["together", "linkerd"])
def test_rules_over_all_charts_take_the_others_along(repo: pathlib.Path, rule_set: str) -> None:
    (repo / "chartkit.yaml").write_text(f"extends: [{rule_set}]\nchart-dirs: [charts]\n")
    alone, lost, nothing = (
        discover.plan(configured(repo, [file]))
        for file in ("charts/alone/values.yaml", "charts/lost/Chart.yaml", "README.md")
    )
    assert [one.shown for one in alone.charts] == ["charts/alone"]
    assert (lost.charts, lost.chart_removed, nothing.chart_removed) == ((), True, False)
    beside = [one.shown for one in discover.surroundings(configured(repo, []), alone)]
    assert beside == [one for one in IN_CHARTS if one != "charts/alone"]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("golden/database/default.yaml", ["old/db"]),
        ("env/prod.yaml", ["charts/web"]),
        ("other/Chart.yaml", ["other"]),
        ("policies/a.yaml", EVERYTHING),
    ],
)
def test_files_that_a_person_names_are_mapped_alike(
    repo: pathlib.Path, named: str, expected: list[str]
) -> None:
    config = configure.read(Flags(), repo, {}, lambda _: {})
    assert [one.shown for one in discover.plan(config, [named], KNOWN).charts] == expected


def test_the_source_of_a_copy_concerns_the_chart_at_any_depth_and_links_that_lead_round_do_not(
    tmp_path: pathlib.Path,
) -> None:
    files = {
        "web/Chart.yaml": chart("web", needs="lib"),
        "web/charts/lib/Chart.yaml": chart("lib"),
        "all/Chart.yaml": chart("all"),
        "all/charts/mid/Chart.yaml": chart("mid", needs="../../lib"),
        "all/charts/mid/charts/lib/Chart.yaml": chart("lib"),
        "lib/Chart.yaml": chart("lib"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for name in ("a", "b"):
        (tmp_path / "web" / "charts" / name).symlink_to("..")
    found = (
        ChartsByFile(Config(root=tmp_path, cwd=tmp_path))
        .affected_by([tmp_path / "lib" / "values.yaml"])
        .charts
    )
    assert {one.name for one in found} == {"all", "lib", "web"}


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.sets(st.integers(0, 5)))
def test_every_chart_that_reaches_a_changed_one_is_concerned_and_no_other(
    needs: set[tuple[int, int]], changed: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for number in range(6):
            (root / str(number)).mkdir()
            entries = (f"{{name: n{to}, repository: 'file://../{to}'}}" for one, to in needs if one == number)
            said = f"name: a\nversion: 1.0.0\ndependencies: [{', '.join(entries)}]\n"
            (root / str(number) / "Chart.yaml").write_text(said)
        found = (
            ChartsByFile(Config(root=root, cwd=root))
            .affected_by(root / f"{one}/values.yaml" for one in changed)
            .charts
        )
    reached = set(changed)
    for _ in range(6):
        reached |= {one for one, to in needs if to in reached}

    assert {int(one.name) for one in found} == reached


SIBLING = """\
apiVersion: v2
name: {}
version: 1.0.0
dependencies: [{{name: {}, version: 1, repository: {}}}]
"""


@pytest.mark.parametrize("siblings", [None, False])
def test_a_change_of_a_chart_concerns_those_that_take_it_from_the_checkout(
    siblings: bool | None, tmp_path: pathlib.Path
) -> None:
    for name, needs in (("app", "web"), ("web", "db"), ("db", "nowhere"), ("alone", "nowhere")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Chart.yaml").write_text(SIBLING.format(name, needs, "https://x.test"))
    (tmp_path / "alone/charts/db").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    config = configure.read(Flags(siblings=siblings), tmp_path, {})
    touched = ChartsByFile(config).affected_by([tmp_path / "db/values.yaml"])
    concerned = {"db"} if siblings is False else {"app", "web", "db"}
    assert {chart.name for chart in touched.charts} == concerned
