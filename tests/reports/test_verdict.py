"""No format calls a run clean in which nothing of a chart was rendered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from chartkit.model.case import CaseRef
from chartkit.model.report import CaseResult, Report
from chartkit.reports import FORMATS

TOLD = "not clean: 1 chart was not rendered"
BARE = Report((), (), (CaseResult(CaseRef("far", "default", "1.37.0"), rendered=False, path="far"),))


@pytest.mark.parametrize("name", ["text", "github", "markdown", "sarif", "html"])
def test_a_run_that_rendered_nothing_of_a_chart_is_not_clean(
    name: str, reports: Mapping[str, Report]
) -> None:
    for report in (replace(reports["clean"], unrendered=(("far", "far"),)), Report(unrendered=(("a", "a"),))):
        told = FORMATS[name](report)
        assert TOLD in told.replace("Not clean", "not clean")
        assert "nothing was looked at" not in told
    several = replace(reports["clean"], unrendered=(("far", "far"), ("off", "off")))
    assert "2 charts were not rendered" in FORMATS[name](several)


def test_json_counts_them(reports: Mapping[str, Report]) -> None:
    report = replace(reports["clean"], unrendered=(("far", "far"),))
    assert json.loads(FORMATS["json"](report))["summary"]["unrendered"] == 1


def test_a_case_that_is_not_rendered_does_not_pass_in_junit() -> None:
    told = FORMATS["junit"](BARE)
    assert '<skipped message="Helm does not render it"></skipped>' in told
