from __future__ import annotations

import pathlib

import pytest

from chartkit.golden.files import plan, read
from chartkit.masking import MARKER

pytest_plugins = ["pytester"]

PLUGINS = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:hypothesispytest",
    "-p",
    "no:xdist",
)

RENDER = """\
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {b: '1'}
"""
TEST = """
from chartkit.model import Render

TEXT = {text!r}

def test_golden(golden):
    assert {value} == golden(name={name!r})
"""


def run(
    pytester: pytest.Pytester, *flags: str, text: str = RENDER, value: str = "TEXT", name: str = "web/ha"
) -> pytest.RunResult:
    pytester.makepyfile(TEST.format(text=text, value=value, name=name))
    # a process of its own: this one has syrupy's session and the plugin loaded already
    return pytester.runpytest_subprocess(*PLUGINS, *flags)


@pytest.fixture
def file(pytester: pytest.Pytester) -> pathlib.Path:
    path = pytester.path / "golden" / "web" / "ha.yaml"
    path.parent.mkdir(parents=True)
    return path


def test_a_missing_file_fails_and_is_not_written(pytester: pytest.Pytester) -> None:
    run(pytester).assert_outcomes(failed=1)
    assert not (pytester.path / "golden").exists()


def test_an_update_writes_the_file_that_chartkit_reads(pytester: pytest.Pytester) -> None:
    run(pytester, "--snapshot-update", value="Render(TEXT, 'embedded')").assert_outcomes(passed=1)
    assert read(plan(pytester.path / "golden", []), ["web/ha.yaml"]) == {"web/ha.yaml": RENDER}
    run(pytester).assert_outcomes(passed=1)


def test_an_update_deletes_no_other_file(pytester: pytest.Pytester, file: pathlib.Path) -> None:
    file.with_name("other.yaml").write_text("")
    run(pytester, "--snapshot-update").assert_outcomes(passed=1)
    assert file.with_name("other.yaml").exists()


def test_a_difference_is_shown_by_object_and_path(pytester: pytest.Pytester, file: pathlib.Path) -> None:
    file.write_text(RENDER.replace("'1'", "'2'"))
    result = run(pytester, "-vv")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*~ ConfigMap/a", "*    data.b", "*      - '2'", "*      + '1'"])


def test_a_masked_line_matches_and_an_update_keeps_its_mask(
    pytester: pytest.Pytester, file: pathlib.Path
) -> None:
    file.write_text(RENDER.replace("'1'", f"'{MARKER}'"))
    run(pytester).assert_outcomes(passed=1)
    changed = RENDER.replace("name: a", "name: b")
    run(pytester, "--snapshot-update", text=changed).assert_outcomes(passed=1)
    assert file.read_text() == changed.replace("'1'", f"'{MARKER}'")


@pytest.mark.parametrize("flags", [[], ["--snapshot-update"]])
def test_what_is_no_render_is_never_equal_and_never_written(
    pytester: pytest.Pytester, file: pathlib.Path, flags: list[str]
) -> None:
    file.write_text("")
    pytester.makepyfile(
        """
        from chartkit.model import Failure, Render

        def test_failure(golden):
            assert Render("", "engine", failure=Failure("template", "boom", "")) == golden(name="web/ha")

        def test_number(golden):
            assert 1 == golden(name="web/ha")
        """
    )
    result = pytester.runpytest_subprocess(*PLUGINS, *flags)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*does not render: boom*", "*not 1*"])
    assert not file.read_text()


def test_names_become_files_as_everywhere_or_are_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("name", ["web/ha@1.31", "../../x/y", "charts/web/a b"])
        def test_written(golden, name):
            assert "text" == golden(name=name)

        @pytest.mark.parametrize("name", ["ha", "web/", "/ha"])
        def test_refused(golden, name):
            with pytest.raises(pytest.UsageError, match="golden needs the name of its file"):
                golden(name=name) == "text"
        """
    )
    pytester.runpytest_subprocess(*PLUGINS, "--snapshot-update").assert_outcomes(passed=6)
    found = sorted(path.relative_to(pytester.path).as_posix() for path in pytester.path.rglob("*.yaml"))
    assert found == [
        "golden/%2E%2E+%2E%2E+x/y.yaml",
        "golden/charts+web/a%20b.yaml",
        "golden/web/ha@1.31.yaml",
    ]


def test_without_syrupy_only_those_who_ask_are_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_other():
            pass

        def test_golden(golden):
            pass
        """
    )
    result = pytester.runpytest_subprocess(*PLUGINS, "-p", "no:syrupy")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*install chartkit[[]pytest[]]*"])


def test_a_chart_is_rendered_by_chartkit_itself(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "web" / "templates"
    folder.mkdir(parents=True)
    (folder.parent / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (folder.parent / "values-ha.yaml").write_text("replicas: 3\n")
    (folder / "a.yaml").write_text(RENDER.replace("'1'", "'{{ .Values.replicas }}'"))
    pytester.makepyfile(
        """
        def test_chart(chart):
            assert "data: {b: '3'}" in chart("web", scenario="ha").text
        """
    )
    result = pytester.runpytest_subprocess(*PLUGINS)
    result.assert_outcomes(passed=1)
