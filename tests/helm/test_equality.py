"""The embedded engine prints what `helm template --include-crds` prints, byte for byte."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines
from chartkit.model.case import Case, Chart, SetValue

CONFIG = """\
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}
    data: {{ toYaml .Values | nindent 2 }}
"""


def crd(name: str) -> str:
    return (
        f"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: {name}}}\n"
    )


def sub(name: str, extra: str = "") -> dict[str, str]:
    return {
        f"charts/{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{extra}",
        f"charts/{name}/values.yaml": "on: true\ncolor: red\n",
        f"charts/{name}/templates/a.yaml": (
            "kind: ConfigMap\nname: {{ .Chart.Name }}\ncolor: {{ .Values.color }}\n"
            "template: {{ .Template.Name }}\nglobal: {{ .Values.global | toJson }}\n"
        ),
        f"charts/{name}/templates/NOTES.txt": "notes of a subchart\n",
        f"charts/{name}/crds/x.yaml": crd(name),
    }


CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
DEPENDENCIES = (
    CHART_YAML + "dependencies:\n"
    "- {name: cache, version: 1.x, alias: fast, condition: fast.on}\n"
    "- {name: cache, version: 1.x, alias: slow, condition: slow.on}\n"
    "- {name: store, version: '>=1', tags: [storage]}\n"
)

CHARTS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "nothing at all": ({}, {}),
    "values of every type": (
        {
            "values.yaml": (
                "a: 1\nb: 1.5\nc: 10000000\nd: y\ne: 0755\nf: 1e3\ng: 2020-01-01\nh: '1'\ni: [1, {j: 2}]\n"
            ),
            "templates/a.yaml": CONFIG,
        },
        {},
    ),
    "several documents in a file, empty ones among them": (
        {
            "templates/a.yaml": (
                "---\n---\nkind: B\n---\n# only a comment\n---\n\n---  \nkind: A\n---kind: C\n"
                "x: |\n  ---\n  no separator\n---\n"
            ),
            "templates/b.yaml": "\n\n  \n",
            "templates/c.yaml": "{{/* nothing */}}",
        },
        {},
    ),
    "carriage returns": ({"templates/a.yaml": "kind: A\r\n---\r\nkind: B\r\n"}, {}),
    "kinds in the order of installation": (
        {
            "templates/z.yaml": "\n---\n".join(
                f"kind: {kind}\nmetadata: {{name: n{index}}}"
                for index, kind in enumerate(
                    [
                        "Zebra",
                        "Deployment",
                        "Service",
                        "Alpha",
                        "Namespace",
                        "ConfigMap",
                        "Secret",
                        "Alpha",
                        "ClusterRole",
                        "Job",
                        "CustomResourceDefinition",
                        "Ingress",
                        "APIService",
                        "ServiceAccount",
                        "''",
                        "5",
                    ]
                )
            ),
            "templates/a/a.yaml": "kind: Service\nmetadata: {name: first}\n",
        },
        {},
    ),
    "hooks of every kind": (
        {
            "templates/a.yaml": (
                "kind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install, POST-upgrade\n"
                "---\nkind: Pod\nmetadata:\n  name: b\n  annotations: {helm.sh/hook: test}\n"
                "---\nkind: Pod\nmetadata:\n  name: c\n  annotations: {helm.sh/hook: test-success}\n"
                "---\nkind: Pod\nmetadata:\n  name: d\n  annotations: {helm.sh/hook: crd-install}\n"
                "---\nkind: Pod\nmetadata:\n  name: e\n  annotations: {helm.sh/hook: ''}\n"
                "---\nkind: Secret\nmetadata:\n  name: f\n  annotations: {helm.sh/hook: post-delete}\n"
                "---\nkind: Secret\nmetadata:\n  name: g\n  annotations: {other: 9090, more: true, empty: }\n"
            ),
        },
        {},
    ),
    "notes, partials and other files": (
        {
            "templates/NOTES.txt": "thank you for {{ .Chart.Name }}\n",
            "templates/_helpers.tpl": '{{ define "web.name" }}{{ .Release.Name }}-web{{ end }}text',
            "templates/_not.yaml": "kind: Never\n",
            "templates/a.json": '{"kind": "ConfigMap", "name": "{{ include "web.name" . }}"}',
            "templates/b.txt": "kind: Text\n",
            "files/x.conf": "a = b\n",
            "templates/c.yaml": 'kind: A\nx: {{ .Files.Get "files/x.conf" | quote }}\n',
        },
        {},
    ),
    "CRDs beside templates": (
        {
            "crds/b.yaml": crd("b"),
            "crds/a.yml": crd("a"),
            "crds/README.md": "no",
            "templates/a.yaml": "kind: A\n",
        },
        {},
    ),
    "subcharts with alias, condition and tags": (
        {
            "Chart.yaml": DEPENDENCIES,
            "values.yaml": "global: {x: 1}\nslow: {on: false}\nfast: {color: blue}\n",
            "templates/a.yaml": 'kind: ConfigMap\nparent: {{ .Subcharts | keys | sortAlpha | join "," }}\n',
            **sub("cache"),
            **sub("store"),
        },
        {"set_values": (SetValue("set", "global.n=5"), SetValue("set", "store.color=7"))},
    ),
    "a subchart switched off by a tag": (
        {"Chart.yaml": DEPENDENCIES, **sub("cache"), **sub("store")},
        {"set_values": (SetValue("set", "tags.storage=false"),)},
    ),
    "imported values": (
        {
            "Chart.yaml": (
                "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
                "- name: cache\n  version: 1.x\n"
                "  import-values: [{child: color, parent: c}, {child: t, parent: u}]\n"
            ),
            "templates/a.yaml": CONFIG,
            **sub("cache"),
            "charts/cache/values.yaml": "t: {a: 1, b: [1]}\ncolor: red\n",
        },
        {},
    ),
    "requirements of a v1 chart": (
        {
            "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
            "requirements.yaml": "dependencies:\n- {name: cache, version: 1.x, repository: ''}\n",
            **sub("cache"),
        },
        {},
    ),
    "a library chart": (
        {
            "Chart.yaml": CHART_YAML + "dependencies: [{name: lib, version: 1.x}]\n",
            "templates/a.yaml": 'kind: {{ include "lib.kind" . }}\n',
            "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
            "charts/lib/templates/_a.tpl": '{{ define "lib.kind" }}Kind{{ end }}',
            "charts/lib/templates/never.yaml": "kind: Never\n",
        },
        {},
    ),
    "an upgrade": (
        {
            "templates/a.yaml": (
                "kind: A\nx: {{ .Release.IsUpgrade }} {{ .Release.IsInstall }} {{ .Release.Revision }}"
                " {{ .Release.Service }} {{ .Release.Namespace }} {{ .Release.Name }}\n"
            )
        },
        {"is_upgrade": True, "release": "prod", "namespace": "ns"},
    ),
    "API versions and the Kubernetes version": (
        {
            "templates/a.yaml": (
                'kind: A\nx: {{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }}\n'
                'y: {{ .Capabilities.APIVersions.Has "example.com/v2" }} {{ .Capabilities.KubeVersion }}\n'
                'z: {{ semverCompare ">=1.33-0" .Capabilities.KubeVersion.Version }}\n'
            )
        },
        {"api_versions": ("example.com/v1/Thing",)},
    ),
    "nulls given by the user": (
        {"values.yaml": "a: {b: 1, c: 2}\nd: 3\n", "templates/a.yaml": CONFIG},
        {"values": json.dumps({"a": {"b": None}, "d": None})},
    ),
    "long names, deep folders and other alphabets": (
        {f"templates/{'deep/' * 30}ä.yaml": "kind: Ä\nx: {{ .Template.Name }}\n"},
        {},
    ),
    "text that Go prints its own way": (
        {"templates/a.yaml": "kind: A\nx: {{ .Values.none }}-{{ print nil }}-{{ 1e21 }}-{{ list 1 nil }}\n"},
        {},
    ),
    "a file with a byte order mark": ({"templates/a.yaml": "\ufeffkind: A\n"}, {}),
}


@pytest.mark.helm
@pytest.mark.parametrize(("files", "scenario"), CHARTS.values(), ids=CHARTS)
def test_engines_print_the_same_bytes(
    files: dict[str, str],
    scenario: dict[str, Any],
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    assert_equal_renders: Callable[[Chart, Case], None],
) -> None:
    chart = make_chart(files)
    assert_equal_renders(chart, make_case(chart, **scenario))


INTEGERS = [
    "n=10000000",
    "a.b=1000650000,c=0",
    "list[0]=5,list[1]=6",
    "list[0].uid=1234567",
    "global.uid=7654321",
    "cache.uid=7654321",
    "a\\.b.c=9999999",
]


@pytest.mark.helm
@pytest.mark.parametrize("expression", INTEGERS)
def test_a_number_from_set_stays_an_integer(
    expression: str,
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    assert_equal_renders: Callable[[Chart, Case], None],
) -> None:
    shown = "kind: A\nx: {{ .Values }}\ny: {{ range .Values.list }}{{ typeOf . }} {{ end }}\n"
    chart = make_chart(
        {
            "templates/a.yaml": shown,
            "values.yaml": "list: [1, 2, 3]\n",
            **sub("cache"),
            "charts/cache/templates/b.yaml": shown,
        }
    )
    assert_equal_renders(chart, make_case(chart, set_values=(SetValue("set", expression),)))


@pytest.mark.helm
def test_a_number_from_set_in_a_list_in_a_list_becomes_a_float(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm4: engines.Engine,
) -> None:
    """The one place where an integer cannot be put back: templates cannot replace an item of a list."""
    chart = make_chart({"templates/a.yaml": "kind: A\nx: {{ .Values.a }}\n"})
    case = make_case(chart, set_values=(SetValue("set", "a[0][1]=10000000"),))
    ours, theirs = (engines.render(engine, chart, case, real=True).text for engine in (embedded, helm4))
    assert ours.replace("1e+07", "10000000") == theirs


def both(chart: Chart, case: Case, *several: engines.Engine) -> list[str]:
    return [engines.render(engine, chart, case, real=True).text for engine in several]


@pytest.mark.helm
def test_the_library_drops_nulls_of_values_yaml_which_the_engine_puts_back(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    assert_equal_renders: Callable[[Chart, Case], None],
) -> None:
    """A regression of Helm 4.2.0 (helm/helm#32530); where it is mended, `restore_nulls` can go."""
    from helm_python.chart import Chart as Loaded

    from chartkit.helm import marshalling

    files = {
        "values.yaml": "a: null\nb: {c: null}\n",
        "templates/a.yaml": "kind: A\nx: {{ toJson .Values }}\n",
    }
    chart = make_chart(files)
    with Loaded.load_archive(marshalling.pack(chart.files)) as loaded:
        assert loaded.render({})["web/templates/a.yaml"] == 'kind: A\nx: {"b":{}}\n'
    assert_equal_renders(chart, make_case(chart))


@pytest.mark.helm
def test_each_helm_knows_other_api_versions_and_its_own_version(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    """The built-in API versions come from the Kubernetes client that a Helm was built with."""
    chart = make_chart(
        {"templates/a.yaml": "x: {{ len .Capabilities.APIVersions }} {{ .Capabilities.HelmVersion.Version }}"}
    )
    texts = both(chart, make_case(chart), embedded, helm3, helm4)
    assert [text.split("x: ")[1].split() for text in texts] == [
        ["55", "v4.2"],
        ["56", "v3.17.3"],
        ["57", "v4.1.4"],
    ]


@pytest.mark.helm
def test_helm_3_sorts_webhook_configurations_among_unknown_kinds(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    kinds = ("Zebra", "Alpha", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "Ingress")
    chart = make_chart({"templates/a.yaml": "\n---\n".join(f"kind: {kind}" for kind in kinds)})
    ours, three, four = (
        [line.removeprefix("kind: ") for line in text.splitlines() if line.startswith("kind")]
        for text in both(chart, make_case(chart), embedded, helm3, helm4)
    )
    assert ours == four
    assert ours == [
        "Ingress",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "Alpha",
        "Zebra",
    ]
    assert three == [
        "Ingress",
        "Alpha",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "Zebra",
    ]


@pytest.mark.helm
def test_a_render_that_is_not_all_yaml_keeps_its_documents_in_both_engines(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    chart = make_chart(
        {
            "templates/a.yaml": "kind: Service\n---\nkind: Broken\n bad: {{ 1 }}\n---\nkind: Namespace\n",
            "templates/b.yaml": "kind: Pod\nmetadata:\n  annotations: {helm.sh/hook: test}\n",
            "crds/a.yaml": crd("a"),
        }
    )
    renders = [engines.render(each, chart, make_case(chart), real=True) for each in (embedded, helm3, helm4)]
    for render in renders:
        assert render.failure is not None
        assert (render.failure.kind, render.failure.template) == ("yaml", "web/templates/a.yaml")
        assert render.text == renders[0].text
    assert renders[0].text.count("# Source:") == 5
    assert renders[0].text.index("Namespace") < renders[0].text.index("Service")


@pytest.mark.helm
def test_frozen_charts_render_alike_in_every_engine(
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    chart = make_chart(
        {
            "values.yaml": 'password: "{{ randAlphaNum 9 }}"\n',
            "templates/a.yaml": (
                '{{ $ca := genCA "x" 3 }}{{ $c := genSignedCert "h" nil nil 3 $ca }}kind: A\n'
                'x: {{ tpl .Values.password . }} {{ $c.Cert | b64enc }} {{ genPrivateKey "rsa" | len }}\n'
                'y: {{ now | date "15:04" }} {{ randBytes 8 }} {{ keys (dict "a" 1 "b" 2) }}\n'
            ),
        }
    )
    renders = [engines.render(engine, chart, make_case(chart)) for engine in (embedded, helm3, helm4)]
    assert [dataclasses.replace(render, engine="", notes=None) for render in renders] == [
        dataclasses.replace(renders[0], engine="", notes=None)
    ] * 3
    assert renders[0].frozen
