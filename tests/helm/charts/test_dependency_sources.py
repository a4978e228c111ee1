"""Dependencies that are not in ``charts/``: from the same checkout, or from what was downloaded before."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping

import pytest

from chartkit.helm import charts
from chartkit.helm.charts import Loaded, dependency_sources
from chartkit.helm.charts.dependency_sources import DependencySources, Downloads, Siblings
from chartkit.helm.charts.node import Requirement
from chartkit.model.report import Taken
from chartkit.system.cache import Store
from tests.helm.charts.test_dependencies import meta, packed, write

ADDRESS = "https://charts.example.com"
PAGES = "https://acme.github.io/charts"


def wants(name: str = "db", version: str = "^1", repository: str = ADDRESS) -> str:
    return f"name: {name}, version: '{version}', repository: '{repository}'"


def load(root: pathlib.Path, files: Mapping[str, str | bytes], *, always: bool = False) -> Loaded:
    write(root, {".git/config": "", **files})
    nearby = DependencySources(Siblings(root, always=always))
    return charts.load(root / "charts/web", "charts/web", sources=nearby)


def rules(loaded: Loaded) -> list[str]:
    return [hit.rule for hit in loaded.hits]


def test_the_only_chart_of_that_name_is_taken_and_told(tmp_path: pathlib.Path) -> None:
    loaded = load(
        tmp_path,
        {
            "charts/web/Chart.yaml": meta("web", wants()),
            "elsewhere/db/Chart.yaml": meta("db", version="1.2.0"),
            "elsewhere/db/templates/x.yaml": "a: b\n",
        },
    )
    assert loaded.hits == ()
    assert loaded.missing == ()
    assert loaded.found_elsewhere == (Taken("db", "1.2.0", "elsewhere/db", True),)
    assert loaded.chart
    assert loaded.chart.origins["web/charts/db/templates/x.yaml"] == "elsewhere/db/templates/x.yaml"


def test_a_sibling_brings_its_own_siblings_and_each_is_told_once(tmp_path: pathlib.Path) -> None:
    loaded = load(
        tmp_path,
        {
            "charts/web/Chart.yaml": meta("web", wants(), wants("lib")),
            "charts/db/Chart.yaml": meta("db", wants("lib")),
            "charts/lib/Chart.yaml": meta("lib"),
        },
    )
    assert loaded.hits == ()
    assert [each.name for each in loaded.found_elsewhere] == ["db", "lib"]
    assert loaded.chart
    assert {"web/charts/lib/Chart.yaml", "web/charts/db/charts/lib/Chart.yaml"} <= {*loaded.chart.files}


NOT_TAKEN: dict[str, Mapping[str, str | bytes]] = {
    "two have the name": {"a/Chart.yaml": meta("db"), "b/Chart.yaml": meta("db")},
    "another version": {"a/Chart.yaml": meta("db", version="2.0.0")},
    "it lacks something itself": {"a/Chart.yaml": meta("db", wants("nowhere"))},
    "it cannot be read": {"a/Chart.yaml": meta("db"), "a/Chart.lock": "- [\n"},
    "it needs the chart that needs it": {"a/Chart.yaml": meta("db", wants("web"))},
    "it is the chart itself": {"charts/web/Chart.yaml": meta("db", wants("db"))},
    "it is in a hidden folder": {".cache/db/Chart.yaml": meta("db")},
}


@pytest.mark.parametrize("why", NOT_TAKEN)
def test_a_chart_is_not_taken_where(why: str, tmp_path: pathlib.Path) -> None:
    loaded = load(tmp_path, {"charts/web/Chart.yaml": meta("web", wants()), **NOT_TAKEN[why]})
    assert rules(loaded) == ["dependency-missing"]
    assert loaded.found_elsewhere == ()


def test_what_is_in_the_charts_folder_comes_first(tmp_path: pathlib.Path) -> None:
    chart = {"charts/web/Chart.yaml": meta("web", wants()), "db/Chart.yaml": meta("db", version="1.5.0")}
    loaded = load(tmp_path, {**chart, "charts/web/charts/db-1.0.0.tgz": packed("db")})
    assert loaded.found_elsewhere == ()
    loaded = load(tmp_path / "other", {**chart, "charts/web/charts/db-3.tgz": packed("db", version="3.0.0")})
    assert rules(loaded) == ["dependency-version-mismatch"]


def test_a_chart_in_no_repository_has_the_siblings_of_the_folder_that_is_worked_in(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path, {"web/Chart.yaml": meta("web", wants()), "db/Chart.yaml": meta("db")})
    for home, taken in ((tmp_path, ["db"]), (tmp_path / "web", [])):
        loaded = charts.load(tmp_path / "web", "web", sources=DependencySources(Siblings(home)))
        assert [each.name for each in loaded.found_elsewhere] == taken


def remote(url: str) -> str:
    return f'[remote "origin"]\n\turl = {url}\n'


STRANGERS = [
    ("git@github.com:acme/charts.git", PAGES, False),
    ("https://token@github.com/acme/charts", "oci://ghcr.io/acme/charts", False),
    ("https://gitlab.acme.io/platform/charts.git", "https://charts.acme.io", False),
    ("https://github.com/bitnami/charts", "oci://registry-1.docker.io/bitnamicharts", False),
    ("/srv/git/charts", PAGES, False),
    ("git@github.com:acme/charts.git", "http://localhost:8879", False),
    ("git@github.com:acme/charts.git", "https://10.0.0.1/charts", False),
    ("git@github.com:acme/charts.git", "https://charts.bitnami.com/bitnami", True),
    ("git@github.com:acme/charts.git", "https://other.github.io/charts", True),
    ("git@github.com:acme/charts.git", "oci://ghcr.io/other/charts", True),
]


@pytest.mark.parametrize(("url", "repository", "stranger"), STRANGERS)
def test_an_address_that_is_known_to_be_anothers_is_not_that_of_a_sibling(
    url: str, repository: str, stranger: bool, tmp_path: pathlib.Path
) -> None:
    files = {
        ".git/config": remote(url),
        "charts/web/Chart.yaml": meta("web", wants(repository=repository)),
        "charts/db/Chart.yaml": meta("db"),
    }
    loaded = load(tmp_path, files)
    assert rules(loaded) == ["dependency-missing"] * stranger
    if stranger:
        assert "'charts/db' has its name, but seems to be another's chart" in loaded.hits[0].hint
        assert load(tmp_path, files, always=True).hits == ()


def test_a_fork_is_known_by_what_its_charts_say(tmp_path: pathlib.Path) -> None:
    loaded = load(
        tmp_path,
        {
            ".git/config": remote("git@github.com:someone/charts.git"),
            "charts/web/Chart.yaml": meta("web", wants(repository=PAGES)),
            "charts/db/Chart.yaml": meta("db") + "home: https://db.example.org\n",
            "charts/other/Chart.yaml": meta("other") + "sources: [https://github.com/acme/charts]\n",
        },
    )
    assert loaded.hits == ()


def test_owners_are_read_from_addresses_of_every_kind() -> None:
    owners = dependency_sources.owners
    assert owners(["oci://ghcr.io/Acme-Corp/charts"]) == {"acmecorp"}
    assert owners(["https://charts.acme.io", "http://[broken", "http://db:80", ""]) == {"acme"}


def declared(version: str = "^1") -> Requirement:
    return Requirement("db", version, ADDRESS, "", "Chart.yaml", ())


def test_what_chartkit_keeps_is_taken_by_repository_name_and_version(tmp_path: pathlib.Path) -> None:
    store = Downloads(Store(tmp_path))
    for version in ("1.0.0", "1.10.0", "1.9.0", "2.0.0"):
        store.keep(declared(), version, packed("db", version=version))
    found = store.find(declared(), "")
    assert found
    assert (found.version, found.where) == ("1.10.0", "chartkit's cache")
    locked = store.find(declared(), "1.9.0")
    assert locked
    assert locked.version == "1.9.0"
    assert store.find(Requirement("db", "^1", "https://other.example.com", "", "Chart.yaml", ()), "") is None
    assert Downloads(Store(tmp_path), asks=True).find(declared(), "") is None


def test_an_archive_that_was_altered_in_the_cache_is_not_taken(tmp_path: pathlib.Path) -> None:
    store = Downloads(Store(tmp_path))
    store.keep(declared(), "1.0.0", packed("db"))
    for entry in tmp_path.glob("??/*"):
        entry.write_bytes(entry.read_bytes() + b"x")
    assert store.find(declared(), "") is None


def test_what_helm_keeps_is_taken_where_it_is_what_its_name_says(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "db-1.0.0.tgz": packed("db"),
            "db-1.5.0.tgz": b"no archive",
            "db-1.4.0.tgz": packed("other", version="1.4.0"),
            "db-index.yaml": "",
        },
    )
    found = Downloads(helm=tmp_path).find(declared(), "")
    assert found
    assert (found.version, found.where) == ("1.0.0", "Helm's cache")
    write(tmp_path / "work", {"web/Chart.yaml": meta("web", wants())})
    nearby = DependencySources(None, Downloads(helm=tmp_path))
    loaded = charts.load(tmp_path / "work/web", "web", sources=nearby)
    assert loaded.hits == ()
    assert loaded.found_elsewhere == (Taken("db", "1.0.0", "Helm's cache"),)


CACHES = [
    ({"HELM_REPOSITORY_CACHE": "/a"}, "linux", "/a"),
    ({"HELM_CACHE_HOME": "/b"}, "linux", "/b/repository"),
    ({"XDG_CACHE_HOME": "/c"}, "linux", "/c/helm/repository"),
    ({}, "linux", "~/.cache/helm/repository"),
    ({}, "darwin", "~/Library/Caches/helm/repository"),
]


@pytest.mark.parametrize(("environ", "platform", "folder"), CACHES)
def test_helms_cache_is_where_its_variables_say(
    environ: Mapping[str, str], platform: str, folder: str
) -> None:
    assert dependency_sources.helm_cache_folder(environ, platform) == pathlib.Path(folder).expanduser()
