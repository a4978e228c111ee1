"""The lexer agrees with Go about where actions begin and end."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import TemplateSyntax, lex
from tests.generated import examples

SEGMENTS = [
    ("", []),
    ("text", [("text", "text", "text")]),
    ("a{{ .B }}c", [("text", "a", "a"), ("action", "{{ .B }}", " .B "), ("text", "c", "c")]),
    ("a \n{{- .B -}}\n c", [("text", "a \n", "a"), ("action", "{{- .B -}}", ".B"), ("text", "\n c", "c")]),
    ("{{/* a }} b */}}", [("comment", "{{/* a }} b */}}", "/* a }} b */")]),
    (" {{- /* a */ -}} ", [("text", " ", ""), ("comment", "{{- /* a */ -}}", "/* a */"), ("text", " ", "")]),
    ("{{-3}}", [("action", "{{-3}}", "-3")]),
    ("{{ - 3 }}", None),
    ("{{- 3}} x", [("action", "{{- 3}}", "3"), ("text", " x", " x")]),
    ("{{`}}`}}", [("action", "{{`}}`}}", "`}}`")]),
    ('{{ "}}\\"" }}', [("action", '{{ "}}\\"" }}', ' "}}\\"" ')]),
    ("{{ '}' }}", [("action", "{{ '}' }}", " '}' ")]),
    ("{{ a\n b }}", [("action", "{{ a\n b }}", " a\n b ")]),
    ("{{}}", [("action", "{{}}", "")]),
    ("{{ {{ }}", None),
    ("}}{", [("text", "}}{", "}}{")]),
]


@pytest.mark.parametrize(("source", "wanted"), SEGMENTS)
def test_segments_are_those_of_go(source: str, wanted: list[tuple[str, str, str]] | None) -> None:
    if wanted is None:
        with pytest.raises(TemplateSyntax):
            lex(source)
        return
    found = [
        (each.kind, source[each.start : each.end], source[each.inner : each.inner_end])
        for each in lex(source)
    ]
    assert found == wanted


TOKENS = [
    ("if eq .A.B $x.C", "identifier if|identifier eq|field .A|field .B|variable $x|field .C"),
    ("$ := . | f 1e3 -2.5 .5 0x1f 'a' `r` \"s\"", None),
    (
        "(f (g .)).X, 3",
        "open (|identifier f|open (|identifier g|dot .|close )|close )|field .X|comma ,|number 3",
    ),
    ("range $i, $e := .L", "identifier range|variable $i|comma ,|variable $e|assign :=|field .L"),
    ("$x = é_1", "variable $x|assign =|identifier é_1"),
]


@pytest.mark.parametrize(("body", "wanted"), TOKENS)
def test_tokens_carry_kind_and_offsets(body: str, wanted: str | None) -> None:
    source = "\n{{ " + body + " }}"
    action = lex(source)[1]
    assert all(source[token.start : token.end] == token.text for token in action.tokens)
    if wanted is not None:
        assert "|".join(f"{token.kind} {token.text}" for token in action.tokens) == wanted
    else:
        kinds = [token.kind for token in action.tokens]
        assert kinds[:5] == ["variable", "assign", "dot", "pipe", "identifier"]
        assert kinds[5:] == ["number"] * 4 + ["char", "raw", "string"]


@pytest.mark.parametrize(
    ("source", "keyword"), [("{{- else if .x }}", "else"), ("{{ iffy }}", ""), ("{{}}", "")]
)
def test_an_action_knows_its_keyword(source: str, keyword: str) -> None:
    assert lex(source)[0].keyword == keyword


FAULTS = [
    ("a\n{{ .B", "unclosed action", 2),
    ("a\n{{ /* x */ }}", "unrecognized character in action: '/'", 2),
    ("{{/* x", "unclosed comment", 1),
    ("\n\n{{/* x */ y }}", "comment ends before closing delimiter", 3),
    ('{{ "a\n" }}', "unterminated quoted string", 1),
    ("{{ `a", "unterminated raw quoted string", 1),
    ("{{ 'a", "unterminated character constant", 1),
    ("{{ (a }}", "unclosed left paren", 1),
    ("{{ a) }}", "unexpected right paren", 1),
    ("{{ a : b }}", "expected :=", 1),
    ("{{ a @ b }}", "unrecognized character in action: '@'", 1),
]


@pytest.mark.parametrize(("source", "message", "line"), FAULTS)
def test_faults_tell_what_and_where(source: str, message: str, line: int) -> None:
    with pytest.raises(TemplateSyntax) as caught:
        lex(source)
    assert (caught.value.message, caught.value.line) == (message, line)


templates = st.lists(
    st.sampled_from(
        ["{{", "}}", "{{-", "-}}", " ", "\n", "a", "`", '"', "'", "/*", "*/", "{", "}", "-", ".x", "$", "("]
    )
).map("".join)


@examples(500)
@given(templates)
def test_the_spans_joined_give_the_source_back(source: str) -> None:
    try:
        segments = lex(source)
    except TemplateSyntax as fault:
        line = fault.line
        segments = []
        source = ""
    else:
        line = 1
    assert line >= 1
    assert "".join(source[each.start : each.end] for each in segments) == source
    for each in segments:
        assert each.start <= each.inner <= each.inner_end <= each.end
        assert all(each.inner <= token.start < token.end <= each.inner_end for token in each.tokens)


@examples(300)
@given(templates)
def test_go_reads_whatever_the_lexer_refuses_as_a_fault_too(source: str) -> None:
    from helm_python import errors
    from helm_python.chart import Chart

    from chartkit.helm import marshalling

    try:
        lex(source)
    except TemplateSyntax:
        files = {
            "c/Chart.yaml": b"apiVersion: v2\nname: c\nversion: 1.0.0\n",
            "c/templates/a.yaml": source.encode(),
        }
        with Chart.load_archive(marshalling.pack(files)) as chart, pytest.raises(errors.HelmRenderError):
            chart.render({})


def test_a_command_ends_before_the_next_pipe_or_parenthesis() -> None:
    source = "{{ a (b 1 (c 2) | d) 3 | e }}"
    tokens = lex(source)[0].tokens
    ends = lexer.command_ends(tokens)
    words = {token.text: source[token.start : end] for token, end in zip(tokens, ends, strict=True)}
    assert words["b"] == "b 1 (c 2)"
    assert words["a"] == "a (b 1 (c 2) | d) 3"
    assert words["c"] == "c 2"
    assert words["d"] == "d"
    assert words["e"] == "e"
    assert lexer.command_ends(()) == []
    assert lexer.command_ends(lex("{{ | a }}")[0].tokens) == [6, 6]


@given(st.lists(st.sampled_from(["a", "(", ")", "|", "1"])).map(" ".join))
def test_commands_end_at_or_after_their_words(body: str) -> None:
    source = "{{ " + body + " }}"
    try:
        tokens = lex(source)[0].tokens
    except TemplateSyntax:
        return
    for token, end in zip(tokens, lexer.command_ends(tokens), strict=True):
        assert token.kind in {"pipe", "close"} or token.end <= end <= len(source)


HOSTILE = [
    "{{" * 200_000,
    "{{ `" * 100_000,
    "{{/*" * 100_000,
    "{{ " + "randBytes " * 50_000 + "}}",
    " " * 400_000 + "{{- 1 -}}",
    "{{ " + "(" * 50_000 + ")" * 50_000 + " }}",
]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_sources_take_linear_time(source: str) -> None:
    with contextlib.suppress(TemplateSyntax):
        for segment in lex(source):
            lexer.command_ends(segment.tokens)


def test_an_action_that_ends_with_its_text_is_unclosed_whatever_the_limit() -> None:
    with pytest.raises(lexer.TemplateSyntax, match="unclosed action"):
        lexer.action("a {{ .b ", 2, 4096)
