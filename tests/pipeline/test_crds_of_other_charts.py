"""Custom resources are judged by the definitions of the run, as far as these say anything."""

from __future__ import annotations

import dataclasses
import pathlib

from chartkit.model.report import Report
from chartkit.pipeline import check
from chartkit.plan.config import configure

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
NO_SCHEMA = """\
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec: {group: example.com, version: v1, scope: Namespaced, names: {kind: Boat, plural: boats}}
"""
BOAT = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: boat}\n"


def checked(root: pathlib.Path, *, strict: bool) -> Report:
    for name, file, text in (("maker", "crds/boat.yaml", NO_SCHEMA), ("user", "templates/boat.yaml", BOAT)):
        path = root / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        (root / name / "Chart.yaml").write_text(CHART.format(name=name))
    config = configure.read(cwd=root, environ={})
    return check.check(dataclasses.replace(config, cache_dir=None, strict=strict))


def test_a_definition_without_a_schema_leaves_its_objects_not_judged(tmp_path: pathlib.Path) -> None:
    report = checked(tmp_path, strict=False)
    assert [finding.rule for finding in report.findings if finding.chart == "user"] == []
    assert [item.what for item in report.not_judged if item.chart == "user"] == ["example.com/v1 Boat"]


def test_where_everything_must_be_judged_that_is_a_finding(tmp_path: pathlib.Path) -> None:
    report = checked(tmp_path, strict=True)
    assert [finding.rule for finding in report.findings if finding.chart == "user"] == ["kind-not-judged"]
