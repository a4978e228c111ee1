"""A case becomes a render: checked, frozen, with the original as the fallback."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines, subcharts
from chartkit.model.case import SetValue

Make = Callable[..., Any]


def test_a_chart_without_random_functions_is_rendered_as_it_is(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "x: 1\n"})
    render = engines.render(embedded, chart, make_case(chart))
    assert render == engines.render(embedded, chart, make_case(chart), real=True)
    assert (render.frozen, render.not_frozen_because, render.engine) == (False, "", "embedded 4.2.3")


def test_random_functions_are_frozen_unless_the_real_render_is_wanted(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "x: {{ randAlphaNum 20 }}\n"})
    case = make_case(chart)
    frozen = [engines.render(embedded, chart, case) for _ in range(2)]
    real = [engines.render(embedded, chart, case, real=True) for _ in range(2)]
    assert frozen[0] == frozen[1]
    assert frozen[0].frozen
    assert real[0].text != real[1].text
    assert not real[0].frozen


def test_template_text_in_values_is_frozen_too(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart(
        {
            "values.yaml": 'a: "{{ randAlphaNum 20 }}"\n',
            "templates/a.yaml": "x: {{ tpl .Values.a . }}\ny: {{ tpl .Values.b . }}\n",
        }
    )
    case = make_case(chart, values=json.dumps({"b": "{{ uuidv4 }}"}))
    first, second = (engines.render(embedded, chart, case) for _ in range(2))
    assert first == second
    assert first.frozen


@pytest.mark.parametrize(
    "shown", ["{{ .Values.a | quote }}", "{{ .Values.a | b64enc }}", "{{ print `xy` .Values.a | b64enc }}"]
)
def test_template_text_in_values_that_is_printed_stays_what_it_is(
    shown: str, embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    text = "as of {{ now }} for {{ randAlphaNum 5 }}"
    chart = make_chart(
        {"values.yaml": f"a: {json.dumps(text)}\n", "templates/a.yaml": f"x: {shown}\ny: {{{{ uuidv4 }}}}\n"}
    )
    render = engines.render(embedded, chart, make_case(chart))
    assert (
        text in render.text
        or base64.b64encode(text.encode()).decode()[4:-4] in render.text
        or "{{ now }}"
        in str([base64.b64decode(line[3:]) for line in render.text.splitlines() if line.startswith("x: ")])
    )
    assert render.frozen
    assert render.not_frozen_because == ""
    assert "00000000-0000-4000-8000-000000000000" in render.text


def test_a_chart_that_fails_when_frozen_is_rendered_as_it_is(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart(
        {"templates/a.yaml": '{{ if ne (kindOf (genCA "x" 3)) "struct" }}{{ fail "odd" }}{{ end }}x: 1\n'}
    )
    render = engines.render(embedded, chart, make_case(chart))
    assert render.failure is None
    assert render.text.endswith("x: 1\n")
    assert not render.frozen
    assert render.not_frozen_because == "random functions are not frozen, because the chart then fails: odd"


def test_a_chart_that_fails_either_way_shows_its_own_failure(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "{{ now }}{{ .Values.a.b }}\n"})
    render = engines.render(embedded, chart, make_case(chart))
    assert render.failure is not None
    assert (render.failure.column, render.frozen, render.not_frozen_because) == (20, False, "")


HEAD = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
REFUSED = [
    ({"Chart.yaml": HEAD + "type: library\n"}, "chart", "library charts are not installable"),
    (
        {"Chart.yaml": HEAD + "kubeVersion: '>=1.90'\n"},
        "kube-version",
        "chart requires kubeVersion: >=1.90 which is",
    ),
    (
        {"Chart.yaml": HEAD + "kubeVersion: nonsense\n"},
        "kube-version",
        "chart requires kubeVersion: nonsense which is",
    ),
    (
        {"Chart.yaml": HEAD + "dependencies: [{name: a, version: 1.x}, {name: b, version: 1.x}]\n"},
        "dependency",
        "found in Chart.yaml, but missing in charts/ directory: a, b",
    ),
]


@pytest.mark.helm
@pytest.mark.parametrize(("files", "kind", "message"), REFUSED)
def test_what_the_helm_command_checks_is_checked_for_the_library_too(
    files: dict[str, str],
    kind: str,
    message: str,
    embedded: engines.Engine,
    helm4: engines.Engine,
    make_chart: Make,
    make_case: Make,
) -> None:
    chart = make_chart(files)
    for engine in (embedded, helm4):
        failure = engines.render(engine, chart, make_case(chart)).failure
        assert failure is not None
        assert failure.kind == kind
        assert failure.message.startswith(message)
        assert failure.template == "web/Chart.yaml"
    with pytest.MonkeyPatch.context() as patch:  # and Helm itself refuses it in those words
        patch.setattr(engines, "_refusal", lambda *_: None)
        theirs = engines.render(helm4, chart, make_case(chart)).failure
    assert theirs is not None
    assert failure is not None
    assert theirs.kind == kind
    assert failure.message.rpartition("Kubernetes")[0] in theirs.message


NEEDS = """\
dependencies:
- {name: a, version: 1.x.x, condition: a.enabled}
- {name: b, version: '>2', tags: [t, u]}
"""
OFF = "a: {enabled: false}\ntags: {t: false}\n"
SWITCHED = [
    ({}, None),
    ({"values": '{"a": {"enabled": true}}'}, "dependency"),
    ({"values": '{"tags": {"u": true}}'}, "dependency"),
    ({"values": '{"a": null}'}, "dependency"),
    ({"set_values": (SetValue("set", "a.enabled=true"),)}, "dependency"),
]


@pytest.mark.helm
@pytest.mark.parametrize(("given", "kind"), SWITCHED)
def test_what_is_missing_and_switched_off_keeps_no_chart_from_being_rendered(
    given: dict[str, Any], kind: str | None, make_chart: Make, make_case: Make, assert_equal_renders: Make
) -> None:
    shown = "x: {{ len .Chart.Dependencies }}\n"
    chart = make_chart({"Chart.yaml": HEAD + NEEDS, "values.yaml": OFF, "templates/x.yaml": shown})
    case = make_case(chart, **given)
    failure = engines.render(engines.open_engine("embedded"), chart, case).failure
    assert (failure and failure.kind) == kind
    assert_equal_renders(chart, case)


SUBCHARTS = [
    {"charts/folder/Chart.yaml": "apiVersion: v2\nname: 'a' # comment\nversion: 1.0.0\n"},
    {"charts/folder/Chart.yaml": 'apiVersion: v2\nname: "a"\nversion: 1.0.0\n'},
]


@pytest.mark.parametrize("files", SUBCHARTS)
def test_a_dependency_is_known_by_its_name_and_not_by_its_folder(
    files: dict[str, str], embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"Chart.yaml": HEAD + "dependencies: [{name: a, version: 1.x, alias: z}]\n", **files})
    assert engines.render(embedded, chart, make_case(chart)).failure is None


@pytest.mark.parametrize("name", ["a-1.0.0.tgz", "a-v2.3.4-rc.1.tgz"])
def test_a_packed_dependency_is_known_by_its_file(name: str, make_chart: Make) -> None:
    chart = make_chart(
        {"Chart.yaml": HEAD + "dependencies: [{name: a, version: 1.x}]\n", f"charts/{name}": ""}
    )
    assert subcharts.missing_names(chart) == []


def test_values_that_break_the_schema_are_one_failure_with_all_messages(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    schema = {"required": ["q"], "properties": {"a": {"properties": {"b": {"type": "string"}}}}}
    chart = make_chart({"values.schema.json": json.dumps(schema)})
    failure = engines.render(
        embedded, chart, make_case(chart, set_values=(SetValue("set", "a.b=1"),))
    ).failure
    assert failure is not None
    assert (failure.kind, failure.values_key) == ("values-schema", "/a/b")
    assert failure.message == "values: missing property 'q'; /a/b: got number, want string"


@pytest.mark.helm
@pytest.mark.parametrize("engine", ["embedded", "helm3", "helm4"])
@pytest.mark.parametrize(("given", "key"), [("q=1", "/q"), ("a.q=1", "/a/q")])
def test_a_key_that_the_schema_does_not_know_is_what_the_failure_is_about(
    engine: str, given: str, key: str, request: pytest.FixtureRequest, make_chart: Make, make_case: Make
) -> None:
    schema = {"properties": {"a": {"additionalProperties": False}}, "additionalProperties": False}
    chart = make_chart({"values.schema.json": json.dumps(schema)})
    case = make_case(chart, set_values=(SetValue("set", given),))
    failure = engines.render(request.getfixturevalue(engine), chart, case).failure
    assert failure is not None
    assert (failure.kind, failure.values_key) == ("values-schema", key)


@pytest.mark.helm
@pytest.mark.parametrize("engine", ["embedded", "helm3", "helm4"])
@pytest.mark.parametrize(
    ("entry", "given", "key"),
    [
        ("{name: sub, version: 1.0.0}", "sub.deep.a=1", "/sub/deep/a"),
        ("{name: sub, version: 1.0.0, alias: other}", "other.deep.a=1", "/deep/a"),  # nobody says which
    ],
)
def test_the_values_of_a_subchart_of_a_subchart_are_named_from_the_top(
    entry: str,
    given: str,
    key: str,
    engine: str,
    request: pytest.FixtureRequest,
    make_chart: Make,
    make_case: Make,
) -> None:
    head = "apiVersion: v2\nversion: 1.0.0\n"
    chart = make_chart(
        {
            "Chart.yaml": f"{head}name: web\ndependencies: [{entry}]\n",
            "charts/sub/Chart.yaml": f"{head}name: sub\n",
            "charts/sub/charts/deep/Chart.yaml": f"{head}name: deep\n",
            "charts/sub/charts/deep/values.schema.json": '{"properties": {"a": {"type": "string"}}}',
        }
    )
    case = make_case(chart, set_values=(SetValue("set", given),))
    failure = engines.render(request.getfixturevalue(engine), chart, case).failure
    assert failure is not None
    assert (failure.kind, failure.values_key) == ("values-schema", key)


def test_opening_an_engine_gives_the_one_that_was_named() -> None:
    assert engines.open_engine("embedded").name == "embedded"


VENDORS = [
    # kubeVersion, the version of the cluster, and whether Helm 4 and Helm 3.17 take it
    (">=1.29.0", "1.34.1-gke.1386000", True, False),
    (">=1.29.0", "1.34.0-eks-abc123", True, False),
    (">=1.29.0", "1.34.1+k3s1", True, True),
    (">=1.29.0-0", "1.34.1-gke.1386000", True, True),
    (">=1.35.0-0", "1.34.1-gke.1386000", False, False),
    ("<1.34.1", "1.34.1-gke.1386000", False, False),
    ("~1.34.1-0", "1.34.0-rc.1", False, False),
    ("1.34.x", "1.34.0-rc.1", True, False),
    (">=1.29", "1.34+", True, False),
    ("no range", "1.34.0", False, False),
    ("", "1.34.1-gke.1386000", True, True),
]


@pytest.mark.helm
@pytest.mark.parametrize("row", VENDORS, ids=lambda row: "-".join(map(str, row)))
def test_which_clusters_a_range_takes_is_for_the_helm_in_use_to_say(
    row: tuple[str, str, bool, bool],
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
    make_chart: Make,
    make_case: Make,
) -> None:
    constraint, version, by_new, by_old = row
    shown = "{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }}"
    chart = make_chart(
        {
            "Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: '{constraint}'\n",
            "templates/a.yaml": f"x: {shown}\n",
        }
    )
    renders = [
        engines.render(engine, chart, make_case(chart, version)) for engine in (embedded, helm4, helm3)
    ]

    assert [render.failure is None for render in renders] == [by_new, by_new, by_old]
    assert renders[0].text == renders[1].text
    for render in renders:
        if render.failure is not None:
            assert (render.failure.kind, render.failure.template) == ("kube-version", "web/Chart.yaml")
            assert version in render.failure.message
