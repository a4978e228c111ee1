"""A chart is judged by the same others however it was named: a path, a file, a hook, what has changed."""

from __future__ import annotations

import io
import json
import pathlib
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.pipeline.review.conftest import Clone

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
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
    schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}
"""
THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nsize: big\n"
BINDING = """\
kind: ClusterRoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: reader}
roleRef: {kind: ClusterRole, apiGroup: rbac.authorization.k8s.io, name: reader}
"""
ROLE = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: rider}\n"

WAYS: dict[str, tuple[str, ...]] = {
    "everything": (),
    "a folder": ("charts/app",),
    "a folder with dots": ("./charts/../charts/app/",),
    "an absolute path": ("{root}/charts/app",),
    "a link": ("link",),
    "a link to the repository": ("{root}/../away/charts/app",),
    "a file": ("charts/app/templates/x.yaml",),
    "a file by a link": ("link/templates/x.yaml",),
    "twice": ("charts/app", "link", "charts/app/templates"),
    "with another": ("charts/app", "charts/web"),
    "a hook": ("--hook", "charts/app/templates/x.yaml"),
    "what has changed": ("--since", "main"),
    "one scenario": ("charts/app", "--scenario", "default"),
}

_FEW = ("everything", "a folder", "a hook", "what has changed", "one scenario")


def packed(clone: Clone, name: str, **files: str) -> None:
    """An archive of a chart ``inner``, as Helm leaves it in the ``charts/`` of another."""
    with tarfile.open(clone.root / name, "w:gz") as archive:
        for path, text in {"Chart.yaml": CHART.format(name="inner"), **files}.items():
            entry = tarfile.TarInfo(f"inner/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


def in_a_folder_of_definitions(clone: Clone) -> None:
    clone.write("charts/db/crds/thing.yaml", CRD)


def by_a_template(clone: Clone) -> None:
    clone.write("charts/db/templates/thing.yaml", CRD)


def in_another_scenario(clone: Clone) -> None:
    clone.write("charts/db/templates/thing.yaml", "{{ if .Values.crds }}\n" + CRD + "{{ end }}\n")
    clone.write("charts/db/ci/crds-values.yaml", "crds: true\n")


def in_another_scenario_of_its_own(clone: Clone) -> None:
    clone.write("charts/app/templates/thing.yaml", "{{ if .Values.crds }}\n" + CRD + "{{ end }}\n")
    clone.write("charts/app/ci/crds-values.yaml", "crds: true\n")


def in_an_archive(clone: Clone) -> None:
    (clone.root / "charts/db/charts").mkdir()
    packed(clone, "charts/db/charts/inner-1.0.0.tgz", **{"templates/thing.yaml": CRD})


def by_a_link(clone: Clone) -> None:
    clone.write("shared/thing.yaml", CRD)
    (clone.root / "charts/db/crds").symlink_to("../../shared")


def by_a_library(clone: Clone) -> None:
    clone.append("charts/lib/templates/_lib.tpl", '{{ define "lib.thing" }}\n' + CRD + "{{ end }}\n")
    clone.write("charts/web/templates/thing.yaml", '{{ include "lib.thing" . }}\n')


def in_no_other(clone: Clone) -> None:
    """A role that no chart brings, under a name like that of another chart."""
    clone.write("chartkit.yaml", "extends: [recommended, together]\n")
    clone.write("charts/db/templates/role.yaml", ROLE)


def found(clone: Clone, *arguments: str) -> list[tuple[str, str]]:
    """What is found in the chart ``app``."""
    given = [each.format(root=clone.root) for each in arguments]
    code, out, err = clone.run("check", "--format", "json", *given)
    assert code in (0, 1), err
    report: dict[str, Any] = json.loads(out)
    return sorted((one["rule"], one["fingerprint"]) for one in report["findings"] if one["chart"] == "app")


@pytest.mark.parametrize(
    ("prepare", "rule"),
    [
        (in_a_folder_of_definitions, "field-invalid"),
        (by_a_template, "field-invalid"),
        (in_another_scenario, "field-invalid"),
        (in_another_scenario_of_its_own, "field-invalid"),
        (in_an_archive, "field-invalid"),
        (by_a_link, "field-invalid"),
        (by_a_library, "field-invalid"),
        (in_no_other, "binding-role-unresolved"),
    ],
)
def test_a_chart_is_judged_the_same_however_it_is_named(
    clone: Clone, prepare: Callable[[Clone], None], rule: str
) -> None:
    clone.chart("charts/app")
    prepare(clone)
    (clone.root / "link").symlink_to("charts/app")
    (clone.root.parent / "away").symlink_to(clone.root)
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.write("charts/app/templates/x.yaml", BINDING if rule.startswith("binding") else THING)
    clone.git("add", "-A")
    ways = WAYS if prepare in (by_a_template, in_no_other) else {name: WAYS[name] for name in _FEW}
    every = {
        way: [each for each in found(clone, *arguments) if each[0] == rule] for way, arguments in ways.items()
    }

    assert len(every["everything"]) == 1
    assert every == dict.fromkeys(ways, every["everything"])


@pytest.mark.parametrize("configured", [True, False])
def test_the_folder_in_which_it_runs_does_not_matter(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, configured: bool
) -> None:
    clone.chart("charts/app", text=THING)
    in_a_folder_of_definitions(clone)
    if configured:
        clone.write("chartkit.yaml", "defaults: {namespace: shop}\n")
    (tmp_path / "elsewhere").mkdir()
    runs: list[tuple[pathlib.Path, tuple[str, ...]]] = [
        (clone.root, ()),
        (clone.root / "charts", ()),
        (clone.root / "charts" / "app", ()),
        (clone.root / "charts" / "app", (".",)),
        (clone.root / "charts" / "app" / "templates", ()),
        (clone.root / "charts" / "db", ("../app",)),
        (tmp_path / "elsewhere", ("../clone/charts/app",)),
    ]
    for folder, paths in runs:
        monkeypatch.chdir(folder)
        assert [rule for rule, _ in found(clone, *paths)] == ["field-invalid"], folder


def test_only_what_was_named_is_told_of(clone: Clone) -> None:
    in_no_other(clone)
    clone.chart("charts/app", text=BINDING)
    for name in ("app", "db"):
        clone.append(f"charts/{name}/values.yaml", "a: {a: 1, a: 2}\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    code, out, _ = clone.run("check", "charts/web", "--format", "json")
    report = json.loads(out)

    assert (code, report["findings"], {one["chart"] for one in report["cases"]}) == (0, [], {"web"})
    clone.append("charts/web/values.yaml", "a: 1\n")
    for way in (("--hook", "charts/web/values.yaml"), ("--since", "main")):
        _, out, _ = clone.run("check", *way, "--format", "json")
        report = json.loads(out)
        assert [one["rule"] for one in report["findings"]] == ["binding-role-unresolved"], (
            "told wherever it is"
        )
        assert {one["chart"] for one in report["cases"]} == {"web"}


def test_where_all_charts_have_changed_they_are_judged_together_as_well(clone: Clone) -> None:
    in_no_other(clone)
    clone.chart("charts/app", text=BINDING)
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("chartkit.yaml", "# changed\n")

    assert clone.charts() >= {"app", "db", "web", "api"}
    assert "binding-role-unresolved charts/app/templates/map.yaml" in clone.found()
    assert clone.found("charts/app") == ["binding-role-unresolved charts/app/templates/map.yaml"]
    assert clone.found("--new") == [], "it was there before"


def test_a_packed_chart_stands_for_the_folder_of_its_name(clone: Clone) -> None:
    clone.write("chartkit.yaml", "extends: [recommended, together]\n")
    clone.chart("charts/inner", text=ROLE)
    packed(clone, "inner-1.0.0.tgz", **{"templates/map.yaml": ROLE, "values.yaml": ""})
    code, out, _ = clone.run("check", "inner-1.0.0.tgz", "--format", "json")

    assert (code, json.loads(out)["findings"]) == (0, [])
