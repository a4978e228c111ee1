"""What travels between a run and its workers, and is kept in the cache; light, so that a run starts fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chartkit.findings.suppress import Suppression
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.model.render import Failure, Removed

COVERAGE_TOO_LOW: Final = "coverage-too-low"
"""The rule for which cases are measured as well."""

Kind = tuple[str, str]
"""API group (empty for the core group) and kind."""


def kind_of(resource: ResourceId) -> Kind:
    """The API group and kind of *resource*, which a CRD serves in one version or several."""
    group, slash, _ = resource.api_version.partition("/")
    return (group if slash else "", resource.kind)


@dataclass(frozen=True, slots=True)
class Settings:
    """What all jobs of a run share.

    *rules* are the ids that are on with their severities, *policies* the files to read policies
    from, *crds* the file that holds the CRDs of the configuration as a JSON list (or empty),
    *store* the folder of texts, which outlive the run if it *keeps* them. *strict* makes findings of
    objects without a schema. *golden* says that renders are compared with golden files. *seconds*
    of processor time are what a case or a helm may use.
    """

    engine: str
    helm: str | None
    real: bool
    rules: tuple[tuple[str, Severity], ...]
    policies: tuple[str, ...]
    crds: str
    store: str
    keeps: bool = False
    strict: bool = False
    golden: bool = False
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class StoredRender:
    """A render that is there already: its *text* by name in the store; *slow* where it took long to make.

    The text is empty where Helm refuses the case, and lacks what the templates *removed* would print.
    """

    text: str
    frozen: bool
    slow: bool
    removed: tuple[Removed, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What became of one case.

    *text* names the render in the store. *unmatched* are the objects without a schema here, which
    the CRDs of other charts may have, as findings; *crds* are the definitions found here, as API
    group, kind and name in the store. *slow* says that the render took so long that it is not traced,
    *removed* which templates fail, without which the rest was rendered.
    *asked* is that of the render; where there is any, *printed* is what ``helm template`` prints, which knows
    of no cluster, and which golden files record.
    """

    text: str
    failure: Failure | None
    frozen: bool
    objects: int
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]
    unmatched: tuple[Finding, ...]
    crds: tuple[tuple[str, str, str], ...]
    suppressions: tuple[Suppression, ...] = ()
    seconds: float = 0.0
    slow: bool = False
    asked: tuple[str, ...] = ()
    printed: StoredRender | None = None
    removed: tuple[Removed, ...] = ()

    @property
    def rendered(self) -> StoredRender:
        return StoredRender(self.text, self.frozen, self.slow, self.removed)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the record needs of the store, by name."""
        printed = self.printed.text if self.printed else ""
        return tuple(filter(None, (self.text, printed, *(name for _, _, name in self.crds))))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What checks other than those of a case by itself find: of files, by other charts' CRDs, of releases."""

    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """The template lines behind a difference from a golden file: to each line of how it reads, by number."""

    places: tuple[tuple[int, Place], ...]
