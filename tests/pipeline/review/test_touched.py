"""A change touches the charts that it is a change of, however it is made, and no others."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.pipeline.review.conftest import Clone

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
"""
THING = "---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec: {size: 1}\n"


def test_where_nothing_has_changed_nothing_is_judged_and_that_is_said(clone: Clone) -> None:
    code, out, err = clone.run("check", "--since", "main")

    assert (code, err) == (0, "")
    assert "no chart changed since main (4 charts not judged)" in out
    assert clone.report()["since"]["unchanged"] == 4


WAYS: dict[str, Callable[[Clone], object]] = {
    "committed": lambda clone: clone.append("charts/db/values.yaml", "a: 1\n").commit(),
    "staged": lambda clone: clone.append("charts/db/values.yaml", "a: 1\n").git("add", "-A"),
    "in the work tree": lambda clone: clone.append("charts/db/values.yaml", "a: 1\n"),
    "untracked": lambda clone: clone.write("charts/db/ci/more-values.yaml", "mode: more\n"),
    "deleted": lambda clone: (clone.root / "charts/db/values.yaml").unlink(),
    "a strange name": lambda clone: clone.write('charts/db/a "b"\t\n\xe4.txt', ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_change_in_a_chart_touches_it_alone(clone: Clone, way: str) -> None:
    WAYS[way](clone)

    assert clone.charts() == {"db"}


def test_a_change_of_the_other_branch_is_not_one_of_this(clone: Clone) -> None:
    clone.append("charts/db/values.yaml", "a: 1\n")
    clone.commit()
    clone.git("checkout", "-q", "main")
    clone.append("charts/web/values.yaml", "a: 1\n")
    clone.commit()
    clone.git("checkout", "-q", "feature")

    assert clone.charts() == {"db"}


def test_a_change_in_a_dependency_touches_what_depends_on_it(clone: Clone) -> None:
    clone.append("charts/lib/templates/_lib.tpl", "\n")

    assert clone.charts() == {"web", "api"}
    assert "library chart charts/lib" in clone.reasons()


def test_a_dependency_of_a_dependency_counts_too(clone: Clone) -> None:
    clone.chart("charts/deep")
    extra = "dependencies:\n  - {name: deep, version: 1.x.x, repository: 'file://../deep'}\n"
    clone.append("charts/lib/Chart.yaml", extra)
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/deep/values.yaml", "a: 1\n")

    assert clone.charts() == {"deep", "web", "api"}


def test_a_values_file_that_a_scenario_names_touches_its_chart(clone: Clone) -> None:
    clone.write("chartkit.yaml", "charts: {charts/db: {scenarios: {ha: {values: [../../env/ha.yaml]}}}}\n")
    clone.write("env/ha.yaml", "mode: ha\n")
    clone.write("env/other.yaml", "mode: ha\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("env/other.yaml", "a: 1\n")
    assert clone.charts() == set()

    clone.append("env/ha.yaml", "a: 1\n")
    assert clone.charts() == {"db"}

    clone.git("rm", "-qf", "env/ha.yaml")
    assert clone.found() == ["values-file-missing chartkit.yaml"]


def test_a_golden_file_touches_its_chart(clone: Clone) -> None:
    clone.write("chartkit.yaml", "golden: golden\n")
    clone.run("golden", "update")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("golden/db/default.yaml", "# more\n")

    assert clone.found() == ["golden-drifted golden/db/default.yaml"]
    assert clone.charts() == {"db"}


@pytest.mark.parametrize("name", ["chartkit.yaml", "shared/more.yaml", "policies/own.yaml", "debts.json"])
def test_what_configures_the_run_touches_every_chart(clone: Clone, name: str) -> None:
    clone.write("chartkit.yaml", "extends: [shared/more.yaml]\nbaseline: debts.json\n")
    clone.write("shared/more.yaml", "policies: [../policies/own.yaml]\n")
    policy = (
        "id: own-rule\nsets: [own]\npage: |\n  Own rule.\n\n  Why.\nselect: {kinds: [Pod]}\nseverity: error\n"
    )
    clone.write("policies/own.yaml", policy + "message: wrong\nschema: {}\n")
    clone.write("debts.json", '{"version": 1, "findings": []}\n')
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.write("README.md", "x\n")
    assert clone.charts() == set()

    clone.append(name, "\n")
    assert clone.charts() == {"db", "web", "api"}


def test_a_definition_touches_the_charts_that_speak_of_its_group(clone: Clone) -> None:
    clone.write("charts/db/crds/thing.yaml", CRD)
    clone.append("charts/web/templates/map.yaml", THING)
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.write("charts/db/crds/thing.yaml", CRD.replace("size: {type: integer}", "size: {type: string}"))
    report = clone.report()

    assert {case["chart"] for case in report["cases"]} == {"db", "web"}
    assert [one["rule"] for one in report["findings"]] == ["field-invalid"]

    (clone.root / "charts/db/crds/thing.yaml").unlink()
    assert clone.charts() == {"db", "web"}


def test_a_chart_is_judged_by_the_definitions_of_others(clone: Clone) -> None:
    clone.write("charts/db/crds/thing.yaml", CRD)
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/web/templates/map.yaml", THING.replace("size: 1", "size: big"))
    report = clone.report()

    assert {case["chart"] for case in report["cases"]} == {"web"}
    assert [one["rule"] for one in report["findings"]] == ["field-invalid"]
    assert clone.reasons()["chart charts/db"].endswith("is only there to judge others with it")


def test_a_link_leads_from_a_changed_file_to_the_chart(clone: Clone) -> None:
    clone.write("shared/partial.tpl", "x\n")
    (clone.root / "charts/db/templates/_shared.tpl").symlink_to("../../../shared/partial.tpl")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("shared/partial.tpl", "y\n")

    assert clone.charts() == {"db"}


def test_a_deleted_chart_is_told_of_with_the_golden_files_it_leaves(clone: Clone) -> None:
    clone.write("chartkit.yaml", "golden: golden\n")
    clone.run("golden", "update")
    clone.commit()
    clone.git("branch", "-f", "main")
    shutil.rmtree(clone.root / "charts/db")

    assert clone.found() == ["golden-orphaned golden/db/default.yaml"]
    assert clone.reasons()["chart charts/db"] == "it was deleted since main"
    clone.git("rm", "-rqf", "golden/db")
    assert clone.found() == []


def test_a_deleted_dependency_touches_what_depended_on_it(clone: Clone) -> None:
    shutil.rmtree(clone.root / "charts/lib")

    assert clone.found() == [f"dependency-missing charts/{name}/Chart.yaml" for name in ("api", "web")]


def test_a_moved_chart_is_judged_where_it_is_now(clone: Clone) -> None:
    clone.git("mv", "charts/db", "charts/store")

    assert clone.charts() == {"db"}
    assert "chart charts/db" not in clone.reasons()


def test_paths_narrow_what_is_judged_further(clone: Clone) -> None:
    for name in ("db", "web"):
        clone.append(f"charts/{name}/values.yaml", "a: 1\n")

    assert clone.charts("charts/db", "charts/api") == {"db"}


def test_charts_that_are_judged_together_are_told_of_wherever_the_fault_is(clone: Clone) -> None:
    clone.write("chartkit.yaml", "extends: [recommended, together]\n")
    clone.write(
        "charts/db/templates/account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: db}\n"
    )
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: db\n"
    clone.write("charts/web/templates/pod.yaml", pod + "  containers: [{name: web, image: web}]\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    assert clone.found() == []
    (clone.root / "charts/db/templates/account.yaml").unlink()

    assert clone.found() == ["pod-reference-unresolved charts/web/templates/pod.yaml"]
    assert clone.charts() == {"db"}


def test_in_a_submodule_a_chart_is_touched_by_another_commit_of_it(clone: Clone) -> None:
    clone.git("clone", "-q", ".", "../inner")
    clone.git("submodule", "add", "-q", "../inner", "vendored")
    clone.commit()
    clone.git("branch", "-f", "main")
    assert clone.charts() == set()
    clone.git("-C", "vendored", "commit", "-qm", "other", "--allow-empty")

    assert len(clone.report()["cases"]) == 6  # those of the submodule, on two versions, and not those outside


def test_the_working_directory_may_be_below_the_root(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.append("charts/db/templates/map.yaml", "oops: 1\n")
    monkeypatch.chdir(clone.root / "charts")

    assert clone.found() == ["field-unknown db/templates/map.yaml"]


def test_what_git_ignores_is_no_change(clone: Clone) -> None:
    clone.write(".gitignore", "*.log\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.write("charts/db/x.log", "x\n")

    assert clone.charts() == set()


def test_goldens_that_a_branch_adds_for_no_chart_are_told_and_no_others(clone: Clone) -> None:
    clone.write("chartkit.yaml", "golden: golden\n")
    clone.write("golden/older/default.yaml", "a: 1\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.write("golden/newer/default.yaml", "a: 1\n")

    assert clone.found() == ["golden-orphaned golden/newer/default.yaml"]
    assert clone.charts() == set()
    assert clone.found("charts/db") == []


def test_a_policy_that_is_removed_touches_every_chart(clone: Clone) -> None:
    clone.write("chartkit.yaml", "policies: [policies]\n")
    for name in ("own", "other"):
        policy = f"id: {name}-rule\nsets: [own]\npage: |\n  Own rule.\n\n  Why.\nselect: {{kinds: [Pod]}}\n"
        clone.write(f"policies/{name}.yaml", f"{policy}severity: error\nmessage: wrong\nschema: {{}}\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    (clone.root / "policies/own.yaml").unlink()

    assert clone.charts() == {"db", "web", "api"}


def test_a_scenario_that_is_not_asked_for_brings_no_chart(clone: Clone) -> None:
    clone.write("chartkit.yaml", "charts: {charts/db: {scenarios: {ha: {values: [../../env/ha.yaml]}}}}\n")
    clone.write("env/ha.yaml", "mode: ha\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("env/ha.yaml", "a: 1\n")

    assert clone.charts("--scenario", "ha") == {"db"}
    assert clone.charts("--scenario", "default") == set()


def test_rules_over_all_charts_miss_what_a_deleted_chart_had(clone: Clone) -> None:
    clone.write("chartkit.yaml", "extends: [recommended, together]\n")
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: db}\n"
    clone.write("charts/db/templates/account.yaml", account)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: db\n"
    clone.write("charts/web/templates/pod.yaml", pod + "  containers: [{name: web, image: web}]\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    shutil.rmtree(clone.root / "charts/db")

    assert clone.found() == ["pod-reference-unresolved charts/web/templates/pod.yaml"]
    assert clone.charts() == set()
