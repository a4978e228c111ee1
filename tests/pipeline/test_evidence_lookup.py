"""Objects and lines of findings that are not quite where they are said to be."""

from __future__ import annotations

import pathlib

import pytest

from chartkit.model.finding import Display, Finding, Severity, Snippet
from chartkit.model.place import Place, ResourceId
from chartkit.pipeline.evidence import Files, RenderedObjects

RENDER = """\
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: one
data: {a/b: [x]}
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: two
"""


def finding(
    name: str = "", path: str = "", line: int | None = None, column: int | None = None, *places: Place
) -> Finding:
    resource = ResourceId("v1", "ConfigMap", "", name) if name else None
    shown = Snippet("", line, column, rendered=True) if line and column else None
    first, *includes = places or (Place("web/templates/a.yaml"),)
    return Finding(
        "field-invalid",
        Severity.ERROR,
        "",
        "web",
        first,
        includes=tuple(includes),
        resource=resource,
        path=path,
        rendered_line=line,
        display=Display(snippet=shown),
    )


@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize(
    ("asked", "line", "column", "first"),
    [
        (finding("one", "/metadata/name", 6, 9), 6, 9, 2),
        (finding("one", "/metadata/name", 6), 6, 9, 2),  # the column is looked up
        (finding("one", "/data/a~1b/0", 7), 7, 14, 2),
        (finding("one", "/data", 6), 6, None, 2),  # it is elsewhere: not known
        (finding("two", "/metadata/name", 6), 13, 9, 9),  # the line is another object's
        (finding("two", "/metadata/labels/x/0"), 12, 1, 9),
        (finding("", "", 4, 1), 4, 1, 2),  # a document that is no object
    ],
)
def test_the_object_is_found_where_it_is(
    asked: Finding, line: int, column: int | None, first: int, *, certain: bool
) -> None:
    found = RenderedObjects(RENDER).excerpt(asked, certain=certain)

    assert found is not None
    assert (found.line, found.column, found.first) == (line, column, first)


def test_an_object_is_looked_for_where_its_line_is_of_another_render() -> None:
    found = RenderedObjects(RENDER).excerpt(finding("two", "/metadata/name", 6, 9), certain=False)

    assert found is not None
    assert (found.line, found.column, found.first) == (13, 9, 9)


@pytest.mark.parametrize("asked", [finding("gone"), finding("", "", 99), finding()])
@pytest.mark.parametrize("text", [RENDER, ""])
def test_what_is_not_there_is_not_shown(asked: Finding, text: str) -> None:
    assert RenderedObjects(text).excerpt(asked, certain=False) is None


def test_files_are_read_within_the_working_tree_and_of_the_chart_only(tmp_path: pathlib.Path) -> None:
    inside, outside = tmp_path / "tree", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text("secret\n")
    (inside / "link.yaml").symlink_to(outside)
    (inside / "near.yaml").write_text("near\n")
    names = ("near.yaml", "../secret.yaml", "link.yaml", "gone.yaml")
    asked = finding("", "", None, None, *(Place(name, 1) for name in names))

    assert [(each.file, each.lines) for each in Files(inside).sources(asked)] == [("near.yaml", ("near", ""))]
    allowed = frozenset({"../secret.yaml"})
    assert [each.file for each in Files(inside).sources(asked, allowed)] == ["near.yaml", "../secret.yaml"]
