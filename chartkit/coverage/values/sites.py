"""Finds out which places in templates run: each is replaced by a refusal that says which it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from chartkit.coverage.values.references import ReadSite
from chartkit.model.render import Failure

_REFUSAL: Final = "chartkit-site-{}-"
_REFUSED: Final = re.compile(r"chartkit-site-(\d+)-")

Files = Mapping[str, bytes]


def run(files: Files, sites: Mapping[int, ReadSite], render: Callable[[Files], Failure | None]) -> set[int]:
    """Which of *sites* run when *render* renders *files*, by number."""
    waiting = dict(_innermost(sites))
    found: set[int] = set()
    while waiting:
        failure = render(refusing(files, waiting))
        match = _REFUSED.search(failure.text) if failure else None
        if match is None or int(match[1]) not in waiting:
            break
        found.add(int(match[1]))
        del waiting[int(match[1])]
    return found


def _innermost(sites: Mapping[int, ReadSite]) -> Mapping[int, ReadSite]:
    """Those that hold no other; one place is there once."""
    kept: dict[int, ReadSite] = {}
    by_file: dict[str, list[tuple[int, int, int]]] = {}
    for number, site in sites.items():
        by_file.setdefault(site.file, []).append((site.start, -site.end, number))
    for places in by_file.values():
        places.sort()
        for index, (start, end, number) in enumerate(places):
            following = places[index + 1][0] if index + 1 < len(places) else -end
            if following >= -end and start != following:
                kept[number] = sites[number]
    return kept


def refusing(files: Files, sites: Mapping[int, ReadSite]) -> Files:
    """*files* with each of *sites* replaced, in every copy of the file that holds it."""
    edits: dict[str, list[tuple[int, int, int]]] = {}
    for number, site in sites.items():
        edits.setdefault(site.file, []).append((site.start, site.end, number))
    changed: dict[str, bytes] = {}
    for file, places in edits.items():
        text = files[file].decode()
        for start, end, number in sorted(places, reverse=True):
            text = f'{text[:start]}(fail "{_REFUSAL.format(number)}"){text[end:]}'
        name = file.rpartition("/")[2]
        for other, content in files.items():
            if content == files[file] and other.rpartition("/")[2] == name:
                changed[other] = text.encode()
    return {**files, **changed}
