"""Text holds what a template left behind.

`<no value>`, `<nil>` and `%!s(<nil>)` are what Go's templates and `printf` write for a value that is
not there or not of the right type; `map[a:b]` is a mapping printed as text; `{{ .Values.x }}` in the
output was never rendered (`tpl` was forgotten). None of them is what the author meant.

Where text is data that may well talk of templates, only what is beyond doubt is reported: the schemas
of CRDs are left out, `map[…]` and `{{ … }}` in ConfigMaps, Secrets and custom resources too, and of `{{ … }}`
elsewhere only what speaks of Helm (`.Values`, `.Release`, `.Chart`, `include`), except in names,
labels and images, where no template belongs.

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    team: "{{ .Values.team }}"  # error: text-unrendered
  annotations:
    linkerd.io/created-by: linkerd/helm %!s(<nil>)  # error: text-unrendered
spec:
  containers:
    - name: web
      image: "web:<no value>"  # error: text-unrendered
      args:
        - "--labels=map[app:web tier:front]"  # error: text-unrendered
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    vault.hashicorp.com/agent-inject-template-key: '{{ with secret "kv/web" }}{{ .Data.key }}{{ end }}'
spec:
  containers:
    - name: web
      image: web:1.0.0
      args:
        - "--format={{ .Status }}"
        - "--help=takes a map[string]string"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import group
from chartkit.rules._rule import rule

# What fmt writes for a wrong verb or argument: %!s(<nil>), %!d(string=x), %!(EXTRA int=1), %!v(BADPREC).
_FORMAT: Final = re.compile(
    r"%!(?:[a-zA-Z]?\((?:<nil>\)|EXTRA [^)\n]{0,60}\)?|(?:MISSING|BADINDEX|BADPREC|BADWIDTH|NOVERB)\))"
    r"|[a-zA-Z]\([\w.*\[\]{} ]{1,60}=[^)\n]{0,60}\)?)"
)
_ABSENT: Final = re.compile(r"<no value>|(?<![(\w])<nil>")
_MAP: Final = re.compile(r"\bmap\[[\w./-]{1,80}:")
_TEMPLATE: Final = re.compile(r"\{\{")
_HELM: Final = re.compile(
    r"\{\{-?\s{0,8}(?:if |with |range |tpl |quote |toYaml |default \S{1,40} )?"
    r"(?:\$?\.(?:Values|Release|Chart|Capabilities)\b|include\s|template\s\")"
)
_ANY: Final = re.compile(r"%!|<no value>|<nil>|map\[|\{\{")
_COMPARES: Final = re.compile(r"[!=]=|\b(?:eq|ne|grep|case|if|test)\b|\[\[|=~")

_BUILT_IN: Final = {"", "apps", "batch", "autoscaling", "policy", "extensions"}
_DATA: Final = ("ConfigMap", "Secret")
_NEVER_TEMPLATES: Final = {"name", "namespace", "image", "labels", "matchLabels", "nodeSelector"}


@rule("text-unrendered", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    if not manifest.is_crd and not _ANY.search(manifest.text):
        return
    is_data = manifest.resource.kind in _DATA or not _is_built_in(manifest)
    for path, text, on_key in _texts(manifest):
        found = _left_behind(path, text, is_data=is_data) if _ANY.search(text) else None
        if found:
            yield Hit(
                path, f"text {_around(text, found)!r} holds {found[0]!r}", _hint(found[0]), on_key=on_key
            )


def _left_behind(path: Path, text: str, *, is_data: bool) -> re.Match[str] | None:
    in_metadata = path[:1] == ("metadata",)
    if found := _FORMAT.search(text) or _absent(text):
        return found
    if is_data and not in_metadata:
        return None
    if not _NEVER_TEMPLATES.isdisjoint(path[-2:]) and (found := _TEMPLATE.search(text)):
        return found
    return _HELM.search(text) or (_MAP.search(text) if "\n" not in text else None)


def _absent(text: str) -> re.Match[str] | None:
    """A value that is not there, unless its line compares with the words: scripts test for them."""
    for found in _ABSENT.finditer(text):
        begin, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
        if not _COMPARES.search(text, begin, len(text) if end < 0 else end):
            return found
    return None


def _is_built_in(manifest: Manifest) -> bool:
    return group(manifest) in _BUILT_IN or group(manifest).endswith(".k8s.io")


def _texts(manifest: Manifest) -> Iterator[tuple[Path, str, bool]]:
    """Every text of an object, keys too, with its path; of a CRD that of its metadata."""
    pending: list[tuple[Path, object]] = [((), manifest.body)]
    if manifest.is_crd:
        pending = [(("metadata",), manifest.body.get("metadata"))]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            yield path, value, False
        elif isinstance(value, list):
            pending += [((*path, index), each) for index, each in enumerate(value)]
        elif isinstance(value, dict):
            yield from (((*path, key), key, True) for key in value)
            pending += [((*path, key), each) for key, each in value.items()]


def _around(text: str, found: re.Match[str]) -> str:
    """The part of the line around *found* that fits into a message."""
    begin = max(text.rfind("\n", 0, found.start()) + 1, found.start() - 40)
    return text[begin : found.end() + 40].split("\n", maxsplit=1)[0]


def _hint(found: str) -> str:
    if found.startswith("{{"):
        return "render it with tpl, or take it out of the value"
    return (
        "print with toYaml or toJson" if found.startswith("map[") else "set the value, or give it a default"
    )
