"""Makes the files beside it of the schemas that the kubernetes-validate package carries.

Run ``python schemas/kubernetes/build.py [FOLDER]`` (``make schemas``) with that package installed: the result
depends on nothing else. Descriptions are dropped, gaps are mended (mends.py), and definitions that are equal,
with all that they refer to, stand once for all Kubernetes versions.

* definitions.jsonl: a JSON Schema (2020-12) a line; ``{"$ref": "#/$defs/17"}`` means line 17
* index.json: ``versions``; ``kinds`` (apiVersion, kind, and the line for each version, 0 where it is absent);
  ``parts`` (likewise, for definitions that are no kinds)
* names.json: the line of every definition for each version by its long name, ``io.k8s.api.core.v1.Pod``
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import pathlib
import sys
from typing import Any

Schema = dict[str, Any]
Definitions = dict[str, Schema]

HERE = pathlib.Path(__file__).parent
PARTS = {"ObjectMeta": "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
KEPT = ("type", "required", "additionalProperties", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}


def _mends() -> Any:
    spec = importlib.util.spec_from_file_location("kubernetes_mends", HERE / "mends.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mends = _mends()


def versions() -> list[str]:
    """The Kubernetes versions that the package knows, oldest first."""
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    names = [
        entry.name[1:].removesuffix("-local-strict") for entry in folder.iterdir() if "strict" in entry.name
    ]
    return sorted(names, key=lambda version: [int(part) for part in version.split(".")])


def source(version: str) -> Definitions:
    """The package's strict definitions of one version, by their long name."""
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    text = (folder / f"v{version}-local-strict" / "_definitions.json").read_text(encoding="utf-8")
    definitions: Definitions = json.loads(text)["$defs"]
    return definitions


def kinds(definitions: Definitions) -> dict[tuple[str, str], str]:
    """(apiVersion, kind) → long name, of objects that a manifest can hold (lists are taken apart before)."""
    found = {}
    for name, schema in definitions.items():
        properties = schema.get("properties", {})
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            is_object = "metadata" in properties and "apiVersion" in properties and "items" not in properties
            if is_object and not name.startswith("io.k8s.apimachinery."):
                api_version = "/".join(part for part in (gvk["group"], gvk["version"]) if part)
                found[(api_version, gvk["kind"])] = name
    return found


def mended(name: str, schema: Schema, version: tuple[int, int]) -> Schema:
    """One definition, stripped and mended; references still by long name."""
    if (whole := mends.whole(name)) is not None:
        return json.loads(json.dumps(whole))  # type: ignore[no-any-return]
    result = _node(schema)
    result["title"] = name.rpartition(".")[2]
    if more := mends.required(name):
        result["required"] = sorted({*result.get("required", ()), more})
    required = set(result.get("required", ()))
    for key, part in result.get("properties", {}).items():
        _add(part, mends.keywords(name, key, version))
        for keyword in mends.dropped(name, key):
            part.pop(keyword, None)
        if part.get("x-kubernetes-list-type") == "map" and mends.tolerated(name, key):
            part["x-chartkit-tolerated"] = True
        if key in required:
            _refuse_null(part)
        elif "enum" in part:
            part["enum"] = [*part["enum"], None]
    for key, extra in mends.maps(name, version).items():
        result["properties"][key].update(extra)
    return result


def _add(part: Schema, extra: Schema) -> None:
    """Keywords of items and of additionalProperties join those that are there."""
    for key, value in extra.items():
        known = part.get(key)
        part[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value


def _node(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"$ref": schema["$ref"].rpartition("/")[2]}
    result = {key: schema[key] for key in KEPT if key in schema}
    if "properties" in schema:
        result["properties"] = {key: _node(part) for key, part in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = _node(schema[key])
    if isinstance(result.get("items"), dict) and "$ref" in result["items"]:
        result["items"]["no-null"] = True
    if "x-kubernetes-patch-merge-key" in schema and "x-kubernetes-list-type" not in schema:
        # old versions name the key only for patches; it is the same key
        result["x-kubernetes-list-type"] = "map"
        result["x-kubernetes-list-map-keys"] = [schema["x-kubernetes-patch-merge-key"]]
    if result.get("x-kubernetes-list-type") == "atomic":
        del result["x-kubernetes-list-type"]
    if schema.get("format") == "int32":
        result.update(INT32)
    if schema.get("format") == "byte":
        result.update({"pattern": mends.BASE64, mends.EXPECTED: "base64"})
    return result


def _refuse_null(part: Schema) -> None:
    """The API server reads null as absent: a required field must not be null."""
    if "$ref" in part:
        part["no-null"] = True
    if isinstance(part.get("type"), list):
        part["type"] = [name for name in part["type"] if name != "null"]


def _settle_nulls(definitions: Definitions) -> None:
    """A reference that allows no null says which types it allows instead."""

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if part.pop("no-null", False):
                types = definitions[part["$ref"]].get("type")
                if types:
                    rest = [name for name in types if name != "null"] if isinstance(types, list) else [types]
                    part["type"] = rest[0] if len(rest) == 1 else rest
            for child in part.values():
                walk(child)
        elif isinstance(part, list):
            for child in part:
                walk(child)

    walk(definitions)


def reachable(roots: list[str], definitions: Definitions) -> set[str]:
    """The names of all definitions that *roots* refer to, themselves included."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(definitions[name])
    return found


def references(schema: Any) -> list[str]:
    """Every ``$ref`` in *schema*, in the order of `dumped`."""
    if isinstance(schema, dict):
        own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return own + [name for key in sorted(schema) for name in references(schema[key])]
    if isinstance(schema, list):
        return [name for part in schema for name in references(part)]
    return []


def pooled(all_versions: dict[str, Definitions]) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Lines, and the line number of each (version, long name).

    Two definitions are equal when their text is and all that they refer to is: classes of equal text are
    split until every class refers to the same classes.
    """
    members = [(version, name) for version, definitions in all_versions.items() for name in definitions]
    targets = {key: references(all_versions[key[0]][key[1]]) for key in members}
    colour: dict[tuple[str, str], Any] = {
        (version, name): dumped(_nameless(all_versions[version][name])) for version, name in members
    }
    count = 0
    while len(set(colour.values())) != count:
        count = len(set(colour.values()))
        names: dict[Any, int] = {}
        colour = {
            key: names.setdefault(
                (colour[key], tuple(colour[key[0], target] for target in targets[key])), len(names)
            )
            for key in members
        }
    first: dict[Any, tuple[str, str]] = {}
    for key in members:
        first.setdefault(colour[key], key)
    order = list(all_versions)
    leaders = sorted(first.values(), key=lambda key: (key[1], order.index(key[0])))
    number = {colour[key]: line for line, key in enumerate(leaders, 1)}
    numbers = {key: number[colour[key]] for key in members}
    lines = [dumped(_numbered(all_versions[version][name], version, numbers)) for version, name in leaders]
    return lines, numbers


def _nameless(part: Any) -> Any:
    """*part* with references that say only that they are there."""
    if isinstance(part, dict):
        return {
            key: "" if key == "$ref" and isinstance(child, str) else _nameless(child)
            for key, child in part.items()
        }
    return [_nameless(child) for child in part] if isinstance(part, list) else part


def _numbered(part: Any, version: str, numbers: dict[tuple[str, str], int]) -> Any:
    if isinstance(part, dict):
        return {
            key: f"#/$defs/{numbers[version, child]}"
            if key == "$ref" and isinstance(child, str)
            else _numbered(child, version, numbers)
            for key, child in part.items()
        }
    return [_numbered(child, version, numbers) for child in part] if isinstance(part, list) else part


def dumped(value: Any) -> str:
    """JSON without blanks, in one order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def build() -> dict[str, str]:
    """File name → text."""
    order = versions()
    all_versions, named = {}, {}
    for version in order:
        definitions = source(version)
        minor = (int(version.split(".")[0]), int(version.split(".")[1]))
        good = {name: mended(name, schema, minor) for name, schema in definitions.items()}
        _settle_nulls(good)
        named[version] = kinds(definitions)
        kept = reachable([*named[version].values(), *PARTS.values()], good)
        all_versions[version] = {name: good[name] for name in sorted(kept)}
    mends.check(all_versions)
    lines, numbers = pooled(all_versions)
    return {
        "definitions.jsonl": "\n".join(lines) + "\n",
        "index.json": _index(order, named, numbers),
        "names.json": _names(order, numbers),
    }


def _names(order: list[str], numbers: dict[tuple[str, str], int]) -> str:
    names = sorted({name for _, name in numbers})
    rows = (f'"{name}":{dumped([numbers.get((version, name), 0) for version in order])}' for name in names)
    return "{\n" + ",\n".join(rows) + "}\n"


def _index(
    order: list[str], named: dict[str, dict[tuple[str, str], str]], numbers: dict[tuple[str, str], int]
) -> str:
    tree: dict[str, dict[str, list[int]]] = {}
    for api_version, kind in sorted({key for found in named.values() for key in found}):
        row = [numbers.get((version, named[version].get((api_version, kind), "")), 0) for version in order]
        tree.setdefault(api_version, {})[kind] = row
    parts = {part: [numbers[version, name] for version in order] for part, name in PARTS.items()}
    rows = [
        f'"{api_version}":{{\n' + ",\n".join(f' "{kind}":{dumped(row)}' for kind, row in found.items()) + "}"
        for api_version, found in tree.items()
    ]
    return (
        f'{{"versions":{dumped(order)},\n"parts":{dumped(parts)},\n"kinds":{{\n' + ",\n".join(rows) + "}}\n"
    )


def main(folder: pathlib.Path) -> None:
    """Write the files into *folder*."""
    for name, text in build().items():
        (folder / name).write_text(text, encoding="utf-8")
        sys.stderr.write(f"wrote {folder / name}: {len(text)} characters\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
