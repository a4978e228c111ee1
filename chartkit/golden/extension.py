"""chartkit's golden files as syrupy knows snapshots; the only module that knows syrupy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.data import SnapshotCollections
from syrupy.extensions.base import AbstractSyrupyExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from chartkit.golden.files import SUFFIX, flat, replace, safe, settle
from chartkit.masking import carry, matches
from chartkit.model import Render

if TYPE_CHECKING:
    from syrupy.data import SnapshotCollection
    from syrupy.location import PyTestLocation
    from syrupy.types import SerializableData, SerializedData, SnapshotIndex


class GoldenExtension(SingleFileSnapshotExtension):
    """Keeps a render as ``golden/<chart>/<scenario>.yaml`` below pytest's root folder."""

    _write_mode = WriteMode.TEXT
    file_extension = SUFFIX.removeprefix(".")

    def serialize(self, data: SerializableData, **_: Any) -> str:
        """The text of *data*; a failed render is never equal to a file, and never written."""
        if isinstance(data, Render):
            if data.failure is not None:
                raise ValueError(f"the chart does not render: {data.failure.message}")
            return settle(data.text)
        if not isinstance(data, str):
            raise TypeError(f"a golden file holds a render, not {data!r}")
        return settle(data)

    def matches(self, *, serialized_data: SerializedData, snapshot_data: SerializedData) -> bool:
        return matches(str(snapshot_data), str(serialized_data))

    def diff_lines(self, serialized_data: SerializedData, snapshot_data: SerializedData) -> Iterator[str]:
        """By object and path, as `chartkit golden diff` shows it."""
        from chartkit.diff import diff
        from chartkit.diff.text import describe, painted

        for line in describe(diff(str(snapshot_data), str(serialized_data))):
            yield painted(line, color=False)

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        folder, _, stem = str(index).rpartition("/")
        if not folder or not stem:
            raise pytest.UsageError("golden needs the name of its file: golden(name='<chart>/<scenario>')")
        stem, at, version = stem.partition("@")
        root: Path = test_location.item.config.rootpath
        return str(root / "golden" / flat(folder) / f"{safe(stem)}{at}{safe(version) if at else ''}{SUFFIX}")

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        return AbstractSyrupyExtension.get_snapshot_name(test_location=test_location, index=index)

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:  # noqa: ARG003
        """Any test may read any golden file."""
        return True

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        """None, so that syrupy deletes none: a run of a few tests does not know what others need."""
        return SnapshotCollections()

    def read_snapshot_data_from_location(self, *, snapshot_location: str, **_: Any) -> str | None:
        try:
            return Path(snapshot_location).read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None

    @classmethod
    def write_snapshot_collection(cls, *, snapshot_collection: SnapshotCollection, **_: Any) -> None:
        path = Path(snapshot_collection.location)
        text = str(next(iter(snapshot_collection)).data)
        if path.exists():
            text = carry(path.read_bytes().decode("utf-8", "surrogateescape"), text)
        replace(path, text.encode("utf-8", "surrogateescape"))
