"""Excerpts are cut to what a person reads."""

from __future__ import annotations

from chartkit.model.evidence import around


def test_a_line_that_is_not_there_has_no_excerpt() -> None:
    assert around(["a"], "x", 2) is None
    assert around(["a"], "x", 0) is None


def test_a_long_line_is_shown_around_its_column() -> None:
    text = "a" * 1000 + "b" + "c" * 1000
    found = around([text], "x", 1, 1001)

    assert found is not None
    assert found.column is not None
    assert found.lines[0][found.column - 1] == "b"
    assert len(found.lines[0]) < 500
    assert found.lines[0].startswith("…a")
