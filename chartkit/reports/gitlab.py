"""The report as GitLab's code quality takes it: an array of what is wrong, which has no place for more.

Suppressed findings and what was not judged are left out; a line that is not known is the first.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.reports import _clean, _words
from chartkit.reports._groups import Group, groups, head, objects

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_LONGEST: Final = 1_000
_OBJECTS: Final = 4


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """``[]`` where nothing is wrong."""
    text = json.dumps([_issue(each, report.folders) for each in groups(report)], indent=1, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _issue(group: Group, folders: Collection[str]) -> dict[str, Any]:
    finding = head(group)
    return {
        "description": _description(group),
        "check_name": _clean.whole(finding.rule),
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": _clean.whole(_clean.file(finding.place.file, folders)).removeprefix("./"),
            "lines": {"begin": finding.place.line or 1},
        },
    }


def _description(group: Group) -> str:
    """All on one line: GitLab shows no more."""
    finding = group[0]
    named = [*map(_words.resource, objects(group))]
    about = f" ({_words.listed(named, most=_OBJECTS)})" if named else ""
    unplaced = "" if finding.place.line else "; the line is not known"
    return _clean.brief(finding.message, _LONGEST) + _clean.line(about) + unplaced
