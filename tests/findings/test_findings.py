"""A document that is no readable object is shown by its line of the render."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit.findings.writer import FindingWriter, placeholder_chart
from chartkit.helm import manifests
from chartkit.model.errors import Problem
from chartkit.model.finding import Finding, Severity, Snippet, number_occurrences
from chartkit.model.place import Place, ResourceId
from chartkit.model.render import Failure, Hit, Unreadable
from chartkit.rules import catalogue

LINES = ["---", "# Source: web/templates/x.yaml", "a: [", ""]


@pytest.mark.parametrize(
    ("line", "snippet"), [(3, Snippet("a: [", 3, 4, rendered=True)), (4, None), (9, None), (0, None)]
)
def test_the_line_is_shown_where_it_holds_anything(line: int, snippet: Snippet | None) -> None:
    writer = FindingWriter(placeholder_chart("web", "web"), catalogue.known(()))
    place = Place("web/templates/x.yaml", line, 4)
    document = Unreadable("yaml-unreadable", Problem(place, "is not YAML"))
    (finding,) = writer.unreadable(document, LINES)
    assert (finding.rendered_line, finding.display.snippet) == (line, snippet)
    (finding,) = writer.unreadable(document)
    assert finding.display.snippet is None


def test_rules_that_are_off_say_nothing() -> None:
    document = Unreadable("yaml-unreadable", Problem(Place("web/templates/x.yaml", 3, 1), "is not YAML"))
    assert list(FindingWriter(placeholder_chart("web", "web"), {}).unreadable(document, LINES)) == []


def test_a_line_inside_an_archive_is_no_line_of_the_archive() -> None:
    name = "web/charts/sub/templates/x.yaml"
    origins = {"web/charts/sub/Chart.yaml": "web/charts/sub-1.tgz", name: "web/charts/sub-1.tgz"}
    chart = dataclasses.replace(
        placeholder_chart("web", "web"), files=dict.fromkeys(origins, b"a\nb\n"), origins=origins
    )
    failure = Failure("template", "wrong", "wrong", name, 2, 1, includes=((name, 1),))
    (finding,) = FindingWriter(chart, catalogue.known(())).failure(failure)
    assert (finding.place, finding.display.snippet) == (Place("web/charts/sub-1.tgz"), None)
    assert finding.includes == (Place("web/charts/sub-1.tgz"),)
    assert finding.message == f"wrong (in {name}, line 2)"


@pytest.mark.parametrize(("origin", "line"), [("web/crds/x.yaml", 2), ("web-1.0.0.tgz", None)])
def test_an_object_of_a_crds_folder_has_its_line_unless_it_is_packed(origin: str, line: int | None) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    chart = dataclasses.replace(
        placeholder_chart("web", "web"),
        files={"web/crds/x.yaml": text.encode()},
        origins={"web/crds/x.yaml": origin},
    )
    (manifest,), _ = manifests.read(f"---\n# Source: web/crds/x.yaml\n{text}")
    finding = FindingWriter(chart, catalogue.known(())).finding(
        Hit(("kind",), "x", rule="field-invalid"), manifest
    )
    assert (finding.place.file, finding.place.line, finding.rendered_line) == (origin, line, 4)


FAULT = Finding(
    "x", Severity.ERROR, "m", "web", Place("a.yaml", 9), resource=ResourceId("v1", "Pod", "", "a"), path="/x"
)


def moved(*lines: int) -> list[Finding]:
    return [dataclasses.replace(FAULT, place=Place("a.yaml", line)) for line in lines]


def test_findings_of_one_fault_are_told_apart_in_the_order_of_lines() -> None:
    found = number_occurrences(moved(30, 3, 12))
    assert [(each.place.line, each.occurrence) for each in found] == [(3, 0), (12, 1), (30, 2)]
    assert len({each.fingerprint for each in found}) == 3


def test_the_first_of_a_fault_is_called_as_if_it_were_alone() -> None:
    (alone,) = number_occurrences(moved(3))
    assert number_occurrences(moved(30, 3))[0].fingerprint == alone.fingerprint == "7fc3f840d8f4541a"


def test_fingerprints_stay_when_lines_move() -> None:
    before, after = number_occurrences(moved(3, 12)), number_occurrences(moved(8, 17))
    assert [each.fingerprint for each in before] == [each.fingerprint for each in after]


def test_other_faults_do_not_count() -> None:
    other = dataclasses.replace(FAULT, path="/y", place=Place("a.yaml", 1))
    assert [each.occurrence for each in number_occurrences([other, *moved(3)])] == [0, 0]
