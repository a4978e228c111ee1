"""The files that record renders: which case has which, and how they are read and written, whole or not."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.golden.file_names import SUFFIX, distinct, folders_of, safe
from chartkit.golden.masked_fields import Mask
from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError
from chartkit.syntax.semver import abbreviated
from chartkit.system import atomic_write

_HEAD: Final = re.compile(r"---\r?\n# Source: ([^\r\n]*)")
_HEAD_SIZE: Final = 1 << 10
_NAME: Final = re.compile(r"[\w.%~@+-]+")


@dataclass(frozen=True, slots=True)
class Slot:
    """The files of one case, relative to the golden folder.

    *own* serves its Kubernetes version alone and wins where it exists; *base* serves all versions
    of the scenario. *newest* says whether the base is written from this case.
    """

    base: str
    own: str
    newest: bool


@dataclass(frozen=True, slots=True)
class GoldenFiles:
    """Which files record which cases, and how.

    *root* is the golden folder, *shown* its name in reports, *masks* what is masked in all files.
    """

    root: pathlib.Path
    shown: str
    slots: Mapping[Case, Slot]
    folders: Mapping[str, str]
    masks: tuple[Mask, ...] = ()

    def name(self, file: str) -> str:
        """*file* as reports name it."""
        return f"{self.shown}/{file}"


def assign(
    root: pathlib.Path, cases: Iterable[Case], shown: str = "golden", masks: tuple[Mask, ...] = ()
) -> GoldenFiles:
    """Give every case of the configuration its files, filters (``--scenario``, ``--kube-version``) apart.

    The whole is needed: it decides which version is the newest of its scenario, and which charts
    share a name. Those go by their path, relative to the parent of *root*.
    """
    charts: defaultdict[tuple[str, str], defaultdict[str, list[Case]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for case in cases:
        charts[case.path, case.chart][case.scenario.name].append(case)
    folders = folders_of(root, charts)
    slots: dict[Case, Slot] = {}
    for (path, _), scenarios in charts.items():
        stems = distinct({name: safe(name) for name in scenarios})
        for name, group in scenarios.items():
            slots |= _slots(f"{folders[path]}/{stems[name]}", group)
    return GoldenFiles(root, shown, slots, folders, masks)


def _slots(stem: str, group: Sequence[Case]) -> dict[Case, Slot]:
    newest = max(group, key=lambda case: _order(case.kube_version)).kube_version
    return {
        case: Slot(
            stem + SUFFIX,
            f"{stem}@{safe(abbreviated(case.kube_version))}{SUFFIX}",
            case.kube_version == newest,
        )
        for case in group
    }


def _order(version: str) -> tuple[tuple[int, ...], str]:
    """Versions by their numbers."""
    numbers = version.lstrip("v").split("-")[0].split("+")[0].split(".")
    return tuple(int(number) if number.isdecimal() else 0 for number in numbers), version


def listed(places: GoldenFiles) -> tuple[str, ...]:
    """All golden files there are, relative to the golden folder, sorted; links to folders not followed."""
    return tuple(
        sorted(
            (pathlib.Path(folder) / name).relative_to(places.root).as_posix()
            for folder, _, names in os.walk(places.root)
            for name in names
            if name.endswith(SUFFIX) and not name.startswith(".")
        )
    )


def read(places: GoldenFiles, files: Iterable[str]) -> dict[str, str]:
    """The text of those *files* that exist, line ends as they are.

    ChartkitError where one cannot be read, or is reached through a link.
    """
    texts = {}
    files = tuple(files)
    refuse_links(places, files)
    for file in files:
        path = places.root / file
        try:
            texts[file] = path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ChartkitError(
                f"cannot read the golden file '{places.name(file)}': {error.strerror}",
                "make it a readable file, or remove it",
            ) from error
    return texts


def write(places: GoldenFiles, texts: Mapping[str, str], removed: Iterable[str]) -> None:
    """Write *texts* and delete *removed*: each file is the old or the new one, whatever happens.

    Raises ChartkitError where the disk refuses, what was written before that stays; and before anything is
    written where a link is on the way.
    """
    removed = tuple(removed)
    refuse_links(places, (*texts, *removed))
    try:
        for file, text in texts.items():
            (places.root / file).parent.mkdir(parents=True, exist_ok=True)
            atomic_write.replace(places.root / file, text.encode("utf-8", "surrogateescape"))
        for file in removed:
            (places.root / file).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # not empty
                (places.root / file).parent.rmdir()
    except OSError as error:
        raise ChartkitError(
            f"cannot write the golden file '{places.name(file)}': {error.strerror}",
            "make the golden folder writable",
        ) from error


def refuse_links(places: GoldenFiles, files: Iterable[str]) -> None:
    """Raise ChartkitError where one of the *files*, or a folder that leads to it, is a link or a pipe."""
    paths = map(pathlib.PurePosixPath, files)
    for path in dict.fromkeys(step for each in paths for step in (*each.parents, each)):
        if why := _trouble(places.root / path):
            name = places.name(str(path)) if path.name else places.shown
            raise ChartkitError(f"'{name}' {why}", "put the folder or file itself in its place, or remove it")


def _trouble(path: pathlib.Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return "is a link, and golden files are reached through none"
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "is neither a file nor a folder"


def clean(places: GoldenFiles) -> None:
    """Remove what a run that was killed had not finished to write."""
    for folder, _, names in os.walk(places.root):
        for name in names:
            if atomic_write.is_temporary(name):
                with contextlib.suppress(OSError):
                    (pathlib.Path(folder) / name).unlink()


def is_render(text: str) -> bool:
    """Whether *text* is what an update may have written; what holds nothing is as good as that."""
    return not text.strip() or _HEAD.match(text) is not None


def is_written(places: GoldenFiles, file: str) -> bool:
    """Whether there is proof that an update has written *file*: how it is named, and how it begins.

    Then it names the chart that its folder is named after, so that what others render stays.
    """
    path, (folder, *rest) = places.root / file, file.split("/")
    named = len(rest) == 1 and all(_NAME.fullmatch(one) and one[0] != "." for one in (folder, *rest))
    if not named or path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        return False
    begins = beginning(path)
    head = _HEAD.match(begins)
    return _is_of(folder, head[1]) if head else is_render(begins) and path.stat().st_size < _HEAD_SIZE


def beginning(path: pathlib.Path) -> str:
    """What a file begins with, as far as it tells a render; of one that cannot be read, what tells none."""
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD_SIZE).decode("utf-8", "surrogateescape")
    except OSError:
        return "unreadable"


def _is_of(folder: str, source: str) -> bool:
    """Whether *folder* may be that of the chart of the template *source*; one named by a path may be any."""
    steps = source.split("/")
    names = (safe("/".join(steps[:count])) for count in range(1, len(steps)))
    return "+" in folder or any(folder == name or folder.rpartition("~")[0] == name for name in names)
