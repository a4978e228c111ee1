"""What is asked of a run with --since, in each of the ways to ask, and what it answers where it cannot."""

from __future__ import annotations

import pathlib

import pytest

from tests.pipeline.review.conftest import Clone


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("--since", "nowhere"), "there is no commit 'nowhere'", "fetch it"),
        (("--since", "--output=x"), "there is no commit '--output=x'", "fetch it"),
        (("--since", ""), "expected a branch, tag or commit, not ''", "name what to compare with"),
        (("--new",), "--new: says nothing without --since", "--since origin/main"),
    ],
)
def test_what_cannot_be_done_is_said(clone: Clone, arguments: tuple[str, ...], said: str, hint: str) -> None:
    code, out, err = clone.run("check", *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert hint in err
    assert not (clone.root / "x").exists()


def test_outside_of_a_repository_nothing_can_be_compared(
    clone: Clone, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clone.chart(clone, "../elsewhere/db")
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, _, err = clone.run("check", "--since", "main")

    assert code == 2
    assert "this is not a git repository" in err


def test_the_environment_may_ask(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.append("charts/db/templates/map.yaml", "oops: 1\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/db/values.yaml", "a: 1\n")
    monkeypatch.setenv("CHARTKIT_NEW", "true")
    assert clone.run("check")[0] == 1
    monkeypatch.setenv("CHARTKIT_NEW", "")
    monkeypatch.setenv("CHARTKIT_SINCE", "main")
    assert "looked at 1 chart changed since main" in clone.run("check")[1]

    monkeypatch.setenv("CHARTKIT_NEW", "true")
    code, out, _ = clone.run("check")
    assert code == 0
    assert "clean: 1 chart changed since main" in out
    assert "1 finding was there before" in " ".join(out.split())


def test_a_chart_outside_of_the_repository_is_judged_whole_and_that_is_said(
    clone: Clone, tmp_path: pathlib.Path
) -> None:
    Clone.chart(clone, "../elsewhere/other", text="apiVersion: v1\nkind: Pod\n")
    report = clone.report("--new", "../elsewhere/other", "charts/db")

    assert {case["chart"] for case in report["cases"]} == {"other"}
    assert any("not in this git repository" in one["reason"] for one in report["not_judged"])
    assert report["findings"]


def test_what_is_wrong_in_the_configuration_is_told_though_no_chart_has_changed(clone: Clone) -> None:
    clone.write("chartkit.yaml", "charts: {charts/gone: {namespace: x}}\n")
    clone.commit()
    clone.git("branch", "-f", "main")

    assert clone.found() == ["chart-pattern-unmatched chartkit.yaml"]


def test_a_suppression_of_a_chart_that_is_not_told_of_is_not_told_of(clone: Clone) -> None:
    clone.write("chartkit.yaml", "extends: [recommended, together]\n")
    clone.append("charts/db/values.yaml", "# chartkit:ignore no-such-rule x\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/web/values.yaml", "a: 1\n")

    assert clone.found() == []


def test_no_absolute_path_is_told(clone: Clone) -> None:
    clone.write("chartkit.yaml", "extends: [recommended, versions]\ngolden: golden\n")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/lib/templates/_lib.tpl", "oops")
    clone.append("charts/web/templates/map.yaml", "oops: 1\n")
    for format_ in ("text", "json"):
        _, out, _ = clone.run("check", "--since", "main", "--new", "--verbose", "--format", format_)
        assert "chart-version-not-bumped" in out
        assert str(clone.root.parent) not in out
        assert "chartkit-scratch" not in out
