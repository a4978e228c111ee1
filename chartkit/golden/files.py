"""Where goldens are kept, and how they get there: safe names, whole files or none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError
from chartkit.syntax.semver import abbreviated
from chartkit.system import atomic_write

if TYPE_CHECKING:
    from chartkit.golden.masks import Mask

SUFFIX: Final = ".yaml"
_LONGEST: Final = 120
_RESERVED: Final = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10)),
}


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
class Plan:
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


def plan(
    root: pathlib.Path, cases: Iterable[Case], shown: str = "golden", masks: tuple[Mask, ...] = ()
) -> Plan:
    """Place every case of the configuration, filters (``--scenario``, ``--kube-version``) apart.

    The whole is needed: it decides which version is the newest of its scenario, and which charts
    share a name. Those are placed by their path, relative to the parent of *root*.
    """
    charts: defaultdict[tuple[str, str], defaultdict[str, list[Case]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for case in cases:
        charts[case.path, case.chart][case.scenario.name].append(case)
    folders = folders_of(root, charts)
    slots: dict[Case, Slot] = {}
    for (path, _), scenarios in charts.items():
        stems = _distinct({name: safe(name) for name in scenarios})
        for name, group in scenarios.items():
            slots |= _slots(f"{folders[path]}/{stems[name]}", group)
    return Plan(root, shown, slots, folders, masks)


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


def folders_of(root: pathlib.Path, charts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The folder of each chart, by its path: the chart's name, or its path where charts share the name.

    *charts* are pairs of a path and a name, all of the configuration.
    """
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for path, name in charts:
        shared[_folded(name)].append(path)
    here = root.absolute().parent
    named = {
        path: safe(name) if len(shared[_folded(name)]) == 1 else _path_name(path, here)
        for path, name in charts
    }
    return _distinct(named)


def folders_for(root: pathlib.Path, path: str, name: str) -> frozenset[str]:
    """The folders that may be those of the chart *name* at *path*."""
    return frozenset({safe(name), _path_name(path, root.absolute().parent)})


def folders_in(root: pathlib.Path) -> Iterator[str]:
    """The folders of charts, known or not, that are there."""
    try:
        with os.scandir(root) as entries:
            yield from sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return


def _path_name(path: str, here: pathlib.Path) -> str:
    """*path* as one file name; no chart's name makes a ``+``, so the two kinds never meet."""
    relative = os.path.relpath(path, here).replace(os.sep, "/")
    return flat(relative) + ("" if "/" in relative else "+")


def flat(path: str) -> str:
    """A relative path as one file name."""
    return "+".join(map(safe, path.split("/")))


def safe(name: str) -> str:
    """*name* as a file name on any system: letters, digits, ``._-`` stay, all else is percent-encoded."""
    kept = "".join(char if char.isalnum() or char in "._-" else _encoded(char) for char in name)
    if kept[:1] in (".", "") or kept.split(".")[0].lower() in _RESERVED:
        kept = f"%{ord(kept[0]):02X}{kept[1:]}" if kept else "%"
    if kept.endswith("."):
        kept = kept[:-1] + "%2E"
    if len(kept.encode()) <= _LONGEST:
        return kept
    return kept.encode()[:_LONGEST].decode(errors="ignore") + "~" + _short(name)


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _short(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _folded(name: str) -> str:
    """What a file system that knows no case, or one way to write accents, makes of *name*."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Tell apart the file names that some file systems take for one."""
    folded: defaultdict[str, list[str]] = defaultdict(list)
    for key, name in names.items():
        folded[_folded(name)].append(key)
    return {
        key: name if len(folded[_folded(name)]) == 1 else f"{name}~{_short(key)}"
        for key, name in names.items()
    }


def settle(text: str) -> str:
    """*text* as it reads after it was written: what is no UTF-8 keeps its bytes."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "surrogateescape")


def listed(plan: Plan) -> tuple[str, ...]:
    """All golden files there are, relative to the golden folder, sorted; links to folders not followed."""
    return tuple(
        sorted(
            (pathlib.Path(folder) / name).relative_to(plan.root).as_posix()
            for folder, _, names in os.walk(plan.root)
            for name in names
            if name.endswith(SUFFIX) and not name.startswith(".")
        )
    )


def read(plan: Plan, files: Iterable[str]) -> dict[str, str]:
    """The text of those *files* that exist, line ends as they are.

    ChartkitError where one cannot be read, or is reached through a link.
    """
    texts = {}
    files = tuple(files)
    refuse_links(plan, files)
    for file in files:
        path = plan.root / file
        try:
            texts[file] = path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ChartkitError(
                f"cannot read the golden file '{plan.name(file)}': {error.strerror}",
                "make it a readable file, or remove it",
            ) from error
    return texts


def write(plan: Plan, texts: Mapping[str, str], removed: Iterable[str]) -> None:
    """Write *texts* and delete *removed*: each file is the old or the new one, whatever happens.

    Raises ChartkitError where the disk refuses, what was written before that stays; and before anything is
    written where a link is on the way.
    """
    removed = tuple(removed)
    refuse_links(plan, (*texts, *removed))
    try:
        for file, text in texts.items():
            (plan.root / file).parent.mkdir(parents=True, exist_ok=True)
            atomic_write.replace(plan.root / file, text.encode("utf-8", "surrogateescape"))
        for file in removed:
            (plan.root / file).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # not empty
                (plan.root / file).parent.rmdir()
    except OSError as error:
        raise ChartkitError(
            f"cannot write the golden file '{plan.name(file)}': {error.strerror}",
            "make the golden folder writable",
        ) from error


def refuse_links(plan: Plan, files: Iterable[str]) -> None:
    """Raise ChartkitError where one of the *files*, or a folder that leads to it, is a link or a pipe."""
    paths = map(pathlib.PurePosixPath, files)
    for path in dict.fromkeys(step for each in paths for step in (*each.parents, each)):
        if why := _strange(plan.root / path):
            name = plan.name(str(path)) if path.name else plan.shown
            raise ChartkitError(f"'{name}' {why}", "put the folder or file itself in its place, or remove it")


def _strange(path: pathlib.Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return "is a link, and golden files are reached through none"
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "is neither a file nor a folder"


def clean(plan: Plan) -> None:
    """Remove what a run that was killed had not finished to write."""
    for folder, _, names in os.walk(plan.root):
        for name in names:
            if atomic_write.is_temporary(name):
                with contextlib.suppress(OSError):
                    (pathlib.Path(folder) / name).unlink()
