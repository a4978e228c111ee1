"""`chartkit explain`: which finding is meant, and all that there is to say of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.model.errors import ConfigError, Unfinished
from chartkit.model.finding import Finding
from chartkit.model.report import Report
from chartkit.pipeline.run import Progress
from chartkit.plan.config import Config
from chartkit.plan.config.known_rules import rules_of
from chartkit.rules._page import Page
from chartkit.system.did_you_mean import closest

_SHORTEST: Final = 4
"""Digits of a fingerprint that may stand for it, if they are those of one finding."""
_MOST: Final = 12
"""Findings that are listed where one is asked for."""

_FINGERPRINT: Final = re.compile(r"[0-9a-fA-F]+")
_PLACE: Final = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?")

Fits = Callable[[Finding], bool]


@dataclass(frozen=True, slots=True)
class Story:
    """The *finding* of *report* that was asked for, and the *page* of its rule."""

    report: Report
    finding: Finding
    page: Page


def find(config: Config, paths: Sequence[str], what: str, progress: Progress) -> Story:
    """What was asked for, as a check of the charts at *paths* finds it now.

    Raises ConfigError where it finds nothing of that name, or several things.
    """
    from chartkit.pipeline import check

    every, _ = rules_of(config)
    fits = matcher(what, every)
    left = [_MOST]

    def wanted(finding: Finding) -> bool:
        left[0] -= fits(finding)
        return left[0] >= 0 and fits(finding)

    report = check.check(config, paths, progress, evidence=wanted)
    if report.unfinished:
        raise Unfinished(config.timeout)
    finding = choose_one(report, what, fits)
    return Story(report, finding, every[finding.rule].page)


def matcher(what: str, rules: Collection[str]) -> Fits:
    """Whether a finding is *what* was asked for: the beginning of its fingerprint, its place, or its rule."""
    if what in rules:
        return lambda finding: finding.rule == what
    if place := _PLACE.fullmatch(what):
        return _at(os.path.normpath(place["file"]), int(place["line"]), place["column"])
    if not _FINGERPRINT.fullmatch(what):
        near = closest(what, rules)
        hint = f"did you mean the rule {near!r}?" if near else _HOW
        raise ConfigError(f"{what!r} is neither a fingerprint nor FILE:LINE nor a rule", hint)
    if len(what) < _SHORTEST:
        raise ConfigError(f"{what!r} is too short for a fingerprint", f"give {_SHORTEST} digits or more")
    return lambda finding: finding.fingerprint.startswith(what.lower())


_HOW: Final = "run `chartkit check --verbose` to see the fingerprint of each finding"


def _at(file: str, line: int, column: str | None) -> Fits:
    """Whether a line has part in a finding: it is where to edit, passes on, or called."""

    def fits(finding: Finding) -> bool:
        return any(
            place.file == file and place.line == line and column in (None, str(place.column))
            for place in finding.places
        )

    return fits


def choose_one(report: Report, what: str, fits: Fits) -> Finding:
    """The one finding that is meant; ConfigError where there is none, or several.

    Of those that a line has part in, one that is to be mended right there comes first.
    """
    found = [finding for finding in report.findings if fits(finding)]
    if not found:
        raise ConfigError(_none_found(report, what), _nearest(report, what))
    place = _PLACE.fullmatch(what)
    line = int(place["line"]) if place else None
    there = [one for one in found if place and _is_there(one, place["file"], line)]
    if len(set(map(_fault, there or found))) == 1:
        return (there or found)[0]
    lines = [f"{len(found)} findings are meant by {what!r}:", *_listed(there or found)]
    raise ConfigError("\n".join(lines), "give the fingerprint of one of them, or its first digits")


def _fault(finding: Finding) -> object:
    """What is one fault to who asks for a line: one rule may be broken there in several objects."""
    return (finding.rule, finding.place) if finding.place.line else finding.fingerprint


def _is_there(finding: Finding, file: str, line: int | None) -> bool:
    return finding.place.line == line and finding.place.file == os.path.normpath(file)


def _listed(findings: Sequence[Finding]) -> list[str]:
    lines = [*map(_line, findings[:_MOST])]
    return [*lines, f"and {len(findings) - _MOST} more"] if len(findings) > _MOST else lines


def _line(finding: Finding) -> str:
    place = finding.place
    where = f"{place.file}:{place.line}" if place.line else place.file
    about = f" ({finding.resource})" if finding.resource else ""
    return f"{finding.fingerprint}  {finding.rule}  {where}{about}"


def _none_found(report: Report, what: str) -> str:
    if not report.findings:
        return f"there is no finding {what!r}: the charts that were looked at have none"
    return f"none of the {len(report.findings):,} findings is {what!r}; it may be mended, or not looked for"


def _nearest(report: Report, what: str) -> str:
    """A hint at the finding that was probably meant."""
    by_fingerprint = {finding.fingerprint: finding for finding in report.findings}
    place = _PLACE.fullmatch(what)
    if place is None:
        near = closest(what, by_fingerprint) or _common(what, by_fingerprint)
        return f"did you mean {_line(by_fingerprint[near])}?" if near else _HOW
    file, line = os.path.normpath(place["file"]), int(place["line"])
    beside = [one for one in report.findings if one.place.file == file and one.place.line]
    if beside:
        nearest = min(beside, key=lambda one: abs((one.place.line or 0) - line))
        return f"did you mean {_line(nearest)}?"
    return _HOW


def _common(what: str, fingerprints: Mapping[str, Finding]) -> str:
    """The fingerprint that begins most like *what*; empty where none has its first digits."""
    digits = range(min(len(what), 16), 1, -1)
    beginnings = (what[:count].lower() for count in digits)
    alike = (each for start in beginnings for each in fingerprints if each.startswith(start))
    return next(alike, "")
