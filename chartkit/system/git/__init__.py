"""What git knows of the folder that charts are in; the only package that runs git.

Nothing is written: no index is refreshed, nothing is checked out. Nothing that the configuration of the
repository names is run, since it may have come with an archive: no hook, filter, monitor, program for
diffs or connection to where objects can be had. A name that a user gives reaches git as a revision and
never as an option; after that only full object names do.
"""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chartkit.model.errors import ChartkitError
from chartkit.system.paths import program

if TYPE_CHECKING:
    import subprocess

SINCE: Final = "--since"
"""The flag that asks, as messages name it, where nobody says another."""

SECONDS: Final = 120.0
"""How long one call of git may take."""

_OPTIONS: Final = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),  # a folder of the repository may look like one
    *("-c", "submodule.recurse=false"),
    *("-c", "core.quotePath=false"),
    *("-c", "color.ui=false"),
)
_SETTINGS: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_DIFF: Final = (
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-relative",
    "--ignore-submodules=dirty",  # else git runs itself in them, with filters that they configure
)
LINK: Final = "120000"
SUBMODULE: Final = "160000"
_LOCATIONS: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_PREFIX",
)
_FILTERS: Final = ("clean", "smudge", "process", "required")
_NOT_FETCHED: Final = b"lazy fetching disabled"
_WHOLE: Final = "get all of it: `git fetch --refetch --no-filter`, or check out without a filter"
_REASONS: Final = {
    "not a git repository": "this is not a git repository",
    "lazy fetching disabled": "this clone is partial, and chartkit fetches nothing",
    "not allowed": "this clone is partial, and chartkit fetches nothing",
}
_HINTS: Final = {
    "not a git repository": "run it inside of a clone, or leave {asked} out",
    "must be run in a work tree": "run it inside of a clone that has its files checked out",
    "cannot use bare repository": "run it inside of a clone that has its files checked out",
    "lazy fetching disabled": _WHOLE,
    "not allowed": _WHOLE,  # which is what a git before 2.39.4 says
    "dubious ownership": 'run `git config --global --add safe.directory "$PWD"` if you trust this folder',
}
_LONGEST_LINE: Final = 300
_MOST_NAMED: Final = 500


class GitError(ChartkitError):
    """Git cannot answer; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A clone with its files checked out in the folder *root*; *shallow* where its history is cut off.

    *asked* is the flag that wants to know of it, as messages name it. *is_module*: it is in another, so that
    what the environment says of where git keeps that one (in a hook) does not hold.
    """

    root: pathlib.Path
    shallow: bool = False
    asked: str = SINCE
    is_module: bool = False

    def git(
        self, *arguments: str, given: bytes = b"", fine: Sequence[int] = (0,), options: Sequence[str] = ()
    ) -> bytes:
        """What ``git ARGUMENTS`` prints; raises GitError where it ends with a code that is not *fine*."""
        done = self._run((*_OPTIONS, *options, *arguments), given, arguments[0])
        if done.returncode not in fine or _NOT_FETCHED in done.stderr:
            raise _fault(arguments[0], done.returncode, done.stderr.decode("utf-8", "replace"), self.asked)
        return done.stdout

    def _run(self, arguments: Sequence[str], given: bytes, name: str) -> subprocess.CompletedProcess[bytes]:
        import subprocess

        git = program("git")
        if git is None:
            message = f"{self.asked}: there is no git on PATH"
            raise GitError(message, f"install git, or leave {self.asked} out")
        left_out = _LOCATIONS if self.is_module else ()
        environ = {key: value for key, value in os.environ.items() if key not in left_out}
        try:
            return subprocess.run(
                [git, *arguments],
                cwd=self.root,
                input=given,
                capture_output=True,
                timeout=SECONDS,
                env={**environ, **_SETTINGS},
                check=False,
            )
        except subprocess.TimeoutExpired:
            message = f"{self.asked}: `git {name}` takes more than {SECONDS:g} seconds"
            raise GitError(message, "run it by hand to see what it waits for") from None
        except OSError as error:
            message = f"{self.asked}: git cannot be run: {(error.strerror or str(error)).lower()}"
            raise GitError(message, "see that git can be run here") from error

    def commit(self, ref: str) -> str:
        """The full name of the commit that *ref* names; raises GitError where there is none."""
        found = b""
        if ref and "\0" not in ref:
            query = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
            found = self.git(*query, fine=(0, 1, 128))
        name = found.decode("ascii", "replace").strip()
        if not re.fullmatch(r"[0-9a-f]{40,64}", name):
            raise GitError(f"{self.asked}: there is no commit {ref!r} in this repository", self._nearest(ref))
        return name

    def _nearest(self, ref: str) -> str:
        """What may have been meant by *ref*; what is not fetched cannot be found."""
        from chartkit.system.did_you_mean import suggestion

        kinds = ("refs/heads", "refs/remotes", "refs/tags")
        listed = self.git("for-each-ref", "--format=%(refname:short)", *kinds)
        names = os.fsdecode(listed).split("\n")
        remote = next((name for name in names if name.partition("/")[2] == ref), None)
        if remote:
            return f"did you mean {remote!r}?"
        fetch = "fetch it: `git fetch origin BRANCH:refs/remotes/origin/BRANCH`, or name another commit"
        return suggestion(ref, filter(None, names), most=0) or fetch

    def merge_base(self, ref: str) -> str:
        """The commit at which HEAD and *ref* parted; raises GitError where that is not known."""
        commit = self.commit(ref)
        found = self.git("merge-base", commit, "HEAD", fine=(0, 1)).decode("ascii", "replace").split()
        if found:
            return found[0]
        if self.shallow:
            raise GitError(
                f"{self.asked}: this clone is shallow: it does not reach back to where {ref!r} and HEAD part",
                "run `git fetch --unshallow`, or check out with `fetch-depth: 0` (GitLab: `GIT_DEPTH: 0`)",
            )
        raise GitError(
            f"{self.asked}: HEAD and {ref!r} have no commit in common", "name a commit that HEAD comes from"
        )

    def changed(self, base: str) -> frozenset[str]:
        """The files that are not as in the commit *base*: committed, staged, in the work tree, or untracked.

        As paths from the root; of what moved, both. A folder stands for a submodule or a repository inside.
        """
        different = names(self._diff("--name-only", "-z", base, "--"))
        return frozenset(
            path.rstrip("/") for path in (*different, *self._untracked((".",)), *self._changed_modules())
        )

    def _diff(self, *arguments: str) -> bytes:
        """What has changed in the work tree, compared without the filters that the repository configures.

        A file that only a filter makes equal (Git LFS) has changed where its time has.
        """
        asked = ("config", "--name-only", "-z", "--get-regexp", r"^filter\.")
        keys = {name.rpartition(".")[0] for name in names(self.git(*asked, fine=(0, 1)))}
        if unsafe := next((key for key in keys if "=" in key or "\n" in key), None):
            hint = "remove it from the configuration of git"
            raise GitError(f"{self.asked}: git has a filter of the odd name {unsafe!r}", hint)
        off = [part for key in sorted(keys) for last in _FILTERS for part in ("-c", f"{key}.{last}=")]
        return self.git(*_DIFF, *arguments, options=off)

    def _changed_modules(self) -> Iterator[str]:
        """The submodules in which something is not committed."""
        for path in self._tracked(SUBMODULE):
            if os.path.lexists(self.root / path / ".git"):
                module = Repository(self.root / path, asked=self.asked, is_module=True)
                if module.changed("HEAD"):
                    yield path

    def removed(self, *between: str) -> frozenset[str]:
        """The files that are not there any more in the last of two commits, or (without any) in the index.

        Of two commits, those count that the last has taken away since they parted, if they ever met.
        """
        ends = [self.commit(ref) for ref in between]
        if not ends:
            return self._gone("--cached")
        met = self.git("merge-base", *ends, fine=(0, 1)).decode("ascii", "replace").split()
        return self._gone((met or ends)[0], ends[-1])

    def _gone(self, *what: str) -> frozenset[str]:
        return frozenset(names(self.git(*_DIFF, "--name-only", "-z", "--diff-filter=D", *what, "--")))

    def _untracked(self, paths: Sequence[str]) -> tuple[str, ...]:
        flags = ("-z", "--others", "--exclude-standard", "--full-name")
        return names(self.git("ls-files", *flags, "--", *paths))

    def ignored(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The files below *paths* that git is told to ignore, such as archives that Helm has fetched."""
        flags = ("-z", "--others", "--ignored", "--exclude-standard", "--full-name")
        return names(self.git("ls-files", *flags, "--", *_below(paths))) if paths else ()

    def links(self) -> tuple[str, ...]:
        """The tracked symbolic links."""
        return self._tracked(LINK)

    def _tracked(self, mode: str) -> tuple[str, ...]:
        entries = (entry.partition("\t") for entry in names(self.git("ls-files", "-s", "-z")))
        return tuple(path for head, _, path in entries if head.startswith(f"{mode} "))


def _below(paths: Sequence[str]) -> Sequence[str]:
    """*paths* for a command line; the root where they are too many for one, or where it is among them."""
    return (".",) if len(paths) > _MOST_NAMED or "" in paths else paths


def names(answer: bytes) -> tuple[str, ...]:
    """The entries of an answer in which NUL ends each."""
    return tuple(os.fsdecode(entry) for entry in answer.split(b"\0") if entry)


def find(folder: pathlib.Path, asked: str = SINCE) -> Repository:
    """The repository that holds *folder*; raises GitError where there is none, or no git."""
    query = ("rev-parse", "--show-toplevel", "--show-cdup", "--is-shallow-repository")
    answer = Repository(folder, asked=asked).git(*query)
    *top, up, shallow, _ = os.fsdecode(answer).split("\n")
    lexical = pathlib.Path(os.path.normpath(folder / up))
    real = pathlib.Path("\n".join(top))
    if not pathlib.Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(real)):
        hint = "remove core.worktree from the configuration of git, or leave {asked} out"
        raise GitError(f"{asked}: git keeps the files of this folder elsewhere", hint.format(asked=asked))
    same = os.path.realpath(lexical) == os.path.realpath(real)
    return Repository(lexical if same else real, shallow == "true", asked)


def _fault(command: str, code: int, output: str, asked: str) -> GitError:
    """What went wrong, in git's words, which may name folders of this machine after a colon."""
    for sign, hint in _HINTS.items():
        if sign in output.lower():
            what = _REASONS.get(sign, f"git says: {sign}")
            return GitError(f"{asked}: {what}", hint.replace("{asked}", asked))
    lines = [line for line in output.splitlines() if line.strip()] or [f"it ended with code {code}"]
    first = next((line for line in lines if line.startswith("fatal:")), lines[0])
    words = first.removeprefix("fatal:").strip()[:_LONGEST_LINE]
    return GitError(f"{asked}: `git {command}` failed: {words}", "run it by hand to see more")
