"""The only module that knows which versions satisfy which constraint, by Helm's rule and no other.

Helm asks Masterminds' semver (v3), for ``kubeVersion`` and for the versions of dependencies alike:

* ``=`` ``!=`` ``>`` ``<`` ``>=`` ``=>`` ``<=`` ``=<`` ``~`` ``~>`` ``^`` and no operator, which is ``=`` for
  a whole version and ``~`` for a part (``1.2``, ``1.x``, ``*``);
* a comma or a space is AND, ``||`` is OR, ``1.2 - 3.4`` is a range with both ends;
* a pre-release satisfies an AND group only where a version in that group has a pre-release: hence
  ``>=1.22.0-0`` for ``v1.23.4-eks-abc``;
* build metadata never counts, a leading ``v`` and leading zeros are accepted.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAX_LENGTH: Final = 1000
_MAX_NUMBER: Final = 2**64

_TAIL = r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
_VERSION = re.compile(r"v?(?P<major>[0-9]+)(?:\.(?P<minor>[0-9]+))?(?:\.(?P<patch>[0-9]+))?" + _TAIL)
_PARTIAL = r"v?(?P<major>[0-9xX*|]+)(?:\.(?P<minor>[0-9xX*|]+))?(?:\.(?P<patch>[0-9xX*|]+))?" + _TAIL
_SUFFIX = re.compile(r"[-+].*", re.DOTALL)
_SPACE = r"[\t\n\f\r ]"
_ITEM = re.compile(rf"(?P<operator>[=!<>~^]*+){_SPACE}*+(?P<version>{_PARTIAL})")
_GAP = re.compile(rf"{_SPACE}*+(?P<comma>,?){_SPACE}*+")
_BARE = re.sub(r"\?P<\w+>", "?:", _PARTIAL)
_RANGE = re.compile(rf"{_SPACE}*+({_BARE}){_SPACE}++-{_SPACE}++({_BARE}){_SPACE}*+")


@dataclass(frozen=True, slots=True)
class Version:
    """A version taken apart; *pre* is without its dash, build metadata is dropped."""

    major: int
    minor: int
    patch: int
    pre: str = ""

    @property
    def rank(self) -> tuple[object, ...]:
        """Sorts as semver orders versions."""
        return (
            self.major,
            self.minor,
            self.patch,
            not self.pre,
            [_rank(part) for part in self.pre.split(".")],
        )


@dataclass(frozen=True, slots=True)
class _Comparator:
    """One comparison; a part that is left out or a wildcard makes it *partial*."""

    accepts: Callable[[Version, _Comparator], bool]
    version: Version
    partial: bool = False
    any_minor: bool = False
    any_patch: bool = False


def parse(version: str) -> Version:
    """Take *version* apart; parts left out are 0 (``v1.2``); raises ValueError."""
    match = _VERSION.fullmatch(version) if len(version) <= MAX_LENGTH else None
    if match is None:
        raise ValueError(f"{_short(version)} is not a version: expected one like '1.2.3'")
    found = Version(
        int(match["major"]), int(match["minor"] or 0), int(match["patch"] or 0), match["pre"] or ""
    )
    if max(found.major, found.minor, found.patch) >= _MAX_NUMBER:
        raise ValueError(f"{_short(version)} is not a version: a number in it is too large")
    if any(len(part) > 1 and part[0] == "0" and part.isdecimal() for part in found.pre.split(".")):
        raise ValueError(f"{_short(version)} is not a version: a pre-release number begins with 0")
    return found


def minor(version: str) -> tuple[int, int]:
    """Major and minor: ``v1.34.0-x`` gives (1, 34), and ``1.28+`` (1, 28); raises ValueError."""
    parsed = parse(without_vendor(version))
    return parsed.major, parsed.minor


def abbreviated(version: str) -> str:
    """A Kubernetes *version* as people say it: ``1.34`` for ``1.34.0``; what a vendor adds stays."""
    return version.removesuffix(".0") if _SUFFIX.search(version) is None else version


def without_vendor(version: str) -> str:
    """The *version* of a cluster without what its vendor adds: ``1.34.1-gke.5`` gives ``1.34.1``.

    So Helm holds it against a chart's kubeVersion, since 3.19.
    """
    return _SUFFIX.sub("", version)


def satisfies(constraint: str, version: str) -> bool:
    """Whether *version* is in the range *constraint*, as Helm sees it.

    Raises ValueError, with a sentence for users, where either cannot be read.
    """
    groups = _constraint(constraint)
    given = parse(version)
    return any(_group_accepts(group, given) for group in groups)


def check_constraint(constraint: str) -> None:
    """Raises ValueError where *constraint* is not one."""
    _constraint(constraint)


def _group_accepts(group: tuple[_Comparator, ...], given: Version) -> bool:
    if given.pre and not any(one.version.pre for one in group):
        return False
    return all(one.accepts(given, one) for one in group)


@functools.lru_cache(maxsize=512)
def _constraint(text: str) -> tuple[tuple[_Comparator, ...], ...]:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a version constraint of {len(text)} characters: at most {MAX_LENGTH} are read")
    written = text
    for match in _RANGE.finditer(text):
        written = written.replace(match[0], f">= {match[1]}, <= {match[2]} ", 1)
    try:
        return tuple(tuple(_group(part)) for part in written.split("||"))
    except (KeyError, ValueError) as error:
        raise ValueError(
            f"{_short(text)} is not a version constraint: expected one like '>=1.22.0-0' or '^1.2.3'"
        ) from error


def _group(text: str) -> list[_Comparator]:
    """The comparisons of one AND group; KeyError or ValueError where it is not one."""
    found: list[_Comparator] = []
    gap = _GAP.match(text)
    while gap is not None and (gap.end() < len(text) or gap["comma"] or not found):
        item = _ITEM.match(text, gap.end())
        separated = bool(gap[0]) if found else not gap["comma"]
        if item is None or not separated:
            raise ValueError(text)
        found.append(_comparator(item))
        gap = _GAP.match(text, item.end())
    return found


def _comparator(item: re.Match[str]) -> _Comparator:
    accepts = _OPERATORS[item["operator"]]
    tail = f"-{item['pre']}" if item["pre"] else ""
    major, minor_, patch = item["major"], item["minor"] or "x", item["patch"] or "x"
    if _wild(major):
        return _Comparator(accepts, parse(f"0.0.0{tail}"), partial=True)
    if _wild(minor_):
        return _Comparator(accepts, parse(f"{major}.0.0{tail}"), partial=True, any_minor=True)
    if _wild(patch):
        return _Comparator(accepts, parse(f"{major}.{minor_}.0{tail}"), partial=True, any_patch=True)
    return _Comparator(accepts, parse(item["version"]))


def _wild(part: str) -> bool:
    return part in ("x", "X", "*")


def _rank(part: str) -> tuple[int, int | str]:
    """Pre-release parts: numbers by value before text by letters; what is left out comes first."""
    if part.isdecimal() and int(part) < _MAX_NUMBER:
        return (0, int(part))
    return (1, part)


def _compare(a: Version, b: Version) -> int:
    return (a.rank > b.rank) - (a.rank < b.rank)


def _different(given: Version, one: _Comparator) -> bool:
    wanted = one.version
    if one.partial:
        if given.major != wanted.major:
            return True
        if one.any_minor:
            return False
        if given.minor != wanted.minor:
            return True
        if one.any_patch:
            return given.pre != wanted.pre
        if given.patch != wanted.patch:
            return True
    return _compare(given, wanted) != 0


def _greater(given: Version, one: _Comparator) -> bool:
    wanted = one.version
    if one.any_minor:  # >1 begins at 2.0.0
        return given.major > wanted.major
    if one.any_patch:  # >1.2 begins at 1.3.0
        return (given.major, given.minor) > (wanted.major, wanted.minor)
    if one.partial and given.major > wanted.major:
        return True
    return _compare(given, wanted) > 0


def _up_to(given: Version, one: _Comparator) -> bool:
    wanted = one.version
    if not one.partial:
        return _compare(given, wanted) <= 0
    if given.major == wanted.major:
        return one.any_minor or given.minor <= wanted.minor
    return given.major < wanted.major


def _tilde(given: Version, one: _Comparator) -> bool:
    wanted = one.version
    if _compare(given, wanted) < 0:
        return False
    zero = (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0)
    if zero and not one.any_minor and not one.any_patch:
        return True
    return given.major == wanted.major and (one.any_minor or given.minor == wanted.minor)


def _equal(given: Version, one: _Comparator) -> bool:
    return _tilde(given, one) if one.partial else _compare(given, one.version) == 0


def _caret(given: Version, one: _Comparator) -> bool:
    wanted = one.version
    if _compare(given, wanted) < 0 or given.major != wanted.major:
        return False
    if wanted.major > 0 or one.any_minor:
        return True
    if wanted.minor > 0 or one.any_patch:
        return given.minor == wanted.minor
    return given.minor == 0 and given.patch == wanted.patch


def _ordered(holds: Callable[[int, int], bool]) -> Callable[[Version, _Comparator], bool]:
    return lambda given, one: holds(_compare(given, one.version), 0)


_OPERATORS: Final[dict[str, Callable[[Version, _Comparator], bool]]] = {
    "": _equal,
    "=": _equal,
    "!=": _different,
    ">": _greater,
    "<": _ordered(operator.lt),
    ">=": _ordered(operator.ge),
    "=>": _ordered(operator.ge),
    "<=": _up_to,
    "=<": _up_to,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
