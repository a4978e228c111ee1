"""Objects of a render, and their containers, to be looked into by path.

Values are as Kubernetes reads them (``yes`` is true, ``0755`` is 493), and they are copies: what a test does
to them changes nothing for the next one.
"""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Iterator, Mapping
from typing import Any

from chartkit.golden.diff.steps import PathLike
from chartkit.helm import manifests
from chartkit.model.render import Manifest
from chartkit.system.did_you_mean import suggestion
from chartkit.system.terminal import visible
from chartkit.testing.paths import NotFound, listed, look

__tracebackhide__ = True


class Named(dict[str, Any]):
    """Values by name; a name that is not there raises `NotFound`, which tells those that are."""

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._what = what

    def __missing__(self, name: str) -> Any:
        hint = suggestion(name, self, most=20) or f"there are {listed(sorted(self)) or 'none'}"
        raise NotFound(visible(f"{self._what} has no {name!r}: {hint}"))


class _Readable:
    """Something with a value that paths lead into."""

    def __init__(self, value: Mapping[str, Any], whose: str) -> None:
        self._value = value
        self._whose = whose

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, type(self)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it equals what has the same values

    def __getitem__(self, path: PathLike) -> Any:
        """What is at *path*: ``spec.replicas``, ``/spec/replicas``, or steps; raises `NotFound`."""
        return copy.deepcopy(look(self._value, path, self._whose))

    def get(self, path: PathLike, default: Any = None) -> Any:
        """What is at *path*, or *default* where nothing is."""
        try:
            return self[path]
        except NotFound:
            return default

    def __contains__(self, path: object) -> bool:
        try:
            look(self._value, path, self._whose)  # type: ignore[arg-type]
        except NotFound:
            return False
        return True

    __iter__: None = None  # it has paths, not items: `for` over it, and `list` of it, are mistakes

    @property
    def body(self) -> dict[str, Any]:
        """All of it, as plain Python."""
        return copy.deepcopy(dict(self._value))

    def _texts(self, path: PathLike) -> dict[str, Any]:
        """The mapping at *path*; empty where there is none."""
        found = self.get(path)
        return found if isinstance(found, dict) else {}


class RenderedContainer(_Readable):
    """A container of a workload; `name`, `image` and so on, and any other path: ``container["ports[0]"]``."""

    def __init__(self, body: Mapping[str, Any], owner: str, *, is_init: bool = False) -> None:
        name = str(body.get("name", ""))
        super().__init__(body, f"container {name!r} of {owner}")
        self.name = name
        self.is_init = is_init
        """Whether it is an init container."""

    def __repr__(self) -> str:
        return visible(f"<{self._whose}: {self.image}>")

    @property
    def image(self) -> str:
        return str(self.get("image", ""))

    @property
    def command(self) -> list[str]:
        return list(self.get("command") or [])

    @property
    def args(self) -> list[str]:
        return list(self.get("args") or [])

    @property
    def env(self) -> Named:
        """Each variable's ``value``, or its ``valueFrom``; of two with one name the last, which wins."""
        entries = [each for each in self.get("env") or [] if isinstance(each, dict)]
        found = {str(each.get("name")): each.get("valueFrom", each.get("value", "")) for each in entries}
        return Named(f"the environment of {self._whose}", found)

    @property
    def ports(self) -> Named:
        """The numbers of its ports, by name."""
        entries = [each for each in self.get("ports") or [] if isinstance(each, dict)]
        found = {str(each["name"]): each.get("containerPort") for each in entries if "name" in each}
        return Named(f"the named ports of {self._whose}", found)

    @property
    def mounts(self) -> Named:
        """The names of its volumes, by the path that they are mounted at."""
        entries = [each for each in self.get("volumeMounts") or [] if isinstance(each, dict)]
        found = {str(each.get("mountPath")): each.get("name") for each in entries}
        return Named(f"the volume mounts of {self._whose}", found)

    @property
    def resources(self) -> dict[str, Any]:
        return self._texts("resources")


class RenderedObject(_Readable):
    """One object of a render: ``web["spec.replicas"]``, ``web.container("web").image``."""

    def __init__(self, manifest: Manifest, where: str) -> None:
        super().__init__(manifest.body, f"{manifest.resource} in {where}")
        self._manifest = manifest

    def __repr__(self) -> str:
        return visible(f"<{self._whose}>")

    @property
    def kind(self) -> str:
        return self._manifest.resource.kind

    @property
    def name(self) -> str:
        return self._manifest.resource.name

    @property
    def namespace(self) -> str:
        """The namespace that the manifest names; empty where it leaves that to the release."""
        return self._manifest.resource.namespace

    @property
    def api_version(self) -> str:
        return self._manifest.resource.api_version

    @property
    def labels(self) -> Named:
        return Named(f"the labels of {self._whose}", self._texts("metadata.labels"))

    @property
    def annotations(self) -> Named:
        return Named(f"the annotations of {self._whose}", self._texts("metadata.annotations"))

    @property
    def template(self) -> str:
        """The template that made it, relative to the chart: ``templates/web.yaml``."""
        return self._manifest.source.partition("/")[2]

    @property
    def line(self) -> int:
        """Where its document begins in the text of the render."""
        return self._manifest.line

    @property
    def text(self) -> str:
        """The YAML document that holds it, letter for letter."""
        return self._manifest.text

    @property
    def hooks(self) -> tuple[str, ...]:
        """When Helm runs it as a hook: ``pre-install``, ``test``; empty for all else."""
        return self._manifest.hooks

    @property
    def data(self) -> Named:
        """The texts of a ConfigMap or a Secret; what a Secret holds in base64 is decoded."""
        found = self._texts("data") | self._texts("binaryData")
        if self.kind == "Secret":
            found = {key: _decoded(value) for key, value in found.items()} | self._texts("stringData")
        return Named(f"the data of {self._whose}", found)

    def changes_from(self, other: RenderedObject) -> list[str]:
        """How this differs from *other*, path by path; empty where the values are the same."""
        from chartkit.golden.diff.text import ObjectDiff, describe, painted
        from chartkit.golden.diff.values import changes

        found = tuple(changes(other._value, self._value))
        diff = ObjectDiff("changed", resource=self._manifest.resource, changes=found)
        return [painted(line, color=False) for line in describe([diff] if found else [])]

    def parse(self, path: PathLike) -> Any:
        """The text at *path* read as YAML or JSON, as a ConfigMap holds a program's configuration."""
        from chartkit.syntax.yaml import kube_yaml

        text = self[path]
        if not isinstance(text, str):
            raise TypeError(f"{path!r} of {self._whose} is no text, but {text!r}")
        return kube_yaml.parse(text)

    @property
    def containers(self) -> tuple[RenderedContainer, ...]:
        """The containers of a workload, whatever its kind; init and ephemeral ones among them."""
        return tuple(self._containers())

    def _containers(self) -> Iterator[RenderedContainer]:
        for found in manifests.containers(self._manifest):
            yield RenderedContainer(found.body, self._whose, is_init=found.init)

    def container(self, name: str | None = None) -> RenderedContainer:
        """The container called *name*, or the only one that is no init container; raises `NotFound`."""
        everything = self.containers
        fitting = [each for each in everything if (each.name == name if name else not each.is_init)]
        if len(fitting) == 1:
            return fitting[0]
        names = [each.name for each in everything]
        if not names:
            raise NotFound(visible(f"{self._whose} has no containers"))
        if name is None:
            what = "has only init containers" if not fitting else f"has {len(fitting)} containers"
            raise NotFound(visible(f"{self._whose} {what}, name one of: {listed(names)}"))
        count = "no container" if not fitting else f"{len(fitting)} containers"
        raise NotFound(visible(f"{self._whose} has {count} {name!r}: {suggestion(name, names)}"))


def _decoded(value: Any) -> Any:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (TypeError, binascii.Error, UnicodeDecodeError):
        return value
