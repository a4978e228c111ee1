"""Baseline holds findings that are not there any more.

A baseline is the list of findings that a repository had when it began to use chartkit. When one of them is
mended, its entry stays behind, and would hide the fault if it ever came back. Only a run that judges all
there is to judge can tell: every chart, scenario, version and rule.

## Bad

A finding was mended, and `chartkit-baseline.json` still has its entry.

## Good

`chartkit baseline` writes the file anew; commit it with what was mended.
"""

from __future__ import annotations

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("baseline-outdated", severity=Severity.NOTE)
