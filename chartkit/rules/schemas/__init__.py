"""Judges manifests by the schemas of Kubernetes and of the custom resource definitions at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chartkit.rules.schemas.bundle import known_versions, nearest

if TYPE_CHECKING:
    from chartkit.rules.schemas.validator import Validator

__all__ = ["Validator", "known_versions", "nearest"]


def __getattr__(name: str) -> Any:
    """The validator brings YAML and regular expressions: who asks only for versions waits for neither."""
    if name != "Validator":
        raise AttributeError(name)
    from chartkit.rules.schemas.validator import Validator

    return Validator
