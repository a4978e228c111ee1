"""What was there before is judged by the flags alone, in the folder where it lies."""

from __future__ import annotations

import os

import pytest

from chartkit.pipeline.review import base_findings
from chartkit.plan.config import Flags
from tests.pipeline.review.conftest import OOPS, Clone

CHARTS = ("charts/db", "charts/web")


@pytest.fixture
def there(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    clone.append("charts/db/templates/map.yaml", OOPS).append("charts/api/templates/map.yaml", OOPS)
    monkeypatch.setenv("CHARTKIT_SELECT", "field-missing")
    monkeypatch.chdir(clone.root.parent)
    return clone


def faults(there: Clone, *paths: str, **flags: bool | str) -> object:
    given = Flags(no_cache=True, jobs=1, **flags)  # type: ignore[arg-type]
    return base_findings.check_in_folder(str(there.root), given, paths, CHARTS)


def test_only_what_is_reported_counts(there: Clone) -> None:
    found = faults(there)

    assert isinstance(found, dict)
    assert list(found.values()) == [1]
    assert "CHARTKIT_SELECT" not in os.environ


def test_where_there_was_no_chart_there_was_no_fault(there: Clone) -> None:
    assert faults(there, "charts/none") == {}


def test_what_could_not_be_judged_says_why(there: Clone) -> None:
    assert str(faults(there, config="none.yaml")).startswith("it cannot be judged as it was: there is no")
