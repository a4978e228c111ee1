"""Names are short, unique, and tell what a scenario sets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.coverage.suggest import naming

NAMES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"gateway": {"enabled": True}}, {}, "gateway"),
    ({"gateway": {"enabled": False}}, {}, "no-gateway"),
    ({"proxy": {"logLevel": "debug"}}, {}, "proxy-log-level-debug"),
    ({"enablePSP": True}, {}, "enable-psp"),
    ({"replicas": 3}, {}, "replicas-3"),
    ({"nodeSelector": None}, {}, "without-node-selector"),
    ({"a": True, "b": True}, {}, "a-b"),
    (
        {"a": {"firstValue": True}, "b": {"secondValue": True}, "c": {"thirdValue": True}},
        {},
        "a-first-value-b-second-value-and-more",
    ),
    ({}, {"upgrade": True}, "upgrade"),
    ({}, {"kube-versions": "1.24.0"}, "kube-1.24"),
    ({}, {"api-versions": ["monitoring.coreos.com/v1"]}, "monitoring"),
    ({}, {"api-versions": ["monitoring.coreos.com/v1/ServiceMonitor"]}, "service-monitor"),
    ({}, {"namespace": "kube-system"}, "namespace-kube-system"),
    ({}, {"release": "web"}, "release-web"),
    ({}, {}, "branch"),
]


@pytest.mark.parametrize(("values", "options", "name"), NAMES)
def test_a_scenario_is_named_after_what_it_sets(
    values: dict[str, Any], options: dict[str, Any], name: str
) -> None:
    assert naming.named(values, options, ()) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert naming.named({"a": True}, {}, {"a", "a-2"}) == "a-3"
    assert naming.named({"a": True}, {}, {"a-refused"}, fails=True) == "a-refused-2"


names = st.text(max_size=30)
tables = st.recursive(
    st.dictionaries(names, st.booleans() | names | st.none() | st.integers(), max_size=3),
    lambda below: st.dictionaries(names, below, max_size=3),
    max_leaves=8,
)


@given(tables)
def test_a_name_is_one_that_chartkit_takes(values: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", naming.named(values, {}, ()))


@given(st.text(min_size=1, max_size=200))
def test_a_message_matches_its_pattern(message: str) -> None:
    assert re.search(naming.pattern(message), message)
