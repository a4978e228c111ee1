"""Which folder golden files may be kept in: one of their own, since files in it are written and removed."""

from __future__ import annotations

import os
import pathlib
from dataclasses import replace
from typing import Final

from chartkit.golden.proof import beginning, is_render
from chartkit.model.errors import ConfigError
from chartkit.plan.config import Config
from chartkit.system.containment import outside
from chartkit.system.paths import is_file, repository

OWN: Final = "name a folder for golden files alone, inside the repository"

_CHART: Final = "Chart.yaml"
_OF_HELM: Final = ("charts", "crds", "templates")


def used(config: Config) -> Config:
    """*config* with renders compared, in the folder that it has or would have for them.

    Raises ConfigError where golden files may not be kept there, whoever chose it.
    """
    folder = config.golden_folder
    if why := unfit(folder, config.root):
        message = f"the golden folder {config.shown(folder)!r} {why}"
        raise ConfigError(message, f"{OWN}: `golden: FOLDER` in chartkit.yaml, or `golden: false`")
    return replace(config, golden=folder)


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
