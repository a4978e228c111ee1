"""What every chart of this repository keeps to: its values, their schema, and its templates."""

from __future__ import annotations

import functools
import json
import pathlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from chartkit.helm import charts
from chartkit.syntax.yaml.yaml_file import YamlFile, loads

ROOT = pathlib.Path(__file__).parents[1]
FOLDERS = sorted(path.parent for path in (ROOT / "charts").glob("*/Chart.yaml"))
LIBRARIES = [path for path in FOLDERS if "type: library" in (path / "Chart.yaml").read_text()]
APPLICATIONS = [path for path in FOLDERS if path not in LIBRARIES]
TEMPLATES = sorted(path for chart in FOLDERS for path in (chart / "templates").rglob("*.*"))
HELMS_OWN = {"global", *(path.name for path in LIBRARIES)}
"""Keys that Helm itself puts among the values of a chart."""

ANNOTATIONS = {"$ref", "title", "description", "default", "examples"}
"""What Helm 3.17 lets stand beside a reference; it ignores the rest."""

NOT_HEEDED = {
    *("$anchor", "$dynamicRef", "dependentRequired", "dependentSchemas", "format", "maxContains"),
    *("minContains", "prefixItems", "unevaluatedItems", "unevaluatedProperties"),
}
"""What Helm 3.17 ignores, since it knows drafts up to 07 (``format`` is what Helm 4 ignores)."""

of_each_chart = pytest.mark.parametrize("chart", APPLICATIONS, ids=lambda path: path.name)
Path = tuple[str, ...]


def schema_of(chart: pathlib.Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((chart / "values.schema.json").read_text())
    return schema


def values_of(chart: pathlib.Path) -> dict[str, Any]:
    """The defaults, and over them the certificates of a chart that does not render without."""
    values: dict[str, Any] = yaml.safe_load((chart / "values.yaml").read_text()) or {}
    certificates = chart / "ci/certificates.yaml"
    return merged(values, yaml.safe_load(certificates.read_text())) if certificates.exists() else values


def merged(below: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {key: merged(below[key], value) for key, value in over.items() if isinstance(below.get(key), dict)}
    return {**below, **over, **both}


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in *schema*, itself first; ``properties`` and the like hold schemas and are none."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key, value in schema.items():
        if key in ("properties", "$defs", "patternProperties"):
            below = list(value.values())
        else:
            below = value if isinstance(value, list) else [value]
        for one in below if key not in ("default", "examples", "const", "enum") else ():
            yield from subschemas(one)


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    """*schema* and all that it refers to or chooses from."""
    found = [schema]
    if "$ref" in schema:
        found += resolved(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    for word in ("allOf", "anyOf", "oneOf"):
        found += [one for part in schema.get(word, ()) for one in resolved(part, root)]
    return found


def knows(schema: dict[str, Any], path: Path) -> bool:
    """Whether *schema* has a property for every step of *path*, or leaves the keys to the user there."""
    level = resolved(schema, schema)
    for step in path:
        named = [one["properties"][step] for one in level if step in one.get("properties", {})]
        if not named:
            return not any("properties" in one for one in level)
        level = [deeper for one in named for deeper in resolved(one, schema)]
    return True


@functools.cache
def written(chart: pathlib.Path) -> YamlFile:
    return loads((chart / "values.yaml").read_text(), "values.yaml")


def paths(value: Any, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*above, key), item
        yield from paths(item, (*above, key))


def is_documented(chart: pathlib.Path, path: Path) -> bool:
    """Whether a comment that begins with ``# --`` stands right above the key at *path*."""
    lines = (chart / "values.yaml").read_text().splitlines()
    at = (written(chart).place(path, on_key=True).line or 1) - 1
    while at > 0 and lines[at - 1].lstrip().startswith("#"):
        at -= 1
        if lines[at].lstrip().startswith("# -- "):
            return True
    return False


def optional(chart: pathlib.Path) -> Iterator[tuple[Path, str]]:
    """The keys that values.yaml only speaks of: after ``# @default --``, as ``# key:``, and that line."""
    above: list[tuple[int, str]] = []
    lines = (chart / "values.yaml").read_text().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if key := re.match(r"( *)([\w.-]+):", line):
            above = [
                *((indent, name) for indent, name in above if indent < len(key[1])),
                (len(key[1]), key[2]),
            ]
        elif mark := re.match(r"( *)# @default -- ", line):
            named = re.match(r" *# ([\w.-]+):", following)
            folders = (name for indent, name in above if indent < len(mark[1]))
            yield (*folders, named[1] if named else ""), following


@of_each_chart
def test_the_schema_is_one_that_every_helm_understands(chart: pathlib.Path) -> None:
    schema = schema_of(chart)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    for one in subschemas(schema):
        assert not NOT_HEEDED & one.keys(), one
        assert "$ref" not in one or one.keys() <= ANNOTATIONS, one
        assert "properties" not in one or "additionalProperties" in one, "a misspelled key would pass"


@of_each_chart
def test_the_defaults_pass_their_schema(chart: pathlib.Path) -> None:
    errors = Draft202012Validator(schema_of(chart)).iter_errors(values_of(chart))
    assert [(error.json_path, error.message) for error in errors] == []


@of_each_chart
def test_every_value_is_in_the_schema_and_the_schema_knows_no_others(chart: pathlib.Path) -> None:
    schema, defaults = schema_of(chart), written(chart).data or {}
    spoken_of = [*(path for path, _ in paths(defaults)), *(path for path, _ in optional(chart))]
    assert [path for path in spoken_of if not knows(schema, path)] == []
    assert schema["properties"].keys() - HELMS_OWN == {path[0] for path in spoken_of}


@of_each_chart
def test_every_value_is_documented_itself_or_with_the_mapping_that_holds_it(chart: pathlib.Path) -> None:
    leaves = [
        path for path, value in paths(written(chart).data or {}) if not (isinstance(value, dict) and value)
    ]
    prefixes = {path: [path[:length] for length in range(1, len(path) + 1)] for path in leaves}
    assert [path for path in leaves if not any(is_documented(chart, one) for one in prefixes[path])] == []
    assert [line for path, line in optional(chart) if not path[-1]] == []


@of_each_chart
def test_a_misspelled_value_is_refused(chart: pathlib.Path) -> None:
    schema, values = schema_of(chart), values_of(chart)
    validator = Draft202012Validator(schema)
    for key in schema["properties"]:
        assert not validator.is_valid({**values, f"{key}x": values.get(key)}), key


@of_each_chart
def test_what_the_chart_is_tried_with_is_not_packaged(chart: pathlib.Path) -> None:
    loaded = charts.load(chart, chart.name).chart
    assert loaded is not None
    assert [name for name in loaded.files if name.startswith(f"{chart.name}/ci/")] == []


COMMENT = re.compile(r"{{-?\s*/\*(.*?)\*/\s*-?}}", re.DOTALL)
DEFINED = re.compile(r'{{-?\s*define\s+"([^"]+)"')
CALLED = re.compile(r'\b(?:include|template)\s+"([^"]+)"')


def defined(file: pathlib.Path) -> list[re.Match[str]]:
    return list(DEFINED.finditer(COMMENT.sub(lambda one: " " * len(one[0]), file.read_text())))


def name_of(file: pathlib.Path) -> str:
    return str(file.relative_to(ROOT / "charts"))


def comment_before(text: str) -> str:
    """The comment that *text* ends with; empty where it ends with something else."""
    last = list(COMMENT.finditer(text))[-1:]
    return "".join(one[1] for one in last if not text[one.end() :].strip())


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_a_template_is_short_enough_to_read(file: pathlib.Path) -> None:
    text = file.read_text()
    assert text.count("\n") <= 250 or "kind: CustomResourceDefinition" in text


@pytest.mark.parametrize("file", [one for one in TEMPLATES if defined(one)], ids=name_of)
def test_a_comment_before_each_named_template_says_what_it_gives(file: pathlib.Path) -> None:
    text = file.read_text()
    said = {one[1]: comment_before(text[: one.start()]) for one in defined(file)}
    assert [name for name, comment in said.items() if len(comment.split()) < 4] == []


def test_each_named_template_is_defined_once_and_used() -> None:
    names = Counter(one[1] for file in TEMPLATES for one in defined(file))
    called = {name for file in TEMPLATES for name in CALLED.findall(COMMENT.sub("", file.read_text()))}
    assert [name for name, times in names.items() if times > 1] == []
    assert names.keys() - called == set()
    assert called - names.keys() == set()


def test_a_named_template_carries_the_name_of_its_chart() -> None:
    strangers = [
        (name_of(file), one[1])
        for file in TEMPLATES
        for one in defined(file)
        if not one[1].startswith(f"{file.relative_to(ROOT / 'charts').parts[0]}.")
    ]
    assert strangers == []


def test_the_readme_names_every_chart() -> None:
    named = re.findall(r"^\| `([^`]+)` \|", (ROOT / "charts/README.md").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in FOLDERS)
