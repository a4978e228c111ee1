"""Which API versions clusters serve by default, as ``kubectl api-versions`` tells of real ones."""

from __future__ import annotations

import re
import textwrap

import pytest

from chartkit.helm.capabilities import served_by_crds, served_by_kubernetes
from chartkit.helm.kubernetes_schemas import known_versions

STABLE = [
    "admissionregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1",
    "apiregistration.k8s.io/v1",
    "apps/v1",
    "authentication.k8s.io/v1",
    "authorization.k8s.io/v1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "certificates.k8s.io/v1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "events.k8s.io/v1",
    "networking.k8s.io/v1",
    "node.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
    "v1",
]
FLOW = "flowcontrol.apiserver.k8s.io/"
MORE = {
    "1.25.0": ["autoscaling/v2beta2", f"{FLOW}v1beta1", f"{FLOW}v1beta2", "storage.k8s.io/v1beta1"],
    "1.26.0": [f"{FLOW}v1beta2", f"{FLOW}v1beta3", "storage.k8s.io/v1beta1"],
    "1.27.0": [f"{FLOW}v1beta2", f"{FLOW}v1beta3"],
    "1.29.0": [f"{FLOW}v1", f"{FLOW}v1beta3"],
    "1.33.0": [f"{FLOW}v1"],
    "1.34.0": [f"{FLOW}v1", "resource.k8s.io/v1"],
}


@pytest.mark.parametrize("version", MORE)
def test_a_version_serves_what_is_stable_and_the_old_betas(version: str) -> None:
    served = [name for name in served_by_kubernetes(version) if re.fullmatch(r"(?:.+/)?v\d\w*", name)]
    assert sorted(served) == sorted([*STABLE, *MORE[version]])


@pytest.mark.parametrize("version", known_versions())
def test_no_version_serves_alphas_or_kinds_of_lists(version: str) -> None:
    served = served_by_kubernetes(version)
    assert not [name for name in served if "alpha" in name or name.endswith("List")]
    assert len(set(served)) == len(served)
    assert {"policy/v1/PodDisruptionBudget", "apps/v1/Deployment", "v1/Pod"} <= {*served}
    assert {"policy/v1beta1", "networking.k8s.io/v1beta1"}.isdisjoint(served)


def test_kinds_of_subresources_are_listed_where_discovery_lists_them() -> None:
    served = served_by_kubernetes("1.34.0")
    assert {"v1/Eviction", "v1/TokenRequest", "apps/v1/Scale"} <= {*served}
    assert {"policy/v1/Eviction", "authentication.k8s.io/v1/TokenRequest", "autoscaling/v1/Scale"}.isdisjoint(
        served
    )


@pytest.mark.parametrize(
    ("version", "like"), [("1.34.1-gke.5", "1.34.0"), ("1.20.0", "1.25.0"), ("1.99.0", known_versions()[-1])]
)
def test_the_nearest_version_stands_in(version: str, like: str) -> None:
    assert served_by_kubernetes(version) == served_by_kubernetes(like)


SERVED = ["sea.example/v1", "sea.example/v1/Boat"]
HEAD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats}\n"
DEFINITIONS = {
    "as generated": """
        spec:
          group: sea.example
          names:
            kind: Boat
          versions:
          - name: v1alpha1
            served: false
          - name: v1
            schema:
              openAPIV3Schema:
                description: |-
                    text
                properties:
                  spec:
                    description: "over several
                      lines"
            served: true
        """,
    "deeply indented": """
        spec:
                group: sea.example
                names:
                        kind: Boat
                versions:
                        - name: v1
                          served: true
        """,
    "quoted over lines that lie deep": """
        spec:
          group: sea.example
          names: {kind: Boat}
          versions:
          - {name: v1, served: true, schema: {description: "over
                several lines"}}
        """,
    "as JSON": '{"spec": {"group": "sea.example", "names": {"kind": "Boat"}, "versions": [{"name": "v1"}]}}',
    "of v1beta1": "spec: {group: sea.example, version: v1, names: {kind: Boat}}",
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_adds_the_versions_that_it_serves(name: str) -> None:
    body = textwrap.dedent(DEFINITIONS[name])
    if body.startswith("{"):
        text = body.replace("{", '{"kind": "CustomResourceDefinition", ', 1)
    else:
        text = HEAD + body.lstrip("\n")
    assert list(served_by_crds(text.encode())) == SERVED
    assert list(served_by_crds(f"kind: Other\n---\n{text}\n---\n{text}".encode())) == SERVED * 2


@pytest.mark.parametrize(
    "body", ["spec: 1", "spec: {names: []}", "spec: {group: a, versions: [1]}", "{", ": :"]
)
def test_what_is_no_definition_adds_nothing(body: str) -> None:
    assert list(served_by_crds(f"{HEAD}{body}\n".encode())) == []
