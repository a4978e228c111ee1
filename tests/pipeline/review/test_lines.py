"""Of several lines that could be meant, one that the change under review touches comes first."""

from __future__ import annotations

import pytest

from chartkit.source_map.values.include_stack import Spans
from tests.pipeline.review.conftest import Clone

PARTIAL = '{{ define "lib.label" }}a label: wrong{{ end }}\n'
LABELLED = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: x
  labels:
    {{ include "lib.label" . }}
"""


@pytest.fixture
def labelled(clone: Clone) -> Clone:
    """The library prints a bad label, which ``web`` and ``api`` include."""
    clone.write("charts/lib/templates/_lib.tpl", PARTIAL)
    for name in ("web", "api"):
        clone.write(f"charts/{name}/templates/map.yaml", LABELLED)
    clone.commit()
    clone.git("branch", "-f", "main")
    return clone


def places(clone: Clone, *arguments: str) -> list[str]:
    return [f"{one['file']}:{one['line']}" for one in clone.report(*arguments)["findings"]]


def test_the_line_that_calls_comes_first_where_it_has_changed(labelled: Clone) -> None:
    changed = LABELLED.replace('"lib.label" . }}', '"lib.label" $ }}')
    labelled.write("charts/web/templates/map.yaml", changed)
    report = labelled.report()

    assert [(one["file"], one["line"]) for one in report["findings"]] == [
        ("charts/web/templates/map.yaml", 6)
    ]
    assert report["findings"][0]["includes"] == [{"file": "charts/lib/templates/_lib.tpl", "line": 1}]
    labelled.git("commit", "-qam", "the same, committed")
    assert places(labelled) == ["charts/web/templates/map.yaml:6"]


def test_the_line_that_is_called_comes_first_where_it_has_changed(labelled: Clone) -> None:
    labelled.write("charts/lib/templates/_lib.tpl", PARTIAL.replace("wrong", "bad"))

    assert places(labelled) == ["charts/lib/templates/_lib.tpl:1"] * 2


def test_a_file_that_is_new_is_changed_in_every_line(labelled: Clone) -> None:
    labelled.write("charts/web/templates/more.yaml", LABELLED.replace("name: x", "name: z"))
    labelled.append("charts/web/values.yaml", "a: 1\n")

    assert places(labelled) == ["charts/lib/templates/_lib.tpl:1", "charts/web/templates/more.yaml:6"]


def test_the_cache_knows_which_lines_have_changed_and_only_those_that_matter(labelled: Clone) -> None:
    labelled.run("check")
    labelled.write("chartkit.yaml", "{}\n")
    labelled.write("charts/web/templates/map.yaml", LABELLED + "# more\n")
    first, second = labelled.report(), labelled.report()
    found = {case["chart"]: case["cached"] for case in first["cases"]}

    assert found == {"db": True, "web": False, "api": True}
    assert all(case["cached"] for case in second["cases"])
    plain = labelled.run("check", "--format", "json")[1]
    assert '"cached": false' in plain  # the same files, with no lines that come first


def test_spans_are_lines() -> None:
    spans = Spans([("a", 1, 2), ("a", 9, 9), ("b", 1, 1 << 40)])

    assert ("a", 2) in spans
    assert ("a", 3) not in spans
    assert ("b", 10**9) in spans
    assert ("c", 1) not in spans
    assert not spans.__contains__("a")
    assert list(Spans([("a", 1, 2), ("b", 5, 5)])) == [("a", 1), ("a", 2), ("b", 5)]
    assert len(Spans([("a", 1, 2), ("b", 5, 5)])) == 3
