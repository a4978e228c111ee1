"""The charts that lie in the same checkout as the chart that needs them.

A repository of charts publishes what it holds, so a dependency that is not in ``charts/`` is taken from the
checkout: from the only chart of its name, in a version that it accepts. Not where the declared address is
known to be another's: the address names an owner (``https://OWNER.github.io``, ``oci://ghcr.io/OWNER``, the
domain), the remotes of the checkout name others, and no chart of it names that one as its home or source, as
in a fork. What a single chart names tells nothing: often that is the project that the chart installs.
"""

from __future__ import annotations

import functools
import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from chartkit.helm import charts
from chartkit.helm.charts import chart_yaml
from chartkit.helm.charts.chart_yaml import Declared, Metadata
from chartkit.helm.charts.folder import repository
from chartkit.system.paths import content

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
    """A chart of the checkout in the real *folder*; *stranger* where its address is another's."""

    folder: str
    metadata: Metadata
    stranger: bool = False


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

    def find(self, one: Declared, chart: str, above: Collection[str] = ()) -> Sibling | None:
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
        return Sibling(folder, metadata, not self.always and self._is_stranger(one, root))

    def _root(self, chart: str) -> str | None:
        """The root of the checkout of *chart*; never a whole home or file system."""
        root = str(repository(pathlib.Path(chart)))
        if root == chart:
            root = os.path.realpath(self.home)
        inside = pathlib.PurePath(chart).is_relative_to(root)
        return root if inside and root not in (_HOME, os.sep) else None

    def _is_stranger(self, one: Declared, root: str) -> bool:
        publisher, remotes = owners((one.repository,)), _remote_owners(root)
        if not publisher or not remotes or _are_same(publisher, remotes):
            return False
        return not any(_are_same(publisher, self._owners(folder)) for folder in self._charts(root))


def _are_same(ones: Collection[str], others: Collection[str]) -> bool:
    """Whether an owner is among both: ``bitnami`` and ``bitnamicharts`` are taken for one."""
    return any(a in b or b in a for a in ones for b in others if min(len(a), len(b)) >= _SHORTEST)


def _charts(root: str) -> tuple[str, ...]:
    return tuple(map(str, charts.find(pathlib.Path(root))))


def _metadata(folder: str) -> Metadata:
    found, _ = chart_yaml.read(_content(f"{folder}/{chart_yaml.CHART}") or None)
    return found or Metadata("", "")


def _owners(folder: str) -> frozenset[str]:
    """Whom a chart says that it is of."""
    written = chart_yaml.fields(_content(f"{folder}/{chart_yaml.CHART}"))
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
