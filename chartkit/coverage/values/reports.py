"""A values coverage as data for JSON."""

from __future__ import annotations

import collections
from typing import Any

from chartkit.coverage.values.keys import dotted
from chartkit.coverage.values.results import Entry, Status, ValuesCoverage
from chartkit.model.place import Place


def as_json(coverage: ValuesCoverage) -> dict[str, Any]:
    """The report as plain data, the same for the same result."""
    counts = collections.Counter(entry.status.value for entry in coverage.entries)
    return {
        "chart": coverage.chart,
        "path": coverage.path,
        "scenarios": list(coverage.scenarios),
        "notes": list(coverage.notes),
        "summary": {status.value: counts[status.value] for status in Status}
        | {"unvaried": sum(1 for _ in coverage.unvaried)},
        "keys": [_entry(entry) for entry in coverage.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    place = entry.place or Place("")
    return {
        "key": dotted(entry.path),
        "path": list(entry.path),
        "file": place.file or None,
        "line": place.line,
        "column": place.column,
        "status": entry.status.value,
        "evidence": entry.evidence,
        "sites": [{"file": site.file, "line": site.line} for site in entry.sites],
        "mentions": entry.mentions,
        "varied_by": list(entry.varied_by),
    }
