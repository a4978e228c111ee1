"""A values coverage as text and as data."""

from __future__ import annotations

import dataclasses
import json

import pytest

from chartkit.coverage.values import Entry, Status, ValuesCoverage, as_json, text_lines
from chartkit.model.place import Place


def entry(path: str, line: int, status: Status, evidence: str = "why", *varied: str) -> Entry:
    sites = (Place("t.yaml", 7), Place("values")) if status is Status.UNDECLARED else ()
    return Entry(tuple(path.split(".")), Place("values.yaml", line, 1), status, evidence, sites, 2, varied)


COVERAGE = ValuesCoverage(
    "web",
    "charts/web",
    (
        entry("a", 1, Status.READ, "changes x", "ha"),
        entry("b.c", 3, Status.READ, "changes x"),
        entry("b.d", 4, Status.UNREAD, "no template reads it"),
        entry("e.f", 6, Status.UNREAD, "no template reads it"),
        entry("e.g.h", 8, Status.UNREAD, "no template reads it"),
        Entry(("i",), None, Status.UNDECLARED, "changes y", (Place("t.yaml", 7), Place("values")), 2),
    ),
    ("default", "ha"),
    ("something was not done",),
    12,
)


def test_text_groups_keys_and_joins_tables_of_which_the_same_is_true() -> None:
    assert list(text_lines(COVERAGE)) == [
        "charts/web: 5 keys, 2 read over 2 scenarios",
        "  note: something was not done",
        "",
        "  no template reads (3):",
        "    values.yaml",
        "       4  b.d",
        "       6  e (all 2 keys below)",
        "            no template reads it",
        "",
        "  templates read, and the values file does not declare (1):",
        "    not even a comment names",
        "          i",
        "            changes y; named in t.yaml:7, values",
        "",
        "  read, and no scenario varies (1):",
        "    values.yaml",
        "       3  b.c",
    ]


@pytest.mark.parametrize("width", [48, 80])
def test_no_line_is_longer_than_the_terminal_is_wide(width: int) -> None:
    sites = tuple(Place(f"charts/web/templates/a-template-of-number-{number}.yaml", 7) for number in range(5))
    path = tuple(f"something{number}" for number in range(9))
    odd = Entry(path, Place("values.yaml", 1234, 1), Status.UNREAD, "why it is " + "so " * 40, sites, 5)
    coverage = dataclasses.replace(COVERAGE, entries=(odd,), notes=("this " * 30,))
    lines = list(text_lines(coverage, width))

    assert max(map(len, lines)) <= width
    text = "".join(line.strip() for line in lines)
    assert text.count("a-template-of-number") == 3
    assert text.endswith("and 2 more")
    assert "values.yaml1234  something0.something1" in text


def test_nothing_of_a_chart_moves_the_cursor() -> None:
    odd = Entry(("a\x1b[2J\n",), Place("values\x1b.yaml", 1, 1), Status.UNREAD, "why\x07")

    assert not any(
        char < " " for line in text_lines(dataclasses.replace(COVERAGE, entries=(odd,))) for char in line
    )


def test_a_chart_without_values_has_one_line() -> None:
    assert list(text_lines(ValuesCoverage("web", "web", (), ("default",)))) == [
        "web: 0 keys, 0 read over 1 scenario"
    ]


def test_json_has_every_key() -> None:
    report = as_json(COVERAGE)

    assert json.loads(json.dumps(report)) == report
    assert report["summary"] == {
        "read": 2,
        "unread": 3,
        "unreached": 0,
        "idle": 0,
        "dumped": 0,
        "anchor": 0,
        "undeclared": 1,
        "undetermined": 0,
        "unvaried": 1,
    }
    assert report["keys"][0] == {
        "key": "a",
        "path": ["a"],
        "file": "values.yaml",
        "line": 1,
        "column": 1,
        "status": "read",
        "evidence": "changes x",
        "sites": [],
        "mentions": 2,
        "varied_by": ["ha"],
    }
    assert report["keys"][-1]["file"] is None
    assert report["keys"][-1]["sites"] == [{"file": "t.yaml", "line": 7}, {"file": "values", "line": None}]
