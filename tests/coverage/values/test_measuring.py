"""What is said of keys over scenarios, with subcharts, and where something stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chartkit.coverage.values import Entry, Status, ValuesCoverage
from chartkit.model.place import Place

Measure = Callable[..., ValuesCoverage]
StatusOf = Callable[..., dict[str, str]]

CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
DEPENDS = CHART_YAML + "dependencies:\n- name: db\n  version: 1.0.0\n"
DB = "apiVersion: v2\nname: db\nversion: 1.0.0\n"
LIBRARY = "apiVersion: v2\nname: db\nversion: 1.0.0\ntype: library\n"


def entry_of(coverage: ValuesCoverage, *path: str) -> Entry:
    return next(entry for entry in coverage.entries if entry.path == path)


def test_places_are_those_of_the_keys_in_values_yaml(measure: Measure) -> None:
    files = {"values.yaml": "# first\na: 1\nt:\n  b: 2\n  c: 3\n", "templates/x.yaml": "x: {{ .Values.t.b }}"}
    coverage = measure(files)

    assert [(entry.path, entry.place) for entry in coverage.entries] == [
        (("a",), Place("values.yaml", 2, 1)),
        (("t", "b"), Place("values.yaml", 4, 3)),
        (("t", "c"), Place("values.yaml", 5, 3)),
    ]


def test_what_is_read_says_where_and_in_which_scenario(measure: Measure) -> None:
    files = {
        "values.yaml": "on_: false\na: 1\n",
        "templates/x.yaml": "y: 1\n{{ if .Values.on_ }}\nx: {{ .Values.a }}\n{{ end }}",
    }
    entry = entry_of(measure(files, {"default": {}, "ha": {"on_": True}}), "a")

    assert entry.status is Status.READ
    assert entry.evidence == "changes web/templates/x.yaml in scenario ha"
    assert entry.sites == (Place("templates/x.yaml", 3),)
    assert entry.mentions == 1


def test_keys_that_no_scenario_varies_are_told(measure: Measure) -> None:
    files = {
        "values.yaml": "a: 1\nb: 1\nc: 1\nt:\n  d: 1\n",
        "templates/x.yaml": "x: {{ .Values.a }}{{ .Values.b }}{{ .Values.c }}{{ .Values.t }}",
    }
    scenarios = {"default": {}, "other": {"a": 2, "b": 1, "t": None}, "third": {"a": 3}}
    coverage = measure(files, scenarios)

    assert entry_of(coverage, "a").varied_by == ("other", "third")
    assert entry_of(coverage, "t", "d").varied_by == ("other",)
    assert [entry.path for entry in coverage.unvaried] == [("b",), ("c",)]


def test_a_comment_that_names_an_undeclared_key_is_its_place(measure: Measure) -> None:
    files = {
        "values.yaml": "# b: not this one\nt:\n  a: 1\n  # -- what it is for\n  # b: 3\n",
        "templates/x.yaml": "x: {{ .Values.t.a }}\ny: {{ .Values.t.b }}",
    }
    entry = entry_of(measure(files), "t", "b")

    assert (entry.status, entry.place) == (Status.UNDECLARED, Place("values.yaml", 5))
    assert entry.sites == (Place("templates/x.yaml", 2),)


def test_what_is_below_an_empty_table_is_told_with_that(measure: Measure) -> None:
    files = {
        "values.yaml": "t: {}\nu: {}\n",
        "templates/x.yaml": "x: {{ .Values.t.a }}\n{{ with .Values.u }}y: 1{{ with .b }}{{ end }}{{ end }}",
    }
    coverage = measure(files)

    found = {entry.path: entry.evidence for entry in coverage.of(Status.UNDECLARED)}
    assert found == {
        ("t", "a"): "changes web/templates/x.yaml in scenario default; t is declared empty",
        ("u", "b"): "no scenario shows it; u is declared empty",
    }


def test_values_of_a_subchart_are_read_by_it(status_of: StatusOf) -> None:
    files = {
        "Chart.yaml": DEPENDS,
        "charts/db/Chart.yaml": DB,
        "charts/db/values.yaml": "size: 1\nown: 1\n",
        "charts/db/templates/x.yaml": "x: {{ .Values.size }}{{ .Values.global.zone }}{{ .Values.nothing }}",
        "values.yaml": "db:\n  size: 2\n  sise: 3\nglobal:\n  zone: a\n  none: b\n",
        "templates/y.yaml": "y: {{ .Values.db.own }}",
    }
    assert status_of(files) == {
        "db.size": "read",
        "db.sise": "unread",
        "global.zone": "read",
        "global.none": "unread",
    }


def test_values_of_an_alias_are_those_of_its_chart(status_of: StatusOf) -> None:
    files = {
        "Chart.yaml": DEPENDS + "  alias: one\n- name: db\n  version: 1.0.0\n  alias: two\n",
        "charts/db/Chart.yaml": DB,
        "charts/db/templates/x.yaml": "x: {{ .Values.size }}",
        "values.yaml": "one:\n  size: 2\ntwo:\n  size: 2\n  other: 1\ndb:\n  size: 1\n",
    }
    assert status_of(files) == {
        "one.size": "read",
        "two.size": "read",
        "two.other": "unread",
        "db.size": "unread",
    }


def test_what_helm_reads_for_dependencies_is_read(measure: Measure) -> None:
    files = {
        "Chart.yaml": DEPENDS + "  condition: db.on_,switch\n  tags: [back]\n",
        "charts/db/Chart.yaml": DB,
        "charts/db/templates/x.yaml": "{{ if false }}x: {{ .Values.size }}{{ end }}",
        "values.yaml": "db:\n  on_: true\ntags:\n  back: true\n  front: true\n",
        "templates/y.yaml": "y: 1",
    }
    coverage = measure(files)

    assert entry_of(coverage, "db", "on_").evidence == "Helm itself reads it for a dependency in Chart.yaml"
    assert entry_of(coverage, "tags", "back").status is Status.READ
    assert entry_of(coverage, "tags", "front").status is Status.UNREAD
    assert entry_of(coverage, "switch").sites == (Place("Chart.yaml", 7),)


def test_imported_values_are_read_where_they_come_from(status_of: StatusOf) -> None:
    files = {
        "Chart.yaml": DEPENDS + "  import-values:\n  - data\n  - child: inner\n    parent: mine\n",
        "charts/db/Chart.yaml": DB,
        "charts/db/values.yaml": "exports:\n  data:\n    a: 1\ninner:\n  b: 2\n",
        "values.yaml": "db:\n  exports:\n    data:\n      a: 3\n      z: 1\n  inner:\n    b: 4\n    z: 1\n",
        "templates/y.yaml": "y: {{ .Values.a }}{{ .Values.mine.b }}",
    }
    found = status_of(files)

    assert found["db.exports.data.a"] == "read"
    assert found["db.inner.b"] == "read"
    assert "a" not in found


def test_a_library_reads_with_the_values_of_the_chart_that_uses_it(status_of: StatusOf) -> None:
    files = {
        "Chart.yaml": DEPENDS,
        "charts/db/Chart.yaml": LIBRARY,
        "charts/db/templates/_x.tpl": '{{ define "db.x" }}x: {{ .Values.a }}{{ .Values.c }}{{ end }}'
        '{{ define "db.image" }}{{ .image.name }}:{{ .root.Values.tag }}{{ end }}',
        "values.yaml": "a: 1\nb: 1\ntag: v1\nimage:\n  name: x\n  pullPolicy: y\n",
        "templates/y.yaml": """
            {{ include "db.x" . }}
            image: {{ include "db.image" (dict "root" $ "image" .Values.image) }}
        """,
    }
    assert status_of(files) == {
        "a": "read",
        "b": "unread",
        "tag": "read",
        "image.name": "read",
        "image.pullPolicy": "unread",
        "c": "undeclared",
    }


def test_helpers_get_the_whole_context_or_a_part_of_it(status_of: StatusOf) -> None:
    files = {
        "values.yaml": "a: 1\nb: 2\nc: 3\nd: 4\n",
        "templates/_h.tpl": """
            {{ define "all" }}{{ .Values.a }}{{ end }}
            {{ define "values" }}{{ .b }}{{ end }}
            {{ define "deep" }}{{ include "deeper" (list . 1) }}{{ end }}
            {{ define "deeper" }}{{ (index . 0).Values.c }}{{ end }}
            {{ define "never" }}{{ .Values.d }}{{ end }}
        """,
        "templates/y.yaml": '{{ $name := "all" }}x: {{ include $name . }}{{ include "values" .Values }}'
        '{{ include (printf "%s" "deep") $ }}',
    }
    assert status_of(files) == {"a": "read", "b": "read", "c": "read", "d": "unread"}


def test_a_named_template_that_nothing_calls_is_named(measure: Measure) -> None:
    files = {"values.yaml": "a: 1\n", "templates/_h.tpl": '\n{{ define "never" }}{{ .Values.a }}{{ end }}'}

    assert entry_of(measure(files), "a").evidence == (
        "only a named template that nothing calls reads it: templates/_h.tpl:2"
    )


def test_nothing_is_claimed_of_what_a_missing_dependency_may_read(measure: Measure) -> None:
    files = {
        "Chart.yaml": DEPENDS,
        "values.yaml": "db:\n  size: 1\nglobal:\n  zone: a\nown: 1\n",
        "templates/y.yaml": "y: 1",
    }
    coverage = measure(files)

    assert entry_of(coverage, "db", "size").evidence == "dependency db is missing, which may read it"
    assert entry_of(coverage, "global", "zone").status is Status.UNDETERMINED
    assert entry_of(coverage, "own").status is Status.UNREAD


@pytest.mark.parametrize(("metadata", "status"), [(DEPENDS, Status.UNREACHED), (CHART_YAML, Status.UNREAD)])
def test_a_helper_of_a_missing_library_may_read_all_that_it_is_given(
    metadata: str, status: Status, measure: Measure
) -> None:
    files = {
        "Chart.yaml": metadata,
        "values.yaml": "a: 1\n",
        "templates/y.yaml": '{{ if false }}{{ include "lib.x" . }}{{ end }}y: 1',
    }
    assert entry_of(measure(files), "a").status is status


def test_a_table_that_is_printed_proves_nothing_of_what_is_not_declared_in_it(status_of: StatusOf) -> None:
    helper = '{{ define "one" }}{{ .values.extra }}{{ end }}'
    files = {
        "values.yaml": "labels: {a: b}\nsettings: {c: d}\n",
        "templates/_h.tpl": helper,
        "templates/y.yaml": """
            x: {{ toYaml .Values.labels | nindent 2 }}
            {{ range list .Values.labels .Values.settings }}
            {{ if .c }}y: {{ include "one" (dict "values" .) }}{{ end }}
            {{ end }}
        """,
    }
    assert status_of(files) == {
        "labels.a": "read",
        "settings.c": "read",
        "settings.extra": "undeclared",
    }


def test_a_file_that_is_included_by_its_path_is_read(status_of: StatusOf) -> None:
    files = {
        "values.yaml": "a: 1\nb: 2\n",
        "templates/_part.yaml": "{{ .Values.a }}",
        "templates/y.yaml": 'sum: {{ include (print $.Template.BasePath "/_part.yaml") . | sha256sum }}',
    }
    assert status_of(files) == {"a": "read", "b": "unread"}


def test_a_file_that_is_given_to_tpl_is_read(status_of: StatusOf) -> None:
    files = {
        "values.yaml": "a: 1\nb: 2\n",
        "files/config": "{{ .Values.a }}",
        "templates/y.yaml": 'x: {{ tpl (.Files.Get "files/config") . }}',
    }
    assert status_of(files) == {"a": "read", "b": "unread"}


def test_notes_and_hooks_read_too(status_of: StatusOf) -> None:
    hook = 'metadata:\n  annotations:\n    "helm.sh/hook": test\nx: {{ .Values.b }}'
    files = {
        "values.yaml": "a: 1\nb: 2\nc: 3\n",
        "templates/NOTES.txt": "See {{ .Values.a }}",
        "templates/h.yaml": hook,
    }
    assert status_of(files) == {"a": "read", "b": "read", "c": "unread"}


def test_a_schema_does_not_stand_in_the_way(status_of: StatusOf) -> None:
    schema = '{"properties": {"a": {"type": "integer"}}, "additionalProperties": false}'
    files = {
        "values.yaml": "a: 1\n",
        "values.schema.json": schema,
        "templates/x.yaml": "x: {{ .Values.a }}{{ .Values.b }}",
    }
    assert status_of(files) == {"a": "read", "b": "undeclared"}


def test_random_output_shows_nothing(status_of: StatusOf) -> None:
    files = {
        "values.yaml": "a: 1\nb: 2\n",
        "templates/x.yaml": 'x: {{ uuidv4 }}\ny: {{ (genCA "x" 3).Cert | b64enc }}{{ .Values.a }}',
    }
    assert status_of(files) == {"a": "read", "b": "unread"}


def test_a_chart_whose_random_output_cannot_be_frozen_is_not_measured(measure: Measure) -> None:
    breaks = '{{ if eq (uuidv4) "00000000-0000-4000-8000-000000000000" }}{{ fail "frozen" }}{{ end }}'
    coverage = measure(
        {"values.yaml": "a: 1\nb: 2", "templates/x.yaml": f"{breaks}x: {{{{ uuidv4 }}}}{{{{ .Values.a }}}}"}
    )

    assert coverage.notes[0].startswith("scenario default was not measured: its render differs each time")
    assert entry_of(coverage, "a").status is Status.UNDETERMINED
    assert entry_of(coverage, "b").status is Status.UNREAD


def test_a_chart_that_is_not_frozen_but_steady_is_measured(status_of: StatusOf) -> None:
    breaks = '{{ if eq (now | date "2006") "2024" }}{{ fail "frozen" }}{{ end }}'
    files = {"values.yaml": "a: 1\nb: 2", "templates/x.yaml": breaks + "x: {{ .Values.a }}"}

    assert status_of(files) == {"a": "read", "b": "unread"}


@pytest.mark.parametrize(
    ("files", "note"),
    [
        (
            {"Chart.yaml": DEPENDS},
            "scenario default was not measured: found in Chart.yaml, but missing in charts/ directory: db",
        ),
        (
            {"templates/x.yaml": '{{ fail "no" }}'},
            "scenario default fails, so that what would run after that is not seen",
        ),
    ],
)
def test_a_scenario_that_tells_little_is_noted(files: Mapping[str, str], note: str, measure: Measure) -> None:
    template: dict[str, str] = {"templates/z.yaml": "x: {{ .Values.a }}", "values.yaml": "a: 1\nb: 1\n"}
    coverage = measure({**template, **files})

    assert coverage.notes == (note,)
    assert entry_of(coverage, "b").status is Status.UNREAD
    assert entry_of(coverage, "a").status in {Status.UNDETERMINED, Status.READ}


def test_values_that_cannot_be_read_are_noted(measure: Measure) -> None:
    coverage = measure({"values.yaml": "a: [", "templates/x.yaml": "x: {{ .Values.a }}"})

    assert any(note.startswith("values.yaml cannot be read: ") for note in coverage.notes)


def test_a_chart_without_values_has_undeclared_ones_only(status_of: StatusOf) -> None:
    assert status_of({"templates/x.yaml": "x: {{ .Values.a }}"}) == {"a": "undeclared"}


def test_values_of_subcharts_are_read_through_their_contexts(status_of: StatusOf) -> None:
    files = {
        "Chart.yaml": DEPENDS,
        "charts/db/Chart.yaml": DB,
        "charts/db/templates/x.yaml": "{{ if false }}{{ end }}",
        "values.yaml": "db:\n  a: 2\n  b: 3\n",
        "templates/y.yaml": "y: {{ .Subcharts.db.Values.a }}{{ range .Subcharts }}{{ .Values.a }}{{ end }}",
    }
    assert status_of(files) == {"db.a": "read", "db.b": "unread"}


def test_templates_that_are_too_tangled_make_claims_uncertain(measure: Measure) -> None:
    deep = "{{ if true }}" * 120 + "x: {{ .Values.a }}" + "{{ end }}" * 120
    coverage = measure({"values.yaml": "a: 1\nb: 2\n", "templates/x.yaml": deep})

    assert entry_of(coverage, "a").status is Status.READ
    assert (
        entry_of(coverage, "b").evidence
        == "no template names it, but the templates are too tangled to follow"
    )


def test_nothing_is_claimed_of_the_values_of_a_library(measure: Measure) -> None:
    coverage = measure({"values.yaml": "a: 1\n"}, {}, type="library")

    assert entry_of(coverage, "a").evidence == (
        "no template names it, but charts that use this library may read it"
    )


def test_a_measurement_that_is_stopped_halfway_says_so(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chartkit.coverage.values.search import SearchOutOfTime
    from chartkit.coverage.values.trials import StudyBudget

    def spend(budget: StudyBudget) -> None:
        budget.renders += 1
        if budget.renders > 1:
            raise SearchOutOfTime

    monkeypatch.setattr(StudyBudget, "spend", spend)
    coverage = measure({"values.yaml": "a: 1\nb: 2\n", "templates/x.yaml": "x: {{ .Values.a }}"}, seconds=7)

    assert coverage.notes == ("the measurement was stopped after 7 seconds",)
    assert (
        entry_of(coverage, "a").evidence
        == "no scenario shows it, but the measurement was stopped after 7 seconds"
    )
    assert entry_of(coverage, "b").status is Status.UNREAD


def test_when_the_time_is_up_the_rest_is_undetermined(measure: Measure) -> None:
    files = {"values.yaml": "a: 1\nb: 2\n", "templates/x.yaml": "x: {{ .Values.a }}"}
    coverage = measure(files, seconds=-1)

    assert "scenario default was not measured: the time was up" in coverage.notes
    assert entry_of(coverage, "a").status is Status.UNDETERMINED
    assert entry_of(coverage, "b").status is Status.UNREAD


def test_reading_that_was_not_foreseen_makes_claims_uncertain(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chartkit.coverage.values import functions
    from chartkit.coverage.values.references import UNKNOWN

    monkeypatch.setattr(functions, "_LOOK_AT", frozenset({"quote"}))  # as if quote did not print
    monkeypatch.setattr(functions.Functions, "fields", lambda *_: UNKNOWN)  # nor index read
    coverage = measure(
        {"values.yaml": "a: 1\nb: 2\n", "templates/x.yaml": 'x: {{ index .Values "a" | quote }}'}
    )

    assert entry_of(coverage, "a").status is Status.READ
    assert entry_of(coverage, "b").status is Status.UNDETERMINED
    assert "could not be followed" in entry_of(coverage, "b").evidence


def test_results_are_the_same_each_time(measure: Measure) -> None:
    files: dict[str, Any] = {
        "values.yaml": "a: 1\nb: x\nc: [1]\nd: {}\n",
        "templates/x.yaml": "x: {{ .Values.a }}{{ .Values.e }}{{ if .Values.b }}{{ .Values.c }}{{ end }}",
    }
    assert measure(files) == measure(files)
