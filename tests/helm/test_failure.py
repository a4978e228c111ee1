"""What Helm says when it refuses is taken apart alike, whichever Helm says it.

messages.json holds what Helm 3.17.3, Helm 4.1.4 and the embedded Helm 4.2.3 said of small faulty charts.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import failure, order
from chartkit.model.render import FAILURE_RULES, Failure

MESSAGES: dict[str, dict[str, Any]] = json.loads(
    (pathlib.Path(__file__).parent / "messages.json").read_text()
)
FILES = {"c/templates/x.yaml": b'k: v\nz: {{ required "need it" .Values.zz }}\n'}
EXACT = {"template", "required"}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_helm_gives_the_same_failure(name: str) -> None:
    wanted = MESSAGES[name]["wanted"]
    for said in MESSAGES[name]["said"].values():
        found = failure.of_text(said, "c", FILES)
        for field in ("kind", "template", "line", "column", "expression", "values_key"):
            assert getattr(found, field) == wanted[field]
        assert [list(each) for each in found.includes] == wanted["includes"]
        assert found.message.partition(":")[0] == wanted["message"].partition(":")[0] or name in VARYING
        assert found.text in said


VARYING = {
    "values against the schema",  # Helm 3 has another validator
    "values against the schema of a subchart",
    "comparison of types",
}


def test_text_given_to_tpl_is_placed_where_tpl_is_called() -> None:
    wanted = MESSAGES["field of nothing in tpl"]["wanted"]
    assert (wanted["template"], wanted["line"], wanted["expression"]) == (
        "c/templates/x.yaml",
        2,
        ".Values.n.c",
    )


@given(st.permutations(["- at '/a': got string", "- at '/b/0': got null", "- at '': missing property 'c'"]))
def test_the_order_in_which_helm_lists_what_a_schema_refuses_does_not_matter(lines: list[str]) -> None:
    """It is that of a map in Go, and changes from run to run."""
    text = "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
    found = failure.of_text(text + "\n".join(lines), "c", {})

    assert found.kind == "values-schema"
    assert found.values_key == "/a"
    assert found.message == "values: missing property 'c'; /a: got string; /b/0: got null"


def test_values_keys_are_pointers_from_the_root_chart() -> None:
    said = (
        'c/charts/sub/templates/x.yaml:2:10\n  executing "c/charts/sub/templates/x.yaml" at <.Values.a.b>:\n'
        "    nil pointer evaluating interface {}.b"
    )
    assert failure.of_text(said, "c", {}).values_key == "/sub/a/b"


LOADING = [
    (
        "error unpacking subchart sub in c: cannot load values.yaml: yaml: line 3: no",
        "c/charts/sub/values.yaml",
        3,
    ),
    (
        "error unpacking subchart a in c: error unpacking subchart b-1.tgz in a: cannot load Chart.yaml: no",
        "c/charts/a/charts/b-1.tgz/Chart.yaml",
        None,
    ),
    ("cannot load requirements.yaml: no", "c/requirements.yaml", None),
    ("Chart.yaml file is missing", "", None),
]


@pytest.mark.parametrize(("said", "template", "line"), LOADING)
def test_a_chart_that_cannot_be_loaded_names_its_file(said: str, template: str, line: int | None) -> None:
    found = failure.of_text(said, "c", {})
    assert (found.kind, found.template, found.line) == ("chart", template, line)


def test_yaml_that_does_not_end_is_found_where_it_begins() -> None:
    said = (
        "cannot load values.yaml: error converting YAML to JSON: yaml: line 4: found unexpected end of stream"
    )
    found = failure.of_text(said, "c", {"c/values.yaml": b'a: b\nc: "d\ne: f\n'})
    assert (found.line, found.column, found.text) == (2, 4, said)
    assert found.message == (
        "cannot load values.yaml: found unexpected end of stream while scanning a quoted scalar"
    )


def test_a_values_file_that_is_no_mapping_is_told_without_the_words_of_go() -> None:
    words = "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON"
    said = (
        f"cannot load values.yaml: {words}: json: cannot unmarshal array into Go value of type map[string]any"
    )
    found = failure.of_text(said, "c", {})
    assert (found.message, found.text) == ("cannot load values.yaml: got array, expected a mapping", said)


def test_endless_traces_are_cut() -> None:
    frame = 'template: c/templates/_h.tpl:1:21: executing "c.x" at <include "c.x" .>: error calling include: '
    said = (
        "Error: "
        + frame * 5000
        + "rendering template has a nested reference name: c.x: unable to execute template"
    )
    found = failure.of_text(said, "c", {})
    assert found.message == "rendering template has a nested reference name: c.x: unable to execute template"
    assert len(found.text) <= failure.MAX_TEXT + 10
    assert len(found.includes) == 50


def test_a_failure_without_a_message_says_so() -> None:
    assert (
        "without a message"
        in failure.of_text("execution error at (c/templates/x.yaml:1:2): ", "c", {}).message
    )
    assert failure.of_text("execution error at (c/templates/x.yaml:99:2): x", "c", FILES).values_key == ""


def test_a_document_that_cannot_be_read_has_no_certain_line() -> None:
    found = failure.of_document(
        order.Unparsed("c/templates/x.yaml", "a", "error converting YAML to JSON: yaml: line 4: no")
    )
    assert found == Failure(
        "yaml",
        "yaml: line 4: no",
        "YAML parse error on c/templates/x.yaml: error converting YAML to JSON: yaml: line 4: no",
        "c/templates/x.yaml",
    )


def test_every_kind_has_a_rule_of_its_own() -> None:
    assert len(set(FAILURE_RULES.values())) == len(FAILURE_RULES)
    assert failure.rule(Failure("timeout", "", "")) == "render-timed-out"
    assert failure.rule(Failure("unheard-of", "", "")) == "render-failed"


@given(st.text(max_size=300))
def test_any_text_gives_a_failure(said: str) -> None:
    assert failure.of_text(said, "c", {}).kind in FAILURE_RULES


pieces = st.sampled_from(
    [
        "template: ",
        "c/t.yaml:1:2",
        ": ",
        'executing "x" at <',
        ">: ",
        "\n  ",
        "\n    ",
        "parse error at (",
        ")",
        "x",
        ":3",
    ]
)


@given(st.lists(pieces).map("".join))
def test_any_part_of_a_trace_gives_a_failure(said: str) -> None:
    assert failure.of_text(said, "c", {}).kind in FAILURE_RULES
