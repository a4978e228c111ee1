"""How what checks say becomes findings: rule, severity, place, resource and case are added here.

Light, since a run begins with it: what reads manifests is imported when a manifest is there.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chartkit.findings import places
from chartkit.model.case import Case, Chart
from chartkit.model.errors import RuleError
from chartkit.model.finding import Finding, NotJudged, Severity, Snippet
from chartkit.model.place import Place, ResourceId, pointer
from chartkit.model.render import Failure, Hit, Manifest, Unreadable
from chartkit.rules import Rule, load
from chartkit.source_map.values.include_stack import of_line
from chartkit.system.paths import content

if TYPE_CHECKING:
    from chartkit.source_map.values.locate import Locator, Spot

Rules = Mapping[str, Rule]
"""The rules that are on, by id, with the severity that they have in this run."""

UNMATCHED: Final = "kind-not-judged"
NO_SCHEMA: Final = "no schema for this kind"

_LONGEST_SNIPPET: Final = 400
_MOST_READ: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes findings about one chart, and where *case* is given, about that case.

    *locator* gives what knows where the render comes from, and is asked only for findings; without it, only
    the file is known. Where not *strict*,
    what has no schema is only told of, not found, and nobody asks where it is.
    """

    chart: Chart
    rules: Rules
    case: Case | None = None
    locator: Callable[[], Locator] | None = None
    strict: bool = False

    def findings(self, hits: Iterable[Hit], manifest: Manifest | None = None) -> Iterator[Finding]:
        """The findings of *hits*, those of rules that are off left out."""
        for hit in hits:
            if hit.rule in self.rules:
                yield self.finding(hit, hit.manifest or manifest)
            elif hit.rule not in load():
                raise RuleError(f"there is no rule {hit.rule!r}, which says: {hit.message}")

    def finding(self, hit: Hit, manifest: Manifest | None = None) -> Finding:
        if manifest is None or hit.place is not None:
            found = self._finding(hit, hit.place or Place(self.chart.path))
            resource = manifest.resource if manifest else None
            return dataclasses.replace(found, resource=resource, snippet=self.snippet(found.place))
        from chartkit.helm import manifests as reading

        line, column = reading.position(manifest, (*manifest.base, *hit.path), hit.on_key)
        rendered = _snippet(reading.line_text(manifest, line), line, column, rendered=True)
        place = places.of_manifest(self.chart, manifest, line, column)
        found = dataclasses.replace(self._finding(hit, place), resource=manifest.resource, rendered_line=line)
        if self.locator is None or place.line is not None:
            return dataclasses.replace(found, snippet=self.snippet(place) or rendered)
        return self._placed(found, self.locator().of(manifest, hit), rendered)

    def unreadable(self, document: Unreadable, lines: Sequence[str] = ()) -> Iterator[Finding]:
        """The finding about a document that is not one readable object; *lines* are those of the render."""
        if document.rule not in self.rules:
            return
        problem = document.problem
        source, line, column = problem.place.file, problem.place.line or 0, problem.place.column or 1
        hit = Hit((), problem.message, problem.hint, document.rule)
        found = self._finding(hit, Place(self.chart.origin(source)))
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        snippet = _snippet(text, line, column, rendered=True) if text.strip() else None
        found = dataclasses.replace(found, rendered_line=line)
        if self.locator is None:
            yield dataclasses.replace(found, snippet=snippet)
        else:
            spot = self.locator().at(source, line, column, text)
            yield self._placed(found, spot, snippet)

    def _placed(self, finding: Finding, spot: Spot, rendered: Snippet | None) -> Finding:
        """*finding* at the *spot* that it comes from, with the lines to show."""
        snippet = self.snippet(spot.place)
        finding = dataclasses.replace(
            finding,
            place=spot.place,
            precision=spot.precision,
            unplaced=spot.unplaced,
            includes=spot.includes,
            passed_on=spot.passed_on,
            value=spot.value,
            snippet=snippet or rendered,
            rendered=rendered if snippet else None,
        )
        shown = [self.snippet(place) for place in finding.places[1:]]
        return dataclasses.replace(finding, quoted=tuple(each.text if each else "" for each in shown))

    def failure(self, failure: Failure) -> Iterator[Finding]:
        """The finding about a case that Helm refuses, at the template line that Helm names."""
        from chartkit.helm import failure as helm_failure

        rule = helm_failure.rule(failure)
        if rule not in self.rules:
            return
        if self.case is not None:
            from chartkit.findings import render_errors

            failure = render_errors.in_words(self.chart, self.case, failure)
        (place, unplaced), message = places.of_failure(self.chart, self.case, failure), failure.message
        if failure.line and place.line is None:
            message = f"{message} (in {failure.template}, line {failure.line})"
        found = self._finding(Hit((), message, failure.hint, rule), place)
        callers = dict.fromkeys(reversed(failure.includes))  # each once, also of a template that calls itself
        includes = tuple(of_line(self.chart, name, line) for name, line in callers)
        shown = [self.snippet(place) for place in includes]
        yield dataclasses.replace(
            found,
            snippet=self.snippet(place),
            unplaced=unplaced,
            includes=includes,
            quoted=tuple(each.text if each else "" for each in shown),
        )

    def not_judged(self, manifest: Manifest, reason: str) -> NotJudged:
        what = f"{manifest.resource.api_version} {manifest.resource.kind}"
        cases = (self.case.ref,) if self.case else ()
        return NotJudged(what, self.chart.name, reason, manifest.resource, cases)

    def undecided(self, hit: Hit, manifest: Manifest) -> NotJudged:
        """What stands for *hit* where nobody can tell whether it is so."""
        cases = (self.case.ref,) if self.case else ()
        what = f"{hit.rule}: {hit.message}"
        return NotJudged(what, self.chart.name, hit.undecided, manifest.resource, cases)

    def snippet(self, place: Place) -> Snippet | None:
        """The line at *place*, when it is in a file of the chart, or one that gives the case its values."""
        if place.line is None:
            return None
        for name, origin in self.chart.origins.items():
            if origin == place.file and name in self.chart.files:
                return _source_line(self.chart.files[name], place.line, place.column or 1)
        if self.case is None or place.file not in places.giving(self.case.scenario):
            return None
        return _source_line(_beginning(place.file), place.line, place.column or 1)

    def _finding(self, hit: Hit, place: Place) -> Finding:
        return Finding(
            rule=hit.rule,
            severity=self.rules[hit.rule].severity if hit.rule in self.rules else Severity.ERROR,
            message=hit.message,
            chart=self.chart.name,
            place=place,
            hint=hit.hint,
            path=pointer(hit.path),
            cases=(self.case.ref,) if self.case else (),
        )


def nothing(name: str, path: str) -> Chart:
    """What stands for a chart that cannot be read, in findings about it."""
    return Chart(name, path, "", "", "", "", "", (), {}, {}, "")


def _beginning(file: str) -> bytes:
    try:
        return content(pathlib.Path(file), _MOST_READ)
    except OSError:
        return b""


def _source_line(content: bytes, line: int, column: int) -> Snippet | None:
    lines = content.decode("utf-8", "surrogateescape").splitlines()
    return _snippet(lines[line - 1], line, column, rendered=False) if line <= len(lines) else None


def _snippet(text: str, line: int, column: int, *, rendered: bool) -> Snippet | None:
    """The line to show; none where it is so long that showing it would show nothing."""
    if len(text) > _LONGEST_SNIPPET:
        return None
    return Snippet(text, line, column, rendered)


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding a fault: the same rule, chart, resource, path and place in several cases is one, sorted.

    Where the place is not known in some of them, it is that of the others. Several messages for one fault
    (of several checks, or of cases that differ) are all kept.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.identity, []).append(finding)
    united = [_united(group) for same in groups.values() for group in _by_place(same)]
    return tuple(sorted(united, key=order))


def _by_place(same: list[Finding]) -> Iterable[list[Finding]]:
    """The findings of one fault by place; those that have none go with the first."""
    places: dict[Place, list[Finding]] = {}
    for finding in same:
        if not finding.unplaced:
            places.setdefault(finding.place, []).append(finding)
    homeless = [finding for finding in same if finding.unplaced]
    if not places:
        return [homeless]
    first, *others = sorted(places, key=lambda place: (place.line or 0, place.column or 0))
    return [places[first] + homeless, *(places[place] for place in others)]


def _united(group: list[Finding]) -> Finding:
    first = min(group, key=lambda finding: (bool(finding.unplaced), finding.cases, finding.message))
    messages = sorted({finding.message for finding in group} - {first.message})
    also = f" (also: {'; '.join(messages)})" if messages else ""
    return dataclasses.replace(
        first,
        message=first.message + also,
        severity=max((finding.severity for finding in group), default=Severity.NOTE),
        cases=tuple(sorted({case for finding in group for case in finding.cases})),
    )


def numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """*findings* in their order; of those of one identity, the second and later ones bear their number."""
    seen: Counter[tuple[object, ...]] = Counter()
    told = []
    for finding in sorted(findings, key=order):
        number = seen[finding.identity]
        seen[finding.identity] += 1
        told.append(dataclasses.replace(finding, occurrence=number) if number else finding)
    return tuple(told)


def order(finding: Finding) -> tuple[object, ...]:
    """Findings by file, line, rule and resource; the rest makes the order total."""
    place = finding.place
    return (
        place.file,
        place.line or 0,
        finding.rule,
        resource_order(finding.resource),
        finding.path,
        place.column or 0,
        finding.rendered_line or 0,
        finding.message,
        finding.cases,
        finding.severity,
        repr((finding.chart, finding.hint, finding.includes, finding.suppressed, finding.snippet)),
        repr((finding.passed_on, finding.precision, finding.unplaced, finding.quoted, finding.rendered)),
        finding.value,
    )


def resource_order(resource: ResourceId | None) -> tuple[str, ...]:
    """Resources by kind and name; what belongs to none comes first."""
    if resource is None:
        return ()
    return (resource.kind, resource.name, resource.namespace, resource.api_version)
