"""Where the chartkit that runs comes from, so that others install the same."""

from __future__ import annotations

import importlib.metadata
import json
import re
from dataclasses import dataclass
from typing import Any

from chartkit.system.package import __version__

_SAFE = re.compile(r"(https|ssh)://[\w.:/~@%+-]+", re.ASCII)
_LOGIN = re.compile(r"//[^/@]*@")


@dataclass(frozen=True, slots=True)
class PackageSource:
    """The requirement for pip, and for a commit of git its *repository* and *commit*."""

    requirement: str
    repository: str = ""
    commit: str = ""


def source(recorded: str | None = None) -> PackageSource:
    """The source in *recorded* (pip's direct_url.json, by default of this chartkit), else this version."""
    if recorded is None:
        recorded = _recorded()
    try:
        written: Any = json.loads(recorded)
        found = written["vcs_info"]
        url, commit = _LOGIN.sub("//", str(written["url"])), str(found["commit_id"])
    except (ValueError, KeyError, TypeError):
        return PackageSource(f"chartkit=={__version__}")
    if found.get("vcs") != "git" or not _SAFE.fullmatch(url) or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        return PackageSource(f"chartkit=={__version__}")
    return PackageSource(f"chartkit @ git+{url}@{commit}", url, commit)


def _recorded() -> str:
    try:
        return importlib.metadata.distribution("chartkit").read_text("direct_url.json") or ""
    except importlib.metadata.PackageNotFoundError:
        return ""
