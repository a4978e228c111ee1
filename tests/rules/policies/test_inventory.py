"""An inventory knows what was so at a release."""

from __future__ import annotations

import pytest

from chartkit import schemas_folder
from chartkit.rules.policies import _files
from chartkit.syntax.yaml import kube_yaml

INVENTORY = _files.inventory_of(
    {
        "aliases": {"stable-2.1*": "edge-24.2.1"},
        "defaults": {"optional": False},
        "entries": {
            "a": [
                {"since": "edge-24.1.1", "v": 1},
                {"since": "edge-24.1.10", "v": 2},
                {"since": "edge-25.1.1", "v": 3},
            ],
            "b": [
                {"since": "edge-24.2.1", "v": 1, "optional": True},
                {"since": "edge-25.1.1", "removed": True},
            ],
        },
    }
)


@pytest.mark.parametrize(
    ("release", "a", "b"),
    [
        ("edge-23.12.4", None, None),
        ("edge-24.1.1", 1, None),
        ("edge-24.1.9", 1, None),
        ("edge-24.1.10", 2, None),
        ("edge-24.1", None, None),
        ("edge-24.2.1-rc1", 2, 1),
        ("stable-2.14.10", 2, 1),
        ("edge-26.1.1", 3, None),
        ("edge-XX.X.X", 3, None),
        ("linkerdVersionValue", 3, None),
        ("v1.2.3", 3, None),
        ("", 3, None),
        (None, 3, None),
        (25.1, 3, None),
        ("edge-" + "9" * 5000, 3, None),
    ],
)
def test_a_row_holds_until_the_next(release: object, a: int | None, b: int | None) -> None:
    rows = [INVENTORY.row(name, release) for name in ("a", "b")]

    assert [row and row["v"] for row in rows] == [a, b]


def test_rows_have_the_defaults() -> None:
    assert INVENTORY.row("a", "edge-24.1.1") == {"since": "edge-24.1.1", "v": 1, "optional": False}


def test_names_are_those_that_exist_and_fit() -> None:
    assert list(INVENTORY.names("edge-24.2.1", {})) == ["a", "b"]
    assert list(INVENTORY.names("edge-24.2.1", {"optional": False})) == ["a"]
    assert list(INVENTORY.names("edge-25.1.1", {})) == ["a"]


LINKERD = kube_yaml.parse((schemas_folder() / "linkerd" / "crds.yaml").read_text("utf-8"))
ROWS = [(name, row) for name, rows in LINKERD["entries"].items() for row in rows if not row.get("removed")]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}@{row['since']}" for name, row in ROWS])
def test_what_is_said_of_versions_is_of_versions_that_there_are(name: str, row: dict[str, list[str]]) -> None:
    named = {row["storage"], *row.get("unserved", ()), *row.get("deprecated", ()), *row.get("status", ())}

    assert named <= set(row["versions"])
    assert row["storage"] not in row.get("unserved", ())
    assert ("bundle" in row) == name.endswith(".gateway.networking.k8s.io") == ("channel" in row)


@pytest.mark.parametrize("name", LINKERD["entries"])
def test_rows_are_in_the_order_of_releases(name: str) -> None:
    orders = [_files._series_and_numbers(row["since"]) for row in LINKERD["entries"][name]]

    assert None not in orders
    assert orders == sorted(orders, key=lambda order: order or ("", ()))


STABLE = {
    "stable-2.12.0": ("v1beta1", "v1alpha1", None, None),
    "stable-2.13.0": ("v1beta1", "v1beta2", None, None),
    "stable-2.14.0": ("v1beta1", "v1beta3", "v1beta1", None),
    "version-2.15": ("v1beta2", "v1beta3", "v1beta1", None),
    "version-2.16": ("v1beta3", "v1beta3", "v1beta1", None),
    "version-2.17": ("v1beta3", "v1beta3", "v1beta1", "v1alpha1"),
    "version-2.18": ("v1beta3", "v1beta3", "v1", "v1alpha1"),
    "version-2.20": ("v1beta3", "v1beta3", "v1", "v1alpha1"),
}
"""What the storage versions of Server, both HTTPRoutes and EgressNetwork were in each minor release."""


@pytest.mark.parametrize("release", STABLE)
def test_minor_releases_are_what_they_were(release: str) -> None:
    inventory = _files.inventory_of(LINKERD)
    names = (
        "servers.policy",
        "httproutes.policy",
        "httproutes.gateway.networking.k8s",
        "egressnetworks.policy",
    )
    rows = [inventory.row(f"{name}.io" if "k8s" in name else f"{name}.linkerd.io", release) for name in names]

    assert tuple(row and row["storage"] for row in rows) == STABLE[release]
