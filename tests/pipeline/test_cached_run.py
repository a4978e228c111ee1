"""A run with nothing changed does nothing again; whatever matters to a case makes it anew."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess
import sys

import pytest

from chartkit.model.report import Report
from chartkit.pipeline import check
from chartkit.plan.config import configure

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata: {a: {{ .Values.a | quote }}}\n"


class Repository:
    """A repository with one chart, and `chartkit check` in it with a cache."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root / "repository"
        self._cache = root / "cache"
        self.write("web/Chart.yaml", CHART)
        self.write("web/values.yaml", "a: b\n")
        self.write("web/templates/map.yaml", CONFIG_MAP)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, *paths: str) -> Report:
        config = configure.read(cwd=self.root, environ={})
        return check.check(dataclasses.replace(config, jobs=1, cache_dir=self._cache), paths)


@pytest.fixture
def repository(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path)
    monkeypatch.chdir(made.root)
    return made


def as_cached(report: Report) -> Report:
    """The report of the same run again, for which nothing needs doing."""
    cases = (dataclasses.replace(result, cached=True) for result in report.cases)
    return dataclasses.replace(report, cases=tuple(cases))


def is_cached(report: Report) -> bool:
    return all(result.cached for result in report.cases)


def test_a_second_run_starts_no_worker_until_something_changes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repository.check()
    assert not is_cached(first)

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("there is nothing to do")

    with monkeypatch.context() as patch:
        patch.setattr("chartkit.system.worker_pool.Pool.submit", fail)
        assert repository.check() == as_cached(first)

    repository.write("web/templates/map.yaml", CONFIG_MAP + "oops: 1\n")
    assert "field-unknown" in {finding.rule for finding in repository.check().findings}


@pytest.mark.parametrize(
    "name", ["web/values-ha.yaml", "web/ci/more-values.yaml", "web/crds/x.yaml", "more/Chart.yaml"]
)
def test_a_new_file_that_matters_is_seen(repository: Repository, name: str) -> None:
    repository.check()
    assert is_cached(repository.check())

    repository.write(name, CHART.replace("web", "more") if name.startswith("more") else "{}\n")
    assert not is_cached(repository.check())


def test_a_new_configuration_is_seen(repository: Repository) -> None:
    repository.check()
    repository.write("chartkit.yaml", "fail-on: note\nrules: {render-empty: off}\n")

    assert not is_cached(repository.check())


def test_a_changed_file_that_lies_under_every_scenario_is_seen(repository: Repository) -> None:
    repository.write("chartkit.yaml", "charts: {web: {values: ../base.yaml}}\n")
    repository.write("base.yaml", "a: c\n")
    repository.check()
    assert is_cached(repository.check())

    repository.write("base.yaml", "a: [\n")
    report = repository.check()
    assert not is_cached(report)
    assert {finding.place.file for finding in report.findings} == {"base.yaml"}


def test_what_has_just_changed_is_seen(repository: Repository) -> None:
    repository.check()
    repository.write("web/values.yaml", "a: c\n")

    assert not is_cached(repository.check())


def test_a_baseline_that_appears_is_seen(repository: Repository) -> None:
    repository.write("web/templates/map.yaml", CONFIG_MAP + "oops: 1\n")
    repository.check("web")
    repository.write("chartkit-baseline.json", '{"version": 1, "findings": []}\n')

    assert repository.check("web").findings == repository.check("web").findings
    repository.write("chartkit-baseline.json", "{")
    with pytest.raises(Exception, match="baseline"):
        repository.check("web")


DEAR = (
    "chartkit.cli.commands.golden",
    "chartkit.helm.embedded",
    "chartkit.helm.engines",
    "chartkit.pipeline.worker_checks",
    "chartkit.rules.field_unknown",
    "chartkit.rules.policies",
    "chartkit.rules.schemas",
    "chartkit.source_map",
    "helm_python",
    "jsonschema_rs",
)
"""Modules that only work needs; to import them takes longer than all that a run does that finds none."""


def test_a_second_run_imports_nothing_that_works(repository: Repository, tmp_path: pathlib.Path) -> None:
    program = (
        "import sys; from chartkit.cli import app; app.run(sys.argv[2:]);"
        "print([name for name in sys.argv[1].split(',') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, ",".join(DEAR), "check", "web", "--quiet", "--jobs", "1"]
    environment = {**os.environ, "CHARTKIT_CACHE_DIR": str(tmp_path / "cache")}

    def imported() -> str:
        done = subprocess.run(
            command, cwd=repository.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    imported()
    assert imported() == "[]\n"
