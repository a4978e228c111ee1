"""What nobody looked at, by the reason why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from chartkit.model.finding import NotJudged
from chartkit.reports import _words

Line = tuple[str, str, str, str]
"""What, the object, the chart and the cases, in words."""


def reasons(found: Iterable[NotJudged], ran: _words.Ran) -> list[tuple[str, list[Line]]]:
    """Each reason with what it keeps from being judged, the most frequent first."""
    held: defaultdict[str, list[Line]] = defaultdict(list)
    for each in sorted(found, key=_words.unjudged_order):
        resource = _words.resource(each.resource) if each.resource else ""
        cases = _words.cases(each.cases, each.chart, ran)
        held[each.reason].append((each.what, resource, each.chart, cases))
    return sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
