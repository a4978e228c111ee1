"""What a result depends on, and so what names it in the cache; and what it needs of the store."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

from chartkit.findings.judge_chart import values_files
from chartkit.findings.writer import Rules
from chartkit.helm.values import MAX_VALUES
from chartkit.model.case import Case, Chart
from chartkit.pipeline import codec
from chartkit.pipeline.records import Record, Settings
from chartkit.plan.scenarios import files_of
from chartkit.source_map.values.include_stack import Span
from chartkit.system import cache
from chartkit.system.paths import content, program


def of_case(shared: str, chart: Chart, case: Case, changed: Sequence[Span] = ()) -> str:
    """Name the record of *case*; *shared* is the `of_run`, *changed* what of the chart is under review."""
    places = cache.digest(repr(sorted(chart.origins.items())).encode("utf-8", "surrogateescape"))
    files = [(name, _content_digest(name, MAX_VALUES + 1)) for name in files_of(case.scenario)]
    seen = [changed] if changed else []
    return cache.key("case", shared, chart.digest, chart.path, places, files, codec.encode(case), *seen)


def of_files(shared: str, chart: Chart, cases: Sequence[Case]) -> str:
    """Name what is found in the files of *chart*, and in the values files of *cases*."""
    places = cache.digest(repr(sorted(chart.origins.items())).encode("utf-8", "surrogateescape"))
    files = [(name, _content_digest(name)) for name in values_files(cases)]
    return cache.key("files", shared, chart.digest, chart.path, places, files, codec.encode(tuple(cases)))


def texts(record: object) -> Iterator[str]:
    """What *record* needs of the store."""
    if isinstance(record, Record):
        printed = record.printed.text if record.printed else ""
        yield from filter(None, (record.text, printed, *(name for _, _, name in record.crds)))


def of_run(settings: Settings, rules: Rules) -> str:
    """What every result of a run depends on: its settings, its rules, and which Helm it is.

    Policies count by what they say, wherever they lie.
    """
    crds = _content_digest(settings.crds)
    kept = dataclasses.replace(settings, store="", policies=(), changed=(), crds=crds, helm=None, seconds=0)
    stamps = sorted(rule.stamp for rule in rules.values())
    return cache.key(codec.encode(kept), stamps, _helm_stamp(settings))


def _helm_stamp(settings: Settings) -> str | None:
    """What tells one helm command from the next; the embedded one is pinned, and so part of chartkit."""
    if settings.engine != "cli":
        return None
    command = program(settings.helm or "helm")
    return cache.content_of_file(command) if command else None


def _content_digest(name: str, most: int = -1) -> str:
    """What tells the content of one file from another's; of a values file no more counts than is read."""
    try:
        return cache.digest(content(pathlib.Path(name), most)) if name else ""
    except OSError:
        return "none"
