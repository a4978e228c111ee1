"""What a render is asked for becomes a scenario over the scenario: nothing below it wins."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm.values import scenario_values
from chartkit.model.case import Scenario, SetValue
from chartkit.model.errors import ConfigError
from chartkit.model.place import Place
from chartkit.plan.config import Config
from chartkit.syntax.yaml import kube_yaml
from chartkit.testing.inputs import Inputs, changed, check_names, wanted_version

HA = Scenario(
    "ha",
    values='{"replicas": 3, "image": {"tag": "a", "pull": "always"}}',
    set_values=(SetValue("set", "log=warn"),),
    namespace="shop",
    place=Place("chartkit.yaml", 3),
    fails="never",
)


@pytest.fixture
def home(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "more.yaml").write_text("replicas: 5\nlog: file\n")
    return tmp_path


def over(home: pathlib.Path, **inputs: Any) -> Scenario:
    return changed(HA, cast("Inputs", inputs), home, Config(home, home))


def values(scenario: Scenario, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(home)  # files are named relative to the folder that the run works in
    return scenario_values(scenario, kube_yaml.parse)


BELOW = {"replicas": 3, "image": {"tag": "a", "pull": "always"}, "log": "warn"}
GIVEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    (
        {"values": {"replicas": 9, "image": {"tag": "b"}}},
        {"replicas": 9, "image": {"tag": "b", "pull": "always"}},
    ),
    ({"values": {"log": "mine"}}, {"log": "mine"}),  # also over what the scenario sets
    ({"values": "more.yaml"}, {"replicas": 5, "log": "file"}),
    ({"values": pathlib.Path("more.yaml")}, {"replicas": 5, "log": "file"}),
    ({"values": ["more.yaml", {"replicas": 6}]}, {"replicas": 6, "log": "file"}),
    ({"values": [{"replicas": 6, "new": 1}, "more.yaml"]}, {"replicas": 5, "log": "file", "new": 1}),
    ({"values": ({"a": (1, 2)},)}, {"a": [1, 2]}),
    ({"set": {"log": "1.30", "replicas": 7}}, {"log": "1.30", "replicas": 7}),
    ({"set": {"image.tag": "a,b{c}", "image.pull": None}}, {"image": {"tag": "a,b{c}", "pull": None}}),
    (
        {"set": {"on": True, "list": [1, {"a": "b"}], "share": 0.5}},
        {"on": True, "list": [1, {"a": "b"}], "share": 0.5},
    ),
    ({"set": "log=x,replicas=8"}, {"log": "x", "replicas": 8}),
    ({"set": ["log=x", "log=y"]}, {"log": "y"}),
    ({"set_string": {"replicas": 8}}, {"replicas": "8"}),
    ({"set_json": {"image": {"tag": 1}}}, {"image": {"tag": 1}}),
    ({"set_json": '{"replicas": 4}'}, {"replicas": 4}),
    ({"set_file": {"log": "more.yaml"}}, {"log": "replicas: 5\nlog: file\n"}),
    ({"values": {"log": "a"}, "set": "log=b"}, {"log": "b"}),
]


@pytest.mark.parametrize(("inputs", "changes"), GIVEN)
def test_what_is_given_lies_over_all_that_the_scenario_says(
    inputs: dict[str, Any], changes: dict[str, Any], home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert values(over(home, **inputs), home, monkeypatch) == {**BELOW, **changes}


def test_a_scenario_that_nothing_is_changed_of_stays_itself(home: pathlib.Path) -> None:
    assert over(home, scenario="ha", kube_version="1.31", namespace="shop", upgrade=False, values=[]) is HA


def test_a_changed_scenario_has_another_name_and_need_not_fail(home: pathlib.Path) -> None:
    given = over(home, release="r", namespace="n", upgrade=True, api_versions=["a/v1"])
    assert (given.release, given.namespace, given.is_upgrade, given.api_versions) == (
        "r",
        "n",
        True,
        ("a/v1",),
    )
    assert (given.name, given.fails, given.values) == ("ha (changed)", None, HA.values)


@given(st.dictionaries(st.text("ab", min_size=1), st.none() | st.booleans() | st.text() | st.integers(-9, 9)))
def test_any_mapping_is_set_with_its_types(mapping: dict[str, Any]) -> None:
    here = pathlib.Path.cwd()
    scenario = changed(Scenario("default"), {"set": mapping}, here, Config(here, here))
    assert scenario_values(scenario, json.loads) == mapping


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"values": "absent.yaml"}, ConfigError, r"values: there is no file 'absent.yaml' in '\.'"),
    ({"values": [1]}, TypeError, "values: expected a mapping or a file, not 1"),
    ({"values": {"at": dt.date(2026, 1, 1)}}, TypeError, "values: only what YAML can hold"),
    ({"values": {1: "a"}}, TypeError, "the key 1 is no text"),
    ({"values": {"a": float("nan")}}, TypeError, "values: only what YAML can hold"),
    ({"set": "log"}, ConfigError, "set: expected KEY=VALUE, not 'log'"),
    ({"set": [1]}, TypeError, "set: expected KEY=VALUE as text, not 1"),
    ({"set": {"a": object()}}, TypeError, "set a: only what YAML can hold"),
    ({"set_file": "a=b"}, TypeError, "set_file: expected a mapping of keys to files"),
    ({"set_file": {"a": "absent"}}, ConfigError, "set_file a: there is no file 'absent'"),
]


@pytest.mark.parametrize(("inputs", "kind", "message"), WRONG)
def test_what_cannot_be_a_value_is_refused_by_name(
    inputs: dict[str, Any], kind: type[Exception], message: str, home: pathlib.Path
) -> None:
    with pytest.raises(kind, match=message):
        over(home, **inputs)


def test_a_name_that_is_no_input_is_refused() -> None:
    with pytest.raises(TypeError, match="a render takes no 'vales': did you mean 'values'"):
        check_names(["set", "vales"])


def test_versions_are_written_as_people_write_them() -> None:
    assert wanted_version({"kube_version": "1.34"}) == "1.34.0"
    assert wanted_version({}) is None
    with pytest.raises(ConfigError, match="kube_version: expected a Kubernetes version, not 'newest'"):
        wanted_version({"kube_version": "newest"})
