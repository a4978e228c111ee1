"""A chart that changes has another version, where that is asked for."""

from __future__ import annotations

import pytest

from tests.pipeline.review.conftest import Clone

RULE = "chart-version-not-bumped"


@pytest.fixture
def versioned(clone: Clone) -> Clone:
    clone.write("chartkit.yaml", "extends: [recommended, versions]\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    return clone


def told(clone: Clone) -> list[tuple[str, int, str]]:
    found = [one for one in clone.report()["findings"] if one["rule"] == RULE]
    return [(one["file"], one["line"], one["message"]) for one in found]


def bump(clone: Clone, chart: str, version: str, old: str = "1.0.0") -> None:
    file = clone.root / f"charts/{chart}/Chart.yaml"
    file.write_text(file.read_text().replace(f"\nversion: {old}\n", f"\nversion: {version}\n"))


def test_a_change_without_another_version_is_found_at_the_version(versioned: Clone) -> None:
    versioned.append("charts/db/values.yaml", "a: 1\n")

    assert told(versioned) == [
        ("charts/db/Chart.yaml", 3, "version is still 1.0.0, and charts/db/values.yaml changed")
    ]


@pytest.mark.parametrize("version", ["1.0.1", "2.0.0", "1.1.0-rc.1"])
def test_a_greater_version_is_enough(versioned: Clone, version: str) -> None:
    versioned.append("charts/db/values.yaml", "a: 1\n")
    bump(versioned, "db", version)

    assert told(versioned) == []


@pytest.mark.parametrize(
    ("version", "was"),
    [("0.9.9", "less than 1.0.0"), ("1.0.0-rc.1", "less than"), ("1.0.0+2", "still 1.0.0+2")],
)
def test_a_version_that_is_no_greater_is_not(versioned: Clone, version: str, was: str) -> None:
    bump(versioned, "db", version)

    assert was in told(versioned)[0][2]


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "ci/x-values.yaml", "tests/x_test.yaml", ".helmignore", "left/out.txt"]
)
def test_what_nobody_needs_a_release_for_does_not_count(versioned: Clone, name: str) -> None:
    versioned.write("charts/db/.helmignore", "left/\n")
    bump(versioned, "db", "1.0.1")
    versioned.commit()
    versioned.git("branch", "-f", "main")
    versioned.write(f"charts/db/{name}", "left/\n")

    assert told(versioned) == []


def test_a_file_that_is_gone_is_a_change(versioned: Clone) -> None:
    versioned.write(
        "charts/db/templates/map.yaml", (versioned.root / "charts/db/templates/map.yaml").read_text()
    )
    (versioned.root / "charts/db/values.yaml").unlink()

    assert "db/values.yaml (gone) changed" in told(versioned)[0][2]


def test_what_packs_a_changed_chart_needs_another_version_too(versioned: Clone) -> None:
    versioned.append("charts/lib/templates/_lib.tpl", "x\n")
    bump(versioned, "lib", "1.0.1")
    bump(versioned, "web", "1.0.1")

    assert [file for file, _, _ in told(versioned)] == ["charts/api/Chart.yaml"]


def test_a_new_chart_needs_none_and_a_moved_one_that_is_the_same_neither(versioned: Clone) -> None:
    versioned.chart("charts/more")
    versioned.git("mv", "charts/db", "charts/store")
    assert told(versioned) == []

    versioned.append("charts/store/values.yaml", "a: 1\n")
    assert [file for file, _, _ in told(versioned)] == ["charts/store/Chart.yaml"]


def test_a_placeholder_is_no_version(versioned: Clone) -> None:
    versioned.chart("charts/db", version="0.0.0-undefined")
    versioned.commit()
    versioned.git("branch", "-f", "main")
    versioned.append("charts/db/values.yaml", "a: 1\n")

    assert told(versioned) == []


def test_a_version_that_is_taken_by_now_is_not_free(versioned: Clone) -> None:
    bump(versioned, "db", "1.0.1")
    versioned.append("charts/db/values.yaml", "a: 1\n")
    versioned.commit()
    versioned.git("checkout", "-q", "main")
    bump(versioned, "db", "1.0.1")
    versioned.commit()
    versioned.git("checkout", "-q", "feature")

    assert told(versioned)[0][2] == "version 1.0.1 is not greater than 1.0.1, which is there by now"


def test_line_ends_that_git_does_not_see_are_no_change(versioned: Clone) -> None:
    versioned.write(".gitattributes", "*.yaml text eol=crlf\n")
    versioned.commit()
    versioned.git("rm", "-rq", "--cached", ".")
    versioned.git("reset", "-q", "--hard")
    versioned.git("branch", "-f", "main")
    versioned.write("charts/db/README.md", "x\n")
    assert b"\r\n" in (versioned.root / "charts/db/values.yaml").read_bytes()

    assert told(versioned) == []


def test_a_dependency_outside_of_the_repository_is_no_change(versioned: Clone) -> None:
    versioned.chart("../elsewhere/far")
    extra = "dependencies:\n  - {name: far, version: 1.x.x, repository: 'file://../../../elsewhere/far'}\n"
    versioned.append("charts/db/Chart.yaml", extra).commit()
    versioned.git("branch", "-f", "main")
    versioned.write("charts/db/README.md", "x\n")

    assert told(versioned) == []
    assert versioned.charts() == {"db"}


def test_what_git_ignores_is_no_change(versioned: Clone) -> None:
    versioned.write(".gitignore", "made.yaml\n").commit()
    versioned.git("branch", "-f", "main")
    versioned.write("charts/db/made.yaml", "a: 1\n").write("charts/db/README.md", "x\n")

    assert told(versioned) == []


def test_a_version_that_is_none_is_told_of_elsewhere(versioned: Clone) -> None:
    versioned.append("charts/db/values.yaml", "a: 1\n")
    bump(versioned, "db", "one")

    assert told(versioned) == []
    assert "charts/db" in versioned.found()[0]


def test_a_chart_that_could_not_be_read_before_is_told_of(versioned: Clone) -> None:
    good = (versioned.root / "charts/db/Chart.yaml").read_text()
    versioned.write("charts/db/Chart.yaml", "name: [\n")
    versioned.commit()
    versioned.git("branch", "-f", "main")
    versioned.write("charts/db/Chart.yaml", good)

    assert told(versioned) == []
    assert "cannot be read as it was" in versioned.reasons()["version of the chart"]


def test_the_rule_is_on_where_chart_testing_is_asked_for_it(clone: Clone) -> None:
    clone.append("charts/db/values.yaml", "a: 1\n")
    assert told(clone) == []

    clone.write("ct.yaml", "check-version-increment: true\n")
    assert [file for file, _, _ in told(clone) if "db" in file] == ["charts/db/Chart.yaml"]


def test_what_a_chart_takes_from_the_checkout_is_released_there(versioned: Clone) -> None:
    needs = "dependencies: [{name: db, version: 1.x.x, repository: 'https://charts.example.com'}]\n"
    versioned.chart("charts/far", extra=needs)
    versioned.commit()
    versioned.git("branch", "-f", "main")
    versioned.append("charts/db/values.yaml", "a: 1\n")

    assert versioned.charts() == {"db", "far"}
    assert [file for file, _, _ in told(versioned)] == ["charts/db/Chart.yaml"]
    assert versioned.charts("--no-siblings") == {"db"}
    assert versioned.found("--new") == [f"{RULE} charts/db/Chart.yaml"]
