"""Templates become trees as Go's parser makes them."""

from __future__ import annotations

import pytest

from chartkit.templates.gotemplate import TemplateSyntax
from chartkit.values_coverage.syntax import parse
from chartkit.values_coverage.trees import (
    Branch,
    Call,
    Command,
    Dot,
    Fields,
    Function,
    Literal,
    Operand,
    Pipeline,
    Print,
    Variable,
)


def pipeline_of(source: str) -> Pipeline:
    (node,) = parse(source).body
    assert isinstance(node, Print)
    return node.pipeline


def operands_of(source: str) -> tuple[Operand, ...]:
    (command,) = pipeline_of(source).commands
    return command.operands


def test_a_chain_of_fields_has_its_span() -> None:
    assert operands_of("x: {{ .Values.a }}") == (Fields(Dot(), ("Values", "a"), 6, 15),)
    assert operands_of("{{ $.Values.a }}") == (Fields(Variable(""), ("Values", "a"), 3, 13),)
    assert operands_of("{{ (f .x).y }}") == (
        Fields(Pipeline((Command((Function("f"), Fields(Dot(), ("x",), 6, 8)), 4),)), ("y",), 3, 11),
    )


def test_fields_after_a_blank_are_another_operand() -> None:
    assert operands_of("{{ f .a .b }}") == (
        Function("f"),
        Fields(Dot(), ("a",), 5, 7),
        Fields(Dot(), ("b",), 8, 10),
    )


def test_constants_are_what_they_say() -> None:
    assert operands_of('{{ f "a\\"b" `c\\n` 1 1.5 true nil \'x\' }}')[1:] == (
        Literal('a"b'),
        Literal("c\\n"),
        Literal("1"),
        *[Literal(None)] * 4,
    )
    assert operands_of('{{ f "\\q" }}')[1] == Literal("\\q")


def test_pipelines_have_commands_and_variables() -> None:
    pipeline = pipeline_of("{{ $a := .x | f 1 | g }}")

    assert (pipeline.variables, pipeline.declares) == (("a",), True)
    assert [command.operands[0] for command in pipeline.commands] == [
        Fields(Dot(), ("x",), 9, 11),
        Function("f"),
        Function("g"),
    ]
    assert pipeline_of("{{ $a = 1 }}").declares is False


def test_branches_nest_and_chain() -> None:
    (branch,) = parse("{{ if .a }}{{ .b }}{{ else if .c }}{{ else }}{{ .d }}{{ end }}").body

    assert isinstance(branch, Branch)
    (chained,) = branch.otherwise
    assert isinstance(chained, Branch)
    assert (branch.keyword, len(branch.body), chained.keyword, len(chained.body)) == ("if", 1, "if", 0)
    assert len(chained.otherwise) == 1


def test_ranges_name_their_variables() -> None:
    (branch,) = parse("{{ range $k, $v := .t }}{{ break }}{{ else }}{{ continue }}{{ end }}").body

    assert isinstance(branch, Branch)
    assert (branch.pipeline.variables, branch.body, branch.otherwise) == (("k", "v"), (), ())


def test_defines_are_apart_and_blocks_are_both() -> None:
    tree = parse('{{ define "a" }}{{ .x }}{{ end }}{{ block "b" .t }}{{ end }}{{ template "a" }}')

    assert [name for name, _ in tree.defines] == ["a", "b"]
    assert [node.name for node in tree.body if isinstance(node, Call)] == ["b", "a"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ end }}",
        "{{ else }}",
        "{{ if .a }}",
        "{{ if .a }}{{ else }}",
        '{{ define "x" }}',
        "{{ define }}{{ end }}",
        "{{ ",
        "{{ if 1 }}" * 150 + "{{ end }}" * 150,
        "{{ " + "(" * 150 + ".a" + ")" * 150 + " }}",
        "{{ if 1 }}" + "{{ else if 1 }}" * 150 + "{{ end }}",
    ],
)
def test_what_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntax):
        parse(source)
