"""Checks flags and ``CHARTKIT_*`` variables, and applies them to a `Config`."""

from __future__ import annotations

import os
import pathlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, Literal

from chartkit.model.case import Scenario
from chartkit.model.errors import ConfigError, Problem
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.plan.config import BASELINE, Config, Flags
from chartkit.plan.config.entries import ChartSettings
from chartkit.plan.config.known_rules import KnownRules, NamedRule, unknown_rules
from chartkit.plan.kube_versions import full_version
from chartkit.syntax import file_errors
from chartkit.system.did_you_mean import closest, suggestion
from chartkit.system.paths import YAML_SUFFIXES, TooManyFiles, absolute, cache_folder, expand, is_file

PREFIX: Final = "CHARTKIT_"
_ENGINES: Final = ("embedded", "cli")
_FAIL_ON: Final = ("error", "warning", "note", "never")
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_SLIP: Final = 2
"""By how many letters a misspelled variable is longer or shorter: VERSION is not meant as KUBE_VERSION."""
_RELEASE: Final = r"(?=.{1,53}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_KUBE_VERSION: Final = r"v?\d{1,4}\.\d{1,4}(\.\d{1,4})?([-+][\w.+-]{0,80})?"
_NAMESPACE: Final = r"(?=.{1,63}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?"


def is_release_name(text: str) -> bool:
    """Whether Helm takes *text* for the name of a release."""
    return re.fullmatch(_RELEASE, text, re.ASCII) is not None


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def formats(words: Iterable[str]) -> tuple[tuple[str, str | None], ...]:
    """The formats that *words* such as ``json=FILE`` name, each with its file; ``-`` is stdout, as None."""
    parts = (word.partition("=") for word in words)
    return tuple((name, file if equals and file != "-" else None) for name, equals, file in parts)


def _formats(text: str) -> tuple[tuple[str, str | None], ...]:
    return formats(_several(text))


_READERS: Final[Mapping[str, tuple[Callable[[str], Any], str]]] = {
    "str | None": (str, ""),
    "bool | None": (_boolean, "true or false"),
    "int | None": (int, "a number from 1 on"),
    "float | None": (float, "a number of seconds"),
    "tuple[str, ...]": (_several, ""),
    "tuple[tuple[str, str | None], ...]": (_formats, ""),
}
"""How the text of a variable becomes a flag of this type, and what is expected of it."""

_FLAGS: Final = {each.metadata["variable"]: each for each in fields(Flags) if each.metadata}
"""The fields of `Flags` by the names of their variables, without the prefix."""


def from_environment(environ: Mapping[str, str]) -> Flags:
    """The flags that the ``CHARTKIT_*`` variables of *environ* stand for, without empty ones.

    Raises ConfigError for values that cannot be read and for names that look like a slip.
    """
    wrong: list[Problem] = []
    found: dict[str, Any] = {}
    for name in sorted(name for name in environ if name.startswith(PREFIX) and environ[name]):
        flag, text = _FLAGS.get(name.removeprefix(PREFIX)), environ[name]
        if flag is None:
            wrong += _misspelled(name)
            continue
        read, expected = _READERS[str(flag.type)]
        try:
            found[flag.name] = read(text)
        except (ValueError, KeyError):
            wrong.append(Problem(Place(name), f"expected {expected}, not {text!r}", "correct or unset it"))
    if wrong:
        raise file_errors.error(wrong)
    if "siblings" in found:
        found["siblings"] = not found["siblings"]  # the variable is NO_SIBLINGS
    return Flags(**found)


def _misspelled(name: str) -> Iterator[Problem]:
    """A mistake if *name* looks like a variable; any other may be somebody else's: CHARTKIT_IMAGE."""
    short = name.removeprefix(PREFIX)
    near = closest(short, _FLAGS)
    if near and abs(len(near) - len(short)) <= _SLIP:
        yield Problem(Place(name), "is not a known variable", f"did you mean {PREFIX + near!r}?")


def _is_given(flags: Flags, name: str) -> bool:
    return getattr(flags, name) not in (None, ())


class _FlagMistakes:
    """The mistakes that are *found*, each under the flag or variable that the user wrote.

    *variables* are the names of those that stand for flags, by the fields of `Flags`.
    """

    def __init__(self, given: Flags, environment: Flags) -> None:
        self.found: list[Problem] = []
        self.variables = {
            flag.name: PREFIX + variable
            for variable, flag in _FLAGS.items()
            if not _is_given(given, flag.name) and _is_given(environment, flag.name)
        }

    def place(self, name: str) -> Place:
        """The flag or variable that stands for the field *name* of `Flags`."""
        flag = {"formats": "format", "release": "name"}.get(name, name)
        return Place(self.variables.get(name) or "--" + flag.replace("_", "-"))

    def wrong(self, name: str, message: str, hint: str = "") -> None:
        self.found.append(Problem(self.place(name), message, hint))

    def expect(self, name: str, value: str, pattern: str, expected: str, hint: str) -> bool:
        sound = re.fullmatch(pattern, value, re.ASCII) is not None
        if not sound:
            self.wrong(name, f"expected {expected}, not {value!r}", hint)
        return sound

    def choose(self, name: str, value: str | None, known: Sequence[str]) -> str | None:
        """*value* where it is one of *known*, else None."""
        if value is None or value in known:
            return value
        expected = f"{', '.join(known[:-1])} or {known[-1]}"
        self.wrong(name, f"expected {expected}, not {value!r}", suggestion(value, known, most=0))
        return None


def apply(given: Flags, environment: Flags, config: Config, known: KnownRules) -> Config:
    """*config* under the flags *given*, and those of the *environment* where these say nothing.

    Raises ConfigError with every mistake there is.
    """
    flags, mistakes = given.over(environment), _FlagMistakes(given, environment)
    same = {each.name for each in fields(Flags)} & {each.name for each in fields(Config)}
    engine = mistakes.choose("engine", flags.engine, _ENGINES) or ("cli" if flags.helm else config.engine)
    values: dict[str, Any] = {name: getattr(flags, name) for name in same if _is_given(flags, name)}
    values |= {
        "engine": engine,
        "crds": tuple(dict.fromkeys((*config.crds, *_crds(flags, config, mistakes)))),
        "crd_sources": (
            *config.crd_sources,
            *(absolute(one, config.cwd).as_posix() for one in flags.crds),
        ),
        "deselect": flags.ignore,
        "ignore": config.ignore,
        "fail_on": _fail_on(flags, config, mistakes),
        "jobs": _jobs(flags, mistakes),
        "deadline": _deadline(flags, mistakes),
        "cache_dir": None if flags.no_cache else cache_dir(flags, config),
        "scenario_names": flags.scenario,
        "overrides": _overrides(flags, mistakes),
        "command_line": _command_line(flags, config, mistakes),
        "since": _since(flags, config, mistakes),
        "baseline": _baseline(flags, config),
        "flags": flags,
    }
    config = replace(config, **values)
    mistakes.found += unknown_rules(_rule_names(flags, mistakes), config.policies, known)
    if mistakes.found:
        raise file_errors.error(mistakes.found)
    return config


def _rule_names(flags: Flags, mistakes: _FlagMistakes) -> Iterator[NamedRule]:
    for key, names in (("select", flags.select), ("ignore", flags.ignore)):
        yield from (NamedRule(name, mistakes.place(key)) for name in names)


def _crds(flags: Flags, config: Config, mistakes: _FlagMistakes) -> Iterator[pathlib.Path]:
    for one in flags.crds:
        try:
            found = list(expand(one, config.cwd, YAML_SUFFIXES))
        except TooManyFiles:
            mistakes.wrong("crds", f"{one!r} holds too many files to look through", "name a smaller folder")
            continue
        if not found:
            mistakes.wrong("crds", f"no file fits {one!r}", "name a file, a folder, or a pattern in quotes")
        yield from found


def _fail_on(flags: Flags, config: Config, mistakes: _FlagMistakes) -> Severity | None:
    level = mistakes.choose("fail_on", flags.fail_on, _FAIL_ON)
    if level is None:
        return config.fail_on
    return None if level == "never" else Severity[level.upper()]


def _command_line(flags: Flags, config: Config, mistakes: _FlagMistakes) -> Scenario | None:
    """The scenario that values on the command line make; None without any."""
    if not (flags.values or flags.set_values):
        return None
    from chartkit.plan.config import command_line

    return command_line.scenario(flags, config, mistakes.wrong)


def _since(flags: Flags, config: Config, mistakes: _FlagMistakes) -> str | None:
    """The commit to compare with; ``--new`` needs one, the variable for it does not."""
    if flags.since == "":
        mistakes.wrong("since", "expected a branch, tag or commit, not ''", "name what to compare with")
    elif flags.since is None and flags.new and "new" not in mistakes.variables:
        branch = f"{config.remote}/{config.target_branch}"
        mistakes.wrong("new", "says nothing without --since", f"say since when: --since {branch}")
    return flags.since or None


def _baseline(flags: Flags, config: Config) -> pathlib.Path | Literal[False] | None:
    """The baseline that is named, else the one beside the configuration, if there is one.

    Raises ConfigError where that is a link: what comes with a repository leads to nothing else.
    """
    if flags.baseline:
        return absolute(flags.baseline, config.cwd)
    if config.baseline is not None:
        return config.baseline
    beside = config.root / BASELINE
    if beside.is_symlink():
        message = f"the baseline {config.shown(beside)!r} is a link"
        raise ConfigError(message, "put the file itself in its place, or name another with --baseline")
    return beside if is_file(beside) else None


def _jobs(flags: Flags, mistakes: _FlagMistakes) -> int:
    if flags.jobs is not None and flags.jobs < 1:
        mistakes.wrong(
            "jobs", f"expected a number from 1 on, not {flags.jobs}", "leave it out to use all processors"
        )
    if flags.jobs is not None:
        return flags.jobs
    usable = getattr(os, "sched_getaffinity", None)  # Linux: what a container may use
    return len(usable(0)) if usable else os.cpu_count() or 1


def _deadline(flags: Flags, mistakes: _FlagMistakes) -> float | None:
    """When the time of the run is up, by `time.monotonic`."""
    if flags.timeout is None:
        return None
    if not 0 < flags.timeout <= threading.TIMEOUT_MAX:
        message = f"expected a number of seconds above 0, not {flags.timeout:g}"
        mistakes.wrong("timeout", message, "leave it out to wait as long as it takes")
    return time.monotonic() + flags.timeout


def cache_dir(flags: Flags, config: Config) -> pathlib.Path | None:
    """Where results are kept: as asked for, else the user's cache folder; nowhere without a home."""
    if flags.cache_dir:
        return absolute(flags.cache_dir, config.cwd)
    return cache_folder()


def _overrides(flags: Flags, mistakes: _FlagMistakes) -> ChartSettings:
    hint = "use lower-case letters, digits and '-'"
    if flags.release is not None:
        expected = "a release name of at most 53 characters"
        mistakes.expect("release", flags.release, _RELEASE, expected, hint)
    if flags.namespace is not None:
        mistakes.expect(
            "namespace", flags.namespace, _NAMESPACE, "a namespace of at most 63 characters", hint
        )
    versions = [
        one
        for one in flags.kube_version
        if mistakes.expect("kube_version", one, _KUBE_VERSION, "a Kubernetes version", "write it as 1.34")
    ]
    return ChartSettings(
        release=flags.release,
        namespace=flags.namespace,
        kube_versions=tuple(dict.fromkeys(full_version(one) for one in versions)),
        api_versions=tuple(part for one in flags.api_versions for part in _several(one)),
    )
