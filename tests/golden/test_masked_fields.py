"""A mask leaves out what it names, says so in the file, and leaves everything else to be compared."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chartkit.__main__ import run
from chartkit.golden.masked_fields import MARKER, Mask, as_recorded
from chartkit.model.place import Place

HEAD = "---\n# Source: web/templates/a.yaml\n"
BODY = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
"""


def masked(text: str, *paths: str, resource: str = "") -> str:
    return as_recorded(text, tuple(Mask(path, Place("chartkit.yaml"), resource) for path in paths))[0]


STYLES = [
    ("data: {a: one, b: two}\n", "data: {a: <>, b: two}\n"),
    ('data: {a: "one", b: two}\n', 'data: {a: "<>", b: two}\n'),
    ("data: {a: 'o''ne' , b: [two]}\n", "data: {a: '<>' , b: [two]}\n"),
    ("data:\n  a: one # of two\n  b: two\n", "data:\n  a: <> # of two\n  b: two\n"),
    ("data:\n  a: 1.5\n", "data:\n  a: <>\n"),
    ("data:\n  a:\n  b: two\n", "data:\n  a: <>\n  b: two\n"),
    ("data:\n  a: # none\n", "data:\n  a: <> # none\n"),
    ("data: {a: , b: two}\n", "data: {a: <>, b: two}\n"),
    ("data:\n  a: &x\n  b: *x\n", "data:\n  a: &x <>\n  b: *x\n"),
    ('data: {"a":1,"b":[]}\n', 'data: {"a":<>,"b":[]}\n'),
    ("data:\n  <<: {a: one}\n", "data:\n  <<: {a: <>}\n"),
    ("data:\n  a: one\n    more\n  b: two\n", "data:\n  a: <>\n  b: two\n"),
    ('data:\n  a: "one\n    more"\n  b: two\n', 'data:\n  a: "<>"\n  b: two\n'),
    ("data:\n  a: |\n    one\n    more\n  b: two\n", "data:\n  a: <>\n  b: two\n"),
    ("data:\n  a: |+\n    one\n\n\n  b: two\n", "data:\n  a: <>\n  b: two\n"),
    ("data:\n  a: >-\n    one\n   # kept\n  b: two\n", "data:\n  a: <>\n   # kept\n  b: two\n"),
    ("data:\n  a: |\n    one", "data:\n  a: <>"),
    ("data:\n  a: &x one\n  b: *x\n", "data:\n  a: &x <>\n  b: *x\n"),
    ("data:\n  a: !!str 1\n", "data:\n  a: !!str <>\n"),
    ("data:\r\n  a: |\r\n    one\r\n  b: two\r\n", "data:\r\n  a: <>\r\n  b: two\r\n"),
    ("data:\n  a: {c: [one, 'two', {d: 3}], e: {}}\n", "data:\n  a: {c: [<>, '<>', {d: <>}], e: {}}\n"),
    (
        "data:\n  a:\n  - one\n  -\n  - c: |\n      two\n  b: 1\n",
        "data:\n  a:\n  - <>\n  - <>\n  - c: <>\n  b: 1\n",
    ),
    ("data:\n  a: ö\n  b: 'ß'\n", "data:\n  a: <>\n  b: 'ß'\n"),
    ("data:\n  a: one\n  a: two\n", "data:\n  a: one\n  a: <>\n"),  # the last one counts
]


@pytest.mark.parametrize(("written", "expected"), STYLES)
@pytest.mark.parametrize("before", ["", HEAD, "\ufeff" + HEAD, HEAD + "# none\n" + HEAD])
def test_only_the_value_is_masked_however_it_is_written(before: str, written: str, expected: str) -> None:
    text = masked(before + BODY + written, "data.a")
    assert text == before + BODY + expected.replace("<>", MARKER)
    assert MARKER in str(yaml.load(text.removeprefix("\ufeff"), yaml.BaseLoader) if not before else text)


POD = """\
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, labels: {helm.sh/chart: web-1, app: web}}
spec:
  template:
    metadata: {annotations: {checksum/a: 1, checksum/b: 2, c: 3}, labels: {helm.sh/chart: web-1}}
    spec:
      containers: [{name: web, image: "web:1"}, {name: proxy, image: "proxy:1"}]
"""
PATHS = [
    ("metadata.labels[helm.sh/chart]", {3: 1}),
    ('metadata.labels["helm.sh/chart"]', {3: 1}),
    ("/metadata/labels/helm.sh~1chart", {3: 1}),
    ('**.labels["helm.sh/chart"]', {3: 1, 6: 1}),
    ("spec.template.metadata.annotations[checksum/*]", {6: 2}),
    ("spec.template.metadata.annotations.*", {6: 3}),
    ("spec.template.metadata.annotations", {6: 3}),
    ("spec.template.spec.containers[*].image", {8: 2}),
    ("spec.template.spec.containers[web].image", {8: 1}),
    ("spec.template.spec.containers[w*].image", {}),
    ("spec.template.spec.containers[1].image", {8: 1}),
    ("/spec/template/spec/containers/0/image", {8: 1}),
    ("**.image", {8: 2}),
    ("**.nothing", {}),
    ("metadata.labels.helm.sh/chart", {}),
    ("spec.replicas", {}),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_a_path_leads_where_reports_say_or_to_all_that_fits(path: str, expected: dict[int, int]) -> None:
    mask = Mask(path, Place("chartkit.yaml"))
    text, used = as_recorded(POD, (mask,))
    counts = {number: line.count(MARKER) for number, line in enumerate(text.split("\n"), 1)}
    assert {number: count for number, count in counts.items() if count} == expected
    assert used == (frozenset({mask}) if expected else frozenset())


@pytest.mark.parametrize(
    ("resource", "count"), [("Deployment/web", 1), ("Deployment/*", 1), ("*/web", 1), ("Pod/*", 0), ("", 1)]
)
def test_a_mask_may_be_for_some_objects(resource: str, count: int) -> None:
    assert masked(HEAD + POD, "metadata.labels.app", resource=resource).count(MARKER) == count


def test_the_objects_of_a_list_are_masked_as_if_they_stood_alone() -> None:
    items = "".join(f"- apiVersion: v1\n  kind: Pod\n  metadata: {{name: {one}}}\n" for one in "ab")
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}"
    assert masked(text, "metadata.name", resource="Pod/b") == text.replace("name: b", f"name: {MARKER}")


@pytest.mark.parametrize("text", ["", "Thank you for installing web 1.0\n", "a: [\n", "\udcff: a\n", "- a\n"])
def test_what_is_no_object_stays_as_it_is(text: str) -> None:
    assert masked(text, "**", "a") == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab:'\"#\n -", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1), st.booleans(), st.sampled_from("abcd"))
def test_a_masked_render_is_yaml_that_differs_nowhere_else(data: object, flow: bool, key: str) -> None:
    head = yaml.safe_load(BODY)
    text = HEAD + yaml.safe_dump({**head, "data": data}, default_flow_style=flow, width=20)
    once = masked(text, f"data.{key}")
    expected = {
        name: _all_masked(value) if name == key else value
        for name, value in yaml.safe_load(text)["data"].items()
    }
    assert yaml.safe_load(once)["data"] == expected
    assert masked(once, f"data.{key}") == once


def _all_masked(value: object) -> object:
    if isinstance(value, dict):
        return {name: _all_masked(each) for name, each in value.items()}
    return [*map(_all_masked, value)] if isinstance(value, list) else MARKER


def write(root: pathlib.Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


CHART = "apiVersion: v2\nname: web\nversion: {0}\nappVersion: 7.{0}\n"
MAP = BODY + '  labels: {helm.sh/chart: "web-{{ .Chart.Version }}"}\ndata:\n  mode: {{ .Values.mode }}\n'
MASKS = "golden:\n  folder: golden\n  mask:\n  - metadata.labels[helm.sh/chart]\n"


class Repository:
    """A repository with the chart ``web``, whose label every release changes."""

    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys
        files = {"web/Chart.yaml": CHART.format("1.0.0"), "web/values.yaml": "mode: plain\n"}
        write(root, {**files, "web/templates/map.yaml": MAP, "chartkit.yaml": "golden: golden\n"})

    def run(self, *arguments: str) -> tuple[int, str]:
        code = run([*arguments])
        return code, self.capsys.readouterr().out

    def golden(self) -> str:
        return (self.root / "golden/web/default.yaml").read_text()


@pytest.fixture
def repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path, capsys)


def test_a_release_changes_no_golden_file_where_its_version_is_masked(repository: Repository) -> None:
    write(repository.root, {"chartkit.yaml": MASKS})
    repository.run("golden", "update")
    before = repository.golden()
    assert f'helm.sh/chart: "{MARKER}"' in before

    write(repository.root, {"web/Chart.yaml": CHART.format("2.0.0")})

    for command in (["check"], ["golden", "diff"]):
        code, out = repository.run(*command)
        assert (code, "golden-" in out) == (0, False)
        assert "fields masked in golden files, as the configuration says" in out
        assert "metadata.labels[helm.sh/chart] in golden/web" in out
    assert repository.run("golden", "update", "--dry-run")[0] == 0
    assert repository.golden() == before


def test_what_is_not_masked_still_drifts_and_is_placed(repository: Repository) -> None:
    write(repository.root, {"chartkit.yaml": MASKS})
    repository.run("golden", "update")
    write(repository.root, {"web/Chart.yaml": CHART.format("2.0.0"), "web/values.yaml": "mode: other\n"})

    code, out = repository.run("check")

    assert code == 1
    assert "data.mode (web/templates/map.yaml:7)" in out
    assert "helm.sh/chart" not in out.partition("not judged")[0]


def differences(out: str) -> Sequence[str]:
    return [line.strip() for line in out.split("\n") if line.strip().startswith(("- ", "+ "))]


def test_the_configuration_and_the_files_say_the_same_or_the_files_have_drifted(
    repository: Repository,
) -> None:
    repository.run("golden", "update")
    write(repository.root, {"chartkit.yaml": MASKS})
    code, out = repository.run("golden", "diff")
    assert (code, differences(out)) == (1, ["- web-1.0.0", f"+ {MARKER}"])

    repository.run("golden", "update")
    assert repository.run("golden", "diff")[0] == 0

    write(repository.root, {"chartkit.yaml": "golden: golden\n"})
    code, out = repository.run("golden", "diff")
    assert (code, differences(out)) == (1, [f"- {MARKER}", "+ web-1.0.0"])


@pytest.mark.parametrize("command", [["check"], ["golden", "diff"]])
def test_a_mask_that_masks_nothing_is_told(repository: Repository, command: list[str]) -> None:
    write(repository.root, {"chartkit.yaml": MASKS + "  - {resource: Pod/*, path: spec.nodeName}\n"})
    repository.run("golden", "update")

    code, out = repository.run(*command)

    assert (code, "chartkit.yaml:5:29 warning golden-mask-unused" in out) == (0, True)
    assert "no Pod/* that is rendered has 'spec.nodeName'" in out


@pytest.mark.parametrize(
    ("flags", "template"), [(["--kube-version", "1.37"], MAP), ([], MAP + "x: {{ fail .Chart.Name }}\n")]
)
def test_a_mask_is_not_called_unused_where_not_every_case_was_compared(
    repository: Repository, flags: list[str], template: str
) -> None:
    write(repository.root, {"chartkit.yaml": MASKS + "  - spec.nodeName\n"})
    repository.run("golden", "update")
    write(repository.root, {"web/templates/map.yaml": template})

    assert "golden-mask-unused" not in repository.run("check", *flags)[1]


def test_a_masked_text_may_have_another_number_of_lines(repository: Repository) -> None:
    lines = "  notes: |\n{{ range until (len .Chart.Version) }}    line\n{{ end }}"
    write(repository.root, {"chartkit.yaml": MASKS + "  - data.notes\n"})
    write(repository.root, {"web/templates/map.yaml": MAP + lines})
    repository.run("golden", "update")
    assert f"  notes: {MARKER}\n" in repository.golden()

    write(repository.root, {"web/Chart.yaml": CHART.format("10.20.30")})

    assert repository.run("check")[0] == 0
