"""Which lines of a template hold something, and which ways on from a decision nothing can lead to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chartkit.coverage.outline import outline
from chartkit.source_map.markers import Block

BlocksOf = Callable[[str], list[Block]]


def held(source: str, blocks_of: BlocksOf) -> list[str]:
    """Each line that holds something, with the kinds of the blocks that do it."""
    blocks = blocks_of(source)
    found = outline(source, blocks).holding
    return [f"{line} {' '.join(blocks[each].kind for each in numbers)}" for line, numbers in found.items()]


def ways(source: str, blocks_of: BlocksOf) -> list[str]:
    blocks = blocks_of(source)
    impossible = outline(source, blocks).impossible
    return [block.kind for number, block in enumerate(blocks) if number not in impossible]


def test_a_line_belongs_to_what_runs_it(blocks_of: BlocksOf) -> None:
    source = (
        "a: 1\n"
        "{{- if .Values.x }}\n"
        "b: 2\n"
        "\n"
        "{{- else if .Values.y }} c\n"
        "{{- else }}\n"
        "{{/* nothing */}}\n"
        "{{- end }}\n"
        '{{- define "x" }}\n'
        "{{ template\n"
        '   "y" }}\n'
        "{{- end }}\n"
        '{{ block "z" . }}\n'
        "d {{ break_ }}\n"
        "{{ end }}\n"
    ).replace("{{ break_ }}", "")

    assert held(source, blocks_of) == [
        "1 file",
        "2 file",
        "3 if",
        "5 file else if",
        "10 define",
        "11 define",
        "13 file",
        "14 define",
    ]


def test_a_template_that_cannot_be_read_has_no_lines() -> None:
    assert outline("{{ if }}", ()).holding == {}


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("{{ range .Values.x }}{{ end }}", ["else", "one", "many"]),
        ("{{ range .Values.x }}{{ else }}{{ end }}", ["else", "one", "many"]),
        ('{{ range list "a" "b" }}{{ end }}', []),
        ("{{ with .Values.x }}{{ range . }}{{ end }}{{ end }}", ["with", "one", "many", "else"]),
        (
            "{{ if .Values.x }}{{ range .Values.x }}{{ else }}{{ end }}{{ end }}",
            ["if", "one", "many", "else"],
        ),
        ('{{ range (list "a") }}{{ end }}', []),
        ('{{ range (dict "a" 1 "b" 2 "a" 3) }}{{ end }}', []),
        ('{{ range dict .Values.x 1 "b" 2 }}{{ end }}', ["else", "one", "many"]),
        ("{{ range until 3 }}{{ end }}", []),
        ("{{ range until 0 }}{{ end }}", []),
        ("{{ range until (int .Values.x) }}{{ end }}", ["else", "one", "many"]),
        ('{{ range list "a" | concat .Values.x }}{{ end }}', ["else", "one", "many"]),
        ('{{ with dict "a" 1 }}{{ end }}', []),
        ("{{ with (list .Values.x) }}{{ end }}", []),
        ("{{ with (list).x }}{{ end }}", ["with", "else"]),
        ("{{ with dict }}{{ end }}", ["with", "else"]),
        ("{{ if .Values.x }}{{ else if .Values.y }}{{ end }}", ["if", "else if", "else"]),
        ("{{ default 1 .Values.x }}", ["default given", "default empty"]),
    ],
)
def test_what_is_written_there_decides_nothing(source: str, left: list[str], blocks_of: BlocksOf) -> None:
    assert ways(source, blocks_of) == left
