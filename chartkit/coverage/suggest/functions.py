"""What the functions of templates make of terms, before any value is known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from chartkit.coverage.suggest.access import field, item
from chartkit.coverage.suggest.terms import (
    KEY,
    NIL,
    Const,
    Items,
    Op,
    Ref,
    Table,
    Term,
    Unknown,
    bounded,
    either,
    text,
)

_RANDOM: Final = re.compile(r"rand\w+|gen\w+|uuidv4|now|htpasswd|bcrypt|derivePassword")
_PASSED: Final = frozenset(
    {"toYaml", "toJson", "toRawJson", "toPrettyJson", "mustToJson", "mustDeepCopy", "mustUniq", "mustToYaml"}
    | {"nindent", "indent", "trimAll", "b64enc", "squote", "snakecase", "kebabcase", "title", "untitle"}
)
_NAMES: Final = {"tuple": "list", "mustMergeOverwrite": "mergeOverwrite", "mustMerge": "merge"} | {
    "mustAppend": "append",
    "mustHas": "has",
    "mustFirst": "first",
    "mustDeepCopy": "deepCopy",
    "mustCompact": "compact",
    "mustRegexMatch": "regexMatch",
    "kindOf": "kindOf",
    "typeIsLike": "typeIs",
    "mustUniq": "uniq",
}


def call(name: str, args: Sequence[Term]) -> Term:
    """The function *name* of *args*."""
    name = _NAMES.get(name, name)
    made = _MADE.get(name)
    if made is not None:
        return made(args)
    if name == "fail":
        return Const.of("")
    if name == "lookup":
        return Op("lookup")
    if _RANDOM.fullmatch(name):
        return Const.of("random")
    return bounded(Op(name, tuple(args)))


def literal(kind: str, written: str) -> Term:
    """The constant that a token stands for."""
    if kind == "raw":
        return Const.of(written[1:-1])
    if kind == "string":
        try:
            return Const.of(json.loads(written))
        except ValueError:
            return Const.of(written[1:-1])
    if kind == "number":
        try:
            return Const.of(int(written.replace("_", ""), 0))
        except ValueError:
            return _decimal(written)
    return Unknown(f"reads {written}")


def _decimal(written: str) -> Term:
    try:
        return Const.of(float(written))
    except ValueError:
        return Unknown(f"reads {written}")


def _dict(args: Sequence[Term]) -> Term:
    pairs: dict[str, Term] = {}
    for name, value in zip(args[::2], args[1::2], strict=False):
        if not isinstance(name, Const):
            return Unknown("builds a mapping whose keys are computed")
        pairs[str(name.value)] = value
    return bounded(Table(tuple(pairs.items())))


def _get(args: Sequence[Term]) -> Term:
    """``get`` and ``index``: down the names and positions that follow."""
    if not args:
        return Unknown("indexes nothing")
    found = args[0]
    for step in args[1:]:
        if isinstance(step, Const) and step.kind == "str":
            found = field(found, str(step.value))
        elif isinstance(step, Op) and step.name == "one of":
            found = bounded(Op("one of", tuple(_get([found, each]) for each in step.args)))
        elif isinstance(step, Ref) and step.path[-1] == KEY and found == Ref(step.path[:-1]):
            found = item(found)
        elif isinstance(step, Const) and step.kind == "int":
            found = _nth(found, int(step.value or 0))
        else:
            return Unknown("reads a key whose name is computed")
    return found


def _nth(many: Term, index: int) -> Term:
    if isinstance(many, Items):
        return many.items[index] if index < len(many.items) else NIL
    return item(many)


def _dig(args: Sequence[Term]) -> Term:
    if len(args) < 3:
        return Unknown("digs nowhere")
    *steps, default, found = args
    return call("default", [default, _get([found, *steps])])


def _set(args: Sequence[Term]) -> Term:
    if len(args) != 3 or not isinstance(args[1], Const):
        return Unknown("sets a key whose name is computed")
    return bounded(Table(((str(args[1].value), args[2]),), args[0]))


def _print(args: Sequence[Term]) -> Term:
    return text([_as_text(arg) for arg in args])


def _as_text(term: Term) -> Term:
    if isinstance(term, Const) and term.kind in {"int", "str"}:
        return Const.of(str(term.value))
    return term


def _printf(args: Sequence[Term]) -> Term:
    if not args or not isinstance(args[0], Const):
        return Unknown("prints by a format that is computed")
    pieces: list[Term] = []
    rest = list(args[1:])
    for part in re.split(r"(%[-+ #0]*[\d.]*[a-zA-Z%])", str(args[0].value)):
        if not part.startswith("%") or len(part) == 1:
            pieces.append(Const.of(part))
        elif part == "%%":
            pieces.append(Const.of("%"))
        else:
            pieces.append(_as_text(rest.pop(0)) if rest else Const.of(""))
    return text(pieces)


def _tpl(args: Sequence[Term]) -> Term:
    return bounded(Op("tpl", (args[0],))) if args else Unknown("runs no text")


def _ternary(args: Sequence[Term]) -> Term:
    return either(args[2], args[0], args[1]) if len(args) == 3 else Unknown("chooses between too little")


def _merged(args: Sequence[Term]) -> Term:
    tables = [arg for arg in args if arg != Table(())]
    return tables[0] if len(tables) == 1 else bounded(Op("merge", tuple(tables))) if tables else Table(())


def _omit(args: Sequence[Term]) -> Term:
    hidden = tuple((str(name.value), NIL) for name in args[1:] if isinstance(name, Const))
    return Table(hidden, args[0]) if args else NIL


def _printed_yaml(args: Sequence[Term]) -> Term:
    return bounded(Op("toYaml", (args[-1],))) if args else NIL


def _first(args: Sequence[Term]) -> Term:
    return _nth(args[0], 0) if args else NIL


def _last(args: Sequence[Term]) -> Term:
    if args and isinstance(args[0], Items) and args[0].items:
        return args[0].items[-1]
    return _first(args)


def _slice(args: Sequence[Term]) -> Term:
    bounds = [arg.value for arg in args[1:] if isinstance(arg, Const) and isinstance(arg.value, int)]
    if args and isinstance(args[0], Items) and len(bounds) == len(args) - 1:
        return Items(
            args[0].items[slice(*bounds)] if len(bounds) > 1 else args[0].items[bounds[0] if bounds else 0 :]
        )
    return args[0] if args else NIL


def _joined(args: Sequence[Term]) -> Term:
    """``concat``: one list where all are written in the template."""
    lists = [arg.items for arg in args if isinstance(arg, Items)]
    if len(lists) == len(args):
        return bounded(Items(tuple(each for many in lists for each in many)))
    return bounded(Op("concat", tuple(args)))


def _added(args: Sequence[Term]) -> Term:
    if len(args) == 2 and isinstance(args[0], Items):
        return bounded(Items((*args[0].items, args[1])))
    return bounded(Op("append", tuple(args)))


_MADE: Final[Mapping[str, Callable[[Sequence[Term]], Term]]] = {
    "dict": _dict,
    "list": lambda args: Items(tuple(args)),
    "get": _get,
    "index": _get,
    "dig": _dig,
    "set": _set,
    "print": _print,
    "printf": _printf,
    "cat": _print,
    "tpl": _tpl,
    "ternary": _ternary,
    "merge": _merged,
    "mergeOverwrite": lambda args: _merged(args[::-1]),
    "omit": _omit,
    "pick": lambda args: args[0] if args else NIL,
    "first": _first,
    "last": _last,
    "slice": _slice,
    "rest": lambda args: _slice([*args, Const.of(1)]),
    "concat": _joined,
    "append": _added,
    **dict.fromkeys(_PASSED, _printed_yaml),
}
