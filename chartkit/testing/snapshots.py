"""chartkit's golden files as syrupy knows snapshots; the only module that knows syrupy."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.data import SnapshotCollections
from syrupy.extensions.base import AbstractSyrupyExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from chartkit.golden.changing_lines import carry, matches
from chartkit.golden.file_names import SUFFIX
from chartkit.testing.caller_errors import EndsAtCaller
from chartkit.testing.chart import RenderedChart
from chartkit.testing.goldens import Goldens, difference

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion
    from syrupy.location import PyTestLocation
    from syrupy.types import SerializableData, SerializedData, SnapshotIndex

__tracebackhide__ = True

_UNSTABLE = "changes its shape with every render, so it cannot be recorded: set the value that it makes up"


class Recording(str):
    """A text to be compared with a file; *is_recorded* judges what the file holds, *write* writes it."""

    __slots__ = ("is_recorded", "write")

    is_recorded: Callable[[str], bool]
    write: Callable[[], None]


class GoldenExtension(SingleFileSnapshotExtension):
    """Keeps renders as chartkit does: an index that is a text is a file, relative to pytest's root folder."""

    _write_mode = WriteMode.TEXT
    file_extension = SUFFIX.removeprefix(".")

    def serialize(self, data: SerializableData, **_: Any) -> SerializedData:
        assert isinstance(data, Recording)  # which knows how to be written
        return data

    def matches(self, *, serialized_data: SerializedData, snapshot_data: SerializedData) -> bool:
        assert isinstance(serialized_data, Recording)
        return serialized_data.is_recorded(str(snapshot_data))

    def diff_lines(self, serialized_data: SerializedData, snapshot_data: SerializedData) -> Iterator[str]:
        yield from difference(str(snapshot_data), str(serialized_data)).details

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        if isinstance(index, str):
            return os.path.normpath(test_location.item.config.rootpath / index)
        return super().get_location(test_location=test_location, index=index)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        if isinstance(index, str):
            return AbstractSyrupyExtension.get_snapshot_name(test_location=test_location, index=index)
        return super().get_snapshot_name(test_location=test_location, index=index)

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        """None, so that syrupy deletes none: a run of a few tests does not know what others need."""
        return SnapshotCollections()

    def read_snapshot_data_from_location(self, *, snapshot_location: str, **_: Any) -> str | None:
        try:
            return pathlib.Path(snapshot_location).read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None

    @classmethod
    def write_snapshot(cls, **_: Any) -> None:
        """Nothing is left to do: `Golden` has written it, since some versions never come here under xdist."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """What was compared last: a render, or text, with the file *shown*."""

    what: str
    shown: str
    file: pathlib.Path
    text: str
    is_case: bool


class Golden:
    """What was recorded: ``assert render == golden``.

    A render of a scenario of the configuration is compared with its file of ``chartkit golden``; any other
    with one beside the test, in ``__snapshots__``. ``golden(name="web/ha")`` names a golden file.
    """

    def __init__(self, snapshot: SnapshotAssertion, goldens: Goldens, root: pathlib.Path) -> None:
        self._snapshot = snapshot.use_extension(GoldenExtension)
        self._goldens = goldens
        self._root = root
        self._name = ""
        self._last: _Compared | None = None

    def __call__(self, *, name: str) -> Golden:
        """The golden file ``<chart>/<scenario>``."""
        folder, _, stem = name.rpartition("/")
        if not folder or not stem:
            raise pytest.UsageError("golden needs the name of its file: golden(name='<chart>/<scenario>')")
        self._name = name
        return self

    def __repr__(self) -> str:
        return f"<golden {self._last.shown}>" if self._last else "<golden>"

    __hash__ = None  # type: ignore[assignment]  # it equals what was recorded

    def __eq__(self, other: object) -> bool:
        name, self._name = self._name, ""
        if not isinstance(other, RenderedChart | str):
            raise TypeError(f"a golden file holds a render, not {other!r}")
        with EndsAtCaller():
            configured = isinstance(other, RenderedChart) and not name and self._goldens.file(other.case)
            if isinstance(other, RenderedChart) and configured:
                return self._compare_case(other, configured)
            return self._compare(other, self._goldens.named(name) if name else None)

    def _compare_case(self, render: RenderedChart, file: pathlib.Path) -> bool:
        """Compare with the file of `chartkit golden`, and write what its update writes."""
        recording = Recording(self._goldens.as_recorded(render.text))

        def write() -> None:
            revision = self._goldens.revision(render.case)
            for finding in revision.findings:
                why = _UNSTABLE if finding.rule == "golden-unstable" else f"is not recorded: {finding.hint}"
                raise AssertionError(f"{render.id} {why}\n{finding.message}")
            self._goldens.write(revision)

        def is_recorded(recorded: str) -> bool:
            if not self._snapshot.update_snapshots:
                return matches(recorded, recording)
            revision = self._goldens.revision(render.case)
            return not (revision.texts or revision.removed or revision.findings)

        recording.is_recorded, recording.write = is_recorded, write
        self._last = _Compared(render.id, self._goldens.shown(file), file, str(recording), is_case=True)
        return self._asserted(recording, os.path.relpath(file, self._root))

    def _compare(self, given: RenderedChart | str, file: pathlib.Path | None) -> bool:
        """Compare with *file*, or one of the test's own, which no scenario of the configuration has."""
        what = given.id if isinstance(given, RenderedChart) else "the text"
        text = given.text if isinstance(given, RenderedChart) else given
        recording = Recording(self._goldens.as_recorded(text))
        location = file or self._own_file()

        def write() -> None:
            text = self._goldens.masked(given) if isinstance(given, RenderedChart) else str(recording)
            if text is None:
                raise AssertionError(f"{what} {_UNSTABLE}")
            if location.exists():
                text = carry(location.read_bytes().decode("utf-8", "surrogateescape"), text)
            self._goldens.replace(location, text)

        recording.is_recorded, recording.write = lambda recorded: matches(recorded, recording), write
        self._last = _Compared(what, self._goldens.shown(location), location, str(recording), is_case=False)
        return self._asserted(recording, os.path.relpath(file, self._root) if file else None)

    def _asserted(self, recording: Recording, index: str | None) -> bool:
        equal = bool(self._snapshot(name=index) == recording)
        result = self._snapshot.executions[self._snapshot.num_executions - 1]
        if result.exception and not isinstance(result.exception, FileNotFoundError):
            raise result.exception
        if result.created or result.updated:
            recording.write()
        return equal

    def _own_file(self) -> pathlib.Path:
        snapshot = self._snapshot
        location = snapshot.extension.get_location(
            test_location=snapshot.test_location, index=snapshot.num_executions
        )
        return pathlib.Path(location)

    def explained(self) -> list[str]:
        """Why the last comparison failed, for a person."""
        last = self._last
        if last is None:
            return ["nothing was compared"]
        command = "`pytest --snapshot-update`"
        if last.is_case:
            command += " or `chartkit golden update`"
        try:
            recorded = last.file.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            first = f"{last.what} is not recorded: there is no {last.shown}"
            return [first, f"hint: run {command}, read what it writes and commit it"]
        found = difference(recorded, last.text)
        first = f"{last.what} differs from {last.shown}: {found.summary}"
        return [first, f"hint: run {command} and commit the file if the change is meant", *found.details]
