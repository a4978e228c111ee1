"""The edge: renders one case over and over, with other values or with other templates."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values import alternatives, masks
from chartkit.coverage.values.keys import value_at, with_values
from chartkit.coverage.values.references import Steps
from chartkit.coverage.values.search import KeyChange, SearchOutOfTime, Seen
from chartkit.helm import engines, freeze
from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import canonical
from chartkit.model.render import Failure, Render

PROBE: Final = "zqprobeqz"
NOTES: Final = "NOTES.txt"
_UNUSABLE: Final = frozenset({"chart", "dependency", "kube-version", "values"})

Files = Mapping[str, bytes]


@dataclass(slots=True)
class StudyBudget:
    """How long may be measured, in seconds; counts the renders."""

    seconds: float
    renders: int = 0
    start: float = field(default_factory=time.process_time)

    def spend(self) -> None:
        """One more render; raises `SearchOutOfTime`."""
        if time.process_time() - self.start > self.seconds:
            raise SearchOutOfTime
        self.renders += 1


@dataclass(frozen=True, slots=True)
class Material:
    """A chart as it is measured: without schemas of values and what no template makes; *files* are frozen."""

    chart: Chart
    files: Files


def material(chart: Chart, *, frozen: bool = True) -> Material:
    """*chart* made ready; CRDs are left out unless a template may read them."""
    files = {name: content for name, content in chart.files.items() if canonical(name).kind != "schema"}
    if not any(b"crds" in content for name, content in files.items() if canonical(name).in_templates):
        files = {name: content for name, content in files.items() if canonical(name).kind != "crd"}
    bare = dataclasses.replace(chart, files=files)
    return Material(bare, freeze.freeze_defaults(freeze.freeze(files)) if frozen else files)


class Bench:
    """One case, ready to be rendered with changes; *blame* tells which of them a failure may be due to."""

    def __init__(
        self,
        engine: engines.Engine,
        material: Material,
        case: Case,
        budget: StudyBudget,
        base: Render | None = None,
    ) -> None:
        self.engine = engine
        self.material = material
        self.case = case
        self.budget = budget
        inputs = engines.inputs_of(case, engine.read_yaml)
        self.inputs = dataclasses.replace(inputs, values=freeze.freeze_values(inputs.values))
        self.mask = masks.ValueMask()
        self.documents: dict[str, dict[tuple[str, str], None]] = {}
        self.blame: Callable[[Failure], Collection[int]] = lambda _: ()
        self.base = base or self.render({})
        self.plain = _text(self.base)
        self.masked = self.plain

    @property
    def name(self) -> str:
        return self.case.scenario.name

    @property
    def given(self) -> Mapping[str, Any]:
        """The values that the scenario gives."""
        return self.inputs.values

    def render(self, changes: Mapping[Steps, Any], files: Files | None = None) -> Render:
        self.budget.spend()
        values = with_values(self.given, changes) if changes else self.given
        inputs = dataclasses.replace(self.inputs, values=values)
        return self.engine.render(
            self.material.chart, self.material.files if files is None else files, inputs
        )

    def is_steady(self) -> bool:
        """Whether the same render comes out the same."""
        return _text(self.render({})) == self.plain

    def probe(self, scopes: Sequence[Steps]) -> None:
        """Find what shows all the values of *scopes*, and leave it out from here on."""
        tables = [scope for scope in scopes if not scope or isinstance(value_at(self.given, scope), Mapping)]
        probed = self.render({(*scope, PROBE): PROBE for scope in tables})
        if probed.failure is None and self.base.failure is None:
            self.mask = masks.found(self.plain, _text(probed), PROBE)
            self.masked = self.mask.over(self.plain)

    def try_values(self, changes: Sequence[KeyChange]) -> Seen:
        """What *changes* make of the render, but for what is masked."""
        rendered = self.render({change.path: change.value for change in changes})
        return self._seen(rendered, self.masked, self.mask)

    def try_unmasked(self, changes: Sequence[KeyChange]) -> Seen:
        """What *changes* make of the whole render."""
        rendered = self.render({change.path: change.value for change in changes})
        return self._seen(rendered, self.plain, masks.ValueMask())

    def _seen(self, rendered: Render, base: str, mask: masks.ValueMask) -> Seen:
        text = mask.over(_text(rendered))
        if text == base:
            return Seen(same=True)
        if base not in self.documents:
            self.documents[base] = dict.fromkeys(masks.documents(base))
        known, now = self.documents[base], dict.fromkeys(masks.documents(text))
        fresh = [document for document in now if document not in known]
        marks = {number: source for source, body in reversed(fresh) for number in alternatives.marks(body)}
        if rendered.failure:
            blamed = self.blame(rendered.failure)
            return Seen(same=False, where=rendered.failure.template, marks=marks, blamed=blamed)
        different = [*fresh, *(document for document in known if document not in now)]
        return Seen(same=False, where=different[0][0] if different else "", marks=marks)


def _text(rendered: Render) -> str:
    """All that is compared: the manifests, the notes, and why it failed."""
    failure = rendered.failure
    parts = [rendered.text.rstrip("\n"), f"\n---\n# Source: {NOTES}\n{rendered.notes or ''}"]
    return "".join([*parts, f"\n---\n# Source: {failure.template}\n{failure.text}" if failure else ""])


def open_bench(
    engine: engines.Engine, materials: Sequence[Material], case: Case, budget: StudyBudget
) -> Bench | str:
    """The bench of *case*, or why nothing can be measured with it.

    *materials* are the chart frozen, and as it is: that is taken where freezing makes it fail.
    """
    budget.spend()
    rendered = engines.render(engine, materials[0].chart, case)
    if rendered.failure is not None and rendered.failure.kind in _UNUSABLE:
        return rendered.failure.message
    if not rendered.not_frozen_because:
        return Bench(engine, materials[0], case, budget, rendered)
    bench = Bench(engine, materials[1], case, budget)
    if not bench.is_steady():
        return "its render differs each time, and random functions cannot be frozen in it"
    return bench
