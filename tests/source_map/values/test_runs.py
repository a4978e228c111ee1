"""Whole runs: what the reports say of lines, also from the cache, and what is accepted where."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from chartkit import schemas_folder
from chartkit.__main__ import run

Repository = Any
"""The one of conftest.py."""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replcas: 2
  replicas: {{ .Values.replicas }}
  selector: {}
  template:
    metadata: {}
    spec:
      containers:
      {{- include "web.container" . | nindent 6 }}
"""
FILES = {
    "web/templates/deployment.yaml": DEPLOYMENT,
    "web/templates/_container.tpl": (
        '{{- define "web.container" -}}\n- name: web\n  image: {{ .Values.image }}\n  tty: "yes"\n'
        "{{- end }}\n"
    ),
    "web/values.yaml": "image: web\nreplicas: two\n",
}


@pytest.fixture
def say(
    repository: Repository,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def said(*arguments: str, files: Mapping[str, str] = FILES) -> str:
        repository.write(files)
        run(list(arguments))
        return capsys.readouterr().out

    return said


def report(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    jsonschema.validate(found, json.loads((schemas_folder() / "report.schema.json").read_text()))
    return found


def lines(text: str) -> list[tuple[str, int | None]]:
    return [(each["file"], each["line"]) for each in report(text)["findings"] if not each["suppressed"]]


def test_the_text_tells_how_lines_came_to_be(say: Callable[..., str], snapshot: SnapshotAssertion) -> None:
    assert say("check", "web") == snapshot


def test_the_json_has_lines_callers_and_how_sure_they_are(say: Callable[..., str]) -> None:
    found = {each["path"]: each for each in report(say("check", "--format", "json"))["findings"]}
    literal, value = found["/spec/replcas"], found["/spec/replicas"]
    included = found["/spec/template/spec/containers/0/tty"]

    assert (literal["line"], literal["column"], literal["precision"]) == (5, 3, "text")
    assert "passed_on" not in literal
    assert (value["file"], value["line"], value["precision"]) == ("web/values.yaml", 2, "action")
    assert value["passed_on"] == {"file": "web/templates/deployment.yaml", "line": 6, "column": 13}
    assert included["includes"] == [{"file": "web/templates/deployment.yaml", "line": 12}]


def test_lines_are_right_again_after_anything_that_moves_them(say: Callable[..., str]) -> None:
    """Also where only a comment is new, and the render is the same."""
    first = lines(say("check", "--format", "json"))
    again = lines(say("check", "--format", "json"))
    moved = {name: "{{/* new */ -}}\n" + text for name, text in FILES.items() if "templates" in name}
    after = lines(
        say("check", "--format", "json", files={**moved, "web/values.yaml": "\nreplicas: two\nimage: web\n"})
    )

    assert first == again == [
        ("web/templates/_container.tpl", 4),
        ("web/templates/deployment.yaml", 5),
        ("web/values.yaml", 2),
    ]  # fmt: skip
    assert after == [
        ("web/templates/_container.tpl", 5),
        ("web/templates/deployment.yaml", 6),
        ("web/values.yaml", 2),
    ]


def test_lines_in_the_configuration_are_right_after_they_move(say: Callable[..., str]) -> None:
    config = "charts:\n  web:\n    scenarios:\n      default:\n        values:\n{}          replicas: two\n"
    files = {**FILES, "web/values.yaml": "image: web\n"}
    for above, line in (("", 6), ("          # a comment\n", 7), ("          image: new\n", 7)):
        found = lines(
            say("check", "--format", "json", files={**files, "chartkit.yaml": config.format(above)})
        )

        assert ("chartkit.yaml", line) in found


COMMENTS = {
    "the line": ("  replcas: 2\n", "  {{- /* chartkit:ignore field-unknown why */}}\n  replcas: 2\n", 2),
    "the file": ("apiVersion: a", "{{- /* chartkit:ignore field-unknown why */}}\napiVersion: a", 2),
    "another line": ("  selector", "  {{- /* chartkit:ignore field-unknown why */}}\n  selector", 4),
    "a caller": ("      {{- inc", "      {{- /* chartkit:ignore field-invalid why */}}\n      {{- inc", 2),
    "what passes a value on": (
        "  replicas",
        "  {{- /* chartkit:ignore field-invalid why */}}\n  replicas",
        2,
    ),
}


@pytest.mark.parametrize(("old", "new", "left"), COMMENTS.values(), ids=COMMENTS)
def test_a_comment_accepts_what_its_lines_have_part_in(
    say: Callable[..., str], old: str, new: str, left: int
) -> None:
    files = {**FILES, "web/templates/deployment.yaml": DEPLOYMENT.replace(old, new)}

    assert len(lines(say("check", "--format", "json", files=files))) == left


def test_a_comment_beside_a_value_accepts_what_it_does(say: Callable[..., str]) -> None:
    values = "image: web\nreplicas: two  # chartkit:ignore field-invalid a test\n"
    found = lines(say("check", "--format", "json", files={**FILES, "web/values.yaml": values}))

    assert [file for file, _ in found] == ["web/templates/_container.tpl", "web/templates/deployment.yaml"]


def test_a_changed_golden_file_names_the_lines_that_changed_it(say: Callable[..., str]) -> None:
    say("golden", "update", files={**FILES, "chartkit.yaml": "golden: golden\n"})
    files = {"web/values.yaml": "image: web\nreplicas: 3\n", "web/templates/_container.tpl": (
        '{{- define "web.container" -}}\n- name: web\n  image: {{ .Values.image }}\n  stdin: true\n'
        "{{- end }}\n"
    ), "web/templates/new.yaml": "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n"}  # fmt: skip
    (found, *_) = report(say("check", "--select", "golden-drifted", "--format", "json", files=files))[
        "findings"
    ]
    told = [line for line in found["message"].split("\n") if "web/" in line]

    assert told == [
        "    spec.replicas (web/templates/deployment.yaml:6)",
        "    spec.template.spec.containers[web].stdin (web/templates/_container.tpl:4)",
        "+ ConfigMap/new added (web/templates/new.yaml:2)",
    ]


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Boat, plural: boats}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {sails: {type: integer}}}}
"""
USER = """\
apiVersion: example.com/v1
kind: Boat
metadata: {name: a}

sails: {{ print 1 }}x
---
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: nobody}
"""
OTHER = {"crd/crds/boat.yaml": CRD, "user/templates/a.yaml": USER}


def test_what_other_charts_define_and_bring_is_judged_with_lines_too(say: Callable[..., str]) -> None:
    config = {"chartkit.yaml": "extends: [recommended, together]\n"}
    found = report(say("check", "--format", "json", files={**OTHER, **config}))["findings"]

    assert [(each["rule"], each["line"]) for each in found] == [
        ("field-invalid", 5),
        ("binding-role-unresolved", 10),
    ]


def test_where_everything_must_be_judged_what_is_not_has_a_line(say: Callable[..., str]) -> None:
    files = {"user/templates/a.yaml": "\napiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\n"}
    (found,) = report(say("check", "--strict", "--format", "json", files=files))["findings"]

    assert (found["rule"], found["line"]) == ("kind-not-judged", 2)
