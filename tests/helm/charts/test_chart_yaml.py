"""The oracle is Helm itself: what it makes of the same Chart.yaml."""

from __future__ import annotations

import pathlib
from typing import Any

import helm_python
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chartkit.helm.charts import chart_yaml, node
from tests.generated import examples

BASE = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

TAKEN = [
    BASE,
    "name: web\nversion: 1.0.0\n",
    "ApiVersion: v1\nNAME: web\nVersion: 1.0.0\nname: other\n",
    "apiVersion: v2\nname: web\nversion: 1.10\nappVersion: 1234567.5\n",
    "apiVersion: v2\nname: yes\nversion: 0x10\nappVersion: 0.00001\n",
    "apiVersion: v2\nname: 1e3\nversion: 1\nappVersion: 100000000000000000000000.0\n",
    "apiVersion: v2\nname: web\nversion: v1.2\nappVersion: 2024-01-01\n",
    'apiVersion: v2\nname: "a\\tb\\u0007c"\nversion: 1\n',
    BASE + "version: 2.0.0\n",
    BASE + "keywords: [1, 2.5, null, true]\nsources: [a]\n",
    BASE + "deprecated: yes\n",
    BASE + "annotations: {a: 1, b: null, 4: x}\n",
    BASE + "maintainers: [{name: 1, nick: [a]}]\n",
    BASE + "unknown: [a]\nkubeVersion: whatever\ntype: library\n",
    BASE + "type: ''\nappVersion: null\n",
    BASE + "dependencies: [{name: x, version: 1, import-values: [a, {child: a, parent: b}], tags: [t]}]\n",
    BASE + "dependencies: [{name: x, version: 1},{name: x, alias: y, version: 1, enabled: true}]\n",
    BASE + "dependencies: null\n",
    BASE + "---\nname: b\n",
    "---\n" + BASE,
    "apiVersion: v2\nname: &n web\nversion: 1.0.0\ndescription: *n\n",
    "x: &n {name: web}\n<<: *n\napiVersion: v2\nversion: 1.0.0\n",
]

REFUSED = [
    (
        "",
        (
            "'name' is missing: expected the name of the chart",
            "'version' is missing: expected one like '1.2.3'",
        ),
    ),
    ("- a\n", ("the file is a list: expected a mapping",)),
    ("a\n", ("the file is 'a': expected a mapping",)),
    ("apiVersion: v2\nname: web\n", ("'version' is missing: expected one like '1.2.3'",)),
    ("name: web\nversion: one\n", ("'version': 'one' is not a version: expected one like '1.2.3'",)),
    ("name: web\nversion: '1.0.0 '\n", ("'version': '1.0.0 ' is not a version: expected one like '1.2.3'",)),
    ("name: ..\nversion: 1\n", ("'name' is '..': expected a name without slashes and backslashes",)),
    ("name: a/b\nversion: 1\n", ("'name' is 'a/b': expected a name without slashes and backslashes",)),
    (BASE + "type: lib\n", ("'type' is 'lib': expected 'application' or 'library'",)),
    (BASE + "keywords: foo\n", ("'keywords' is 'foo': expected a list",)),
    (BASE + "keywords: {a: b}\n", ("'keywords' is a mapping: expected a list",)),
    (BASE + "deprecated: 'true'\n", ("'deprecated' is 'true': expected true or false",)),
    (BASE + "annotations: {a: [1]}\n", ("'annotations.a' is a list: expected text",)),
    (BASE + "annotations: a\n", ("'annotations' is 'a': expected a mapping",)),
    (BASE + "maintainers: [null]\n", ("'maintainers[0]' is empty: expected a mapping",)),
    (BASE + "maintainers: [bob]\n", ("'maintainers[0]' is 'bob': expected a mapping",)),
    (BASE + "description: [a]\n", ("'description' is a list: expected text",)),
    (BASE + "dependencies: [null]\n", ("'dependencies[0]' is empty: expected a mapping",)),
    (BASE + "dependencies: {a: b}\n", ("'dependencies' is a mapping: expected a list",)),
    (BASE + "dependencies: [{name: x, tags: t}]\n", ("'dependencies[0].tags' is 't': expected a list",)),
    (
        BASE + "dependencies: [{name: x, version: 1, alias: a b}]\n",
        ("alias 'a b' of dependency 'x': expected letters, digits, '-' and '_'",),
    ),
    (
        BASE + "dependencies: [{name: x, version: 1}, {name: y, alias: x, version: 1}]\n",
        ("a second dependency has the name or alias 'x'",),
    ),
]


def helm(folder: pathlib.Path, text: str, requirements: str | None = None) -> dict[str, Any] | None:
    chart = folder / "chart"
    chart.mkdir(exist_ok=True)
    (chart / "Chart.yaml").write_text(text)
    (chart / "requirements.yaml").unlink(missing_ok=True)
    if requirements is not None:
        (chart / "requirements.yaml").write_text(requirements)
    try:
        with helm_python.Chart.load(chart) as loaded:
            return loaded.metadata
    except helm_python.HelmError:
        return None


def ours(text: str, requirements: str | None = None) -> dict[str, Any] | None:
    """What we read, in the form that Helm gives it."""
    metadata, faults = chart_yaml.read(text.encode(), None if requirements is None else requirements.encode())
    assert (metadata is None) == bool(faults)
    if metadata is None:
        return None
    keys = {"name": "name", "version": "version", "apiVersion": "api_version", "appVersion": "app_version"}
    found = {key: getattr(metadata, name) for key, name in keys.items() if getattr(metadata, name)}
    return found | {"dependencies": [(one.name, one.version, one.alias) for one in metadata.dependencies]}


def alike(theirs: dict[str, Any] | None) -> dict[str, Any] | None:
    if theirs is None:
        return None
    found = {key: theirs[key] for key in ("name", "version", "apiVersion", "appVersion") if theirs.get(key)}
    wanted = theirs.get("dependencies", ())
    texts = [(one["name"], one.get("version", ""), one.get("alias", "")) for one in wanted]
    return found | {"dependencies": texts}


@pytest.mark.parametrize("text", TAKEN)
def test_what_helm_takes_is_read_as_helm_reads_it(tmp_path: pathlib.Path, text: str) -> None:
    theirs = helm(tmp_path, text)
    assert theirs is not None
    assert ours(text) == alike(theirs)


@pytest.mark.parametrize(("text", "messages"), REFUSED)
def test_what_helm_refuses_is_refused_with_all_that_is_wrong(
    tmp_path: pathlib.Path, text: str, messages: tuple[str, ...]
) -> None:
    assert helm(tmp_path, text) is None
    metadata, faults = chart_yaml.read(text.encode())
    assert metadata is None
    assert tuple(fault.message for fault in faults) == messages


@pytest.mark.parametrize(
    ("text", "requirements"),
    [
        (BASE.replace("v2", "v1"), "dependencies: [{name: q, version: 1}]\n"),
        (BASE, "dependencies: [{name: q, version: 1}]\nname: renamed\n"),
        (BASE.replace("v2", "v1") + "dependencies: [{name: here, version: 1}]\n", ""),
        (BASE, "- a\n"),
        (BASE, "dependencies: [null]\n"),
    ],
)
def test_requirements_add_to_the_chart(tmp_path: pathlib.Path, text: str, requirements: str) -> None:
    assert ours(text, requirements) == alike(helm(tmp_path, text, requirements))


SCALAR = st.sampled_from(
    ["a", "1", "1.50", "true", "no", "null", "''", "[a]", "{a: b}", "1e7", "v1.2.3", "2.0.0-rc.1"]
)
KEY = st.sampled_from(
    ["name", "Name", "version", "apiVersion", "APPVERSION", "appVersion", "type", "keywords", "x"]
)


@examples(150, allow=(HealthCheck.function_scoped_fixture,))
@given(st.dictionaries(KEY, SCALAR, max_size=4))
def test_any_metadata_is_read_or_refused_as_helm_does(tmp_path: pathlib.Path, fields: dict[str, str]) -> None:
    text = "".join(
        f"{key}: {value}\n" for key, value in {"name": "web", "version": "1.0.0", **fields}.items()
    )
    assert ours(text) == alike(helm(tmp_path, text))


def test_no_chart_yaml_is_a_fault() -> None:
    assert [fault.message for fault in chart_yaml.read(None)[1]] == ["the chart has no Chart.yaml"]


@pytest.mark.parametrize(
    ("content", "message", "mark"),
    [
        (b"name: web\n\tversion: 1\n", "is not YAML that Helm reads", (2, 1)),
        (b"name: web\nversion: \xff\n", "is not UTF-8 text", (2, 1)),
        (b"a: " + b"[" * 50_000, "is not YAML that Helm reads", None),
    ],
)
def test_what_is_no_yaml_is_a_fault_with_a_line(content: bytes, message: str, mark: object) -> None:
    (fault, *_) = chart_yaml.read(content)[1]
    assert fault.message.startswith(message)
    assert fault.mark
    assert mark is None or fault.mark == mark


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("name",), (1, 7)),
        (("dependencies", 1, "version"), (4, 12)),
        (("dependencies", 1, "alias"), (4, 3)),
        (("nothing",), (1, 1)),
        (("name", 0), (1, 7)),
    ],
)
def test_positions_are_of_the_nearest_that_exists(
    path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    text = b"name: web\ndependencies:\n- name: a\n- version: 1\n"
    assert node.position(text, path) == place


def test_positions_in_what_is_no_yaml_are_the_beginning() -> None:
    assert node.position(b"\xff", ("a",)) == (1, 1)
    assert node.position(b"[", ("a",)) == (1, 1)
    assert node.position(b"", ("a",)) == (1, 1)


def helm_loads(folder: pathlib.Path) -> bool:
    try:
        helm_python.Chart.load(folder).close()
    except helm_python.HelmError:
        return False
    return True


LOCKS = [
    (b"dependencies: [{name: a, version: 1.10}]\nDigest: x\ngenerated: 2024-01-31T12:00:00.5+01:00\n", []),
    (b"", []),
    (b"- a\n", ["the file is a list: expected a mapping"]),
    (b"\xff", ["is not UTF-8 text"]),
    (
        b"generated: 2024-01-31\n",
        ["'generated' is '2024-01-31': expected a time like '2024-01-31T12:00:00Z'"],
    ),
    (b"dependencies: {a: 1}\n", ["'dependencies' is a mapping: expected a list"]),
]


@pytest.mark.parametrize(("content", "messages"), LOCKS)
def test_what_helm_reads_in_a_lock_file_and_what_it_refuses(
    content: bytes, messages: list[str], tmp_path: pathlib.Path
) -> None:
    values, faults = chart_yaml.read_lock("Chart.lock", content)
    assert [fault.message for fault in faults] == messages
    if content and not faults:
        assert values == {"dependencies": [{"name": "a", "version": "1.1"}], "digest": "x", "generated": None}
    (tmp_path / "Chart.yaml").write_text(BASE)
    (tmp_path / "Chart.lock").write_bytes(content)
    assert helm_loads(tmp_path) == (not faults)
