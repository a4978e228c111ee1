"""What can be known of a chart's values without rendering it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chartkit.coverage.values import keys, reading, undeclared
from chartkit.coverage.values.keys import ABSENT, Declared, value_at
from chartkit.coverage.values.mentions import Mentions
from chartkit.coverage.values.references import Read, Steps
from chartkit.coverage.values.scopes import Scopes, chart_type, scopes_of
from chartkit.coverage.values.trials import Files
from chartkit.helm import engines, set_values
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical

_LONGEST_TEXT: Final = 1 << 20
_SUBCHART: Final = re.compile(r"(.*/charts/[^/]+)/")


@dataclass(frozen=True, slots=True)
class Subject:
    """A key to be measured: declared, or a candidate for one that is not; *default* may be `ABSENT`."""

    number: int
    path: Steps
    default: Any
    key: keys.Key | None = None
    candidate: undeclared.Candidate | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """A chart's values as its files tell of them; *fault* says why values.yaml could not be read.

    *uncalled* are the mentions in named templates that nothing calls.
    """

    scopes: Scopes
    declared: Declared
    templates: Mapping[str, str]
    mentions: Mentions
    uncalled: Mentions
    subjects: tuple[Subject, ...]
    settled: bool
    fault: str = ""


def study(engine: engines.Engine, chart: Chart, files: Files, given: Iterable[Mapping[str, Any]]) -> Study:
    """Study *chart*, whose *files* are those that are rendered, with the values that are *given* to it."""
    scopes = scopes_of(chart.files, chart.name)
    text, data, fault = _values(engine, chart.files, chart.name)
    shown = chart.origin(f"{chart.name}/values.yaml")
    declared = keys.declared(text, data, shown) if data else Declared(file=shown)
    defaults = {scope: _defaults(engine, chart.files, scopes, scope) for scope in scopes.folders}
    templates = {
        name: content.decode(errors="replace")
        for name, content in files.items()
        if canonical(name).in_templates
    }
    texts = _given_texts(files, [*given, *defaults.values()])
    sources = reading.Sources(templates, texts, defaults[()], bool(scopes.missing))
    found = reading.read(sources, scopes.folders, scopes.imports)
    reads = found.reads | set(scopes.reads)
    mentions = Mentions(reads, scopes.folders, found.mixed)
    candidates = undeclared.candidates(
        reads, _imported(defaults[()], scopes), found.writes, _Concern(chart, scopes), mentions.is_single
    )
    return Study(
        scopes,
        declared,
        templates,
        mentions,
        Mentions(found.uncalled, scopes.folders),
        tuple(_subjects(declared, candidates)),
        found.settled,
        fault,
    )


def _subjects(declared: Declared, candidates: Sequence[undeclared.Candidate]) -> Iterator[Subject]:
    for number, key in enumerate(declared.keys):
        yield Subject(number, key.path, value_at(declared.data, key.path), key)
    for number, candidate in enumerate(candidates, len(declared.keys)):
        yield Subject(number, candidate.path, ABSENT, candidate=candidate)


def _values(engine: engines.Engine, files: Files, folder: str) -> tuple[str, Mapping[str, Any], str]:
    """The text of a chart's values.yaml, what Helm reads there, and why it cannot."""
    text = files.get(f"{folder}/values.yaml", b"").decode(errors="replace").removeprefix("\ufeff")
    try:
        data = engine.read_yaml(text) if text.strip() else {}
    except ValueError as error:
        return text, {}, str(error)
    return text, data if isinstance(data, Mapping) else {}, ""


def _defaults(engine: engines.Engine, files: Files, scopes: Scopes, scope: Steps) -> dict[str, Any]:
    """The values that the chart at *scope* and those below it declare."""
    inner = [each for each in scopes.folders if each and each[:-1] == scope]
    below = {each[-1]: _defaults(engine, files, scopes, each) for each in inner}
    return set_values.merge(below, dict(_values(engine, files, scopes.folders[scope])[1]))


def _imported(defaults: dict[str, Any], scopes: Scopes) -> dict[str, Any]:
    """*defaults* with what ``import-values`` brings to other places."""
    for to, origin in scopes.imports:
        brought = value_at(defaults, origin)
        if isinstance(brought, Mapping):
            for step in reversed(to):
                brought = {step: brought}
            defaults = set_values.merge(dict(brought), defaults)
    return defaults


def _given_texts(files: Files, values: Iterable[Any]) -> dict[str, str]:
    """What may be given to ``tpl``: files that are no templates, and strings in values."""
    found = {
        name: content.decode(errors="replace")
        for name, content in files.items()
        if b"{{" in content and len(content) < _LONGEST_TEXT and not canonical(name).in_templates
    }
    strings = {text for value in values for text in _strings(value) if "{{" in text}
    return found | {f"values {number}": text for number, text in enumerate(sorted(strings))}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


class _Concern:
    """Tells whether a read is the business of the chart itself, or of a library that it uses."""

    def __init__(self, chart: Chart, scopes: Scopes) -> None:
        self.root = chart.name
        folders = set(scopes.folders.values())
        self.libraries = {each for each in folders if chart_type(chart.files, each) == "library"}
        self.below = {scope[0] for scope in scopes.folders if scope}

    def __call__(self, read: Read) -> bool:
        inner = _SUBCHART.match(read.site.file)
        if inner is None:
            return read.site.file.startswith(f"{self.root}/")
        return inner[1] in self.libraries and read.path[0] not in self.below
