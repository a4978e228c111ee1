"""Reads a chart whole into memory, with all it depends on, and finds charts below a folder.

Nothing is written and nothing is run. What Helm would refuse, and what it would leave out in silence,
are hits. The names of the files are those that Helm reports in ``# Source:`` lines: a subchart stands
under its own name (``web/charts/redis/templates/x.yaml``), not under the name of its folder or archive.
Under an alias Helm reports ``web/charts/cache/templates/x.yaml``: such names are in *origins* too, but
are no files.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm.charts.archive import MAX_CHART, ChartBudget, TooLarge
from chartkit.helm.charts.dependency_sources import NO_SOURCES, DependencySources
from chartkit.helm.charts.folder import IGNORE_FILE, UNSAFE
from chartkit.helm.charts.folder import find as find
from chartkit.helm.charts.node import Missing, Node, Refusal, api_version_fault, written_place
from chartkit.helm.charts.tree import Builder
from chartkit.model.case import Chart, Dependency
from chartkit.model.chart_file import CHART_YAML, canonical
from chartkit.model.errors import NoChart
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.model.report import Taken

MAX_NAMES: Final = 100_000
MAX_CHARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading a path gave; *chart* is None where Helm would refuse it. *missing* are dependencies.

    *found_elsewhere* are those that were found outside of ``charts/``.
    """

    chart: Chart | None
    hits: tuple[Hit, ...]
    missing: tuple[Missing, ...] = ()
    found_elsewhere: tuple[Taken, ...] = ()

    @property
    def withheld(self) -> tuple[Hit, ...]:
        """Why renders of the chart would be others than Helm's: it may need files that are unsafe to read."""
        if self.chart is None or not may_need_skipped_file(self.chart):
            return ()
        return tuple(hit for hit in self.hits if hit.rule == UNSAFE)


def load(
    path: pathlib.Path,
    shown: str,
    fetched: Sequence[pathlib.Path] = (),
    sources: DependencySources = NO_SOURCES,
) -> Loaded:
    """Read the chart in the folder or archive *path*, which reports call *shown*.

    *sources* are where dependencies are found that are not in ``charts/``. *fetched* are archives, named as
    Helm names them, for those that are nowhere else (from `chartkit.helm.charts.dependencies.fetch`). Raises
    NoChart where *path* does not exist.
    """
    if not os.path.exists(path):  # noqa: PTH110
        raise NoChart(f"no such file or folder: '{shown}'", "name a chart folder or a packed chart (.tgz)")
    builder = Builder(ChartBudget(), fetched, sources)
    chart = None
    try:
        root = builder.folder(path, shown) if path.is_dir() else _packed(builder, path, shown)
        if root is not None and (fault := api_version_fault(root.metadata)):
            content = next(file.content for file in root.files if file.name == CHART_YAML)
            builder.refuse_fault(fault, root.where, content)
        if root is not None and not builder.refused:
            chart = _chart(root, shown)
    except TooLarge as error:
        builder.refuse(Place(shown), error.problem.message, error.problem.hint)
    found_elsewhere = tuple(sorted({*builder.found_elsewhere}))
    return Loaded(chart, tuple(dict.fromkeys(builder.hits)), tuple(builder.missing), found_elsewhere)


def _packed(builder: Builder, path: pathlib.Path, shown: str) -> Node | None:
    if not path.is_file():
        builder.refuse(
            Place(shown), "is neither a folder nor a file", "name a chart folder or a packed chart"
        )
        return None
    if path.stat().st_size > MAX_CHART:
        raise TooLarge(f"the archive has more than {MAX_CHART >> 20} MiB", "check where it comes from")
    try:
        content = path.read_bytes()
    except OSError as error:
        builder.refuse(Place(shown), f"cannot be read: {(error.strerror or str(error)).lower()}")
        return None
    return builder.packed(content, shown)


def _chart(root: Node, shown: str) -> Chart:
    files, origins = _flat(root)
    return Chart(
        name=root.metadata.name,
        path=shown,
        version=root.metadata.version,
        app_version=root.metadata.app_version,
        api_version=root.metadata.api_version,
        type=root.metadata.type,
        kube_version=root.metadata.kube_version,
        dependencies=tuple(_dependencies(root)),
        files=files,
        origins=origins,
        digest=_digest(files),
        left_out=dict(_left_out(root)),
    )


def _flat(root: Node) -> tuple[dict[str, bytes], dict[str, str]]:
    """All files by canonical name, and the origins of these and of the names that aliases make."""
    files: dict[str, bytes] = {}
    origins: dict[str, str] = {}
    budget = ChartBudget()  # once more: a chart that is read once may stand in many places
    for node, prefix in _folders(root, root.metadata.name):
        for file in node.files:
            budget.take(file.name, len(file.content))
            files[f"{prefix}/{file.name}"] = file.content
            origins[f"{prefix}/{file.name}"] = file.origin
    for count, (node, prefix) in enumerate(_reported(root, root.metadata.name)):
        if count > MAX_CHARTS or len(origins) > MAX_NAMES:
            raise TooLarge("Helm would know the files of the chart by too many names", "use fewer aliases")
        for file in node.files:
            origins.setdefault(f"{prefix}/{file.name}", file.origin)
    return files, origins


def _folders(node: Node, prefix: str) -> Iterator[tuple[Node, str]]:
    """Every chart of the tree, and its folder in one whole chart."""
    yield node, prefix
    for child in node.children:
        yield from _folders(child, f"{prefix}/charts/{child.folder}")


def _left_out(root: Node) -> Iterator[tuple[str, Place | None]]:
    """The files on disk that are not part of the chart, by canonical name."""
    for node, prefix in _folders(root, root.metadata.name):
        ignore_file = node.where.file(IGNORE_FILE)
        for name, line in node.left_out.items():
            yield f"{prefix}/{name}", None if line is None else Place(ignore_file, line or None)


def _reported(node: Node, prefix: str) -> Iterator[tuple[Node, str]]:
    """Every chart of the tree, once for each name that Helm may report it by."""
    yield node, prefix
    aliases = [(one.alias, node.child_for(one)) for one in node.metadata.dependencies if one.alias]
    for child in sorted(node.children, key=lambda child: child.folder):
        names = [child.metadata.name, *(alias for alias, other in aliases if other is child)]
        for name in names:
            yield from _reported(child, f"{prefix}/charts/{name}")


def _dependencies(root: Node) -> Iterator[Dependency]:
    contents = {file.name: file.content for file in root.files}
    for one in root.metadata.dependencies:
        place = written_place(root.where, Refusal(one.file, one.path, ""), contents.get(one.file))
        yield Dependency(one.name, one.version, one.repository, place, one.alias)


def _digest(files: Mapping[str, bytes]) -> str:
    """A fingerprint of names and contents, whatever their order and whatever the machine."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(files):
        encoded = name.encode(errors="surrogateescape")
        digest.update(b"%d %d " % (len(encoded), len(files[name])))
        digest.update(encoded)
        digest.update(files[name])
    return digest.hexdigest()


_READ_BY_HELM: Final = frozenset(
    {
        *("Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock", ".helmignore"),
        *("values.yaml", "values.schema.json", "templates", "crds", "charts"),
    }
)
"""What is part of every render; other files are only where templates ask for them."""


def may_need_skipped_file(chart: Chart) -> bool:
    """Whether Helm may render *chart* by a file that was not read here, for safety."""
    skipped = [name for name, place in chart.left_out.items() if place is None]
    if any(canonical(name).inner.partition("/")[0] in _READ_BY_HELM for name in skipped):
        return True
    return bool(skipped) and any(b"Files" in content for content in chart.files.values())
