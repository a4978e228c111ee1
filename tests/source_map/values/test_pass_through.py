"""What cannot be read is not known, and never guessed."""

from __future__ import annotations

import pytest

from chartkit.model.case import Chart, Scenario, SetValue
from chartkit.model.place import Place
from chartkit.source_map.traced_text import Frame, Origin, Precision
from chartkit.source_map.values.pass_through import printed_value
from chartkit.source_map.values.symbols import ValuePath
from chartkit.source_map.values.value_layers import UnreadableLayer, ValueLayers

NAME = "web/templates/a.yaml"


def place(layers: ValueLayers, path: tuple[str | int, ...]) -> Place | None:
    source = layers.source(path, on_key=False)
    return source.place if source is not None else None


def name(layers: ValueLayers, path: tuple[str | int, ...]) -> str:
    source = layers.source(path, on_key=False)
    return source.name if source is not None else ""


def asked(text: str, line: int = 1, column: int = 1, *calls: Frame) -> object:
    return printed_value({NAME: text.encode()}, Origin(NAME, line, column, Precision.ACTION, calls))


def test_a_path_is_followed_behind_a_byte_order_mark() -> None:
    assert asked("\ufeff{{ .Values.a.b }}") == (ValuePath(("a", "b")),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ .Values.a", 1),  # no template
        ("{{ .Values.a }}", 7),  # no such line
        ("text {{ .Values.a }}", 1),  # no action there
        ("{{ if .Values.a }}x{{ end }}", 1),  # a condition prints nothing
        ("{{ end }}", 1),
    ],
)
def test_a_place_where_no_action_stands_passes_nothing_on(text: str, line: int) -> None:
    assert asked(text, line) in ((), (ValuePath(("a",)),))


def test_a_file_that_is_not_there_passes_nothing_on() -> None:
    assert printed_value({}, Origin(NAME, 1, 1, Precision.ACTION)) == ()


def test_a_call_that_is_not_where_it_is_said_to_be_gives_nothing() -> None:
    define = '{{ define "x" }}{{ .a }}{{ end }}'
    for text in ('include "x" .Values', '(include "x") .Values', '.Values | print | include "x"', "include"):
        whole = f"{define}{{{{ {text} }}}}"
        call = Frame(NAME, 1, whole.rindex("include") + 1, "x")
        found = asked(whole, 1, whole.index("{{ .a") + 1, call)

        assert found == ((ValuePath(("a",)),) if text == 'include "x" .Values' else ())


def chart(**files: str) -> Chart:
    named = {f"web/{name.replace('__', '/')}": text.encode() for name, text in files.items()}
    return Chart("web", "web", "1", "", "v2", "", "", (), named, {name: name for name in named}, "")


CHART = chart(**{"values.yaml": "a: {b: 1, c: [x]}\nsub: {d: 2}\n", "charts__sub__Chart.yaml": "name: sub"})


def test_values_are_found_in_the_first_layer_that_has_them() -> None:
    given = (SetValue("set", "a.b=2", Place("chartkit.yaml", 3)), SetValue("set", "a.b=3"))
    layers = ValueLayers(CHART, Scenario("x", set_values=given[::-1]))

    assert layers.value(("a", "b")) == 2
    assert place(layers, ("a", "b")) == Place("chartkit.yaml", 3)
    assert layers.value(("a",)) == {"b": 2, "c": ["x"]}
    assert layers.value(("a", "c", 0)) == "x"
    assert place(layers, ("a", "c", 0)) == Place("web/values.yaml", 1, 15)
    assert layers.value(("sub", "d")) == 2
    assert layers.value(("sub", "none", "deep")) is None
    assert place(layers, ("none",)) is None
    assert place(layers, ("a", "b", "below")) is None


@pytest.mark.parametrize("inline", ['{"a": {"b": null}}', '{"a": null}', '{"a": [1]}'])
def test_what_a_layer_hides_is_not_looked_for_below(inline: str) -> None:
    assert ValueLayers(CHART, Scenario("x", values=inline)).value(("a", "b")) is None


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario("x", values_files=("no/such/file.yaml",)),
        Scenario("x", set_values=(SetValue("set", "a[="),)),
    ],
)
def test_a_layer_that_cannot_be_read_ends_it(scenario: Scenario) -> None:
    with pytest.raises(UnreadableLayer):
        ValueLayers(CHART, scenario).value(("a", "b"))


def test_what_sets_a_value_has_a_name() -> None:
    layers = ValueLayers(
        CHART, Scenario("x", values='{"b": 1}', set_values=(SetValue("set-string", "a.c=2"),))
    )

    assert [name(layers, path) for path in (("a", "c"), ("b",), ("a", "b"), ("none",))] == [
        *("--set-string on the command line", "scenario x", "web/values.yaml", "")
    ]


def test_a_list_hides_the_lists_below_it_item_by_item() -> None:
    layers = ValueLayers(
        chart(**{"values.yaml": "l: [{a: 1}, {b: 2}]"}), Scenario("x", values='{"l": [{"c": 3}]}')
    )

    assert layers.value(("l", 0)) == {"c": 3}
    assert [layers.value(path) for path in (("l", 0, "a"), ("l", 1, "b"), ("l", 0, "c", "d"))] == [None] * 3
    assert layers.source(("l", 0, "a"), on_key=True) is None


def test_values_that_are_not_yaml_end_it() -> None:
    with pytest.raises(UnreadableLayer):
        ValueLayers(chart(**{"values.yaml": "a: b: c"}), Scenario("x")).value(("a",))


def test_of_a_chart_without_values_nothing_is_known() -> None:
    assert ValueLayers(chart(), Scenario("x")).value(("a",)) is None


def test_mappings_merge_at_every_depth_and_null_takes_away() -> None:
    inline = '{"a": {"b": {"new": 1}, "c": null, "d": 4}}'
    layers = ValueLayers(
        chart(**{"values.yaml": "a: {b: {old: 0}, c: 1, e: 5}"}), Scenario("x", values=inline)
    )

    assert layers.value(("a",)) == {"b": {"old": 0, "new": 1}, "d": 4, "e": 5}
