"""A document that is no readable object is shown by its line of the render."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit import manifests, rulebook
from chartkit.judging.findings import Writer, nothing
from chartkit.model import Failure, Hit, Place, Snippet, Unreadable

LINES = ["---", "# Source: web/templates/x.yaml", "a: [", ""]


@pytest.mark.parametrize(
    ("line", "snippet"), [(3, Snippet("a: [", 3, 4, rendered=True)), (4, None), (9, None), (0, None)]
)
def test_the_line_is_shown_where_it_holds_anything(line: int, snippet: Snippet | None) -> None:
    writer = Writer(nothing("web", "web"), rulebook.known(()))
    document = Unreadable("yaml-unreadable", "web/templates/x.yaml", line, "is not YAML", 4)
    (finding,) = writer.unreadable(document, LINES)
    assert (finding.rendered_line, finding.snippet) == (line, snippet)
    (finding,) = writer.unreadable(document)
    assert finding.snippet is None


def test_rules_that_are_off_say_nothing() -> None:
    document = Unreadable("yaml-unreadable", "web/templates/x.yaml", 3, "is not YAML")
    assert list(Writer(nothing("web", "web"), {}).unreadable(document, LINES)) == []


def test_a_line_inside_an_archive_is_no_line_of_the_archive() -> None:
    name = "web/charts/sub/templates/x.yaml"
    origins = {"web/charts/sub/Chart.yaml": "web/charts/sub-1.tgz", name: "web/charts/sub-1.tgz"}
    chart = dataclasses.replace(
        nothing("web", "web"), files=dict.fromkeys(origins, b"a\nb\n"), origins=origins
    )
    failure = Failure("template", "wrong", "wrong", name, 2, 1, includes=((name, 1),))
    (finding,) = Writer(chart, rulebook.known(())).failure(failure)
    assert (finding.place, finding.snippet) == (Place("web/charts/sub-1.tgz"), None)
    assert finding.includes == (Place("web/charts/sub-1.tgz"),)
    assert finding.message == f"wrong (in {name}, line 2)"


@pytest.mark.parametrize(("origin", "line"), [("web/crds/x.yaml", 2), ("web-1.0.0.tgz", None)])
def test_an_object_of_a_crds_folder_has_its_line_unless_it_is_packed(origin: str, line: int | None) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    chart = dataclasses.replace(
        nothing("web", "web"), files={"web/crds/x.yaml": text.encode()}, origins={"web/crds/x.yaml": origin}
    )
    (manifest,), _ = manifests.read(f"---\n# Source: web/crds/x.yaml\n{text}")
    finding = Writer(chart, rulebook.known(())).finding(Hit(("kind",), "x", rule="field-invalid"), manifest)
    assert (finding.place.file, finding.place.line, finding.rendered_line) == (origin, line, 4)
