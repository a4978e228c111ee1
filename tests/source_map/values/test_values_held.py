"""What a case holds where a line reads: the value that is in force, and who sets it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import set_values
from chartkit.model.case import Case, Chart, Scenario, SetValue
from chartkit.model.place import Place
from chartkit.source_map.values.values_held import Held, Holder, as_json, key_of
from chartkit.source_map.values.values_read import Frame

TEMPLATE = "web/templates/a.yaml"
SCENARIO = Scenario("one", release="shop", is_upgrade=True, place=Place("chartkit.yaml", 3))


def held(text: str, values: str = "", scenario: Scenario = SCENARIO, **files: str) -> Held:
    named = {TEMPLATE: text, "web/values.yaml": values, "web/Chart.yaml": "name: web\nversion: 1.0.0\n"}
    named |= {name.replace("__", "/").replace("_yaml", ".yaml"): each for name, each in files.items()}
    contents = {name: each.encode() for name, each in named.items()}
    chart = Chart("web", "web", "1", "", "v2", "", "", (), contents, {name: name for name in named}, "")
    return Holder(chart, Case("web", "web", scenario, "1.34.0")).held((Frame(TEMPLATE, 1),))


def told(found: Held) -> Mapping[str, tuple[str, str]]:
    places = {each.key: each.place for each in found.values}
    shown = {key: f"{place.file}:{place.line}" if place else "" for key, place in places.items()}
    return {each.key: (each.text, shown[each.key]) for each in found.values}


@pytest.mark.parametrize(
    ("words", "text", "place"),
    [
        (".Release.Name", '"shop"', "chartkit.yaml:3"),
        (".Release.Namespace", '"default"', "chartkit.yaml:3"),
        (".Release.IsUpgrade", "true", "chartkit.yaml:3"),
        (".Release.IsInstall", "false", "chartkit.yaml:3"),
        (".Capabilities.KubeVersion.Version", '"v1.34.0"', ""),
        (".Chart.Name", '"web"', "web/Chart.yaml:1"),
        (".Chart.AppVersion", "", ""),
    ],
)
def test_what_helm_tells_is_told(words: str, text: str, place: str) -> None:
    assert told(held(f"{{{{ {words} }}}}")) == {words: (text, place)}


@pytest.mark.parametrize("words", [".Release.Revision", ".Capabilities.APIVersions", ".Chart"])
def test_what_is_not_one_value_is_left_out(words: str) -> None:
    assert held(f"{{{{ {words} }}}}") == Held()


def test_a_broken_chart_yaml_tells_nothing() -> None:
    assert told(held("{{ .Chart.Name }}", web__Chart_yaml=": : :")) == {
        ".Chart.Name": ("", "web/Chart.yaml:None")
    }


@pytest.mark.parametrize(
    ("text", "values", "found"),
    [
        ("{{ .Values.a }}", "a: null", {"a": ("null", "web/values.yaml:1")}),
        ("{{ .Values.a }}", "", {"a": ("", "")}),
        ("{{ .Values.a }}", "a: {b: [1, x]}", {"a": ('{"b": [1, "x"]}', "web/values.yaml:1")}),
        (
            "{{ range .Values.a }}{{ . }}{{ end }}",
            "a: [x]",
            {"a": ('["x"]', "web/values.yaml:1"), "a[0]": ('"x"', "web/values.yaml:1")},
        ),
        (
            "{{ range .Values.a }}{{ . }}{{ end }}",
            "a: {b: x}",
            {"a": ('{"b": "x"}', "web/values.yaml:1"), "a.b": ('"x"', "web/values.yaml:1")},
        ),
        ("{{ range .Values.a }}{{ .b }}{{ end }}", "a: []", {"a": ("[]", "web/values.yaml:1")}),
        (
            "{{ range .Values.a }}{{ range .b }}{{ .c }}{{ end }}{{ end }}",
            "a:\n- b: [{c: 1}]",
            {
                "a": ('[{"b": [{"c": 1}]}]', "web/values.yaml:1"),
                "a[0].b": ('[{"c": 1}]', "web/values.yaml:2"),
                "a[0].b[0].c": ("1", "web/values.yaml:2"),
            },
        ),
    ],
)
def test_values_are_those_in_force(text: str, values: str, found: Mapping[str, tuple[str, str]]) -> None:
    assert told(held(text, values)) == found


def test_a_values_file_that_cannot_be_read_is_not_guessed() -> None:
    found = held("{{ .Values.a.b }}", "a: {b: 1}", Scenario("one", values_files=("gone.yaml",)))

    assert found == Held((), ("the value of a.b: one of the values files cannot be read here",))


def test_a_line_that_reads_everything_tells_a_part() -> None:
    found = held("".join(f"{{{{ .Values.v{number} }}}}" for number in range(50)))

    assert len(found.values) == 40
    assert found.unknown == ("10 more values that the line reads are left out",)


def test_a_subchart_without_a_global_value_of_the_root_has_its_own() -> None:
    name = "web/charts/sub/templates/a.yaml"
    files = {
        name: "{{ .Values.global.a }}",
        "web/charts/sub/values.yaml": "global: {a: 1}\n",
        "web/charts/sub/Chart.yaml": "",
    }
    contents = {each: text.encode() for each, text in files.items()}
    chart = Chart("web", "web", "1", "", "v2", "", "", (), contents, {each: each for each in files}, "")
    found = Holder(chart, Case("web", "web", Scenario("one"), "1.34.0")).held((Frame(name, 1),))

    assert told(found) == {"sub.global.a": ("1", "web/charts/sub/values.yaml:1")}


def test_a_long_value_is_cut() -> None:
    text = as_json(["x" * 5000])
    assert len(text) == 1001
    assert text.endswith("…")


STEPS = st.text(alphabet="ab.\\,=[]{}/-", min_size=1, max_size=8)


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_a_key_is_what_set_takes(path: list[str]) -> None:
    values: dict[str, object] = {}
    set_values.apply("set", f"{key_of(path)}=x", values, lambda _: "")

    wanted: object = "x"
    for step in reversed(path):
        wanted = {step: wanted}
    assert json.loads(json.dumps(values)) == wanted


def test_an_item_is_what_set_takes() -> None:
    assert key_of(("a", 0, "b.c", 1)) == "a[0].b\\.c[1]"
    assert SetValue("set", "a[0]=x").expression
