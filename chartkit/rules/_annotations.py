"""Helm's own annotations, and of which objects Helm reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from chartkit.model.render import Manifest
from chartkit.rules._reading import below, mapping

HOOK: Final = "helm.sh/hook"
WEIGHT: Final = "helm.sh/hook-weight"
DELETE_POLICY: Final = "helm.sh/hook-delete-policy"
LOG_POLICY: Final = "helm.sh/hook-output-log-policy"
RESOURCE_POLICY: Final = "helm.sh/resource-policy"

_CRD_FILE: Final = re.compile(r"[^/]+/(?:charts/[^/]+/)*crds/")


def annotations_of(manifest: Manifest) -> Mapping[str, Any]:
    return mapping(below(manifest.body, "metadata", "annotations"))


def text(value: object) -> str:
    """An annotation as Helm reads it, which takes a number or a boolean for its text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_read(manifest: Manifest) -> bool:
    """Whether Helm reads the annotations: not of the items of a List, nor of the files of ``crds/``."""
    return not manifest.base and not manifest.in_crds_folder
