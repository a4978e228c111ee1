"""Says what is wrong in files of configuration: the place, the key, what was expected, what to do."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chartkit.model.errors import ConfigError, Problem
from chartkit.model.place import Path
from chartkit.system.did_you_mean import suggestion
from chartkit.system.package import schemas_folder

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

    from chartkit.syntax.yaml.yaml_file import YamlFile


def error(mistakes: Iterable[Problem]) -> ConfigError:
    """All *mistakes* (at least one) as one error, in the order of their places."""
    ordered = sorted(
        set(mistakes), key=lambda one: (one.place.file, one.place.line or 0, one.place.column or 0, one)
    )
    if len(ordered) == 1:
        return ConfigError(str(ordered[0]), ordered[0].hint)
    lines = [f"{one} ({one.hint})" if one.hint else str(one) for one in ordered]
    return ConfigError("\n  ".join([f"{len(lines)} mistakes in the configuration", *lines]))


def dotted(path: Path) -> str:
    """*path* as a person writes it: ``charts["charts/web"].scenarios.ha.values[0]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[\w-]+", step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=not step.isprintable())}]"
    return text


def shown(value: Any, written: str = "") -> str:
    """*value* for a message: text in quotes, numbers as *written*, collections by their kind."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        kind = "list" if isinstance(value, list) else "mapping"
        return f"a {kind}" if value else f"an empty {kind}"
    return f"the number {written or value}"


@dataclass(frozen=True, slots=True)
class _FileSchemaError:
    """What is used of jsonschema's error: *keyword* of *schema*, with its *value*, refuses *instance*."""

    keyword: str
    schema: Mapping[str, Any]
    value: Any
    instance: Any
    path: Path
    on_name: bool
    message: str


def _errors(data: Any) -> Iterator[_FileSchemaError]:
    """What is wrong with *data*; jsonschema is slow to load, and only asked where something is."""
    if _is_valid(data):
        return
    for found in _validator().iter_errors(data):
        on_name = "propertyNames" in found.absolute_schema_path
        path = tuple(found.absolute_path)
        schema: Any = found.schema
        yield _FileSchemaError(
            str(found.validator), schema, found.validator_value, found.instance, path, on_name, found.message
        )


def schema_problems(file: YamlFile) -> Iterator[tuple[Path, Problem]]:
    """What the JSON Schema of chartkit.yaml finds wrong in *file*, each with the path of the bad value."""
    for found in _errors({} if file.data is None else file.data):
        path = found.path
        if found.keyword == "additionalProperties":
            yield from (((*path, key), _unknown(file, found, (*path, key))) for key in _extra(found))
        elif found.keyword == "required":
            name = next(key for key in found.value if f"{key!r} is a required" in found.message)
            yield (*path, name), _missing(file, found, name)
        elif found.on_name:
            key_path = (*path, found.instance)
            yield key_path, problem(file, key_path, _unexpected(found), on_key=True)
        else:
            yield (
                path,
                problem(file, path, _unexpected(found, file.written(path)), _hint(file, found, path)),
            )


def problem(file: YamlFile, path: Path, message: str, hint: str = "", on_key: bool = False) -> Problem:
    """What is wrong in *file* at *path*, which the message names."""
    return Problem(file.place(path, on_key), f"{dotted(path)}: {message}" if path else message, hint)


def _is_valid(data: Any) -> bool:
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(_schema()).is_valid(data)
    except ValueError:  # numbers and text that JSON does not have
        return False


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema())


def _schema() -> Any:
    return json.loads((schemas_folder() / "chartkit.schema.json").read_text("utf-8"))


def _extra(found: _FileSchemaError) -> list[str]:
    return [key for key in found.instance if key not in found.schema["properties"]]


def _unknown(file: YamlFile, found: _FileSchemaError, path: Path) -> Problem:
    hint = suggestion(str(path[-1]), [key for key in found.schema["properties"] if key != "$schema"])
    return problem(file, path, "is not a known key", hint, on_key=True)


def _missing(file: YamlFile, found: _FileSchemaError, name: str) -> Problem:
    expected = found.schema["properties"][name]["title"]
    return problem(file, found.path, f"the key {name!r} is missing", f"add '{name}:' with {expected}")


def _unexpected(found: _FileSchemaError, written: str = "") -> str:
    if found.keyword == "uniqueItems":
        return "expected different values, but one stands here twice"
    expected = "a mapping with keys such as 'charts' and 'rules'"
    if found.path or found.on_name:
        expected = found.schema.get("title") or "text that is not empty"
    return f"expected {expected}, not {shown(found.instance, written)}"


def _hint(file: YamlFile, found: _FileSchemaError, path: Path) -> str:
    value, written = found.instance, file.written(path)
    if found.keyword == "enum" and isinstance(value, str):
        return suggestion(value, [word for word in found.value if isinstance(word, str)], most=0)
    quoted = re.search(found.schema.get("pattern", ""), written, re.ASCII)
    if found.keyword == "type" and found.value == "string" and written and quoted:
        return f'put it in quotes: "{written}"'
    if found.keyword == "type" and found.value == "object" and value is None:
        return "write {} for an empty mapping"
    if found.keyword == "type" and found.value == "array" and isinstance(value, str):
        return f"put it in brackets: [{written}]"
    return ""
