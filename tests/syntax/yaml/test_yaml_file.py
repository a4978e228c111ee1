from __future__ import annotations

import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.errors import FileError
from chartkit.model.place import Path, Place
from chartkit.syntax.yaml import yaml_file
from chartkit.syntax.yaml.yaml_file import load, loads

FILE = """\
# a comment
name: web
versions: [1.30, "1.31"]
base: &base
  kind: x
  size: 1
derived:
  <<: *base
  size: 2
list:
  - a: 1
    b: 2
  - c
empty:
"""


@pytest.mark.parametrize(
    ("path", "on_key", "line", "column"),
    [
        ((), False, 2, 1),
        (("name",), False, 2, 7),
        (("name",), True, 2, 1),
        (("versions", 1), False, 3, 18),
        (("versions", 1), True, 3, 18),
        (("derived", "size"), False, 9, 9),
        (("derived", "kind"), False, 5, 9),
        (("list", 0, "b"), False, 12, 8),
        (("list", 0, "b"), True, 12, 5),
        (("list", 1), False, 13, 5),
        (("empty",), False, 14, 1),
        # what does not exist: its nearest ancestor's key
        (("list", 7), False, 10, 1),
        (("list", "a"), False, 10, 1),
        (("derived", "nope", "deeper"), False, 7, 1),
        (("name", "nope"), False, 2, 1),
        (("nope",), False, 2, 1),
    ],
)
def test_every_path_has_a_place(path: Path, on_key: bool, line: int, column: int) -> None:
    assert loads(FILE, "f.yaml").place(path, on_key) == Place("f.yaml", line, column)


def test_values_are_plain_and_merged() -> None:
    assert loads(FILE, "f").data == {
        "name": "web",
        "versions": [1.3, "1.31"],
        "base": {"kind": "x", "size": 1},
        "derived": {"kind": "x", "size": 2},
        "list": [{"a": 1, "b": 2}, "c"],
        "empty": None,
    }


@pytest.mark.parametrize(
    ("path", "text"),
    [(("versions", 0), "1.30"), (("versions",), ""), (("nope",), ""), (("empty",), "")],
)
def test_a_scalar_is_known_letter_for_letter(path: Path, text: str) -> None:
    assert loads(FILE, "f").written(path) == text


@pytest.mark.parametrize(
    ("text", "value"),
    # As `helm template` reads values.yaml, 3.17 and 4.1 alike.
    [
        ("y", True),
        ("n", False),
        ("On", True),
        ("off", False),
        ("~", None),
        ("NULL", None),
        ("1_000", 1000),
        ("0o17", 15),
        ("0755", 493),
        ("09", 9.0),
        ("0_7", 7),
        ("1:30", "1:30"),
        ("2001-01-01", "2001-01-01"),
        ("123456789012345678901", 123456789012345678901.0),
        ("!custom 5", "5"),
        ('!!int "7"', 7),
        ("!!str 5", "5"),
        ("! 5", "5"),
        (".5", 0.5),
        ("+1", 1),
        ("0b11", 3),
        ("1e3", 1000.0),
        ("0x1F", 31),
        ("-0x10", -16),
        ("_1", "_1"),
        ("1.", 1.0),
        (".inf", float("inf")),
        ("-.Inf", float("-inf")),
        ('"yes"', "yes"),
        ("'1'", "1"),
        ("|\n  1", "1"),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("9" * 500, "9" * 500),
    ],
)
def test_scalars_mean_what_they_mean_to_helm(text: str, value: object) -> None:
    found = loads(f"a: {text}", "f").data["a"] if text != "-" else loads("a: '-'", "f").data["a"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: {x:}", {"a": {"x": None}}),
        ('{"a":1,b:}', {"a": 1, "b": None}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("%YAML 1.2\n---\na: 1", {"a": 1}),
        ('a: "\\/"', {"a": "/"}),
        ("base: &b {x: 1, y: 1}\na: {x: 2, <<: *b}", {"base": {"x": 1, "y": 1}, "a": {"x": 2, "y": 1}}),
    ],
)
def test_what_kubernetes_refuses_or_reads_otherwise_may_be_written(text: str, data: object) -> None:
    assert loads(text, "f").data == data


def test_nothing_is_read_as_nothing() -> None:
    empty = loads("# only a comment\n", "f")
    assert empty.data is None
    assert empty.place(("a",)) == Place("f", 1, 1)
    assert empty.written(("a",)) == ""


def test_keys_are_text_as_written() -> None:
    assert loads("{on: 1, 2: 3, 1.30: 4}", "f").data == {"on": 1, "2": 3, "1.30": 4}


def test_several_mappings_can_be_merged_and_the_first_wins() -> None:
    text = "a: &a {x: 1, z: 0}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]\n  z: 3\n"
    file = loads(text, "f")
    assert file.data["c"] == {"x": 1, "y": 2, "z": 3}
    assert file.place(("c", "y")) == Place("f", 2, 17)


BOMB = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)
LADDER = "a0: &a0 " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 30 + "*a0" + "]" * 30


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a: [1\n", 1, 4, "did not find expected ',' or ']' while parsing a flow sequence", ""),
        (
            "a:\n\t- b",
            2,
            1,
            "found a tab where YAML wants spaces",
            "indent with spaces: YAML does not allow tabs",
        ),
        (
            "a: b: c",
            1,
            5,
            "mapping values are not allowed in this context",
            "put the value in quotes, or check the indentation",
        ),
        ("a: 1\nb: 2\na: 3", 3, 1, "key 'a' stands here again, first in line 1", "remove one of the two"),
        ("a: 1\n---\nb: 1", 2, 1, "holds a second document", "remove everything from this '---' on"),
        ("[" * 50_000, 1, 64, "more than 64 levels deep", "make it flatter"),
        ("- " * 50_000, 1, 127, "more than 64 levels deep", "make it flatter"),
        (
            "a: {}\nb: \x07",
            2,
            4,
            "control characters are not allowed, found U+0007",
            "remove it, or write it as an escape",
        ),
        ("&a [*a]", 1, 1, "an anchor contains itself", "write the value out"),
        ("a: *x", 1, 4, "found undefined alias", ""),
        ("? [1]\n: 2", 1, 3, "a key is a list or a mapping", "put it in quotes"),
        ("<<: 3", 1, 5, "'<<' wants a mapping", "name the anchor"),
        ('a: "\\UFFFFFFFF"', 1, 7, "found invalid Unicode character escape code", ""),
        ("a: 1\nb: !!int x", 2, 4, "cannot read 'x' as !!int", ""),
        (BOMB, 6, 5, "aliases expand to more than 200000 values", "use fewer aliases"),
        (LADDER, 2, 9, "or 64 levels", "use fewer aliases"),
        ("x" * ((4 << 20) + 1), 1, 1, "is larger than 4 MiB", "make the file smaller"),
    ],
    ids=range(17),
)
def test_what_cannot_be_read_says_where_and_why(
    text: str, line: int, column: int, message: str, hint: str
) -> None:
    with pytest.raises(FileError) as caught:
        loads(text, "f.yaml")
    assert message in caught.value.problem.message
    assert caught.value.problem.hint.startswith(hint)
    assert caught.value.problem.place.file == "f.yaml"
    assert caught.value.problem.place.line == line
    assert caught.value.problem.place.column == column


def test_a_file_with_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_file, "LIMITS", yaml_file.LIMITS._replace(values=10))
    with pytest.raises(FileError, match="more than 10 values") as caught:
        loads("[1,1,1,1,1,1,1,1,1,1]", "f")
    assert caught.value.problem.place == Place("f", 1, 1)


def test_escaped_surrogates_become_characters() -> None:
    assert loads(r'["\ud83d\ude00", "\ud800x"]', "f").data == ["\U0001f600", "\ufffdx"]


def test_a_file_is_read_with_its_byte_order_mark(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1")
    assert load(file, "shown").data == {"a": 1}


def test_a_file_that_is_not_text_says_so(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\nb: \xff")
    with pytest.raises(FileError, match="is not UTF-8 text") as caught:
        load(file, "shown")
    assert caught.value.problem.place == Place("shown", 2, 1)


def test_a_file_that_is_not_there_says_so(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileError, match="cannot be read: no such file or directory"):
        load(tmp_path / "a.yaml", "shown")


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc <-", max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_json_reads_as_itself_and_every_value_has_a_place(value: object) -> None:
    file = loads(json.dumps(value), "f")
    assert file.data == value
    for path in _paths(value, ()):
        assert file.place(path).line == 1


def _paths(value: object, path: Path) -> list[Path]:
    steps = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [path, *(deeper for step, one in steps for deeper in _paths(one, (*path, step)))]


@given(st.text(alphabet=st.sampled_from("a:-[]{}&*!|>'\"%@#?,\n\t 1<\\"), max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    line = _fault_line(text)
    assert line is not None
    assert 1 <= line <= text.count("\n") + 2


def _fault_line(text: str) -> int | None:
    try:
        loads(text, "f")
    except FileError as fault:
        return fault.problem.place.line
    return 1
