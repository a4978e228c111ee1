"""Templates are found by every name that Helm may give them."""

from __future__ import annotations

from chartkit.helm.subcharts import reported_names

CHART = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"
NEEDS = "dependencies:\n  - {{name: {}, version: 1.x, alias: {}}}\n"


def test_names_follow_aliases_at_every_level_and_the_names_of_charts() -> None:
    files = {
        "web/Chart.yaml": CHART.format("web") + NEEDS.format("db", "store"),
        "web/templates/a.yaml": "",
        "web/charts/db/Chart.yaml": CHART.format("db") + NEEDS.format("log", "audit"),
        "web/charts/db/templates/b.yaml": "",
        "web/charts/db/crds/c.yaml": "",
        "web/charts/db/charts/log/Chart.yaml": CHART.format("log"),
        "web/charts/db/charts/log/templates/deep/d.yaml": "",
        "web/charts/db~2/Chart.yaml": CHART.format("db"),
        "web/charts/db~2/templates/b.yaml": "",
        "web/README.md": "",
    }
    found = reported_names({name: text.encode() for name, text in files.items()})
    assert found == {
        "web/templates/a.yaml": ("web/templates/a.yaml",),
        "web/charts/db/templates/b.yaml": (
            "web/charts/db/templates/b.yaml",
            "web/charts/store/templates/b.yaml",
        ),
        "web/charts/db/crds/c.yaml": ("web/charts/db/crds/c.yaml", "web/charts/store/crds/c.yaml"),
        "web/charts/db/charts/log/templates/deep/d.yaml": (
            "web/charts/db/charts/log/templates/deep/d.yaml",
            "web/charts/db/charts/audit/templates/deep/d.yaml",
            "web/charts/store/charts/log/templates/deep/d.yaml",
            "web/charts/store/charts/audit/templates/deep/d.yaml",
        ),
        "web/charts/db~2/templates/b.yaml": (
            "web/charts/db/templates/b.yaml",
            "web/charts/store/templates/b.yaml",
        ),
    }


def test_a_chart_without_a_readable_description_is_called_by_its_folder() -> None:
    files = {"web/Chart.yaml": b"[", "web/templates/a.yaml": b"", "x/templates/b.yaml": b""}
    assert reported_names(files) == {
        "web/templates/a.yaml": ("web/templates/a.yaml",),
        "x/templates/b.yaml": ("x/templates/b.yaml",),
    }
