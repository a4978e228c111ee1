"""Which loops go round at least once, whatever the values are."""

from __future__ import annotations

import pytest

from chartkit.coverage.outline import never_empty
from chartkit.syntax.gotemplate import nodes


def certain(source: str) -> list[str]:
    """The loops of *source* that are sure to go round, as they are written."""
    return [source[at : source.index("}}", at) + 2] for at in never_empty(source, nodes.parse(source))]


SURE = [
    "{{ with .x }}{{ range . }}{{ end }}{{ end }}",
    "{{- with .x }}\nhosts:\n{{- range $i, $one := . }}{{ end }}{{ end }}",
    "{{ with $v := .x }}{{ if .y }}{{ range . }}{{ end }}{{ end }}{{ end }}",
    "{{ with .x }}{{ if .y }}{{ else }}{{ range (.) }}{{ end }}{{ end }}{{ end }}",
    '{{ with include "p" . | fromYaml }}{{ range . }}{{ end }}{{ end }}',
    "{{ if .x.y }}{{ range .x.y }}{{ end }}{{ end }}",
    "{{ if .a }}{{ else if .x }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if and .a .x }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if (and .a (and .b .x)) }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if $.x }}{{ with .y }}{{ range $.x }}{{ end }}{{ end }}{{ end }}",
    "{{ with $.x }}{{ range $.x }}{{ end }}{{ end }}",
    '{{ define "p" }}{{ with .x }}{{ range . }}{{ end }}{{ end }}{{ end }}',
    '{{ block "p" . }}{{ with .x }}{{ range . }}{{ end }}{{ end }}{{ end }}',
]


@pytest.mark.parametrize("source", SURE)
def test_what_was_just_found_not_to_be_empty_has_a_round(source: str) -> None:
    assert len(certain(source)) == 1


NOT_SURE = [
    "{{ range . }}{{ end }}",
    "{{ range .x }}{{ end }}",
    "{{ with .x }}{{ else }}{{ range . }}{{ end }}{{ end }}",
    "{{ with .x }}{{ range .y }}{{ end }}{{ end }}",
    "{{ with .x }}{{ range .x }}{{ end }}{{ end }}",
    "{{ with .x }}{{ range .y }}{{ range . }}{{ end }}{{ end }}{{ end }}",
    "{{ with .x }}{{ range . | rest }}{{ end }}{{ end }}",
    "{{ with .x }}{{ range rest . }}{{ end }}{{ end }}",
    '{{ with .x }}{{ $_ := unset . "a" }}{{ range . }}{{ end }}{{ end }}',
    '{{ with .x }}{{ include "p" . }}{{ range . }}{{ end }}{{ end }}',
    '{{ with .x }}{{ block "p" . }}{{ range . }}{{ end }}{{ end }}{{ end }}',
    "{{ if .x }}{{ else }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if or .a .x }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if not .x }}{{ range .x }}{{ end }}{{ end }}",
    "{{ if .x }}{{ with .y }}{{ range .x }}{{ end }}{{ end }}{{ end }}",
    "{{ if $v }}{{ $v = list }}{{ range $v }}{{ end }}{{ end }}",
    "{{ if and $v .x }}{{ range list .y }}{{ end }}{{ end }}",
    "{{ if and $v .x }}{{ range $v }}{{ end }}{{ end }}",
    "{{ with $v }}{{ range $v }}{{ end }}{{ end }}",
    "{{ if .x }}{{ end }}{{ range .x }}{{ end }}",
    "{{ with .x }}{{ with .y }}{{ end }}{{ end }}",
    "{{ if .x }}{{ range (.x).y }}{{ end }}{{ end }}",
]


@pytest.mark.parametrize("source", NOT_SURE)
def test_of_all_else_it_is_not_certain(source: str) -> None:
    assert certain(source) == []
