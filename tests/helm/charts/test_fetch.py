"""Repositories on 127.0.0.1: a chart repository of files, and an OCI registry as small as it can be."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import pathlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import helm_python
import pytest

from chartkit.helm import charts
from chartkit.helm.charts import fetch
from chartkit.helm.charts.dependency_sources import DependencySources, Downloads
from chartkit.model.errors import ChartkitError
from chartkit.system.cache import Store


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class Locked(Quiet):
    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()


class Registry(Quiet):
    """One chart in several versions, served as OCI artifacts; ``blobs`` may be changed to corrupt them."""

    versions: dict[str, bytes]
    blobs: dict[str, bytes]

    def do_GET(self) -> None:
        if self.path.endswith("/tags/list"):
            self.answer(json.dumps({"name": "charts/dep", "tags": list(self.versions)}).encode())
        elif found := re.search(r"/manifests/(.+)$", self.path):
            self.manifest(found[1])
        elif found := re.search(r"/blobs/(.+)$", self.path):
            self.answer(self.blobs[found[1]])
        else:
            self.answer(b"{}")

    do_HEAD = do_GET  # noqa: N815  # the name that http.server calls

    def manifest(self, reference: str) -> None:
        by_digest = {digest(self.describe(one)): one for one in self.versions}
        version = by_digest.get(reference, reference)
        body = self.describe(version)
        self.answer(body, "application/vnd.oci.image.manifest.v1+json", digest(body))

    def describe(self, version: str) -> bytes:
        def blob(kind: str, content: bytes) -> dict[str, object]:
            self.blobs.setdefault(digest(content), content)
            return {"mediaType": kind, "digest": digest(content), "size": len(content)}

        config = json.dumps({"apiVersion": "v2", "name": "dep", "version": version}).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": blob("application/vnd.cncf.helm.config.v1+json", config),
            "layers": [blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", self.versions[version])],
        }
        return json.dumps(manifest).encode()

    def answer(self, body: bytes, kind: str = "application/json", named: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if named:
            self.send_header("Docker-Content-Digest", named)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def chart(folder: pathlib.Path, name: str, version: str, dependencies: str = "") -> pathlib.Path:
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    lines = f"apiVersion: v2\nname: {name}\nversion: {version}\n{dependencies}"
    (folder / "Chart.yaml").write_text(lines)
    (folder / "templates" / "x.yaml").write_text(f"version: {version}\n")
    return folder


def packed(
    work: pathlib.Path, store: pathlib.Path, version: str, wants: str = "", name: str = "dep"
) -> bytes:
    store.mkdir(exist_ok=True)
    source = chart(work / f"{name}-{version}", name, version, wants)
    return pathlib.Path(helm_python.package(source, destination=store)).read_bytes()


def wanting(folder: pathlib.Path, repository: str, version: str = "^1", name: str = "dep") -> pathlib.Path:
    entry = f'dependencies:\n- {{name: {name}, version: "{version}", repository: "{repository}"}}\n'
    return chart(folder, "web", "1.0.0", entry)


def get(path: pathlib.Path, scratch: pathlib.Path) -> charts.Loaded:
    fetched = fetch.fetch(path, charts.load(path, "web").missing, scratch)
    return charts.load(path, "web", fetched)


def version_of(loaded: charts.Loaded) -> str:
    assert [hit for hit in loaded.hits if hit.rule != "lock-out-of-sync"] == []
    assert loaded.chart
    return loaded.chart.files["web/charts/dep/templates/x.yaml"].decode()


@pytest.fixture
def store(tmp_path: pathlib.Path) -> pathlib.Path:
    store = tmp_path / "store"
    for version in ("1.0.0", "1.2.0", "2.0.0"):
        packed(tmp_path, store, version)
    helm_python.repo_index_generate(store)
    return store


@pytest.fixture
def repository(store: pathlib.Path) -> Iterator[str]:
    with serving(functools.partial(Quiet, directory=str(store))) as host:
        yield f"http://{host}"


def test_the_newest_version_in_the_range_is_fetched_and_the_chart_untouched(
    repository: str, tmp_path: pathlib.Path
) -> None:
    web = wanting(tmp_path / "web", repository)
    before = sorted(web.rglob("*"))
    loaded = get(web, tmp_path / "scratch")
    assert version_of(loaded) == "version: 1.2.0\n"
    assert loaded.chart
    assert loaded.chart.origin("web/charts/dep/templates/x.yaml") == "web/charts/dep-1.2.0.tgz"
    assert sorted(web.rglob("*")) == before


def test_the_lock_file_chooses_the_version(repository: str, tmp_path: pathlib.Path) -> None:
    web = wanting(tmp_path / "web", repository)
    lock = f"dependencies:\n- name: dep\n  repository: {repository}\n  version: 1.0.0\n"
    (web / "Chart.lock").write_text(lock)
    assert version_of(get(web, tmp_path / "scratch")) == "version: 1.0.0\n"


def test_a_lock_file_that_does_not_fit_does_not_count(repository: str, tmp_path: pathlib.Path) -> None:
    web = wanting(tmp_path / "web", repository)
    (web / "Chart.lock").write_text("dependencies:\n- name: dep\n  version: 2.0.0\n")
    assert version_of(get(web, tmp_path / "scratch")) == "version: 1.2.0\n"


def test_a_vendored_copy_of_another_version_is_replaced(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    web = wanting(tmp_path / "web", repository)
    (web / "charts").mkdir()
    (web / "charts" / "dep-2.0.0.tgz").write_bytes((store / "dep-2.0.0.tgz").read_bytes())
    assert [hit.rule for hit in charts.load(web, "web").hits] == ["dependency-version-mismatch"]
    assert version_of(get(web, tmp_path / "scratch")) == "version: 1.2.0\n"


def test_what_a_fetched_chart_lacks_is_fetched_too(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    wants = f"dependencies:\n- {{name: dep, version: 1.0.0, repository: '{repository}'}}\n"
    source = chart(tmp_path / "outer", "outer", "1.0.0", wants)
    with helm_python.Chart.load(source) as loaded:  # helm package would refuse it
        loaded.save(store)
    helm_python.repo_index_generate(store)
    web = wanting(tmp_path / "web", repository, name="outer")
    got = get(web, tmp_path / "scratch")
    assert got.hits == ()
    assert got.chart
    assert "web/charts/outer/charts/dep/templates/x.yaml" in got.chart.files


def test_an_archive_changed_after_it_was_indexed_is_refused(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (store / "dep-1.2.0.tgz").write_bytes((store / "dep-1.0.0.tgz").read_bytes())
    with pytest.raises(ChartkitError, match="but the index of the repository says"):
        get(wanting(tmp_path / "web", repository), tmp_path / "scratch")


def test_an_index_without_digests_is_believed(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    index = re.sub(r"\n +digest: .*", "", (store / "index.yaml").read_text())
    (store / "index.yaml").write_text(index)
    assert version_of(get(wanting(tmp_path / "web", repository), tmp_path / "scratch")) == "version: 1.2.0\n"


@pytest.mark.parametrize(
    ("version", "name", "message"),
    [
        ("^9", "dep", r"has no version in the range, it has 2\.0\.0, 1\.2\.0, 1\.0\.0"),
        ("^1", "other", "it has no version at all"),
        ("latest", "dep", "has no version in the range"),
        ("^1", "../dep", "is not the name of a chart"),
    ],
)
def test_what_the_repository_does_not_have_is_an_error(
    repository: str, tmp_path: pathlib.Path, version: str, name: str, message: str
) -> None:
    with pytest.raises(ChartkitError, match=message) as caught:
        get(wanting(tmp_path / "web", repository, version, name), tmp_path / "scratch")
    assert caught.value.hint.startswith("correct")


def test_an_entry_that_leads_nowhere_is_an_error(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (store / "dep-1.2.0.tgz").unlink()
    with pytest.raises(ChartkitError, match="404"):
        get(wanting(tmp_path / "web", repository), tmp_path / "scratch")


@pytest.mark.parametrize("scheme", ["http", "oci"])
def test_a_server_that_is_down_is_an_error_that_says_so(scheme: str, tmp_path: pathlib.Path) -> None:
    web = wanting(tmp_path / "web", f"{scheme}://127.0.0.1:1/charts")
    with pytest.raises(ChartkitError, match=r"cannot get dependency 'dep' \(\^1\) of web.*refused") as caught:
        get(web, tmp_path / "scratch")
    assert caught.value.hint == "check that the repository can be reached from here, and try again"


@pytest.mark.parametrize(
    ("scheme", "hint"),
    [
        ("http", "get it with helm, which can log in: run `helm dependency build web`"),
        ("oci", "log in with helm registry login, and try again"),
    ],
)
def test_a_repository_that_wants_a_login_is_an_error_that_says_how(
    scheme: str, hint: str, tmp_path: pathlib.Path
) -> None:
    with serving(Locked) as host, pytest.raises(ChartkitError, match="401") as caught:
        get(wanting(tmp_path / "web", f"{scheme}://{host}/charts"), tmp_path / "scratch")
    assert caught.value.hint == hint


@pytest.mark.parametrize("where", ["", "@stable", "alias:stable", "file://../nowhere", "ftp://127.0.0.1/x"])
def test_what_no_network_can_give_stays_missing(where: str, tmp_path: pathlib.Path) -> None:
    loaded = get(wanting(tmp_path / "web", where), tmp_path / "scratch")
    assert [hit.rule for hit in loaded.hits] == ["dependency-missing"]
    assert not (tmp_path / "scratch").exists()


@pytest.fixture
def registry(store: pathlib.Path) -> type[Registry]:
    versions = {one: (store / f"dep-{one}.tgz").read_bytes() for one in ("1.0.0", "1.2.0", "2.0.0")}
    return type("OneRegistry", (Registry,), {"versions": versions, "blobs": {}})


@pytest.mark.parametrize(("wanted", "got"), [("^1", "1.2.0"), ("1.0.0", "1.0.0"), (">=1 <3", "2.0.0")])
def test_an_oci_registry_gives_the_newest_version_in_the_range(
    registry: type[Registry], tmp_path: pathlib.Path, wanted: str, got: str
) -> None:
    with serving(registry) as host:
        loaded = get(wanting(tmp_path / "web", f"oci://{host}/charts", wanted), tmp_path / "scratch")
    assert version_of(loaded) == f"version: {got}\n"


def test_a_corrupted_blob_of_a_registry_is_refused(registry: type[Registry], tmp_path: pathlib.Path) -> None:
    good = registry.versions["1.2.0"]
    registry.blobs[digest(good)] = good[:-1] + bytes([good[-1] ^ 1])
    with serving(registry) as host, pytest.raises(ChartkitError, match="cannot get dependency"):
        get(wanting(tmp_path / "web", f"oci://{host}/charts"), tmp_path / "scratch")


def test_a_registry_that_sends_nothing_is_an_error(
    registry: type[Registry], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helm_python.RegistryClient, "pull", lambda *_, **__: None)
    with serving(registry) as host, pytest.raises(ChartkitError, match="sent no archive"):
        get(wanting(tmp_path / "web", f"oci://{host}/charts"), tmp_path / "scratch")


def test_what_was_fetched_is_kept_and_found_without_asking(
    repository: str, store: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    web = wanting(tmp_path / "web", repository)
    asking = DependencySources(None, Downloads(Store(tmp_path / "cache"), asks=True))
    fetch.fetch(web, charts.load(web, "web").missing, tmp_path / "scratch", asking)
    for archive in store.glob("*.tgz"):
        archive.unlink()
    later = charts.load(web, "web", sources=DependencySources(None, Downloads(Store(tmp_path / "cache"))))
    assert version_of(later) == "version: 1.2.0\n"
    assert [(each.name, each.where) for each in later.found_elsewhere] == [("dep", "chartkit's cache")]
    again = fetch.fetch(web, charts.load(web, "web").missing, tmp_path / "scratch", asking)
    assert version_of(charts.load(web, "web", again)) == "version: 1.2.0\n"  # the index was asked, no more
