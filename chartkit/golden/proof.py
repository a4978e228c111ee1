"""What proves that an update of golden files has written a file, which it may then overwrite or remove."""

from __future__ import annotations

import pathlib
import re
from typing import Final

from chartkit.golden.files import Plan, safe

_HEAD: Final = re.compile(r"---\r?\n# Source: ([^\r\n]*)")
_HEAD_SIZE: Final = 1 << 10
_NAME: Final = re.compile(r"[\w.%~@+-]+")


def is_render(text: str) -> bool:
    """Whether *text* is what an update may have written; what holds nothing is as good as that."""
    return not text.strip() or _HEAD.match(text) is not None


def is_written(plan: Plan, file: str) -> bool:
    """Whether there is proof that an update has written *file*: how it is named, and how it begins.

    Then it names the chart that its folder is named after, so that what others render stays.
    """
    path, (folder, *rest) = plan.root / file, file.split("/")
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
