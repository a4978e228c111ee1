"""A flag stands in one table; what commands are given reaches the run by the names of their parameters."""

from __future__ import annotations

import inspect
from dataclasses import fields

import pytest

from chartkit.cli import options
from chartkit.cli.commands import baseline, check, coverage, explain, golden, render
from chartkit.cli.given_flags import flags_of
from chartkit.model.case import SetValue
from chartkit.plan.config import Flags
from chartkit.reports import FORMATS

COMMANDS = [
    check.check,
    explain.explain,
    render.render,
    coverage.coverage,
    golden.diff,
    golden.update,
    baseline.baseline,
]
SET = {"set_", "set_string", "set_file", "set_json", "set_literal"}
OF_A_COMMAND = {
    *("context", "paths", "finding", "words", "hook", "verbose", "quiet", "output", "dry_run"),
    *("include_crds", "show_only", "no_hooks", "skip_tests", "skip_schemas", "debug"),
    *("fail_under", "vendored", "unused_values", "suggest", "write_scenarios"),
}
FIELDS = {each.name for each in fields(Flags)} - {"cache_dir", "set_values", "release"} | {"name", *SET}


def test_check_takes_every_flag() -> None:
    parameters = inspect.signature(check.check).parameters

    assert parameters.keys() - OF_A_COMMAND == FIELDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_parameter_is_a_flag_of_runs_or_of_the_command(command: object) -> None:
    parameters = inspect.signature(command).parameters  # type: ignore[arg-type]

    assert parameters.keys() - OF_A_COMMAND <= FIELDS


def test_flags_are_what_a_command_was_given() -> None:
    given = {"paths": ["web"], "config": "c.yaml", "scenario": "ha", "kube_version": ["1.33", "1.34"]}
    given |= {"formats": ["text", "json=a.json", "sarif=-"], "values": ["a.yaml,b.yaml"], "name": "web"}

    assert flags_of({**given, "hook": True, "select": None}) == Flags(
        config="c.yaml",
        scenario=("ha",),
        kube_version=("1.33", "1.34"),
        formats=(("text", None), ("json", "a.json"), ("sarif", None)),
        values=("a.yaml", "b.yaml"),
        release="web",
    )


def test_set_values_come_in_the_order_in_which_helm_obeys_them() -> None:
    given = {"set_literal": ["e=1"], "set_": ["b=1", "c=1"], "set_json": ["a=1"], "set_file": ["d=f"]}

    assert flags_of(given).set_values == (
        SetValue("set-json", "a=1"),
        SetValue("set", "b=1"),
        SetValue("set", "c=1"),
        SetValue("set-file", "d=f"),
        SetValue("set-literal", "e=1"),
    )


def test_help_names_every_format() -> None:
    assert [name for name in FORMATS if name not in options._FORMATS] == []
