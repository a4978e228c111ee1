"""What is judged is what the cluster would be given; golden files hold what Helm prints without one."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping

import pytest

from chartkit.model.report import Report
from chartkit.pipeline import check, coverage, golden_update
from chartkit.plan.config import Config, configure

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
BUDGET = """\
{{- if .Capabilities.APIVersions.Has "policy/v1beta1" }}
apiVersion: policy/v1beta1
{{- else }}
apiVersion: policy/v1
{{- end }}
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example}
spec:
  group: sea.example
  names: {kind: Boat, plural: boats, singular: boat, listKind: BoatList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {length: {type: integer}}}}
"""
BOAT = """\
{{- if .Capabilities.APIVersions.Has "sea.example/v1/Boat" }}
apiVersion: sea.example/v1
kind: Boat
metadata: {name: boat}
length: long
{{- end }}
"""
GUARDED = f'{{{{- if not (.Capabilities.APIVersions.Has "sea.example/v1") }}}}\n{CRD}{{{{- end }}}}\n'


def configured(root: pathlib.Path, files: Mapping[str, str]) -> Config:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        chart = root / name.partition("/")[0]
        if chart.is_dir():
            (chart / "Chart.yaml").write_text(CHART.format(name=chart.name))
    return dataclasses.replace(configure.read(cwd=root, environ={}), cache_dir=None)


def told(report: Report) -> set[tuple[str, str]]:
    return {(finding.chart, finding.rule) for finding in report.findings}


@pytest.mark.parametrize(
    "asked",
    [
        '.Capabilities.APIVersions.Has "policy/v1beta1"',
        '$.Capabilities.APIVersions.Has "policy/v1beta1/PodDisruptionBudget"',
        'not (.Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget")',
    ],
)
def test_a_chart_that_asks_the_cluster_is_right_on_it(asked: str, tmp_path: pathlib.Path) -> None:
    text = BUDGET.replace('.Capabilities.APIVersions.Has "policy/v1beta1"', asked)
    assert told(check.check(configured(tmp_path, {"web/templates/a.yaml": text}))) == set()


def test_what_the_scenario_says_is_served_is_an_error_where_the_version_is_gone(
    tmp_path: pathlib.Path,
) -> None:
    config = configured(
        tmp_path,
        {"web/templates/a.yaml": BUDGET, "chartkit.yaml": "defaults: {api-versions: [policy/v1beta1]}\n"},
    )
    (finding,) = check.check(config).findings
    assert (finding.rule, finding.severity.name, finding.place.line) == ("api-version-removed", "ERROR", 2)


def test_an_object_that_only_the_cluster_gets_is_placed_on_its_line(tmp_path: pathlib.Path) -> None:
    text = BUDGET.replace("apiVersion: policy/v1\n", "apiVersion: policy/v1\nspecs: {}\n")
    (finding,) = check.check(configured(tmp_path, {"web/templates/a.yaml": text})).findings
    assert (finding.rule, finding.place.line) == ("field-unknown", 5)


def test_golden_files_hold_what_helm_prints_and_are_compared_with_that(tmp_path: pathlib.Path) -> None:
    config = configured(tmp_path, {"web/templates/a.yaml": BUDGET, "chartkit.yaml": "golden: golden\n"})

    golden_update.update(config)

    golden = tmp_path / "golden/web/default.yaml"
    assert "policy/v1beta1" in golden.read_text()
    assert told(check.check(config)) == set()
    golden.write_text(golden.read_text().replace("maxUnavailable: 1", "maxUnavailable: 2"))
    (finding,) = check.check(config).findings
    assert finding.rule == "golden-drifted"
    assert "web/templates/a.yaml:8" in finding.message


def test_a_case_that_the_cluster_alone_refuses_is_still_compared(tmp_path: pathlib.Path) -> None:
    text = '{{ if not (.Capabilities.APIVersions.Has "policy/v1beta1") }}{{ fail "too new" }}{{ end }}\n'
    config = configured(
        tmp_path,
        {"web/templates/a.yaml": text + BUDGET, "chartkit.yaml": "golden: golden\n"},
    )
    golden_update.update(config)
    (finding,) = check.check(config).findings
    assert (finding.rule, finding.message) == ("render-refused", "too new")


@pytest.mark.parametrize("place", ["crds", "templates"])
def test_what_another_chart_defines_is_served(place: str, tmp_path: pathlib.Path) -> None:
    files = {f"maker/{place}/crd.yaml": CRD, "user/templates/a.yaml": BOAT}
    assert told(check.check(configured(tmp_path, files))) == {("user", "field-invalid")}


def test_what_the_configuration_defines_is_served(tmp_path: pathlib.Path) -> None:
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds/boat.yaml").write_text(CRD)
    config = configured(tmp_path, {"user/templates/a.yaml": BOAT, "chartkit.yaml": "crds: [crds]\n"})
    assert told(check.check(config)) == {("user", "field-invalid")}


def test_a_chart_does_not_find_what_its_own_templates_define(tmp_path: pathlib.Path) -> None:
    config = configured(tmp_path, {"web/templates/a.yaml": GUARDED})
    (result, *_) = check.check(config).cases
    assert result.objects == 1


def test_a_scenario_that_must_fail_is_judged_without_the_other_charts(tmp_path: pathlib.Path) -> None:
    text = '{{ if not (.Capabilities.APIVersions.Has "sea.example/v1") }}{{ fail "no boats" }}{{ end }}\n'
    scenarios = "charts: {user: {scenarios: {default: {}, alone: {fails: no boats}}}}\n"
    files = {"maker/crds/crd.yaml": CRD, "user/templates/a.yaml": text + BOAT, "chartkit.yaml": scenarios}
    assert told(check.check(configured(tmp_path, files))) == {("user", "field-invalid")}


def test_what_keeps_a_chart_from_being_told_is_said(tmp_path: pathlib.Path) -> None:
    text = BUDGET + "# {{ .Capabilities.KubeVersion }}\n"
    report = check.check(configured(tmp_path, {"web/templates/a.yaml": text}))
    assert told(report) == {("web", "api-version-removed")}
    (said,) = report.not_judged
    assert said.what == "API versions of the cluster"
    assert "'.KubeVersion'" in said.reason


def test_coverage_counts_what_is_judged(tmp_path: pathlib.Path) -> None:
    found = coverage.measure(configured(tmp_path, {"web/templates/a.yaml": BUDGET}))
    (file,) = [file for chart in found.charts for file in chart.files]
    assert [(branch.line, sum(branch.hits.values())) for branch in file.branches] == [(1, 0), (3, 2)]
