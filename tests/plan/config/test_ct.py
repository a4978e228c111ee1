from __future__ import annotations

import pathlib

import pytest

from chartkit.model.case import SetValue
from chartkit.plan.config import Config, configure
from chartkit.plan.config.entries import ChartSettings


def read(folder: pathlib.Path, text: str, name: str = "ct.yaml", cwd: str = ".") -> Config:
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "stable").mkdir(exist_ok=True)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return configure.read(cwd=folder / cwd, environ={}, known=lambda _: {})


@pytest.mark.parametrize(
    "name",
    [
        "ct.yaml",
        ".github/ct.yaml",
        ".github/configs/ct-lint.yaml",
        ".github/linters/ct.yaml",
        ".github/configs/ct-x.yaml",
    ],
)
def test_ct_yaml_is_found_where_repositories_keep_it(tmp_path: pathlib.Path, name: str) -> None:
    config = read(tmp_path, "chart-dirs: [stable]\n", name, "stable")
    assert (config.root, config.chart_dirs, config.file) == (tmp_path, (tmp_path / "stable",), f"../{name}")


def test_what_concerns_charts_is_taken_over(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path,
        "chart-dirs: stable, gone\nexcluded-charts: [a, stable/b]\ntarget-branch: edge\nremote: upstream\n",
    )
    assert config.chart_dirs == (tmp_path / "stable",)
    assert config.excluded_charts == ("a", str(tmp_path / "stable/b"))
    assert (config.target_branch, config.remote) == ("edge", "upstream")
    assert config.notices == ("ct.yaml names gone: no such folder",)


def test_named_charts_go_before_folders(tmp_path: pathlib.Path) -> None:
    (tmp_path / "one").mkdir()
    assert read(tmp_path, "chart-dirs: [stable]\ncharts: [one]").chart_dirs == (tmp_path / "one",)


def test_arguments_for_helm_go_into_every_scenario(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path,
        "helm-extra-args: --timeout 600s -f ci/all.yaml --set a=1 --set-string='b=2,c' -n ns\n"
        "helm-lint-extra-args: --kube-version 1.31 --api-versions a/v1,b/v1 -a c/v1 --set\n",
    )
    assert config.extra_set_values == (SetValue("set", "a=1"), SetValue("set-string", "b=2,c"))
    assert config.extra_values_files == ("ci/all.yaml",)
    assert config.defaults == ChartSettings(None, "ns", ("1.31.0",), ("a/v1", "b/v1", "c/v1"))
    assert config.notices == (
        "helm-extra-args of ct.yaml: '--timeout 600s' is not used",
        "helm-lint-extra-args of ct.yaml: '--set' is not used",
    )


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        (
            "a: [",
            ("ct.yaml is not used: did not find expected node content while parsing a flow node"),
        ),
        ("- a", "ct.yaml is not used: it holds no keys"),
        ('helm-extra-args: "\'"', "helm-extra-args of ct.yaml is not used: No closing quotation"),
        ("helm-extra-args: --kube-version x", "helm-extra-args of ct.yaml: '--kube-version x' is not used"),
    ],
)
def test_what_cannot_be_used_is_told_and_stops_nothing(
    tmp_path: pathlib.Path, text: str, notice: str
) -> None:
    assert read(tmp_path, text).notices == (notice,)


def test_keys_of_an_unexpected_shape_say_nothing(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path, "chart-dirs: {a: b}\nexcluded-charts: [1, '']\ntarget-branch: 3\nhelm-extra-args: [a]\n"
    )
    assert (config.chart_dirs, config.excluded_charts, config.target_branch) == ((), (), "main")


def test_chartkit_yaml_makes_ct_yaml_silent(tmp_path: pathlib.Path) -> None:
    (tmp_path / "chartkit.yaml").touch()
    assert read(tmp_path, "chart-dirs: [stable]\n").chart_dirs == ()
