"""Down from terms to what is in them: fields, items, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chartkit.suggestions.terms import (
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
    Text,
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
    if isinstance(term, Ref):
        return _below(term, name)
    if isinstance(term, Root):
        return _of_root(term, name)
    if isinstance(term, Table):
        found = dict(term.items).get(name)
        if found is not None:
            return found
        return field(term.rest, name) if term.rest is not None else NIL
    if isinstance(term, Op) and term.name == "lookup":
        return term
    if isinstance(term, Op) and term.name == "merge":
        return bounded(Op("coalesce", tuple(field(arg, name) for arg in term.args)))
    if isinstance(term, Unknown | Const):
        return term if isinstance(term, Unknown) else NIL
    return _through(term, lambda inner: field(inner, name)) or Unknown(f"reads .{name} of what is computed")


def item(term: Term) -> Term:
    """An item of a list or mapping."""
    if isinstance(term, Ref):
        return _below(term, EACH)
    if isinstance(term, Items) and term.items:
        return term.items[0] if len(term.items) == 1 else Op("one of", term.items)
    if isinstance(term, Table) and term.rest is None and term.items:
        values = tuple(value for _, value in term.items)
        return values[0] if len(values) == 1 else Op("one of", values)
    if isinstance(term, Op) and term.name in {"concat", "merge"}:
        return bounded(Op("one of", tuple(item(arg) for arg in term.args)))
    if isinstance(term, Op) and term.name in {"append", "prepend"}:
        return bounded(Op("one of", (item(term.args[0]), term.args[1])))
    if isinstance(term, Op) and term.name == "keys":
        return key(term.args[0])
    if isinstance(term, Op) and term.name == "values":
        return item(term.args[0])
    if isinstance(term, Unknown) or (isinstance(term, Op) and term.name == "lookup"):
        return term
    return _through(term, item) or Unknown("goes through a list that is computed")


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
    if name == "Chart":
        return Table(tuple((each, Const.of(value)) for each, value in root.about))
    return Unknown(_BUILT_IN.get(name, f"reads .{name}, which nothing sets"))


def _written(term: Term) -> Term:
    """What *term*, which is read as YAML, was written of: blanks around it do not count."""
    if isinstance(term, Either):
        return either(term.test, _written(term.then), _written(term.other))
    if not isinstance(term, Text):
        return term
    parts = [one for one in term.parts if not (isinstance(one, Const) and str(one.value).isspace())]
    return _written(parts[0]) if len(parts) == 1 else term


def _through(term: Term, reach: Callable[[Term], Term]) -> Term | None:
    """What *reach* gives of a term that only chooses, or passes on, another."""
    if isinstance(term, Either):
        return either(term.test, reach(term.then), reach(term.other))
    if not isinstance(term, Op):
        return None
    name, args = term.name, term.args
    if name == "default":
        return either(args[1], reach(args[1]), reach(args[0])) if len(args) > 1 else None
    if name in {"coalesce", "one of", "or"}:
        reached = tuple(map(reach, args))
        return bounded(Op("coalesce" if name == "or" else name, reached))
    if name in _PARSED and args:
        return reach(_written(args[0]))
    if name in _SAME or name in _WRITTEN:
        return reach(args[-1 if name == "required" else 0]) if args else None
    if name == "ternary" and len(args) == 3:
        return either(args[2], reach(args[0]), reach(args[1]))
    return None
