"""What `chartkit init` writes into a repository: first all of it is thought out, then it is written.

Nothing is overwritten: a file that is there stays as it is, but for the configuration of pre-commit, to
which an entry is added.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.cli.init import config_text, pre_commit
from chartkit.cli.init.source import Source, source
from chartkit.cli.init.survey import Survey, survey
from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.plan.config import configure
from chartkit.system import atomic_write
from chartkit.system.containment import outside
from chartkit.system.paths import repository, shown, text_of

__all__ = ["CONFIG", "FETCH", "WORKFLOWS", "Change", "Survey", "Wanted", "changes", "survey", "write"]

CONFIG: Final = "chartkit.yaml"
WORKFLOWS: Final = {
    "github": (".github/workflows/chartkit.yaml",),
    "gitlab": (".gitlab-ci.yml", ".gitlab/chartkit.yml"),
}
"""Where the workflow of each service goes: the first that is free."""

FETCH: Final = "--update-dependencies"
_INCLUDE: Final = "add to .gitlab-ci.yml: `include: [{local: .gitlab/chartkit.yml}]`"


@dataclass(frozen=True, slots=True)
class Change:
    """A file, by its path for a person: its *text* is to be written, or None and *why* it stays as it is.

    *before* is the text that is added to, *hint* what is left to do by hand.
    """

    path: pathlib.Path
    shown: str
    text: str | None = None
    why: str = ""
    before: str | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for besides the configuration; *workflows* are keys of `WORKFLOWS`."""

    golden: bool = False
    pre_commit: bool = False
    workflows: tuple[str, ...] = ()
    source: Source = field(default_factory=source)


def changes(found: Survey, cwd: pathlib.Path, wanted: Wanted) -> Iterator[Change]:
    """What is to be written, and what is there already; *cwd* is where a person stands.

    Raises ChartkitError where something cannot be done.
    """
    top = repository(found.root) or found.root
    flags = (FETCH,) if found.lacking else ()
    yield _config(found, cwd, wanted)
    if wanted.pre_commit:
        yield _pre_commit(top, cwd, wanted, flags)
    for service in wanted.workflows:
        yield _workflow(top, cwd, service, wanted, flags)


def _config(found: Survey, cwd: pathlib.Path, wanted: Wanted) -> Change:
    path = configure.find(found.root)
    if path is not None:
        return Change(path, shown(path, cwd), why="it is there already")
    path = found.root / CONFIG
    _refuse_links(path, repository(found.root) or found.root, cwd)
    return Change(path, shown(path, cwd), config_text.text(found, golden=wanted.golden))


def _pre_commit(top: pathlib.Path, cwd: pathlib.Path, wanted: Wanted, flags: Sequence[str]) -> Change:
    path = top / pre_commit.FILE
    _refuse_links(path, top, cwd)
    before = text_of(path, path.name)
    text = pre_commit.text(before, wanted.source, flags, golden=wanted.golden)
    why = "" if text else "it has a hook of chartkit already"
    hint = "run `pre-commit install` once in each clone" if text else ""
    return Change(path, shown(path, cwd), text, why, before, hint)


def _workflow(
    top: pathlib.Path, cwd: pathlib.Path, service: str, wanted: Wanted, flags: Sequence[str]
) -> Change:
    places = [top / place for place in WORKFLOWS[service]]
    path = next((place for place in places if not os.path.lexists(place)), None)
    if path is None:
        return Change(places[-1], shown(places[-1], cwd), why="it is there already")
    _refuse_links(path, top, cwd)
    template = pathlib.Path(__file__).with_name(f"{service}.yaml").read_text(encoding="utf-8")
    check = " ".join(("chartkit check", *flags))
    text = template.format(requirement=wanted.source.requirement, branch=_branch(top), check=check)
    return Change(path, shown(path, cwd), text, hint=_INCLUDE if path != places[0] else "")


def _refuse_links(path: pathlib.Path, top: pathlib.Path, cwd: pathlib.Path) -> None:
    """Raise ConfigError where *path* is reached through a link out of the repository at *top*."""
    if why := outside(path, top):
        message = f"{shown(path, cwd)!r} {why}, so it is not written"
        raise ConfigError(message, "put the folder or file itself in its place")


def _branch(top: pathlib.Path) -> str:
    """The default branch, as git has noted it when the repository was cloned."""
    for name in ("refs/remotes/origin/HEAD", "HEAD"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            said = (top / ".git" / name).read_text(encoding="utf-8").strip()
            branch = re.sub(r"^ref: refs/(remotes/origin|heads)/", "", said)
            if branch != said and re.fullmatch(r"[A-Za-z][\w./-]*", branch, re.ASCII):
                return branch
    return "main"


def write(planned: Sequence[Change]) -> None:
    """Write the files of *planned*, each whole or not at all, and no new one over another."""
    for change in planned:
        if change.text is None:
            continue
        try:
            _place(change, change.text)
        except FileExistsError as error:
            raise ChartkitError(
                f"{change.shown!r} was made meanwhile", "run `chartkit init` again"
            ) from error
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ChartkitError(
                f"cannot write {change.shown!r}: {why}", "make the folder writable"
            ) from error


def _place(change: Change, text: str) -> None:
    path = change.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if change.before is None and os.path.lexists(path):
        raise FileExistsError
    atomic_write.replace(pathlib.Path(os.path.realpath(path)), text.encode())
