"""What template functions do with the values they are given: hand on, look at, or use up.

A function that is not named here may show all that it is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from chartkit.coverage.values import strings
from chartkit.coverage.values.flows import Heap
from chartkit.coverage.values.references import ANY, NOTHING, UNKNOWN, Made, ReadSite, Refs, TextRef, names

Args = Sequence[Refs]


class Caller(Protocol):
    """Who runs other templates."""

    def call(self, templates: Refs, dot: Refs, site: ReadSite) -> None:
        """Run the templates that may be called *templates* with *dot*."""

    def run_text(self, source: Refs, dot: Refs, site: ReadSite) -> None:
        """Run the text *source* with *dot*."""


class Functions:
    """Applies functions by name; *run* tells apart what one template makes with several dots."""

    def __init__(self, heap: Heap, caller: Caller) -> None:
        self.heap = heap
        self.caller = caller
        self.run = 0

    def apply(self, name: str, args: Args, site: ReadSite) -> Refs:
        """What the function *name* gives for *args*, the last of which may be piped."""
        name = _plain(name)
        if name in _HAND_ON:
            return NOTHING.union(*args)
        if name in _LOOK_AT:
            return UNKNOWN
        known = _KNOWN.get(name)
        if known is not None and args:
            return known(self, args, site)
        if name in {"list", "tuple", "dict"}:
            return _dict(self, args, site) if name == "dict" else _list(self, args, site)
        self.heap.sink(NOTHING.union(*args), site)
        return UNKNOWN

    def fields(self, refs: Refs, keys: Sequence[Refs], site: ReadSite) -> Refs:
        """What is below *refs* at *keys*, read by name."""
        for key in keys:
            refs = NOTHING.union(*(self.heap.field(refs, name) for name in names(key)))
            self.heap.read(refs, site)
        return refs

    def made(self, site: ReadSite) -> Refs:
        """The table or the list that the call at *site* makes."""
        return frozenset({Made(site.file, site.start, self.run)})

    def every(self, refs: Refs, site: ReadSite) -> Refs:
        """All that is in *refs*, lists or tables, whose keys are read."""
        return self.fields(refs, [UNKNOWN], site)


_HAND_ON: Final = frozenset(
    [
        *("and", "or", "default", "coalesce", "ternary", "required"),
        *("deepCopy", "omit", "pick", "unset", "initial"),
    ]
)
_LOOK_AT: Final = frozenset(["not", "empty", "kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike"])


def _plain(name: str) -> str:
    """``mustMerge`` is ``merge``, but for what it does with errors."""
    return name[4].lower() + name[5:] if name.startswith("must") and len(name) > 5 else name


def _include(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.caller.call(args[0], args[1] if len(args) > 1 else NOTHING, site)
    return UNKNOWN


def _tpl(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.heap.sink(args[0], site)
    run.caller.run_text(args[0], NOTHING.union(*args[1:]), site)
    return UNKNOWN


def _dict(run: Functions, args: Args, site: ReadSite) -> Refs:
    made = run.made(site)
    for key, value in itertools.zip_longest(args[::2], args[1::2], fillvalue=NOTHING):
        for name in names(key):
            run.heap.put(made, name, value)
    return made


def _list(run: Functions, args: Args, site: ReadSite) -> Refs:
    made = run.made(site)
    for index, value in enumerate(args):
        run.heap.put(made, str(index), value)
    return made


def _bag(run: Functions, args: Args, site: ReadSite) -> Refs:
    """A list of *args*, in any order."""
    made = run.made(site)
    run.heap.put(made, ANY, NOTHING.union(*args))
    return made


def _append(run: Functions, args: Args, site: ReadSite) -> Refs:
    return args[0] | _bag(run, args[1:], site)


def _prepend(run: Functions, args: Args, site: ReadSite) -> Refs:
    return _bag(run, [run.heap.field(args[0], ANY), *args[1:]], site)


def _chunk(run: Functions, args: Args, site: ReadSite) -> Refs:
    return _bag(run, args[1:], site)


def _rest(run: Functions, args: Args, site: ReadSite) -> Refs:
    return _slice(run, [args[0], frozenset({TextRef("1")})], site)


def _slice(run: Functions, args: Args, site: ReadSite) -> Refs:
    """A list of what is in the first of *args* from the place on that the second says."""
    (first, *more) = names(args[1]) if len(args) > 1 else {"0"}
    if more or not first.isdecimal():
        return _moved(run, args[:1], site)
    found = _moved(run, [NOTHING.union(ref for ref in args[0] if not isinstance(ref, Made))], site)
    for ref in args[0]:
        places = [
            name for name in run.heap.contents.get(ref, ()) if name.isdecimal() and int(name) >= int(first)
        ]
        if isinstance(ref, Made):
            found |= _bag(run, [run.heap.field([ref], name) for name in places or [str(10**6)]], site)
    return found


def _moved(run: Functions, args: Args, site: ReadSite) -> Refs:
    """A list of what is in *args*, at other places."""
    run.heap.read(NOTHING.union(*args), site)
    return _bag(run, [run.heap.field(each, ANY) for each in args], site)


def _sorted(run: Functions, args: Args, site: ReadSite) -> Refs:
    """What a list keeps depends on what is in it."""
    run.heap.sink(NOTHING.union(*args), site)
    return _moved(run, args, site)


def _first(run: Functions, args: Args, site: ReadSite) -> Refs:
    return run.fields(args[0], [frozenset({TextRef("0")})], site)


def _last(run: Functions, args: Args, site: ReadSite) -> Refs:
    found = NOTHING
    for ref in args[0]:
        places = [name for name in run.heap.contents.get(ref, ()) if name.isdecimal()]
        name = max(places, key=int, default=ANY)
        found |= run.fields(frozenset({ref}), [frozenset({TextRef(name)})], site)
    return found


def _index(run: Functions, args: Args, site: ReadSite) -> Refs:
    return run.fields(args[0], args[1:], site)


def _dig(run: Functions, args: Args, site: ReadSite) -> Refs:
    """``dig "a" "b" DEFAULT TABLE``."""
    if len(args) < 3:
        return UNKNOWN
    return run.fields(args[-1], args[:-2], site) | args[-2]


def _pluck(run: Functions, args: Args, site: ReadSite) -> Refs:
    """``pluck "a" TABLE…``."""
    return _bag(run, [run.fields(NOTHING.union(*args[1:]), [args[0]], site)], site)


def _has_key(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.fields(args[0], args[1:], site)
    return UNKNOWN


def _keys(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.every(NOTHING.union(*args), site)
    return UNKNOWN


def _values(run: Functions, args: Args, site: ReadSite) -> Refs:
    return _bag(run, [run.every(args[0], site)], site)


def _set(run: Functions, args: Args, _: ReadSite) -> Refs:
    if len(args) > 2:
        for name in names(args[1]):
            run.heap.put(args[0], name, args[2])
    return args[0]


def _merge(run: Functions, args: Args, _: ReadSite) -> Refs:
    run.heap.share(args[0], NOTHING.union(*args[1:]))
    return NOTHING.union(*args)


def _print(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.heap.sink(NOTHING.union(*args), site)
    return strings.joined(args)


def _printf(run: Functions, args: Args, site: ReadSite) -> Refs:
    run.heap.sink(NOTHING.union(*args), site)
    return strings.formatted(args)


_Known = Callable[[Functions, Args, ReadSite], Refs]

_KNOWN: Final[Mapping[str, _Known]] = {
    "include": _include,
    "tpl": _tpl,
    "append": _append,
    "push": _append,
    "prepend": _prepend,
    **dict.fromkeys(("reverse", "concat"), _moved),
    "rest": _rest,
    "slice": _slice,
    "chunk": _chunk,
    **dict.fromkeys(("sortAlpha", "uniq", "compact", "without"), _sorted),
    "first": _first,
    "last": _last,
    **dict.fromkeys(("index", "get"), _index),
    "dig": _dig,
    "pluck": _pluck,
    "hasKey": _has_key,
    **dict.fromkeys(("keys", "len"), _keys),
    "values": _values,
    "set": _set,
    **dict.fromkeys(("merge", "mergeOverwrite"), _merge),
    "print": _print,
    "printf": _printf,
}
