"""The report as GitLab's code quality takes it: an array of what is wrong, which has no place for more.

Suppressed findings and what was not judged are left out; a line that is not known is the first.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from chartkit.judging.findings import order
from chartkit.model import Finding, Report, Severity
from chartkit.reports import _clean, _words

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_LONGEST: Final = 1_000


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """``[]`` where nothing is wrong."""
    told = sorted((each for each in report.findings if each.suppressed is None), key=order)
    text = json.dumps([_issue(each, report.folders) for each in told], indent=1, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _issue(finding: Finding, folders: Collection[str]) -> dict[str, Any]:
    return {
        "description": _description(finding),
        "check_name": _clean.whole(finding.rule),
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": _clean.whole(_clean.file(finding.place.file, folders)).removeprefix("./"),
            "lines": {"begin": finding.place.line or 1},
        },
    }


def _description(finding: Finding) -> str:
    """All on one line: GitLab shows no more."""
    about = f" ({_words.resource(finding.resource)})" if finding.resource else ""
    unplaced = "" if finding.place.line else "; the line is not known"
    return _clean.brief(finding.message, _LONGEST) + _clean.line(about) + unplaced
