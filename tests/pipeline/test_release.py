"""Charts of a run are judged together, one case of each, and what takes no part is told."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import MappingProxyType

import pytest

from chartkit.model.case import Case, SetValue
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.render import Hit, Release
from chartkit.model.report import Report
from chartkit.pipeline import check as pipeline
from chartkit.pipeline import worker_jobs, worker_state
from chartkit.pipeline.records import CheckResult, Settings, StoredRender
from chartkit.plan.config import Flags, configure
from chartkit.rules import Rule, catalogue
from chartkit.system.worker_pool import WorkerFailure

Parts = tuple[tuple[str, Case, StoredRender], ...]

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

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    overdue = False

    def gives_up(self) -> bool:
        return self.overdue

    def submit(
        self,
        function: Callable[..., object],
        *arguments: object,
        seconds: float | None = None,
        group: str = "",
    ) -> object:
        future: Future[object] = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("chartkit.pipeline.run.Pool", InProcess)
    worker_state.load_rules.cache_clear()
    yield
    worker_state.load_rules.cache_clear()


def write(folder: pathlib.Path, name: str, template: str) -> None:
    (folder / name / "templates").mkdir(parents=True)
    (folder / name / "Chart.yaml").write_text(CHART.format(name=name))
    (folder / name / "templates" / "a.yaml").write_text(template)


def check(folder: pathlib.Path, *paths: str) -> Report:
    config = dataclasses.replace(configure.read(cwd=folder, environ={}), cache_dir=None)
    return pipeline.check(config, paths)


def apart(report: Report) -> list[NotJudged]:
    return [
        item
        for item in report.not_judged
        if item.what in ("scenarios with a name of their own", "charts together")
    ]


def test_a_finding_belongs_to_the_chart_of_its_object(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, kind in (("one", "ServiceAccount"), ("two", "ConfigMap")):
        write(tmp_path, name, OBJECT.format(kind=kind))
    every = {**catalogue.known(()), RULE.id: RULE}
    monkeypatch.setattr(catalogue, "known", lambda _=(): MappingProxyType(every))

    (finding,) = check(tmp_path).findings
    assert (finding.rule, finding.chart, finding.place.file) == ("name-shared", "two", "two/templates/a.yaml")


READER = """\
kind: ClusterRole
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: "reader{{ .Values.suffix }}"}
"""
BINDING = """\
kind: ClusterRoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: reader}
roleRef: {kind: ClusterRole, apiGroup: rbac.authorization.k8s.io, name: "reader{{ .Values.suffix }}"}
"""
CONFIG = """\
extends: [recommended, together]
charts:
  roles: {scenarios: {default: {}, ha: {set: {suffix: "-ha"}}, own: {set: {suffix: "-own"}}}}
  bindings: {scenarios: {default: {}, ha: {set: {suffix: "-hi"}}, special: {set: {suffix: "-special"}}}}
"""


def two_charts(folder: pathlib.Path) -> pathlib.Path:
    """Roles in one chart, their binding in the other; in scenario ha, it binds another one."""
    write(folder, "roles", READER)
    write(folder, "bindings", BINDING)
    (folder / "chartkit.yaml").write_text(CONFIG)
    return folder


def test_scenarios_of_one_name_are_taken_together(tmp_path: pathlib.Path) -> None:
    (finding,) = check(two_charts(tmp_path)).findings

    assert isinstance(finding, Finding)
    assert (finding.rule, finding.chart, finding.path) == (
        "binding-role-unresolved",
        "bindings",
        "/roleRef/name",
    )
    assert (finding.message, finding.hint) == (
        "no chart brings ClusterRole 'reader-hi'",
        "did you mean 'reader-ha'?",
    )
    assert finding.place.file == "bindings/templates/a.yaml"
    assert {case.scenario for case in finding.cases} == {"ha"}


def test_scenarios_of_no_other_chart_are_told(tmp_path: pathlib.Path) -> None:
    left_out = apart(check(two_charts(tmp_path)))

    assert [(item.chart, {case.scenario for case in item.cases}) for item in left_out] == [
        ("bindings", {"special"}),
        ("roles", {"own"}),
    ]


def test_charts_that_are_named_are_judged_with_those_that_are_not(tmp_path: pathlib.Path) -> None:
    two_charts(tmp_path)
    every = [finding.fingerprint for finding in check(tmp_path).findings]

    assert every
    assert [finding.fingerprint for finding in check(tmp_path, "bindings").findings] == every
    assert {case.case.chart for case in check(tmp_path, "bindings").cases} == {"bindings"}
    assert check(tmp_path, "roles").findings == ()


def test_what_may_be_in_a_chart_that_cannot_be_rendered_is_not_judged(tmp_path: pathlib.Path) -> None:
    (two_charts(tmp_path) / "roles" / "templates" / "a.yaml").write_text("{{ fail }}")
    write(tmp_path, "others", BINDING)

    for paths in ((), ("bindings", "others")):
        report = check(tmp_path, *paths)
        rules = [finding.rule for finding in report.findings]
        assert "binding-role-unresolved" not in rules
        assert "release-object-conflict" in rules
        unresolved = [item for item in report.not_judged if item.what.startswith("binding-role-unresolved: ")]
        assert {item.reason for item in unresolved} == {"it may be in what is not rendered: roles"}
        assert {item.chart for item in unresolved} == {"bindings", "others"}
        assert "no scenario of roles can be rendered" in [item.reason for item in apart(report)]


MAKERS = {
    "the controller of Database/reader may make it": (
        "apiVersion: db.example.com/v1\nkind: Database\nmetadata: {name: reader}\n"
    ),
    "ClusterRole/maker lets a pod make it": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: maker}\n"
        "rules: [{apiGroups: [''], resources: [configmaps], verbs: [create]}]\n"
    ),
}


@pytest.mark.parametrize("reason", MAKERS)
def test_what_something_may_make_is_not_judged_and_the_rest_is(tmp_path: pathlib.Path, reason: str) -> None:
    pod = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  serviceAccountName: lost
  containers: [{name: a, image: a, envFrom: [{configMapRef: {name: reader-config}}]}]
"""
    write(tmp_path, "web", f"{pod}---\n{MAKERS[reason]}")
    (tmp_path / "chartkit.yaml").write_text("extends: [recommended, together]\n")
    report = check(tmp_path)

    assert [finding.message for finding in report.findings] == [
        "no chart brings ServiceAccount 'lost' in namespace 'default'"
    ]
    (untold,) = [item for item in report.not_judged if item.reason == reason]
    assert untold.what == (
        "pod-reference-unresolved: no chart brings ConfigMap 'reader-config' in namespace 'default'"
    )
    assert (untold.chart, str(untold.resource)) == ("web", "Pod/web")


@pytest.mark.parametrize("flags", [{"scenario": ("ha",)}, {"kube_version": ("1.34",)}, {}])
def test_a_part_of_the_cases_is_judged_with_all_charts(
    tmp_path: pathlib.Path, flags: dict[str, tuple[str, ...]]
) -> None:
    two_charts(tmp_path)
    config = configure.read(Flags(**flags), cwd=tmp_path, environ={})  # type: ignore[arg-type]
    report = pipeline.check(dataclasses.replace(config, cache_dir=None))

    assert [finding.rule for finding in report.findings] == ["binding-role-unresolved"]


def test_values_of_the_command_line_take_part(tmp_path: pathlib.Path) -> None:
    two_charts(tmp_path)
    for value, found in (("", []), ("-hi", ["binding-role-unresolved"])):
        given = Flags(set_values=(SetValue("set", f"suffix={value}"),))
        config = configure.read(given, cwd=tmp_path, environ={})
        report = pipeline.check(dataclasses.replace(config, cache_dir=None), ["bindings"])
        assert [finding.rule for finding in report.findings] == found


def test_charts_that_were_not_said_to_belong_together_are_not_judged_so(tmp_path: pathlib.Path) -> None:
    config = two_charts(tmp_path) / "chartkit.yaml"
    config.write_text(CONFIG.replace(", together", ""))

    assert check(tmp_path).findings == ()
    assert apart(check(tmp_path)) == []


def test_what_charts_say_together_is_kept_until_one_changes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_charts(tmp_path)
    config = dataclasses.replace(configure.read(cwd=tmp_path, environ={}), cache_dir=tmp_path / "kept")
    judge, judged = worker_jobs.check_release, list[int]()

    def counted(
        settings: Settings, parts: Parts, absent: tuple[str, ...], reported: frozenset[str]
    ) -> CheckResult:
        judged.append(len(parts))
        return judge(settings, parts, absent, reported)

    monkeypatch.setattr(worker_jobs, "check_release", counted)
    first = pipeline.check(config)
    assert len(judged) == 2, "default and ha"
    assert pipeline.check(config).findings == first.findings
    assert len(judged) == 2
    (tmp_path / "roles" / "templates" / "a.yaml").write_text(READER.replace("reader", "writer"))
    assert pipeline.check(config).findings != first.findings
    assert len(judged) == 4


def test_a_worker_that_fails_is_reported(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(settings: Settings, *_: object) -> CheckResult | WorkerFailure:
        return WorkerFailure("timeout", "took more than 1 s")

    monkeypatch.setattr(worker_jobs, "check_release", fail)

    reasons = [item.reason for item in apart(check(two_charts(tmp_path)))]

    assert "judging scenario 'default' took more than 1 s" in reasons
    assert "judging scenario 'ha' took more than 1 s" in reasons
