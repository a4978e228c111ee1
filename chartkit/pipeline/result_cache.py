"""What the cache keeps of a run: the answers of jobs, as JSON, under a name for all that they depend on."""

from __future__ import annotations

import dataclasses
import enum
import functools
import pathlib
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from chartkit.model.case import MAX_VALUES, Case
from chartkit.pipeline.records import CaseRecord, Settings
from chartkit.system import cache
from chartkit.system.paths import content, program
from chartkit.system.worker_pool import WorkerFailure

Value = TypeVar("Value")
Answer = tuple[Value | WorkerFailure, bool]
"""What came of a job, and whether the cache had it."""


class ResultCache:
    """The answers of jobs in *store*; where that is gone after the run, none is kept."""

    def __init__(self, store: cache.Store, *, outlives_run: bool) -> None:
        self.store = store
        self.outlives_run = outlives_run

    def get(self, name: str, kind: type[Value]) -> Value | None:
        """The answer with this *name*, with all that it refers to; else None."""
        if not self.outlives_run or (data := self.store.get_json(name)) is None:
            return None
        try:
            answer = decode(kind, data)
        except (ValueError, TypeError, KeyError):
            return None
        texts = answer.texts if isinstance(answer, CaseRecord) else ()
        return answer if all(self.store.get(text) is not None for text in texts) else None

    def find_or_start(
        self, name: str, kind: type[Value], start: Callable[[], Future[Value | WorkerFailure]]
    ) -> Future[Answer[Value]]:
        """The answer with this *name* (empty: there is none), or that of the job that *start* begins."""
        future: Future[Answer[Value]] = Future()
        if name and (kept := self.get(name, kind)) is not None:
            future.set_result((kept, True))
            return future

        def finish(done: Future[Any]) -> None:
            if done.cancelled():
                future.cancel()
            elif error := done.exception():
                future.set_exception(error)
            else:
                self._keep(name, done.result())
                future.set_result((done.result(), False))

        start().add_done_callback(finish)
        return future

    def _keep(self, name: str, answer: object) -> None:
        if name and self.outlives_run and not isinstance(answer, WorkerFailure):
            self.store.put_json(name, encode(answer))


def name_of(job: Callable[..., object], *parts: object, arguments: tuple[object, ...]) -> str:
    """Name the answer of *job* to *arguments*, the contents of values files among them, and other *parts*."""
    files = [(name, _content_digest(name, MAX_VALUES + 1)) for name in _files_in(arguments)]
    return cache.key(f"{job.__module__}:{job.__qualname__}", *parts, encode(arguments), files)


def _files_in(argument: object) -> Iterator[str]:
    """The values files of the cases in *argument*."""
    if isinstance(argument, Case):
        yield from argument.scenario.files()
    elif isinstance(argument, tuple):
        for item in argument:
            yield from _files_in(item)


@functools.cache
def answer_type(job: Callable[..., Value]) -> type[Value]:
    """What *job* says that it returns."""
    kind: type[Value] = typing.get_type_hints(job)["return"]
    return kind


def digest_of_run(settings: Settings, stamps: Iterable[str]) -> str:
    """Name what every result of a run depends on: its settings, the *stamps* of its rules, and which Helm.

    Policies count by what they say, wherever they lie.
    """
    crds = _content_digest(settings.crds)
    kept = dataclasses.replace(settings, store="", policies=(), crds=crds, helm=None, seconds=0)
    return cache.key(encode(kept), sorted(stamps), _helm_stamp(settings))


def _helm_stamp(settings: Settings) -> str | None:
    """What tells one helm command from the next; the embedded one is pinned, and so part of chartkit."""
    if settings.engine != "cli":
        return None
    command = program(settings.helm or "helm")
    return cache.content_of_file(command) if command else None


def _content_digest(name: str, most: int = -1) -> str:
    """What tells the content of one file from another's; of a values file no more counts than is read."""
    try:
        return cache.digest(content(pathlib.Path(name), most)) if name else ""
    except OSError:
        return "none"


def encode(value: Any) -> Any:
    """What `json` can write of *value*: dataclasses, tuples and sets become lists, enums their values.

    Each dataclass is the list of its fields, in order.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [encode(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.value if isinstance(value, enum.Enum) else value


def decode(kind: type[Value], data: Any) -> Value:
    """The value of type *kind* that `encode` made *data* of.

    Raises ValueError, TypeError or KeyError where *data* is of another shape.
    """
    decoder: Callable[[Any], Value] = _decoder(typing.cast("typing.Any", kind))
    return decoder(data)


@functools.cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _tuple_decoder(inner)
    if origin is frozenset:
        return frozenset
    if origin in (types.UnionType, typing.Union):
        return _union_decoder(inner)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    return lambda data: data


def _dataclass_decoder(kind: Any) -> Callable[[Any], Any]:
    @functools.cache
    def decoders() -> list[Callable[[Any], Any]]:
        """Asked for when there is a value: a scenario may hold another one."""
        hints = typing.get_type_hints(kind)
        return [_decoder(hints[field.name]) for field in dataclasses.fields(kind)]

    def build(data: Any) -> Any:
        return kind(*(decoder(item) for decoder, item in zip(decoders(), data, strict=True)))

    return build


def _tuple_decoder(inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        item = _decoder(inner[0])
        return lambda data: tuple(item(each) for each in data)
    decoders = [_decoder(each) for each in inner]
    return lambda data: tuple(decoder(each) for decoder, each in zip(decoders, data, strict=True))


def _union_decoder(inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Of ``X | None``, the decoder of X; of plain types (``str | int``), none is needed."""
    real = [each for each in inner if each is not type(None)]
    if len(real) != 1:
        return lambda data: data
    decoder = _decoder(real[0])
    return lambda data: None if data is None else decoder(data)


def open_results(folder: pathlib.Path | None, scratch: pathlib.Path) -> ResultCache:
    """Where results go, and whether they outlive the run: not where the cache *folder* cannot be written."""
    if folder is not None:
        store = cache.Store(folder)
        if store.is_writable():
            return ResultCache(store, outlives_run=True)
    return ResultCache(cache.ScratchStore(scratch / "texts"), outlives_run=False)
