"""Versions of Kubernetes: as they are written, and those that a chart is checked for by default."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from chartkit.syntax.semver import minor, satisfies, without_vendor

_KUBE_VERSION: Final = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?([-+][\w.+-]{0,80})?", re.ASCII)
_MINORS = 100
_MAINTAINED = 3


class Chosen(NamedTuple):
    """*versions*, oldest first, and a *remark* where they are not quite what the chart asks for."""

    versions: tuple[str, ...]
    remark: str = ""


@functools.lru_cache(maxsize=1024)
def choose(constraint: str, known: tuple[str, ...]) -> Chosen:
    """The oldest and the newest of *known* (oldest first) that *constraint*, a chart's kubeVersion, allows.

    Without a constraint the newest, and the oldest that is still maintained upstream: three minor
    versions before. Where none of *known* is allowed, the nearest version that is.
    """
    if not constraint.strip():
        return Chosen(_ends(known[-1 - _MAINTAINED :]))
    try:
        allowed = list(_allowed(constraint, known))
    except ValueError as error:
        return Chosen(_ends(known[-1 - _MAINTAINED :]), f"the chart's kubeVersion cannot be read: {error}")
    if allowed:
        return Chosen(_ends(allowed))
    span = f"{_short(known[0])} to {_short(known[-1])}"
    remark = f"the chart's kubeVersion {constraint!r} allows none of the known versions ({span})"
    return Chosen((_nearest(constraint, known),), remark)


def allowed(constraint: str, versions: Iterable[str]) -> tuple[str, ...]:
    """Those of *versions* that *constraint* allows; all of them where it is empty or cannot be read."""
    try:
        return tuple(
            one for one in versions if not constraint.strip() or satisfies(constraint, without_vendor(one))
        )
    except ValueError:
        return tuple(versions)


def without_schemas(versions: Iterable[str], known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each of *versions* that is older or newer than all of *known*, and what that means for its cases."""
    for one in versions:
        if minor(one) > minor(known[-1]):
            yield f"Kubernetes {one}", f"its schemas are not known: those of {_short(known[-1])} stand in"
        elif minor(one) < minor(known[0]):
            yield f"Kubernetes {one}", f"its schemas are not known: those of {_short(known[0])} stand in"


def _ends(versions: Iterable[str]) -> tuple[str, ...]:
    ordered = tuple(versions)
    return tuple(dict.fromkeys((ordered[0], ordered[-1])))


def _allowed(constraint: str, known: Iterable[str]) -> Iterator[str]:
    """Of each version the patch that is allowed: .0, else one that *constraint* names (``~1.31.5``)."""
    patches = sorted({int(patch) for patch in re.findall(r"\d\.\d+\.(\d{1,4})\b", constraint, re.ASCII)})
    for version in known:
        major_minor = _short(version)
        tried = (version, *(f"{major_minor}.{patch + more}" for patch in patches for more in (0, 1)))
        found = next((one for one in tried if satisfies(constraint, one)), None)
        if found:
            yield found


def _nearest(constraint: str, known: tuple[str, ...]) -> str:
    """The allowed version that is nearest to *known*; the newest known where no version is allowed."""
    oldest, newest = minor(known[0])[1], minor(known[-1])[1]
    beyond = sorted(range(_MINORS), key=lambda one: min(abs(one - oldest), abs(one - newest)))
    return next(_allowed(constraint, (f"1.{one}.0" for one in beyond)), known[-1])


def _short(version: str) -> str:
    return ".".join(str(part) for part in minor(version))


def full_version(version: str) -> str:
    """``v1.34`` as Helm completes it: ``1.34.0``; raises ValueError where it is no version.

    What a vendor adds stays: ``1.34.1-gke.5``, and ``1.28+``, which Helm does not complete.
    """
    parts = _KUBE_VERSION.fullmatch(version)
    if parts is None:
        raise ValueError(version)
    patch = "" if parts[3] is None and parts[4] else f".{int(parts[3] or 0)}"
    return f"{int(parts[1])}.{int(parts[2])}{patch}{parts[4] or ''}"
