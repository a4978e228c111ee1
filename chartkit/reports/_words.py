"""The words that formats share: versions, the cases of a finding, and the summary of a run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, Severity, resource_order
from chartkit.model.place import Place, ResourceId, dotted
from chartkit.model.report import CaseResult, Report, Since, Taken
from chartkit.reports._groups import groups, severity_counts
from chartkit.syntax.semver import abbreviated

Covered = Mapping[tuple[str, str], frozenset[str]]
"""The Kubernetes versions of each scenario of the run, by chart and scenario."""


def version(kube_version: str) -> str:
    """``1.34.0`` as people say it: ``1.34``."""
    return abbreviated(kube_version)


def unjudged_order(each: NotJudged) -> tuple[object, ...]:
    """What was not judged by chart, reason, and what it is."""
    return (each.chart, each.reason, each.what, resource_order(each.resource), each.cases)


def path(pointer: str) -> str:
    """A JSON pointer for people: ``spec.containers[0].image``."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return dotted(tuple(int(step) if step.isdecimal() and step.isascii() else step for step in steps))


def unchanged(since: Since) -> str:
    """That nothing was judged because nothing has changed."""
    return f"no chart changed since {since.ref} ({number(since.unchanged, 'chart')} not judged)"


def listed(words: Sequence[str], most: int = 0) -> str:
    """``a, b and c``; with *most*, ``a, b, +3 more``."""
    if most and len(words) > most:
        return ", ".join([*words[:most], f"+{len(words) - most} more"])
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def number(count: int, word: str, words: str = "") -> str:
    """``1 case``, ``1,900 cases``."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def versions(found: Iterable[str]) -> str:
    """Versions in their order, or the span of many."""
    names = sorted({version(each) for each in found}, key=_numbers)
    if len(names) > 4:
        return f"{names[0]} to {names[-1]} ({len(names)} versions)"
    return listed(names)


def _numbers(name: str) -> tuple[list[int], str]:
    return [int(digits) for digits in re.findall(r"[0-9]+", name)], name


def covered_versions(results: Iterable[CaseResult]) -> Covered:
    """The versions that each scenario of the run was rendered for, against which `cases` are counted."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for result in results:
        found[result.case.chart, result.case.scenario].add(result.case.kube_version)
    return {key: frozenset(names) for key, names in found.items()}


def cases(refs: Iterable[CaseRef], chart: str, covered: Covered, *, most: int = 0) -> str:
    """*refs* folded: ``default, ha on 1.31 and 1.37``.

    Versions are left out where the scenario ran on one only; ``every version`` where it is all of
    several. At most *most* scenarios are named. Scenarios of another chart than *chart* bear its name.
    """
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for ref in refs:
        found[ref.chart, ref.scenario].add(ref.kube_version)
    scenarios: defaultdict[str, list[str]] = defaultdict(list)
    for key, seen in sorted(found.items()):
        name = key[1] if key[0] == chart else f"{key[0]}/{key[1]}"
        scenarios[_on(seen, covered.get(key, frozenset()))].append(name)
    left, named = most or len(found), list[str]()
    for on, names in scenarios.items():
        if left > 0:
            named.append(", ".join(names[:left]) + on)
        left -= len(names)
    return "; ".join(named) + (f", +{-left} more" if left < 0 else "")


def _on(seen: set[str], all_of_them: frozenset[str]) -> str:
    if len(all_of_them) == 1:
        return ""
    if len(all_of_them) > 2 and seen == all_of_them:
        return " on every version"
    return f" on {versions(seen)}"


def where(place: Place) -> str:
    """``file:line``, or the file alone."""
    return f"{place.file}:{place.line}" if place.line else place.file


def resource(named: ResourceId) -> str:
    """An object with its namespace, where the manifest names one."""
    return f"{named} in namespace {named.namespace}" if named.namespace else str(named)


def shows_rendered_line(finding: Finding) -> bool:
    """Whether the rendered line says what the others do not: what an action printed."""
    return finding.display.precision != "text" and finding.display.passed_on is None


def place_roles(finding: Finding) -> list[str]:
    """What each place of *finding* but the first has to do with it."""
    passing = ["passed on at"] * (finding.display.passed_on is not None)
    return [*passing, *("included at" if place.line else "printed in" for place in finding.includes)]


def other_places(finding: Finding) -> list[tuple[str, Place, str]]:
    """The places besides the one to edit: their role, where they are, and their line (empty: not shown)."""
    roles = place_roles(finding)
    return [*zip(roles, finding.places[1:], finding.display.quoted or ("",) * len(roles), strict=True)]


def location_note(finding: Finding) -> str:
    """What is not certain of the line."""
    if finding.display.line_unknown:
        return finding.display.line_unknown
    if finding.display.precision == "coarse":
        return "printed here, but made elsewhere"
    return ""


def totals(report: Report) -> str:
    """``2 errors and 1 note``; empty where nothing is wrong."""
    found = severity_counts(groups(report))
    return listed([number(found[each], each.label) for each in sorted(Severity, reverse=True) if found[each]])


def verdict(report: Report) -> str:
    """What to say where there is no finding: ``clean``, or why that cannot be said."""
    if report.unfinished:
        return "not finished: the run's time was up"
    if report.unrendered:
        count = len(report.unrendered)
        return f"not clean: {number(count, 'chart')} {'was' if count == 1 else 'were'} not rendered"
    return "clean" if report.cases or report.since else "nothing was looked at"


def run_summary(report: Report) -> str:
    """How much was looked at: charts, cases, objects and versions."""
    if report.since and not report.since.charts:
        return unchanged(report.since)
    failed = sum(not each.rendered and not each.must_fail for each in report.cases)
    refused = sum(not each.rendered and each.must_fail for each in report.cases)
    outcomes = [f"{failed:,} not rendered"] * bool(failed)
    outcomes += [f"{refused:,} refused as they must be"] * bool(refused)
    since = f" changed since {report.since.ref}" if report.since else ""
    parts = [
        number(len(report.charts), "chart") + since,
        number(len(report.cases), "case") + (f" ({', '.join(outcomes)})" if outcomes else ""),
        number(sum(each.objects for each in report.cases), "object"),
    ]
    if report.cases:
        parts.append(f"Kubernetes {versions(each.case.kube_version for each in report.cases)}")
    return ", ".join(parts)


def dependency_sources(found: Sequence[Taken], most: int = 0) -> list[str]:
    """Where dependencies come from that are in no ``charts/``, of each kind of place at most *most*."""
    sources = []
    for sibling in (True, False):
        names = [f"{each.name} {each.version} from {each.where}" for each in found if each.sibling is sibling]
        count = number(len(names), "dependency", "dependencies")
        what = f"taken from this checkout as {'it is' if len(names) == 1 else 'they are'}"
        end = " (not with --no-siblings)" if sibling else ""
        if names:
            how = what if sibling else "downloaded before"
            sources.append(f"{count} {how}: {listed(names, most)}{end}")
    return sources


def totals_suffix(report: Report) -> str:
    """What follows the totals: how much is suppressed, not judged, or was there before."""
    counts = {"suppressed": report.suppressed, "not judged": len(report.not_judged)}
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    if report.since and report.since.before:
        were = "was" if report.since.before == 1 else "were"
        parts.insert(0, f"{number(report.since.before, 'finding')} {were} there before")
    return f"; {', '.join(parts)}" if parts else ""
