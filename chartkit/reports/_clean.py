"""Text of charts made fit for other programs: what they refuse to read, or would obey, is written out."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from chartkit.model.chart_file import is_packed
from chartkit.system.terminal import visible

_LONE: Final = re.compile("[\ud800-\udfff]")
_BYTE: Final = re.compile("[\udc80-\udcff]")


def whole(text: str) -> str:
    """*text* without lone surrogates, which strict readers of UTF-8 and JSON refuse.

    Those that stand for bytes are written as bytes.
    """
    return _LONE.sub("\ufffd", _BYTE.sub(lambda found: visible(found[0]), text))


def line(text: str) -> str:
    """*text* as one line: everything that is not plainly visible written out."""
    return visible(text)


def lines(text: str) -> str:
    """As `line`, but line ends stay."""
    return "\n".join(map(visible, text.replace("\r\n", "\n").split("\n")))


def brief(text: str, most: int) -> str:
    """The first line of *text*, in at most *most* characters."""
    first = line(text.split("\n", 1)[0])
    return first if len(first) <= most else first[: most - 1] + "…"


def file(name: str, folders: Collection[str]) -> str:
    """The file *name*, for readers that can show no folder: of a chart among *folders*, its Chart.yaml."""
    if name in folders and not is_packed(name):
        return f"{name}/Chart.yaml".removeprefix("./")
    return name or "chartkit.yaml"
