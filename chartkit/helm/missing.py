"""Dependencies that are not there, and whether the values of a case switch them off.

Helm's command refuses a chart before it looks at conditions and tags. Once the dependencies are there, what
it renders is the same as without those that are switched off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from chartkit.helm.inputs import Inputs
from chartkit.helm.order import Reader
from chartkit.model.case import Chart

_FILES: Final = ("Chart.yaml", "requirements.yaml")
_SUBCHART: Final = re.compile(r"[^/]+/charts/[^/]+/Chart\.yaml")
_ARCHIVE: Final = re.compile(r"[^/]+/charts/([^/]+)-v?[0-9][^/-]*(?:-[^/]*)?\.tgz")
_CHART_NAME: Final = re.compile(rb"^name:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


def names(chart: Chart) -> list[str]:
    """The dependencies of *chart* of whose name no chart is in ``charts/``; Helm looks at no more."""
    if not chart.dependencies:
        return []
    there = {_chart_name(files) for files in _subcharts(chart)}
    return [needed.name for needed in chart.dependencies if needed.name not in there]


def _subcharts(chart: Chart) -> list[tuple[str, bytes]]:
    return [
        (name, content)
        for name, content in chart.files.items()
        if _SUBCHART.fullmatch(name) or _ARCHIVE.fullmatch(name)
    ]


def _chart_name(file: tuple[str, bytes]) -> str:
    """The name of the subchart whose Chart.yaml or archive *file* is."""
    name, content = file
    if match := _ARCHIVE.fullmatch(name):
        return match[1]
    found = _CHART_NAME.search(content)
    return found[1].decode(errors="replace") if found else name.split("/")[2]


def are_off(chart: Chart, lacking: Collection[str], inputs: Inputs, read: Reader) -> bool:
    """Whether every dependency of *chart* that is called one of *lacking* is switched off by its values."""
    own = _read(chart.files.get(f"{chart.name}/values.yaml"), read)
    values = _merged(own, inputs.values)
    return all(_is_off(each, values) for each in _declared(chart, read) if str(each.get("name")) in lacking)


def stand_ins(chart: Chart, inputs: Inputs, read: Reader) -> Mapping[str, bytes]:
    """Empty charts for what *chart* lacks, if that is switched off, for Helm's command to leave out."""
    lacking = names(chart)
    if not lacking or not are_off(chart, lacking, inputs, read):
        return {}
    versions = {each.name: re.sub(r"[xX*]", "0", each.version) for each in chart.dependencies}
    found: dict[str, bytes] = {}
    for number, name in enumerate(lacking):
        digits = re.search(r"\d+(?:\.\d+){0,2}", versions.get(name, ""))
        parts = [*(digits[0].split(".") if digits else ()), "0", "0", "0"][:3]
        text = f"apiVersion: v2\nname: {json.dumps(name)}\nversion: {'.'.join(parts)}\n"
        found[f"{chart.name}/charts/missing-{number}/Chart.yaml"] = text.encode()
    return found


def _declared(chart: Chart, read: Reader) -> Iterator[Mapping[str, Any]]:
    for file in _FILES:
        entries = _read(chart.files.get(f"{chart.name}/{file}"), read).get("dependencies")
        if isinstance(entries, list):
            yield from (each for each in entries if isinstance(each, dict))


def _is_off(declared: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """As Helm decides: by the first condition that is a truth value, else by tags, of which one will do."""
    for path in str(declared.get("condition") or "").split(","):
        found = _at(path.strip(), values)
        if isinstance(found, bool):
            return not found
    tags = values.get("tags")
    named = declared.get("tags")
    if not isinstance(tags, dict) or not isinstance(named, list):
        return False
    said = [tags[tag] for tag in named if isinstance(tags.get(tag), bool)]
    return bool(said) and not any(said)


def _at(path: str, values: Any) -> Any:
    for key in path.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _merged(own: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(own)
    for key, value in given.items():
        below = own.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        found[key] = _merged(below, value) if both and isinstance(below, dict) else value
    return found


def _read(content: bytes | None, read: Reader) -> Mapping[str, Any]:
    try:
        value = read(content.decode()) if content else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
