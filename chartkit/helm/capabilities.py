"""Gives templates the ``.Capabilities`` of the cluster that a case is for.

Without a cluster ``helm template`` gives them its own list of API versions, which is that of no Kubernetes
version, and appends what ``--api-versions`` adds. A template that runs before all others cuts the list down
to what was added.

Helm installs what is in ``crds/`` before it asks the cluster, so that a chart finds its own there.
The schemas tell what a Kubernetes version has. Of that a cluster serves by default what is stable, and those
betas that are older than 1.24, since when new ones have to be switched on. API versions are written as Helm
lists them: ``policy/v1``, ``policy/v1/PodDisruptionBudget``.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from chartkit.helm import kubernetes_schemas
from chartkit.helm.values import HelmInputs
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical
from chartkit.model.errors import FileError
from chartkit.model.render import Failure
from chartkit.syntax.yaml import kube_yaml
from chartkit.system import cache
from chartkit.system.cache import Memo

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

_STABLE: Final = re.compile(r"v\d+")
_BETAS: Final = frozenset(
    {
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity"),
        *(
            (f"flowcontrol.apiserver.k8s.io/{version}", kind)
            for version in ("v1beta1", "v1beta2", "v1beta3")
            for kind in ("FlowSchema", "PriorityLevelConfiguration")
        ),
    }
)
_ELSEWHERE: Final = {
    "authentication.k8s.io/v1/TokenRequest": "v1/TokenRequest",
    "autoscaling/v1/Scale": "apps/v1/Scale",
    "policy/v1/Eviction": "v1/Eviction",
}
"""Kinds of subresources, which discovery lists under the version of what they belong to."""
_SUBRESOURCES: Final = (
    "v1/NodeProxyOptions",
    "v1/PodAttachOptions",
    "v1/PodExecOptions",
    "v1/PodPortForwardOptions",
    "v1/PodProxyOptions",
    "v1/Scale",
    "v1/ServiceProxyOptions",
)
_CRD: Final = b"CustomResourceDefinition"
_DOCUMENT: Final = re.compile(rb"^---[^\n]*\n", re.MULTILINE)
_DEEP: Final = re.compile(rb"^ {8}.*\n?", re.MULTILINE)

_definitions: Memo[tuple[str, ...]] = Memo(32 << 20)


@dataclasses.dataclass(frozen=True, slots=True)
class CapabilityUse:
    """What the templates of a chart do with ``.Capabilities``.

    *asked* are the API versions that they ask for (`ALL`: any), *unsure* is the text because of which they
    must get Helm's own list, *method* whether they call GitVersion, *whole* whether they hand on or print all
    capabilities at once.
    """

    asked: frozenset[str] = frozenset()
    unsure: str = ""
    method: bool = False
    whole: bool = False

    @property
    def is_answered(self) -> bool:
        return bool(self.asked) and not self.unsure


def is_misuse(failure: Failure) -> bool:
    """Whether templates fail as they use Helm's object as a table, which that given here allows."""
    return _OBJECT.search(failure.text) is not None


def serve(
    chart: Chart, files: Mapping[str, bytes], inputs: HelmInputs
) -> tuple[Mapping[str, bytes], HelmInputs]:
    """*files* of *chart* and *inputs* with which templates see the cluster of the case, where they ask."""
    use = use_of(chart, inputs)
    if not use.is_answered:
        return files, inputs
    versions = tuple(dict.fromkeys(_versions(chart, inputs)))
    version = _METHOD if use.method else _COPY
    text = _TEMPLATE.replace("COUNT", str(len(versions))).replace("VERSION", version)
    return {**files, chart.name + PLANTED: text.encode()}, dataclasses.replace(inputs, api_versions=versions)


def _versions(chart: Chart, inputs: HelmInputs) -> Iterator[str]:
    yield from served_by_kubernetes(inputs.kube_version)
    for name, content in chart.files.items():
        if _is_crd_file(name):
            yield from _of_definitions(content)
    yield from inputs.served or ()
    for versions in inputs.api_versions:
        yield from filter(None, map(str.strip, versions.split(",")))  # which the command of Helm splits, too


def _is_crd_file(name: str) -> bool:
    return canonical(name).kind == "crd" and name.endswith((".yaml", ".yml", ".json"))


def _of_definitions(content: bytes) -> tuple[str, ...]:
    return _definitions.get(content, len(content), lambda: tuple(served_by_crds(content)))


def use_of(chart: Chart, inputs: HelmInputs) -> CapabilityUse:
    """What templates of *chart* and in the values of *inputs* ask; nothing where the case has no cluster."""
    if inputs.served is None:
        return CapabilityUse()
    return _together((_of_chart(chart), _of_values(inputs.values)))


def _together(parts: Sequence[CapabilityUse]) -> CapabilityUse:
    asked = frozenset[str]().union(*(each.asked for each in parts))
    unsure = next((each.unsure for each in parts if each.unsure), "")
    method, whole = any(each.method for each in parts), any(each.whole for each in parts)
    return CapabilityUse(asked, unsure, method, whole)


def _of_values(values: Mapping[str, Any]) -> CapabilityUse:
    text = json.dumps(values, default=str)
    return _of_text(text.replace('\\"', '"').encode()) if "{{" in text else CapabilityUse()


@cache.of_recent
def _of_chart(chart: Chart) -> CapabilityUse:
    """What all files of *chart* ask together; cases share their chart."""
    return _together([_of_text(content) for name, content in chart.files.items() if _may_ask(name, content)])


def _may_ask(name: str, content: bytes) -> bool:
    """Whether a file has template text that asks; any may be read and handed to ``tpl``."""
    speaks = b"Capabilities" in content or b"APIVersions" in content or b"KubeVersion" in content
    return speaks and b"{{" in content and not name.endswith(".md") and not _is_crd_file(name)


def _of_text(text: bytes) -> CapabilityUse:
    text = _COMMENT.sub(b"", text)
    found = next(filter(None, (pattern.search(text) for pattern in _UNSURE)), None)
    unsure = found[0].decode("utf-8", "replace") if found else ""
    asked = {(match[1] or ALL.encode()).decode() for match in _ASKED.finditer(text)}
    if _WHOLE.search(text):
        asked.add(ALL)
    whole = _WHOLE.search(_CARRIED.sub(b"", text)) is not None
    return CapabilityUse(frozenset(asked), unsure, b"GitVersion" in text, whole)


@functools.lru_cache(maxsize=64)
def served_by_kubernetes(version: str) -> tuple[str, ...]:
    """What a cluster of *version* serves by default; without schemas for it, what the nearest one does."""
    known = kubernetes_schemas.nearest(version)
    kinds = {
        f"{api_version}/{kind}": api_version
        for api_version, kind in kubernetes_schemas.all_kinds(known)
        if _is_default(api_version, kind) and not kind.endswith("List")
    }
    names = {_ELSEWHERE.get(name, name) for name in kinds}
    return tuple(sorted({*kinds.values(), *names, *_SUBRESOURCES}, key=lambda name: (name.count("/"), name)))


def _is_default(api_version: str, kind: str) -> bool:
    return _STABLE.fullmatch(api_version.rpartition("/")[2]) is not None or (api_version, kind) in _BETAS


def served_by_crds(content: bytes) -> Iterator[str]:
    """What the CustomResourceDefinitions in YAML text add; those that cannot be read add nothing."""
    for document in _DOCUMENT.split(content) if _CRD in content else ():
        if _CRD in document:
            # nine tenths are schemas, which lie deeper than what is asked for
            yield from _served_by_document(_DEEP.sub(b"", document)) or _served_by_document(document)


def _served_by_document(document: bytes) -> list[str]:
    try:
        body = kube_yaml.parse(document.decode("utf-8-sig"))
    except (FileError, UnicodeDecodeError):
        return []
    items = body.get("items") if isinstance(body, dict) else None
    return [name for one in (items if isinstance(items, list) else [body]) for name in served_by_crd(one)]


def served_by_crd(body: Any) -> Iterator[str]:
    """What one CustomResourceDefinition adds."""
    spec = _table(_table(body).get("spec"))
    group, kind = spec.get("group"), _table(spec.get("names")).get("kind")
    if group and kind:
        for version in _crd_versions(spec):
            yield from (f"{group}/{version}", f"{group}/{version}/{kind}")


def _crd_versions(spec: Mapping[str, Any]) -> Iterable[Any]:
    written = spec.get("versions")
    for version in map(_table, written if isinstance(written, list) else [{"name": spec.get("version")}]):
        if version.get("name") and version.get("served", True) is True:
            yield version["name"]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
