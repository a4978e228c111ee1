"""The form of a policy file, and what is wrong with one; the form itself is schemas/policy.schema.json."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.rules.policies import _inventory, _references, _schemas, _targets, _written
from chartkit.system.did_you_mean import suggestion
from chartkit.system.package import schemas_folder
from chartkit.system.paths import is_file, repository

WORDS: Final = ("value", "key", "path", "expected", "reason", "kind", "name", "chart", "scenario", "release")
"""What a message may hold in braces; ``{value!r}`` puts quotes around it."""

_WORD: Final = re.compile(r"\{\{|\}\}|\{(?P<word>[^{}!]*)(?P<quoted>!r)?\}")
_SELECTED_BY: Final = ("chart", "values", "given", "object")


@dataclass(frozen=True, slots=True)
class Select:
    """What a policy is about; whatever is empty does not narrow it. The last four are schemas, as JSON."""

    kinds: tuple[str, ...] = ()
    api_versions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    inventory: str = "present"
    chart: str = ""
    values: str = ""
    given: str = ""
    object: str = ""

    @property
    def needs_facts(self) -> bool:
        """Whether more than the object alone decides."""
        return any((self.charts, self.scenarios, self.chart, self.values, self.given))


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file that was read; *release* says which rows of the *inventory* hold.

    *fixed* is the schema as JSON, where it is the same for every case and object.
    """

    id: str
    severity: Severity
    sets: tuple[str, ...]
    page: str = field(repr=False)
    select: Select
    subject: str
    at: _targets.Targets = field(repr=False)
    schema: Any = field(repr=False)
    fixed: str = field(repr=False)
    message: str
    hint: str
    inventory: _inventory.Inventory | None
    release: Any
    stamp: str

    @property
    def needs_facts(self) -> bool:
        own = self.subject == "case" or self.inventory is not None or not self.fixed
        return own or self.select.needs_facts


def worded(text: str, words: Mapping[str, Any]) -> str:
    """*text* with the words in braces filled in; doubled braces stand for themselves."""

    def fill(found: re.Match[str]) -> str:
        if found["word"] is None:
            return found[0][0]
        value = words.get(found["word"], "")
        return repr(value) if found["quoted"] else str(value)

    return _WORD.sub(fill, text)


def read(path: FilePath, shown: str) -> Policy:
    """Read the policy file at *path*; raises ConfigError with every mistake in it."""
    data = _written.read(path, shown, "policy.schema.json", _sense)
    select = {_snake(key): _selected(key, value) for key, value in (data.get("select") or {}).items()}
    inventory, stamp = _open_inventory(data, path, shown)
    return Policy(
        id=data["id"],
        severity=Severity[data["severity"].upper()],
        sets=tuple(data.get("sets", ())),
        page=data["page"],
        select=Select(**select),
        subject=data.get("subject", "object"),
        at=_targets.parse(_listed(data.get("at", ""))),
        schema=data["schema"],
        fixed="" if _references.kinds(data["schema"]) else json.dumps(data["schema"]),
        message=data["message"],
        hint=data.get("hint", ""),
        inventory=inventory,
        release=data.get("release"),
        stamp=hashlib.blake2b(
            (json.dumps(data, sort_keys=True) + stamp).encode(), digest_size=16
        ).hexdigest(),
    )


def _open_inventory(
    data: Mapping[str, Any], path: FilePath, shown: str
) -> tuple[_inventory.Inventory | None, str]:
    """The inventory that the policy names, and a text that changes when it does."""
    name = data.get("inventory")
    if not name:
        return None, ""
    if why := _outside(path, name):
        message = f"expected a path inside of the repository, but {name!r} {why}"
        raise _written.wrong(path, shown, ("inventory",), message, "put a copy of it there")
    if not (path.parent / name).is_file():
        hint = "name an inventory by its path from the policy's folder"
        raise _written.wrong(path, shown, ("inventory",), f"there is no file {name!r}", hint)
    return _read_inventory(path.parent / name, (FilePath(shown).parent / name).as_posix())


def _outside(path: FilePath, name: str) -> str | None:
    """Why the policy at *path* may not name *name*: policies come with pull requests, but for our own."""
    if path.is_relative_to(schemas_folder()):
        return None
    from chartkit.system.containment import outside
    from chartkit.system.package import CONFIG_FILES

    configured = (above for above in path.parents if any(is_file(above / one) for one in CONFIG_FILES))
    return outside(path.parent / name, repository(path.parent) or next(configured, path.parent))


@functools.lru_cache(maxsize=32)
def _read_inventory(path: FilePath, shown: str) -> tuple[_inventory.Inventory, str]:
    data = _written.read(path, shown, "inventory.schema.json")
    return _inventory.read(data), json.dumps(data, sort_keys=True)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _selected(key: str, value: Any) -> Any:
    if key in _SELECTED_BY:
        return json.dumps(value)
    return tuple(value) if isinstance(value, list) else value


def _snake(key: str) -> str:
    return "api_versions" if key == "apiVersions" else key


def _sense(data: Mapping[str, Any]) -> Iterator[_written.Wrong]:
    """What the form cannot say: whether schemas are schemas, and words are known."""
    select = data.get("select") or {}
    schemas: list[tuple[Path, Any]] = [(("schema",), data["schema"])]
    schemas += [(("select", key), select[key]) for key in _SELECTED_BY if key in select]
    for path, schema in schemas:
        try:
            _schemas.compiled(json.dumps(_references.blank(schema)))
        except _schemas.BadSchema as error:
            message = f"expected a JSON Schema of draft 2020-12: {error}"
            yield path, message, "refer to nothing outside of it, and let patterns not look around"
        if len(path) > 1 and _references.kinds(schema):
            yield path, "references such as $value have no place in a selection", "move it to 'schema'"
    for key in ("message", "hint"):
        for found in _WORD.finditer(data.get(key, "")):
            if found["word"] is not None and found["word"] not in WORDS:
                yield (key,), f"{found[0]!r} is not a known word", suggestion(found["word"], WORDS)
    for form in sorted(_references.unknown_forms(data["schema"])):
        yield ("schema",), f"'$as: {form}' is not known", f"write one of: {', '.join(_references.FORMS)}"
    if "$inventory" in _references.kinds(data["schema"]) and "inventory" not in data:
        yield ("schema",), "$inventory needs an inventory", "add 'inventory:' with the path of its file"
