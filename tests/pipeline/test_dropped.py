"""An object that Helm leaves out is told at the line of its annotation, wherever that is written."""

from __future__ import annotations

import pathlib

import pytest

from chartkit import check
from chartkit.model.finding import Finding

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
KEPT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n"
LOST = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: lost
  annotations:
    {}
data: {{a: b}}
"""
FILES = {
    "written in the template": (
        {"templates/a.yaml": KEPT + "---\n" + LOST.format("helm.sh/hook: pre-instal")},
        ("templates/a.yaml", 10, 19),
    ),
    "included": (
        {
            "templates/_h.tpl": '{{ define "hook" }}\nhelm.sh/hook: pre-install,\n{{- end }}\n',
            "templates/a.yaml": LOST.format('{{- include "hook" . | nindent 4 }}'),
            "templates/b.yaml": KEPT,
        },
        ("templates/_h.tpl", 2, 15),
    ),
    "from the values": (
        {
            "values.yaml": "when: pre-upgrad\n",
            "templates/a.yaml": LOST.format("helm.sh/hook: {{ .Values.when }}"),
            "templates/b.yaml": KEPT,
        },
        ("values.yaml", 1, 7),
    ),
    "all that there is, in a chart that freezes": (
        {"templates/a.yaml": "# {{ randAlphaNum 5 }}\n" + LOST.format("helm.sh/hook: pre-instal")},
        ("templates/a.yaml", 7, 19),
    ),
    "in a chart that Helm refuses": (
        {
            "templates/a.yaml": LOST.format("helm.sh/hook: pre-instal"),
            "templates/b.yaml": "kind: {a: 1}\n b: 2\n",
        },
        ("templates/a.yaml", 6, 19),
    ),
}


def found(root: pathlib.Path, files: dict[str, str], rule: str) -> tuple[Finding, ...]:
    for name, text in {"Chart.yaml": CHART, **files}.items():
        path = root / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tuple(finding for finding in check("web").findings if finding.rule == rule)


@pytest.mark.parametrize("name", FILES)
def test_it_is_told_where_the_hook_is_written(
    name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files, (file, line, column) = FILES[name]
    (finding,) = found(tmp_path, files, "hook-unknown")
    assert (finding.place.file, finding.place.line, finding.place.column) == (f"web/{file}", line, column)
    assert finding.resource is not None
    assert finding.resource.name == "lost"
    assert finding.rendered_line is None


def test_a_document_without_kind_is_told_as_well(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"templates/a.yaml": KEPT + "---\nmetadata: {name: x, annotations: {helm.sh/hook: no}}\n"}
    (finding,) = found(tmp_path, files, "object-without-kind")
    assert (finding.place.line, finding.rendered_line) == (5, None)


def test_it_can_be_accepted_on_the_object(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hook = 'helm.sh/hook: pre-instal\n    ignore.chartkit.dev/hook-unknown: "for Helm 2"'
    (finding,) = found(tmp_path, {"templates/a.yaml": KEPT + "---\n" + LOST.format(hook)}, "hook-unknown")
    assert finding.suppressed == "for Helm 2"
