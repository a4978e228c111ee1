"""What is known of a case beside its objects: the chart's own files read, and the values it renders with."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from chartkit.model.errors import FileError
from chartkit.model.render import Objects
from chartkit.rules._rule import Facts


def facts(objects: Objects, given: Mapping[str, Any]) -> Facts:
    """The facts of the case of *objects*; *given* are the scenario's values, merged as Helm merges them.

    A file that cannot be read counts as empty: that it cannot is a finding of its own.
    """
    from chartkit.helm.values import coalesce  # a run in which nothing has changed merges no values

    chart = objects.chart
    defaults = read_yaml(chart.files.get(f"{chart.name}/values.yaml", b""))
    return Facts(
        objects=objects,
        metadata=read_yaml(chart.files.get(f"{chart.name}/Chart.yaml", b"")),
        defaults=defaults,
        given=given,
        values=coalesce(defaults, given),
    )


@functools.lru_cache(maxsize=64)
def read_yaml(content: bytes) -> Mapping[str, Any]:
    """The mapping in the YAML *content*; an empty one where there is none, or it cannot be read."""
    from chartkit.syntax.yaml import kube_yaml

    try:
        parsed = kube_yaml.parse(content.decode("utf-8-sig", "replace"))
    except FileError:
        return {}
    return parsed if isinstance(parsed, Mapping) else {}
