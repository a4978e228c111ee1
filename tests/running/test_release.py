"""Rules that look at all charts together see one case of each, and their findings have an owner."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator
from concurrent.futures import Future
from types import MappingProxyType

import pytest

from chartkit import pipeline, rulebook
from chartkit.config import configure
from chartkit.model import Hit, Release, Severity
from chartkit.rules import Rule
from chartkit.running import jobs

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
OBJECT = "apiVersion: v1\nkind: {kind}\nmetadata: {{name: shared}}\n"


def two_of_one_name(release: Release) -> Iterator[Hit]:
    seen: set[str] = set()
    for objects in release.cases:
        for manifest in objects.manifests:
            if manifest.resource.name in seen:
                yield Hit(("metadata", "name"), "is a second one", manifest=manifest)
            seen.add(manifest.resource.name)


RULE = Rule("name-shared", Severity.ERROR, Release, two_of_one_name)


class InProcess:
    """Does what workers do, here, where the test's own rule is known."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, function: str, *arguments: object) -> object:
        future: Future[object] = Future()
        future.set_result(getattr(jobs, function.rpartition(":")[2])(*arguments))
        return future


def test_a_finding_belongs_to_the_chart_of_its_object(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, kind in (("one", "ServiceAccount"), ("two", "ConfigMap")):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "Chart.yaml").write_text(CHART.format(name=name))
        (tmp_path / name / "templates" / "a.yaml").write_text(OBJECT.format(kind=kind))
    every = {**rulebook.known(()), RULE.id: RULE}
    monkeypatch.setattr(rulebook, "known", lambda _=(): MappingProxyType(every))
    monkeypatch.setattr("chartkit.running.run.Pool", InProcess)
    jobs.load_rules.cache_clear()
    config = dataclasses.replace(configure.read(cwd=tmp_path, environ={}), cache_dir=None)
    report = pipeline.check(config)
    jobs.load_rules.cache_clear()

    (finding,) = report.findings
    assert (finding.rule, finding.chart, finding.place.file) == ("name-shared", "two", "two/templates/a.yaml")
