"""Documents are split, told apart and put in order by Helm's rules; the bytes are tested in test_equality."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import order

SPLITS = [
    ("", []),
    ("a: 1", ["a: 1"]),
    ("---\na: 1\n---\nb: 2\n", ["a: 1", "b: 2"]),
    ("---\n---\na: 1", ["---\na: 1"]),  # the line end between them belongs to the first separator
    ("a: 1\n---  \n\n\t---x", ["a: 1", "---x"]),
    ("a: 1\n--- # c\nb", ["a: 1", "# c\nb"]),
    ("a: 1\n----\nb", ["a: 1", "-\nb"]),
    ("a: |\n  ---\n  x", ["a: |\n  ---\n  x"]),
    ("a\u00a0\n---\n\u00a0\n---\nb", ["a", "", "b"]),
]


@pytest.mark.parametrize(("text", "wanted"), SPLITS)
def test_documents_split_where_helm_splits(text: str, wanted: list[str]) -> None:
    parts = order.split(text)
    assert [part for _, part in parts] == wanted
    assert all(text[offset:].startswith(part) for offset, part in parts)


@given(st.lists(st.sampled_from(["---", "\n", " ", "a", "\t", "-", "\r"])).map("".join))
def test_splitting_loses_nothing_but_space_and_dashes(text: str) -> None:
    kept = "".join(part for _, part in order.split(text))
    assert [char for char in kept if char == "a"] == [char for char in text if char == "a"]


def test_long_blanks_split_in_linear_time() -> None:
    text = "\n" * 500_000 + "a" + "\n" * 500_000 + "\n---\nb"
    assert order.split(text) == [(500_000, "a"), (1_000_006, "b")]


HEADS = [
    (None, order.Head()),
    ({"kind": "A"}, order.Head("A")),
    ({"kind": 5, "metadata": None}, order.Head("5")),
    ({"metadata": {"annotations": {"helm.sh/hook": None}}}, order.Head()),
    ({"metadata": {"annotations": {"helm.sh/hook": "test", "n": 5}}}, order.Head("", "test")),
]


@pytest.mark.parametrize(("body", "head"), HEADS)
def test_the_head_says_where_a_document_goes(body: Any, head: order.Head) -> None:
    assert order.head_of(body) == head


REFUSED = [
    ([1], "a document must be a mapping, not a list"),
    ("text", "a document must be a mapping, not text"),
    (5, "a document must be a mapping, not a number"),
    (True, "a document must be a mapping, not a boolean"),
    ({"metadata": "x"}, "metadata must be a mapping, not text"),
    ({"metadata": {"annotations": []}}, "metadata.annotations must be a mapping, not a list"),
    ({"metadata": {"annotations": {"a": {}}}}, "a must be text, not a mapping"),
    ({"metadata": {"name": []}}, "metadata.name must be text, not a list"),
    ({"kind": {}}, "kind must be text, not a mapping"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_a_head_that_helm_refuses_is_told(body: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        order.head_of(body)


def head(text: str) -> order.Head:
    if "bad" in text:
        raise ValueError("error converting YAML to JSON: yaml: line 2: no")
    return order.Head(text)


def test_the_first_document_that_cannot_be_read_is_named_and_all_are_kept() -> None:
    rendered = {"web/templates/b.yaml": "bad 1", "web/templates/a.yaml": "Pod\n---\nbad 2\n---\nSecret"}
    arranged = order.arrange(rendered, [], "web", head)
    assert arranged.unparsed == order.Unparsed(
        "web/templates/a.yaml", "bad 2", "error converting YAML to JSON: yaml: line 2: no"
    )
    assert [line for line in arranged.text.splitlines() if not line.startswith(("---", "#"))] == [
        "Secret",
        "Pod",
        "bad 2",
        "bad 1",
    ]


def test_notes_of_the_chart_are_told_apart_and_those_of_subcharts_are_dropped() -> None:
    rendered = {"web/templates/NOTES.txt": "ours", "web/charts/a/templates/NOTES.txt": "theirs"}
    assert order.arrange(rendered, [], "web", head) == order.Arranged("\n", "ours")


def test_every_document_of_the_text_is_found_again_in_its_template() -> None:
    rendered = {"web/templates/a.yaml": "\n---\nSecret\n\n---\nPod\n", "web/templates/b.yaml": "\n hook\n"}
    hooked = {"hook": order.Head("Job", "pre-install")}
    crds = [("web/crds/c.yaml", "\nkind: C\n\n")]
    arranged = order.arrange(rendered, crds, "web", lambda text: hooked.get(text, order.Head(text)))
    shown = [(piece.source, arranged.text[piece.start : piece.end]) for piece in arranged.pieces]
    assert shown == [
        ("web/crds/c.yaml", "\nkind: C\n\n"),
        ("web/templates/a.yaml", "Secret"),
        ("web/templates/a.yaml", "Pod"),
        ("web/templates/b.yaml", "hook"),
    ]
    for piece in arranged.pieces[1:]:
        whole = rendered[piece.source]
        assert whole[piece.offset :].startswith(arranged.text[piece.start : piece.end])


def test_documents_with_an_unknown_hook_are_dropped_and_found_again() -> None:
    rendered = {"web/templates/a.yaml": "Secret\n---\nlost\n---\nhook\n"}
    hooked = {"lost": order.Head("Job", "pre-install,"), "hook": order.Head("Job", "test")}
    arranged = order.arrange(rendered, [], "web", lambda text: hooked.get(text, order.Head(text)))
    assert "lost" not in arranged.text
    assert arranged.dropped == "---\n# Source: web/templates/a.yaml\nlost\n"
    whole = arranged.text + arranged.dropped
    assert [whole[piece.start : piece.end] for piece in arranged.pieces] == ["Secret", "hook", "lost"]
