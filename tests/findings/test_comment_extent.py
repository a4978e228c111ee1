"""A comment in a template is about what a reader would take it to be about."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.findings.comment_extent import extent

COMMENT = re.compile(r"\{\{-?\s*/\* it\b.*?\*/\s*-?\}\}", re.DOTALL)


def about(text: str) -> list[str] | None:
    """The lines that the comment "it" is about."""
    found = COMMENT.search(text)
    assert found is not None
    lines = extent(text, *found.span())
    return None if lines is None else text.split("\n")[lines[0] - 1 : lines[1]]


WHOLE = {
    "first": "{{- /* it */ -}}\na: 1\n",
    "after comments": "# a license\n---\n{{/* what */}}\n\n{{- /* it */}}\na: 1\n",
    "after what prints nothing": "{{- $x := 1 }}\n{{- if .a }}\n{{- /* it */}}\na: 1\n{{- end }}\n",
    "alone": "{{- /* it */ -}}",
    "before defines": '{{- /* it */ -}}\n{{- define "a" }}x{{ end }}\n',
    "not a template": "a: {{ b\n{{- /* it */}}\n",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_above_everything_that_prints_it_is_about_the_file(text: str) -> None:
    assert about(text) is None


PARTS = {
    "one line": ("a: 1\n{{- /* it */}}\nb: 2\nc: 3\n", ["b: 2"]),
    "over blanks and comments": (
        "a: 1\n{{- /* it\n and more */}}\n\n  # more\n{{/* and\nmore */}}\nb: 2\nc: 3\n",
        ["b: 2"],
    ),
    "nested": (
        "a:\n  {{- /* it */}}\n  b:\n    c: 1\n\n    d: 2\n  e: 3\n",
        ["  b:", "    c: 1", "", "    d: 2"],
    ),
    "items of a key": (
        "a: 1\n{{- /* it */}}\nb:\n- c: 1\n  d: 2\n- e\nf: 3\n",
        ["b:", "- c: 1", "  d: 2", "- e"],
    ),
    "an item": ("a:\n{{- /* it */}}\n- b: 1\n  c: 2\n- d: 3\n", ["- b: 1", "  c: 2"]),
    "actions at the margin": (
        "a: 1\n{{- /* it */}}\nb:\n{{- if .c }}\n  c: 1\n{{- end }}\n{{- $d := 1 }}\n  d: 2\ne: 3\n",
        ["b:", "{{- if .c }}", "  c: 1", "{{- end }}", "{{- $d := 1 }}", "  d: 2"],
    ),
    "printed further in": (
        'a: 1\n{{- /* it */}}\nb:\n{{ toYaml .c | indent 2 }}\n{{- include "d" . | nindent 0 }}\n',
        ["b:", "{{ toYaml .c | indent 2 }}"],
    ),
    "an action": ("a: 1\n{{- /* it */}}\n{{ toYaml .c }}\nb: 1\n", ["{{ toYaml .c }}"]),
    "an action of several lines": (
        "a:\n{{- /* it */}}\n  b: {{ list\n1\n}}\n  c: 1\n",
        ["  b: {{ list"],
    ),
    "what is opened": (
        "a: 1\n{{- /* it */}}\n{{- with .b }}\n{{ if .c }}c: 1{{ end }}\nd: 1\n{{- end }}\ne: 1\n",
        ["{{- with .b }}", "{{ if .c }}c: 1{{ end }}", "d: 1", "{{- end }}"],
    ),
    "what is opened and never closed": (
        "a: 1\n{{- /* it */}}\n{{- with .b }}\nd: 1",
        ["{{- with .b }}", "d: 1"],
    ),
    "a define": (
        'x\n{{- /* it */}}\n{{- define "a" }}\nx: 1\n{{- end }}\ny: 1\n',
        ['{{- define "a" }}', "x: 1", "{{- end }}"],
    ),
    "in a define": ('{{- define "a" }}\n{{- /* it */}}\nx: 1\ny: 2\n{{- end }}\n', ["x: 1"]),
    "a closing line": ("a: 1\n{{- if .b }}\nb: 1\n{{- /* it */}}\n{{- end }}\nc: 1\n", ["{{- end }}"]),
    "a document": (
        "a: 1\n---\n# second\n{{- /* it */}}\nb: 1\nc:\n  d: 2\n---\ne: 1\n",
        ["# second", "{{- /* it */}}", "b: 1", "c:", "  d: 2", "---"],
    ),
    "the last document": ("a: 1\n---\n{{- /* it */}}\nb: 1", ["{{- /* it */}}", "b: 1"]),
    "within a document": ("a: 1\n---\nb: 1\n{{- /* it */}}\nc: 1\nd: 2\n", ["c: 1"]),
    "the last of a document": ("a: 1\n{{- /* it */}}\nb: 1\n---\nc: 1\n", ["b: 1"]),
    "nothing": ("a: 1\n{{- /* it */}}\n", []),
}


@pytest.mark.parametrize(("text", "expected"), PARTS.values(), ids=PARTS)
def test_elsewhere_it_is_about_what_follows(text: str, expected: list[str]) -> None:
    assert about(text) == expected


LINES = ("a: 1", "  b:", "- c", "---", "# d", "", "{{ if .e }}", "{{ end }}", "{{/* f */}}", "{{ $g := 1 }}")
FRAGMENTS = st.sampled_from((*LINES, "{{", "{{ .h }}"))


@given(st.lists(FRAGMENTS, max_size=12), st.lists(FRAGMENTS, max_size=12))
def test_it_is_about_lines_after_it_that_are_there_or_about_none(before: list[str], after: list[str]) -> None:
    text = "\n".join([*before, "{{- /* it */}}", *after])
    start = text.index("{{- /* it")
    lines = extent(text, start, start + len("{{- /* it */}}"))

    if lines is not None and "---" not in before:
        assert len(before) + 1 < lines[0] <= max(lines[1], len(text.split("\n")) + 1)
