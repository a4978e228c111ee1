"""The golden files of a session's renders: where they are, what they say, what an update would write."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterable
from dataclasses import dataclass

from chartkit.golden import compare
from chartkit.golden import files as golden_files
from chartkit.golden.changing_lines import mask
from chartkit.golden.file_names import SUFFIX, flat, safe
from chartkit.golden.files import GoldenFiles
from chartkit.golden.masked_fields import as_recorded
from chartkit.golden.update import Rendered, Revision, revise
from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError
from chartkit.model.render import Render
from chartkit.pipeline import golden_check
from chartkit.plan.config import golden_folder
from chartkit.system import atomic_write
from chartkit.testing.caller_errors import EndsAtCaller
from chartkit.testing.chart import RenderedChart
from chartkit.testing.session import RenderSession

__tracebackhide__ = True


@dataclass(frozen=True, slots=True)
class Difference:
    """How a text differs from a golden file: in one line, and in many."""

    summary: str
    details: tuple[str, ...]


def difference(recorded: str, text: str) -> Difference:
    """How *text* differs from what was *recorded*, by object and path."""
    from chartkit.golden.diff.text import painted

    _, summary, details = compare.difference(recorded, text)
    return Difference(summary, tuple(painted(line, color=False) for line in details))


class Goldens:
    """The golden files of the repository that *session* renders in."""

    def __init__(self, session: RenderSession) -> None:
        self.session = session

    @functools.cached_property
    def places(self) -> GoldenFiles:
        """Where each case of the configuration is recorded."""
        plan = self.session.plan()
        with EndsAtCaller():
            return golden_check.place(golden_folder.with_goldens(self.session.configured), plan)

    def file(self, case: Case) -> pathlib.Path | None:
        """The file that records *case*; None where it is none of the configuration's."""
        slot = self.places.slots.get(case)
        if slot is None:
            return None
        golden_files.refuse_links(self.places, (slot.base, slot.own))
        own = self.places.root / slot.own
        return own if own.exists() else self.places.root / slot.base

    def named(self, name: str) -> pathlib.Path:
        """The file ``<chart>/<scenario>``, whether it is one of the configuration's or not."""
        folder, _, stem = name.rpartition("/")
        stem, at, version = stem.partition("@")
        file = f"{flat(folder)}/{safe(stem)}{at}{safe(version) if at else ''}{SUFFIX}"
        golden_files.refuse_links(self.places, [file])
        return self.places.root / file

    def shown(self, file: pathlib.Path) -> str:
        """*file* as reports name it."""
        return self.session.configured.shown(file)

    def revision(self, case: Case) -> Revision:
        """What ``chartkit golden update`` writes for the scenario of *case*, on all of its versions."""
        mine = [
            each
            for each in self.places.slots
            if (each.path, each.scenario.name) == (case.path, case.scenario.name)
        ]
        slots = [self.places.slots[each] for each in mine]
        before = golden_files.read(self.places, {file for slot in slots for file in (slot.base, slot.own)})
        return revise(self.places, [Rendered(each, *self._twice(each)) for each in mine], before)

    def write(self, revision: Revision) -> None:
        """Write what is revised; ChartkitError where the disk refuses."""
        golden_files.write(self.places, revision.texts, revision.removed)

    def replace(self, file: pathlib.Path, text: str) -> None:
        """Write a *file* that is none of the configuration's; ChartkitError where the disk refuses."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            atomic_write.replace(file, text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            message = f"cannot write the golden file {self.shown(file)!r}: {why}"
            raise ChartkitError(message, "put a file that can be written in its place") from error

    def as_recorded(self, text: str) -> str:
        """*text* as a golden file holds it."""
        return as_recorded(text, self.session.configured.golden_masks)[0]

    def masked(self, render: RenderedChart) -> str | None:
        """Its text, with what changes from render to render masked; None where its shape changes."""
        first, second = (self.as_recorded(text or "") for text in self._twice(render.case))
        return mask(first, second)

    def _twice(self, case: Case) -> tuple[str | None, str | None]:
        """Two fresh renders; None for one that Helm refuses."""
        first, second = (None if one.failure else one.text for one in self._rendered(case))
        return first, second

    def _rendered(self, case: Case) -> Iterable[Render]:
        from chartkit.pipeline import render as rendering

        with self.session.running() as run:
            loaded = self.session.open(case.path).loaded
            assert loaded is not None  # it has been rendered before
            return [rendering.rendered(run, loaded, case) for _ in "12"]
