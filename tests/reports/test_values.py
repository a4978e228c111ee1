"""A value that no line of a file sets is named where the line is that prints it."""

from __future__ import annotations

import json

import jsonschema
import pytest

from chartkit import schemas_folder
from chartkit.model.finding import Display, Finding, Severity
from chartkit.model.place import Place
from chartkit.model.report import Report
from chartkit.reports import FORMATS

TOLD = "image.tag, set by --set on the command line"


def report(value: str) -> Report:
    place = Place("web/templates/a.yaml", 3, 9)
    return Report(
        (Finding("field-invalid", Severity.ERROR, "no", "web", place, display=Display(value=value)),)
    )


def test_the_text_names_it() -> None:
    render = FORMATS["text"]

    assert f"  value   {TOLD}\n" in render(report(TOLD), verbose=False, width=80, color=False)
    assert "value" not in render(report(""), verbose=False, width=80, color=False)


@pytest.mark.parametrize(("value", "wanted"), [(TOLD, TOLD), ("", None), ("a, \ud800", "a, �")])
def test_the_json_report_has_it_where_there_is_one(value: str, wanted: str | None) -> None:
    text = FORMATS["json"](report(value), verbose=False, width=80, color=False)
    schema = json.loads((schemas_folder() / "report.schema.json").read_text())
    jsonschema.validate(json.loads(text), schema)

    assert json.loads(text)["findings"][0].get("value") == wanted
