"""How objects of each kind may be named, as the API server's strategies demand.

From https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and the validation of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.render import Hit, Manifest

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SERVICE: Final = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}\Z)[^/%]+")

_LABEL_WORDS: Final = "at most 63 of a-z, 0-9 and '-', a letter or digit at both ends"
_SUBDOMAIN_WORDS: Final = "at most 253 of a-z, 0-9, '-' and '.', a letter or digit at both ends of each part"
_SERVICE_WORDS: Final = "at most 63 of a-z, 0-9 and '-', a letter first and a letter or digit last"

_LIMIT: Final = re.compile(r"at most (\d+) of ")

_RBAC: Final = "rbac.authorization.k8s.io"
_SEGMENTS: Final = {
    *((_RBAC, kind) for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("certificates.k8s.io", "ClusterTrustBundle"),
    ("networking.k8s.io", "IPAddress"),
    ("apiregistration.k8s.io", "APIService"),
}
_SERVICE_RELAXED: Final = (1, 34)
"""From here on (RelaxedServiceNameValidation) a Service may begin with a digit where the gate is on."""

_CRON_JOB_LIMIT: Final = 52
"""Jobs get eleven characters more, and their pods' labels hold at most 63."""


def check(manifest: Manifest, version: tuple[int, int]) -> Iterator[Hit]:
    """What is wrong with metadata.name and metadata.namespace; what is no string, others say."""
    metadata = manifest.body.get("metadata")
    if not isinstance(metadata, dict):
        return
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if isinstance(name, str) and name and (trouble := _trouble(manifest, name, version)):
        yield Hit(("metadata", "name"), trouble, "", "field-invalid")
    if isinstance(namespace, str) and namespace and not _LABEL.fullmatch(namespace):
        message = f"'{_cut(namespace)}' is no namespace name, expected {_LABEL_WORDS}"
        yield Hit(("metadata", "namespace"), message, "", "field-invalid")


def _trouble(manifest: Manifest, name: str, version: tuple[int, int]) -> str:
    group = manifest.resource.api_version.rpartition("/")[0]
    kind = manifest.resource.kind
    if (group, kind) in _SEGMENTS:
        return "" if _SEGMENT.fullmatch(name) else _sentence(kind, name, "no '/' and no '%'")
    if (group, kind) == ("", "Namespace"):
        return "" if _LABEL.fullmatch(name) else _sentence(kind, name, _LABEL_WORDS)
    if (group, kind) == ("", "Service"):
        allowed = _LABEL if version >= _SERVICE_RELAXED else _SERVICE
        words = _LABEL_WORDS if version >= _SERVICE_RELAXED else _SERVICE_WORDS
        return "" if allowed.fullmatch(name) else _sentence(kind, name, words)
    if len(name) > 253 or not _SUBDOMAIN.fullmatch(name):
        return _sentence(kind, name, _SUBDOMAIN_WORDS)
    if (group, kind) == ("batch", "CronJob") and len(name) > _CRON_JOB_LIMIT:
        return _sentence(kind, name, f"at most {_CRON_JOB_LIMIT} characters, it has {len(name)}")
    return ""


def _sentence(kind: str, name: str, words: str) -> str:
    limit = _LIMIT.match(words)
    if limit and len(name) > int(limit[1]):
        words = f"at most {limit[1]} characters, it has {len(name)}"
    return f"'{_cut(name)}' is no name for a {kind}, expected {words}"


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"
