"""The section ``golden``; golden files have a folder of their own, as files in it are written and removed."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from chartkit.golden.files import beginning, is_render
from chartkit.golden.masked_fields import DEEP, Mask
from chartkit.model.errors import ConfigError
from chartkit.model.place import Path
from chartkit.plan.config import Config
from chartkit.plan.config.source import ConfigSource
from chartkit.system.containment import outside
from chartkit.system.paths import absolute, is_file, repository

_OWN: Final = "name a folder for golden files alone, inside the repository"

_CHART: Final = "Chart.yaml"
_OF_HELM: Final = ("charts", "crds", "templates")


def with_goldens(config: Config) -> Config:
    """*config* with renders compared, in the folder that it has or would have for them.

    Raises ConfigError where golden files may not be kept there, whoever chose it.
    """
    folder = config.golden_folder
    if why := unfit(folder, config.root):
        message = f"the golden folder {config.shown(folder)!r} {why}"
        raise ConfigError(message, f"{_OWN}: `golden: FOLDER` in chartkit.yaml, or `golden: false`")
    return replace(config, golden=folder)


def read(file: ConfigSource, config: Config) -> Config:
    """*config* with the section ``golden`` of *file*: the folder, or false, and what is masked."""
    where: Path = ("golden",)
    value = file.data["golden"]
    if isinstance(value, dict):
        config = replace(config, golden_masks=(*config.golden_masks, *_masks(file, value)))
        if "folder" not in value:
            return config
        value, where = value["folder"], ("golden", "folder")
    file.reading.has_golden = True
    if value is False:
        return replace(config, golden=None)
    folder = absolute(value, file.folder)
    if is_file(folder):
        file.wrong(where, f"{value!r} is not a folder", "name a folder")
    elif why := unfit(folder, config.root):
        file.wrong(where, f"{value!r} {why}", _OWN)
    return replace(config, golden=folder, golden_folder=folder)


def _masks(file: ConfigSource, golden: dict[str, Any]) -> Iterator[Mask]:
    from chartkit.golden.diff.steps import steps

    for index, entry in enumerate(golden.get("mask") or ()):
        where: Path = ("golden", "mask", index)
        given = {"path": entry} if isinstance(entry, str) else entry or {}
        if "path" not in given:
            continue  # the schema has refused it
        where = where if isinstance(entry, str) else (*where, "path")
        try:
            deep = steps(given["path"]).count(DEEP)
        except ValueError as error:
            file.wrong(where, str(error))
            continue
        if deep > 1:
            file.wrong(where, f"{DEEP} stands twice in the path {given['path']!r}", f"leave one {DEEP} in it")
        yield Mask(given["path"], file.place(where), given.get("resource", ""))


def unfit(folder: pathlib.Path, home: pathlib.Path) -> str | None:
    """Why *folder* may not hold golden files, in words that follow its name; *home* has the configuration."""
    top = repository(home) or home
    if why := outside(folder, top, links=False):
        return why
    if home.is_relative_to(folder):
        return "holds the configuration itself"
    if (chart := _chart_in(folder)) is not None:
        return "is a chart" if chart == folder else f"holds the chart {_inside(chart, top)!r}"
    if (chart := _chart_above(folder, home, top)) is not None:
        return f"lies in the chart {_inside(chart, top)!r}"
    return None


def _chart_in(folder: pathlib.Path) -> pathlib.Path | None:
    """The first chart in *folder*, hidden or not; a scenario may have its name, and is no chart."""
    for path, folders, _ in os.walk(folder):
        folders.sort()
        chart = pathlib.Path(path) / _CHART
        if is_file(chart) and not is_render(beginning(chart)):
            return chart.parent
    return None


def _chart_above(folder: pathlib.Path, home: pathlib.Path, top: pathlib.Path) -> pathlib.Path | None:
    """The chart that *folder* is in; the one that holds the configuration, only where Helm reads them."""
    for above in folder.parents:
        if is_file(above / _CHART):
            is_read = folder.relative_to(above).parts[0] in _OF_HELM
            if is_read or not home.is_relative_to(above):
                return above
        if above == top:
            break
    return None


def _inside(chart: pathlib.Path, top: pathlib.Path) -> str:
    return chart.relative_to(top).as_posix()
