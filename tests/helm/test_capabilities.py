"""A case that is judged is told of the API versions of its cluster, however templates ask."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import capabilities, engines
from chartkit.helm.capabilities import served_by_kubernetes
from chartkit.model.case import Case, Chart
from chartkit.model.render import Render

Make = Callable[..., Any]

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example}
spec:
  group: sea.example
  names: {kind: Boat, plural: boats}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
  - {name: v1alpha1, served: false, storage: false}
"""
SUB = {
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/charts/low/Chart.yaml": "apiVersion: v2\nname: low\nversion: 1.0.0\n",
}
LIBRARY = {
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_lib.tpl": (
        '{{- define "lib.pdb" }}{{ .Capabilities.APIVersions.Has "policy/v1beta1" }}{{ end }}'
        '{{- define "lib.version" }}{{ .Capabilities.KubeVersion.GitVersion }}{{ end }}'
    ),
}
OLD = '.Capabilities.APIVersions.Has "policy/v1beta1"'
USES: dict[str, tuple[str, str, dict[str, str]]] = {
    "a version that is gone": (f"{{{{ {OLD} }}}}", "false", {}),
    "a version that is there": ('{{ .Capabilities.APIVersions.Has "policy/v1" }}', "true", {}),
    "a kind": ('{{ .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}', "true", {}),
    "an aggregated API": ('{{ .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1" }}', "true", {}),
    "a beta that is off": ('{{ .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}', "false", {}),
    "from the root": (f"{{{{ with 1 }}}}{{{{ ${OLD} }}}}{{{{ end }}}}", "false", {}),
    "piped": ('{{ "policy/v1beta1" | .Capabilities.APIVersions.Has }}', "false", {}),
    "as a list": ('{{ has "policy/v1beta1" .Capabilities.APIVersions }}', "false", {}),
    "one by one": (
        '{{ range .Capabilities.APIVersions }}{{ if hasPrefix "policy/v1" . }}{{ . }} {{ end }}{{ end }}',
        "policy/v1 policy/v1/PodDisruptionBudget",
        {},
    ),
    "as text": ('{{ .Capabilities.APIVersions | toString | contains "policy/v1beta1" }}', "false", {}),
    "in a variable": ('{{ $c := .Capabilities }}{{ $c.APIVersions.Has "policy/v1beta1" }}', "false", {}),
    "in a block": ('{{ with .Capabilities }}{{ .APIVersions.Has "policy/v1beta1" }}{{ end }}', "false", {}),
    "by the name of the field": (
        '{{ (get . "Capabilities").APIVersions.Has "policy/v1beta1" }}',
        "false",
        {},
    ),
    "printed whole": (
        "{{ (fromYaml (toYaml .Capabilities)).APIVersions | has `policy/v1beta1` }}",
        "false",
        {},
    ),
    "in text given to tpl": (f"{{{{ tpl `{{{{ {OLD} }}}}` . }}}}", "false", {}),
    "in a default that is given to tpl": (
        "{{ tpl .Values.text . }}",
        "false",
        {"values.yaml": f"text: '{{{{ {OLD} }}}}'\n"},
    ),
    "in a file that is given to tpl": (
        '{{ tpl (.Files.Get "a.txt") . }}',
        "false v1.34.0",
        {"a.txt": f"{{{{ {OLD} }}}} {{{{ .Capabilities.KubeVersion.GitVersion }}}}"},
    ),
    "in a dict": (
        (
            '{{ define "x" }}{{ .Capabilities.APIVersions.Has .name }}{{ end }}{{ include "x" '
            '(dict "Capabilities" .Capabilities "name" "policy/v1beta1") }}'
        ),
        "false",
        {},
    ),
    "in a library": ('{{ include "lib.pdb" . }}{{ include "lib.version" $ }}', "falsev1.34.0", LIBRARY),
    "the Kubernetes version beside it": (
        (
            f"{{{{ {OLD} }}}} {{{{ .Capabilities.KubeVersion.Version }}}} "
            '{{ semverCompare ">=1.34-0" .Capabilities.KubeVersion.GitVersion }}'
        ),
        "false v1.34.0 true",
        {},
    ),
    "the chart's own definitions": (
        (
            '{{ .Capabilities.APIVersions.Has "sea.example/v1" }}'
            '{{ .Capabilities.APIVersions.Has "sea.example/v1alpha1/Boat" }}'
        ),
        "truefalse",
        {"crds/boat.yaml": CRD},
    ),
    "definitions of a subchart": (
        '{{ .Capabilities.APIVersions.Has "sea.example/v1/Boat" }}',
        "true",
        {**SUB, "charts/sub/crds/boat.yaml": CRD},
    ),
    "what the scenario says": (
        '{{ .Capabilities.APIVersions.Has "given.example/v1" }}{{ .Capabilities.APIVersions.Has "more/v1" }}',
        "truetrue",
        {},
    ),
    "what the run brings": ('{{ .Capabilities.APIVersions.Has "brought.example/v1" }}', "true", {}),
    "a comment that says what cannot be had": (
        f"{{{{/* of .Capabilities.KubeVersion */}}}}{{{{ {OLD} }}}}",
        "false",
        {},
    ),
}


def judged(chart: Chart, make_case: Make, version: str = "1.34.0", **scenario: Any) -> Case:
    scenario = {"api_versions": ("given.example/v1, more/v1",), **scenario}
    case: Case = make_case(chart, version, **scenario)
    return dataclasses.replace(case, served=("brought.example/v1",))


def shown(rendered: Render) -> str:
    assert rendered.failure is None, rendered.failure
    return rendered.text.partition("x: ")[2].strip()


@pytest.mark.parametrize("words", USES)
def test_the_cluster_answers(words: str, embedded: engines.Engine, make_chart: Make, make_case: Make) -> None:
    template, expected, files = USES[words]
    chart = make_chart({"templates/a.yaml": f"kind: A\nx: {template}\n", **files})

    rendered = engines.render(embedded, chart, judged(chart, make_case))

    assert shown(rendered) == expected
    assert (bool(rendered.asked), rendered.helm_list_because) == (True, "")


@pytest.mark.parametrize("words", USES)
@pytest.mark.parametrize("place", ["charts/sub", "charts/sub/charts/low"])
def test_the_cluster_answers_subcharts_too(
    place: str, words: str, embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    template, expected, files = USES[words]
    chart = make_chart(
        {**SUB, **{f"{place}/{name}": text for name, text in files.items()}}
        | {f"{place}/templates/a.yaml": f"kind: A\nx: {template}\n"}
    )

    assert shown(engines.render(embedded, chart, judged(chart, make_case))) == expected


@pytest.mark.helm
@pytest.mark.parametrize("version", ["1.25.0", "1.34.1-gke.1386000"])
def test_every_helm_answers_alike(
    version: str,
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
    make_chart: Make,
    make_case: Make,
) -> None:
    files = {
        f"templates/{number:02}.yaml": f"kind: A\nx: {template}\n"
        for number, (template, _, _) in enumerate(USES.values())
    }
    for _, _, more in USES.values():
        files |= more
    chart = make_chart(files)
    case = judged(chart, make_case, version)

    texts = [engines.render(engine, chart, case).text for engine in (embedded, helm3, helm4)]

    assert texts[0].count("\nx: ") == len(USES)
    assert texts[1:] == texts[:1] * 2


@pytest.mark.helm
def test_every_helm_answers_alike_beside_a_helmignore_and_a_fault(
    embedded: engines.Engine, helm3: engines.Engine, helm4: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    files = {
        ".helmignore": "*.md\ncap*/\nplanted*\nchartkit/\n*~\n.*\n",
        "templates/a.yaml": f"kind: A\nx: {{{{ {OLD} }}}}\n",
        "templates/b.yaml": f"kind: A\nx: y: {{{{ {OLD} }}}}\n",
    }
    chart = make_chart(files)
    case = judged(chart, make_case)

    renders = [engines.render(engine, chart, case) for engine in (embedded, helm3, helm4)]

    assert [render.failure.template for render in renders if render.failure] == ["web/templates/b.yaml"] * 3
    assert renders[0].text.count("false") == 2
    assert [render.text for render in renders[1:]] == [renders[0].text] * 2


@pytest.mark.helm
def test_every_helm_lists_what_the_cluster_serves_and_nothing_else(
    embedded: engines.Engine, helm3: engines.Engine, helm4: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "kind: A\nx: {{ toJson .Capabilities.APIVersions }}\n"})
    case = judged(chart, make_case, "1.29.0")
    wanted = [*served_by_kubernetes("1.29.0"), "brought.example/v1", "given.example/v1", "more/v1"]

    for engine in (embedded, helm3, helm4):
        assert json.loads(shown(engines.render(engine, chart, case))) == wanted


def test_values_that_are_given_to_tpl_ask_too(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "kind: A\nx: {{ tpl .Values.text . }}\n"})
    case = judged(chart, make_case, values=json.dumps({"text": f"{{{{ {OLD} }}}}"}))

    assert shown(engines.render(embedded, chart, case)) == "false"


UNSURE = {
    "{{ .Capabilities.KubeVersion }}": ".KubeVersion",
    "{{ .Capabilities.KubeVersion.String }}": ".KubeVersion",
    "{{ $v := .Capabilities.KubeVersion }}{{ $v }}": ".KubeVersion",
    "{{ tpl `{{ .Capabilities.KubeVersion }}` . }}": ".KubeVersion",
    "{{ if false }}{{ .Capabilities.KubeVersions }}{{ end }}": ".Capabilities.KubeVersions",
}


@pytest.mark.parametrize("template", UNSURE)
def test_what_only_helm_can_answer_leaves_its_list_and_that_is_told(
    template: str, embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": f"kind: A\nx: {{{{ {OLD} }}}}\ny: {template}\n"})

    rendered = engines.render(embedded, chart, judged(chart, make_case))

    assert rendered.text == engines.render(embedded, chart, make_case(chart, "1.34.0")).text
    assert shown(rendered).startswith("true")
    assert rendered.asked == ()
    assert repr(UNSURE[template]) in rendered.helm_list_because


def test_a_field_that_capabilities_have_not_is_refused_as_by_helm(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": f"x: {{{{ {OLD} }}}}{{{{ .Capabilities.APIVersion }}}}\n"})

    failure = engines.render(embedded, chart, judged(chart, make_case)).failure

    assert failure
    assert "can't evaluate field APIVersion" in failure.message


MISUSES = [
    "{{ $c := .Capabilities }}{{ $c.Kube }}",
    '{{ hasKey .Capabilities "x" }}',
    "{{ with .Capabilities }}{{ .Typo }}{{ end }}",
    "{{ (.Capabilities).Typo }}",
    '{{ dig "a" "b" .Capabilities }}',
    "{{ keys .Capabilities }}",
]


@pytest.mark.helm
@pytest.mark.parametrize("template", MISUSES)
def test_what_helm_refuses_to_do_with_its_object_stays_refused(
    template: str, embedded: engines.Engine, helm3: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": f"x: {{{{ {OLD} }}}}{template}\n"})

    for engine in (embedded, helm3):
        assert engines.render(engine, chart, judged(chart, make_case)).failure


@pytest.mark.parametrize("text", ["{{/* " * 50_000, "{{ .Capabilities.APIVersions.Has" + " " * 200_000])
def test_text_that_never_ends_is_read_in_time(text: str, make_chart: Make, make_case: Make) -> None:
    chart = make_chart({"templates/a.yaml": text + ".Capabilities {{"})
    inputs = engines.HelmInputs("release", "default", {}, "1.34.0", served=())

    begun = time.perf_counter()
    capabilities.use_of(chart, inputs)

    assert time.perf_counter() - begun < 5


def test_charts_that_do_not_ask_are_rendered_as_ever(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": "kind: A\nx: {{ .Capabilities.KubeVersion }}\n"})

    rendered = engines.render(embedded, chart, judged(chart, make_case))

    assert (shown(rendered), rendered.asked, rendered.helm_list_because) == ("v1.34.0", (), "")


def test_without_a_cluster_helm_answers_from_its_own_list(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart({"templates/a.yaml": f"kind: A\nx: {{{{ {OLD} }}}}\n"})

    assert shown(engines.render(embedded, chart, make_case(chart, "1.34.0"))) == "true"
