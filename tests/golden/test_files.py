from __future__ import annotations

import os
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.file_names import safe
from chartkit.golden.files import GoldenFiles, assign, listed, read, write
from chartkit.golden.masked_fields import as_read_back
from chartkit.model.case import Case, Scenario
from chartkit.model.errors import ChartkitError


def case(
    scenario: str = "default", version: str = "1.34.0", chart: str = "web", path: str = "charts/web"
) -> Case:
    return Case(chart, path, Scenario(scenario), version)


@pytest.fixture
def empty(tmp_path: pathlib.Path) -> GoldenFiles:
    return assign(tmp_path / "golden", [])


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("default", "default"),
        ("ha-v1.2_x", "ha-v1.2_x"),
        ("größe", "größe"),
        ("a b", "a%20b"),
        ("a/../../etc/passwd", "a%2F..%2F..%2Fetc%2Fpasswd"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("", "%"),
        ("x@1.31", "x%401.31"),
        ("a%b", "a%25b"),
        ("a+b~c", "a%2Bb%7Ec"),
        ("nul\x00\x1b", "nul%00%1B"),
        ("con", "%63on"),
        ("LPT1.txt", "%4CPT1.txt"),
        ("dot.", "dot%2E"),
        ("\udc80", "%ED%B2%80"),
    ],
)
def test_names_are_safe_on_any_system(name: str, file: str) -> None:
    assert safe(name) == file


NAMES = st.text(st.characters(codec=None), max_size=150)


@given(NAMES, NAMES)
def test_no_name_escapes_and_no_two_names_meet(one: str, two: str) -> None:
    file = safe(one)
    assert file
    assert pathlib.PurePosixPath(file).name == file
    assert len(file.encode()) < 150
    assert "@" not in file
    assert "+" not in file
    assert (file == safe(two)) is (one == two)


def test_long_names_are_cut_and_stay_apart() -> None:
    one, two = safe("x" * 300), safe("x" * 299)
    assert one != two
    assert len(one) == 129


def test_the_newest_version_has_the_base(tmp_path: pathlib.Path) -> None:
    cases = [case(version=version) for version in ("1.9.0", "1.34.2", "v1.31.0-gke.1")]
    slots = assign(tmp_path, cases).slots
    assert [slots[each].newest for each in cases] == [False, True, False]
    assert {slots[each].base for each in cases} == {"web/default.yaml"}
    assert [slots[each].own for each in cases] == [
        "web/default@1.9.yaml",
        "web/default@1.34.2.yaml",
        "web/default@v1.31.0-gke.1.yaml",
    ]


def test_odd_versions_have_an_order_too(tmp_path: pathlib.Path) -> None:
    cases = [case(version="1.x"), case(version="latest")]
    assert assign(tmp_path, cases).slots[cases[0]].newest


def test_charts_that_share_a_name_are_kept_by_path(tmp_path: pathlib.Path) -> None:
    here = str(tmp_path)
    cases = [
        case(path=f"{here}/charts/web"),
        case(path=f"{here}/old/web"),
        case(path=f"{here}/web", chart="Web"),
        case(path=f"{here}/api", chart="api"),
    ]
    slots = assign(tmp_path / "golden", cases).slots
    assert [slots[each].base for each in cases] == [
        "charts+web/default.yaml",
        "old+web/default.yaml",
        "web+/default.yaml",
        "api/default.yaml",
    ]


def test_names_that_a_file_system_may_take_for_one_stay_apart(tmp_path: pathlib.Path) -> None:
    cases = [case("ha"), case("HA"), case("\u00e9"), case("e\u0301"), case("other")]
    bases = [assign(tmp_path, cases).slots[each].base for each in cases]
    assert len({base.casefold() for base in bases}) == 5
    assert bases[4] == "web/other.yaml"


def test_files_are_listed_without_hidden_ones(empty: GoldenFiles) -> None:
    write(empty, {"web/b.yaml": "", "web/a.yaml": "", "api/deep/x.yaml": ""}, ())
    (empty.root / "README.md").touch()
    (empty.root / "web" / ".c.yaml").touch()
    assert listed(empty) == ("api/deep/x.yaml", "web/a.yaml", "web/b.yaml")


def test_a_folder_that_is_not_there_holds_nothing(empty: GoldenFiles) -> None:
    assert listed(empty) == ()
    assert read(empty, ["web/a.yaml"]) == {}


@given(st.text(st.characters(codec=None)))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    there = assign(tmp_path_factory.mktemp("golden"), [])
    settled = as_read_back(text)
    write(there, {"web/a.yaml": settled}, ())
    assert read(there, ["web/a.yaml"]) == {"web/a.yaml": settled}
    assert as_read_back(settled) == settled


def test_what_no_file_can_hold_is_written_as_bytes() -> None:
    assert as_read_back("\ud800") == "\udced\udca0\udc80"


def test_line_ends_stay_as_they_are(empty: GoldenFiles) -> None:
    write(empty, {"web/a.yaml": "a\r\nb\n\r"}, ())
    assert (empty.root / "web/a.yaml").read_bytes() == b"a\r\nb\n\r"


def test_a_new_file_has_the_permissions_of_any_other(empty: GoldenFiles) -> None:
    (empty.root.parent / "other").touch()
    write(empty, {"web/a.yaml": "a"}, ())
    assert (empty.root / "web/a.yaml").stat().st_mode == (empty.root.parent / "other").stat().st_mode


def test_what_is_removed_takes_an_empty_folder_with_it(empty: GoldenFiles) -> None:
    write(empty, {"web/a.yaml": "a", "web/b.yaml": "b", "api/c.yaml": "c"}, ())
    write(empty, {}, ["web/a.yaml", "api/c.yaml", "api/gone.yaml"])
    assert listed(empty) == ("web/b.yaml",)
    assert not (empty.root / "api").exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    empty: GoldenFiles, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    write(empty, {"web/a.yaml": "old"}, ())

    def interrupt(_: int) -> None:
        raise interruption

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(interruption):
        write(empty, {"web/a.yaml": "new"}, ())
    assert [each.name for each in (empty.root / "web").iterdir()] == ["a.yaml"]
    assert read(empty, ["web/a.yaml"]) == {"web/a.yaml": "old"}


def test_a_folder_in_the_place_of_a_file_is_said(empty: GoldenFiles) -> None:
    (empty.root / "web" / "a.yaml").mkdir(parents=True)
    with pytest.raises(ChartkitError, match=r"cannot read the golden file 'golden/web/a\.yaml'"):
        read(empty, ["web/a.yaml"])
    with pytest.raises(ChartkitError, match=r"cannot write the golden file 'golden/web/a\.yaml'"):
        write(empty, {"web/a.yaml": ""}, ())
    assert [each.name for each in (empty.root / "web").iterdir()] == ["a.yaml"]
