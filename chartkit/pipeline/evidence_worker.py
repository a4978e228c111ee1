"""What a worker gathers for the findings of one case: the lines around them, the objects, the values.

Templates are read, not run again; only where one of them is packed is the render traced once more, since a
finding does not tell lines in which nobody edits.
"""

from __future__ import annotations

import functools
import pathlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chartkit.findings.places import giving
from chartkit.helm import manifests as reading
from chartkit.helm.charts import may_need_unread
from chartkit.model.case import Case, Chart
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.place import Path, Place
from chartkit.model.render import Manifest, Render
from chartkit.pipeline import excerpts, worker_jobs
from chartkit.pipeline.records import Asked, Gathered, Rendered, Settings
from chartkit.source_map.trace import SourceMap
from chartkit.source_map.values.include_stack import is_packed
from chartkit.source_map.values.values_held import Held, Holder
from chartkit.source_map.values.values_read import Frame
from chartkit.system.cache import Store


def gather(
    settings: Settings, chart_file: str, case: Case, rendered: Rendered, cwd: str, asked: tuple[Asked, ...]
) -> Gathered:
    """The evidence of *asked* in the render of *case*; paths are relative to *cwd*."""
    chart = worker_jobs.load_chart(chart_file)
    text = Store(pathlib.Path(settings.store)).text(rendered.text) if rendered.text else ""
    render = Render(text, "", frozen=rendered.frozen)
    locator = worker_jobs.locator(settings, chart, case, render, slow=rendered.slow, removed=rendered.removed)
    table = _Table(chart, case, text, cwd)
    return Gathered(tuple(table.evidence(each, lambda: locator().map) for each in asked))


@dataclass(frozen=True, slots=True)
class _Shown:
    """The object in the render: its document's lines and first line, and the template that it is from."""

    excerpt: Excerpt | None
    source: str = ""
    line: int | None = None
    column: int | None = None


class _Table:
    """All that is looked at for one case, each thing once."""

    def __init__(self, chart: Chart, case: Case, text: str, cwd: str) -> None:
        self._chart, self._case, self._cwd = chart, case, pathlib.Path(cwd)
        self._holder = Holder(chart, case)
        self._documents = tuple(reading.documents(text))
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        for name, origin in chart.origins.items():
            if name in chart.files:
                self._names[origin].append(name)
        self._lines = functools.cache(self._read)
        self._objects = functools.cache(lambda number: reading.read_document(*self._documents[number])[0])

    def evidence(self, asked: Asked, trace: Any) -> Evidence:
        shown = self._shown(asked)
        frames = self._traced(asked, shown, trace) or self._frames(asked, shown.source)
        held = self._holder.held(tuple(frames)) if frames else Held()
        return Evidence(
            self._case.ref,
            tuple(self._sources(asked.places, frames)),
            shown.excerpt,
            held.values,
            (
                *_unknown(asked, shown, frames, has_render=bool(self._documents)),
                *held.unknown,
                *_withheld(self._chart),
            ),
        )

    def _sources(self, places: Sequence[Place], frames: Sequence[Frame]) -> Iterator[Excerpt]:
        """Around each place; of a packed file, around the lines of it that the trace has told."""
        for place in dict.fromkeys(places):
            found: list[Excerpt | None] = []
            if place.line is not None:
                found = [excerpts.around(self._lines(place.file), place.file, place.line, place.column)]
            elif is_packed(place.file):
                inside = [each for each in frames if self._chart.origin(each.file) == place.file]
                found = [self._packed(each, place.file) for each in dict.fromkeys(inside)]
            yield from filter(None, found)

    def _packed(self, frame: Frame, archive: str) -> Excerpt | None:
        text = self._chart.files.get(frame.file, b"").decode("utf-8", "surrogateescape")
        name = f"{archive}/{_member(self._chart, frame.file, archive)}"
        return excerpts.around(text.split("\n"), name, frame.line, frame.column)

    def _read(self, file: str) -> Sequence[str]:
        """The lines of a file of the chart, of one that gives the case its values, or of the working tree."""
        if file in self._names:
            return self._chart.files[self._names[file][0]].decode("utf-8", "surrogateescape").split("\n")
        path = self._cwd / file
        inside = path.resolve().is_relative_to(self._cwd.resolve())
        text = excerpts.beginning(path) if inside or file in giving(self._case.scenario) else ""
        return text.split("\n") if text else ()

    def _shown(self, asked: Asked) -> _Shown:
        """The document of the object, first looked for where the finding says that it is."""
        if asked.line is None and asked.resource is None:
            return _Shown(None)
        everywhere = range(len(self._documents))
        for number in sorted(everywhere, key=lambda number: not self._holds(number, asked.line)):
            text, source, first = self._documents[number]
            named = [one for one in self._objects(number) if one.resource == asked.resource]
            if asked.resource is None and not self._holds(number, asked.line):
                break
            if asked.resource is None or named:
                line, column = self._spot(number, named[0] if named else None, asked)
                lines = text.rstrip("\n").split("\n")
                return _Shown(excerpts.document(lines, line, column, first), source, line, column)
        return _Shown(None)

    def _holds(self, number: int, line: int | None) -> bool:
        text, _, first = self._documents[number]
        return line is not None and first <= line <= first + text.count("\n")

    def _spot(self, number: int, manifest: Manifest | None, asked: Asked) -> tuple[int, int | None]:
        """The line and column of what is meant."""
        if asked.line is not None and self._holds(number, asked.line):
            if asked.column is not None or manifest is None:
                return asked.line, asked.column
            line, column = reading.position(manifest, _steps(manifest, asked.path))
            return asked.line, column if line == asked.line else None
        assert manifest is not None
        return reading.position(manifest, _steps(manifest, asked.path))

    def _traced(self, asked: Asked, shown: _Shown, trace: Any) -> list[Frame]:
        """The whole include stack, where some of it is packed; empty where that is not known."""
        if shown.line is None or not any(map(is_packed, (place.file for place in asked.places))):
            return []
        source_map: SourceMap = trace()
        origin = source_map.at(shown.line, shown.column or 1) or source_map.line(shown.line)
        return [Frame(one.file, one.line, one.column) for one in origin.places] if origin else []

    def _frames(self, asked: Asked, source: str) -> list[Frame]:
        """The lines of templates that the finding tells."""
        frames = []
        for place in asked.stack:
            names = [name for name in self._names.get(place.file, ()) if "/templates/" in name]
            if place.line is not None and names:
                frames.append(Frame(source if source in names else names[0], place.line, place.column))
        return frames


def _unknown(asked: Asked, shown: _Shown, frames: Sequence[Frame], *, has_render: bool) -> list[str]:
    """What could not be found out of the places and the render, and why."""
    said = []
    if asked.unplaced and not frames:
        said.append(f"the line of the template: {asked.unplaced}")
    if shown.excerpt is None and (asked.resource is not None or asked.line is not None):
        refused = "Helm refuses the case, so nothing is rendered"
        why = "it is not in this case's render" if has_render else refused
        said.append(f"the rendered object: {why}")
    return said


def _withheld(chart: Chart) -> Iterator[str]:
    """What Helm may render by, and what was not read for safety."""
    if may_need_unread(chart):
        for name in (name for name, place in chart.left_out.items() if place is None):
            inner = name.partition("/")[2]
            yield f"what Helm makes of {inner!r}: it is unsafe to read, so this is another render than Helm's"


def _steps(manifest: Manifest, pointer: str) -> Path:
    """The JSON *pointer* into the object as a path from the top of its document."""
    value: Any = manifest.body
    path: list[str | int] = []
    for raw in pointer.split("/")[1:]:
        step: str | int = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and raw.isdecimal():
            step = int(raw)
        path.append(step)
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
    return (*manifest.base, *path)


def _member(chart: Chart, name: str, archive: str) -> str:
    """What the file with the canonical *name* is called within the *archive*."""
    parts = name.split("/")
    for count in range(1, len(parts), 2):
        if chart.origins.get("/".join([*parts[:count], "Chart.yaml"])) == archive:
            return "/".join(parts[count - 1 :])
    return name
