"""Comments that say why a branch is not expected to be taken."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chartkit.coverage.exclusions import Exclusions, exclusions
from chartkit.source_map.markers import Block

BlocksOf = Callable[[str], list[Block]]


def found(source: str, blocks_of: BlocksOf) -> Exclusions:
    blocks = blocks_of(source)
    ways = {
        number: block.kind.rpartition(" ")[2] if block.is_operand else block.kind
        for number, block in enumerate(blocks)
        if block.kind not in {"file", "define", "range"}
    }
    return exclusions(source, blocks, ways)


def reasons(source: str, blocks_of: BlocksOf) -> dict[str, str]:
    blocks = blocks_of(source)
    return {
        f"{blocks[number].kind} {blocks[number].line}": why
        for number, why in found(source, blocks_of).reasons.items()
    }


def test_a_comment_excuses_the_branch_that_holds_it_and_all_within(blocks_of: BlocksOf) -> None:
    source = (
        "{{ if .Values.a }}\n"
        "{{- /* chartkit:uncovered only on a cluster */}}\n"
        "{{ with .Values.b }}1{{ end }}\n"
        "{{ else }}2{{ end }}\n"
    )

    assert reasons(source, blocks_of) == {
        "if 1": "only on a cluster",
        "with 3": "only on a cluster",
        "else 3": "only on a cluster",
    }


def test_a_comment_that_names_ways_excuses_those_of_the_next_decision(blocks_of: BlocksOf) -> None:
    source = (
        "{{ if .Values.z }}1{{ end }}\n"
        "{{- /* chartkit:uncovered(else): the schema wants it */}}\n"
        "\n"
        "{{ with .Values.a }}1{{ end }}\n"
        "{{ with .Values.b }}1{{ end }}\n"
        "{{ range .Values.c }}1{{ end }}{{/* chartkit:uncovered(one, many) never */}}\n"
        '{{ default "x" .Values.d }}{{- /* chartkit:uncovered(empty) never */}}\n'
    )

    assert reasons(source, blocks_of) == {
        "else 4": "the schema wants it",
        "one 6": "never",
        "many 6": "never",
        "default empty 7": "never",
    }


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("chartkit:uncovered", "it gives no reason, so it does nothing"),
        ("chartkit:uncovered(else):", "it gives no reason, so it does nothing"),
        ("chartkit:uncovered(never) x", "there is no way called 'never'; there are if, else if, "),
        ("chartkit:uncovered(many) x", "there is nothing here that it could stand for"),
    ],
)
def test_a_comment_that_says_nothing_is_told(comment: str, why: str, blocks_of: BlocksOf) -> None:
    source = f"a: 1\n{{{{/* {comment} */}}}}{{{{ if .Values.x }}}}{{{{ end }}}}\n"
    ((line, said),) = found(source, blocks_of).wrong

    assert line == 2
    assert said.startswith(why)


def test_other_comments_excuse_nothing(blocks_of: BlocksOf) -> None:
    assert found("{{/* chartkit:ignore x y */}}{{ if .Values.x }}1{{ end }}", blocks_of) == Exclusions()
