"""Of the lines that made a piece of a render, the one to show is the innermost that a person edits."""

from __future__ import annotations

from chartkit.model.case import Chart
from chartkit.model.place import Place
from chartkit.source_map.traced_text import Frame, Origin, Precision
from chartkit.source_map.values.locate import editable_line

ORIGINS = {
    "web/templates/a.yaml": "web/templates/a.yaml",
    "web/templates/_b.tpl": "web/templates/_b.tpl",
    "web/charts/lib/templates/_c.tpl": "web/charts/lib-1.0.0.tgz",
}
CHART = Chart("web", "web", "1.0.0", "", "v2", "", "", (), {}, ORIGINS, "")
TEMPLATE = Frame("web/templates/a.yaml", 3, 5, "b")
PARTIAL = Frame("web/templates/_b.tpl", 2, 1, "c")


def origin(file: str, *calls: Frame) -> Origin:
    return Origin(file, 7, 9, Precision.TEXT, calls)


def test_the_innermost_line_comes_first() -> None:
    assert editable_line(CHART, origin("web/templates/_b.tpl", TEMPLATE)) == (
        Place("web/templates/_b.tpl", 7, 9),
        (Place("web/templates/a.yaml", 3, 5),),
    )


def test_of_what_is_packed_the_caller_comes_first() -> None:
    assert editable_line(CHART, origin("web/charts/lib/templates/_c.tpl", PARTIAL, TEMPLATE)) == (
        Place("web/templates/_b.tpl", 2, 1),
        (Place("web/charts/lib-1.0.0.tgz"), Place("web/templates/a.yaml", 3, 5)),
    )


def test_where_all_is_packed_the_archive_is_named() -> None:
    alone = origin("web/charts/lib/templates/_c.tpl", Frame("web/charts/lib/templates/_c.tpl", 1, 1, "x"))
    assert editable_line(CHART, alone) == (Place("web/charts/lib-1.0.0.tgz"), ())


def test_what_calls_itself_is_named_once() -> None:
    assert editable_line(CHART, origin("web/templates/_b.tpl", PARTIAL, PARTIAL, TEMPLATE))[1] == (
        Place("web/templates/_b.tpl", 2, 1),
        Place("web/templates/a.yaml", 3, 5),
    )


def test_a_file_that_is_not_there_is_the_chart() -> None:
    assert CHART.line("web/templates/none.yaml", 1) == Place("web", 1)
