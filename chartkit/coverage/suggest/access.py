"""Down from terms to what is in them: fields, items, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chartkit.coverage.suggest.terms import (
    EACH,
    KEY,
    NIL,
    Const,
    Either,
    Items,
    Op,
    Ref,
    Root,
    Table,
    Term,
    TextTerm,
    Unknown,
    bounded,
    either,
)

_BUILT_IN: Final = {
    "Files": "reads files of the chart",
    "Template": "reads the name of its template",
    "Subcharts": "reads .Subcharts",
}


_SAME: Final = frozenset({"deepCopy", "mustDeepCopy", "compact", "uniq", "mustUniq", "sortAlpha", "required"})


_PARSED: Final = frozenset({"fromYaml", "fromJson", "fromYamlArray", "fromJsonArray", "mustFromJson"})


_WRITTEN: Final = frozenset(
    {"toYaml", "toJson", "toRawJson", "toPrettyJson", "mustToJson", "tpl", "toString"}
)


def field(term: Term, name: str) -> Term:
    """``term.name``."""
    found: Term | None
    match term:
        case Ref():
            found = _below(term, name)
        case Root():
            found = _of_root(term, name)
        case Table():
            found = dict(term.items).get(name) or (field(term.rest, name) if term.rest is not None else NIL)
        case Op("merge"):
            found = bounded(Op("coalesce", tuple(field(arg, name) for arg in term.args)))
        case Op("lookup") | Unknown():
            found = term
        case Const():
            found = NIL
        case _:
            found = _through(term, lambda inner: field(inner, name))
    return found or Unknown(f"reads .{name} of what is computed")


def item(term: Term) -> Term:
    """An item of a list or mapping."""
    found: Term | None
    match term:
        case Ref():
            found = _below(term, EACH)
        case Items():
            found = _one_of(term.items)
        case Table(items, None):
            found = _one_of(tuple(value for _, value in items))
        case Op("concat" | "merge", args):
            found = _one_of(tuple(map(item, args)))
        case Op("append" | "prepend", (many, one)):
            found = _one_of((item(many), one))
        case Op("keys", (table,)):
            found = key(table)
        case Op("values", (table,)):
            found = item(table)
        case Op("lookup") | Unknown():
            found = term
        case _:
            found = _through(term, item)
    return found or Unknown("goes through a list that is computed")


def _one_of(terms: tuple[Term, ...]) -> Term | None:
    distinct = tuple(dict.fromkeys(terms))
    return distinct[0] if len(distinct) == 1 else bounded(Op("one of", distinct)) if distinct else None


def key(term: Term) -> Term:
    """The key of such an item."""
    if isinstance(term, Ref):
        return Ref((*term.path, KEY)) if term.path[0] == "Values" else Unknown("depends on the cluster")
    if isinstance(term, Table) and term.rest is None and term.items:
        return Op("one of", tuple(Const.of(name) for name, _ in term.items))
    if isinstance(term, Items):
        return Const.of(0)
    return _through(term, key) or Unknown("goes through a list that is computed")


def _below(ref: Ref, name: str) -> Term:
    if ref.path[:2] == ("Capabilities", "APIVersions"):
        return Unknown("depends on the cluster")
    if ref.whole and name == "global":
        return Ref(("Values", name))
    return Ref((*ref.path, name))


def _of_root(root: Root, name: str) -> Term:
    if name == "Values":
        return Ref(("Values", *root.below), whole=bool(root.below))
    if name in {"Release", "Capabilities"}:
        return Ref((name,))
    if name in (added := dict(root.added)):
        return added[name]
    if name == "Chart":
        return Table(tuple((each, Const.of(value)) for each, value in root.about))
    return Unknown(_BUILT_IN.get(name, f"reads .{name}, which nothing sets"))


def _written(term: Term) -> Term:
    """What *term*, which is read as YAML, was written of: blanks around it do not count."""
    if isinstance(term, Either):
        return either(term.test, _written(term.then), _written(term.other))
    if not isinstance(term, TextTerm):
        return term
    parts = [one for one in term.parts if not (isinstance(one, Const) and str(one.value).isspace())]
    return _written(parts[0]) if len(parts) == 1 else term


def _through(term: Term, reach: Callable[[Term], Term]) -> Term | None:
    """What *reach* gives of a term that only chooses, or passes on, another."""
    found: Term | None = None
    match term:
        case Either(test, then, other) | Op("ternary", (then, other, test)):
            found = either(test, reach(then), reach(other))
        case Op("default", (other, then)):
            found = either(then, reach(then), reach(other))
        case Op("coalesce" | "or", args):
            found = bounded(Op("coalesce", tuple(map(reach, args))))
        case Op("one of", args):
            found = _one_of(tuple(map(reach, args)))
        case Op("required", (_, inner)):
            found = reach(inner)
        case Op(name, (inner, *_)) if name in _PARSED:
            found = reach(_written(inner))
        case Op(name, (inner, *_)) if name in _SAME or name in _WRITTEN:
            found = reach(inner)
    return found
