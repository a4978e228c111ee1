"""Templates are taken apart as Go does it: into branches, defines and pipelines, by offsets."""

from __future__ import annotations

from typing import Any

import pytest

from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax, lex
from chartkit.syntax.gotemplate.pipelines import Pipeline, pipeline_of


def outline(source: str, body: list[nodes.Node]) -> list[Any]:
    """A body in short: texts as they are, actions by their words, branches by their arms."""
    found: list[Any] = []
    for node in body:
        if isinstance(node, nodes.Text):
            found.append(source[node.start : node.end])
        elif isinstance(node, nodes.Action):
            found.append(source[node.pipeline.start : node.pipeline.end])
        elif isinstance(node, nodes.Branch):
            found.append([(arm.keyword, *outline(source, arm.body)) for arm in node.arms])
        elif isinstance(node, nodes.Call):
            inner = outline(source, node.defines.body) if node.defines else []
            found.append((node.segment.keyword, node.name.text, *inner))
        else:
            found.append(node.segment.keyword)
    return found


BODIES: list[tuple[str, list[Any]]] = [
    ("a {{ .b }} c", ["a ", ".b", " c"]),
    ("a {{- .b -}} c", ["a", ".b", "c"]),
    ("{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}", [[("if", "1"), ("else if", "2"), ("else", "3")]]),
    ("{{ with .a }}1{{ else with .b }}2{{ end }}", [[("with", "1"), ("else with", "2")]]),
    ("{{ range .a }}{{ break }}{{ else }}x{{ end }}", [[("range", "break"), ("else", "x")]]),
    (
        '{{ template "t" . }}{{ block "b" . }}x{{ .y }}{{ end }}',
        [("template", '"t"'), ("block", '"b"', "x", ".y")],
    ),
    ('{{ define "d" }}x{{ end }}{{/* c */}}y', ["y"]),
    ("{{ $x := 1 }}", ["$x := 1"]),
]


@pytest.mark.parametrize(("source", "wanted"), BODIES)
def test_bodies_hold_what_stands_in_them(source: str, wanted: list[Any]) -> None:
    assert outline(source, nodes.parse(source).body) == wanted


def test_defines_stand_beside_the_body() -> None:
    source = '{{- define "d" -}} x {{- end }}{{ define `e` }} {{/* c */}}{{ end }}'
    tree = nodes.parse(source)
    assert [define.name.text for define in tree.defines] == ['"d"', "`e`"]
    assert [nodes.is_empty(source, define.body) for define in tree.defines] == [False, True]
    assert outline(source, tree.defines[0].body) == ["x"]


def test_a_walk_meets_every_node_once_and_in_order() -> None:
    source = (
        '1{{ if .a }}2{{ with .b }}3{{ else }}4{{ end }}{{ else }}5{{ end }}6{{ block "b" . }}no{{ end }}'
    )
    texts = [
        source[node.start : node.end]
        for node in nodes.walk(nodes.parse(source).body)
        if isinstance(node, nodes.Text)
    ]
    assert texts == ["1", "2", "3", "4", "5", "6"]


def test_all_that_is_named_is_found_also_blocks_within_others() -> None:
    source = (
        '{{ define "a" }}{{ if .x }}{{ block "b" . }}{{ block "c" . }}{{ end }}{{ end }}{{ end }}{{ end }}'
        '{{ block "d\\"" . }}{{ end }}{{ define `e` }}{{ end }}{{ template "f" . }}'
        '{{ define "\\q" }}{{ end }}'
    )
    tree = nodes.parse(source)
    assert [define.called for define in tree.named()] == ["a", "e", "", 'd"', "b", "c"]
    assert [node.called for node in nodes.walk(tree.body) if isinstance(node, nodes.Call)] == ['d"', "f"]


def test_arms_say_what_is_done_with_dot() -> None:
    source = (
        "{{ if .a }}{{ else if .b }}{{ else }}{{ end }}{{ with .a }}{{ else with .b }}{{ end }}"
        "{{ range .a }}{{ end }}"
    )
    arms = [arm for node in nodes.parse(source).body if isinstance(node, nodes.Branch) for arm in node.arms]
    assert [(arm.action, arm.rebinds) for arm in arms] == [
        *(("if", False), ("if", False), ("", False), ("with", True), ("with", True), ("range", True))
    ]


def test_a_chain_of_arms_may_be_longer_than_branches_may_be_deep() -> None:
    (branch,) = nodes.parse("{{ if 1 }}" + "{{ else if 1 }}" * 150 + "{{ end }}").body
    assert isinstance(branch, nodes.Branch)
    assert len(branch.arms) == 151


REFUSED = [
    "{{ if .a }}",
    "{{ end }}",
    "{{ else }}",
    "{{ if .a }}{{ else }}{{ else }}{{ end }}",
    "{{ if }}{{ end }}",
    "{{ if .a }}{{ define `x` }}{{ end }}{{ end }}",
    "{{ template . }}",
    "{{ }}",
    "{{ a | | b }}",
    "{{ ( ) }}",
    "{{ range .a }}{{ else range .b }}{{ end }}",
    "{{ if .a }}" * 101 + "{{ end }}" * 101,
    "{{ " + "(" * 102 + ".a" + ")" * 102 + " }}",
]


@pytest.mark.parametrize("source", REFUSED)
def test_what_go_refuses_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntax):
        nodes.parse(source)


def pipeline(source: str) -> Pipeline:
    found = pipeline_of(lex(source)[0])
    assert found is not None
    return found


def test_pipelines_are_taken_apart_to_their_operands() -> None:
    source = '{{ $a, $b := include "x" (dict "k" .a.b | quote).c $.Values.d | nindent 4 }}'
    found = pipeline(source)
    assert (found.variables, found.assign) == (("$a", "$b"), ":=")
    assert [command.function for command in found.commands] == ["include", "nindent"]
    words = [source[each.start : each.end] for each in found.commands[0].operands]
    assert words == ["include", '"x"', '(dict "k" .a.b | quote).c', "$.Values.d"]
    inner = found.commands[0].operands[2].inner
    assert inner is not None
    assert [command.function for command in inner.commands] == ["dict", "quote"]
    assert [each.text for each in found.operands()] == [
        *("include", '"x"', "(", "dict", '"k"', ".a", "quote", "$", "nindent", "4")
    ]


def test_operands_know_their_names_and_strings() -> None:
    found = pipeline('{{ f .a.b $.c $x (g .y).z "q\\n" `r` "s".t . true 1 }}').commands[0].operands
    assert [each.names for each in found] == [
        *((), ("a", "b"), ("c",), (), ("z",), (), (), ("t",), (), (), ())
    ]
    assert [each.string for each in found] == [*[None] * 5, "q\n", "r", *[None] * 4]


@pytest.mark.parametrize(
    ("source", "function"),
    [("{{ f .a }}", "f"), ("{{ f }}", "f"), ("{{ true }}", ""), ("{{ nil | f }}", ""), ("{{ f.a }}", "")],
)
def test_constants_and_fields_are_no_functions(source: str, function: str) -> None:
    assert pipeline(source).commands[0].function == function


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ if eq .a 1 }}", "eq .a 1"),
        ("{{- else if .a -}}", ".a"),
        ('{{ template "x" . }}', "."),
        ('{{ block "x" (list 1) }}', "(list 1)"),
        ("{{ range $i, $e := .l }}", "$i, $e := .l"),
        ("{{ .a | }}", ".a"),
    ],
)
def test_keywords_are_no_part_of_a_pipeline(source: str, text: str) -> None:
    found = pipeline(source)
    assert source[found.start : found.end] == text


@pytest.mark.parametrize(
    "source", ["{{ end }}", "{{ else }}", '{{ define "x" }}', '{{ template "x" }}', "{{ break }}"]
)
def test_some_actions_have_no_pipeline(source: str) -> None:
    assert pipeline_of(lex(source)[0]) is None
