"""Whether cases render what was recorded for them.

Pure: texts in, values out; `chartkit.golden.files` knows where the texts are. A failed render is
never compared, and a case without a file is never taken for equal.
"""

from __future__ import annotations

import functools
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from chartkit.golden.changing_lines import masked, matches, matches_line
from chartkit.golden.files import GoldenFiles, is_render
from chartkit.golden.masked_fields import Mask, as_recorded
from chartkit.model.case import Case
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place, ResourceId, pointer
from chartkit.syntax.semver import abbreviated

Severities = Mapping[str, Severity]
"""The rules that are on, with the severity of this run."""

MASKED: Final = "golden lines masked, they change with every render"
MASKED_FIELD: Final = "fields masked in golden files, as the configuration says"
NOT_RENDERED: Final = "not compared with its golden file, the case does not render"

CRLF: Final = "only its line ends differ, which git or an editor made CRLF"
NO_RENDER: Final = "the file is no render, which begins with '---' and '# Source:'"

_MOVE: Final = "move it out of the golden folder, or remove it"

_DETAILS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison of one case says; *file* is relative to the golden folder.

    *line* is the first line of the file that differs, *details* how the difference reads, *masked*
    the masked lines of the file with the objects they belong to, *masks* those of the configuration that
    fit something in the render. ``exempt`` is a scenario that must fail.
    """

    case: Case
    file: str
    kind: Literal["same", "missing", "drifted", "not-rendered", "exempt"]
    line: int | None = None
    summary: str = ""
    details: tuple[str, ...] = ()
    masked: tuple[tuple[int, ResourceId | None], ...] = ()
    masks: frozenset[Mask] = frozenset()

    def with_lines(self, places: Iterable[tuple[int, Place]]) -> Verdict:
        """The same, the lines of its details (by number) with the template lines that they come from."""
        details = [*self.details]
        for number, place in places:
            if number < min(len(details), _DETAILS):
                details[number] += f" ({place.file}:{place.line})"
        return replace(self, details=tuple(details))


def compare(places: GoldenFiles, case: Case, text: str | None, recorded: Mapping[str, str]) -> Verdict:
    """Compare the render of *case* (None: Helm refuses it) with what is *recorded*, by file.

    *recorded* needs to hold no more than the two files of the case's slot.
    """
    slot = places.slots[case]
    file = slot.own if slot.own in recorded else slot.base
    if case.scenario.fails is not None:
        return Verdict(case, file, "exempt")
    if text is None:
        return Verdict(case, file, "not-rendered")
    text, used = as_recorded(text, places.masks)
    if file not in recorded:
        return Verdict(case, file, "missing", masks=used)
    golden = recorded[file]
    hidden = _masked_objects(golden)
    if matches(golden, text):
        return Verdict(case, file, "same", masked=hidden, masks=used)
    if not is_render(golden):
        return Verdict(case, file, "drifted", 1, NO_RENDER, (), hidden, used)
    line, summary, details = difference(golden, text)
    return Verdict(case, file, "drifted", line, summary, details, hidden, used)


@functools.lru_cache(maxsize=8)  # the versions of one scenario often differ in the same way
def difference(golden: str, text: str) -> tuple[int, str, tuple[str, ...]]:
    """The first line of *golden* that *text* differs from, the sum of the differences, and how they read."""
    from chartkit.golden.diff.objects import diff
    from chartkit.golden.diff.text import describe, summary

    ones, twos = golden.split("\n"), text.split("\n")
    line = next((n for n, (a, b) in enumerate(zip(ones, twos, strict=False)) if not matches_line(a, b)), None)
    first = min(len(ones), len(twos)) if line is None else line + 1
    if matches(golden.replace("\r\n", "\n"), text):
        return first, CRLF, ()
    found = diff(golden, text)
    return first, summary(found), _capped([*describe(found)])


def _capped(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - _DETAILS
    return (*lines[:_DETAILS], f"… {more} more lines") if more > 0 else tuple(lines)


@functools.lru_cache(maxsize=8)
def _masked_objects(golden: str) -> tuple[tuple[int, ResourceId | None], ...]:
    """The masked lines of a golden file, each with the object that it belongs to."""
    numbers = masked(golden)
    if not numbers:
        return ()
    from chartkit.helm.manifests import read

    starts = [(manifest.line, manifest) for manifest in read(golden)[0]]
    owners: dict[int, ResourceId] = {}
    for start, manifest in starts:
        owners |= dict.fromkeys(range(start, start + manifest.text.count("\n") + 1), manifest.resource)
    return tuple((number, owners.get(number)) for number in numbers)


def findings(places: GoldenFiles, verdicts: Iterable[Verdict], severities: Severities) -> Iterator[Finding]:
    """One finding for each file that is missing or differs, with all cases that say so."""
    for file, group in _by_file(verdicts, "missing", "drifted"):
        kind, case = group[0].kind, group[0].case
        rule = f"golden-{kind}"
        if rule in severities:
            yield Finding(
                rule,
                severities[rule],
                _missing(group) if kind == "missing" else _drift(group),
                case.chart,
                Place(places.name(file), min((each.line for each in group if each.line), default=None)),
                _hint(group[0], case.path),
                cases=tuple(sorted(each.case.ref for each in group)),
            )


def not_judged(places: GoldenFiles, verdicts: Iterable[Verdict]) -> Iterator[NotJudged]:
    """The cases that were not compared, and the lines that were not."""
    verdicts = list(verdicts)
    for file, group in _by_file(verdicts, "not-rendered"):
        yield unjudged(places.name(file), NOT_RENDERED, [each.case for each in group])
    for file, group in _by_file(verdicts, "same", "drifted"):
        for lines, resource in _runs(group[0].masked):
            yield unjudged(f"{places.name(file)}:{lines}", MASKED, [each.case for each in group], resource)
    yield from _masked_fields(places, verdicts)


def _masked_fields(places: GoldenFiles, verdicts: Iterable[Verdict]) -> Iterator[NotJudged]:
    """One for each mask and chart: a label of every object is masked in very many lines."""
    groups: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
    for verdict in verdicts:
        for mask in verdict.masks if verdict.kind in ("same", "drifted") else ():
            groups[verdict.case.path, str(mask)].append(verdict.case)
    for (path, name), cases in sorted(groups.items()):
        yield unjudged(f"{name} in {places.name(places.folders[path])}", MASKED_FIELD, cases)


def unused_masks(
    places: GoldenFiles, verdicts: Iterable[Verdict], severities: Severities
) -> Iterator[Finding]:
    """The masks of *places* that fit nothing in any render; *verdicts* are those on all cases there are."""
    rule, used = "golden-mask-unused", frozenset[Mask]()
    for verdict in verdicts:
        if verdict.kind == "not-rendered":
            return
        used |= verdict.masks
    for mask in places.masks if rule in severities else ():
        if mask not in used:
            what = f"no {mask.resource}" if mask.resource else "no object"
            yield Finding(
                rule,
                severities[rule],
                f"{what} that is rendered has {mask.path!r}, so the mask masks nothing",
                "",
                mask.place,
                "correct the path, as golden-drifted prints it, or delete the mask",
                path=pointer(("golden", "mask", str(mask))),
            )


def _runs(lines: Iterable[tuple[int, ResourceId | None]]) -> Iterator[tuple[str, ResourceId | None]]:
    """Masked lines that follow each other in one object, as ``12`` or ``12-30``."""
    runs = list[tuple[int, int, ResourceId | None]]()
    for number, resource in lines:
        if runs and runs[-1][1:] == (number - 1, resource):
            runs[-1] = (runs[-1][0], number, resource)
        else:
            runs.append((number, number, resource))
    for first, last, resource in runs:
        yield (str(first) if first == last else f"{first}-{last}"), resource


def unjudged(what: str, reason: str, cases: Sequence[Case], resource: ResourceId | None = None) -> NotJudged:
    """What was not looked at in *cases*, all of one chart."""
    return NotJudged(what, cases[0].chart, reason, resource, tuple(sorted(case.ref for case in cases)))


def _by_file(verdicts: Iterable[Verdict], *kinds: str) -> Iterator[tuple[str, list[Verdict]]]:
    """The verdicts of some *kinds* on each file; a file is missing for all of its cases or for none."""
    groups: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in sorted(verdicts, key=lambda verdict: verdict.case.ref):
        if verdict.kind in kinds:
            groups[verdict.file].append(verdict)
    yield from sorted(groups.items())


def _missing(group: Sequence[Verdict]) -> str:
    return f"scenario '{group[0].case.scenario.name}' has no golden file"


def _drift(group: Sequence[Verdict]) -> str:
    """The summary, then the details; where versions differ in their own ways, each way with its cases."""
    ways: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in reversed(group):
        version = abbreviated(each.case.kube_version)
        ways.setdefault((each.summary, each.details), []).insert(0, version)
    (summary, details), *others = ways
    first = f"render differs from its golden file: {summary}"
    if not others:
        return "\n".join([first, *details])
    sections = [[f"on Kubernetes {', '.join(ways[way])}:", *way[1]] for way in ways]
    return "\n".join([first, *(line for section in sections for line in section)])


def _hint(verdict: Verdict, path: str) -> str:
    command = f"`chartkit golden update {shlex.quote(path)}`"
    if verdict.kind == "missing":
        return f"run {command}, read what it writes and commit it"
    if verdict.summary == CRLF:
        return "add `golden/** -text` to .gitattributes and check the file out again"
    if verdict.summary == NO_RENDER:
        return f"{_MOVE}, then run {command}, which does not overwrite it"
    return f"run {command} and commit the file if the change is meant"


def unused(
    places: GoldenFiles, files: Iterable[str], charts: Collection[str], *, everything: bool
) -> tuple[str, ...]:
    """Those golden *files* that no case is compared with, sorted.

    *charts* are the paths of the charts of which every case took part; *everything* says that the
    run covers the configuration whole, so that folders of no chart at all are unused too.
    """
    pairs = places.slots.items()
    used = {file for case, slot in pairs if case.scenario.fails is None for file in (slot.base, slot.own)}
    owners = {folder: path for path, folder in places.folders.items()}

    def covered(file: str) -> bool:
        folder = file.partition("/")[0]
        return owners[folder] in charts if folder in owners and "/" in file else everything

    return tuple(sorted(file for file in files if file not in used and covered(file)))


def orphans(
    places: GoldenFiles, files: Iterable[str], written: Collection[str], severities: Severities
) -> Iterator[Finding]:
    """The findings about `unused` *files*; an update removes those that it has *written*."""
    rule = "golden-orphaned"
    charts = {places.folders[case.path]: case for case in places.slots}
    failing = {slot.base: case for case, slot in places.slots.items() if case.scenario.fails is not None}
    for file in files if rule in severities else ():
        folder = file.partition("/")[0]
        case = charts.get(folder)
        command = " ".join(("chartkit golden update", *([shlex.quote(case.path)] if case else [])))
        message = "no case is compared with this golden file"
        if file in failing:
            message = f"scenario '{failing[file].scenario.name}' must fail, it is not compared with a file"
        yield Finding(
            rule,
            severities[rule],
            message,
            case.chart if case else folder,
            Place(places.name(file)),
            f"remove it, or run `{command}`" if file in written else f"{_MOVE}: chartkit did not write it",
        )
