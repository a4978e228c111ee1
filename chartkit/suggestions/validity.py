"""Whether the objects that a trial renders are valid, as far as the schemas of Kubernetes tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit import helm, manifests
from chartkit.helm.embedded import Embedded
from chartkit.model import Case, Chart, Manifest
from chartkit.suggestions.trials import Ground, Trial

_UNRENDERED: Final = re.compile(r"\bmap\[[\w./-]+:")
_GRAVE: Final = frozenset({"field-invalid", "field-missing", "field-unknown", "list-key-duplicate"})


class Validity:
    """Judges what *chart* renders to; what is wrong in the *ground* already is not held against a trial."""

    def __init__(self, engine: Embedded, chart: Chart, ground: Ground) -> None:
        self._engine = engine
        self._chart = chart
        self._ground = ground
        self._known: dict[str, frozenset[str]] = {}
        self._usual = frozenset(self._faults(ground.case))

    def fault(self, trial: Trial) -> str:
        """What is wrong with what *trial* renders to, empty where nothing is."""
        more = sorted(set(self._faults(self._ground.case_of(trial))) - self._usual)
        return more[0] if more else ""

    def _faults(self, case: Case) -> Iterator[str]:
        render = helm.render(self._engine, self._chart, case)
        if render.failure is not None:
            yield f"it does not render: {render.failure.message}"
            return
        objects, unreadable = manifests.read(render.text)
        yield from (f"what it renders is not sound: {each.message}" for each in unreadable)
        for found in objects:
            key = f"{case.kube_version} {found.text}"
            if key not in self._known:
                self._known[key] = frozenset(self._of_manifest(found, case.kube_version))
            yield from self._known[key]

    @staticmethod
    def _of_manifest(manifest: Manifest, kube_version: str) -> Iterator[str]:
        from chartkit.validation import Validator

        if _UNRENDERED.search(manifest.text):
            yield f"{manifest.resource} would hold a mapping that is printed as text"
        for hit in Validator(kube_version).judge(manifest) or ():
            if hit.rule in _GRAVE:
                yield f"{manifest.resource} would not be valid: {hit.message}"
