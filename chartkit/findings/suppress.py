"""Findings that somebody accepted, with a reason: where people say so, and what it does.

* an annotation ``ignore.chartkit.dev/RULE: REASON`` on the object
* a template comment ``{{- /* chartkit:ignore RULE REASON */ -}}``: above everything that a file prints, for
  the file; above everything that a document prints, for the document; elsewhere for the next line that is
  neither blank nor a comment and what is nested below it, by indentation or up to its ``{{ end }}``
* a comment ``# chartkit:ignore RULE REASON`` in YAML that is no template, for its line, or for the
  next one where it stands alone
* an entry of ``ignore:`` in the configuration

A suppression without a reason does nothing but be a finding; so are those that suppress nothing and
those of rules that do not exist.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from chartkit.model.case import CaseRef, Chart
from chartkit.model.chart_file import canonical
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId, pointer
from chartkit.model.render import Manifest
from chartkit.system.did_you_mean import suggestion

if TYPE_CHECKING:
    from chartkit.plan.config.entries import IgnoreEntry


ANNOTATION: Final = "ignore.chartkit.dev/"
UNUSED: Final = "suppression-unused"
WITHOUT_REASON: Final = "suppression-without-reason"
UNKNOWN_RULE: Final = "suppression-unknown-rule"


@dataclass(frozen=True, slots=True)
class Suppression:
    """That findings of *rule* are accepted, written at *place*.

    What is empty narrows nothing. *chart* and *target* (``Kind/name``) are patterns, *path* is a
    JSON pointer pattern that fits what is below it too, *resource* the very object, *file* where the
    finding is, or a line that called, and *line* to *last* on which lines; *cases* in which cases the
    suppression stands.
    """

    rule: str
    reason: str
    place: Place
    chart: str = ""
    resource: ResourceId | None = None
    target: str = ""
    path: str = ""
    file: str = ""
    line: int | None = None
    last: int | None = None
    cases: tuple[CaseRef, ...] = ()

    def fits(self, finding: Finding) -> bool:
        """Whether it is about *finding*, the cases apart."""
        return (
            finding.rule == self.rule
            and (not self.chart or self._fits_chart(finding))
            and self.resource in (None, finding.resource)
            and (not self.target or fnmatchcase(str(finding.resource or ""), self.target))
            and (not self.path or _is_at(finding.path, self.path))
            and (not self.file or any(map(self._covers, finding.places)))
        )

    def _covers(self, place: Place) -> bool:
        """Whether *place* is where it is about; one without a line may be."""
        if place.file != self.file or self.line is None or place.line is None:
            return place.file == self.file
        return self.line <= place.line <= (self.last or self.line)

    def _fits_chart(self, finding: Finding) -> bool:
        folder = self.chart.removeprefix("./").rstrip("/")
        files = {place.file for place in finding.places}
        return (
            fnmatchcase(finding.chart, self.chart)
            or folder in ("", ".")
            or any(fnmatchcase(file, folder) or fnmatchcase(file, f"{folder}/*") for file in files)
        )


def _is_at(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern.rstrip('/')}/*")


def apply(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
    rules: Mapping[str, Severity],
    known: Collection[str],
    *,
    complete: bool = True,
) -> tuple[Finding, ...]:
    """*findings*, those that are accepted with their reason, and what is wrong with *suppressions*.

    *rules* are the ids that are on, with their severities; *known* all ids there are. *complete*
    says whether every case of the configuration was judged in full: else nothing is called unused.
    """
    every = _united(suppressions)
    valid: dict[str, list[Suppression]] = {}
    for each in every:
        if each.reason and each.rule in known:
            valid.setdefault(each.rule, []).append(each)
    used: set[Suppression] = set()
    judged = []
    for finding in findings:
        candidates = valid.get(finding.rule, ())
        fitting = [each for each in candidates if each.fits(finding) and _shares_case(each, finding)]
        used.update(fitting)
        judged.append(_accepted(finding, fitting))
    wrong = list(_wrong(every, known))
    if complete:
        idle = [each for rule, these in valid.items() if rule in rules for each in these if each not in used]
        wrong += [_finding(each, UNUSED, f"suppression of {each.rule!r} suppresses nothing") for each in idle]
    mistakes = (dataclasses.replace(each, severity=rules[each.rule]) for each in wrong if each.rule in rules)
    return (*judged, *mistakes)


def _united(suppressions: Iterable[Suppression]) -> list[Suppression]:
    """Each suppression once, with all the cases in which it stands."""
    cases: dict[Suppression, set[CaseRef]] = {}
    for each in suppressions:
        cases.setdefault(dataclasses.replace(each, cases=()), set()).update(each.cases)
    return [dataclasses.replace(each, cases=tuple(sorted(found))) for each, found in cases.items()]


def _shares_case(suppression: Suppression, finding: Finding) -> bool:
    cases = suppression.cases
    return not cases or not finding.cases or not set(cases).isdisjoint(finding.cases)


def _accepted(finding: Finding, fitting: Sequence[Suppression]) -> Finding:
    """*finding* with the reason, where it is accepted in all of its cases."""
    covered = {case for each in fitting for case in each.cases}
    if not fitting or (all(each.cases for each in fitting) and not covered.issuperset(finding.cases)):
        return finding
    return dataclasses.replace(finding, suppressed="; ".join(dict.fromkeys(each.reason for each in fitting)))


def _wrong(suppressions: Iterable[Suppression], known: Collection[str]) -> Iterator[Finding]:
    for each in suppressions:
        if not each.rule:
            yield _finding(
                each, UNKNOWN_RULE, "suppression names no rule", "write the rule's id, then the reason"
            )
        elif each.rule not in known:
            hint = suggestion(each.rule, known) or "see 'chartkit rules' for all ids"
            yield _finding(each, UNKNOWN_RULE, f"there is no rule {each.rule!r} to suppress", hint)
        elif not each.reason:
            message = f"suppression of {each.rule!r} gives no reason, and so suppresses nothing"
            yield _finding(each, WITHOUT_REASON, message, "say why it is accepted")


def _finding(suppression: Suppression, rule: str, message: str, hint: str = "delete it") -> Finding:
    key = f"{ANNOTATION}{suppression.rule}"
    is_in_chart = suppression.file or suppression.resource
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        message=message,
        chart=suppression.chart if is_in_chart else "",
        place=suppression.place,
        hint=hint,
        resource=suppression.resource,
        path=pointer(("metadata", "annotations", key)) if suppression.resource else f"/{suppression.rule}",
        cases=suppression.cases,
    )


_WORD: Final = "chartkit:ignore"
_IN_TEMPLATE: Final = re.compile(
    r"\{\{-?[ \t]{0,8}/\*\s{0,80}chartkit:ignore\b(?P<text>(?:[^*]|\*(?!/)){0,1000})\*/"
)
_IN_YAML: Final = re.compile(r"(?:^|\s)#\s*chartkit:ignore\b(?P<text>.*)$")


def in_objects(chart: Chart, case: CaseRef, manifests: Iterable[Manifest]) -> Iterator[Suppression]:
    """What the annotations of the objects of *case* suppress: findings about these objects."""
    for manifest in manifests:
        metadata = manifest.body.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        for key, reason in annotations.items() if isinstance(annotations, Mapping) else ():
            if str(key).startswith(ANNOTATION):
                yield Suppression(
                    rule=str(key).removeprefix(ANNOTATION),
                    reason=reason.strip() if isinstance(reason, str) else "",
                    place=Place(chart.origin(manifest.source)),
                    chart=chart.name,
                    resource=manifest.resource,
                    file=chart.origins.get(manifest.source, ""),
                    cases=(case,),
                )


def in_files(chart: Chart) -> Iterator[Suppression]:
    """What the comments in the files of *chart* suppress; dependencies' files count too."""
    for name, content in chart.files.items():
        if _WORD.encode() not in content or not name.endswith((".yaml", ".yml", ".tpl", ".txt")):
            continue
        text, file = content.decode("utf-8", "replace"), chart.origin(name)
        found = in_template(text, file) if canonical(name).in_templates else in_yaml(text, file)
        yield from (dataclasses.replace(each, chart=chart.name) for each in found)


def in_config(entries: Iterable[IgnoreEntry]) -> Iterator[Suppression]:
    """What the configuration suppresses."""
    for entry in entries:
        yield Suppression(
            rule=entry.rule,
            reason=entry.reason.strip(),
            place=entry.place,
            chart=entry.chart,
            target=entry.resource,
            path=entry.path,
        )


def in_template(text: str, file: str) -> Iterator[Suppression]:
    """What the comments in the template *text* suppress: findings that lines of *file* have part in."""
    from chartkit.findings import comment_extent

    for found in _IN_TEMPLATE.finditer(text):
        rule, reason = _rule_and_reason(found["text"])
        place = _place(text, found.start(), file)
        lines = comment_extent.extent(text, found.start(), found.end()) or (None, None)
        yield Suppression(rule, reason, place, file=file, line=lines[0], last=lines[1])


def in_yaml(text: str, file: str) -> Iterator[Suppression]:
    """What the comments in *text*, YAML that is no template, suppress: findings on a line of *file*."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        found = _IN_YAML.search(line) if _WORD in line else None
        if found:
            alone = not line[: found.start()].strip()
            about = _next(lines, index) if alone else index
            rule, reason = _rule_and_reason(found["text"])
            place = Place(file, index + 1, line.index("#", found.start()) + 1)
            yield Suppression(rule, reason, place, file=file, line=about + 1)


def _next(lines: Sequence[str], index: int) -> int:
    """The first line after *index* that holds more than a comment; the last where there is none."""
    following = (number for number in range(index + 1, len(lines)) if lines[number].split("#")[0].strip())
    return next(following, index)


def _rule_and_reason(text: str) -> tuple[str, str]:
    rule, *reason = text.split(maxsplit=1) or [""]
    return rule, " ".join(" ".join(reason).split())


def _place(text: str, offset: int, file: str) -> Place:
    return Place(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
