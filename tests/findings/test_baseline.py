"""A baseline accepts what it holds, as often as it holds it, and says what it holds too much."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit import schemas_folder
from chartkit.findings import baseline
from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.plan.config import Config

SCHEMA = json.loads((schemas_folder() / "baseline.schema.json").read_text())
RULES = {"baseline-outdated": Severity.NOTE}
NAME = "chartkit-baseline.json"
WEB = ResourceId("v1", "Pod", "", "web")
FINDING = Finding(
    "a-b", Severity.ERROR, "wrong\nmore", "web", Place("web/x.yaml", 3), resource=WEB, path="/spec"
)


def config(folder: pathlib.Path, **changes: Any) -> Config:
    return Config(root=folder, cwd=folder, **{"baseline": folder / NAME, **changes})


def kept(folder: pathlib.Path, *findings: Finding) -> Config:
    """A configuration whose baseline holds *findings*."""
    made = config(folder)
    baseline.write(folder / NAME, NAME, [baseline.entry(one, made) for one in findings])
    return made


def test_what_is_written_reads_well_and_fits_the_schema(tmp_path: pathlib.Path) -> None:
    other = dataclasses.replace(FINDING, resource=None, path="", place=Place("a.yaml"), message="\udcff\x1b")
    kept(tmp_path, FINDING, other)
    text = (tmp_path / NAME).read_text()
    data = json.loads(text)

    jsonschema.validate(data, SCHEMA)
    assert [one["file"] for one in data["findings"]] == ["a.yaml", "web/x.yaml"]
    assert data["findings"][1] == {
        "fingerprint": FINDING.fingerprint,
        "rule": "a-b",
        "chart": "web",
        "file": "web/x.yaml",
        "resource": "Pod/web",
        "path": "/spec",
        "message": "wrong",
    }
    assert text.isascii()
    assert text.endswith("}\n")


TEXTS = st.text(st.characters(blacklist_categories=()), max_size=8)
FINDINGS = st.lists(
    st.builds(
        lambda rule, message, file, chart: dataclasses.replace(
            FINDING, rule=rule, message=message, place=Place(file), chart=chart, resource=None
        ),
        st.sampled_from(["a-b", "c-d"]),
        TEXTS,
        st.sampled_from(["x.yaml", "y z.yaml", "\udcff.yaml"]),
        TEXTS,
    ),
    max_size=6,
)


@given(FINDINGS)
def test_what_is_written_is_accepted_and_nothing_is_too_much(
    tmp_path_factory: pytest.TempPathFactory, findings: list[Finding]
) -> None:
    made = kept(tmp_path_factory.mktemp("base"), *findings)
    text = (made.root / NAME).read_text()
    told = baseline.apply(findings, made, RULES, complete=True)

    jsonschema.validate(json.loads(text), SCHEMA)
    assert len(told) == len(findings)
    assert all(one.suppressed == f"known since it was written into {NAME}" for one in told)
    read = baseline.read(made.root / NAME, NAME)
    assert baseline.written(read.entries) == text
    assert [text.splitlines()[(read.line(n) or 0) - 1].strip() for n in range(len(findings))] == ["{"] * len(
        findings
    )


def test_as_many_are_accepted_as_there_are_entries(tmp_path: pathlib.Path) -> None:
    made = kept(tmp_path, FINDING)
    told = baseline.apply([FINDING, FINDING], made, RULES, complete=True)

    assert [one.suppressed is None for one in told] == [False, True]


def test_what_is_accepted_for_another_reason_needs_no_entry(tmp_path: pathlib.Path) -> None:
    accepted = dataclasses.replace(FINDING, suppressed="a reason")
    told = baseline.apply([accepted], kept(tmp_path, FINDING), RULES, complete=True)

    assert [one.rule for one in told] == ["a-b", "baseline-outdated"]
    assert told[0].suppressed == "a reason"


def test_what_is_gone_is_told_once_where_the_run_was_whole(tmp_path: pathlib.Path) -> None:
    others = [dataclasses.replace(FINDING, path=f"/{n}") for n in range(3)]
    made = kept(tmp_path, FINDING, *others)
    (gone,) = baseline.apply([FINDING, others[1]], made, RULES, complete=True)[2:]

    assert gone.message.splitlines() == [
        "2 findings of the baseline are not there any more",
        "a-b in web/x.yaml (Pod/web)",
        "a-b in web/x.yaml (Pod/web)",
    ]
    assert (gone.place, gone.severity) == (Place(NAME, 4), Severity.NOTE)
    assert baseline.apply([FINDING], made, RULES, complete=False)[1:] == ()
    assert baseline.apply([FINDING], made, {}, complete=True)[1:] == ()
    (one,) = baseline.apply([FINDING, *others[1:]], made, RULES, complete=True)[3:]
    assert one.message.startswith("1 finding of the baseline is not there any more\n")


def test_a_long_list_of_what_is_gone_is_cut(tmp_path: pathlib.Path) -> None:
    many = [dataclasses.replace(FINDING, path=f"/{n}") for n in range(250)]
    (gone,) = baseline.apply([], kept(tmp_path, *many), RULES, complete=True)

    assert gone.message.splitlines()[-1] == "… and 50 more"


def test_of_equal_entries_the_last_is_too_much(tmp_path: pathlib.Path) -> None:
    made = kept(tmp_path, FINDING, FINDING)
    gone = baseline.apply([FINDING], made, RULES, complete=True)[1]

    assert gone.place.line == 13


DAMAGED = {
    "": f"{NAME}:1:1: is not JSON",
    '{\n "version": 1,\n <<<<<<< HEAD\n': f"{NAME}:3:2: is not JSON",
    "[]": f"{NAME}:1: expected a mapping",
    '{"version": 1}': f"{NAME}:1: expected a mapping",
    '{"version": 2, "findings": []}': f"{NAME}:1: version: expected 1, not 2",
    '{"version": 1, "findings": [\n1]}': f"{NAME}:2: findings[0]: expected a mapping",
    '{"version": 1, "findings": [\n{"fingerprint": "0011223344556677"}]}': f"{NAME}:2: findings[0]: the key",
    '{"version": 1, "findings": [\n{"fingerprint": 1, "rule": "a-b"}]}': f"{NAME}:2: findings[0].fingerprint",
    '{"version": 1, "findings": [\n{"fingerprint": "x", "rule": "a"}]}': f"{NAME}:2: findings[0].fingerprint",
    '{"findings": [{"fingerprint": "00112233", "rule": "a"},\n\n 1], "version": 1}': f"{NAME}:3: findings[1]",
    "[" * 100_000: f"{NAME}: is not JSON that can be read",
}


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_baseline_is_told_with_its_line(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(ConfigError) as caught:
        baseline.read(tmp_path / NAME, NAME)

    assert str(caught.value).startswith(DAMAGED[text])
    assert caught.value.hint


def test_a_baseline_that_cannot_be_read_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no baseline 'x\.json'"):
        baseline.read(tmp_path / "x.json", "x.json")
    with pytest.raises(ConfigError, match="is a directory"):
        baseline.read(tmp_path, "folder")
    (tmp_path / NAME).write_bytes(b"{\n\xff")
    with pytest.raises(ConfigError, match=f"{NAME}:2: is not UTF-8"):
        baseline.read(tmp_path / NAME, NAME)


def test_an_entry_of_which_no_line_can_be_told_has_none(tmp_path: pathlib.Path) -> None:
    odd = baseline.Baseline(NAME, (), '{"findin\\u0067s": [1]}')

    assert odd.line(0) is None
    assert baseline.Baseline(NAME, (), '{"findings": [1').line(3) is None


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ChartkitError, match="cannot write the baseline to 'taken'"):
        baseline.write(tmp_path / "taken", "taken", [])

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
