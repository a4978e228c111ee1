"""What a worker gathers, asked for things that are not quite where they are said to be."""

from __future__ import annotations

import pathlib
import pickle

import pytest

from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.evidence import Evidence
from chartkit.model.place import Place, ResourceId
from chartkit.pipeline import evidence_worker, excerpts
from chartkit.pipeline.records import Asked, Rendered, Settings
from chartkit.system.cache import Store

TEMPLATE = "web/templates/a.yaml"
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


def config_map(name: str) -> ResourceId:
    return ResourceId("v1", "ConfigMap", "", name)


def gathered(folder: pathlib.Path, asked: Asked, text: str = RENDER) -> Evidence:
    files = {TEMPLATE: b"{{ .Values.a }}\n", "web/notes.txt": b"x"}
    chart = Chart("web", "web", "1", "", "v2", "", "", (), files, {name: name for name in files}, "")
    (folder / "chart").write_bytes(pickle.dumps(chart))
    store = Store(folder / "store")
    settings = Settings("embedded", None, False, (), (), "", str(store.root))
    rendered = Rendered(store.put_text(text) if text else "", True, False)
    case = Case("web", "web", Scenario("one"), "1.34.0")
    return evidence_worker.gather(
        settings, str(folder / "chart"), case, rendered, str(folder), (asked,)
    ).evidence[0]


@pytest.mark.parametrize(
    ("asked", "line", "column", "first"),
    [
        (Asked((), (), config_map("one"), "/metadata/name", 6, 9), 6, 9, 2),
        (Asked((), (), config_map("one"), "/metadata/name", 6), 6, 9, 2),  # the column is looked up
        (Asked((), (), config_map("one"), "/data/a~1b/0", 7), 7, 14, 2),
        (Asked((), (), config_map("one"), "/data", 6), 6, None, 2),  # it is elsewhere: not known
        (Asked((), (), config_map("two"), "/metadata/name", 6), 13, 9, 9),  # the line is another object's
        (Asked((), (), config_map("two"), "/metadata/labels/x/0"), 12, 1, 9),
        (Asked((), (), None, "", 4, 1), 4, 1, 2),  # a document that is no object
    ],
)
def test_the_object_is_found_where_it_is(
    tmp_path: pathlib.Path, asked: Asked, line: int, column: int | None, first: int
) -> None:
    found = gathered(tmp_path, asked).rendered

    assert found is not None
    assert (found.line, found.column, found.first) == (line, column, first)


@pytest.mark.parametrize(
    ("asked", "text", "unknown"),
    [
        (
            Asked((), (), config_map("gone")),
            RENDER,
            ("the rendered object: it is not in this case's render",),
        ),
        (Asked((), (), None, "", 99), RENDER, ("the rendered object: it is not in this case's render",)),
        (
            Asked((), (), config_map("one")),
            "",
            ("the rendered object: Helm refuses the case, so nothing is rendered",),
        ),
        (Asked((), (), unplaced="it is not traced"), RENDER, ("the line of the template: it is not traced",)),
        (Asked((), ()), "", ()),
    ],
)
def test_what_is_not_there_is_said(
    tmp_path: pathlib.Path, asked: Asked, text: str, unknown: tuple[str, ...]
) -> None:
    found = gathered(tmp_path, asked, text)

    assert found.rendered is None
    assert found.unknown == unknown


def test_files_are_read_within_the_working_tree_only(tmp_path: pathlib.Path) -> None:
    inside, outside = tmp_path / "tree", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text("secret\n")
    (inside / "link.yaml").symlink_to(outside)
    (inside / "near.yaml").write_text("near\n")
    asked = Asked(
        (Place("near.yaml", 1), Place("../secret.yaml", 1), Place("link.yaml", 1), Place("gone.yaml", 1))
    )

    assert [(each.file, each.lines) for each in gathered(inside, asked).sources] == [
        ("near.yaml", ("near", ""))
    ]


def test_what_is_no_template_reads_nothing(tmp_path: pathlib.Path) -> None:
    place = Place("web/notes.txt", 1)
    found = gathered(tmp_path, Asked((place,), (place,)))

    assert (len(found.sources), found.values) == (1, ())


def test_a_line_that_is_not_there_has_no_excerpt() -> None:
    assert excerpts.around(["a"], "x", 2) is None
    assert excerpts.around(["a"], "x", 0) is None


def test_a_long_line_is_shown_around_its_column() -> None:
    text = "a" * 1000 + "b" + "c" * 1000
    found = excerpts.around([text], "x", 1, 1001)

    assert found is not None
    assert found.column is not None
    assert found.lines[0][found.column - 1] == "b"
    assert len(found.lines[0]) < 500
    assert found.lines[0].startswith("…a")
    assert excerpts.beginning(pathlib.Path("\0")) == ""
