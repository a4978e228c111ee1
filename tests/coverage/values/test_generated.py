"""A generated template reads a known set of keys, and exactly that set is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.generated import examples

NAMES = ["alpha", "beta", "gamma", "delta", "image", "name"]
SCALARS = st.one_of(
    st.sampled_from(["", "x", "some text", "8080", "true"]), st.integers(0, 9000), st.booleans(), st.none()
)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
VALUES = st.dictionaries(PATHS, SCALARS, min_size=1, max_size=12)

WAYS = [
    "{{{{ .Values.{dotted} }}}}",
    "{{{{ $.Values.{dotted} | quote }}}}",
    "{{{{ index .Values {quoted} }}}}",
    "{{{{ with .Values.{above} }}}}{{{{ .{last} }}}}{{{{ end }}}}",
    "{{{{ $v := .Values.{above} }}}}{{{{ get $v {last_quoted} }}}}",
    "{{{{ dig {quoted} nil .Values.AsMap }}}}",
    '{{{{ include "read" (dict "table" .Values.{above} "key" {last_quoted}) }}}}',
    '{{{{ include "read" (merge (dict "table" (deepCopy .Values.{above}) "key" {last_quoted}) dict) }}}}',
    '{{{{ tpl "{{{{ .Values.{dotted} }}}}" . }}}}',
    "{{{{ if .Values.{dotted} }}}}yes{{{{ else }}}}no{{{{ end }}}}",
    "{{{{ pluck {last_quoted} .Values.{above} | first }}}}",
    "{{{{ list .Values.{dotted} | toJson | sha256sum }}}}",
    "{{{{ .Values.{dotted} | toString | b64enc }}}}",
]
HELPER = '{{ define "read" }}{{ index .table .key }}{{ end }}'


def nested(flat: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """A tree of *flat*; where one path leads through another, the longer one goes."""
    tree: dict[str, Any] = {}
    for path in sorted(flat, key=len):
        table = tree
        for step in path[:-1]:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):
                break
        else:
            table.setdefault(path[-1], flat[path])
    return tree


def leaves(tree: dict[str, Any], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for name, value in tree.items():
        found |= leaves(value, (*above, name)) if isinstance(value, dict) else {(*above, name): value}
    return found


def written(path: tuple[str, ...], way: str) -> str:
    """A line of a template that reads *path*."""
    above = ".".join(path[:-1])
    return (
        way.format(
            dotted=".".join(path),
            quoted=" ".join(map(json.dumps, path)),
            above=above,
            last=path[-1],
            last_quoted=json.dumps(path[-1]),
        )
        .replace(".Values. ", ".Values ")
        .replace(".Values.)", ".Values)")
    )


@examples(60)
@given(flat=VALUES, data=st.data())
def test_exactly_the_keys_that_are_read_are_found(
    flat: dict[tuple[str, ...], Any], data: st.DataObject, status_of: Callable[..., dict[str, str]]
) -> None:
    tree = nested(flat)
    keys = leaves(tree)
    read = data.draw(st.lists(st.sampled_from(sorted(keys)), unique=True, max_size=6))
    ways = [data.draw(st.sampled_from(WAYS)) for _ in read]
    lines = [
        f"k{number}: {written(path, way)}" for number, (path, way) in enumerate(zip(read, ways, strict=True))
    ]
    files = {
        "values.yaml": json.dumps(tree),
        "templates/_h.tpl": HELPER,
        "templates/x.yaml": "\n".join(["fixed: 1", *lines]),
    }
    found = status_of(files)

    assert found == {".".join(path): "read" if path in read else "unread" for path in keys}


@examples(30)
@given(flat=VALUES, data=st.data())
def test_a_key_in_a_branch_that_never_runs_is_unreached_and_not_unread(
    flat: dict[tuple[str, ...], Any], data: st.DataObject, status_of: Callable[..., dict[str, str]]
) -> None:
    tree = nested(flat)
    keys = leaves(tree)
    path = data.draw(st.sampled_from(sorted(keys)))
    way = data.draw(st.sampled_from(WAYS))
    files = {
        "values.yaml": json.dumps(tree),
        "templates/_h.tpl": HELPER,
        "templates/x.yaml": f"x: 1\n{{{{ if false }}}}\nk: {written(path, way)}\n{{{{ end }}}}",
    }
    found = status_of(files)

    assert found[".".join(path)] == "unreached"
    assert {status for key, status in found.items() if key != ".".join(path)} <= {"unread"}
