"""Finding objects by what they are, and saying what there is where nothing fits."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

from chartkit.system.did_you_mean import closest
from chartkit.testing.objects import RenderedObject
from chartkit.testing.paths import listed

__tracebackhide__ = True


class Wanted:
    """What an object must be to be found."""

    def __init__(self, kind: str | None, name: str | None, *narrower: str | None) -> None:
        self.kind, self.name = kind, name
        self.patterns = dict(zip(("namespace", "api_version", "template"), narrower, strict=True))

    def __str__(self) -> str:
        words = [self.kind or "object", repr(self.name) if self.name else ""]
        words += [f"{word.replace('_', ' ')} {value!r}" for word, value in self.patterns.items() if value]
        return " ".join(filter(None, words))

    def among(self, objects: Iterable[RenderedObject]) -> tuple[RenderedObject, ...]:
        return tuple(filter(self._fits, objects))

    def _fits(self, each: RenderedObject) -> bool:
        if self.kind not in (None, each.kind):
            return False
        wanted = {"name": self.name, **self.patterns}
        return all(
            fnmatch.fnmatchcase(str(getattr(each, word)), pattern)
            for word, pattern in wanted.items()
            if pattern is not None
        )

    def instead(self, objects: Sequence[RenderedObject]) -> str:
        """What there is: a name or a kind that was probably meant, else what comes nearest."""
        same = [each for each in objects if self.kind in (None, each.kind)]
        if same:
            names = sorted({each.name for each in same})
            near = closest(self.name, names) if self.name and self.name not in names else ""
            return f"did you mean {near!r}?" if near else f"it has {listed(sorted(map(_named, same)))}"
        kinds = sorted({each.kind for each in objects})
        near = closest(self.kind or "", kinds)
        return f"did you mean {near!r}?" if near else f"it has {listed(kinds) or 'no objects'}"


def _named(each: RenderedObject) -> str:
    return f"{each.kind}/{each.name}"


def told_apart(found: Sequence[RenderedObject]) -> str:
    """What *found* ones are, in what they do not share."""
    told = []
    for each in found:
        space = f" in {each.namespace}" if each.namespace else ""
        told.append(f"{_named(each)}{space} ({each.api_version}, {each.template})")
    return listed(told)
