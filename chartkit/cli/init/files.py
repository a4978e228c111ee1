"""The files that `chartkit init` writes: all are thought out first, and none is written over another."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.cli.init import config_text, pre_commit
from chartkit.cli.init.source import PackageSource, source
from chartkit.cli.init.survey import Survey
from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.plan.config import configure
from chartkit.system import atomic_write
from chartkit.system.containment import outside
from chartkit.system.paths import repository, shown, text_of

CONFIG: Final = "chartkit.yaml"
WORKFLOWS: Final = {
    "github": (".github/workflows/chartkit.yaml",),
    "gitlab": (".gitlab-ci.yml", ".gitlab/chartkit.yml"),
}
"""Where the workflow of each service goes: the first that is free."""

FETCH: Final = "--update-dependencies"
_INCLUDE: Final = "add to .gitlab-ci.yml: `include: [{local: .gitlab/chartkit.yml}]`"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file, *shown* to a person: its *text* is to be written, or None and *why* it stays as it is.

    *before* is the text that is added to, *hint* what is left to do by hand.
    """

    path: pathlib.Path
    shown: str
    text: str | None = None
    why: str = ""
    before: str | None = None
    hint: str = ""


def changes(
    found: Survey, cwd: pathlib.Path, workflows: Iterable[str] = (), *, golden: bool, hooks: bool
) -> Iterator[FileChange]:
    """The configuration, the *hooks* of pre-commit and *workflows*: files to be written, or there already.

    *cwd* is where a person stands. Raises ChartkitError where something cannot be done.
    """
    top = repository(found.root) or found.root
    flags = (FETCH,) if found.lacking else ()
    yield _config(found, top, cwd, golden=golden)
    installed = source()
    if hooks:
        yield _pre_commit(top, cwd, installed, flags, golden=golden)
    for service in workflows:
        yield _workflow(top, cwd, service, installed, flags)


def _config(found: Survey, top: pathlib.Path, cwd: pathlib.Path, *, golden: bool) -> FileChange:
    if path := configure.find(found.root):
        return FileChange(path, shown(path, cwd), why="it is there already")
    path = _inside(found.root / CONFIG, top, cwd)
    return FileChange(path, shown(path, cwd), config_text.text(found, golden=golden))


def _pre_commit(
    top: pathlib.Path, cwd: pathlib.Path, installed: PackageSource, flags: Sequence[str], *, golden: bool
) -> FileChange:
    path = _inside(top / pre_commit.FILE, top, cwd)
    before = text_of(path, path.name)
    text = pre_commit.text(before, installed, flags, golden=golden)
    if text is None:
        return FileChange(path, shown(path, cwd), why="it has a hook of chartkit already")
    return FileChange(path, shown(path, cwd), text, "", before, "run `pre-commit install` once in each clone")


def _workflow(
    top: pathlib.Path, cwd: pathlib.Path, service: str, installed: PackageSource, flags: Collection[str]
) -> FileChange:
    first, *others = (top / place for place in WORKFLOWS[service])
    path = next((place for place in (first, *others) if not os.path.lexists(place)), None)
    if path is None:
        taken = (first, *others)[-1]
        return FileChange(taken, shown(taken, cwd), why="it is there already")
    _inside(path, top, cwd)
    template = pathlib.Path(__file__).with_name(f"{service}.yaml").read_text(encoding="utf-8")
    check = " ".join(("chartkit check", *flags))
    text = template.format(requirement=installed.requirement, branch=_branch(top), check=check)
    return FileChange(path, shown(path, cwd), text, hint=_INCLUDE if path != first else "")


def _inside(path: pathlib.Path, top: pathlib.Path, cwd: pathlib.Path) -> pathlib.Path:
    """*path*; raises ConfigError where it is reached through a link out of the repository at *top*."""
    if why := outside(path, top):
        message = f"{shown(path, cwd)!r} {why}, so it is not written"
        raise ConfigError(message, "put the folder or file itself in its place")
    return path


def _branch(top: pathlib.Path) -> str:
    """The default branch, as git has noted it when the repository was cloned."""
    for name in ("refs/remotes/origin/HEAD", "HEAD"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            head = (top / ".git" / name).read_text(encoding="utf-8").strip()
            branch = re.sub(r"^ref: refs/(remotes/origin|heads)/", "", head)
            if branch != head and re.fullmatch(r"[A-Za-z][\w./-]*", branch, re.ASCII):
                return branch
    return "main"


def write(planned: Sequence[FileChange]) -> None:
    """Write the files of *planned*, each whole or not at all, and no new one over another."""
    for change in planned:
        if change.text is None:
            continue
        try:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            if change.before is None and os.path.lexists(change.path):
                raise ChartkitError(f"{change.shown!r} was made meanwhile", "run `chartkit init` again")
            atomic_write.replace(pathlib.Path(os.path.realpath(change.path)), change.text.encode())
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ChartkitError(
                f"cannot write {change.shown!r}: {why}", "make the folder writable"
            ) from error
