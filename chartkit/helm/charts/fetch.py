"""Fetches dependencies from HTTP and OCI repositories, when the user asks for it, and keeps them for later.

Helm's own client downloads; which version, and whether the archive is the one that the repository's
index names, is decided here: an archive that was changed after it was indexed is refused. Nothing is
written outside of the scratch folder and the cache.
"""

from __future__ import annotations

import hashlib
import pathlib
import re
import tempfile
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from chartkit.helm import charts
from chartkit.helm.charts.dependency_sources import NO_SOURCES, DependencySources, Downloads
from chartkit.helm.charts.node import Missing, Requirement
from chartkit.model.errors import ChartkitError
from chartkit.syntax import semver

MAX_ROUNDS: Final = 8
"""How often what was fetched may need something else again; Helm packs all a chart needs into it."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_LOGIN = re.compile(r"\b(401|403|unauthorized|forbidden|denied|authenticat)", re.IGNORECASE)

Result = TypeVar("Result")


def fetch(
    path: pathlib.Path,
    missing: Sequence[Missing],
    scratch: pathlib.Path,
    sources: DependencySources = NO_SOURCES,
) -> tuple[pathlib.Path, ...]:
    """Get what the chart at *path* lacks: archives in *scratch*, for `chartkit.helm.charts.load`.

    The version in the chart's lock file, else the newest in the range. What has no repository, or one
    that only the user's Helm knows (``@name``), stays missing. Raises ChartkitError where a repository
    cannot be reached or has no such chart, and where an archive is not what its index says. What was fetched
    is kept among the downloads of *sources*, and what these hold is not downloaded again.
    """
    fetcher = _Fetcher(scratch, sources.downloads or Downloads())
    found: dict[pathlib.Path, None] = {}
    wanted: Sequence[Missing] = missing
    for _ in range(MAX_ROUNDS):
        new = [archive for one in wanted if (archive := fetcher.get(one)) and archive not in found]
        if not new:
            break
        found |= dict.fromkeys(new)
        wanted = charts.load(path, str(path), tuple(found), sources).missing
    return tuple(found)


class _Fetcher:
    """Downloads, and remembers the indexes of repositories for the time of one chart."""

    def __init__(self, scratch: pathlib.Path, downloads: Downloads) -> None:
        self.scratch = scratch
        self.downloads = downloads
        self.indexes: dict[str, Mapping[str, Any]] = {}

    def get(self, one: Missing) -> pathlib.Path | None:
        declared = one.declared
        scheme = declared.repository.partition("://")[0]
        if scheme not in ("http", "https", "oci"):
            return None
        if set(declared.name) & {"/", "\\"} or declared.name in ("", ".", ".."):
            raise ChartkitError(f"'{declared.name}' is not the name of a chart", f"correct it in {one.shown}")
        return self.from_registry(one) if scheme == "oci" else self.from_index(one)

    def from_index(self, one: Missing) -> pathlib.Path:
        import helm_python

        url = one.declared.repository
        offered = {str(entry.get("version")): entry for entry in self.index(one).get(one.declared.name) or ()}
        version = _choose(one, offered)

        def pull(folder: str) -> None:
            helm_python.pull(one.declared.name, repo_url=url, version=version, destination=folder)

        indexed = str(offered[version].get("digest") or "").removeprefix("sha256:").lower()
        kept = self.downloads.kept(one.declared, version)
        if kept is not None and indexed == hashlib.sha256(kept).hexdigest():
            return self.archive(one, version, kept)
        archive = self.download(one, version, pull)
        _compare(archive, indexed, one)
        self.downloads.keep(one.declared, version, archive.read_bytes())
        return archive

    def index(self, one: Missing) -> Mapping[str, Any]:
        import helm_python

        url = one.declared.repository
        if url not in self.indexes:
            index = _ask(one, lambda: helm_python.repo_index(url))
            self.indexes[url] = index.get("entries") or {}
        return self.indexes[url]

    def from_registry(self, one: Missing) -> pathlib.Path:
        """From an OCI registry, whose client checks the digest; plain HTTP on this machine only."""
        import helm_python

        declared = one.declared
        reference = f"{declared.repository.rstrip('/')}/{declared.name}"
        plain = urllib.parse.urlsplit(declared.repository).hostname in _LOOPBACK
        with _ask(one, lambda: helm_python.RegistryClient(plain_http=plain)) as client:
            version = _exact(declared) or _choose(one, _ask(one, lambda: client.tags(reference)))

            def pull(folder: str) -> None:
                client.pull(reference, version=version, destination=folder, plain_http=plain)

            archive = self.download(one, version, pull)
        self.downloads.keep(declared, version, archive.read_bytes())
        return archive

    def archive(self, one: Missing, version: str, content: bytes) -> pathlib.Path:
        folder = self.folder()
        file = folder / f"{one.declared.name}-{version}.tgz"
        file.write_bytes(content)
        return file

    def folder(self) -> pathlib.Path:
        self.scratch.mkdir(parents=True, exist_ok=True)
        return pathlib.Path(tempfile.mkdtemp(dir=self.scratch))

    def download(self, one: Missing, version: str, pull: Callable[[str], None]) -> pathlib.Path:
        """The archive under the name that Helm would give it, whatever the repository calls it."""
        folder = self.folder()
        _ask(one, lambda: pull(str(folder)))
        archives = [file for file in folder.iterdir() if file.suffix != ".prov"]
        if len(archives) != 1:
            raise _failed(one, "the repository sent no archive", "check the repository")
        return archives[0].rename(folder / f"{one.declared.name}-{version}.tgz")


def _exact(declared: Requirement) -> str:
    """The version itself where it is one, not a range: then no list of versions is asked for."""
    try:
        semver.parse(declared.version)
    except ValueError:
        return ""
    return declared.version


def _choose(one: Missing, offered: Iterable[str]) -> str:
    """The locked version, else the newest in the range."""
    versions = list(offered)
    if one.locked in versions:
        return one.locked
    fitting = [version for version in versions if one.declared.accepts(version)]
    if not fitting:
        some = ", ".join(versions[:5]) or "no version at all"
        reason = f"'{one.declared.repository}' has no version in the range, it has {some}"
        raise _failed(one, reason, "correct the version or the repository of the dependency")
    return max(fitting, key=lambda version: semver.parse(version).rank)


def _compare(archive: pathlib.Path, digest: str, one: Missing) -> None:
    """Refuse an archive that is not the one in the index; an index without digests cannot tell."""
    actual = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest and actual != digest:
        reason = f"the archive has the digest {actual}, but the index of the repository says {digest}"
        raise _failed(one, reason, "do not use the archive, and ask who keeps the repository")


def _ask(one: Missing, question: Callable[[], Result]) -> Result:
    from helm_python import HelmError

    try:
        return question()
    except HelmError as error:
        reason = " ".join(str(error).split())
        hint = "check that the repository can be reached from here, and try again"
        if _LOGIN.search(reason):
            hint = f"get it with helm, which can log in: run `helm dependency build {one.shown}`"
            if one.declared.repository.startswith("oci://"):
                hint = "log in with helm registry login, and try again"
        raise _failed(one, f"'{one.declared.repository}': {reason}", hint) from error


def _failed(one: Missing, reason: str, hint: str) -> ChartkitError:
    wanted = f"'{one.declared.name}' ({one.declared.version or 'any version'})"
    return ChartkitError(f"cannot get dependency {wanted} of {one.shown}: {reason}", hint)
