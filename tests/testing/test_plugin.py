"""The fixtures as a project uses them: what passes, what fails, and what a failure says."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from chartkit.golden.changing_lines import MARKER
from chartkit.golden.masked_fields import MARKER as FIELD

pytest_plugins = ["pytester"]

ROOT = pathlib.Path(__file__).parents[2]
PLUGINS = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:cov")


class Project:
    """A repository with the chart ``charts/web``, in which tests are run."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path

    def run(self, code: str, *flags: str, workers: int = 0) -> pytest.RunResult:
        """Run a test file with *code*, in a process of its own: this one has syrupy's session already."""
        self.pytester.makepyfile(code)
        spread = ("-n", str(workers)) if workers else ("-p", "no:xdist")
        return self.pytester.runpytest_subprocess(*PLUGINS, *spread, *flags)

    def chartkit(self, *arguments: str) -> str:
        """What a command of chartkit prints here; it must be clean."""
        command = [sys.executable, "-m", "chartkit", *arguments]
        environment = {**os.environ, "CHARTKIT_CACHE_DIR": str(self.root / ".cache")}
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def files(self) -> list[str]:
        """The golden files and snapshots there are."""
        found = [*self.root.glob("golden/*/*"), *self.root.glob("__snapshots__/*/*")]
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture
def project(
    pytester: pytest.Pytester,
    write_web: Callable[[pathlib.Path], pathlib.Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # whatever checkout is installed
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # the tests in here are spread by themselves
    write_web(pytester.path)
    return Project(pytester)


EVERY = """
import pytest

@pytest.mark.chart("charts/web", scenarios="all")
def test_every(render, golden):
    assert render == golden
    render.assert_clean()
"""
ONE = """
def test_one(chart, golden):
    assert chart.render({}) == golden
"""
TEMPLATE = "charts/web/templates/web.yaml"


def test_the_chart_is_the_one_of_the_marker_the_option_or_the_only_one(project: Project) -> None:
    code = """
        import pytest

        def test_only(chart, render):
            assert chart.name == "web" and render.scenario == "default"

        @pytest.mark.chart("charts/web")
        def test_marked(chart, render):
            assert chart.render() is render

        def test_other(chart):
            assert chart("charts/web").render(scenario="ha").find("Deployment")["spec.replicas"] == 3

        @pytest.fixture(scope="module")
        def web(chartkit_session):
            return chartkit_session.chart("charts/web").render().find("Deployment")

        def test_wider(web):
            assert web["spec.replicas"] == 1
    """
    project.run(code).assert_outcomes(passed=4)
    project.pytester.makeini("[pytest]\nchartkit_chart = charts/web\n")
    project.edit("chartkit.yaml", "charts:\n", "chart-dirs: [charts]\ncharts:\n")
    (project.root / "charts/other").mkdir()
    (project.root / "charts/other/Chart.yaml").write_text("apiVersion: v2\nname: other\nversion: 1.0.0\n")
    project.run(code, "--strict-markers", "-W", "error").assert_outcomes(passed=4)


def test_a_test_runs_for_each_case_that_must_render(project: Project) -> None:
    result = project.run(EVERY, "--collect-only", "-q")
    assert re.findall(r"test_every\[(.*)\]", result.stdout.str()) == [
        "web-default-1.31",
        "web-default-1.37",
        "web-ha-1.31",
        "web-ha-1.37",
    ]
    project.run(EVERY, "--snapshot-update", "-k", "web-ha-1.37").assert_outcomes(passed=1, deselected=3)


CHOSEN = [
    ("'ha'", "'all'", ["web-ha-1.31", "web-ha-1.37"]),
    ("['ha', 'd*']", "'newest'", ["web-default-1.37", "web-ha-1.37"]),
    ("'all'", "['1.31']", ["web-default-1.31", "web-ha-1.31"]),
]


def test_scenarios_and_versions_can_be_chosen(project: Project) -> None:
    tests = [
        f"""
@pytest.mark.chart(scenarios={scenarios}, kube_versions={versions})
def test_{number}(render):
    print("ran", {number}, render.id)
"""
        for number, (scenarios, versions, _) in enumerate(CHOSEN)
    ]
    result = project.run("import pytest\n" + "".join(tests), "-s")
    result.assert_outcomes(passed=6)
    ran = re.findall(r"ran (\d) (\S+)", result.stdout.str())
    assert ran == [(str(number), name) for number, (_, _, ids) in enumerate(CHOSEN) for name in ids]


MARKED = [
    ("scenarios='haa'", "there is no scenario 'haa' hint: did you mean 'ha'?"),
    ("scenarios='no-*'", "scenario 'no-*' must fail, there is no render of it hint: use chart.refuses"),
    (
        "scenarios='all', kube_versions='1.30'",
        "kube_versions: no scenario here is rendered for '1.30' hint: use one of: 1.31, 1.37",
    ),
    (
        "scenarios='all', kube_versions='x'",
        "kube_versions: expected a Kubernetes version, not 'x' hint: write it as '1.34'",
    ),
    ("'charts/wep', scenarios='all'", "there is no 'charts/wep' hint: name a folder"),
    ("scenarios='all', scenaros=1", "parameters() got an unexpected keyword argument 'scenaros'"),
    ("scenarios=[]", "no case is left of those that must render hint: name other scenarios"),
]


def test_a_marker_that_leads_nowhere_stops_the_collection_with_words(project: Project) -> None:
    for number, (marker, _) in enumerate(MARKED):
        code = f"import pytest\n\n@pytest.mark.chart({marker})\ndef test_some(render):\n    pass\n"
        (project.root / f"test_{number}.py").write_text(code)
    result = project.run("")
    result.assert_outcomes(errors=len(MARKED))
    text = " ".join(result.stdout.lines)
    missing = [message for _, message in MARKED if f"pytest.mark.chart: {message}" not in text]
    assert missing == [], text
    assert "Traceback" not in text
    assert "another exception" not in text


FAILURES = {
    "a kind that is not there": (
        "chart.render().find('Deploymnt')",
        "E * web-default-1.37 has no Deploymnt: did you mean 'Deployment'?",
    ),
    "two that fit": ("chart.render().find('ConfigMap')", "E * web-default-1.37 has 2 of ConfigMap: *"),
    "a path that leads nowhere": (
        "chart.render().find('Deployment')['spec.replica']",
        "E * spec of Deployment/release-name-web in * has no 'replica': did you mean 'replicas'?",
    ),
    "a scenario that is not there": (
        "chart.render(scenario='haa')",
        "E * chart 'charts/web' has no scenario 'haa'",
        "E * hint: did you mean 'ha'?",
    ),
    "a chart that does not render": (
        "chart.render(scenario='no-database')",
        "E * charts/web/templates/config.yaml:6: database.url is required",
        "E * chart web, scenario no-database, Kubernetes 1.37",
    ),
    "a chart that renders where it must not": (
        "chart.refuses('x', scenario='ha')",
        "E * web-ha-1.37 renders, expected Helm to refuse it with a message that matches 'x'",
    ),
    "what is not clean": (
        "chart.render(values={'replicas': 'many'}).assert_clean()",
        "E * the render is not clean",
        "E * charts/web/templates/web.yaml:7:13 error field-invalid",
        "E * path    spec.replicas",
        "E * 1 error in 1 file",
    ),
    "renders that differ": (
        "assert chart.render(set={'replicas': 2}) == chart.render()",
        "E * <web-default (changed)-1.37> differs from <web-default-1.37>",
        "E * spec.replicas",
        "E * - 1",
        "E * + 2",
    ),
    "objects that differ": (
        "assert chart.render(scenario='ha').find('Deployment') == chart.render().find('Deployment')",
        "E * <Deployment/release-name-web in web-ha-1.37> differs from <Deployment/* in web-default-1.37>",
        "E * spec.replicas",
    ),
}


def test_a_failure_says_what_is_wrong_and_shows_no_code_but_the_tests(project: Project) -> None:
    tests = [f"def test_{n}(chart):\n    {code}\n" for n, (code, *_) in enumerate(FAILURES.values())]
    result = project.run("\n".join(tests), "-vv")
    result.assert_outcomes(failed=len(FAILURES))
    for number, (_, *lines) in enumerate(FAILURES.values()):
        result.stdout.fnmatch_lines([f"*_ test_{number} _*", *lines])
    assert "/chartkit/" not in result.stdout.str()
    assert "functools.py" not in result.stdout.str()


def test_a_mistake_in_the_configuration_is_told_alone(project: Project) -> None:
    project.edit("chartkit.yaml", "charts:\n", "xcharts: 1\ncharts:\n")
    result = project.run("def test_one(chart):\n    chart.render()\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *: chartkit.yaml:1:1: xcharts: is not a known key", "E * hint: did you mean*"]
    )
    assert "/chartkit/" not in result.stdout.str()
    assert "functools.py" not in result.stdout.str()


def test_a_comparison_of_other_things_is_none_of_its_business(project: Project) -> None:
    code = """
        def test_one(chart):
            assert chart.render() != chart.render()
    """
    result = project.run(code)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * assert <web-default-1.37> != <web-default-1.37>"])


def test_an_update_writes_what_chartkit_writes(project: Project) -> None:
    project.chartkit("golden", "update")
    written = {file: (project.root / file).read_bytes() for file in project.files()}
    assert set(written) == {
        f"golden/web/{name}.yaml" for name in ("default", "default@1.31", "ha", "ha@1.31")
    }
    for file in written:
        (project.root / file).unlink()
    project.run(EVERY).assert_outcomes(failed=4)
    assert project.files() == []
    result = project.run(EVERY, "--snapshot-update")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["2 snapshots passed. 2 snapshots generated."])
    assert {file: (project.root / file).read_bytes() for file in project.files()} == written
    project.run(EVERY).assert_outcomes(passed=4)
    assert project.chartkit("check").startswith("clean: ")
    assert project.chartkit("golden", "update").startswith("nothing to do")


def test_an_update_of_one_case_leaves_its_whole_scenario_right(project: Project) -> None:
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    project.edit(TEMPLATE, "port: 80,", "port: 81,")
    project.edit("charts/web/templates/config.yaml", '">=1.35-0"', '">=1.30-0"')
    project.run(EVERY, "--snapshot-update", "-k", "1.31").assert_outcomes(passed=2, deselected=2)
    assert project.files() == ["golden/web/default.yaml", "golden/web/ha.yaml"]  # versions no longer differ
    assert project.chartkit("check").startswith("clean: ")


def test_an_update_keeps_and_removes_masks_as_chartkit_does(project: Project) -> None:
    file = project.root / "golden/web/default.yaml"
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    recorded = file.read_text()
    file.write_text(recorded.replace("port: 80,", f"port: {MARKER},"))
    project.run(EVERY).assert_outcomes(passed=4)
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    assert file.read_text() == recorded  # nothing there changes with every render


def test_what_the_configuration_masks_is_masked_in_snapshots_too(project: Project) -> None:
    mask = "golden: {folder: golden, mask: [{resource: Service/*, path: 'spec.ports[http].port'}]}\n"
    (project.root / "chartkit.yaml").write_text((project.root / "chartkit.yaml").read_text() + mask)
    code = (
        EVERY + "\ndef test_own(chart, golden):\n    assert chart.render(values={'replicas': 7}) == golden\n"
    )
    project.run(code, "--snapshot-update").assert_outcomes(passed=5)
    before = {file: (project.root / file).read_text() for file in project.files()}
    assert all(f"port: {FIELD}," in text for text in before.values())

    project.edit(TEMPLATE, "port: 80,", "port: 81,")

    project.run(code).assert_outcomes(passed=5)
    project.run(code, "--snapshot-update").assert_outcomes(passed=5)
    assert project.chartkit("check").startswith("not judged\n")
    assert {file: (project.root / file).read_text() for file in project.files()} == before


def test_an_update_deletes_nothing_that_it_does_not_know(project: Project) -> None:
    (project.root / "golden/web").mkdir(parents=True)
    (project.root / "golden/web/other.yaml").write_text("")
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    assert "golden/web/other.yaml" in project.files()


def test_a_golden_file_that_is_missing_or_differs_is_told_by_object_and_path(project: Project) -> None:
    alone = ("-k", "default-1.37", "-vv")
    result = project.run(EVERY, *alone)
    result.stdout.fnmatch_lines(
        [
            "E * web-default-1.37 is not recorded: there is no golden/web/default.yaml",
            "E * hint: run `pytest --snapshot-update` or `chartkit golden update`, read what it writes *",
        ]
    )
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    project.edit(TEMPLATE, "port: 80,", "port: 81,")
    result = project.run(EVERY, *alone)
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "E * web-default-1.37 differs from golden/web/default.yaml: 1 object changed",
            "E * hint: run `pytest --snapshot-update` or `chartkit golden update` and commit *",
            "E * ~ Service/release-name-web",
            "E * spec.ports[[]http[]].port",
        ]
    )
    assert "/chartkit/" not in result.stdout.str()


OWN = """
def test_own(chart, golden):
    assert chart.render(values={"replicas": 7}) == golden
    assert chart.render(values={"replicas": 8}) == golden
    assert chart.render().notes == golden
"""


def test_a_render_of_no_scenario_is_recorded_beside_the_test(project: Project) -> None:
    project.run(OWN).assert_outcomes(failed=1)
    project.run(OWN, "--snapshot-update").assert_outcomes(passed=1)
    name = next(project.root.glob("test_*.py")).stem
    assert project.files() == [f"__snapshots__/{name}/test_own{n}.yaml" for n in (".1", ".2", "")]
    project.run(OWN).assert_outcomes(passed=1)
    project.chartkit("check")
    project.edit(TEMPLATE, "port: 80,", "port: 81,")
    result = project.run(OWN)
    result.stdout.fnmatch_lines(
        ["E * web-default (changed)-1.37 differs from __snapshots__/*/test_own.yaml: *"]
    )


def test_what_changes_with_every_render_is_masked_as_chartkit_does_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTKIT_REAL", "1")
    project.edit(TEMPLATE, "[--port,", "[--token={{ randAlphaNum 16 }}, --port,")
    code = EVERY + OWN.replace("    assert chart.render().notes == golden\n", "")
    project.run(code, "--snapshot-update").assert_outcomes(passed=5)
    assert len(project.files()) == 6
    for edit in (("--port,", "--listen,"), ("", "")):
        assert all(f"--token={MARKER}" in (project.root / file).read_text() for file in project.files())
        project.run(code).assert_outcomes(passed=5)
        assert "wrote" not in project.chartkit("golden", "update")
        project.edit(TEMPLATE, *edit)
        project.run(code, "--snapshot-update").assert_outcomes(passed=5)


def test_what_changes_its_shape_with_every_render_is_never_recorded(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTKIT_REAL", "1")
    shapeless = "{{ range until (randNumeric 3 | int) }}\n# {{ . }}\n{{- end }}\n---\n"
    project.edit(TEMPLATE, "---\n", shapeless)
    result = project.run(EVERY + OWN, "--snapshot-update", "-k", "default-1.37 or own")
    result.assert_outcomes(failed=2, deselected=3)
    result.stdout.fnmatch_lines(["E * web-default-1.37 changes its shape with every render, so it *"])
    result.stdout.fnmatch_lines(["E * web-default (changed)-1.37 changes its shape with every render*"])
    assert project.files() == []


def test_a_file_can_be_named_and_text_compared(project: Project) -> None:
    code = """
        import pytest

        @pytest.mark.parametrize("name", ["web/x@1.31", "../../x/y", "charts/web/a b"])
        def test_written(golden, name):
            assert "text" == golden(name=name)

        @pytest.mark.parametrize("name", ["ha", "web/", "/ha"])
        def test_refused(golden, name):
            with pytest.raises(pytest.UsageError, match="golden needs the name of its file"):
                golden(name=name)

        @pytest.mark.parametrize("what", [1, None, {}])
        def test_no_render(golden, what):
            with pytest.raises(TypeError, match="a golden file holds a render, not"):
                assert what == golden

        def test_shown(golden, render):
            assert repr(golden) == "<golden>"
            assert render == golden(name="web/default")
            assert repr(golden) == "<golden golden/web/default.yaml>"
    """
    project.run(code, "--snapshot-update").assert_outcomes(passed=10)
    assert project.files() == [
        "golden/%2E%2E+%2E%2E+x/y.yaml",
        "golden/charts+web/a%20b.yaml",
        "golden/web/default.yaml",
        "golden/web/x@1.31.yaml",
    ]
    project.run(code).assert_outcomes(passed=10)


def test_only_what_is_new_can_be_written(project: Project) -> None:
    project.run(EVERY, "--snapshot-update").assert_outcomes(passed=4)
    (project.root / "golden/web/ha.yaml").unlink()
    project.edit(TEMPLATE, "port: 80,", "port: 81,")
    project.run(EVERY, "--snapshot-update-new-only", "-k", "1.37").assert_outcomes(
        passed=1, failed=1, deselected=2
    )
    assert "golden/web/ha.yaml" in project.files()


def test_several_processes_share_the_work_and_write_the_same(project: Project) -> None:
    project.run(EVERY, "--snapshot-update", workers=2).assert_outcomes(passed=4)
    assert len(project.files()) == 4
    project.run(EVERY, workers=2).assert_outcomes(passed=4)
    assert project.chartkit("golden", "update").startswith("nothing to do")


def test_the_golden_folder_is_the_configured_one_wherever_pytest_runs(project: Project) -> None:
    (project.root / ".git").mkdir()
    project.edit("chartkit.yaml", "charts:\n", "golden: recorded\ncharts:\n")
    folder = project.root / "charts/web"
    (folder / "pytest.ini").write_text("[pytest]\nchartkit_chart = .\n")
    (folder / "test_web.py").write_text(EVERY.replace('"charts/web", ', ""))
    result = project.pytester.runpytest_subprocess(
        *PLUGINS,
        "-p",
        "no:xdist",
        "--rootdir",
        str(folder),
        "-c",
        str(folder / "pytest.ini"),
        "--snapshot-update",
        str(folder),
    )
    result.assert_outcomes(passed=4)
    assert len([*project.root.glob("recorded/web/*.yaml")]) == 4
    assert project.chartkit("check").startswith("clean: ")


def test_without_syrupy_only_those_who_ask_are_told(project: Project) -> None:
    code = """
        def test_other(render):
            assert render.kinds

        def test_golden(golden):
            pass
    """
    result = project.run(code, "-p", "no:syrupy")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*install chartkit[[]pytest[]]*"])


def test_fixtures_of_a_project_win_and_ours_have_other_names(project: Project) -> None:
    project.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def chart():
            return "mine"

        @pytest.fixture
        def render():
            return 1

        @pytest.fixture
        def golden():
            return 2
        """
    )
    code = """
        import pytest

        def test_mine(chart, render, golden):
            assert (chart, render, golden) == ("mine", 1, 2)

        @pytest.mark.chart("charts/web", scenarios="ha", kube_versions="newest")
        def test_ours(chartkit_render, chartkit_golden):
            assert chartkit_render == chartkit_golden

        def test_default(chartkit_chart, chartkit_render):
            assert chartkit_chart.render() is chartkit_render
    """
    project.run(code, "--snapshot-update").assert_outcomes(passed=3)


def test_a_chart_fixture_that_is_overridden_is_the_one_that_is_rendered(project: Project) -> None:
    code = """
        import pytest

        @pytest.fixture
        def chart(chart):
            return chart("other/web")

        def test_one(render):
            assert render.case.path == "other/web"
    """
    shutil.copytree(project.root / "charts", project.root / "other")
    project.pytester.makeini("[pytest]\nchartkit_chart = charts/web\n")
    project.run(code).assert_outcomes(passed=1)


def test_one_chart_at_a_time_is_the_chart(project: Project) -> None:
    code = """
        import pytest

        @pytest.mark.chart("charts/web", "charts/other")
        def test_one(chart):
            pass
    """
    result = project.run(code)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the fixture 'chart' is one chart: mark the test with one path"])


def test_who_does_not_ask_gets_nothing(project: Project) -> None:
    code = """
        import sys

        def test_nothing(request):
            assert not any("chartkit" in name for name in request.fixturenames)
            assert {name for name in sys.modules if name.startswith("chartkit")} <= {
                "chartkit", "chartkit.testing", "chartkit.testing.plugin"
            }

        def test_off(request):
            pass
    """
    project.run(code).assert_outcomes(passed=2)
    result = project.run("def test_one(chart):\n    pass\n", "-p", "no:chartkit")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'chart' not found"])


def test_the_plugin_loads_in_the_same_process(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "def test_one(pytestconfig):\n    assert pytestconfig.getini('chartkit_chart') == ''\n"
    )
    pytester.runpytest_inprocess(*PLUGINS, "-p", "no:syrupy", "-p", "no:xdist").assert_outcomes(passed=1)
    pytester.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.chart(path, ...*"])
