"""Keys, alternatives, masks and sites, each by itself."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from chartkit.coverage.values import alternatives, keys, masks, sites
from chartkit.coverage.values.keys import ABSENT
from chartkit.coverage.values.mentions import Mentions
from chartkit.coverage.values.references import Read, ReadSite
from chartkit.model.place import Place
from chartkit.model.render import Failure


def test_keys_have_places_and_anchors() -> None:
    text = "a: &x\n  b: 1\n  c: []\nd:\n  e: *x\n  # f: 2\n  #-- no key\nlist:\n- &y z: 1\n"
    data = {"a": {"b": 1, "c": []}, "d": {"e": {"b": 1, "c": []}}, "list": [{"z": 1}]}
    found = keys.declared(text, data, "values.yaml")

    assert [(key.path, key.place.line, key.is_anchor) for key in found.keys] == [
        (("a", "b"), 2, True),
        (("d", "e", "b"), 2, False),
        (("a", "c"), 3, True),
        (("d", "e", "c"), 3, False),
        (("list",), 8, False),
    ]
    assert found.comments == {"f": (6,)}


def test_keys_of_a_file_with_a_fault_have_no_lines() -> None:
    found = keys.declared("a: 1\na: 2\n", {"a": 2}, "values.yaml")

    assert found.keys == (keys.Key(("a",), Place("values.yaml")),)


def test_changes_copy_only_what_they_change() -> None:
    table: dict[str, Any] = {"a": {"b": 1}, "c": {"d": 2}, "e": 3}
    changed = keys.with_values(table, {("a", "x"): 4, ("e", "f"): 5, ("n", "o"): None})

    assert changed == {"a": {"b": 1, "x": 4}, "c": {"d": 2}, "e": {"f": 5}, "n": {"o": None}}
    assert changed["c"] is table["c"]
    assert table == {"a": {"b": 1}, "c": {"d": 2}, "e": 3}


def test_values_are_found_or_absent() -> None:
    assert keys.value_at({"a": {"b": None}}, ("a", "b")) is None
    assert keys.value_at({"a": 1}, ("a", "b")) is ABSENT
    assert repr(ABSENT) == "ABSENT"


def test_paths_are_written_as_templates_write_them() -> None:
    assert keys.dotted(("a", "b-c", "d.e/f")) == 'a.b-c["d.e/f"]'


@pytest.mark.parametrize(
    "value",
    [None, ABSENT, True, False, 0, 7, 1.5, "", "x", "0", "true", "False", [], ["a"], [{"k": "v"}], [1], {}],
)
def test_alternatives_differ_from_the_value_and_come_once_a_level(value: Any) -> None:
    found = alternatives.options(value, 17, alone=True)
    levels = [level for level, _ in found]

    assert all(other != value or type(other) is not type(value) for _, other in found)
    assert len(levels) == len(set(levels))
    assert max(levels) < alternatives.LEVELS
    assert any(alternatives.is_marked(other) for _, other in found)
    kept = [bool(other) == bool(value) for level, other in found if level == 0 and value is not ABSENT]
    assert all(kept)


def test_a_key_is_removed_unless_it_is_alone() -> None:
    removed = (alternatives.LEVELS - 1, alternatives.REMOVED)

    assert removed in alternatives.options("x", 1, alone=False)
    assert removed not in alternatives.options("x", 1, alone=True)


def test_marks_are_found_also_in_base64_and_upper_case() -> None:
    coded = base64.b64encode(b"password zq7qz").decode()

    assert alternatives.marks(f"a: zq3qz-x\nb: ZQ4QZ\nc: {coded}\nd: zqqz") == {3, 4, 7}


def rendered(*documents: tuple[str, str]) -> str:
    return "".join(f"---\n# Source: {source}\n{body}\n" for source, body in documents)


def test_documents_have_their_sources_and_files_of_crds_are_left_out() -> None:
    text = "before\n" + rendered(
        ("web/crds/x.yaml", "c: 1"), ("web/templates/crds/y.yaml", "d: 2"), ("a", "e: 3")
    )

    assert list(masks.documents(text)) == [
        ("", "before"),
        ("web/templates/crds/y.yaml", "d: 2"),
        ("a", "e: 3\n"),
    ]


def test_a_dump_is_masked_with_all_that_stands_in_it() -> None:
    plain = rendered(("t", "x: 1\nall: |\n  a: 1\n\n  t:\n    b: 2\ny: 1"), ("u", "all: 1"))
    probed = plain.replace("  t:\n", "  probe: probe\n  t:\n")
    mask = masks.found(plain, probed, "probe")

    assert mask.over(plain) == mask.over(plain.replace("b: 2", "b: 3"))
    assert mask.over(plain) != mask.over(plain.replace("y: 1", "y: 2"))
    assert mask.over(plain) != mask.over(plain.replace("all: 1", "all: 2"))


def test_a_checksum_is_masked_alone() -> None:
    plain = rendered(("t", "annotations:\n  sum: abc\n  other: 1"))
    mask = masks.found(plain, plain.replace("abc", "def"), "probe")

    assert mask.over(plain) == mask.over(plain.replace("abc", "ghi"))
    assert mask.over(plain) != mask.over(plain.replace("other: 1", "other: 2"))


def test_documents_that_come_and_go_are_not_masked() -> None:
    plain = rendered(("t", "x: 1"))

    assert masks.found(plain, plain + rendered(("u", "y: 1")), "probe").over(plain) == plain


FILES = {"w/templates/x": b"{{ .a }} {{ f .b.c (index .d 1).e }}", "w/charts/z/templates/x": b"other"}


def place(words: str) -> ReadSite:
    start = FILES["w/templates/x"].decode().index(words)
    return ReadSite("w/templates/x", start, start + len(words))


def test_sites_are_replaced_and_those_around_others_are_not() -> None:
    chosen = {1: place(".a"), 2: place(".b.c"), 3: place("(index .d 1).e"), 4: place(".d")}
    tried: list[str] = []

    def render(files: sites.Files) -> Failure | None:
        text = files["w/templates/x"].decode()
        tried.append(text)
        first = next((number for number in (2, 1) if f"chartkit-site-{number}-" in text), None)
        return Failure("required", "", f"execution error: chartkit-site-{first}-") if first else None

    assert sites.run(FILES, chosen, render) == {1, 2}
    replaced = [f'(fail "chartkit-site-{number}-")' for number in (1, 2, 4)]
    assert tried[0] == "{{{{ {} }}}} {{{{ f {} (index {} 1).e }}}}".format(*replaced)
    assert len(tried) == 3


def test_copies_of_a_file_are_replaced_with_it() -> None:
    files = {**FILES, "w/charts/y/templates/x": FILES["w/templates/x"]}
    changed = sites.refusing(files, {1: place(".a")})

    assert changed["w/charts/y/templates/x"] == changed["w/templates/x"]
    assert changed["w/charts/z/templates/x"] == b"other"


def test_a_failure_of_another_kind_ends_the_search() -> None:
    assert sites.run(FILES, {1: place(".a")}, lambda _: Failure("template", "", "boom")) == set()


def test_mentions_come_in_one_order_whatever_order_they_were_read_in() -> None:
    reads = [Read(("a",), whole, ReadSite(file, 1, 2)) for file in "xyz" for whole in (True, False)]

    assert Mentions(reads, ()).of(("a",)) == Mentions(reads[::-1], ()).of(("a",))
