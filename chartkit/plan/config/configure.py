"""Finds the configuration and reads it: chartkit.yaml or ct.yaml, then the environment, then the flags."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from chartkit.model.errors import ConfigError
from chartkit.plan.config import Config, Flags
from chartkit.plan.config.flag_values import apply, from_environment
from chartkit.plan.config.known_rules import KnownRules, known_rules
from chartkit.system.containment import outside
from chartkit.system.package import CONFIG_FILES
from chartkit.system.paths import absolute, is_file, is_folder, repository, shown

_CT_FOLDERS: Final = (".", ".github", ".github/configs", ".github/linters", ".ct")
_CT_NAMES: Final = ("ct.yaml", "ct.yml", "ct-lint.yaml")


def read(
    flags: Flags | None = None,
    cwd: pathlib.Path | None = None,
    environ: Mapping[str, str] = os.environ,
    known: KnownRules = known_rules,
) -> Config:
    """The configuration of a run in the folder *cwd*.

    Raises ConfigError with all mistakes of the file at once, else with all of flags and variables.
    With no configuration file, nothing that reads YAML is imported. *known* tells the names of rules.
    """
    flags = flags or Flags()
    cwd = pathlib.Path(os.path.abspath(cwd or "."))  # noqa: PTH100  # links stay
    environment = from_environment(environ)
    config = Config(root=cwd, cwd=cwd, golden_folder=cwd / "golden")
    file = find(cwd, flags.config or environment.config)
    if file is not None:
        from chartkit.plan.config import file as config_file

        config = config_file.read(file, config, known)
    else:
        config = _read_without_file(config)
    return apply(flags, environment, config, known)


def find(cwd: pathlib.Path, named: str | None = None) -> pathlib.Path | None:
    """The configuration file: the one *named*, else the nearest from *cwd* up to the repository's root.

    Outside a repository only *cwd* is looked at: what lies above it is somebody else's.
    """
    if named:
        path = absolute(named, cwd)
        if not is_file(path):
            raise ConfigError(f"there is no configuration file {named!r}", "correct the path after --config")
        return path
    root = repository(cwd) or cwd
    for folder in (cwd, *cwd.parents):
        for path in (folder / name for name in CONFIG_FILES):
            if _is_there(path):
                return _inside_repository(path, root, cwd)
        if folder == root:
            break
    return None


def find_ct(root: pathlib.Path) -> pathlib.Path | None:
    """The ct.yaml of the repository at *root*, in the places that chart repositories keep it."""
    for place in ct_places():
        if _is_there(root / place):
            return root / place
    return next((one for one in sorted((root / ".github/configs").glob("ct*.yaml")) if _is_there(one)), None)


def ct_places() -> Iterator[str]:
    """Where chart repositories keep a ct.yaml, in the order in which it is looked for."""
    return (f"{folder}/{name}" for folder in _CT_FOLDERS for name in _CT_NAMES)


def _is_there(path: pathlib.Path) -> bool:
    """Whether something has that name, if only a pipe: a notice says why it is not used."""
    return os.path.lexists(path) and not is_folder(path)


def _inside_repository(path: pathlib.Path, root: pathlib.Path, cwd: pathlib.Path) -> pathlib.Path:
    """The configuration file found at *path*; raises ConfigError where a link leads to another repository."""
    if why := outside(path, root):
        raise ConfigError(f"{shown(path, cwd)}: {why}", "put a copy of it there, or name it with --config")
    return path


def _read_without_file(config: Config) -> Config:
    root = repository(config.cwd) or config.cwd
    if path := find_ct(root):
        from chartkit.plan.config import ct

        config = ct.read(path, root, config)
    config = replace(config, golden_folder=config.root / "golden")
    if not _holds_renders(config.golden_folder):
        return config
    from chartkit.plan.config import golden_folder

    return golden_folder.with_goldens(config)


def _holds_renders(folder: pathlib.Path) -> bool:
    """Whether a folder that is not configured holds what ``chartkit golden update`` writes."""
    first = next((file for file in sorted(folder.glob("*/*.yaml")) if is_file(file)), None)
    if first is None:
        return False
    from chartkit.golden.files import beginning, is_render

    text = beginning(first)
    return bool(text.strip()) and is_render(text)
