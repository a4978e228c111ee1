"""Baseline holds findings that are gone, or that it cannot accept.

A baseline is the list of findings that a repository had when it began to use chartkit. When one of them is
mended, its entry stays behind, and would hide the fault if it ever came back. Only a run that judges all
there is to judge can tell: every chart, scenario, version and rule.

What keeps a chart from being judged, such as a missing dependency, cannot be accepted, since nobody knows
what else is wrong there: an entry that does so has no effect.

## Bad

A finding was mended, and `chartkit-baseline.json` still has its entry.

## Good

`chartkit baseline` writes the file anew; commit it with what was mended.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("baseline-outdated", severity=Severity.NOTE)
