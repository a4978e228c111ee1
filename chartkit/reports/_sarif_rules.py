"""The rules of a SARIF log: their pages as help, which code scanning shows beside an alert."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from chartkit.model.finding import Finding, RuleText, Severity
from chartkit.reports import _clean
from chartkit.rules._page import Page, parse

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
