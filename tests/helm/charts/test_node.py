from __future__ import annotations

from chartkit.helm.charts import chart_yaml, node

BASE = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


def test_helm_4_wants_one_of_two_api_versions() -> None:
    versions = ["v1", "v2", "v3", "1"]
    read = [chart_yaml.read(f"apiVersion: {one}\nname: a\nversion: 1\n".encode())[0] for one in versions]
    faults = [node.api_version_fault(one) if one else None for one in read]
    assert [fault is None for fault in faults] == [True, True, False, False]
    assert faults[3]
    assert faults[3].message == "'apiVersion' is '1': expected 'v2' (or 'v1')"


def test_a_dependency_accepts_what_helm_accepts() -> None:
    text = BASE + "dependencies: [{name: x, version: '>=1.0.0-0'}, {name: y, version: latest}]\n"
    metadata, _ = chart_yaml.read(text.encode())
    assert metadata
    x, y = metadata.dependencies
    assert x.accepts("1.2.3-rc.1")
    assert not x.accepts("one")
    assert not y.accepts("1.0.0")


def test_what_a_parent_calls_a_dependency_is_its_alias_or_its_name() -> None:
    metadata, _ = chart_yaml.read(
        f"{BASE}dependencies: [{{name: x}}, {{name: y, alias: z, repository: 'file://y'}}]".encode()
    )
    assert metadata
    assert [(one.called, one.is_local) for one in metadata.dependencies] == [("x", False), ("z", True)]


def test_a_chart_with_thousands_of_dependencies_is_refused() -> None:
    wants = "".join(f"- name: x{number}\n" for number in range(1001))
    metadata, (fault,) = chart_yaml.read(f"{BASE}dependencies:\n{wants}".encode())
    assert metadata is None
    assert fault.message == "1001 dependencies: at most 1000 are read"
