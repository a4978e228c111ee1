"""The report as JUnit XML: a test for each case and for what is judged of it, in a suite for each chart.

A test fails by the findings that fail the run; milder ones are its output. Suppressed findings and what
was not judged are tests that are skipped, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.report import CaseResult, Report
from chartkit.reports import _clean, _words, text
from chartkit.reports._groups import Group, groups, head, suppressed_findings, worst_first

CONFIGURATION: Final = "chartkit.yaml"
"""The suite of what concerns no chart."""

_RENDERS, _SCHEMAS, _RULES, _GOLDEN = (
    "renders",
    "fits its schemas",
    "keeps the rules",
    "matches its golden file",
)
_FILES: Final = "its files"
_PREFIXES: Final = {
    "golden-": _GOLDEN,
    **dict.fromkeys(("render-", "values-", "scenario-", "helm-", "chart-", "dependency-", "kube-"), _RENDERS),
    **dict.fromkeys(("field-", "list-key-", "yaml-", "object-without-", "api-version-"), _SCHEMAS),
    **dict.fromkeys(("kind-not-judged", "custom-resource-version-"), _SCHEMAS),
}
_LONGEST: Final = 300

_Key = tuple[str, str, str]
"""A suite, a case (or nothing) and what is judged of it."""


@dataclass(frozen=True, slots=True)
class _TestCase:
    """*skipped* is why it says nothing; *type* is the rule that it fails by, empty where it does not."""

    name: str
    seconds: float = 0.0
    skipped: str = ""
    type: str = ""
    message: str = ""
    body: str = ""
    output: str = ""


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:  # noqa: ARG001
    """A suite for each chart, those of one name together."""
    made = _Suites(report)
    suites = [(name, [*made.tests(name)]) for name in made.names]
    return "".join(f"{line}\n" for line in _document(suites))


class _Suites:
    """Makes tests of a report; each finding is shown in full in the first of its tests only."""

    def __init__(self, report: Report) -> None:
        self._report, self._covered = report, _words.covered_versions(report.cases)
        self._results: defaultdict[str, dict[CaseRef, CaseResult]] = defaultdict(dict)
        for result in sorted(
            report.cases, key=lambda each: (each.case, each.rendered, each.path), reverse=True
        ):
            self._results[result.case.chart][result.case] = result
        self._found: defaultdict[_Key, list[Group]] = defaultdict(list)
        for group in worst_first(groups(report)):
            for key in dict.fromkeys(key for finding in group for key in self._keys(finding)):
                self._found[key].append(group)
        self._first_test: dict[str, str] = {}

    def _keys(self, finding: Finding) -> Iterator[_Key]:
        """The tests that *finding* belongs to: those of its cases, else that of the chart's files."""
        known = [ref for ref in finding.cases if ref in self._results[ref.chart]]
        what = next((group for start, group in _PREFIXES.items() if finding.rule.startswith(start)), _RULES)
        yield from ((ref.chart, _case(ref), what) for ref in known)
        if not known:
            yield finding.chart or CONFIGURATION, "", _FILES

    @property
    def names(self) -> list[str]:
        unjudged = (each.chart for each in self._report.not_judged)
        suppressed = (each.chart for each in self._report.findings if not each.is_active)
        others = (name or CONFIGURATION for name in (*unjudged, *suppressed))
        charts = (name for name, results in self._results.items() if results)
        return sorted({*charts, *(key[0] for key in self._found), *others})

    def tests(self, suite: str) -> Iterator[_TestCase]:
        judged = [_RENDERS, _SCHEMAS, _RULES, *[_GOLDEN] * self._report.compared]
        for ref, result in sorted(self._results[suite].items()):
            found = [
                what for what in (_GOLDEN,) if what not in judged and (suite, _case(ref), what) in self._found
            ]
            yield from (self._of_case(suite, result, what) for what in [*judged, *found])
        yield self._test(_FILES, self._found.get((suite, "", _FILES), []))
        for finding in suppressed_findings(self._report):
            if suite == (finding.chart or CONFIGURATION):
                about = finding.resource or finding.place.file
                name = f"suppressed: {finding.rule}, {about} [{finding.fingerprint}]"
                body = text.block((finding,), self._covered)
                yield _TestCase(name, skipped=f"suppressed: {finding.suppressed}", body=body)
        yield from self._unjudged(
            each for each in self._report.not_judged if suite == (each.chart or CONFIGURATION)
        )

    def _of_case(self, suite: str, result: CaseResult, what: str) -> _TestCase:
        case = _case(result.case)
        found = self._found.get((suite, case, what), [])
        seconds = result.seconds if what == _RENDERS else 0.0
        refused = "Helm refuses it, as it must" if result.must_fail else "Helm does not render it"
        if not result.rendered and not found and what != _RENDERS:
            return _TestCase(f"{case}: {what}", skipped=f"there is nothing to judge: {refused}")
        if not result.rendered and not found and not result.must_fail:
            return _TestCase(f"{case}: {what}", seconds, skipped=refused)
        remark = f"{refused}\n" if not result.rendered and not found else ""
        return self._test(f"{case}: {what}", found, seconds, remark)

    def _test(self, name: str, found: Sequence[Group], seconds: float = 0.0, remark: str = "") -> _TestCase:
        failing = [each for each in found if self._report.fails(head(each))]
        others = [each for each in found if not self._report.fails(head(each))]
        output = remark + "\n\n".join(self._full_text(each, name) for each in others)
        if not failing:
            return _TestCase(name, seconds, output=output)
        more = f" (and {_words.number(len(failing) - 1, 'more finding')})" if len(failing) > 1 else ""
        message = _clean.brief(failing[0][0].message, _LONGEST) + more
        body = "\n\n".join(self._full_text(each, name) for each in failing)
        return _TestCase(name, seconds, "", failing[0][0].rule, message, body, output)

    def _full_text(self, group: Group, test: str) -> str:
        finding = head(group)
        first = self._first_test.setdefault(finding.fingerprint, test)
        if first == test:
            return text.block(group, self._covered)
        about = f"{finding.severity.label} {finding.rule}, {finding.resource or finding.chart}"
        message = _clean.brief(finding.message, _LONGEST)
        return f"{_words.where(finding.place)} {about}\n  {message}\n  in full in {first!r}"

    def _unjudged(self, found: Iterable[NotJudged]) -> Iterator[_TestCase]:
        groups: defaultdict[tuple[str, str], list[NotJudged]] = defaultdict(list)
        for each in sorted(found, key=_words.unjudged_order):
            groups[each.what, each.reason].append(each)
        for (what, reason), group in groups.items():
            body = "\n".join(_words.resource(each.resource) for each in group if each.resource)
            yield _TestCase(f"not judged: {what}: {reason}", skipped=reason, body=body)


def _case(ref: CaseRef) -> str:
    return f"{ref.scenario} on {_words.version(ref.kube_version)}"


def _document(suites: Sequence[tuple[str, Sequence[_TestCase]]]) -> Iterator[str]:
    every = [test for _, tests in suites for test in tests]
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f"<testsuites{_attributes(name='chartkit', **_counts(every))}>"
    for name, tests in suites:
        skipped = str(sum(bool(test.skipped) for test in tests))
        yield f"  <testsuite{_attributes(name=name, **_counts(tests), skipped=skipped)}>"
        for test in tests:
            yield from _testcase(test, name)
        yield "  </testsuite>"
    yield "</testsuites>"


def _counts(tests: Sequence[_TestCase]) -> dict[str, str]:
    return {
        "tests": str(len(tests)),
        "failures": str(sum(bool(test.type) for test in tests)),
        "errors": "0",
        "time": _time(sum(test.seconds for test in tests)),
    }


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _testcase(test: _TestCase, suite: str) -> Iterator[str]:
    """Readers take what precedes the last dot of a class for its package, so names have none."""
    classname = f"chartkit.{suite.replace('.', '_')}"
    inner = []
    if test.skipped:
        inner.append(_element("skipped", test.body, message=test.skipped))
    if test.type:
        inner.append(_element("failure", test.body, message=test.message, type=test.type))
    if test.output:
        inner.append(_element("system-out", test.output))
    attributes = _attributes(classname=classname, name=test.name, time=_time(test.seconds))
    if inner:
        yield f"    <testcase{attributes}>"
        yield from inner
        yield "    </testcase>"
    else:
        yield f"    <testcase{attributes}/>"


def _element(name: str, body: str, **attributes: str) -> str:
    return f"      <{name}{_attributes(**attributes)}>{escape(_clean.lines(body))}</{name}>"


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(_clean.line(value))}" for name, value in values.items())
