"""What Helm makes of a case, the objects in it, and the subjects that rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import canonical
from chartkit.model.errors import Problem
from chartkit.model.place import Path, Place, ResourceId

FAILURE_RULES: Final[Mapping[str, str]] = {
    "template": "render-failed",
    "required": "render-refused",
    "values-schema": "values-schema-violated",
    "values": "values-unreadable",
    "yaml": "render-not-yaml",
    "dependency": "dependency-missing",
    "kube-version": "kube-version-refused",
    "chart": "chart-refused",
    "timeout": "render-timed-out",
    "memory": "render-out-of-memory",
    "crash": "render-crashed",
}
"""The rule that finds each kind of failure."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why Helm refuses a case, taken apart.

    *kind* is one of ``template``, ``required`` (``fail`` and ``required``), ``values-schema``,
    ``values``, ``yaml``, ``dependency``, ``kube-version``, ``chart``, ``timeout``, ``memory``,
    ``crash``. *template* is canonical (``web/templates/x.yaml``), *includes* are the callers,
    outermost first, as canonical name and line. *message* is the cause alone, *text* all that
    Helm said, *hint* what to do.
    """

    kind: str
    message: str
    text: str
    template: str = ""
    line: int | None = None
    column: int | None = None
    expression: str = ""
    values_key: str = ""
    includes: tuple[tuple[str, int], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A *template* whose output is taken out of a chart; where *whole*, what it defines is too."""

    template: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Render:
    """What Helm makes of a case: *text* as ``helm template --include-crds`` prints it.

    *failure* says why Helm refuses it; *text* may then still hold the documents that could be read, so that
    the rest is checked. *notes* is None where the engine does not give them. *warnings* are what Helm logged.
    *frozen* says whether random functions were replaced; *not_frozen_because* why they were not, where they
    should have been. *asked* is which API versions templates ask for and get from the case's cluster (``*``:
    all), *helm_list_because* why they get Helm's own list instead. *engine* names the engine and its Helm
    version. *dropped* holds, in the form of *text*, the documents that Helm left out: it does not know their
    hooks.
    """

    text: str
    engine: str
    notes: str | None = None
    warnings: tuple[str, ...] = ()
    frozen: bool = False
    not_frozen_because: str = ""
    asked: tuple[str, ...] = ()
    helm_list_because: str = ""
    failure: Failure | None = None
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a render.

    *source* is canonical (``web/templates/x.yaml``). *text* is the YAML document that holds it,
    which begins at *line* (from 1) of the render. *base* is where in the document the object is:
    ``("items", 0)`` in a List. *body* is the parsed object; treat it as read-only.
    """

    source: str
    text: str
    line: int
    resource: ResourceId
    body: Mapping[str, Any] = field(repr=False)
    base: Path = ()
    hooks: tuple[str, ...] = ()

    @property
    def in_crds_folder(self) -> bool:
        """Whether it comes from a chart's ``crds/``, whose files Helm prints as they are."""
        return canonical(self.source).kind == "crd"

    @property
    def is_crd(self) -> bool:
        return self.resource.kind == "CustomResourceDefinition" and self.resource.api_version.startswith(
            "apiextensions.k8s.io/"
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document of a render that is not one readable object.

    *problem* names the canonical file (``web/templates/x.yaml``), but line and column of the render.
    """

    rule: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check yields: where in its subject, and what.

    *rule* is filled in by `chartkit.findings` for rules; checks that serve several rules set it.
    *on_key* points at the key rather than at its value; *whole* says that it stands for the whole
    list or mapping below it, which is what is meant. *manifest* is set by checks over several
    objects, *place* by checks over files: both beat the subject's own place. *undecided* says why it
    cannot be known whether it is so: there is then no finding, and the report says that it was not checked.
    """

    path: Path
    message: str
    hint: str = ""
    rule: str = ""
    on_key: bool = False
    manifest: Manifest | None = None
    place: Place | None = None
    whole: bool = False
    undecided: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod template; *path* leads to it from its manifest's object."""

    manifest: Manifest
    path: Path
    body: Mapping[str, Any] = field(repr=False)
    init: bool = False

    def hit(self, *steps: str | int, message: str, hint: str = "") -> Hit:
        """A hit at *steps* below the container."""
        return Hit((*self.path, *steps), message, hint)


@dataclass(frozen=True, slots=True)
class Objects:
    """All objects of one case: the subject of rules about references between them."""

    case: Case
    chart: Chart
    manifests: tuple[Manifest, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The objects of all charts that install together, one case of each.

    *absent* are the charts that belong there and are not rendered, by path: what is nowhere may be in them.
    """

    cases: tuple[Objects, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A chart before and after the change under review: the subject of rules that compare the two.

    *changed* are the canonical names of the files that the change touches. *version_at_target* is the
    version that the chart has by now where the branch is to be merged, empty where it is not there.
    """

    old: Chart
    new: Chart
    changed: frozenset[str]
    version_at_target: str = ""
