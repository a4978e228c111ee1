"""A session renders charts with any inputs, each once, and says what is wrong in words."""

from __future__ import annotations

import pathlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import chartkit
from chartkit import Ambiguous, ChartkitError, NotFound, OpenChart, RenderFailed, RenderSession, Severity
from chartkit.model.case import Case
from chartkit.model.errors import ConfigError, NoChart
from chartkit.model.place import Place
from chartkit.model.render import Render
from chartkit.pipeline import render as rendering
from chartkit.pipeline.run import LoadedChart, Run
from chartkit.system.worker_pool import WorkerFailure

Write = Callable[[pathlib.Path], pathlib.Path]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, write_web: Write) -> pathlib.Path:
    """A repository that no test of this module changes."""
    return write_web(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def session(repository: pathlib.Path) -> Iterator[RenderSession]:
    with RenderSession(repository) as session:
        yield session


@pytest.fixture
def chart(session: RenderSession) -> OpenChart:
    return session.chart("charts/web")


def test_a_chart_says_what_it_is(chart: OpenChart) -> None:
    assert (chart.name, chart.version, chart.app_version, chart.path) == ("web", "1.2.0", "2.1", "charts/web")
    assert chart.values["image"] == {"repository": "example.org/web", "tag": ""}
    assert chart.scenarios == ("default", "ha", "no-database")
    assert repr(chart) == "<chart charts/web>"


def test_the_only_chart_need_not_be_named(session: RenderSession) -> None:
    assert session.chart().path == "charts/web"
    assert session.chart().name == "web"
    assert repr(session.chart()) == "<chart of this repository>"


def test_a_render_is_what_helm_prints_and_more(chart: OpenChart) -> None:
    render = chart.render()
    assert (render.id, render.scenario, render.kube_version) == ("web-default-1.37", "default", "1.37.0")
    assert render.kinds == {"ConfigMap": 2, "Secret": 1, "Service": 1, "Deployment": 1, "Job": 1}
    assert render.kinds == Counter(each.kind for each in render)
    assert render.kinds["Ingress"] == 0
    assert "Deployment/release-name-web" in render.names
    assert len(render) == len(render.names) == 6
    assert render.notes == "Open http://release-name-web in shop.\n"
    assert render.warnings == ()
    assert [each.name for each in render.hooks] == ["release-name-migrate"]
    assert render.text.startswith("---\n# Source: web/templates/")
    assert repr(render) == "<web-default-1.37>"


def test_inputs_change_what_helm_makes(chart: OpenChart) -> None:
    render = chart.render(
        scenario="ha",
        values={"log": "debug"},
        set={"image.tag": "9"},
        release="r",
        namespace="n",
        upgrade=True,
    )
    web = render.find("Deployment", "r-web")
    assert web["spec.replicas"] == 3
    assert web.container().env["LOG"] == "debug"
    assert web.container().image == "example.org/web:9"
    assert render.hooks[0].hooks == ("pre-upgrade",)
    assert " in n." in render.notes
    assert render.id == "web-ha (changed)-1.37"


@pytest.mark.parametrize(
    ("version", "there"), [("1.31", False), ("1.37", True), ("1.35.2", True), (None, True)]
)
def test_any_version_may_be_asked_for(chart: OpenChart, version: str | None, there: bool) -> None:
    render = chart.render(kube_version=version) if version else chart.render()
    assert bool(render.find_all("ConfigMap", "*-new")) is there


def test_equal_inputs_are_rendered_once(chart: OpenChart, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[object] = []
    really = rendering.rendered

    def counted(run: Run, loaded: LoadedChart, case: Case) -> Render:
        rendered.append(case)
        return really(run, loaded, case)

    monkeypatch.setattr(rendering, "rendered", counted)
    ones = chart.render(set={"log": "once"})
    assert chart.render(set={"log": "once"}) is ones
    assert chart.render(set={"log": "twice"}) != ones
    assert len(rendered) == 2


def test_renders_are_equal_by_their_text_and_tell_how_they_differ(chart: OpenChart) -> None:
    assert chart.render(values={"replicas": 3, "log": "warn"}) == chart.render(scenario="ha")
    assert len({chart.render(), chart.render(values={}), chart.render(scenario="ha")}) == 2
    assert chart.render() != chart.render().text
    assert chart.render(set={"replicas": 2}).changes_from(chart.render()) == [
        "~ Deployment/release-name-web",
        "    spec.replicas",
        "      - 1",
        "      + 2",
    ]


FOUND = [
    ({"kind": "Deployment"}, 1),
    ({"name": "*-web"}, 4),
    ({"kind": "ConfigMap", "name": "*-new"}, 1),
    ({"template": "templates/config.yaml"}, 3),
    ({"template": "templates/*", "api_version": "v1"}, 4),
    ({"namespace": ""}, 6),
    ({"namespace": "shop"}, 0),
    ({}, 6),
]


@pytest.mark.parametrize(("wanted", "count"), FOUND)
def test_objects_are_found_by_what_they_are(chart: OpenChart, wanted: dict[str, Any], count: int) -> None:
    found = chart.render().find_all(**wanted)
    assert len(found) == count
    if count == 1:
        assert chart.render().find(**wanted) is found[0]


NOWHERE = [
    ({"kind": "Deploymnt"}, "web-default-1.37 has no Deploymnt: did you mean 'Deployment'?"),
    ({"kind": "Ingress"}, "has no Ingress: it has ConfigMap, Deployment, Job, Secret, Service"),
    ({"kind": "Job", "name": "release-name-migrat"}, "did you mean 'release-name-migrate'?"),
    ({"kind": "Deployment", "name": "x"}, "no Deployment 'x': it has Deployment/release-name-web"),
    ({"kind": "Job", "namespace": "n"}, "no Job namespace 'n': it has Job/release-name-migrate"),
    ({"name": "x", "template": "t"}, "has no object 'x' template 't': it has ConfigMap/release-name-"),
]


@pytest.mark.parametrize(("wanted", "message"), NOWHERE)
def test_an_object_that_is_not_there_is_told_with_what_is(
    chart: OpenChart, wanted: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotFound) as caught:
        chart.render().find(**wanted)
    assert message in str(caught.value)


def test_of_several_objects_none_is_taken(chart: OpenChart) -> None:
    with pytest.raises(Ambiguous) as caught:
        chart.render().find("ConfigMap")
    assert str(caught.value) == (
        "web-default-1.37 has 2 of ConfigMap: ConfigMap/release-name-web (v1, templates/config.yaml), "
        "ConfigMap/release-name-new (v1, templates/config.yaml)"
    )


def test_what_helm_refuses_is_an_error_with_the_line_of_the_template(chart: OpenChart) -> None:
    with pytest.raises(RenderFailed) as caught:
        chart.render(set={"database.url": ""})
    lines = str(caught.value).splitlines()
    assert lines[0] == "charts/web/templates/config.yaml:6: database.url is required"
    assert lines[1] == "chart web, scenario default (changed), Kubernetes 1.37"
    assert caught.value.failure.kind == "required"


def test_a_refusal_can_be_asked_for(chart: OpenChart) -> None:
    assert chart.refuses("url is required", set={"database.url": ""}).line == 6
    assert chart.refuses(scenario="no-database").template == "web/templates/config.yaml"
    assert chart.refuses(set={"database": 1}).message


def test_a_refusal_that_does_not_come_or_comes_otherwise_fails(chart: OpenChart) -> None:
    with pytest.raises(AssertionError, match=r"^web-ha-1\.37 renders, expected Helm to refuse it$"):
        chart.refuses(scenario="ha")
    with pytest.raises(
        AssertionError, match="renders, expected Helm to refuse it with a message that matches 'nonsense'"
    ):
        chart.refuses("nonsense")
    with pytest.raises(
        AssertionError, match=r"but not with a message that matches 'nonsense':\ncharts/web/templates"
    ):
        chart.refuses("nonsense", scenario="no-database")


def test_a_scenario_that_is_not_there_is_told_with_its_hint(chart: OpenChart) -> None:
    with pytest.raises(ConfigError, match="chart 'charts/web' has no scenario 'haa'") as caught:
        chart.render(scenario="haa")
    assert caught.value.__notes__ == ["hint: did you mean 'ha'?"]


def test_what_cannot_be_asked_for_is_told(session: RenderSession, chart: OpenChart) -> None:
    with pytest.raises(TypeError, match="a render takes no 'vales'"):
        chart.render(vales={})  # type: ignore[call-arg]
    with pytest.raises(NoChart, match="there is no 'charts/wep'"):
        session.chart("charts/wep").render()
    with pytest.raises(ConfigError, match=r"values: there is no file 'values-hq.yaml' in 'charts/web'"):
        chart.render(values="values-hq.yaml")


def test_a_clean_render_is_clean(chart: OpenChart) -> None:
    chart.render().assert_clean(fail_on="note")
    assert chart.render().findings == ()


def test_what_is_not_clean_fails_with_the_report(chart: OpenChart) -> None:
    render = chart.render(values={"replicas": "many"})
    [finding] = render.findings
    with pytest.raises(AssertionError) as caught:
        render.assert_clean()
    text = str(caught.value)
    assert text.startswith("the render is not clean\n")
    assert "charts/web/templates/web.yaml:7:13 error field-invalid" in text
    assert "spec.replicas" in text
    assert "1 error in 1 file" in text
    render.assert_clean(ignore=[finding.rule])
    render.assert_clean(ignore=finding.rule)
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(("fail_on", "limit"), [("error", None), ("warning", "warning"), ("never", "error")])
def test_only_what_is_bad_enough_fails(
    tmp_path: pathlib.Path, write_web: Write, fail_on: str, limit: str | None
) -> None:
    write_web(tmp_path)
    with (tmp_path / "chartkit.yaml").open("a") as file:
        file.write(f"fail-on: {fail_on}\nrules: {{field-invalid: {limit or 'warning'}}}\n")
    render = RenderSession(tmp_path).chart("charts/web").render(values={"replicas": "many"})
    assert len(render.findings) == 1
    if limit is None:
        render.assert_clean()
    with pytest.raises(AssertionError):
        render.assert_clean(fail_on=None if limit else "warning")


def test_rules_and_severities_that_do_not_exist_are_refused(chart: OpenChart) -> None:
    with pytest.raises(ConfigError, match="ignore: there is no rule 'field-invalod'"):
        chart.render().assert_clean(ignore=["field-invalod"])
    with pytest.raises(ConfigError, match="fail_on: expected error, warning or note, not 'fatal'"):
        chart.render().assert_clean(fail_on="fatal")


def test_findings_that_are_accepted_are_none(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    with (tmp_path / "chartkit.yaml").open("a") as file:
        file.write("ignore: [{rule: field-invalid, chart: web, reason: it is a test}]\n")
    with RenderSession(tmp_path) as session:
        render = session.chart("charts/web").render(values={"replicas": "many"})
        render.assert_clean()
        assert [each.suppressed for each in render.report.findings] == ["it is a test"]


def test_a_chart_whose_files_change_is_read_anew(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    with RenderSession(tmp_path) as session:
        chart = session.chart("charts/web")
        assert chart.render().find("Deployment")["spec.replicas"] == 1
        (tmp_path / "charts/web/values.yaml").write_text("replicas: 12\ndatabase: {url: x}\nimage: {}\n")
        assert chart.render().find("Deployment")["spec.replicas"] == 12
        (tmp_path / "charts/web/templates/new.yaml").write_text(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n"
        )
        assert chart.render().kinds["Namespace"] == 1


def test_a_values_file_that_changes_is_read_anew(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    with RenderSession(tmp_path) as session:
        chart = session.chart("charts/web")
        assert chart.render(values="values-ha.yaml").find("Deployment")["spec.replicas"] == 3
        (tmp_path / "charts/web/values-ha.yaml").write_text("replicas: 4\n")
        assert chart.render(values="values-ha.yaml").find("Deployment")["spec.replicas"] == 4


def test_a_values_file_under_other_values_that_changes_is_read_anew(
    session: RenderSession, chart: OpenChart, tmp_path: pathlib.Path
) -> None:
    outside = tmp_path / "more.yaml"
    for replicas in (6, 7):
        outside.write_text(f"replicas: {replicas}\n")
        render = chart.render(values=[outside, {"log": "a"}, {"log": "b"}])
        assert render.find("Deployment")["spec.replicas"] == replicas


def test_what_a_scenario_sets_under_other_values_is_found_where_it_stands(
    tmp_path: pathlib.Path, write_web: Write
) -> None:
    web = write_web(tmp_path) / "charts/web"
    (web / "values-ha.yaml").write_text("# high\nreplicas: many\n")
    with RenderSession(tmp_path) as session:
        chart = session.chart("charts/web")
        [finding] = chart.render(scenario="ha", values={"log": "x"}).findings
        assert (finding.place.file, finding.place.line) == ("charts/web/values-ha.yaml", 2)
        (web / "values-ha.yaml").write_text("replicas: 5\n")
        changed = chart.render(scenario="ha", values={"log": "x"})
        assert changed.find("Deployment")["spec.replicas"] == 5


def test_what_breaks_the_schema_under_other_values_is_found_where_it_stands(
    tmp_path: pathlib.Path, write_web: Write
) -> None:
    web = write_web(tmp_path) / "charts/web"
    (web / "values-ha.yaml").write_text("# high\nreplicas: many\n")
    (web / "values.schema.json").write_text('{"properties": {"replicas": {"type": "integer"}}}')
    with RenderSession(tmp_path) as session:
        chart = session.chart("charts/web")
        [plain] = session.judge(chart._case({"scenario": "ha"})).findings
        [changed] = session.judge(chart._case({"scenario": "ha", "values": {"log": "x"}})).findings
        assert changed.rule == "values-schema-violated"
        assert changed.place == plain.place != Place("charts/web/values.yaml", 1, 1)


def test_it_matters_not_where_a_test_has_gone(
    session: RenderSession, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    render = session.chart("charts/web").render(scenario="ha", release="elsewhere")
    assert render.find("Deployment")["spec.replicas"] == 3
    assert pathlib.Path.cwd() == tmp_path


def test_flags_and_variables_that_leave_cases_out_do_not_count(
    repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTKIT_SCENARIO", "ha")
    monkeypatch.setenv("CHARTKIT_KUBE_VERSION", "1.31")
    assert len(RenderSession(repository).plan().cases) == 6


def test_a_chart_that_cannot_be_read_refuses_everything(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    (tmp_path / "charts/web/Chart.yaml").write_text("apiVersion: v2\nname: web\n")
    chart = RenderSession(tmp_path).chart("charts/web")
    for ask in (chart.render, lambda: chart.version, lambda: chart.values):
        with pytest.raises(RenderFailed, match=r"charts/web.*version"):
            ask()


def test_a_library_renders_nothing(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    (tmp_path / "charts/web/Chart.yaml").write_text(
        "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: library\n"
    )
    with pytest.raises(RenderFailed, match="web is a library chart, which renders nothing by itself"):
        RenderSession(tmp_path).chart("charts/web").render()


def test_a_scenario_whose_file_is_missing_says_so(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    (tmp_path / "charts/web/values-ha.yaml").unlink()
    with pytest.raises(ConfigError, match=r"values file 'values-ha.yaml' does not exist in 'charts/web'"):
        RenderSession(tmp_path).chart("charts/web").render(scenario="ha")


def test_of_several_charts_one_must_be_named(tmp_path: pathlib.Path, write_web: Write) -> None:
    write_web(tmp_path)
    write_web(tmp_path / "other")
    session = RenderSession(tmp_path)
    with pytest.raises(
        ConfigError, match="there are 2 charts, and none was named: charts/web, other/charts/web"
    ):
        session.chart().render()
    with pytest.raises(ChartkitError, match="holds 2 charts"):
        session.chart(tmp_path).render()
    assert session.chart()(tmp_path / "charts/web").path == "charts/web"


def test_an_engine_that_knows_no_notes_says_so(chart: OpenChart, monkeypatch: pytest.MonkeyPatch) -> None:
    render = chart.render()
    bare = chartkit.RenderedChart(
        render.case, type(render._render)("", "cli 4.1.0"), render._config, render._judge
    )
    with pytest.raises(ChartkitError, match="the engine 'cli' does not tell the notes"):
        str(bare.notes)


def test_a_render_that_does_not_end_fails_like_any_other(
    repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RenderSession(repository) as session, session.running() as run:
        monkeypatch.setattr(
            type(run.pool), "submit", lambda *_, **__: _Done(WorkerFailure("timeout", "did not end"))
        )
        with pytest.raises(RenderFailed, match="did not end"):
            session.chart("charts/web").render()


class _Done:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def result(self) -> object:
        return self.answer
