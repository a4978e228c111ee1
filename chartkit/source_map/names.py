"""The names that Helm reports the templates of a chart by, which are not always those of their files.

Under an alias a subchart's templates are called as if the chart had that name; two charts of one
name share theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Final

from chartkit.helm.charts import chart_yaml
from chartkit.model.chart_file import CHART_YAML, canonical

MOST: Final = 100_000


def reported(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """For each file in ``templates/`` and ``crds/`` of the charts among *files*, the names it may have."""
    roots = dict(_roots(files))
    found: dict[str, tuple[str, ...]] = {}
    for name in files:
        own = canonical(name)
        if own.in_templates or own.kind == "crd":
            found[name] = tuple(f"{root}/{own.inner}" for root in roots.get(own.folder, (own.folder,)))
    return found


def _roots(files: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each chart's folder with what Helm may call it there, parents first."""
    folders = sorted(canonical(name).folder for name in files if canonical(name).inner == CHART_YAML)
    metadata = {
        folder: chart_yaml.read(files[f"{folder}/Chart.yaml"], files.get(f"{folder}/requirements.yaml"))[0]
        for folder in folders
    }
    known: dict[str, tuple[str, ...]] = {}
    for folder in folders:
        above = folder.rpartition("/charts/")[0]
        own, parent = metadata[folder], metadata.get(above)
        name = own.name if own is not None and own.name else folder.rpartition("/")[2]
        aliases = (
            [one.alias for one in parent.dependencies if one.name == name and one.alias] if parent else []
        )
        here = [f"{root}/charts/{each}" for root in known.get(above, (above,)) for each in (name, *aliases)]
        known[folder] = tuple(dict.fromkeys(itertools.islice(here, MOST))) if above else (name,)
        yield folder, known[folder]
