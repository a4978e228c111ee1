"""Values coverage: which keys of values.yaml templates read, and which no scenario varies.

Two ways are taken, each of which checks the other. Templates are read and followed in all their
branches, which tells what no template can read. And values are changed, which tells what shows.
"""

from __future__ import annotations

from chartkit.coverage.values.listing import text_lines
from chartkit.coverage.values.measuring import SECONDS, measure
from chartkit.coverage.values.reports import as_json
from chartkit.coverage.values.results import Entry, Status, ValuesCoverage

__all__ = ["SECONDS", "Entry", "Status", "ValuesCoverage", "as_json", "measure", "text_lines"]
