"""Which values a line of a template reads, whatever it does with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.source_map.values.symbols import Value
from chartkit.source_map.values.values_read import Frame, Told, read_by

NAME = "web/templates/a.yaml"


def asked(text: str, line: int = 1, column: int | None = None, *callers: Frame) -> list[str]:
    reads = read_by({NAME: text.encode()}, [Frame(NAME, line, column), *callers])
    return [*map(written, reads.values), *(f"? {words}" for words in reads.unknown)]


def written(read: Value | Told) -> str:
    if isinstance(read, Told):
        return "." + ".".join(read.words)
    key = " key" if read.is_key else ""
    return ".".join("*" if step is ... else str(step) for step in read.path) + key


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("plain", []),
        ("{{ .Values.a.b }}", ["a.b"]),
        ("{{ .Values.a }}-{{ .Values.b | quote }}", ["a", "b"]),
        ('{{ printf "%s:%s" .Values.a .Values.b }}', ["a", "b"]),
        ('{{ .Values.a | default .Values.b | default "c" }}', ["a", "b"]),
        ('{{ index .Values "a" "b-c" }}', ["a.b-c"]),
        ('{{ (index .Values.a "b").c }}', ["a.b.c"]),
        ("{{ (.Values.a).b }}", ["a.b"]),
        ("{{ (printf .Values.a).b }}", ["a"]),
        ("{{ if and .Values.a (not .Values.b) }}x{{ end }}", ["a", "b"]),
        ("{{ range .Values.a }}{{ .b }}{{ end }}", ["a", "a.*.b"]),
        ("{{ range $k, $v := .Values.a }}{{ $k }}{{ $v.b }}{{ end }}", ["a", "a.* key", "a.*.b"]),
        ("{{ with .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}", ["a", "a.b", "c"]),
        ("{{ .Chart.AppVersion }} {{ $.Release.Name }}", [".Chart.AppVersion", ".Release.Name"]),
        ("{{ .Files.Get .Values.a }}{{ .Template.Name }}", ["a"]),
        ("{{ .Values }}", []),
        ("{{ $x.y }}", ["? $x.y"]),
        ('{{ include "b" (dict "c" .Values.d "e" .) }}', ["d"]),
        ("{{ broken", [f"? {NAME}, which cannot be read as a template"]),
        ("{{- range .Values.a | default .Values.b }}{{ .c }}{{ end }}", ["a", "b", "a.*.c", "b.*.c"]),
    ],
)
def test_all_that_has_a_part_in_a_line_is_found(line: str, found: list[str]) -> None:
    assert asked(line) == found


@pytest.mark.parametrize(
    ("before", "line", "found"),
    [
        ("{{ $x := .Values.a }}", "{{ $x.b }}", ["a.b"]),
        ('{{ $x := printf "%s" .Values.a }}', "{{ $x }}", ["a"]),
        ("{{ $x := 1 }}", "{{ $x }}", []),
        ("{{ $x := .Values.a }}{{ if .Values.b }}{{ $x = .Values.c }}{{ end }}", "{{ $x }}", ["a", "c"]),
        ("{{ if .Values.a }}", "{{ .Values.b }}{{ end }}", ["b"]),
        ("{{ with .Values.a }}", "{{ .b }}{{ end }}", ["a.b"]),
        ("{{ range .Values.a }}{{ range .b }}", "{{ . }}{{ end }}{{ end }}", ["a.*.b.*"]),
        ("{{ with (dict 1 2) }}", "{{ .b }}{{ end }}", []),
        ("{{ .Values.a }}{{ .Values.b", "}}", ["b"]),
        ('{{ define "x" }}{{ .Values.a }}', "{{ .Values.b }}{{ end }}{{ .Values.c }}", ["c", "b"]),
    ],
)
def test_what_stands_before_a_line_says_what_its_words_mean(before: str, line: str, found: list[str]) -> None:
    assert asked(f"{before}\n{line}", 2) == found


DEFINE = '{{ define "x" }}\n{{ .image.tag }}{{ .context.Release.Name }}{{ .context.Values.z }}\n{{ end }}\n'


UNKNOWN = ["? .image.tag", "? .context.Release.Name", "? .context.Values.z"]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('{{ include "x" (dict "image" .Values.i "context" $) }}', ["i.tag", ".Release.Name", "z", "i"]),
        ('{{ template "x" (dict "image" .Values.i "context" .) }}', ["i.tag", ".Release.Name", "z", "i"]),
        ('{{ dict "image" .Values.i "context" $ | include "x" }}', ["i.tag", ".Release.Name", "z", "i"]),
        (
            '{{ include "x" . }}{{ include "x" . }}',
            UNKNOWN,
        ),
    ],
)
def test_what_is_passed_to_a_named_template_is_followed(call: str, found: list[str]) -> None:
    assert asked(DEFINE + call, 2, 1, Frame(NAME, 4)) == found


def test_of_several_calls_on_a_line_the_column_tells_which() -> None:
    line = '{{ include "x" .Values.a }} {{ include "x" .Values.b }}'
    text = '{{ define "x" }}{{ .c }}{{ end }}\n' + line

    assert asked(text, 1, None, Frame(NAME, 2, line.rindex("include") + 1)) == ["b.c", "a", "b"]


def test_a_block_is_read_with_what_it_is_given() -> None:
    text = '{{ block "x" .Values.a }}\n{{ .b }}\n{{ end }}'

    assert asked(text, 2, None, Frame(NAME, 1)) == ["a.b", "a"]


def test_a_line_that_is_not_there_reads_nothing() -> None:
    assert asked("{{ .Values.a }}", 9) == []
    assert read_by({}, [Frame(NAME, 1)]).values == {}


@given(st.text(alphabet='{}.$ab|() \n-:=Values"/*', max_size=60), st.integers(0, 5))
def test_whatever_a_template_says_there_is_an_answer(text: str, line: int) -> None:
    reads = read_by({NAME: text.encode()}, [Frame(NAME, line, 2), Frame(NAME, 1)])

    assert all(isinstance(one, Value | Told) for one in reads.values)
