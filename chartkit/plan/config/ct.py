"""Reads chart-testing's ct.yaml, for a repository that has no chartkit.yaml."""

from __future__ import annotations

import pathlib
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from chartkit.model.case import SetValue
from chartkit.model.errors import FileError
from chartkit.model.place import Place
from chartkit.plan.config import Config
from chartkit.plan.kube_versions import full_version
from chartkit.system.containment import outside
from chartkit.system.paths import absolute, is_folder, shown

_RELEASING: Final = ("versions",)
"""The rule sets for repositories in which chart-testing requires that versions rise."""

_ARGUMENTS: Final = ("helm-extra-args", "helm-lint-extra-args")


def read(path: pathlib.Path, root: pathlib.Path, config: Config) -> Config:
    """*config* with what the ct.yaml at *path* of the repository at *root* sets.

    It is another tool's file: what cannot be read or used is a notice, never an error.
    """
    from chartkit.syntax.yaml.yaml_file import load

    name = shown(path, config.cwd)
    if why := outside(path, root):
        return replace(config, notices=(*config.notices, f"{name} is not used: it {why}"))
    try:
        given = load(path, name).data
    except FileError as error:
        return replace(config, notices=(*config.notices, f"{name} is not used: {error}"))
    if not isinstance(given, dict):
        return replace(config, notices=(*config.notices, f"{name} is not used: it holds no keys"))
    return _use(given, replace(config, root=root, file=name, common=(path.as_posix(),)))


def _use(given: dict[str, Any], config: Config) -> Config:
    named = [
        absolute(one, config.root)
        for one in _strings(given.get("charts")) or _strings(given.get("chart-dirs"))
    ]
    unused = {one: _unusable(one, config) for one in named}
    excluded = _strings(given.get("excluded-charts"))
    config = replace(
        config,
        chart_dirs=tuple(one for one in named if unused[one] is None),
        excluded_charts=tuple(str(absolute(one, config.root)) if "/" in one else one for one in excluded),
        target_branch=_text(given.get("target-branch")) or config.target_branch,
        remote=_text(given.get("remote")) or config.remote,
        sets=(*config.sets, *_RELEASING) if given.get("check-version-increment") is True else config.sets,
        notices=(
            *config.notices,
            *(f"{config.file} names {shown(one, config.cwd)}: {why}" for one, why in unused.items() if why),
        ),
    )
    for key in _ARGUMENTS:
        config = _arguments(key, _text(given.get(key)), config)
    return config


def _unusable(folder: pathlib.Path, config: Config) -> str | None:
    if why := outside(folder, config.repository):
        return f"it {why}"
    return None if is_folder(folder) else "no such folder"


def _arguments(key: str, line: str, config: Config) -> Config:
    """*config* with what *line*, arguments for Helm, sets for every render, and a notice about the rest."""
    try:
        words = iter(shlex.split(line))
    except ValueError as error:
        return replace(config, notices=(*config.notices, f"{key} of {config.file} is not used: {error}"))
    unused: list[str] = []
    for word in words:
        flag, equals, value = word.partition("=")
        use = _USES.get(flag)
        if use is None:
            unused.append(word)
            continue
        argument = value if equals else next(words, "")
        try:
            config = use(config, argument)
        except ValueError:
            unused.append(word if equals else f"{word} {argument}".rstrip())
    if not unused:
        return config
    return replace(
        config, notices=(*config.notices, f"{key} of {config.file}: {' '.join(unused)!r} is not used")
    )


def _namespace(config: Config, value: str) -> Config:
    return replace(config, defaults=replace(config.defaults, namespace=value))


def _several(name: str, read_one: Callable[[str], str] = str) -> Callable[[Config, str], Config]:
    def use(config: Config, value: str) -> Config:
        found = (*getattr(config.defaults, name), *(read_one(one) for one in value.split(",")))
        changed: dict[str, Any] = {name: found}
        return replace(config, defaults=replace(config.defaults, **changed))

    return use


def _set(flag: str) -> Callable[[Config, str], Config]:
    def use(config: Config, value: str) -> Config:
        if "=" not in value:
            raise ValueError(value)
        return replace(
            config, extra_set_values=(*config.extra_set_values, SetValue(flag, value, Place(config.file)))
        )

    return use


def _file(config: Config, value: str) -> Config:
    path = absolute(value, config.root)
    name = shown(path, config.cwd)
    if why := outside(path, config.repository):
        return replace(config, notices=(*config.notices, f"{config.file} names {name}: it {why}"))
    return replace(config, extra_values_files=(*config.extra_values_files, name))


_USES: Final[dict[str, Callable[[Config, str], Config]]] = {
    **{f"--{flag}": _set(flag) for flag in ("set", "set-string", "set-json", "set-literal")},
    **dict.fromkeys(("-f", "--values"), _file),
    **dict.fromkeys(("-n", "--namespace"), _namespace),
    **dict.fromkeys(("-a", "--api-versions"), _several("api_versions")),
    "--kube-version": _several("kube_versions", full_version),
}


def _strings(value: Any) -> list[str]:
    """A list of text, or text with commas, as ct reads either."""
    if isinstance(value, str):
        value = value.split(",")
    return (
        [one.strip() for one in value if isinstance(one, str) and one.strip()]
        if isinstance(value, list)
        else []
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
