"""Archives of dependencies that were downloaded before: by chartkit into its cache, by Helm into its own.

What chartkit keeps is named by a digest of repository, name and version; the store that it is kept in
checks what an entry holds. Of Helm's cache nothing is changed, and an archive there counts only if it holds
the chart that its name says.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from chartkit.helm.charts import archive, chart_yaml
from chartkit.helm.charts.chart_yaml import Declared
from chartkit.syntax import semver
from chartkit.system.paths import content, files_and_folders


class Store(Protocol):
    """What `chartkit.cache.Store` does: keep bytes under a name, and give back none but those."""

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
        self, store: Store | None = None, helm: pathlib.Path | None = None, *, asks: bool = False
    ) -> None:
        self.store = store
        self.helm = helm
        self.asks = asks

    def find(self, one: Declared, locked: str) -> Download | None:
        """The archive of the *locked* version where there is one, else of the newest in the range."""
        for version in () if self.asks else _best(one, locked, self._versions(one)):
            if (kept := self.kept(one, version)) is not None:
                return Download(version, kept, "chartkit's cache")
        for version in _best(one, locked, self._of_helm(one)):
            if (found := self._read(one, version)) is not None:
                return Download(version, found, "Helm's cache")
        return None

    def kept(self, one: Declared, version: str) -> bytes | None:
        """The archive of exactly *version* that chartkit keeps."""
        return self.store.get(_name(one, version)) if self.store else None

    def keep(self, one: Declared, version: str, body: bytes) -> None:
        """Keep an archive for later runs."""
        if self.store is None:
            return
        versions = sorted({*self._versions(one), version})
        self.store.put(_name(one, version), body)
        self.store.put(_name(one, ""), json.dumps(versions).encode())

    def _versions(self, one: Declared) -> list[str]:
        listed = self.store.get(_name(one, "")) if self.store else None
        return [] if listed is None else [str(each) for each in json.loads(listed)]

    def _of_helm(self, one: Declared) -> Iterator[str]:
        files = files_and_folders(self.helm)[0] if self.helm else []
        for file in files:
            if file.startswith(f"{one.name}-") and file.endswith(".tgz"):
                yield file.removeprefix(f"{one.name}-").removesuffix(".tgz")

    def _read(self, one: Declared, version: str) -> bytes | None:
        """What Helm keeps under that name, where it holds that chart."""
        if self.helm is None or os.path.basename(one.name) != one.name:  # noqa: PTH119
            return None
        try:
            body = content(self.helm / f"{one.name}-{version}.tgz", archive.MAX_CHART + 1)
            files = archive.unpack(body, archive.Budget()).files
        except (OSError, archive.ArchiveFault, archive.TooLarge):
            return None
        metadata, _ = chart_yaml.read(files.get(chart_yaml.CHART), files.get(chart_yaml.REQUIREMENTS))
        fits = metadata is not None and metadata.name == one.name and one.accepts(metadata.version)
        return body if fits else None


def _best(one: Declared, locked: str, versions: Iterable[str]) -> list[str]:
    """Those of *versions* in the range, the best first."""
    fitting = [version for version in versions if one.accepts(version)]
    return sorted(fitting, key=lambda each: (each == locked, semver.parse(each).rank), reverse=True)


def _name(one: Declared, version: str) -> str:
    named = json.dumps(["dependency", one.repository, one.name, version]).encode()
    return hashlib.blake2b(named, digest_size=16).hexdigest()


_FOLDERS: Final[Mapping[str, str]] = {"darwin": "~/Library/Caches/helm", "win32": "$TEMP/helm"}


def of_helm(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> pathlib.Path | None:
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
