"""The results of a SARIF log: one for each entry, with every line that has to do with it."""

from __future__ import annotations

import urllib.parse
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.model.finding import Finding
from chartkit.model.place import Place
from chartkit.reports import _clean, _words
from chartkit.reports._groups import Group, charts, head, objects, others

ROOT: Final = "%SRCROOT%"
"""The base of all paths; readers know it as the root of the checkout."""

_LONGEST: Final = 8_000
_MOST_RELATED: Final = 50
_OBJECTS: Final = 10
_ALSO: Final = 2


@dataclass(frozen=True, slots=True)
class Around:
    """What results need to know of the rest: where their rules stand in the log, the cases, the charts."""

    rules: Mapping[str, int]
    covered: _words.Covered
    folders: Collection[str]


def result(group: Group, around: Around) -> dict[str, Any]:
    """*group* as a result, which bears the fingerprint of its first finding."""
    finding = head(group)
    covered, related = around.covered, [*_related(finding, around.folders)]
    return {
        "ruleId": _clean.whole(finding.rule),
        "ruleIndex": around.rules[finding.rule],
        "level": finding.severity.label,
        "message": {"text": _message(group, related, covered)},
        "locations": [_main(finding, around.folders)],
        "partialFingerprints": _fingerprints(finding),
        **({"relatedLocations": related} if related else {}),
        **({"suppressions": [_suppression(finding.suppressed)]} if finding.suppressed is not None else {}),
        "properties": _properties(finding, covered),
    }


def _message(group: Group, related: list[dict[str, Any]], covered: _words.Covered) -> str:
    """What is wrong, where, and what to do; numbers in round brackets lead to related locations."""
    finding, named, found = head(group), [*map(_words.resource, objects(group))], charts(group)
    message = _cut(finding.message)
    parts = [_unlinked(f"{message}." if "\n" not in message and message[-1:].isalnum() else message)]
    facts = {
        "Also": "; ".join(f"{each.rule}: {each.message}" for each in others(group)[:_ALSO]),
        "Charts": _words.listed(found, most=_OBJECTS) if len(found) > 1 else "",
        "Objects" if len(named) > 1 else "Object": _words.listed(named, most=_OBJECTS),
        "Path": _words.path(finding.path),
        "Line": _words.location_note(finding),
        "Cases": _words.cases(finding.cases, finding.chart, covered, most=5),
        "Hint": finding.hint,
    }
    lines = [f"{label}: {_unlinked(_clean.line(text))}" for label, text in facts.items() if text]
    lines += [_link(each) for each in related]
    return "\n\n".join(filter(None, [*parts, "\n".join(lines)]))


def _cut(message: str) -> str:
    text = _clean.lines(message.strip()) or "no message"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… {len(text) - _LONGEST:,} more characters"


def _unlinked(text: str) -> str:
    """*text* without the form of a link, which readers of SARIF follow."""
    return text.replace("](", "] (")


def _link(related: dict[str, Any]) -> str:
    """A related location by the number that readers make a link of."""
    label = related["message"]["text"].split(":", 1)[0]
    place = related["physicalLocation"]
    line = place.get("region", {}).get("startLine")
    name = urllib.parse.unquote(place["artifactLocation"]["uri"])
    shown = _unlinked(_clean.line(name)).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"{label}: [{shown}{f':{line}' if line else ''}]({related['id']})"


def _main(finding: Finding, folders: Collection[str]) -> dict[str, Any]:
    """Where the finding is. Code scanning refuses what has no line: that of the file stands for it."""
    place = finding.place
    location: dict[str, Any] = {"physicalLocation": _physical(place, folders)}
    region = location["physicalLocation"].setdefault("region", {"startLine": 1})
    snippet = finding.display.snippet
    if snippet and not snippet.rendered and snippet.line == place.line and snippet.text.strip():
        region["snippet"] = {"text": _clean.whole(snippet.text)}
    if resource := finding.resource:
        parts = [resource.api_version, resource.kind, resource.namespace, resource.name]
        qualified = "/".join([finding.chart, *filter(None, parts)]) + finding.path
        name, qualified = _clean.line(str(resource)), _clean.line(qualified)
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": qualified, "kind": "resource"}]
    return location


def _physical(place: Place, folders: Collection[str]) -> dict[str, Any]:
    region: dict[str, Any] = {}
    if place.line is not None and place.line > 0:
        region["startLine"] = place.line
        if place.column is not None and place.column > 0:
            region["startColumn"] = place.column
    artifact = {"uri": uri(_clean.file(place.file, folders)), "uriBaseId": ROOT}
    return {"artifactLocation": artifact, **({"region": region} if region else {})}


def uri(file: str) -> str:
    """*file* as a relative reference: percent-encoded, and not to be taken for a scheme or a host."""
    return urllib.parse.quote(_clean.whole(file).lstrip("/"), safe="/-._~") or "."


def _related(finding: Finding, folders: Collection[str]) -> Iterator[dict[str, Any]]:
    """The line that passes the value on, those that include it, and what came out; numbered from 1."""
    places = [("Passed on at", finding.display.passed_on)] if finding.display.passed_on else []
    places += [("Included at" if place.line else "Printed in", place) for place in finding.includes]
    shown = [(label, place) for label, place in places if place][: _MOST_RELATED - 1]
    lines = [*finding.display.quoted, *[""] * len(places)]
    for number, ((label, place), line) in enumerate(zip(shown, lines, strict=False), 1):
        yield _numbered(number, f"{label}: {line.strip()}" if line.strip() else label, place, folders)
    if rendered := finding.display.in_render:
        label = f"Rendered in line {rendered.line}: {rendered.text.strip()}"
        yield _numbered(len(shown) + 1, label, finding.display.passed_on or finding.place, folders)


def _numbered(number: int, text: str, place: Place, folders: Collection[str]) -> dict[str, Any]:
    message = {"text": _unlinked(_clean.line(text))}
    return {"id": number, "message": message, "physicalLocation": _physical(place, folders)}


def _fingerprints(finding: Finding) -> dict[str, str]:
    """By what a reader knows a finding again. GitHub makes its own of the text of the line.

    It warns of each that says otherwise, so it is given one only where there is no line to make it of.
    """
    own = {"chartkit/v1": finding.fingerprint}
    return own if finding.place.line else {**own, "primaryLocationLineHash": f"{finding.fingerprint}:1"}


def _suppression(reason: str) -> dict[str, str]:
    """That somebody accepted it: in the chart or in chartkit.yaml, both of which are in the repository."""
    return {"kind": "inSource", "status": "accepted", "justification": _clean.whole(reason)}


def _properties(finding: Finding, covered: _words.Covered) -> dict[str, Any]:
    known = {
        "chart": _clean.whole(finding.chart),
        "path": _clean.whole(finding.path),
        "renderedLine": finding.rendered_line,
        "precision": finding.display.precision,
        "cases": _clean.line(_words.cases(finding.cases, finding.chart, covered)),
    }
    return {name: value for name, value in known.items() if value}
