"""Where dependencies come from that are not in ``charts/``, without the network: this checkout, and caches.

A repository of charts publishes what it holds, so such a dependency is taken from the checkout: from the only
chart of its name, in a version that it accepts. Not where the declared address is known to be another's:
the address names an owner (``https://OWNER.github.io``, ``oci://ghcr.io/OWNER``, the domain), the remotes of
the checkout name others, and no chart of it names that one as its home or source, as in a fork. What a single
chart names does not count: often that is the project that the chart installs.

Archives that were downloaded before are in chartkit's cache, named by a digest of repository, name and
version, or in Helm's own. Of Helm's cache nothing is changed, and an archive there counts only if it holds
the chart that its name says.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pathlib
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from chartkit.helm.charts import archive, chart_yaml
from chartkit.helm.charts.folder import find, repository
from chartkit.helm.charts.node import Metadata, Requirement
from chartkit.model.chart_file import CHART_YAML, REQUIREMENTS_YAML
from chartkit.syntax import semver
from chartkit.system.paths import content, files_and_folders

_MOST: Final = 1 << 20
_HOME: Final = os.path.expanduser("~")  # noqa: PTH111
_URL: Final = re.compile(rb"^[ \t]*url[ \t]*=[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_SCP: Final = re.compile(r"(?:[^@/]+@)?([^:/]+):(?!//)(.+)")
_HOSTS: Final = frozenset(
    {
        *("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "raw.githubusercontent.com"),
        *("ghcr.io", "docker.io", "registry-1.docker.io", "index.docker.io", "quay.io", "public.ecr.aws"),
        "registry.gitlab.com",
    }
)
"""Hosts of many owners, whose names are the first part of a path."""
_PAGES: Final = (".github.io", ".gitlab.io")
_COMMON: Final = frozenset(
    ("charts", "helm", "www", "docs", "registry", "repo", "git", "github", "gitlab", "releases")
)
"""Parts of domains that name no owner."""
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Sibling:
    """A chart of the checkout in the real *folder*; *of_other_owner* where its address is another's."""

    folder: str
    metadata: Metadata
    of_other_owner: bool = False


class Siblings:
    """The charts of checkouts by name, looked for once, when the first dependency is missing.

    With *always*, what is known of addresses does not matter. A chart in no repository belongs to the
    folder *home*, if it lies in there.
    """

    def __init__(self, home: pathlib.Path, *, always: bool = False) -> None:
        self.home = home
        self.always = always
        self._charts = functools.cache(_charts)
        self._metadata = functools.cache(_metadata)
        self._owners = functools.cache(_owners)

    def find(self, one: Requirement, chart: str, above: Collection[str] = ()) -> Sibling | None:
        """What the chart in the real folder *chart* gets for *one*; *above* led to it and are nothing new."""
        root = self._root(chart)
        if root is None or one.is_local or not one.repository:
            return None
        named = [
            (folder, metadata)
            for folder in self._charts(root)
            if folder != chart and (metadata := self._metadata(folder)).name == one.name
        ]
        if len(named) != 1 or named[0][0] in above or not one.accepts(named[0][1].version):
            return None
        folder, metadata = named[0]
        return Sibling(folder, metadata, not self.always and self._is_of_other_owner(one, root))

    def _root(self, chart: str) -> str | None:
        """The root of the checkout of *chart*; never a whole home or file system."""
        root = str(repository(pathlib.Path(chart)))
        if root == chart:
            root = os.path.realpath(self.home)
        inside = pathlib.PurePath(chart).is_relative_to(root)
        return root if inside and root not in (_HOME, os.sep) else None

    def _is_of_other_owner(self, one: Requirement, root: str) -> bool:
        publisher, remotes = owners((one.repository,)), _remote_owners(root)
        if not publisher or not remotes or _are_same(publisher, remotes):
            return False
        return not any(_are_same(publisher, self._owners(folder)) for folder in self._charts(root))


def _are_same(ones: Collection[str], others: Collection[str]) -> bool:
    """Whether an owner is among both: ``bitnami`` and ``bitnamicharts`` are taken for one."""
    return any(a in b or b in a for a in ones for b in others if min(len(a), len(b)) >= _SHORTEST)


def _charts(root: str) -> tuple[str, ...]:
    return tuple(map(str, find(pathlib.Path(root))))


def _metadata(folder: str) -> Metadata:
    found, _ = chart_yaml.read(_content(f"{folder}/{CHART_YAML}") or None)
    return found or Metadata("", "")


def _owners(folder: str) -> frozenset[str]:
    """The owners that a chart names as its home and sources."""
    written = chart_yaml.fields(_content(f"{folder}/{CHART_YAML}"))
    return owners((str(written.get("home", "")), *map(str, written.get("sources", ()))))


@functools.cache
def _remote_owners(root: str) -> frozenset[str]:
    """Whose the repositories are that the checkout in *root* came from."""
    urls = _URL.findall(_content(f"{root}/.git/config"))
    return owners(url.decode(errors="replace") for url in urls)


def _content(path: str) -> bytes:
    try:
        return content(pathlib.Path(path), _MOST)
    except OSError:
        return b""


def owners(urls: Iterable[str]) -> frozenset[str]:
    """The owners that *urls* name, in letters and digits alone."""
    found = (re.sub(r"[^a-z0-9]", "", owner.lower()) for url in urls for owner in _of(url))
    return frozenset(filter(None, found))


def _of(url: str) -> Iterator[str]:
    if scp := _SCP.fullmatch(url):
        url = f"ssh://{scp[1]}/{scp[2]}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return
    first = parts.path.strip("/").partition("/")[0]
    if host in _HOSTS:
        yield first
    elif host.endswith(_PAGES):
        yield host.removesuffix(_PAGES[0]).removesuffix(_PAGES[1])
    elif not host.replace(".", "").isdigit():
        yield from {*host.split(".")[:-1]} - _COMMON


class ByteStore(Protocol):
    """What `chartkit.cache.ByteStore` does: keep bytes under a name, and give back none but those."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Download:
    """The archive of a chart in *version*; *where* it is, as reports say it."""

    version: str
    content: bytes
    where: str


class Downloads:
    """What there is to take, first from *store*, then from the folder *helm* of Helm's own cache.

    Where the repositories are asked anyway (*asks*), what is in the store is not taken without.
    """

    def __init__(
        self, store: ByteStore | None = None, helm: pathlib.Path | None = None, *, asks: bool = False
    ) -> None:
        self.store = store
        self.helm = helm
        self.asks = asks

    def find(self, one: Requirement, locked: str) -> Download | None:
        """The archive of the *locked* version where there is one, else of the newest in the range."""
        for version in () if self.asks else _best(one, locked, self._versions(one)):
            if (kept := self.kept(one, version)) is not None:
                return Download(version, kept, "chartkit's cache")
        for version in _best(one, locked, self._helm_versions(one)):
            if (found := self._read(one, version)) is not None:
                return Download(version, found, "Helm's cache")
        return None

    def kept(self, one: Requirement, version: str) -> bytes | None:
        """The archive of exactly *version* that chartkit keeps."""
        return self.store.get(_name(one, version)) if self.store else None

    def keep(self, one: Requirement, version: str, body: bytes) -> None:
        """Keep an archive for later runs."""
        if self.store is None:
            return
        versions = sorted({*self._versions(one), version})
        self.store.put(_name(one, version), body)
        self.store.put(_name(one, ""), json.dumps(versions).encode())

    def _versions(self, one: Requirement) -> list[str]:
        listed = self.store.get(_name(one, "")) if self.store else None
        return [] if listed is None else [str(each) for each in json.loads(listed)]

    def _helm_versions(self, one: Requirement) -> Iterator[str]:
        files = files_and_folders(self.helm)[0] if self.helm else []
        for file in files:
            if file.startswith(f"{one.name}-") and file.endswith(".tgz"):
                yield file.removeprefix(f"{one.name}-").removesuffix(".tgz")

    def _read(self, one: Requirement, version: str) -> bytes | None:
        """What Helm keeps under that name, where it holds that chart."""
        if self.helm is None or os.path.basename(one.name) != one.name:  # noqa: PTH119
            return None
        try:
            body = content(self.helm / f"{one.name}-{version}.tgz", archive.MAX_CHART + 1)
            files = archive.unpack(body, archive.ChartBudget()).files
        except (OSError, archive.ArchiveError):
            return None
        metadata, _ = chart_yaml.read(files.get(CHART_YAML), files.get(REQUIREMENTS_YAML))
        fits = metadata is not None and metadata.name == one.name and one.accepts(metadata.version)
        return body if fits else None


def _best(one: Requirement, locked: str, versions: Iterable[str]) -> list[str]:
    """Those of *versions* in the range, the best first."""
    fitting = [version for version in versions if one.accepts(version)]
    return sorted(fitting, key=lambda each: (each == locked, semver.parse(each).rank), reverse=True)


def _name(one: Requirement, version: str) -> str:
    named = json.dumps(["dependency", one.repository, one.name, version]).encode()
    return hashlib.blake2b(named, digest_size=16).hexdigest()


_FOLDERS: Final[Mapping[str, str]] = {"darwin": "~/Library/Caches/helm", "win32": "$TEMP/helm"}


def helm_cache_folder(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> pathlib.Path | None:
    """Where Helm keeps the charts that it downloaded, by its own variables; None where nothing says so."""
    if named := environ.get("HELM_REPOSITORY_CACHE"):
        return pathlib.Path(named)
    home = environ.get("HELM_CACHE_HOME")
    if not home and environ.get("XDG_CACHE_HOME"):
        home = f"{environ['XDG_CACHE_HOME']}/helm"
    folder = home or os.path.expandvars(_FOLDERS.get(platform, "~/.cache/helm"))
    try:
        return pathlib.Path(folder).expanduser() / "repository"
    except RuntimeError:  # a user without a home
        return None


@dataclass(frozen=True, slots=True)
class DependencySources:
    """The charts of the same checkout, then archives that were downloaded before."""

    siblings: Siblings | None = None
    downloads: Downloads | None = None


NO_SOURCES: Final = DependencySources()
