"""Which findings are new: those that the base of the review did not have, as often as they are there now.

The base is checked in a process of its own, in a folder of its own, since paths in a report are relative to
the working directory, and there they are the same.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from chartkit.model.errors import ChartkitError, NoChart
from chartkit.model.finding import Finding, order
from chartkit.pipeline.review.base_tree import Incomplete
from chartkit.pipeline.review.review import Review
from chartkit.pipeline.run import open_run
from chartkit.pipeline.scope import around, narrowed
from chartkit.pipeline.stages import check_charts
from chartkit.plan import discover
from chartkit.plan.config import Flags, Piped, configure
from chartkit.system import cache
from chartkit.system.paths import absolute, content
from chartkit.system.worker_pool import Bounds, Pool, WorkerFailure

_SECONDS: Final = 24 * 3600.0
_MOST: Final = 64 << 20
"""Bytes of ignored files that are compared by content; by time where there are more."""


def fault(finding: Finding) -> str:
    """A name of the fault, the same for each place that has it."""
    name = repr(finding.identity).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=12).hexdigest()


def faults(findings: Iterable[Finding]) -> Counter[str]:
    """How often each fault is there, suppressed ones apart."""
    return Counter(fault(finding) for finding in findings if finding.suppressed is None)


def only_new(findings: Sequence[Finding], base: Mapping[str, int]) -> tuple[Finding, ...]:
    """*findings* without those that the *base* had; where a fault is there more often, the last are new."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.suppressed is None:
            groups.setdefault(fault(finding), []).append(finding)
    old = set()
    for name, same in groups.items():
        old |= {id(finding) for finding in sorted(same, key=order)[: base.get(name, 0)]}
    return tuple(finding for finding in findings if id(finding) not in old)


def of_base(review: Review) -> tuple[Counter[str] | str, Incomplete]:
    """How often each fault was there, or why that is not known; and the files of which not all was there.

    A commit does not change, so that what is found is kept.
    """
    name = _cache_name(review)
    store = cache.Store(review.config.cache_dir) if review.config.cache_dir and name else None
    if store is not None and (kept := store.get_json(name)) is not None:
        return Counter(kept["faults"]), tuple((path, reason) for path, reason in kept["incomplete"])
    incomplete = review.base.write(review.moved)
    found = _check_base(review)
    if store is not None and not isinstance(found, str):
        store.put_json(name, {"faults": found, "incomplete": incomplete})
    return found, incomplete


def _check_base(review: Review) -> Counter[str] | str:
    paths = [path for path in review.paths if _place(review, path).exists()]
    cwd = review.base.place(review.config.cwd)
    if (review.paths and not paths) or not cwd.is_dir():
        return Counter()
    with Pool(1, Bounds(_SECONDS, 0), review.config.deadline, fresh=True) as pool:
        arguments = (str(cwd), _flags(review), tuple(paths), tuple(review.scope.reported))
        answer = pool.submit(check_in_folder, *arguments).result()
    if isinstance(answer, WorkerFailure):
        return f"judging it {answer.message}"
    if isinstance(answer, str):
        return answer.replace(f"{review.base.folder}/", "")
    return Counter(answer)


def check_in_folder(
    cwd: str, flags: Flags, paths: tuple[str, ...], reported: tuple[str, ...]
) -> Mapping[str, int] | str:
    """How often each fault is there in the charts *reported* (by path), or why that is not known.

    This process is used up by it: its working directory changes, and it obeys the *flags* alone.
    """
    os.chdir(cwd)
    for name in [name for name in os.environ if name.startswith("CHARTKIT_")]:
        del os.environ[name]
    try:
        config = configure.read(flags)
        plan = discover.plan(config, paths)
        scope = around(config, narrowed(plan, frozenset(reported), chart_removed=True))
        with open_run(config) as run:
            report = check_charts(run, replace(scope, everywhere=True))
    except NoChart:
        return {}
    except ChartkitError as error:
        return f"it cannot be judged as it was: {error}"
    return dict(faults(report.findings))


def _place(review: Review, path: str) -> pathlib.Path:
    return review.base.place(absolute(path, review.config.cwd))


def _flags(review: Review) -> Flags:
    """The flags of the run for the base's folder: what lies outside of the repository stays where it is."""
    given, config = review.config.flags, review.config

    def there(path: str) -> str:
        place = _place(review, path)
        inside = place.is_relative_to(review.base.folder)
        return path if inside and not os.path.isabs(path) else str(place)  # noqa: PTH117

    return replace(
        given,
        config=there(given.config) if given.config else None,
        crds=tuple(map(there, given.crds)),
        values=tuple(one if isinstance(one, Piped) else there(one) for one in given.values),
        baseline=there(given.baseline) if given.baseline else None,
        cache_dir=str(config.cache_dir) if config.cache_dir else None,
        no_cache=config.cache_dir is None,
        jobs=config.jobs,
        timeout=None,
        formats=(),
        since=None,
        new=None,
    )


def _cache_name(review: Review) -> str:
    """What names the result in the cache; empty where it depends on more than commit and flags."""
    config, given, base = review.config, review.config.flags, review.base
    values = [one for one in given.values if isinstance(one, str)]
    files = [*values, *given.crds, *filter(None, (given.config, given.baseline))]
    outside = [path for path in files if not _place(review, path).is_relative_to(base.folder)]
    reads_files = any(one.flag == "set-file" for one in given.set_values)
    if config.engine != "embedded" or outside or config.update_dependencies or reads_files:
        return ""
    root = base.repository.root
    ignored = [*_stamps(root, base.repository.ignored(sorted(base.charts)))]
    flags = replace(given, jobs=None, timeout=None, no_cache=None, cache_dir=None)
    flags = replace(flags, formats=(), since=None, new=None)
    where = (base.commit, os.path.relpath(config.cwd, root), sorted(review.moved.items()))
    return cache.key("base", where, repr(flags), sorted(review.scope.reported), review.paths, ignored)


def _stamps(root: pathlib.Path, names: Sequence[str]) -> Iterator[tuple[str, object]]:
    """What changes when one of the files *names* does, which git ignores: CI fetches them anew each time."""
    stats = {name: _stat(root / name) for name in names}
    small = sum(stat.st_size for stat in stats.values() if stat) <= _MOST
    for name, stat in stats.items():
        yield name, _digest(root / name) if small else stat and stat.st_mtime_ns


def _stat(path: pathlib.Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _digest(path: pathlib.Path) -> str:
    try:
        return cache.digest(content(path, _MOST))
    except OSError:
        return ""
