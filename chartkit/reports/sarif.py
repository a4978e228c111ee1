"""The report as SARIF 2.1.0, as GitHub's code scanning takes it.

Suppressed findings are results only where verbose: code scanning opens alerts for them, and leaves those
open that were suppressed later. Otherwise a notification names each, with the reason.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from chartkit.model.errors import EXIT_CANNOT
from chartkit.model.finding import Finding, NotJudged, RuleText, Severity, order
from chartkit.model.report import Report
from chartkit.reports import _clean, _words
from chartkit.reports._groups import Group, groups, suppressed_findings, worst_first
from chartkit.reports._sarif_results import ROOT, Around, result
from chartkit.rules._page import Page, parse
from chartkit.system.package import __version__

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS: Final = 25_000
"""With more, GitHub refuses the file; of these it shows the worst 5,000."""
MOST_BYTES: Final = 10_000_000
"""What GitHub takes, compressed."""
_SHOWN: Final = 5_000
_MOST_NOTIFICATIONS: Final = 1_000
_NOTIFICATIONS: Final = {
    "not-judged": "Something that no rule or schema looked at.",
    "results-left-out": "Findings that do not fit into the file.",
    "suppressed": "A finding that somebody accepted, with the reason.",
}


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """One run of one tool; as many of the worst findings as code scanning takes."""
    wanted = groups(report, suppressed=verbose)
    most = MOST_RESULTS
    while True:
        text = _text(report, wanted, most, verbose=verbose)
        if _fits(text) or most == 0:
            return text
        most = min(len(wanted), most) // 2


def _fits(text: str) -> bool:
    content = text.encode()
    return len(content) <= MOST_BYTES or len(gzip.compress(content)) <= MOST_BYTES


def _text(report: Report, wanted: Sequence[Group], most: int, *, verbose: bool) -> str:
    kept = wanted if len(wanted) <= most else worst_first(wanted)[:most]
    log = _log(report, sorted(kept, key=lambda group: order(group[0])), len(wanted), verbose=verbose)
    text = json.dumps(log, indent=1, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def _log(report: Report, kept: Sequence[Group], found: int, *, verbose: bool) -> dict[str, Any]:
    descriptors = rules([group[0] for group in kept], report.rules)
    index = {each["id"]: number for number, each in enumerate(descriptors)}
    around = Around(index, _words.covered_versions(report.cases), report.folders)
    notifications = [*_left_out(len(kept), found), *_unjudged(report.not_judged)]
    notifications += [] if verbose else _suppressed(report)
    driver = {
        "name": "chartkit",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": descriptors,
        "notifications": [_described(name, text) for name, text in _NOTIFICATIONS.items()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report, notifications)],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder in which chartkit ran: the root of the repository."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [result(each, around) for each in kept],
        "properties": {"summary": _summary(report)},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _described(name: str, text: str) -> dict[str, Any]:
    words = {"text": text}
    kinds = ("shortDescription", "fullDescription", "help")
    return {"id": name, "name": pascal(name), **dict.fromkeys(kinds, words)}


def _invocation(report: Report, notifications: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How the run went: it did what it was asked for, whatever it found, unless its time was up."""
    kept = [*notifications[:_MOST_NOTIFICATIONS]]
    if more := len(notifications) - len(kept):
        kept.append(_notification("not-judged", f"{more:,} more notifications are left out"))
    return {
        "executionSuccessful": not report.unfinished,
        "exitCode": EXIT_CANNOT if report.unfinished else int(report.failed),
        "exitCodeDescription": _exit(report),
        "toolExecutionNotifications": kept,
    }


def _exit(report: Report) -> str:
    if report.unfinished:
        return _words.verdict(report)
    if report.failed:
        return "there are findings that fail the run"
    return _words.verdict(report) if report.unrendered else "clean enough"


def _notification(name: str, text: str, level: str = "note") -> dict[str, Any]:
    return {
        "descriptor": {"id": name, "index": [*_NOTIFICATIONS].index(name)},
        "level": level,
        "message": {"text": _clean.line(text)},
    }


def _left_out(kept: int, found: int) -> Iterator[dict[str, Any]]:
    if kept < found:
        text = f"{found - kept:,} of {found:,} findings are left out, the worst are kept"
        yield _notification("results-left-out", text, "warning")
    elif found > _SHOWN:
        text = f"there are {found:,} findings, of which code scanning shows the worst {_SHOWN:,}"
        yield _notification("results-left-out", text, "warning")


def _unjudged(found: Iterable[NotJudged]) -> Iterator[dict[str, Any]]:
    """A notification for each thing and reason, which may concern many objects."""
    groups: defaultdict[tuple[str, str, str], list[NotJudged]] = defaultdict(list)
    for each in sorted(found, key=_words.unjudged_order):
        groups[each.chart, each.what, each.reason].append(each)
    for (chart, what, reason), group in groups.items():
        objects = [_words.resource(each.resource) for each in group if each.resource]
        parts = [f" in chart {chart}" if chart else "", f" ({_words.listed(objects, 4)})" if objects else ""]
        yield _notification("not-judged", f"{what}{''.join(parts)} was not judged: {reason}")


def _suppressed(report: Report) -> Iterator[dict[str, Any]]:
    for each in suppressed_findings(report):
        about = f" about {_words.resource(each.resource)}" if each.resource else ""
        text = f"{each.rule}{about} at {_words.where(each.place)} is suppressed: {each.suppressed}"
        yield _notification("suppressed", text)


def _summary(report: Report) -> str:
    found = _words.totals(report) or _words.verdict(report)
    return _clean.line(f"{found}{_words.totals_suffix(report)}; looked at {_words.run_summary(report)}")


_MOST_TAGS: Final = 10
_LONGEST: Final = 1024
_NO_PAGE: Final = "There is no page for this rule."
_MARKS: Final = re.compile(r"`")


def rules(findings: Iterable[Finding], texts: Iterable[RuleText]) -> list[dict[str, Any]]:
    """A descriptor of each rule that *findings* break, sorted by id."""
    known = {text.id: text for text in texts}
    severities: dict[str, Severity] = {}
    for finding in findings:
        severities[finding.rule] = max(finding.severity, severities.get(finding.rule, Severity.NOTE))
    return [
        _descriptor(known.get(name) or RuleText(name, severity))
        for name, severity in sorted(severities.items())
    ]


def pascal(name: str) -> str:
    """``field-invalid`` as ``FieldInvalid``, which readers of SARIF call friendly."""
    return "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]+", name))


def _descriptor(rule: RuleText) -> dict[str, Any]:
    page = parse(rule.text)
    text = _clean.whole(rule.text.strip()) or _NO_PAGE
    return {
        "id": _clean.whole(rule.id),
        "name": pascal(rule.id),
        "shortDescription": {"text": _plain(page.summary) or rule.id},
        "fullDescription": {"text": _full(page) or _NO_PAGE},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": rule.severity.label},
        "properties": {"tags": sorted({"helm", "kubernetes", *rule.sets})[:_MOST_TAGS]},
    }


def _full(page: Page) -> str:
    why = page.why.split("\n\n", 1)[0]
    text = _plain(f"{page.summary} {' '.join(why.split())}".strip())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _plain(markdown: str) -> str:
    return _clean.whole(_MARKS.sub("'", markdown))
