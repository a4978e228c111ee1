"""Says in a person's words what the schema engine found."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules.schemas import formats, phrases
from chartkit.rules.schemas.compiled import Compiled, RepeatedItem
from chartkit.system.did_you_mean import closest

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

UNKNOWN: Final = "field-unknown"
MISSING: Final = "field-missing"
INVALID: Final = "field-invalid"
DUPLICATE: Final = "list-key-duplicate"
REPEATED: Final = "list-key-repeated"

MOST_HITS: Final = 200
"""Of one object: a list of ten thousand wrong items is one fault, not ten thousand."""


def hits(manifest: Manifest, compiled: Compiled, errors: Iterable[ValidationError]) -> tuple[Hit, ...]:
    """One hit for each fault: where several keywords refuse the same value, the first of them counts."""
    found: dict[tuple[str, Path], Hit] = {}
    every = (hit for error in errors for hit in _SchemaError(manifest, compiled, error).hits())
    for hit in itertools.islice(every, MOST_HITS):
        found.setdefault(("" if hit.rule == INVALID else hit.rule, hit.path), hit)
    refused = {path for (rule, path) in found if not rule}
    return tuple(hit for (rule, path), hit in found.items() if not rule or path not in refused)


def repeated(compiled: Compiled, body: Any) -> Iterator[Hit]:
    """One hit for each item whose key stands twice in its list."""
    if compiled.lists is not None:
        yield from map(_repeated, itertools.islice(compiled.lists.repeated(body), MOST_HITS))


def _repeated(found: RepeatedItem) -> Hit:
    named = ", ".join(f"{key} {phrases.shown(value)}".lstrip() for key, value in found.keys)
    field = next((str(step) for step in reversed(found.path) if isinstance(step, str)), "list")
    message = f"{field} has two items with {named}: the first is item {found.first}"
    if found.tolerated:
        hint = "remove one: server-side apply refuses them, other ways to apply drop one"
        return Hit(found.path, message, hint, REPEATED)
    return Hit(found.path, message, "remove one of the two", DUPLICATE)


@dataclasses.dataclass(frozen=True, slots=True)
class _SchemaError:
    """One error of the engine; the methods named in `_WORDS` give message and hint."""

    manifest: Manifest
    compiled: Compiled
    error: ValidationError

    @property
    def path(self) -> Path:
        return tuple(self.error.instance_path)

    @property
    def value(self) -> Any:
        return self.error.instance

    @property
    def details(self) -> Mapping[str, Any]:
        """What the engine knows of the failed keyword."""
        details: Mapping[str, Any] = self.error.kind.as_dict()
        return details

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema that the failed keyword belongs to."""
        node = self.compiled.node(self.error.schema_path[:-1])
        return node if isinstance(node, dict) else {}

    def hits(self) -> Iterator[Hit]:
        name = self.error.kind.name
        if name == "additionalProperties":
            yield from self._unknown()
        elif name == "required":
            yield self._missing()
        elif name == "propertyNames":
            yield self._bad_name()
        else:
            whole = isinstance(self.value, dict | list)
            yield Hit(self.path, *self.words(), INVALID, on_key=whole, whole=whole)

    def words(self) -> tuple[str, str]:
        return _WORDS.get(self.error.kind.name, _SchemaError._otherwise)(self)

    def _unknown(self) -> Iterator[Hit]:
        known = self.schema.get("properties", {})
        present = self.value if isinstance(self.value, dict) else {}
        place = phrases.place(self.path, self.schema.get("title"))
        for field in self.details["unexpected"]:
            near = closest(field, (name for name in known if name not in present))
            hint = f"did you mean '{near}'?" if near else phrases.fields(known)
            message = f"unknown field '{phrases.cut(field)}' in {place}"
            yield Hit((*self.path, field), message, hint, UNKNOWN, on_key=True)

    def _missing(self) -> Hit:
        field = str(self.details["property"])
        place = phrases.place(self.path, self.schema.get("title"))
        path = (*self.path, field)
        if _holds_null(self.manifest.body, path):
            message = f"null counts as absent, and '{phrases.cut(field)}' is required"
            return Hit(path, message, "give it a value", MISSING)
        return Hit(path, f"'{phrases.cut(field)}' is missing in {place}", "", MISSING)

    def _bad_name(self) -> Hit:
        name = str(self.details["error"].instance)
        wanted = phrases.expected(self.schema)
        message = f"'{phrases.cut(name)}' is no valid key, expected {wanted}"
        return Hit((*self.path, name), message, "", INVALID, on_key=True)

    def type(self) -> tuple[str, str]:
        wanted = [name for name in self.details["types"] if name != "null"]
        if self.value is None and self.path and isinstance(self.path[-1], str):
            field = phrases.field(self.path)
            return f"null counts as absent, and {field} is required", f"give {phrases.types(wanted)}"
        return self._got(wanted), self._quotes(wanted)

    def _got(self, wanted: list[str]) -> str:
        return f"got {phrases.read(self.manifest, self.path, self.value)}, expected {phrases.types(wanted)}"

    def _quotes(self, wanted: list[str]) -> str:
        if wanted == ["string"] and isinstance(self.value, bool | int | float):
            return "quote it"
        too_many = isinstance(self.value, str) and phrases.plain_would_do(self.value, wanted)
        return "remove the quotes" if too_many else ""

    def enum(self) -> tuple[str, str]:
        options = [option for option in self.details["options"] if option is not None and option != ""]
        words = [option for option in options if isinstance(option, str)]
        near = closest(self.value, words) if isinstance(self.value, str) else ""
        hint = f"did you mean '{near}'?" if near else ""
        return f"{phrases.shown(self.value)} is none of {phrases.choices(options)}", hint

    def pattern(self) -> tuple[str, str]:
        return f"{phrases.shown(self.value)} is not {phrases.expected(self.schema)}", ""

    def format(self) -> tuple[str, str]:
        name = str(self.details["format"]).removeprefix(formats.PREFIX)
        return f"{phrases.shown(self.value)} has not the format '{name}'", ""

    def alternatives(self) -> tuple[str, str]:
        """The message of the form that came nearest: one that takes the value's type, with fewest errors."""
        forms = self.details["context"]
        failed = [form for form in forms if form]
        field = phrases.field(self.path)
        if len(failed) < len(forms):
            return f"{field} fits more than one of the forms that exclude each other", ""
        if all(_is_missing(form) for form in failed):
            names = sorted({str(form[0].kind.as_dict()["property"]) for form in failed})
            return f"{field} needs one of {phrases.choices(names)}", ""
        typed = [form for form in failed if not self._refused_types(form)]
        if not typed:
            wanted = [name for form in failed for name in self._refused_types(form)]
            return self._got(wanted), self._quotes(wanted)
        nearest = _SchemaError(self.manifest, self.compiled, min(typed, key=len)[0])
        return nearest.words() if len(typed) == 1 else nearest._among(field, len(forms))

    def _refused_types(self, form: list[ValidationError]) -> list[str]:
        """The types that a form wants instead of the value's own."""
        own = (
            error for error in form if error.kind.name == "type" and tuple(error.instance_path) == self.path
        )
        return [name for error in own for name in error.kind.as_dict()["types"]]

    def _among(self, field: str, count: int) -> tuple[str, str]:
        message, hint = self.words()
        return f"{field} fits none of its {count} forms; of the nearest: {message}", hint

    def limit(self) -> tuple[str, str]:
        value, field, limit = phrases.shown(self.value), phrases.field(self.path), self.details["limit"]
        words = _LIMITS[self.error.kind.name]
        return words.format(value=value, field=field, limit=phrases.number(limit)), ""

    def multiple(self) -> tuple[str, str]:
        return f"{phrases.shown(self.value)} is no multiple of {self.details['multiple_of']}", ""

    def forbidden(self) -> tuple[str, str]:
        inner, field = self.details["schema"], phrases.field(self.path)
        names = inner.get("required") if isinstance(inner, dict) else None
        if isinstance(names, list) and names and len(inner) == 1:
            return f"{field} must not have {' and '.join(map(str, names))}", ""
        return f"{field} has a form that its schema forbids", ""

    def _otherwise(self) -> tuple[str, str]:
        return phrases.lowered(self.error.message), ""


_LIMITS: Final = {
    "minimum": "{value} is less than {limit}",
    "maximum": "{value} is more than {limit}",
    "exclusiveMinimum": "{value} is not more than {limit}",
    "exclusiveMaximum": "{value} is not less than {limit}",
    "minLength": "{field} has fewer than {limit} characters",
    "maxLength": "{field} has more than {limit} characters",
    "minItems": "{field} has fewer than {limit} items",
    "maxItems": "{field} has more than {limit} items",
    "minProperties": "{field} has fewer than {limit} entries",
    "maxProperties": "{field} has more than {limit} entries",
}
_WORDS: Final[dict[str, Callable[[_SchemaError], tuple[str, str]]]] = {
    "type": _SchemaError.type,
    "enum": _SchemaError.enum,
    "pattern": _SchemaError.pattern,
    "format": _SchemaError.format,
    "anyOf": _SchemaError.alternatives,
    "oneOf": _SchemaError.alternatives,
    "multipleOf": _SchemaError.multiple,
    "not": _SchemaError.forbidden,
    **dict.fromkeys(_LIMITS, _SchemaError.limit),
}


def _holds_null(value: Any, path: Path) -> bool:
    """Whether *path* leads to a null that was written, rather than to nothing."""
    try:
        for step in path:
            value = value[step]
    except (KeyError, TypeError):
        return False
    return value is None


def _is_missing(errors: list[ValidationError]) -> bool:
    return len(errors) == 1 and errors[0].kind.name == "required"
