"""What to record: which files an update writes and removes, and which cases it must refuse.

Pure, like `chartkit.golden.compare`. A failed render is never recorded, nor one that changes its shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.golden.changing_lines import mask, masked, matches
from chartkit.golden.compare import Severities, compare, difference, findings, not_judged, unjudged
from chartkit.golden.files import GoldenFiles, is_render
from chartkit.golden.masked_fields import as_recorded
from chartkit.model.case import Case
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place

NOT_RECORDED: Final = "not recorded, the case does not render"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Two renders of one case, for `revise`; None where Helm refuses it."""

    case: Case
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Revision:
    """What an update changes: the new *texts* of files, and the files that are *removed*.

    *findings* say which cases could not be recorded because they change their shape, or because a file
    that is no render is in the way, *not_judged* which do not render, and which lines are masked.
    """

    texts: Mapping[str, str]
    removed: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]


def revise(
    places: GoldenFiles,
    rendered: Iterable[Rendered],
    recorded: Mapping[str, str],
    removed: Collection[str] = (),
    severities: Severities | None = None,
) -> Revision:
    """What to write so that the *rendered* cases are recorded; *removed* are the `unused` files.

    *recorded* holds the files of the cases' slots. All cases of a scenario that are to be recorded
    come in one call: which of them get a file of their own depends on the newest. The files of a
    case that is refused stay as they are.
    """
    stable, refused, unstable = list[_Stable](), list[NotJudged](), list[Finding]()
    for each in rendered:
        case, file = each.case, places.name(places.slots[each.case].base)
        if case.scenario.fails is not None:
            continue
        if each.first is None or each.second is None:
            refused.append(unjudged(file, NOT_RECORDED, [case]))
            continue
        first, second = (as_recorded(text, places.masks)[0] for text in (each.first, each.second))
        text = mask(first, second)
        if text is None:
            severity = (severities or {}).get("golden-unstable", Severity.ERROR)
            unstable.append(_unstable(case, file, severity, first, second))
        else:
            stable.append(_Stable(case, text, first, second))
    files = _files(places, stable, recorded)
    changed = {file for file, text in files.items() if file in recorded and recorded[file] != text}
    in_the_way = {file for file in changed if not is_render(recorded[file])}
    files = {file: text for file, text in files.items() if file not in in_the_way}
    gone = {file for file, text in files.items() if text is None and file in recorded}
    after = {**recorded, **{file: text for file, text in files.items() if text is not None}}
    kept = {file: text for file, text in after.items() if file not in gone}
    verdicts = [compare(places, each.case, each.first, kept) for each in stable]
    stuck = [verdict for verdict in verdicts if verdict.file in in_the_way]
    drifted = {"golden-drifted": (severities or {}).get("golden-drifted", Severity.ERROR)}
    return Revision(
        {file: text for file, text in sorted(kept.items()) if recorded.get(file) != text},
        tuple(sorted({*gone, *removed})),
        (*unstable, *findings(places, stuck, drifted)),
        (*refused, *not_judged(places, verdicts)),
    )


@dataclass(frozen=True, slots=True)
class _Stable:
    """A case whose two renders have one shape; *text* is the first of them, masked."""

    case: Case
    text: str
    first: str
    second: str

    def is_in(self, golden: str) -> bool:
        """Whether *golden* records this case already, with no line masked that need not be."""
        alike = matches(golden, self.first) and matches(golden, self.second)
        return alike and masked(golden) == masked(self.text)

    def kept(self, golden: str | None) -> str:
        """What to record: *golden* as it is, where that will do."""
        return golden if golden is not None and self.is_in(golden) else self.text


def _files(
    places: GoldenFiles, stable: Iterable[_Stable], recorded: Mapping[str, str]
) -> dict[str, str | None]:
    """The text of every file that *stable* cases touch; None where the base says the same."""
    files: dict[str, str | None] = {}
    for each in sorted(stable, key=lambda each: not places.slots[each.case].newest):
        slot = places.slots[each.case]
        base = files.get(slot.base, recorded.get(slot.base))
        if slot.newest:
            files |= {slot.base: each.kept(base), slot.own: None}
        elif base is not None and each.is_in(base):
            files[slot.own] = None
        else:
            files[slot.own] = each.kept(recorded.get(slot.own))
    return files


def _unstable(case: Case, file: str, severity: Severity, first: str, second: str) -> Finding:
    """Two renders of *case* whose lines do not correspond."""
    ones, twos = (text.count("\n") + 1 for text in (first, second))
    message = f"render changes its shape every time: {ones} lines, then {twos} lines"
    return Finding(
        "golden-unstable",
        severity,
        "\n".join([message, *difference(first, second)[2]]),
        case.chart,
        Place(file),
        "make the template give the same lines every time, or set the value that it makes up",
        cases=(case.ref,),
    )
