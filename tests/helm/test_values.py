"""Values are merged as Helm merges them, and what cannot be merged is told."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines, values
from chartkit.model.case import BaseValues, Case, Chart, Scenario, SetValue


def merged(
    engine: engines.Engine, tmp_path: pathlib.Path, files: list[str], **scenario: Any
) -> dict[str, Any]:
    names = []
    for index, text in enumerate(files):
        (tmp_path / f"{index}.yaml").write_text(text)
        names.append(str(tmp_path / f"{index}.yaml"))
    return values.scenario_values(Scenario("x", values_files=tuple(names), **scenario), engine.read_yaml)


def test_later_files_win_then_inline_values_then_set_values(
    embedded: engines.Engine, tmp_path: pathlib.Path
) -> None:
    values = merged(
        embedded,
        tmp_path,
        ["a: {b: 1, c: 1, d: 1}\nl: [1, 2]\n", "a: {c: 2, d: 2}\n", ""],
        values=json.dumps({"a": {"d": 3, "e": 3}}),
        set_values=(
            SetValue("set-literal", "z=l"),
            SetValue("set", "a.e=4,l[0]=9"),
            SetValue("set-string", "a.b=5"),
        ),
    )
    assert values == {"a": {"b": "5", "c": 2, "d": 3, "e": 4}, "l": [9, 2], "z": "l"}


def test_values_of_the_chart_lie_under_all_of_these(embedded: engines.Engine, tmp_path: pathlib.Path) -> None:
    for name, text in {"low": "a: {b: 1, c: 1, d: 1, e: 1, f: 1}\n", "high": "a: {c: 2, d: 2}\n"}.items():
        (tmp_path / name).write_text(text)
    base = BaseValues(
        (f"{tmp_path}/low", f"{tmp_path}/high"), json.dumps({"a": {"d": 3, "e": 3, "f": 3, "g": 3}, "l": [1]})
    )
    values = merged(
        embedded,
        tmp_path,
        ["a: {e: 4}\n"],
        values=json.dumps({"a": {"f": None}}),
        set_values=(SetValue("set", "a.g=5,l[1]=2"),),
        base=base,
    )
    assert values == {"a": {"b": 1, "c": 2, "d": 3, "e": 4, "f": None, "g": 5}, "l": [1, 2]}


def test_flags_are_heeded_in_the_order_of_helm(embedded: engines.Engine, tmp_path: pathlib.Path) -> None:
    (tmp_path / "f").write_text("file")
    given = [
        SetValue("set-literal", "a=5"),
        SetValue("set-file", f"b={tmp_path}/f,a={tmp_path}/f"),
        SetValue("set-string", "c=3,b=3,a=3"),
        SetValue("set", "d=2,c=2,b=2,a=2"),
        SetValue("set-json", "e=1,d=1,c=1,b=1,a=1"),
    ]
    values = merged(embedded, tmp_path, [], set_values=tuple(given))
    assert values == {"a": "5", "b": "file", "c": "3", "d": 2, "e": 1}


def test_nulls_survive_until_helm_sees_them(embedded: engines.Engine, tmp_path: pathlib.Path) -> None:
    values = merged(
        embedded, tmp_path, ["a: {b: 1}\nc: 1\n", "a: null\n"], set_values=(SetValue("set", "c=null"),)
    )
    assert values == {"a": None, "c": None}


def test_documents_of_a_values_file_merge(embedded: engines.Engine, tmp_path: pathlib.Path) -> None:
    assert merged(embedded, tmp_path, ["---\na: 1\n---\nb: 2\n"]) == {"a": 1, "b": 2}


def test_yaml_is_read_as_helm_reads_it(embedded: engines.Engine, tmp_path: pathlib.Path) -> None:
    text = "\ufeffa: y\nb: 1e3\nc: 2020-01-01\nd: 010\ne: 0o7\nf: 1_000\n5: x\ng: 12:30:45\n"
    assert merged(embedded, tmp_path, [text]) == {
        "a": True,
        "b": 1000,
        "c": "2020-01-01",
        "d": 8,
        "e": 7,
        "f": 1000,
        "5": "x",
        "g": "12:30:45",
    }


FAULTS: list[tuple[dict[str, Any], str, int | None, str]] = [
    (
        {"values_files": ("none.yaml",)},
        "cannot read values file 'none.yaml': No such file or directory",
        None,
        "",
    ),
    (
        {"values_files": ("bad.yaml",)},
        "cannot read values file 'bad.yaml': did not find expected node",
        2,
        "",
    ),
    ({"values_files": ("open.yaml",)}, "cannot read values file 'open.yaml': found unexpected end", 3, ""),
    (
        {"values_files": ("list.yaml",)},
        "cannot read values file 'list.yaml': error unmarshaling JSON",
        None,
        "",
    ),
    (
        {"values_files": ("latin.yaml",)},
        "cannot read values file 'latin.yaml': byte 0xFF is not UTF-8 text",
        1,
        "",
    ),
    (
        {"values_files": ("big.yaml",)},
        "cannot read values file 'big.yaml': it is larger than 16 MiB",
        None,
        "",
    ),
    ({"values_files": ("deep.yaml",)}, "values file 'deep.yaml': nested more than 200 deep", None, ""),
    ({"values_files": ("abyss.yaml",)}, "cannot read values file 'abyss.yaml': nested too deeply", None, ""),
    ({"values_files": ("pit.yaml",)}, "cannot read values file 'pit.yaml': ", None, ""),
    (
        {"set_values": (SetValue("set-json", "a=" + "[" * 300 + "]" * 300),)},
        "the values given: nested",
        None,
        "",
    ),
    ({"set_values": (SetValue("set", "a"),)}, "--set 'a': key \"a\" has no value", None, "a"),
    (
        {"set_values": (SetValue("set-file", "a=none"),)},
        "cannot read the file of --set-file 'none'",
        None,
        "",
    ),
    ({"release": "No_Name"}, "release name 'No_Name' is not one: expected at most 53 of a-z", None, ""),
    ({"release": "a" * 54}, "release name", None, ""),
]


@pytest.mark.parametrize(("scenario", "message", "line", "key"), FAULTS)
def test_faults_name_file_line_and_key(  # noqa: PLR0917
    scenario: dict[str, Any],
    message: str,
    line: int | None,
    key: str,
    embedded: engines.Engine,
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text("a: 1\nb: [\n")
    (tmp_path / "open.yaml").write_text('a: 1\n---\nb: "c\nd: e\n')
    (tmp_path / "list.yaml").write_text("- 1\n")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    for name, depth in (("deep", 300), ("abyss", 5000), ("pit", 50_000)):
        (tmp_path / f"{name}.yaml").write_text("a: " + "[" * depth + "]" * depth)
    with (tmp_path / "big.yaml").open("wb") as big:
        big.truncate((16 << 20) + 1)
    chart = make_chart({})
    failure = engines.render(embedded, chart, make_case(chart, **scenario)).failure
    assert failure is not None
    assert failure.kind == "values"
    assert failure.message.startswith(message)
    assert (failure.line, failure.values_key) == (line, key)


def test_a_reader_may_give_none_or_another_type() -> None:
    scenario = Scenario("x", values_files=(__file__,))
    assert values.scenario_values(scenario, lambda text: None) == {}
    with pytest.raises(values.InputsError, match="expected a mapping at the top"):
        values.scenario_values(scenario, lambda text: "text")


GRID = [
    ("set", "a=1,b.c=x"),
    ("set", "list[0].b=c"),
    ("set", "list[1]=z,list[3]=q"),
    ("set", "a={x,y,5},b={}"),
    ("set", "a=x\\,y,b\\.c=d"),
    ("set", "table.inner=null"),
    ("set", "table=null"),
    ("set", "a=TRUE,b=007,c=1.5,d=1e3,e=-5,f="),
    ("set-string", "a=1,b=true,c=null"),
    ("set-json", 'a={"b": [1, 2.5, null]},c="x"'),
    ("set-json", '{"table": {"inner": {"z": 1}}}'),
    ("set-literal", "a.b={x,y}=\\z"),
    ("set", "table.inner.deep[2]=x"),
    ("set", "list.a=1"),
    ("set", "a=1,"),
    ("set", "a"),
]


@pytest.mark.helm
@pytest.mark.parametrize(("flag", "expression"), GRID)
def test_set_values_reach_templates_as_from_the_helm_command(
    flag: str,
    expression: str,
    make_chart: Callable[..., Chart],
    make_case: Callable[..., Case],
    embedded: engines.Engine,
    helm4: engines.Engine,
    tmp_path: pathlib.Path,
) -> None:
    """The expression is given to the command itself here, which the cli engine does not do."""
    from chartkit.helm import command

    defaults = "list: [{a: 1}, 2]\ntable: {inner: {k: v}}\n"
    chart = make_chart(
        {"values.yaml": defaults, "templates/a.yaml": "x: {{ toJson .Values }}\ny: {{ .Values }}\n"}
    )
    ours = engines.render(
        embedded, chart, make_case(chart, set_values=(SetValue(flag, expression),)), real=True
    )
    assert isinstance(helm4, command.HelmCommand)
    command._write(tmp_path, chart.files)
    arguments = ["template", "release-name", str(tmp_path / "web"), f"--{flag}", expression]
    try:
        theirs, _ = helm4._run(tmp_path, arguments)
    except command._Refused:
        assert ours.failure is not None
    else:
        assert ours.text == theirs


def test_an_index_without_its_end_is_refused_although_helm_4_forgets_it() -> None:
    scenario = Scenario("x", set_values=(SetValue("set", "a[=1"),))
    with pytest.raises(values.InputsError, match="error parsing index"):
        values.scenario_values(scenario, str)
