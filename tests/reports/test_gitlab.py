from __future__ import annotations

import json
from collections.abc import Mapping

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from chartkit.model.report import Report
from chartkit.reports._groups import groups
from chartkit.reports.gitlab import render

Reports = Mapping[str, Report]

CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1, "pattern": "^[^\n]*$"},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab documents; it publishes no schema."""


@pytest.mark.parametrize("name", ["full", "clean", "clean-but", "nothing", "one", "rich"])
def test_every_report_is_what_gitlab_documents(reports: Reports, name: str) -> None:
    found = json.loads(render(reports[name]))
    jsonschema.validate(found, CODE_QUALITY)
    assert len(found) == len(groups(reports[name]))
    assert len({each["fingerprint"] for each in found}) == len(found)


def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion) -> None:
    assert render(reports["rich"]) == snapshot


def test_a_clean_report_is_an_empty_array(reports: Reports) -> None:
    assert render(reports["clean"]) == "[]\n"
    assert render(reports["clean-but"]) == "[]\n"


def test_a_line_that_is_not_known_is_the_first_and_said_so(reports: Reports) -> None:
    found = json.loads(render(reports["full"]))
    (one,) = (each for each in found if each["check_name"] == "field-unknown")
    assert one["location"]["lines"] == {"begin": 1}
    assert one["description"].endswith("; the line is not known")
