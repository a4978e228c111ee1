"""Renders a case with its templates instrumented, and compares what comes out with the plain render.

They must be equal once the markers are gone, byte for byte. Where they are not, tracing is given up part by
part: one call, then a file, then a template's output. Nothing that was not found equal counts as known.
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from chartkit.helm.embedded import Embedded, Outputs
from chartkit.helm.engines import HelmInputs
from chartkit.helm.order import Arranged
from chartkit.model.case import Chart
from chartkit.model.render import Render
from chartkit.source_map.instrument import Instrumented, instrument
from chartkit.source_map.markers import choose_markers
from chartkit.source_map.read_output import Output, OutputReader
from chartkit.source_map.rewrite_templates import Style
from chartkit.source_map.template_text import TemplateTexts, includes_templates
from chartkit.source_map.traced_text import SourceLines, TracedText

ROUNDS: Final = 24
"""How often a render is repeated with less traced, until what is still wrong is left out."""


class Untraceable(Exception):
    """Nothing can be said of where the render comes from; the message says why."""


def instrument_for(
    chart: Chart, inputs: HelmInputs, render: Render, *, frozen: bool, counts: bool
) -> Instrumented:
    """The templates of *chart* instrumented with markers that are nowhere in *inputs* and *render*.

    Raises `Untraceable` where there are none.
    """
    values = json.dumps(inputs.values, ensure_ascii=False, default=str)
    markers = choose_markers((*chart.files.values(), values, render.text))
    if markers is None:
        raise Untraceable("the chart uses all characters that marks could be made of")
    return instrument(chart, Style(markers, frozen, counts, includes_templates(chart.files, values)))


class Tracing:
    """One case of *chart*, given to *engine* as *files* and *inputs*; *expected* is what it renders to."""

    def __init__(
        self,
        engine: Embedded,
        chart: Chart,
        files: Mapping[str, bytes],
        inputs: HelmInputs,
        instrumented: Instrumented,
        expected: str,
    ) -> None:
        self._engine = engine
        self._chart = chart
        self._files = files
        self._inputs = inputs
        self._instrumented = instrumented
        self._expected = expected
        self._texts: TemplateTexts | None = None
        if instrumented.style.texts:
            first = len(instrumented.sites)
            self._texts = TemplateTexts(instrumented.style.markers, instrumented.known, first)
            self._value_files = self._texts.files(files)
            self._value_inputs = dataclasses.replace(inputs, values=self._texts.values(inputs.values))
        self._plain: Outputs | None = None
        self._unmarked: set[int] = set()
        self._plain_files: set[str] = set()  # files that are rendered as they are
        self._untraced: set[str] = set()  # templates whose output is not traced
        self.sources = SourceLines(instrumented.sources)
        self.outputs: dict[str, Output] = {}
        self.arranged: Arranged = Arranged("", "")
        self.degraded: list[str] = [
            f"{file} is not traced: {why}" for file, why in instrumented.unreadable.items()
        ]

    @property
    def counts(self) -> dict[int, int]:
        """How often each block was run, by number."""
        total: collections.Counter[int] = collections.Counter()
        for output in self.outputs.values():
            total.update(output.counts)
        return dict(total)

    @property
    def uncounted(self) -> list[str]:
        """The files of which nothing was counted."""
        return sorted({*self._plain_files, *self._instrumented.unreadable})

    def settle(self) -> None:
        """Render again until all that is traced is equal; raises `Untraceable`."""
        if self.arranged.text == self._expected:
            return
        for _ in range(ROUNDS):
            wrong = self._wrong()
            if not wrong:
                break
            if not self._leave_texts():
                for name in wrong:
                    self._give_up_part(name)
            self.render()
        for name in self._wrong():
            self._give_up_template(name)
        self._arrange()
        if len(self.arranged.text.split("\n")) != len(self._expected.split("\n")):
            raise Untraceable("the chart renders to something else each time")

    def render(self) -> None:
        """Render the rewritten chart, with as little as possible switched off where Helm refuses it.

        Raises `Untraceable`.
        """
        while True:
            files = {**self._files, **self._instrumented.files(self._unmarked, self._plain_files)}
            inputs, sites = self._inputs, self._instrumented.sites
            if self._texts is not None:
                files |= self._value_files
                inputs, sites = self._value_inputs, [*sites, *self._texts.sites]
            outputs = self._engine.outputs(self._chart, files, inputs)
            if outputs.failure is None:
                break
            self._recover(outputs.failure.text)
        reader = OutputReader(self._instrumented.style.markers, sites, self.sources, self._unmarked)
        self.outputs = {}
        for name, raw in outputs.templates.items():
            try:
                self.outputs[name] = reader.read(raw)
            except ValueError:  # the template prints what only looks like a mark
                self.outputs[name] = Output(TracedText(raw, (), (), self.sources))
        self._crds = outputs.crds
        for name in self._untraced:
            self.outputs[name] = self._plain_output(name)
        self._arrange()

    def _arrange(self) -> None:
        texts = {name: output.text.text for name, output in self.outputs.items()}
        self.arranged = self._engine.arrange(self._chart, texts, self._crds)

    def _plain_render(self) -> Outputs:
        """What the chart renders to without a trace; raises `Untraceable` where it does not."""
        if self._plain is None:
            self._plain = self._engine.outputs(self._chart, self._files, self._inputs)
            again = self._engine.outputs(self._chart, self._files, self._inputs)
            if self._plain.failure or again.failure:
                raise Untraceable("Helm refuses the case")
            self._random = {
                name for name, text in self._plain.templates.items() if again.templates.get(name) != text
            }
        return self._plain

    def _wrong(self) -> list[str]:
        """The templates whose output is not what it is without a trace, though it is the same each time."""
        plain = self._plain_render().templates
        traced = {name: output.text.text for name, output in self.outputs.items()}
        return [name for name in plain if traced.get(name) != plain[name] and name not in self._random]

    def _plain_output(self, name: str) -> Output:
        text = self._plain_render().templates.get(name, "")
        counts = self.outputs[name].counts if name in self.outputs else {}
        return Output(TracedText(text, (), (), self.sources), counts=counts)

    def _give_up_part(self, name: str) -> None:
        """Switch off the nearest call before the first difference, else leave the file as it is."""
        file = self._instrumented.file_of.get(name, name)
        call = self._nearest_call(name)
        if call is not None:
            self._switch_off(call)
        elif file not in self._plain_files:
            self._leave_file(file, "it then prints something else")
        else:
            self._give_up_template(name)

    def _nearest_call(self, name: str) -> int | None:
        output = self.outputs.get(name)
        if output is None:
            return None
        text, wanted = output.text.text, self._plain_render().templates[name]
        lengths = range(1, max(len(text), len(wanted)) + 1)
        same = bisect.bisect_left(lengths, True, key=lambda length: text[:length] != wanted[:length])
        last = bisect.bisect_right(output.text.offsets, same + 1)
        calls = (call for sites in reversed(output.sites[:last]) for call in reversed(sites[:-1]))
        own = len(self._instrumented.sites)
        return next((call for call in calls if call not in self._unmarked and call < own), None)

    def _switch_off(self, call: int) -> None:
        site = self._instrumented.sites[call]
        self._unmarked.add(call)
        self.degraded.append(
            f"{site.file}:{site.line}: what {site.text!r} prints here is not traced: marks would change it"
        )

    def _leave_file(self, file: str, why: str) -> None:
        self._plain_files.add(file)
        self.degraded.append(f"{file} is not traced: {why}")

    def _leave_texts(self) -> bool:
        """Leave the template text in values as it is, where that is not done yet."""
        if self._texts is None:
            return False
        self._texts = None
        self.degraded.append("template text in values is not followed: it would be shown, or not be the same")
        return True

    def _give_up_template(self, name: str) -> None:
        if name not in self._untraced:
            self._untraced.add(name)
            self.degraded.append(f"{name} is not traced: it then prints something else")
        self.outputs[name] = self._plain_output(name)

    def _recover(self, message: str) -> None:
        """Switch off what Helm may refuse the rewritten chart for: unusual calls, all calls, then files."""
        if self._leave_texts():
            return
        sites = self._instrumented.sites
        marking = {number for number, site in enumerate(sites) if site.follows} - self._unmarked
        unusual = {number for number in marking if sites[number].unusual}
        if marking:
            for call in sorted(unusual or marking):
                self._unmarked.add(call)
            which = "no unusual call is" if unusual else "no call is"
            self.degraded.append(f"{which} followed: the chart would fail")
            return
        file = next(self._suspects(message), None)
        if file is None:
            raise Untraceable("the chart fails when it is traced")
        self._leave_file(file, "it then fails")

    def _suspects(self, message: str) -> Iterator[str]:
        """The files still rewritten: first those that Helm names in *message*, then all others."""
        suffix = self._instrumented.style.markers.suffix
        for name in reversed(re.findall(rf'executing "([^"]+){suffix}"', message)):
            if file := self._instrumented.file_of.get(name):
                yield from {file} - self._plain_files
            define = re.compile(rf'(?:define|block)\s+["`]{re.escape(name)}["`]')
            for file, source in self._instrumented.sources.items():
                if define.search(source) and file not in self._plain_files:
                    yield file
        yield from (file for file in self._instrumented.sources if file not in self._plain_files)
