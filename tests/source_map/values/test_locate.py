"""A finding is where a person would edit: in the template, or where the value is set."""

from __future__ import annotations

import io
import itertools
import pathlib
import runpy
import tarfile
from typing import Any

import pytest

from chartkit.helm import charts

Repository = Any
"""The one of conftest.py."""

HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"


def deployment(*lines: str) -> str:
    """A template; the first of *lines* is line 6."""
    pod = "  template: {metadata: {}, spec: {containers: [{name: a, image: b}]}}\n"
    return HEAD + "".join(f"{line}\n" for line in lines) + pod


def pod(*lines: str) -> str:
    """A template; the first of *lines* is line 6."""
    return POD + "".join(f"{line}\n" for line in lines)


# ---------------------------------------------------------------------------- templates


def test_literal_text_is_found_at_its_line_and_column(repository: Repository) -> None:
    repository.write({"web/templates/a.yaml": deployment('  replicas: "two"', "  replcas: 2")})

    assert repository.places() == ["web/templates/a.yaml:6:13", "web/templates/a.yaml:7:3"]


def test_what_is_missing_is_found_at_the_key_of_its_parent(repository: Repository) -> None:
    repository.write({"web/templates/a.yaml": pod("  - image: x", "    tty: true")})

    (finding,) = repository.findings()
    assert (finding.rule, repository.told(finding)) == ("field-missing", "web/templates/a.yaml:6:5")


def test_a_key_is_literal_where_its_value_is_printed(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": deployment(
                "  replcas: {{ .Values.two }}", '  replicas: {{ print "two" }}'
            ),
            "web/values.yaml": "two: two\n",
        }
    )

    assert repository.places() == ["web/templates/a.yaml:6:3", "web/templates/a.yaml:7:13"]


def test_a_value_that_nobody_writes_is_found_at_its_key(repository: Repository) -> None:
    repository.write(
        {"web/templates/a.yaml": deployment("  replicas:", "  paused:  # no", "    {{ true }}x")}
    )

    assert repository.places() == ["web/templates/a.yaml:8:5"]


def test_the_same_line_in_several_cases_is_one_finding(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": deployment(
                "  {{- if .Values.first }}",
                "  replicas: one",
                "  {{- else }}",
                "  replicas: two",
                "  {{- end }}",
            ),
            "web/values.yaml": "first: false\n",
            "web/ci/first-values.yaml": "first: true\n",
            "web/ci/again-values.yaml": "first: true\n",
        }
    )
    first, second = repository.findings()

    assert repository.told(first) == "web/templates/a.yaml:7:13"
    assert [case.scenario for case in first.cases] == ["again", "first"]
    assert repository.told(second) == "web/templates/a.yaml:9:13"
    assert [case.scenario for case in second.cases] == ["default"]
    assert first.identity == second.identity
    assert first.fingerprint != second.fingerprint


def test_a_fingerprint_stays_when_lines_move(repository: Repository) -> None:
    repository.write({"web/templates/a.yaml": deployment("  replcas: 2")})
    (before,) = repository.findings()
    repository.write({"web/templates/a.yaml": "# a comment\n" + deployment("", "  replcas: 2")})
    (after,) = repository.findings()

    assert (before.place.line, after.place.line) == (6, 8)
    assert before.fingerprint == after.fingerprint


def test_what_a_document_cannot_be_read_for_is_found_in_the_template(repository: Repository) -> None:
    repository.write({"web/templates/a.yaml": deployment("  replicas: a: b", "  more: {{ print 1 }}")})

    assert repository.places() == ["web/templates/a.yaml:6:14"]


def test_a_key_that_stands_twice_is_found_where_it_stands_again(repository: Repository) -> None:
    repository.write(
        {"web/templates/a.yaml": deployment("  replicas: 1", '  {{- include "again" . | nindent 2 }}'),
         "web/templates/_again.tpl": '{{ define "again" -}}\n# again\nreplicas: 2\n{{- end }}\n'}
    )  # fmt: skip

    assert repository.places() == ["web/templates/_again.tpl:3:1 < web/templates/a.yaml:7:7"]


def test_templates_of_several_objects_and_lists_are_counted_through(repository: Repository) -> None:
    item = "- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spc: {}\n"
    items = f"apiVersion: v1\nkind: List\nitems:\n{item}"
    repository.write({"web/templates/a.yaml": pod("  - {name: a, image: b}") + "---\n" + items})

    assert "web/templates/a.yaml:14:3" in repository.places()


# ---------------------------------------------------------------------------- includes

LIBRARY = {
    "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "lib/templates/_c.tpl": (
        '{{- define "lib.container" -}}\n- name: {{ .name }}\n  image: x\n  tty: "yes"\n'
        "  imagePullPolicy: {{ .policy }}\n{{- end }}\n"
    ),
}
NEEDS_LIBRARY = (
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
    "- {name: lib, version: 1.0.0, repository: 'REPOSITORY'}\n"
)
CALLER = pod('{{ include "lib.container" (dict "name" "a" "policy" .Values.policy) | indent 2 }}')


def test_a_library_beside_the_chart_is_found_where_a_person_edits_it(repository: Repository) -> None:
    repository.write(
        {
            **LIBRARY,
            "web/Chart.yaml": NEEDS_LIBRARY.replace("REPOSITORY", "file://../lib"),
            "web/templates/a.yaml": CALLER,
            "web/values.yaml": "policy: Sometimes\n",
        }
    )

    assert repository.places() == [
        "lib/templates/_c.tpl:4:8 < web/templates/a.yaml:6:4",
        "web/values.yaml:1:9 via lib/templates/_c.tpl:5:20 < web/templates/a.yaml:6:4",
    ]
    assert {finding.display.precision for finding in repository.findings()} == {"text", "action"}


def packed(files: dict[str, str], name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    assert name
    return buffer.getvalue()


def test_of_a_packed_library_the_caller_is_found(repository: Repository) -> None:
    repository.write(
        {
            "web/Chart.yaml": NEEDS_LIBRARY.replace("REPOSITORY", "https://charts.example.com"),
            "web/templates/a.yaml": CALLER,
            "web/values.yaml": "policy: Sometimes\n",
        }
    )
    (repository.root / "web/charts").mkdir()
    (repository.root / "web/charts/lib-1.0.0.tgz").write_bytes(packed(LIBRARY, "lib"))

    assert repository.places() == [
        "web/templates/a.yaml:6:4 < web/charts/lib-1.0.0.tgz",
        "web/values.yaml:1:9 via web/templates/a.yaml:6:4 < web/charts/lib-1.0.0.tgz",
    ]


SUB = {
    "sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "sub/values.yaml": "replicas: one\npaused: maybe\n",
    "sub/templates/a.yaml": deployment(
        "  replicas: {{ .Values.replicas }}", "  paused: {{ .Values.paused }}"
    ),
}
NEEDS_SUB = (
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
    "- {name: sub, version: 1.0.0, repository: 'REPOSITORY'ALIAS}\n"
)


def test_a_packed_subchart_is_found_as_a_whole_but_not_the_values_of_its_parent(
    repository: Repository,
) -> None:
    chart = NEEDS_SUB.replace("REPOSITORY", "https://charts.example.com").replace("ALIAS", "")
    repository.write({"web/Chart.yaml": chart, "web/values.yaml": "sub:\n  replicas: two\n"})
    (repository.root / "web/charts").mkdir()
    (repository.root / "web/charts/sub-1.0.0.tgz").write_bytes(packed(SUB, "sub"))
    archived, set_here = repository.findings()

    assert repository.told(archived) == "web/charts/sub-1.0.0.tgz"
    assert archived.display.line_unknown == "7 of web/charts/sub/templates/a.yaml, which is packed"
    assert repository.told(set_here) == "web/values.yaml:2:13 via web/charts/sub-1.0.0.tgz"
    assert set_here.display.line_unknown == ""


@pytest.mark.parametrize(("alias", "key"), [("", "sub"), (", alias: other", "other")])
def test_the_values_of_a_parent_come_before_those_of_its_subchart(
    repository: Repository, alias: str, key: str
) -> None:
    chart = NEEDS_SUB.replace("REPOSITORY", "file://../sub").replace("ALIAS", alias)
    repository.write({**SUB, "web/Chart.yaml": chart, "web/values.yaml": f"{key}:\n  replicas: two\n"})

    assert repository.places() == [
        "sub/values.yaml:2:9 via sub/templates/a.yaml:7:11",
        "web/values.yaml:2:13 via sub/templates/a.yaml:6:13",
    ]


# ---------------------------------------------------------------------------- values


def test_template_text_in_values_is_found_where_it_is_written(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": deployment("  replicas: {{ tpl .Values.text . }}"),
            "web/values.yaml": "text: '{{ .Release.Name }}'\n",
        }
    )
    (finding,) = repository.findings()

    assert (repository.told(finding), finding.display.precision) == (
        "web/values.yaml:1:7 via web/templates/a.yaml:6:13",
        "action",
    )


OF = """\
{{- define "of" }}replicas: {{ .replicas }}{{ end }}
{{- define "all" }}replicas: {{ .Values.deploy.replicas }}{{ end }}
"""


@pytest.mark.parametrize(
    "line",
    [
        "  replicas: {{ .Values.deploy.replicas }}",
        "  replicas: {{ $.Values.deploy.replicas | quote }}",
        "  replicas: {{ .Values.deploy.replicas | toString | trim }}",
        '  replicas: {{ index .Values "deploy" `replicas` }}',
        "  replicas: {{ (.Values.deploy).replicas | default 1 }}",
        '  replicas: {{ required "it" .Values.deploy.replicas }}',
        "  replicas: {{ tpl .Values.deploy.replicas $ }}",
        "  replicas: {{ coalesce .Values.none .Values.deploy.replicas }}",
        '  {{- with .Values.deploy }}{{ "\\n" }}  replicas: {{ .replicas }}{{ end }}',
        "  {{- with .Values.none }}{{ else with .Values.deploy }}\n  replicas: {{ .replicas }}{{ end }}",
        "  {{- if $one := .Values.deploy }}\n  replicas: {{ $one.replicas }}{{ end }}",
        "  {{- $a := list .Values.deploy 1 }}\n  replicas: {{ (first $a).replicas }}",
        "  {{- $a := list 1 .Values.deploy }}\n  replicas: {{ (index $a 1).replicas }}",
        "  replicas: {{ .Values.none | default .Values.deploy.replicas }}",
        '  {{- block "b" .Values.deploy }}\n  replicas: {{ .replicas }}{{ end }}',
        '  {{- include "of" .Values.deploy | nindent 2 }}',
        '  {{- .Values.deploy | include "of" | nindent 2 }}',
        '  {{- (include "of" .Values.deploy) | nindent 2 }}',
        '  {{ template "all" . }}',
        '  {{- with $one := .Values }}{{ "\\n" }}  replicas: {{ $one.deploy.replicas }}{{ end }}',
        '  {{- $all := .Values.deploy }}{{ "\\n" }}  replicas: {{ $all.replicas }}',
        '  {{- $a := list 1 (dict "a" .Values.deploy) }}{{ "\\n" }}  replicas: {{ (last $a).a.replicas }}',
        "  {{- toYaml .Values.deploy | nindent 2 }}",
        "  {{- if .Values.deploy }}{{ else }}{{ end }}\n  {{ toYaml .Values.deploy | indent 2 | trim }}",
    ],
)
def test_a_value_that_is_only_passed_on_is_found_where_it_is_set(repository: Repository, line: str) -> None:
    repository.write(
        {
            "web/templates/a.yaml": deployment(*line.split("\n")),
            "web/templates/_of.tpl": OF,
            "web/values.yaml": "deploy:\n  replicas: two\n",
        }
    )
    (finding,) = repository.findings()

    assert (finding.place.file, finding.place.line, finding.place.column) == ("web/values.yaml", 2, 13)
    assert finding.display.passed_on is not None
    assert finding.display.passed_on.file.startswith("web/templates/")


@pytest.mark.parametrize(
    "line",
    [
        "  replicas: {{ upper .Values.replicas }}",
        "  replicas: {{ .Values.replicas }}x",
        "  replicas: {{ .Values.number | quote }}",
        '  replicas: {{ .Values.nothing | default "two" }}',
        '  {{- $_ := set .Values "replicas" "six" }}{{ "\\n" }}  replicas: {{ .Values.replicas }}',
        '  {{- $a := .Values.replicas }}{{ $a = "two" }}{{ "\\n" }}  replicas: {{ $a }}',
        "  replicas: {{ ternary .Values.replicas 1 true }}",
        '  replicas: {{ .Values.replicas | printf "%s" }}',
        '  replicas: {{ (dict .Values.word 1 "a" .Values.replicas).a }}',
        "  replicas: {{ .Chart.Name }}",
        '  {{- range $i, $v := list "two" }}{{ "\\n" }}  replicas: {{ $v }}{{ end }}',
        '  {{- with or (print "two") .Values.same }}{{ "\\n" }}  replicas: {{ . }}{{ end }}',
        '  {{- range $k, $_ := dict "two" 1 }}{{ "\\n" }}  replicas: {{ $k }}{{ end }}',
        "  {{ .Values.word }}: two",
        "  replicas: {{ or .Values.replicas .Values.same }}",
        '  {{- range .Values.twice }}{{ "\\n" }}  replicas: {{ . }}{{ end }}',
    ],
)
def test_a_value_to_which_something_is_done_is_found_in_the_template(
    repository: Repository, line: str
) -> None:
    values = "replicas: two\nnumber: 2\nword: replicas\nsame: two\ntwice: [two, two]\n"
    repository.write({"web/templates/a.yaml": deployment(line), "web/values.yaml": values})

    places = {
        repository.told(finding).split(" < ")[0].rpartition(":")[0] for finding in repository.findings()
    }
    assert places == {"web/templates/a.yaml:6"}


RANGES = """\
  {{- range .Values.containers }}
  - name: {{ .name | quote }}
    image: {{ .image }}
    imagePullPolicy: {{ .policy }}
    resources: {{ toJson .resources }}
    env:
    {{- range $name, $value := .env }}
    - name: {{ $name }}
      value: {{ $value }}
    {{- end }}
    command:
    {{- range .command }}
    - {{ . }}
    {{- end }}
  {{- end }}
  {{- with .Values.more }}
    {{- toYaml . | nindent 2 }}
  {{- end }}
"""
RANGED = """\
containers:
- name: one
  image: a
  policy: Never
  env: {A: a, B: 5}
  command: [x, 7]
- name: two
  image: b
  policy: Sometimes
  resources:
    limits: {cpu: [1]}
  env: {}
  command: []
more:
- name: three
  image: c
  tty: no-it-is-not
- name: four
  image: d
  unknown: 1
"""


def test_rounds_of_a_loop_are_told_apart_by_what_they_print(repository: Repository) -> None:
    repository.write({"web/templates/a.yaml": POD + RANGES, "web/values.yaml": RANGED})

    assert repository.places() == [
        "web/values.yaml:5:18 via web/templates/a.yaml:14:14",
        "web/values.yaml:6:16 via web/templates/a.yaml:18:7",
        "web/values.yaml:9:11 via web/templates/a.yaml:9:22",
        "web/values.yaml:11:14 via web/templates/a.yaml:10:16",
        "web/values.yaml:17:8 via web/templates/a.yaml:22:5",
        "web/values.yaml:20:3 via web/templates/a.yaml:22:5",
    ]


def test_a_key_that_comes_from_values_is_found_at_that_key(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": (
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n"
                "  {{- range $key, $value := .Values.labels }}\n"
                "    {{ $key }}: {{ $value | quote }}\n  {{- end }}\n"
                "spec:\n  containers: [{name: a, image: b}]\n"
            ),
            "web/values.yaml": "labels:\n  fine: x\n  'not fine': x\n  also: not fine either\n",
        }
    )

    assert repository.places() == [
        "web/values.yaml:3:3 via web/templates/a.yaml:7:5",
        "web/values.yaml:4:9 via web/templates/a.yaml:7:17",
    ]


def test_items_that_a_value_adds_to_a_list_are_counted_from_its_first(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": pod(
                "  - {name: a, image: b}", "  {{- toYaml .Values.more | nindent 2 }}"
            ),
            "web/values.yaml": "more:\n- {name: c, image: d}\n- {name: e, image: f, tty: x}\n",
        }
    )

    assert repository.places() == ["web/values.yaml:3:28 via web/templates/a.yaml:7:3"]


def test_a_whole_mapping_of_the_wrong_kind_is_found_where_it_is_set(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": pod(
                "  - {image: b,", "    name: a,", "    env:", "      {{- toJson .Values.env | nindent 6 }}}"
            ),
            "web/values.yaml": "env:\n  A: x\n",
        }
    )  # fmt: skip

    assert repository.places() == ["web/values.yaml:1:1 via web/templates/a.yaml:9:7"]


MADE = '{{- define "made" }}replicas: two{{ end }}{{ define "word" }}two{{ end }}'


@pytest.mark.parametrize(
    "line",
    [
        '  {{- $a := dict "a" (include "made" . | fromYaml) }}{{ "\\n" }}  replicas: {{ $a.a.replicas }}',
        '  {{- range include "word" . | splitList "," }}{{ "\\n" }}  replicas: {{ . }}{{ end }}',
        '  {{- $a := dict }}{{ $_ := set $a "replicas" (print "two") }}{{ toYaml $a | nindent 2 }}',
        '  {{- $a := dict "b" (dict "replicas" "two") }}{{ $a.b | toYaml | nindent 2 }}',
        '  {{- $a := dict }}{{ $a = dict "replicas" "two" }}{{ toYaml $a | nindent 2 }}',
        '  {{- $word := upper (include "word" .) }}{{ "\\n" }}  replicas: {{ $word | lower }}',
    ],
)
def test_what_another_template_made_is_told_as_coarse(repository: Repository, line: str) -> None:
    """The action that prints it has not written it."""
    repository.write({"web/templates/a.yaml": deployment(line), "web/templates/_made.tpl": MADE})
    (finding,) = repository.findings()

    assert (finding.place.file, finding.place.line) == ("web/templates/a.yaml", 6)
    assert finding.display.precision == "coarse"


# ---------------------------------------------------------------------------- layers

SHOWS = {
    "web/templates/a.yaml": deployment("  replicas: {{ .Values.deploy.replicas }}"),
    "web/values.yaml": "deploy:\n  replicas: two\n",
}
YAML = "chartkit.yaml"
NINE = "chartkit.yaml:9:13"
SIX = "replicas: six"
VIA = " via web/templates/a.yaml:6:13"


def configured(*lines: str) -> dict[str, str]:
    text = "defaults: {kube-versions: ['1.34']}\ncharts:\n  web:\n    scenario-files: []\n"
    return {"chartkit.yaml": text + "".join(f"    {line}\n" for line in lines)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"web/ci/one-values.yaml": "x: 1\ndeploy: {replicas: six}\n"}, "web/ci/one-values.yaml:2:20"),
        (configured("scenarios:", "  one:", "    values:", "      deploy:", f"        {SIX}"), NINE),
        (configured("scenarios:", "  one: {values: [ci/x.yaml, {deploy: {replicas: six}}]}"), f"{YAML}:6:43"),
        (configured("scenarios:", "  one: {set: {deploy.replicas: six}}"), "chartkit.yaml:6:19"),
        (configured("scenarios:", "  one: {set: ['a=1', 'deploy.replicas=six']}"), "chartkit.yaml:6:26"),
        (configured("scenarios:", "  one: {set-string: {deploy.replicas: six}}"), "chartkit.yaml:6:26"),
        (configured("scenarios:", "  one: {set-json: {deploy: {replicas: six}}}"), "chartkit.yaml:6:24"),
        (configured("values: {deploy: {replicas: six}}", "scenarios: {one: {}}"), "chartkit.yaml:5:23"),
        (configured("values: ci/x.yaml", "scenarios: {one: {}}"), "web/ci/x.yaml:1:20"),
    ],
)  # fmt: skip
def test_values_are_found_where_the_case_sets_them(
    repository: Repository, files: dict[str, str], expected: str
) -> None:
    repository.write({**SHOWS, "web/ci/x.yaml": "deploy: {replicas: six}\n", **files})
    told = {case.scenario: repository.told(one) for one in repository.findings() for case in one.cases}

    assert told["one"] == expected + VIA


def test_a_flag_beats_inline_values_and_these_beat_files(repository: Repository) -> None:
    scenario = "{values: [ci/x.yaml, {deploy: {replicas: seven}}], set: {deploy.replicas: eight}}"
    repository.write(
        {
            **SHOWS,
            "web/ci/x.yaml": "deploy: {replicas: six}\n",
            **configured("scenarios:", f"  one: {scenario}", "  default: false"),
        }
    )

    assert repository.places() == [f"chartkit.yaml:6:{scenario.index('deploy.') + 12}{VIA}"]


def test_what_is_set_on_the_command_line_is_found_in_the_template(repository: Repository) -> None:
    repository.write(SHOWS)

    assert repository.places("web", set_values=["deploy.replicas=six"]) == ["web/templates/a.yaml:6:13"]

    (finding,) = repository.findings("web", set_values=["deploy.replicas=six"])
    assert finding.display.value == "deploy.replicas, set by --set on the command line"


@pytest.mark.parametrize("text", ["deploy: null\n", "---\ndeploy: {replicas: two}\n---\nx: 1\n"])
def test_layers_that_hide_or_hold_several_documents_leave_it_at_the_template(
    repository: Repository, text: str
) -> None:
    repository.write({**SHOWS, "web/ci/one-values.yaml": text})
    template = SHOWS["web/templates/a.yaml"].replace(".deploy.replicas", '.deploy.replicas | default "two"')
    repository.write({"web/templates/a.yaml": template.replace(".Values.deploy.", "(.Values.deploy).")})
    told = {case.scenario: repository.told(one) for one in repository.findings() for case in one.cases}

    assert told["one"] == "web/templates/a.yaml:6:13"


def test_a_mapping_is_put_together_from_its_layers(repository: Repository) -> None:
    repository.write(
        {
            "web/templates/a.yaml": pod("  - name: a", "    image: b", "    env: {{ toJson .Values.env }}"),
            "web/values.yaml": "env: {A: a, C: c}\n",
            "web/ci/one-values.yaml": "\nenv: {B: b, C: null}\n",
        }
    )
    told = {case.scenario: repository.told(one) for one in repository.findings() for case in one.cases}

    via = " via web/templates/a.yaml:8:10"
    assert told == {"default": f"web/values.yaml:1:1{via}", "one": f"web/ci/one-values.yaml:2:1{via}"}


# ---------------------------------------------------------------------------- faults in real charts

ROOT = pathlib.Path(__file__).parents[3]


@pytest.mark.parametrize(
    "name", ["linkerd-control-plane", "linkerd-viz", "linkerd-multicluster", "linkerd2-cni"]
)
def test_faults_in_the_charts_of_this_repository_are_found_on_their_lines(name: str) -> None:
    """A few of those that tests/tools/mutate_findings.py puts."""
    tool = runpy.run_path(str(ROOT / "tests/tools/mutate_findings.py"))
    trial = tool["Trial"](seed=7)
    folder = ROOT / "charts" / name
    chart = charts.load(folder, f"charts/{name}").chart
    assert chart is not None
    *_, case = tool["cases"](chart, folder, 2)
    trial.case(chart, case, 8)

    assert trial.wrong == []
    assert trial.counts["line not known"] == 0
    assert trial.counts["faults found"] >= 3


# ---------------------------------------------------------------------------- YAML that cannot be read

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
UNREADABLE = {
    "a quotation mark that is missing at the end": ('  a: "b-{{ .Release.Name }}\n  b: c\n', "5:6"),
    "one that a later text closes": ('  a: "x\n  b: c\n  d: "{{ .Release.Name }}"\n', "5:6"),
    "a key without a colon": ("  a: b\n  c\n", "6:3"),
    "a key without a colon that is printed": ("  a: b\n{{ print `c` | indent 2 }}\n", "6:1"),
    "a list without its bracket": ("  a: [{{ .Release.Name }}, b\n  c: d\n", "5:6"),
    "a tab": ("  a: b\n\tc: d\n", "6:2"),
    "a name without an anchor": ("  a: b\n  c: *d\n", "6:6"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("folder", ["templates", "crds"])
def test_what_yaml_notices_late_is_found_where_it_begins(
    folder: str, name: str, repository: Repository
) -> None:
    text, place = UNREADABLE[name]
    if folder == "crds":
        text = text.replace("{{ .Release.Name }}", "x").replace("{{ print `c` | indent 2 }}", "c")
    repository.write({f"web/{folder}/a.yaml": CONFIG + text})

    assert repository.places() == [f"web/{folder}/a.yaml:{place}"]


def test_what_yaml_notices_late_is_found_in_an_item_of_a_list(repository: Repository) -> None:
    item = '- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: "a}\n- b\n'
    repository.write({"web/templates/a.yaml": f"apiVersion: v1\nkind: List\nitems:\n{item}"})

    assert repository.places() == ["web/templates/a.yaml:6:20"]


# ---------------------------------------------------------------------------- text that tpl prints

PRINTS = {
    "tpl of YAML": "{{ tpl (toYaml .value) .context }}",
    "tpl in a pipe": "{{ tpl (.value | toYaml) .context }}",
    "text or YAML": (
        '{{ $value := typeIs "string" .value | ternary .value (.value | toYaml) }}'
        '{{ if contains "{{" (toJson .value) }}{{ tpl $value .context }}{{ else }}{{ $value }}{{ end }}'
    ),
    "one or the other": (
        '{{ if typeIs "string" .value }}{{ tpl .value .context }}'
        "{{ else }}{{ tpl (.value | toYaml) .context }}{{ end }}"
    ),
}
LABELLED = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n"
    '    {{- include "lib.print" (dict "value" .Values.labels "context" $) | nindent 4 }}\n'
)
LABELS = {
    "labels:\n  a: b\n  n: '{{ .Values.words }}'\n  c: d\n": "3:6",
    "labels:\n  n: {deep: '{{ .Values.words }}'}\n": "2:3",
    "labels: |\n  a: b\n  n: b c\n": "1:9",
    "labels: |\n  a: b\n  n: {{ .Values.words }}\n": "1:9",
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (name, values)
        for name, values in itertools.product(PRINTS, LABELS)
        if not (name.startswith("tpl") and values.startswith("labels: |"))  # toYaml quotes a text
    ],
)
def test_text_that_a_library_prints_from_values_is_found_where_it_is_set(
    name: str, values: str, repository: Repository
) -> None:
    repository.write(
        {
            "web/templates/a.yaml": LABELLED,
            "web/templates/_lib.tpl": f'{{{{ define "lib.print" -}}}}\n{PRINTS[name]}\n{{{{ end }}}}\n',
            "web/values.yaml": f"{values}words: b c\n",
        }
    )

    (finding,) = repository.findings()
    assert repository.told(finding).partition(" ")[0] == f"web/values.yaml:{LABELS[values]}"
    assert finding.display.precision != "coarse"
