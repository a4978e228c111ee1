"""What was wrong with the charts before the change: judged in a process of its own, in a folder of its own.

Of its own since paths in a report are relative to the working directory, and there they are the same.
"""

from __future__ import annotations

import os
import pathlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chartkit.model.case import SetValue
from chartkit.pipeline.review import base_worker
from chartkit.plan.chart_folders import roots, siblings_of
from chartkit.plan.config import Flags, Piped
from chartkit.system import cache
from chartkit.system.paths import absolute, content
from chartkit.system.worker_pool import Bounds, Pool, WorkerFailure

if TYPE_CHECKING:
    from chartkit.pipeline.review.reviewing import Review

Found = tuple[Counter[str] | str, tuple[tuple[str, str], ...]]
"""How often each fault was there, or why that cannot be told; and the files of which not all was there."""

_SECONDS: Final = 24 * 3600.0
_MOST: Final = 64 << 20
"""Bytes of ignored files that are told apart by content; by time where there are more."""


def faults(review: Review) -> Found:
    """What was wrong before, of the charts that the review is about.

    A commit does not change, so that what is found is kept.
    """
    name = _name(review)
    store = cache.Store(review.config.cache_dir) if review.config.cache_dir and name else None
    if store is not None and (kept := store.get_json(name)) is not None:
        return Counter(kept["faults"]), tuple((path, reason) for path, reason in kept["lacking"])
    lacking = review.before.ready(review)
    found = _judged(review)
    if store is not None and not isinstance(found, str):
        store.put_json(name, {"faults": found, "lacking": lacking})
    return found, lacking


def _judged(review: Review) -> Counter[str] | str:
    paths = [path for path in review.paths if _place(review, path).exists()]
    cwd = review.before.place(review.config.cwd)
    if (review.paths and not paths) or not cwd.is_dir():
        return Counter()
    with Pool(1, Bounds(_SECONDS, 0), review.config.deadline, fresh=True) as pool:
        arguments = (str(cwd), _flags(review), tuple(paths), tuple(review.scope.reported))
        answer = pool.submit(base_worker.judge, *arguments).result()
    if isinstance(answer, WorkerFailure):
        return f"judging it {answer.message}"
    if isinstance(answer, str):
        return answer.replace(f"{review.before.folder}/", "")
    return Counter(answer)


def _place(review: Review, path: str) -> pathlib.Path:
    return review.before.place(absolute(path, review.config.cwd))


def _flags(review: Review) -> Flags:
    """The flags of the run for the other folder: what lies outside of the repository stays where it is."""
    given, config = review.config.flags, review.config
    return replace(
        given,
        config=_there(review, [given.config])[0] if given.config else None,
        crds=tuple(_there(review, given.crds)),
        values=tuple(one if isinstance(one, Piped) else _there(review, [one])[0] for one in given.values),
        set_values=tuple(given.set_values),
        baseline=_there(review, [given.baseline])[0] if given.baseline else None,
        cache_dir=str(config.cache_dir) if config.cache_dir else None,
        no_cache=config.cache_dir is None,
        jobs=config.jobs,
        timeout=None,
        formats=(),
        since=None,
        new=None,
    )


def _there(review: Review, paths: Iterable[str | None]) -> list[str]:
    found = []
    for path in filter(None, paths):
        full = absolute(path, review.config.cwd)
        place = review.before.place(full)
        inside = place.is_relative_to(review.before.folder)
        found.append(path if inside and not os.path.isabs(path) else str(place))  # noqa: PTH117
    return found


def _name(review: Review) -> str:
    """What names the result in the cache; empty where it depends on more than commit and flags."""
    config, given = review.config, review.config.flags
    values = [one for one in given.values if isinstance(one, str)]
    files = [*values, *given.crds, *filter(None, (given.config, given.baseline))]
    outside = [path for path in files if not _place(review, path).is_relative_to(review.before.folder)]
    if config.engine != "embedded" or outside or config.update_dependencies or _sets_files(given.set_values):
        return ""
    root = review.before.repository.root
    charts = (*review.scope.plan.charts, *review.beside)
    siblings = siblings_of(config)
    folders = {one for chart in charts for one in roots(chart.path, siblings=siblings)}
    inside = sorted(one.relative_to(root).as_posix() for one in folders if one.is_relative_to(root))
    ignored = _stamps(root, review.before.repository.ignored(inside))
    given = replace(given, jobs=None, timeout=None, no_cache=None, cache_dir=None)
    flags = repr(replace(given, formats=(), since=None, new=None))
    scope = (sorted(review.scope.reported), sorted(chart.shown for chart in charts), review.paths)
    where = (review.before.commit, os.path.relpath(config.cwd, root), sorted(review.moved.items()))
    return cache.key("before", where, flags, scope, ignored)


def _sets_files(given: Iterable[SetValue]) -> bool:
    return any(one.flag == "set-file" for one in given)


def _stamps(root: pathlib.Path, names: Sequence[str]) -> list[tuple[str, object]]:
    """What changes when one of the files *names* does, which git ignores: CI fetches them anew each time."""
    stats = {name: _stat(root / name) for name in names}
    small = sum(stat.st_size for stat in stats.values() if stat) <= _MOST
    return [
        (name, _content(root / name) if small else stat and stat.st_mtime_ns) for name, stat in stats.items()
    ]


def _stat(path: pathlib.Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _content(path: pathlib.Path) -> str:
    try:
        return cache.digest(content(path, _MOST))
    except OSError:
        return ""
