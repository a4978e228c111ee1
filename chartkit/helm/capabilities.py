"""What ``.Capabilities`` tells the templates of a case that is judged: what its cluster would tell.

Without a cluster Helm tells of its own list, which is that of no Kubernetes version, and what it is asked to
add stands behind that. A template that runs before all others leaves what was added only.

Helm installs what is in ``crds/`` before it asks the cluster, so that a chart finds its own there.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chartkit.helm.inputs import Inputs
from chartkit.helm.kubernetes import served
from chartkit.model.case import Chart
from chartkit.model.render import Failure
from chartkit.system.lru import Memo

PLANTED: Final = "/templates/" + "-/" * 64 + "-.yaml"
"""The template that is added, after the name of the chart; Helm renders what lies deepest first.

No rule of a .helmignore has a reason to leave out such names.
"""

ALL: Final = "*"

_OBJECT: Final = re.compile(r"\*\w+\.Capabilities\b")

_COMMENT: Final = re.compile(rb"\{\{-?\s*+/\*(?:[^*]|\*(?!/))*+")
_ASKED: Final = re.compile(rb"\.APIVersions\b(?:\.Has\s*+\(?+\s*+[\"`]([\w./-]+)[\"`])?")
_CARRIED: Final = re.compile(rb"[\"`]Capabilities[\"`]\s++[$\w.]*?\.Capabilities\b(?!\.)")
_WHOLE: Final = re.compile(rb"[\"`]Capabilities\b|\.Capabilities\b(?!\.)")
_UNSURE: Final = (
    re.compile(rb"(?<!\.Values)\.Capabilities\.(?!(?:APIVersions|KubeVersion|HelmVersion)\b)\w+"),
    re.compile(rb"(?<!\.Values)(?<!\.Chart)\.KubeVersion\b(?!\.(?:Version|Major|Minor|GitVersion)\b)"),
)
"""What only Helm's own object answers as Helm does: fields that it has not, and a version printed whole."""
_DEFINED: Final = re.compile(r"[^/]+/(?:charts/[^/]+/)*crds/.+\.(?:ya?ml|json)")

_FIELDS: Final = ("Version", "Major", "Minor", "GitVersion")
_COPY: Final = "$helm.KubeVersion"
_METHOD: Final = "(dict " + " ".join(f'"{name}" $helm.KubeVersion.{name}' for name in _FIELDS) + ")"
"""As GitVersion is a method, which a copy of the version has lost."""
_TEMPLATE: Final = """\
{{- define "chartkit.capabilities" -}}
{{- $_ := set .chart "Capabilities" .capabilities -}}
{{- range .chart.Subcharts -}}
{{- template "chartkit.capabilities" (dict "chart" . "capabilities" $.capabilities) -}}
{{- end -}}
{{- end -}}
{{- $helm := .Capabilities -}}
{{- $added := slice $helm.APIVersions (int (sub (len $helm.APIVersions) COUNT)) -}}
{{- $capabilities := dict "KubeVersion" VERSION "APIVersions" $added "HelmVersion" $helm.HelmVersion -}}
{{- template "chartkit.capabilities" (dict "chart" . "capabilities" $capabilities) -}}
"""

_definitions: Memo[tuple[str, ...]] = Memo(32 << 20)


@dataclasses.dataclass(frozen=True, slots=True)
class Asking:
    """Which API versions templates ask for (`ALL`: any), and what keeps them from being told, if anything.

    *method* says that they call GitVersion, *whole* that they do something with all capabilities at once.
    """

    asked: frozenset[str] = frozenset()
    unsure: str = ""
    method: bool = False
    whole: bool = False

    @property
    def is_told(self) -> bool:
        return bool(self.asked) and not self.unsure


def is_misuse(failure: Failure) -> bool:
    """Whether templates did to Helm's object what it cannot, and what stands in for it may."""
    return _OBJECT.search(failure.text) is not None


def serve(chart: Chart, files: Mapping[str, bytes], inputs: Inputs) -> tuple[Mapping[str, bytes], Inputs]:
    """*files* of *chart* and *inputs* that make Helm tell of the cluster, where that is asked and can be."""
    told = asking(chart, inputs)
    if not told.is_told:
        return files, inputs
    versions = tuple(dict.fromkeys(_versions(chart, inputs)))
    version = _METHOD if told.method else _COPY
    text = _TEMPLATE.replace("COUNT", str(len(versions))).replace("VERSION", version)
    return {**files, chart.name + PLANTED: text.encode()}, dataclasses.replace(inputs, api_versions=versions)


def _versions(chart: Chart, inputs: Inputs) -> Iterator[str]:
    yield from served.by_kubernetes(inputs.kube_version)
    for name, content in chart.files.items():
        if _DEFINED.fullmatch(name):
            yield from _of_definitions(content)
    yield from inputs.served or ()
    for given in inputs.api_versions:
        yield from filter(None, map(str.strip, given.split(",")))  # which the command of Helm splits, too


def _of_definitions(content: bytes) -> tuple[str, ...]:
    return _definitions.get(content, len(content), lambda: tuple(served.by_definitions(content)))


def asking(chart: Chart, inputs: Inputs) -> Asking:
    """What *chart* and the values of *inputs* ask together; nothing where no cluster is to be told of."""
    if inputs.served is None:
        return Asking()
    return _together((_of_chart(chart), _of_values(inputs.values)))


def _together(parts: Sequence[Asking]) -> Asking:
    asked = frozenset[str]().union(*(each.asked for each in parts))
    unsure = next((each.unsure for each in parts if each.unsure), "")
    method, whole = any(each.method for each in parts), any(each.whole for each in parts)
    return Asking(asked, unsure, method, whole)


def _of_values(values: Mapping[str, Any]) -> Asking:
    text = json.dumps(values, default=str)
    return _of_text(text.replace('\\"', '"').encode()) if "{{" in text else Asking()


_recent: collections.deque[tuple[Chart, Asking]] = collections.deque(maxlen=4)


def _of_chart(chart: Chart) -> Asking:
    """What all files of *chart* ask together; cases share their chart."""
    for known, asking in _recent:
        if known is chart:
            return asking
    found = [_of_text(content) for name, content in chart.files.items() if _may_ask(name, content)]
    _recent.append((chart, _together(found)))
    return _recent[-1][1]


def _may_ask(name: str, content: bytes) -> bool:
    """Whether a file has template text that asks; any may be read and handed to ``tpl``."""
    speaks = b"Capabilities" in content or b"APIVersions" in content or b"KubeVersion" in content
    return speaks and b"{{" in content and not name.endswith(".md") and not _DEFINED.fullmatch(name)


def _of_text(text: bytes) -> Asking:
    text = _COMMENT.sub(b"", text)
    found = next(filter(None, (pattern.search(text) for pattern in _UNSURE)), None)
    unsure = found[0].decode("utf-8", "replace") if found else ""
    asked = {(match[1] or ALL.encode()).decode() for match in _ASKED.finditer(text)}
    if _WHOLE.search(text):
        asked.add(ALL)
    whole = _WHOLE.search(_CARRIED.sub(b"", text)) is not None
    return Asking(frozenset(asked), unsure, b"GitVersion" in text, whole)
