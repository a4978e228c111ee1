"""How what checks say becomes findings: rule, severity, place, resource and case are added here.

Light, since a run begins with it: what reads manifests is imported when a manifest is there.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.chart_file import decoded
from chartkit.model.errors import RuleError
from chartkit.model.finding import Display, Finding, NotJudged, Severity, Snippet
from chartkit.model.place import Place, pointer
from chartkit.model.render import Failure, Hit, Manifest, Unreadable
from chartkit.rules import Rule, load
from chartkit.system.paths import content

if TYPE_CHECKING:
    from chartkit.source_map.values.locate import Location, Locator

Rules = Mapping[str, Rule]
"""The rules that are on, by id, with the severity that they have in this run."""

UNMATCHED: Final = "kind-not-judged"
NO_SCHEMA: Final = "no schema for this kind"

_LONGEST_SNIPPET: Final = 400
_MOST_READ: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class FindingWriter:
    """Makes findings about one chart, and where *case* is given, about that case.

    *locator* gives what knows where the render comes from, and is asked only for findings; without it, only
    the file is known. Where not *strict*,
    an object without a schema is no finding, and is not looked for.
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
        """The finding of *hit*, in *manifest* where it is about an object."""
        if manifest is None or hit.place is not None:
            found = self._finding(hit, hit.place or Place(self.chart.path))
            resource = manifest.resource if manifest else None
            return replace(found, resource=resource, display=Display(self.snippet(found.place)))
        from chartkit.helm import manifests

        line, column = manifests.position(manifest, (*manifest.base, *hit.path), hit.on_key)
        rendered = _snippet(manifests.line_text(manifest, line), line, column, rendered=True)
        place = _place_of_manifest(self.chart, manifest, line, column)
        found = replace(self._finding(hit, place), resource=manifest.resource, rendered_line=line)
        if self.locator is None or place.line is not None:
            return replace(found, display=Display(self.snippet(place) or rendered))
        return self._located(found, self.locator().of(manifest, hit), rendered)

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
        found = replace(found, rendered_line=line)
        if self.locator is None:
            yield replace(found, display=Display(snippet))
        else:
            location = self.locator().at(source, line, column, text)
            yield self._located(found, location, snippet)

    def _located(self, finding: Finding, location: Location, rendered: Snippet | None) -> Finding:
        """*finding* at the *location* that it comes from, with the lines to show."""
        snippet = self.snippet(location.place)
        shown = replace(location.display, snippet=snippet or rendered, rendered=rendered if snippet else None)
        finding = replace(finding, place=location.place, includes=location.includes, display=shown)
        return replace(finding, display=replace(shown, quoted=self._quoted(finding.places[1:])))

    def failure(self, failure: Failure) -> Iterator[Finding]:
        """The finding about a case that Helm refuses, at the template line that Helm names."""
        from chartkit.helm import failure as helm_failure

        rule = helm_failure.rule(failure)
        if rule not in self.rules:
            return
        if self.case is not None:
            from chartkit.findings import render_errors

            failure = render_errors.in_words(self.chart, self.case, failure)
        (place, unknown), message = _place_of_failure(self.chart, self.case, failure), failure.message
        if failure.line and place.line is None:
            message = f"{message} (in {failure.template}, line {failure.line})"
        found = self._finding(Hit((), message, failure.hint, rule), place)
        callers = dict.fromkeys(reversed(failure.includes))  # each once, also of a template that calls itself
        includes = tuple(self.chart.line(name, line) for name, line in callers)
        display = Display(self.snippet(place), line_unknown=unknown, quoted=self._quoted(includes))
        yield replace(found, includes=includes, display=display)

    def _quoted(self, places: Iterable[Place]) -> tuple[str, ...]:
        """The line at each of *places*; empty where it cannot be shown."""
        shown = map(self.snippet, places)
        return tuple(each.text if each else "" for each in shown)

    def not_judged(self, manifest: Manifest, reason: str) -> NotJudged:
        what = f"{manifest.resource.api_version} {manifest.resource.kind}"
        cases = (self.case.ref,) if self.case else ()
        return NotJudged(what, self.chart.name, reason, manifest.resource, cases)

    def undecided(self, hit: Hit, manifest: Manifest) -> NotJudged:
        """What is reported instead of *hit* where it cannot be known whether it is so."""
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
        if self.case is None or place.file not in value_sources(self.case.scenario):
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


def _place_of_manifest(chart: Chart, manifest: Manifest, line: int, column: int) -> Place:
    """The template that made *manifest*, whose rendered *line* is meant.

    The line is certain only where Helm prints the file as it is, which is true of ``crds/``.
    """
    if manifest.in_crds_folder:
        content = decoded(chart.files.get(manifest.source, b""))
        printed = _without_source(manifest.text)
        before = content.find(printed.strip("\n"))
        if before >= 0:
            first = manifest.line + manifest.text[: -len(printed)].count("\n")
            first += len(printed) - len(printed.lstrip("\n"))
            written = content.count("\n", 0, before) + 1 + line - first
            return chart.line(manifest.source, written, column)
    return Place(chart.origin(manifest.source))


def _without_source(text: str) -> str:
    """*text* without the line that Helm puts before it."""
    head, newline, rest = text.partition("\n")
    return rest if newline and head.startswith("# Source: ") else text


def _place_of_failure(chart: Chart, case: Case | None, failure: Failure) -> tuple[Place, str]:
    """The line that Helm names, or where the value is set that it refuses; else the chart.

    Why that has no line comes with it, where there is something to say.
    """
    if failure.kind == "values" and failure.template:
        # a values file lies outside the chart's own files: Helm's name for it is its path
        return Place(failure.template, failure.line, failure.column), ""
    if failure.template:
        return chart.line(failure.template, failure.line, failure.column), ""
    if failure.kind == "values-schema" and case is not None:
        from chartkit.source_map.values.value_layers import place_of_key

        place, unknown = place_of_key(chart, case.scenario, failure.values_key)
        return place or Place(chart.path), unknown
    return Place(chart.path), ""


def value_sources(scenario: Scenario) -> set[str]:
    """The files that set values of *scenario*: its values files, and those in which others are written."""
    base = scenario.base
    places = [*(place for _, place in (*scenario.places, *base.places)), scenario.place]
    places += [given.place for given in scenario.set_values]
    under = value_sources(scenario.below) if scenario.below else set()
    return {*under, *base.files, *scenario.values_files, *(place.file for place in places if place)}


def placeholder_chart(name: str, path: str) -> Chart:
    """What stands for a chart that cannot be read, in findings about it."""
    return Chart(name, path, "", "", "", "", "", (), {}, {}, "")


def _beginning(file: str) -> bytes:
    try:
        return content(pathlib.Path(file), _MOST_READ)
    except OSError:
        return b""


def _source_line(content: bytes, line: int, column: int) -> Snippet | None:
    lines = decoded(content).splitlines()
    return _snippet(lines[line - 1], line, column, rendered=False) if line <= len(lines) else None


def _snippet(text: str, line: int, column: int, *, rendered: bool) -> Snippet | None:
    """The line to show; none where it is so long that showing it would show nothing."""
    if len(text) > _LONGEST_SNIPPET:
        return None
    return Snippet(text, line, column, rendered)
