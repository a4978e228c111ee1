"""What is told of a finding whether scripts run or not."""

from __future__ import annotations

from dataclasses import replace

from chartkit.model.finding import Display, Snippet
from chartkit.model.place import ResourceId
from chartkit.model.report import Report
from tests.reports.conftest import FINDINGS
from tests.reports.html.conftest import Read, finding, read

LINE = Snippet("replicas: {{ .x }}", 3, 11, rendered=False)


def facts(page: Read) -> dict[str, str]:
    return dict(zip(page.words(".finding dt"), page.words(".finding dd"), strict=True))


def test_findings_stand_in_groups_of_their_files(page: Read) -> None:
    assert page.words(".group h3") == [
        *("charts/web/templates/web.yaml", "charts/web/values.yaml", "golden/web/default.yaml")
    ]
    assert page.words(".group > summary .n") == ["3", "1", "1"]


def test_what_is_meant_in_a_line_is_marked() -> None:
    page = read(Report((replace(finding(3), display=Display(snippet=LINE)),)))
    assert page.words(".shown mark") == ["{{ .x }}"]
    assert page.words(".shown .no") == ["3"]


def test_where_no_column_is_known_nothing_is_marked() -> None:
    placed = replace(finding(3), display=Display(snippet=replace(LINE, column=1)))
    page = read(Report((replace(placed, place=replace(placed.place, column=None)),)))
    assert not page.all("mark")
    assert page.words(".shown pre") == ["3 replicas: {{ .x }}"]
    assert page.words(".where") == ["charts/web/templates/web.yaml:3"]


def test_how_a_line_came_to_be_is_told_step_by_step() -> None:
    page = read(Report(FINDINGS[:1]))
    assert page.words(".step") == [
        "included at charts/partials/templates/_labels.tpl:12",
        "included at charts/linkerd-viz/templates/web.yaml:30",
    ]
    assert '{{- define "partials.labels" -}}' in page.words(".shown pre")


def test_a_message_of_several_lines_keeps_them() -> None:
    page = read(Report((finding(1, message="no\n  - a\n  - b"),)))
    assert page.words(".msg") == ["no"]
    assert page.one("pre.rest").text_content().split("\n")[:2] == ["  - a", "  - b"]


def test_facts_are_those_that_there_are() -> None:
    assert list(facts(read(Report((finding(1, cases=()),))))) == ["path", "chart", "rule", "more"]
    told = facts(read(Report((replace(
        finding(1, suppressed="it is meant"),
        resource=ResourceId("v1", "Pod", "shop", "a"),
        rendered_line=7,
        display=Display(line_unknown="it takes too long", value="x set on the command line"),

    ),))))  # fmt: skip
    assert told["object"] == "Pod/a in namespace shop, line 7 of the render"
    assert told["line"] == "it takes too long"
    assert told["value"] == "x set on the command line"
    assert told["suppressed"] == "it is meant"


def test_the_line_of_the_render_is_told_without_an_object() -> None:
    assert facts(read(Report((replace(finding(1), rendered_line=7),))))["render"] == "line 7 of the render"
