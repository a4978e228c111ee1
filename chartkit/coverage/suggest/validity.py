"""What is wrong with what a trial renders to, as far as schemas and the rules that are on tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.coverage.suggest.trials import Ground, Trial
from chartkit.helm import engines, manifests
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.render import Render

_UNRENDERED: Final = re.compile(r"\bmap\[[\w./-]+:")
_GRAVE: Final = frozenset({"field-invalid", "field-missing", "field-unknown", "list-key-duplicate"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong, in *words*; *key* is equal for what is the same fault in another render.

    What is *fatal* is no scenario at all: it does not render, or not to what anybody meant.
    """

    key: str
    words: str
    fatal: bool = False


Judge = Callable[[Case, Render], Iterable[Fault]]
"""Tells what rules find in the render of a case."""


class Validity:
    """Judges what *chart* renders to by *judge*, without one by schemas.

    What is wrong in the *ground*, or in one of the *own* cases of the chart, is not held against a trial.
    """

    def __init__(
        self,
        engine: Embedded,
        chart: Chart,
        ground: Ground,
        own: Sequence[Case] = (),
        judge: Judge | None = None,
    ) -> None:
        self._engine = engine
        self._chart = chart
        self._ground = ground
        self._judge = judge or by_schemas
        self._known: dict[tuple[str, str], tuple[Fault, ...]] = {}
        self._judged: dict[str, tuple[Fault, ...]] = {}
        self._own = [case for case in own if case != ground.case]
        self._usual = {fault.key for fault in self._faults(ground.case)}

    def faults(self, trial: Trial) -> tuple[Fault, ...]:
        """What is wrong with what *trial* renders to, what is fatal first."""
        key = trial.key
        if key not in self._judged:
            self._judged[key] = self._new(self._faults(self._ground.case_of(trial)))
        return self._judged[key]

    def of(self, case: Case, render: Render) -> tuple[Fault, ...]:
        """What is wrong with the *render* of a case that a trial makes."""
        return self._new(self._of(case, render))

    def _new(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """Those of *faults* that the chart does not have anyway, each once."""
        found = {fault.key: fault for fault in faults}
        while self._own and found.keys() - self._usual:
            self._usual |= {fault.key for fault in self._faults(self._own.pop())}
        new = (fault for key, fault in found.items() if key not in self._usual)
        return tuple(sorted(new, key=lambda fault: (not fault.fatal, fault.words)))

    def _faults(self, case: Case) -> Iterator[Fault]:
        return self._of(case, engines.render(self._engine, self._chart, case))

    def _of(self, case: Case, render: Render) -> Iterator[Fault]:
        if render.failure is not None:
            message = f"it does not render: {render.failure.message}"
            yield Fault(message, message, fatal=True)
            return
        for text, source, _ in manifests.documents(render.text):
            if (text, source) not in self._known:
                self._known[text, source] = tuple(_unsound(text, source))
            yield from self._known[text, source]
        yield from self._judge(case, render)


def _unsound(text: str, source: str) -> Iterator[Fault]:
    """What nobody can have meant."""
    objects, unreadable = manifests.read_document(text, source, 1)
    for document in unreadable:
        message = f"what it renders is not sound: {document.problem.message}"
        yield Fault(message, message, fatal=True)
    for manifest in objects:
        if _UNRENDERED.search(manifest.text):
            message = f"{manifest.resource} would hold a mapping that is printed as text"
            yield Fault(message, message, fatal=True)


def by_schemas(case: Case, render: Render) -> Iterator[Fault]:
    """What the schemas of Kubernetes alone tell of *render*."""
    from chartkit.rules.schemas.validator import Validator

    validator = Validator(case.kube_version)
    for manifest in manifests.read(render.text)[0]:
        for hit in validator.judge(manifest) or ():
            if hit.rule in _GRAVE:
                message = f"{manifest.resource} would not be valid: {hit.message}"
                yield Fault(message, message)
