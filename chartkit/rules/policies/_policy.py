"""A policy file: what it selects, which parts of an object it judges, and what is wrong with the file.

The form itself is schemas/policy.schema.json. A target, in ``at``, is a JSON pointer with three more words:
``*`` is any key or index, ``**`` any number of them, and ``[name]`` after the last step takes a list as a
mapping by that key. ``{pod}`` in front is the pod template, wherever the kind keeps it.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Manifest
from chartkit.rules.policies import _files, _schema
from chartkit.system.did_you_mean import suggestion
from chartkit.system.package import schemas_folder
from chartkit.system.paths import is_file, repository

POD: Final = "{pod}"

_ANY: Final = ("*", "**")
_DEEPEST: Final = 40
_KEYED: Final = re.compile(r"(?P<step>[^\[\]]+)\[(?P<key>[^\[\]]+)\]")


@dataclass(slots=True)
class _TargetTree:
    """Targets that begin alike, together: *keys* are those that end here, with what a list is keyed by."""

    keys: list[str] = field(default_factory=list)
    children: dict[str, _TargetTree] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets taken apart: from the object, and from its pod template."""

    whole: _TargetTree
    in_pod: _TargetTree


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object; where a list is taken as a mapping, *indices* leads back."""

    path: Path
    value: Any = field(repr=False)
    indices: Mapping[str, int] = field(default_factory=dict, repr=False)

    def full(self, path: Path) -> Path:
        """*path* in the part as a path in the object."""
        if path and path[0] in self.indices:
            path = (self.indices[str(path[0])], *path[1:])
        return (*self.path, *path)


def parse_targets(texts: Iterable[str]) -> Targets:
    """Take targets apart; their form was checked when the policy was read."""
    targets = Targets(_TargetTree(), _TargetTree())
    for text in texts:
        tree = targets.in_pod if text.startswith(POD) else targets.whole
        steps = [step.replace("~1", "/").replace("~0", "~") for step in text.removeprefix(POD).split("/")[1:]]
        keyed = _KEYED.fullmatch(steps[-1]) if steps else None
        for step in (*steps[:-1], keyed["step"]) if keyed else steps:
            tree = tree.children.setdefault(step, _TargetTree())
        tree.keys.append(keyed["key"] if keyed else "")
    return targets


def parts(targets: Targets, manifest: Manifest) -> Iterator[Part]:
    """What *targets* name in *manifest*, each part once; nothing where there is nothing."""
    seen = set[Path]()
    for part in itertools.chain(
        _walk(targets.whole, (), manifest.body, 0), _in_pod(targets.in_pod, manifest)
    ):
        if part.path not in seen:
            seen.add(part.path)
            yield part


def _in_pod(tree: _TargetTree, manifest: Manifest) -> Iterator[Part]:
    from chartkit.helm.manifests import pod_template

    template = pod_template(manifest) if tree.keys or tree.children else None
    return _walk(tree, *template, 0) if template else iter(())


def _walk(tree: _TargetTree, path: Path, value: Any, depth: int) -> Iterator[Part]:
    if value is None or depth > _DEEPEST:
        return
    for key in tree.keys:
        yield _keyed(Part(path, value), key) if key else Part(path, value)
    for step, below in tree.children.items():
        if step == "**":
            yield from _walk(below, path, value, depth)
        if step in _ANY:
            deeper = _TargetTree(children={"**": below}) if step == "**" else below
            for found, child in _children(value):
                yield from _walk(deeper, (*path, found), child, depth + 1)
        elif isinstance(value, dict):
            if step in value:
                yield from _walk(below, (*path, step), value[step], depth + 1)
        elif isinstance(value, list) and len(step) < 9 and step.isdecimal() and int(step) < len(value):
            yield from _walk(below, (*path, int(step)), value[int(step)], depth + 1)


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _keyed(part: Part, key: str) -> Part:
    items = part.value if isinstance(part.value, list) else []
    indices: dict[str, int] = {}
    for index, item in enumerate(items):
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, str):
            indices.setdefault(name, index)
    return Part(part.path, {name: items[index] for name, index in indices.items()}, indices)


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
    at: Targets = field(repr=False)
    schema: Any = field(repr=False)
    fixed: str = field(repr=False)
    message: str
    hint: str
    inventory: _files.Inventory | None
    release: Any
    stamp: str

    @property
    def needs_facts(self) -> bool:
        own = self.subject == "case" or self.inventory is not None or not self.fixed
        return own or self.select.needs_facts


def fill_words(text: str, words: Mapping[str, Any]) -> str:
    """*text* with the words in braces filled in; doubled braces stand for themselves."""

    def fill(found: re.Match[str]) -> str:
        if found["word"] is None:
            return found[0][0]
        value = words.get(found["word"], "")
        return repr(value) if found["quoted"] else str(value)

    return _WORD.sub(fill, text)


def read(path: FilePath, shown: str) -> Policy:
    """Read the policy file at *path*; raises ConfigError with every mistake in it."""
    data = _files.read(path, shown, "policy.schema.json", _further_mistakes)
    select = {_snake(key): _selected(key, value) for key, value in (data.get("select") or {}).items()}
    inventory, stamp = _open_inventory(data, path, shown)
    return Policy(
        id=data["id"],
        severity=Severity[data["severity"].upper()],
        sets=tuple(data.get("sets", ())),
        page=data["page"],
        select=Select(**select),
        subject=data.get("subject", "object"),
        at=parse_targets(_listed(data.get("at", ""))),
        schema=data["schema"],
        fixed="" if _schema.kinds(data["schema"]) else json.dumps(data["schema"]),
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
) -> tuple[_files.Inventory | None, str]:
    """The inventory that the policy names, and a text that changes when it does."""
    name = data.get("inventory")
    if not name:
        return None, ""
    if why := _outside(path, name):
        message = f"expected a path inside of the repository, but {name!r} {why}"
        raise _files.wrong(path, shown, ("inventory",), message, "put a copy of it there")
    if not (path.parent / name).is_file():
        hint = "name an inventory by its path from the policy's folder"
        raise _files.wrong(path, shown, ("inventory",), f"there is no file {name!r}", hint)
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
def _read_inventory(path: FilePath, shown: str) -> tuple[_files.Inventory, str]:
    data = _files.read(path, shown, "inventory.schema.json")
    return _files.inventory_of(data), json.dumps(data, sort_keys=True)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _selected(key: str, value: Any) -> Any:
    if key in _SELECTED_BY:
        return json.dumps(value)
    return tuple(value) if isinstance(value, list) else value


def _snake(key: str) -> str:
    return "api_versions" if key == "apiVersions" else key


def _further_mistakes(data: Mapping[str, Any]) -> Iterator[_files.Wrong]:
    """What the form cannot say: whether schemas are schemas, and words are known."""
    select = data.get("select") or {}
    schemas: list[tuple[Path, Any]] = [(("schema",), data["schema"])]
    schemas += [(("select", key), select[key]) for key in _SELECTED_BY if key in select]
    for path, schema in schemas:
        try:
            _schema.compiled(json.dumps(_schema.blank(schema)))
        except _schema.BadSchema as error:
            message = f"expected a JSON Schema of draft 2020-12: {error}"
            yield path, message, "refer to nothing outside of it, and let patterns not look around"
        if len(path) > 1 and _schema.kinds(schema):
            yield path, "references such as $value have no place in a selection", "move it to 'schema'"
    for key in ("message", "hint"):
        for found in _WORD.finditer(data.get(key, "")):
            if found["word"] is not None and found["word"] not in WORDS:
                yield (key,), f"{found[0]!r} is not a known word", suggestion(found["word"], WORDS)
    for form in sorted(_schema.unknown_forms(data["schema"])):
        yield ("schema",), f"'$as: {form}' is not known", f"write one of: {', '.join(_schema.FORMS)}"
    if "$inventory" in _schema.kinds(data["schema"]) and "inventory" not in data:
        yield ("schema",), "$inventory needs an inventory", "add 'inventory:' with the path of its file"
