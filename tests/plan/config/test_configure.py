from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

from chartkit import schemas_folder
from chartkit.model.case import Scenario, SetValue
from chartkit.model.errors import ConfigError
from chartkit.model.finding import Severity
from chartkit.plan.config import Config, Flags, configure
from chartkit.plan.config.entries import ChartSettings
from chartkit.system.package import CONFIG_FILES


def known(_: Sequence[pathlib.Path]) -> Mapping[str, Collection[str]]:
    return {"image-tag-missing": ("recommended",), "service-selects-nothing": ("recommended",)}


def read(cwd: pathlib.Path, flags: Flags | None = None, file: str | None = None, **environ: Any) -> Config:
    if file is not None:
        (cwd / "chartkit.yaml").write_text(file)
    return configure.read(flags, cwd, {f"CHARTKIT_{name}": value for name, value in environ.items()}, known)


@pytest.mark.parametrize(
    ("field", "file", "variable", "flag", "values"),
    # what file, environment and flag give, and what each of them makes
    [
        (
            "fail_on",
            "fail-on: note",
            "warning",
            "never",
            (Severity.ERROR, Severity.NOTE, Severity.WARNING, None),
        ),
        ("engine", "engine: cli", "embedded", "cli", ("embedded", "cli", "embedded", "cli")),
        ("strict", "strict: true", "false", True, (False, True, False, True)),
    ],
)
def test_flags_beat_the_environment_which_beats_the_file(
    tmp_path: pathlib.Path, field: str, file: str, variable: str, flag: Any, values: tuple[object, ...]
) -> None:
    set_variable: dict[str, Any] = {field.upper(): variable}
    found = (
        read(tmp_path),
        read(tmp_path, file=file),
        read(tmp_path, file=file, **set_variable),
        read(tmp_path, Flags(**{field: flag}), file=file, **set_variable),
    )
    assert tuple(getattr(one, field) for one in found) == values


@pytest.mark.parametrize(
    ("variable", "text", "flag", "field", "from_variable", "from_flag"),
    [
        ("JOBS", "3", {"jobs": 5}, "jobs", 3, 5),
        ("HELM", "/a/helm", {"helm": "/b/helm"}, "helm", "/a/helm", "/b/helm"),
        ("SCENARIO", "a, b", {"scenario": ("c",)}, "scenario_names", ("a", "b"), ("c",)),
        (
            "SELECT",
            "image-tag-missing",
            {"select": ("service-selects-nothing",)},
            "select",
            *[("image-tag-missing",), ("service-selects-nothing",)],
        ),
        (
            "IGNORE",
            "image-tag-missing",
            {"ignore": ("service-selects-nothing",)},
            "deselect",
            *[("image-tag-missing",), ("service-selects-nothing",)],
        ),
        (
            "FORMAT",
            "text,json=r.json",
            {"formats": (("sarif", "x"),)},
            "formats",
            (("text", None), ("json", "r.json")),
            (("sarif", "x"),),
        ),
        ("REAL", "1", {"real": False}, "real", True, False),
        ("UPDATE_DEPENDENCIES", "yes", {"update_dependencies": False}, "update_dependencies", True, False),
        (
            "KUBE_VERSION",
            "1.31,v1.33",
            {"kube_version": ("1.30.2",)},
            "overrides",
            ChartSettings(kube_versions=("1.31.0", "1.33.0")),
            ChartSettings(kube_versions=("1.30.2",)),
        ),
    ],
)
def test_every_variable_stands_for_a_flag_that_beats_it(
    tmp_path: pathlib.Path,
    variable: str,
    text: str,
    flag: dict[str, Any],
    field: str,
    from_variable: object,
    from_flag: object,
) -> None:
    assert getattr(read(tmp_path, None, None, **{variable: text}), field) == from_variable
    assert getattr(read(tmp_path, Flags(**flag), **{variable: text}), field) == from_flag


def test_the_cache_is_where_it_is_asked_for_or_off(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert read(tmp_path).cache_dir == pathlib.Path("/caches/chartkit")
    assert read(tmp_path, CACHE_DIR="here").cache_dir == tmp_path / "here"
    assert read(tmp_path, Flags(cache_dir="/there"), CACHE_DIR="here").cache_dir == pathlib.Path("/there")
    assert read(tmp_path, Flags(no_cache=True)).cache_dir is None
    assert read(tmp_path, NO_CACHE="on").cache_dir is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert read(tmp_path).cache_dir == pathlib.Path("~/.cache/chartkit").expanduser()


def test_a_helm_command_asks_for_the_engine_that_uses_it(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path, Flags(helm="/b/helm")).engine == "cli"
    assert read(tmp_path, Flags(helm="/b/helm", engine="embedded")).engine == "embedded"


def test_all_processors_work_where_nobody_says(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(tmp_path).jobs >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert read(tmp_path).jobs == 7


def test_settings_on_the_command_line_beat_every_scenario(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path, Flags(release="web", namespace="ns", api_versions=("a/v1,b/v1", "c/v1"), is_upgrade=True)
    )
    assert config.overrides == ChartSettings("web", "ns", (), ("a/v1", "b/v1", "c/v1"))
    assert config.is_upgrade
    assert config.command_line is None


def test_values_on_the_command_line_make_one_scenario(tmp_path: pathlib.Path) -> None:
    (tmp_path / "v.yaml").touch()
    given = (SetValue("set", "a=1"),)
    config = read(tmp_path, Flags(values=("v.yaml", "v.yaml,./v.yaml"), set_values=given))
    files = ("v.yaml", "v.yaml", "./v.yaml")
    assert config.command_line == Scenario("command line", values_files=files, set_values=given)


def test_crds_on_the_command_line_add_to_those_of_the_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.yaml").touch()
    (tmp_path / "b.yaml").touch()
    config = read(tmp_path, Flags(crds=("b.yaml", "*.yaml")), file="crds: [a.yaml]")
    assert [path.name for path in config.crds] == ["a.yaml", "b.yaml", "chartkit.yaml"]


@pytest.mark.parametrize(
    ("flags", "environ", "message"),
    [
        ({"engine": "helm"}, {}, "--engine: expected embedded or cli, not 'helm'"),
        (
            {},
            {"ENGINE": "embeded"},
            "CHARTKIT_ENGINE: expected embedded or cli, not 'embeded' (did you mean 'embedded'?)",
        ),
        ({"engine": "x"}, {"ENGINE": "cli"}, "--engine: expected embedded or cli, not 'x'"),
        (
            {"fail_on": "warn"},
            {},
            "--fail-on: expected error, warning, note or never, not 'warn' (did you mean 'warning'?)",
        ),
        ({"jobs": 0}, {}, "--jobs: expected a number from 1 on, not 0 (leave it out to use all processors)"),
        ({}, {"JOBS": "two"}, "CHARTKIT_JOBS: expected a number from 1 on, not 'two' (correct or unset it)"),
        (
            {},
            {"STRICT": "maybe"},
            "CHARTKIT_STRICT: expected true or false, not 'maybe' (correct or unset it)",
        ),
        (
            {},
            {"FAIL_ONN": "x"},
            "CHARTKIT_FAIL_ONN: is not a known variable (did you mean 'CHARTKIT_FAIL_ON'?)",
        ),
        (
            {"kube_version": ("1.x",)},
            {},
            "--kube-version: expected a Kubernetes version, not '1.x' (write it as 1.34)",
        ),
        (
            {"release": "A"},
            {},
            (
                "--name: expected a release name of at most 53 characters, not 'A' (use lower-case"
                " letters, digits and '-')"
            ),
        ),
        (
            {"namespace": "a.b"},
            {},
            (
                "--namespace: expected a namespace of at most 63 characters, not 'a.b' (use lower-case"
                " letters, digits and '-')"
            ),
        ),
        (
            {"select": ("image-tag",)},
            {},
            "--select: there is no rule 'image-tag' (did you mean 'image-tag-missing'?)",
        ),
        (
            {"ignore": ("zzz",)},
            {},
            "--ignore: there is no rule 'zzz' (use one of: image-tag-missing, service-selects-nothing)",
        ),
        (
            {"crds": ("nope",)},
            {},
            "--crds: no file fits 'nope' (name a file, a folder, or a pattern in quotes)",
        ),
        (
            {"values": ("nope.yaml",)},
            {},
            "--values: there is no file 'nope.yaml' (correct the path, relative to this folder)",
        ),
        (
            {"set_values": (SetValue("set", "mode"),)},
            {},
            "--set: expected KEY=VALUE, not 'mode' (write KEY= for empty text)",
        ),
        (
            {"set_values": (SetValue("set-file", "page=nope.txt"),)},
            {},
            (
                "--set-file: there is no file 'nope.txt' to set 'page' from"
                " (correct the path, relative to this folder)"
            ),
        ),
        (
            {"values": ("-",)},
            {},
            "--values: expected a file, not '-' (save the values to a file and name it)",
        ),
        (
            {"values": ("https://x/y",)},
            {},
            "--values: expected a file, not 'https://x/y' (save the values to a file and name it)",
        ),
        (
            {"set_values": (SetValue("set", "a=1"),), "scenario": ("ha",)},
            {},
            (
                "--scenario: cannot go together with -f and --set, which make a scenario of their own"
                " (leave one of them out)"
            ),
        ),
        (
            {"config": "nope.yaml"},
            {},
            "there is no configuration file 'nope.yaml' (correct the path after --config)",
        ),
    ],
)
def test_every_mistake_in_flags_and_variables_is_answered(
    tmp_path: pathlib.Path, flags: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, Flags(**flags), **environ)
    hint = caught.value.hint
    assert (f"{caught.value} ({hint})" if hint else str(caught.value)) == message


def test_a_folder_that_is_too_large_is_a_mistake(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chartkit.system.paths.MAX_FILES", 0)
    with pytest.raises(ConfigError, match=r"--crds: '\.' holds too many files to look through"):
        read(tmp_path, Flags(crds=(".",)), file="")
    with pytest.raises(ConfigError, match=r"1:8: crds\[0\]: '\.' holds too many files to look through"):
        read(tmp_path, file="crds: [.]")


def test_all_mistakes_in_flags_are_told_at_once(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, Flags(engine="x", jobs=0, release="A"), FAIL_ON="y")
    lines = str(caught.value).split("\n  ")
    assert lines[0] == "4 mistakes in the configuration"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "--engine",
        "--jobs",
        "--name",
        "CHARTKIT_FAIL_ON",
    ]


def test_variables_of_others_are_left_alone(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path, IMAGE="x", STRICT="").strict is False


@pytest.mark.parametrize("name", CONFIG_FILES)
def test_the_file_is_found_from_below_up_to_the_repository(tmp_path: pathlib.Path, name: str) -> None:
    below = tmp_path / "charts/web"
    below.mkdir(parents=True)
    (tmp_path / name).touch()
    assert configure.find(below) is None  # no repository: what lies above is somebody else's
    (tmp_path / ".git").mkdir()
    assert configure.find(below) == tmp_path / name
    (tmp_path / "charts/.git").mkdir()
    assert configure.find(below) is None


def test_the_nearest_file_wins_and_a_named_one_over_it(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "sub"
    below.mkdir()
    for path in (tmp_path / "chartkit.yaml", below / ".chartkit.yaml", tmp_path / "other.yaml"):
        path.touch()
    assert configure.find(below) == below / ".chartkit.yaml"
    config = configure.read(cwd=below, environ={"CHARTKIT_CONFIG": "../other.yaml"}, known=known)
    assert (config.root, config.file) == (tmp_path, "../other.yaml")
    config = configure.read(Flags(config="../chartkit.yaml"), below, {"CHARTKIT_CONFIG": "x"}, known)
    assert config.file == "../chartkit.yaml"


def test_a_golden_folder_is_used_without_a_file_too(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path).golden is None
    (tmp_path / "golden" / "web").mkdir(parents=True)
    (tmp_path / "golden" / "web" / "a.yaml").write_text("someone else's\n")
    assert read(tmp_path).golden is None
    (tmp_path / "golden" / "web" / "a.yaml").write_text("---\n# Source: web/templates/a.yaml\n")
    assert read(tmp_path).golden == tmp_path / "golden"


def test_the_sets_that_are_named_without_looking_are_those_there_are() -> None:
    from chartkit.plan.config.known_rules import SETS
    from chartkit.rules.catalogue import INCLUDED

    assert set(SETS) == set(INCLUDED)


def test_the_names_of_the_shipped_rules_and_sets_are_known() -> None:
    from chartkit.plan.config.known_rules import known_rules
    from chartkit.rules.policies import shipped

    found = known_rules(())
    assert "strict" not in found
    assert set(found["values-file-missing"]) == {"recommended"}
    assert set(shipped()) < set(found)


def test_the_names_of_the_users_policies_are_known(tmp_path: pathlib.Path) -> None:
    policy = schemas_folder() / "policies/annotation-key-invalid.yaml"
    text = re.sub(r"(?m)^id: .*", "id: our-own-rule", policy.read_text())
    (tmp_path / "ours.yaml").write_text(text)
    (tmp_path / "chartkit.yaml").write_text("policies: [ours.yaml]\nrules: {our-own-rule: off}\n")
    assert configure.read(cwd=tmp_path, environ={}).rules == {"our-own-rule": None}


def test_nothing_that_reads_yaml_is_imported_without_a_file(tmp_path: pathlib.Path) -> None:
    program = (
        "import sys, pathlib; from chartkit.plan.config import configure;"
        "configure.read(cwd=pathlib.Path(sys.argv[1]), environ={});"
        "print([name for name in ('yaml', 'ruamel.yaml', 'jsonschema', 'difflib') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


@pytest.mark.parametrize(
    "given",
    [SetValue("set-json", ' {"mode": 1}'), SetValue("set", "mode="), SetValue("set", "")],
)
def test_what_helm_takes_is_no_mistake(tmp_path: pathlib.Path, given: SetValue) -> None:
    found = read(tmp_path, Flags(set_values=(given,))).command_line
    assert found is not None
    assert found.set_values == (given,)


def test_a_variable_of_another_tool_is_let_be(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path, VERSION="1.2.3", IMAGE="x") == read(tmp_path)
