"""The baseline: findings that a repository had when it began to use chartkit, accepted until they are mended.

A file with one entry a finding, sorted, so that a change of it reads well in a diff. Only the fingerprint
decides; the rest is for who reads it. Paths in it are relative to the folder of the configuration,
wherever chartkit is run.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place
from chartkit.plan.config import BASELINE, Config
from chartkit.system import atomic_write
from chartkit.system.paths import absolute, shown

VERSION: Final = 1
OUTDATED: Final = "baseline-outdated"

_LARGEST: Final = 256 << 20
_LISTED: Final = 200
_START: Final = re.compile(r'"findings"\s*:\s*\[')
_SPACE: Final = re.compile(r"[\s,]*")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{8,64}")
_LONE: Final = re.compile("[\ud800-\udfff]")
_AGAIN: Final = "write it anew: `chartkit baseline`, or take it from git"
_GONE: Final = (
    "{count} of the baseline {is_} not there any more",
    "run `chartkit baseline` and commit the file",
)
_REFUSED: Final = (
    "{count} of the baseline {keeps} a chart from being judged, and cannot be accepted",
    "mend the chart, then run `chartkit baseline`; or accept it under `ignore:`, with the reason",
)


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """An accepted finding: *fingerprint* decides, the rest is for people who read the file."""

    file: str
    rule: str
    chart: str
    resource: str
    path: str
    message: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline file, which reports call *shown*; *text* is all of it, in which lines are counted."""

    shown: str
    entries: tuple[BaselineEntry, ...]
    text: str = ""

    def line(self, index: int) -> int | None:
        """The line of an entry."""
        return _line(self.text, index)


def entry(finding: Finding, config: Config) -> BaselineEntry:
    """How *finding* is written down."""
    finding = _rooted(finding, config)
    return BaselineEntry(
        file=_clean(finding.place.file),
        rule=finding.rule,
        chart=_clean(finding.chart),
        resource=_clean(str(finding.resource or "")),
        path=_clean(finding.path),
        message=_clean(finding.message.partition("\n")[0]),
        fingerprint=finding.fingerprint,
    )


def _clean(text: str) -> str:
    """*text* without lone surrogates, which strict readers of JSON refuse."""
    return _LONE.sub("\ufffd", text)


def _rooted(finding: Finding, config: Config) -> Finding:
    """*finding* with its file as it is called in the folder of the configuration."""
    if config.root == config.cwd:
        return finding
    file = shown(absolute(finding.place.file, config.cwd), config.root)
    return replace(finding, place=replace(finding.place, file=file))


def read(path: pathlib.Path, name: str) -> Baseline:
    """The baseline in the file *path*, which errors call *name*; raises ConfigError with the line."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST)
        text = content.decode("utf-8-sig")
        data = json.loads(text)
    except FileNotFoundError:
        hint = "write it with `chartkit baseline`, or correct the path"
        raise ConfigError(f"there is no baseline {name!r}", hint) from None
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: is not UTF-8 text", _AGAIN) from None
    except json.JSONDecodeError as error:
        message = f"{name}:{error.lineno}:{error.colno}: is not JSON: {error.msg.lower()}"
        raise ConfigError(message, _AGAIN) from None
    except (RecursionError, ValueError):
        raise ConfigError(f"{name}: is not JSON that can be read", _AGAIN) from None
    return Baseline(name, tuple(_entries(data, name, text)), text)


def _entries(data: Any, name: str, text: str) -> Iterator[BaselineEntry]:
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        message = f"{name}:1: expected a mapping with the keys 'version' and 'findings'"
        raise ConfigError(message, _AGAIN)
    if data.get("version") != VERSION:
        message = f"{name}:1: version: expected {VERSION}, not {data.get('version')!r}"
        raise ConfigError(message, "write it anew: `chartkit baseline`, or use the chartkit that wrote it")
    for index, one in enumerate(data["findings"]):
        if wrong := _wrong(one):
            raise ConfigError(f"{name}:{_line(text, index) or 1}: findings[{index}]{wrong}", _AGAIN)
        yield BaselineEntry(**{key: one.get(key, "") for key in BaselineEntry.__dataclass_fields__})


def _wrong(one: Any) -> str:
    """What is wrong with an entry; empty where nothing is."""
    if not isinstance(one, dict):
        return ": expected a mapping"
    for key in BaselineEntry.__dataclass_fields__:
        if not isinstance(one.get(key, ""), str):
            return f".{key}: expected text"
    for key in ("fingerprint", "rule"):
        if not one.get(key):
            return f": the key {key!r} is missing"
    if not _FINGERPRINT.fullmatch(one["fingerprint"]):
        return ".fingerprint: expected hexadecimal digits"
    return ""


def _line(text: str, index: int) -> int | None:
    """The line on which the entry with the number *index* begins, in JSON that has been read."""
    found, decoder = _START.search(text), json.JSONDecoder()
    if found is None:
        return None
    at = found.end()
    with contextlib.suppress(ValueError, RecursionError):
        for _ in range(index):
            at = _gap(text, at)
            at = decoder.raw_decode(text, at)[1]
        return text.count("\n", 0, _gap(text, at)) + 1
    return None


def _gap(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def written(entries: Iterable[BaselineEntry]) -> str:
    """The text of a baseline that holds *entries*."""
    keys = ("fingerprint", "rule", "chart", "file", "resource", "path", "message")
    found = [{key: asdict(one)[key] for key in keys if asdict(one)[key]} for one in sorted(entries)]
    return json.dumps({"version": VERSION, "findings": found}, indent=2, ensure_ascii=True) + "\n"


def refuse_others(path: pathlib.Path, name: str) -> None:
    """Raise ConfigError where a file that is no baseline stands at *path*, which errors call *name*.

    One by the name that only a baseline has may be damaged, as by git where two branches change it.
    """
    if path.name == BASELINE or not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    try:
        read(path, name)
    except ConfigError as error:
        hint = "name another file, or remove this one first"
        raise ConfigError(f"{name!r} is not overwritten, since it is no baseline: {error}", hint) from None


def write(path: pathlib.Path, name: str, entries: Iterable[BaselineEntry]) -> None:
    """Replace the file at *path*, which errors call *name*, whole; raises ChartkitError."""
    try:
        atomic_write.replace(path, written(entries).encode("utf-8"))
    except OSError as error:
        message = f"cannot write the baseline to {name!r}: {(error.strerror or str(error)).lower()}"
        raise ChartkitError(message, "name a file in a folder that exists and can be written") from error


def apply(
    findings: Sequence[Finding],
    config: Config,
    rules: Mapping[str, Severity],
    keeps_from_judging: Callable[[Finding], bool] = lambda _: False,
    *,
    complete: bool,
) -> tuple[Finding, ...]:
    """*findings*, those of the baseline of *config* accepted, and what the baseline has too many.

    What *keeps_from_judging* a chart is not accepted: what else is wrong there is not known. *complete* says
    whether everything was judged, so that what is not there is gone for good.
    """
    if not config.baseline:
        return tuple(findings)
    baseline = read(config.baseline, config.shown(config.baseline))
    left = Counter(one.fingerprint for one in baseline.entries)
    reason = f"known since it was written into {baseline.shown}"
    judged, refused = [], list[str]()
    for finding in findings:
        fingerprint = _rooted(finding, config).fingerprint
        known = finding.suppressed is None and left[fingerprint] > 0
        if known:
            left[fingerprint] -= 1
        if known and keeps_from_judging(finding):
            refused.append(fingerprint)
            known = False
        judged.append(replace(finding, suppressed=reason) if known else finding)
    if OUTDATED in rules:
        judged += _listed(baseline, Counter(refused), rules[OUTDATED], _REFUSED)
        judged += _listed(baseline, left, rules[OUTDATED], _GONE) if complete else ()
    return tuple(judged)


def _listed(
    baseline: Baseline, left: Counter[str], severity: Severity, words: tuple[str, str]
) -> Iterator[Finding]:
    """One finding about all entries that are *left*; of equal ones the last are too many."""
    idle: list[int] = []
    for index in reversed(range(len(baseline.entries))):
        if left[baseline.entries[index].fingerprint] > 0:
            left[baseline.entries[index].fingerprint] -= 1
            idle.insert(0, index)
    if not idle:
        return
    gone = (baseline.entries[index] for index in idle)
    accepted = [f"{one.rule} in {one.file}" + f" ({one.resource})" * bool(one.resource) for one in gone]
    more = [f"… and {len(idle) - _LISTED:,} more"] if len(idle) > _LISTED else []
    one = len(idle) == 1
    count = "1 finding" if one else f"{len(idle):,} findings"
    first = words[0].format(count=count, is_="is" if one else "are", keeps="keeps" if one else "keep")
    message = "\n".join([first, *accepted[:_LISTED], *more])
    yield Finding(OUTDATED, severity, message, "", Place(baseline.shown, baseline.line(idle[0])), words[1])
