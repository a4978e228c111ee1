"""With --new only that is told which was not there when the branch began."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.pipeline.review import base_findings
from tests.pipeline.review.conftest import CONFIG_MAP, OOPS, Clone

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
FINDING = Finding(
    "a-b", Severity.ERROR, "m", "web", Place("x", 1), resource=ResourceId("v1", "Pod", "", "web")
)


def settle(clone: Clone) -> None:
    """What there is now is what the branch begins with."""
    clone.commit()
    clone.git("branch", "-f", "main")


def test_what_was_there_before_is_left_out_and_counted(clone: Clone) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.write("charts/db/templates/map.yaml", "# moved\n\n" + CONFIG_MAP + OOPS + "more: 1\n")
    report = clone.report("--new")

    assert [one["path"] for one in report["findings"]] == ["/more"]
    assert report["since"]["before"] == 1
    _, out, _ = clone.run("check", "--since", "main", "--new")
    assert "1 finding was there before" in out
    assert [one["path"] for one in clone.report()["findings"]] == ["/oops", "/more"]


def test_exit_code_and_count_are_of_what_is_new(clone: Clone) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.append("charts/db/values.yaml", "a: 1\n")

    assert clone.run("check", "--since", "main")[0] == 1
    code, out, _ = clone.run("check", "--since", "main", "--new")
    assert code == 0
    assert "clean" in out


def test_a_fault_that_is_there_once_more_is_new_once(clone: Clone) -> None:
    deployment = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: x, labels: {a: 'b c'}}\nspec: {ports: [{port: 1}]}\n"
    )
    clone.write("charts/db/templates/a.yaml", deployment)
    settle(clone)
    clone.write("charts/db/templates/b.yaml", deployment)
    new = clone.report("--new")

    assert new["since"]["before"] == 1
    assert {one["file"] for one in new["findings"]} == {"charts/db/templates/b.yaml"}


def test_the_older_configuration_judges_the_older_charts(clone: Clone) -> None:
    clone.write("chartkit.yaml", "rules: {field-unknown: 'off'}\n")
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.write("chartkit.yaml", "rules: {}\n")

    assert clone.found("--new") == ["field-unknown charts/db/templates/map.yaml"]


def test_a_suppression_that_is_taken_away_lets_its_finding_be_new(clone: Clone) -> None:
    clone.write(
        "charts/db/templates/map.yaml", CONFIG_MAP + "{{/* chartkit:ignore field-unknown known */}}\n" + OOPS
    )
    settle(clone)
    clone.write("charts/db/templates/map.yaml", CONFIG_MAP + OOPS)

    assert clone.found("--new") == ["field-unknown charts/db/templates/map.yaml"]


def test_a_new_chart_is_new_as_a_whole(clone: Clone) -> None:
    clone.chart("charts/more", text=CONFIG_MAP + OOPS)

    assert clone.found("--new") == ["field-unknown charts/more/templates/map.yaml"]
    assert clone.found("--new", "charts/more") == ["field-unknown charts/more/templates/map.yaml"]


def test_a_moved_chart_is_compared_with_itself(clone: Clone) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.git("mv", "charts/db", "charts/store")

    assert clone.found() == ["field-unknown charts/store/templates/map.yaml"]
    assert clone.found("--new") == []


def test_dependencies_values_and_links_are_what_they_were(clone: Clone) -> None:
    clone.write("charts/lib/templates/_lib.tpl", '{{ define "lib.extra" }}\noops: 1\n{{ end }}\n')
    clone.append("charts/web/templates/map.yaml", '{{ include "lib.extra" . }}\n')
    clone.write("shared/partial.tpl", '{{ define "shared" }}\nalso: 1\n{{ end }}\n')
    (clone.root / "charts/web/templates/_shared.tpl").symlink_to("../../../shared/partial.tpl")
    clone.append("charts/web/templates/map.yaml", '{{ include "shared" . }}\n')
    clone.write("chartkit.yaml", "charts: {charts/web: {scenarios: {ha: {values: [../../env/ha.yaml]}}}}\n")
    clone.write("env/ha.yaml", "mode: ha\n")
    settle(clone)
    clone.append("charts/lib/templates/_lib.tpl", "\n")
    clone.append("env/ha.yaml", "a: b\n")
    report = clone.report("--new")

    assert report["findings"] == []
    assert report["since"]["before"] == 2


def test_archives_that_git_ignores_were_there_before(clone: Clone) -> None:
    clone.append("charts/db/Chart.yaml", "dependencies: [{name: sub, version: '*'}]\n")
    clone.write("charts/db/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n")
    clone.write("charts/db/charts/sub/templates/x.yaml", CONFIG_MAP.replace(".Release.Name", '"sub"') + OOPS)
    clone.write(".gitignore", "charts/*/charts/\n")
    settle(clone)
    clone.append("charts/db/values.yaml", "a: 1\n")

    assert clone.found() == ["field-unknown charts/db/charts/sub/templates/x.yaml"]
    assert clone.found("--new") == []


def test_what_is_only_a_pointer_was_not_judged_and_that_is_said(clone: Clone) -> None:
    clone.write("charts/db/charts/sub.tgz", POINTER)
    settle(clone)
    (clone.root / "charts/db/charts/sub.tgz").unlink()
    clone.append("charts/db/templates/map.yaml", OOPS)

    assert clone.found("--new") == ["field-unknown charts/db/templates/map.yaml"]
    assert "Git LFS" in clone.reasons("--new")["charts/db/charts/sub.tgz as it was"]


def test_where_the_base_cannot_be_judged_everything_is_told(clone: Clone) -> None:
    clone.write("chartkit.yaml", "nonsense: 1\n")
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.write("chartkit.yaml", "{}\n")
    report = clone.report("--new")
    (told,) = (one for one in report["not_judged"] if one["what"] == "what was there before")

    assert [one["rule"] for one in report["findings"]] == ["field-unknown"]
    assert report["since"]["before"] is None
    assert "so every finding is reported" in told["reason"]
    assert "chartkit.yaml:1:1" in told["reason"]
    assert str(clone.root) not in told["reason"]
    assert "chartkit-scratch" not in told["reason"]


def _never(*_: object) -> None:
    raise RuntimeError("nowhere")


def test_what_was_found_before_is_found_once(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.append("charts/db/values.yaml", "a: 1\n")
    assert clone.report("--new")["since"]["before"] == 1
    monkeypatch.setattr("chartkit.pipeline.review.base_findings._check_base", _never)

    assert clone.report("--new")["since"]["before"] == 1
    with pytest.raises(AssertionError, match="nowhere"):
        clone.report("--new", "--no-cache")


def test_the_files_of_the_user_stay_as_they_are(clone: Clone) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    settle(clone)
    clone.append("charts/db/templates/map.yaml", "more: 1\n")
    shutil.rmtree(clone.root / "charts/api")
    before = {path: path.stat().st_mtime_ns for path in clone.root.rglob("*")}
    clone.report("--new")

    assert {path: path.stat().st_mtime_ns for path in clone.root.rglob("*")} == before


def test_values_and_definitions_of_the_command_line_hold_before_too(
    clone: Clone, tmp_path: pathlib.Path
) -> None:
    clone.append("charts/db/templates/map.yaml", "{{ if .Values.enabled }}" + OOPS + "{{ end }}\n")
    outside = tmp_path / "on.yaml"
    outside.write_text("enabled: true\n")
    clone.write("on.yaml", "enabled: true\n")
    settle(clone)
    clone.append("charts/db/values.yaml", "a: 1\n")

    for values in ("on.yaml", str(clone.root / "on.yaml"), str(outside), "../on.yaml"):
        report = clone.report("--new", "-f", values)
        assert (report["findings"], report["since"]["before"]) == ([], 1)


def many(lines: list[int]) -> tuple[Finding, ...]:
    return tuple(dataclasses.replace(FINDING, place=Place("x", line)) for line in lines)


@given(st.lists(st.integers(1, 9), unique=True), st.integers(0, 9))
def test_of_equal_faults_as_many_are_old_as_there_were(lines: list[int], before: int) -> None:
    new = base_findings.only_new(many(lines), {base_findings.fault(FINDING): before})

    assert [one.place.line for one in new if one.place.line in sorted(lines)[:before]] == []
    assert len(new) == len(lines) - min(before, len(lines))


def test_what_is_accepted_now_is_neither_new_nor_old() -> None:
    accepted = dataclasses.replace(FINDING, suppressed="known")
    new = base_findings.only_new((accepted, FINDING), {base_findings.fault(FINDING): 1})

    assert new == (accepted,)
    assert base_findings.faults([accepted]) == {}
