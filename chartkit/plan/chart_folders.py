"""What is a chart, where its folder begins and ends, and what it says of itself."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from chartkit.helm.charts import archive, chart_yaml
from chartkit.helm.charts.folder import repository
from chartkit.helm.charts.node import CHART, REQUIREMENTS, Declared, Metadata
from chartkit.plan.config import Config
from chartkit.system.paths import (
    TooManyFiles,
    absolute,
    content,
    expand,
    files_and_folders,
    fits,
    is_file,
    leads_out,
)

if TYPE_CHECKING:
    from chartkit.helm.charts.dependency_sources import Siblings

PACKED: Final = (".tgz", ".tar.gz")
_MAX_METADATA: Final = 1 << 20


def charts_below(
    root: pathlib.Path, closed: Callable[[pathlib.Path], None] = lambda _: None
) -> Iterator[pathlib.Path]:
    """Every chart folder in *root*, itself included; *closed* is told of folders that cannot be read."""
    from chartkit.helm import charts

    return charts.find(root, closed)


def packed_in(config: Config) -> Iterator[pathlib.Path]:
    """The packed charts that *config* speaks of; they are not looked for."""
    for entry in config.charts:
        if entry.pattern.endswith(PACKED):
            with contextlib.suppress(TooManyFiles):
                yield from expand(entry.pattern, config.root, PACKED)


def siblings_of(config: Config) -> Siblings | None:
    """The charts of the checkout, from which dependencies are taken; None where *config* says not to."""
    if config.siblings is False:
        return None
    from chartkit.helm.charts.dependency_sources import Siblings

    return Siblings(config.root, always=config.siblings is True)


def is_chart(path: pathlib.Path) -> bool:
    """Whether *path* is a chart's folder or looks like a packed chart."""
    return is_file(path / "Chart.yaml") or (path.name.endswith(PACKED) and is_file(path))


def holder(folder: pathlib.Path) -> pathlib.Path | None:
    """The chart that holds *folder*; of a chart in another's ``charts/`` the outer one."""
    chart = next((above for above in (folder, *folder.parents) if is_chart(above)), None)
    while chart is not None and chart.parent.name == "charts" and is_chart(chart.parent.parent):
        chart = chart.parent.parent
    return chart


def is_excluded(chart: pathlib.Path, config: Config) -> bool:
    """Whether a pattern of ``excluded-charts`` fits the chart's folder, or (with a slash) one above it."""
    for pattern in config.excluded_charts:
        if "/" not in pattern:
            if fits(pathlib.PurePosixPath(chart.name), pattern):
                return True
        elif any(fits(above, pattern) for above in (chart, *chart.parents)):
            return True
    return False


def metadata_of(chart: pathlib.Path) -> Metadata:
    """What Chart.yaml says; the folder's name alone where it cannot be read, which is a finding elsewhere."""
    files = _packed(chart) if is_file(chart) else _loose(chart)
    found, _ = chart_yaml.read(*files)
    return found or Metadata(name=chart.name.removesuffix(".tgz"), version="")


def roots(
    chart: pathlib.Path,
    read: Callable[[pathlib.Path], Metadata] = metadata_of,
    siblings: Siblings | None = None,
) -> tuple[pathlib.Path, ...]:
    """The folder (or archive) of *chart*, and those of its ``file://`` dependencies, there or not.

    Also where ``charts/`` holds a copy, which is compared with its source, and of the charts in there. Of
    *siblings* those that stand for what ``charts/`` does not hold.
    """
    found, waiting = [chart], [chart]
    while waiting:
        one = waiting.pop()
        below = (part.parent for part in sorted(one.glob(f"charts/*/{CHART}")))
        waiting += (part for part in below if not part.is_symlink())  # which may lead round
        for declared in read(one).dependencies:
            target = _source(declared, one, siblings)
            if target is not None and target not in found:
                found.append(target)
                waiting.append(target)
    return tuple(found)


def _source(declared: Declared, chart: pathlib.Path, siblings: Siblings | None) -> pathlib.Path | None:
    """The folder outside of *chart* that a dependency is read from."""
    if declared.is_local:
        return absolute(declared.repository.removeprefix("file://"), chart)
    if siblings is None or _is_vendored(declared.name, chart):
        return None
    real = pathlib.Path(os.path.realpath(chart))
    sibling = siblings.find(declared, str(real))
    if sibling is None or sibling.of_other_owner:
        return None
    return absolute(os.path.relpath(sibling.folder, real), chart)


def _is_vendored(name: str, chart: pathlib.Path) -> bool:
    """Whether ``charts/`` seems to hold a chart called *name*."""
    files, below = files_and_folders(chart / "charts")
    return name in below or any(file.startswith(f"{name}-") and file.endswith(".tgz") for file in files)


def _loose(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    return _content(chart / CHART), _content(chart / REQUIREMENTS)


def _content(path: pathlib.Path) -> bytes | None:
    if path.is_symlink() and leads_out(path, repository(path.parent)):
        return None  # of other charts not even the name is told
    try:
        return content(path, _MAX_METADATA)
    except OSError:
        return None


def _packed(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    try:
        files = archive.unpack(content(chart, archive.MAX_CHART + 1), archive.Budget()).files
    except (archive.ArchiveFault, OSError):
        return None, None
    return files.get(CHART), files.get(REQUIREMENTS)
