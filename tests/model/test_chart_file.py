"""A file of a chart, by its canonical name."""

from __future__ import annotations

import pytest

from chartkit.model.chart_file import ChartFile, canonical, is_packed

NAMES = {
    "web/Chart.yaml": ("web", "Chart.yaml", "metadata", ()),
    "web/requirements.yaml": ("web", "requirements.yaml", "metadata", ()),
    "web/Chart.lock": ("web", "Chart.lock", "lock", ()),
    "web/values.yaml": ("web", "values.yaml", "values", ()),
    "web/values.schema.json": ("web", "values.schema.json", "schema", ()),
    "web/templates/a.yaml": ("web", "templates/a.yaml", "template", ()),
    "web/templates/in/a.yaml": ("web", "templates/in/a.yaml", "template", ()),
    "web/templates/in/_a.tpl": ("web", "templates/in/_a.tpl", "partial", ()),
    "web/templates/NOTES.txt": ("web", "templates/NOTES.txt", "notes", ()),
    "web/templates/charts/a/crds/b.yaml": ("web", "templates/charts/a/crds/b.yaml", "template", ()),
    "web/crds/a.yaml": ("web", "crds/a.yaml", "crd", ()),
    "web/crds": ("web", "crds", "other", ()),
    "web/files/templates/a.yaml": ("web", "files/templates/a.yaml", "other", ()),
    "web/ci/values.yaml": ("web", "ci/values.yaml", "other", ()),
    "web/charts/db-1.0.0.tgz.prov": ("web", "charts/db-1.0.0.tgz.prov", "other", ()),
    "web/charts/db/Chart.yaml": ("web/charts/db", "Chart.yaml", "metadata", ("db",)),
    "web/charts/db/charts/lib/templates/_a.tpl": (
        "web/charts/db/charts/lib",
        "templates/_a.tpl",
        "partial",
        ("db", "lib"),
    ),
    "web/charts/templates/templates/a": ("web/charts/templates", "templates/a", "template", ("templates",)),
    "charts/charts/charts/values.yaml": ("charts/charts/charts", "values.yaml", "values", ("charts",)),
    "values.yaml": ("values.yaml", "", "other", ()),
    "": ("", "", "other", ()),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_canonical_name_says_whose_the_file_is_and_what(name: str) -> None:
    found = canonical(name)

    assert (found.folder, found.inner, found.kind, found.subcharts) == NAMES[name]


def test_a_file_has_text_whatever_its_bytes() -> None:
    file = ChartFile("web/templates/a.yaml", b"\xef\xbb\xbfa: \xff\n", "web/templates/a.yaml")

    assert (file.text, file.folder, file.inner, file.kind) == (
        "a: \udcff\n",
        "web",
        "templates/a.yaml",
        "template",
    )


def test_an_archive_of_a_chart_is_known_by_its_name() -> None:
    assert [is_packed(name) for name in ("web-1.tgz", "web.tar.gz", "web", "web.tgz/x")] == [
        True,
        True,
        False,
        False,
    ]
