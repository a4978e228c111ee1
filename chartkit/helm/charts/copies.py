"""The only module that knows when a copy in ``charts/`` is what Helm would pack of its source now.

Helm packs the files that it loads: .helmignore is heeded, Chart.yaml is written anew, and a lock file
changes nothing of a render.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from chartkit.helm.charts import chart_yaml, lock
from chartkit.helm.charts.node import Node

_NOT_COMPARED: Final = (*lock.FILES, chart_yaml.CHART, chart_yaml.REQUIREMENTS)


def differences(copy: Node, source: Node, prefix: str = "") -> Iterator[str]:
    """The names of the files that are other in *copy* than in *source*, or in one of them alone."""
    if _metadata(copy) != _metadata(source):
        yield prefix + chart_yaml.CHART
    ours, theirs = _files(copy), _files(source)
    for name in sorted(ours.keys() | theirs.keys()):
        is_ignored = (name not in theirs and source.where.leaves_out(name)) or (
            name not in ours and copy.where.leaves_out(name)
        )
        if ours.get(name) != theirs.get(name) and not is_ignored:
            yield prefix + name
    yield from _of_subcharts(copy, source, prefix)


def _of_subcharts(copy: Node, source: Node, prefix: str) -> Iterator[str]:
    """The same of the charts below, but for those that the source has yet to get from where they are."""
    ours = {child.metadata.name: child for child in copy.children}
    theirs = {child.metadata.name: child for child in source.children}
    declared = {one.name for one in source.metadata.dependencies}
    for name in sorted(ours.keys() | theirs.keys()):
        below = f"{prefix}charts/{name}"
        if name in ours and name in theirs:
            yield from differences(ours[name], theirs[name], f"{below}/")
        elif (name in ours and name not in declared) or (name in theirs and not theirs[name].where.is_root):
            yield below


def _metadata(node: Node) -> Mapping[str, object]:
    """All that Chart.yaml says; without what is empty, which Helm does not write."""
    content = node.content
    found = chart_yaml.fields(content.get(chart_yaml.CHART), content.get(chart_yaml.REQUIREMENTS))
    entries = {key: [_filled(one) for one in found.get(key, ())] for key in ("dependencies", "maintainers")}
    return _filled(found | entries | {"apiversion": node.metadata.api_version})


def _filled(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in fields.items() if value}


def _files(node: Node) -> dict[str, bytes]:
    """The files that are compared as they are; signatures of the charts below are none of them."""
    return {
        name: content
        for name, content in node.content.items()
        if name not in _NOT_COMPARED and not name.startswith("charts/")
    }
