"""`dataclasses.dataclass` for frozen classes with slots, made in a quarter of the time.

The standard library writes and compiles seven functions for each class, which took a third of each start
of chartkit. Here one is compiled, ``__init__``; the others are the same for all classes. In every other way
these are dataclasses: `dataclasses.fields`, `replace` and pickle know them, and mypy the standard decorator.
"""

from __future__ import annotations

import dataclasses
import operator
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError
from typing import TYPE_CHECKING, Any

_WRITTEN = frozenset(
    {"__init__", "__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__", "__slots__"}
)


_NOT_GIVEN: Any = dataclasses._HAS_DEFAULT_FACTORY  # type: ignore[attr-defined] # noqa: SLF001
"""What stands for the default of a field with a factory; help shows it as ``<factory>``."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Model:
    """What the standard library makes, for what cannot be made otherwise."""


def _is_plain(cls: type) -> bool:
    """Whether *cls* takes nothing from a base, and writes no method that a dataclass has."""
    return cls.__bases__ == (object,) and _WRITTEN.isdisjoint(cls.__dict__)


def _fields(cls: type) -> Iterator[Field[Any]]:
    for name, annotation in cls.__annotations__.items():
        default = cls.__dict__.get(name, MISSING)
        field: Any = default if isinstance(default, Field) else dataclasses.field(default=default)
        field.name, field.type, field.kw_only = name, annotation, False
        field._field_type = dataclasses._FIELD  # type: ignore[attr-defined] # noqa: SLF001
        yield field


def _init(cls: type, fields: list[Field[Any]]) -> Callable[..., None]:
    """The one function that is written anew: instances are made often, and so fast."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": _NOT_GIVEN}
    parameters, lines = [], []
    for field in fields:
        value, default = field.name, ""
        if field.default_factory is not MISSING:
            known[f"_make_{field.name}"] = field.default_factory
            value, default = f"_make_{value}() if {value} is _missing else {value}", " = _missing"
        elif field.default is not MISSING:
            known[f"_default_{field.name}"] = field.default
            default = f" = _default_{field.name}"
        parameters.append(f"{field.name}{default}")
        lines.append(f"  _set(self, {field.name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    body = "\n".join(lines or ["  pass"])
    head = f"def make({', '.join(known)}):\n def __init__({', '.join(('self', *parameters))}):"
    text = f"{head}\n{body}\n return __init__"
    made: dict[str, Any] = {}
    exec(text, vars(sys.modules[cls.__module__]), made)  # noqa: S102 (of names in our own source)
    init: Callable[..., None] = made["make"](**known)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**{field.name: field.type for field in fields}, "return": None}
    return init


def _values(names: list[str]) -> Callable[[object], tuple[Any, ...]]:
    """What gives the attributes *names* as a tuple."""
    get = operator.attrgetter(*names) if names else None
    if get is None:
        return lambda _: ()
    return get if len(names) > 1 else lambda one: (get(one),)


def _methods(fields: list[Field[Any]]) -> dict[str, Any]:
    names = [field.name for field in fields]
    shown = [field.name for field in fields if field.repr]
    compared = _values([field.name for field in fields if field.compare])
    hashed = _values([one.name for one in fields if (one.compare if one.hash is None else one.hash)])
    state = _values(names)

    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(hashed(self))

    def __repr__(self: object) -> str:  # noqa: N807
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({values})"

    def __setstate__(self: object, state: tuple[Any, ...]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    found = (__eq__, __hash__, __repr__, __setstate__, _refuse_assignment, _refuse_deletion)
    methods: dict[str, Any] = {method.__name__: method for method in found[:4]}
    return methods | {
        "__setattr__": found[4],
        "__delattr__": found[5],
        "__getstate__": _getstate(state),
    }


def _getstate(state: Callable[[object], tuple[Any, ...]]) -> Callable[[object], tuple[Any, ...]]:
    def __getstate__(self: object) -> tuple[Any, ...]:  # noqa: N807
        return state(self)

    return __getstate__


def _refuse_assignment(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _frozen(cls: type) -> type:
    fields = list(_fields(cls))
    names = tuple(field.name for field in fields)
    left = {
        name: value for name, value in vars(cls).items() if name not in {*names, "__dict__", "__weakref__"}
    }
    made = type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            **left,
            **_methods(fields),
            "__init__": _init(cls, fields),
            "__slots__": names,
            "__match_args__": names,
            "__dataclass_fields__": {field.name: field for field in fields},
            "__dataclass_params__": _Model.__dataclass_params__,  # type: ignore[attr-defined]
        },
    )
    made.__qualname__ = cls.__qualname__
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 (a re-export)
else:

    def dataclass(cls=None, /, **options):
        """As `dataclasses.dataclass`."""
        if cls is None:
            return lambda made: dataclass(made, **options)
        if options != {"frozen": True, "slots": True} or not _is_plain(cls):
            return dataclasses.dataclass(cls, **options)
        return _frozen(cls)
