"""An entry is added where its mapping ends, and every other letter stays."""

from __future__ import annotations

import difflib
import pathlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.syntax.yaml import edits
from chartkit.syntax.yaml.yaml_file import loads

ROOT = pathlib.Path(__file__).parents[3]
PATH = ("charts", "web", "scenarios", "new")
SCENARIO = {"values": {"a": True}}

FILES = {
    "nothing": ("", "charts:\n  web:\n    scenarios:\n      new:\n        values: {a: true}\n"),
    "a comment alone": (
        "# what\n",
        "# what\ncharts:\n  web:\n    scenarios:\n      new:\n        values: {a: true}\n",
    ),
    "other keys": (
        "extends: [linkerd]  # all\ngolden: golden\n",
        (
            "extends: [linkerd]  # all\ngolden: golden\n"
            "charts:\n  web:\n    scenarios:\n      new:\n        values: {a: true}\n"
        ),
    ),
    "scenarios in the middle": (
        (
            "charts:\n  web:\n    scenarios:\n      # one\n      default: {}  # plain\n"
            "  # the other\n  api: {}\ngolden: g\n"
        ),
        (
            "charts:\n  web:\n    scenarios:\n      # one\n      default: {}  # plain\n"
            "      new:\n        values: {a: true}\n  # the other\n  api: {}\ngolden: g\n"
        ),
    ),
    "no scenarios yet": (
        "charts:\n    web:\n        release: web\nrules: {}\n",
        (
            "charts:\n    web:\n        release: web\n"
            "        scenarios:\n            new:\n                values: {a: true}\nrules: {}\n"
        ),
    ),
    "an empty mapping": (
        "charts: {}  # none\n",
        "charts:     # none\n  web:\n    scenarios:\n      new:\n        values: {a: true}\n",
    ),
    "a key without a value": (
        "charts:\n  web:\n    scenarios:\n",
        "charts:\n  web:\n    scenarios:\n      new:\n        values: {a: true}\n",
    ),
    "mappings in braces": (
        "charts: {web: {scenarios: {default: {}}}}\n",
        "charts: {web: {scenarios: {default: {}, new: {values: {a: true}}}}}\n",
    ),
    "an empty mapping in braces": (
        "charts: {web: {scenarios: {}}}\n",
        "charts: {web: {scenarios: {new: {values: {a: true}}}}}\n",
    ),
    "no end of line": (
        "charts:\n  web:\n    scenarios:\n      default: {}",
        "charts:\n  web:\n    scenarios:\n      default: {}\n      new:\n        values: {a: true}\n",
    ),
    "lines that end as on Windows": (
        "charts:\r\n  web:\r\n    scenarios:\r\n      default: {}\r\ngolden: g\r\n",
        (
            "charts:\r\n  web:\r\n    scenarios:\r\n      default: {}\r\n"
            "      new:\r\n        values: {a: true}\r\ngolden: g\r\n"
        ),
    ),
    "a block of text last": (
        (
            "charts:\n  web:\n    scenarios:\n      old:\n        fails: |\n"
            "          some\n          words\n\nx: 1\n"
        ),
        (
            "charts:\n  web:\n    scenarios:\n      old:\n        fails: |\n          some\n          words\n"
            "\n      new:\n        values: {a: true}\nx: 1\n"
        ),
    ),
    "an alias last": (
        "a: &a {x: 1}\ncharts:\n  web:\n    scenarios:\n      old: *a\nb: 1\n",
        (
            "a: &a {x: 1}\ncharts:\n  web:\n    scenarios:\n      old: *a\n"
            "      new:\n        values: {a: true}\nb: 1\n"
        ),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_an_entry_is_put_after_the_last_one_of_its_mapping(name: str) -> None:
    before, after = FILES[name]

    assert edits.added(before, PATH, SCENARIO) == after


@pytest.mark.parametrize("name", FILES)
def test_what_is_there_already_is_left_alone(name: str) -> None:
    after = FILES[name][1]

    assert edits.added(after, PATH, {"values": {"b": 1}}) == after


def test_what_is_no_mapping_takes_no_entry() -> None:
    with pytest.raises(edits.Unwritable, match="no mapping"):
        edits.added("charts: [a]\n", PATH, SCENARIO)


def test_an_entry_that_would_change_others_is_refused() -> None:
    """What an anchor names is changed wherever its alias stands."""
    with pytest.raises(edits.Unwritable, match="without changing the rest"):
        edits.added("charts: &charts\n  web: {}\nothers: *charts\n", PATH, SCENARIO)


def test_the_rest_of_a_long_file_stays_as_it_is() -> None:
    before = (ROOT / "chartkit.yaml").read_text("utf-8")
    after = edits.added(before, ("charts", "charts/linkerd-crds", "scenarios", "new"), SCENARIO)
    added = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]

    assert {line[0] for line in added} == {"+"}
    assert len(added) <= 4


def test_long_entries_take_several_lines() -> None:
    value = {
        "values": {"web": {"first": "x" * 40, "second": "y" * 40, "list": [{"name": "z" * 90, "b": 1}, 2]}}
    }

    assert "\n".join(edits.block({"new": value}, 0, 1)) == (
        "new:\n  values:\n    web:\n"
        f"      first: {'x' * 40}\n      second: {'y' * 40}\n"
        f"      list:\n      - name: {'z' * 90}\n        b: 1\n      - 2"
    )


scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), below, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text(min_size=1, max_size=8), values, min_size=1, max_size=3),
    st.sampled_from(list(FILES)),
)
def test_whatever_is_added_is_read_again_as_it_was(value: dict[str, Any], name: str) -> None:
    before = FILES[name][0]
    try:
        after = edits.added(before, PATH, value)
    except edits.Unwritable:
        after = None
    if after is None:  # only what YAML cannot say at all
        assert (
            not all(character.isprintable() for character in repr(value))
            or "\\u" in repr(value)
            or "\\x" in repr(value)
        )
        return

    data: Any = loads(after, "").data
    for step in PATH:
        data = data[step]
    assert data == value
    assert edits.added(after, PATH, value) == after
