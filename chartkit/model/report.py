"""The result of a whole run: the single argument of every report format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, RuleText, Severity

if TYPE_CHECKING:  # few reports have any
    from chartkit.model.coverage import Coverage
    from chartkit.model.evidence import Evidence


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case; *seconds* of rendering and judging, *objects* found in it.

    *must_fail* says that Helm is meant to refuse it, *path* which chart it is of where names are shared.
    """

    case: CaseRef
    rendered: bool
    objects: int = 0
    seconds: float = 0.0
    cached: bool = False
    must_fail: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """A dependency that is not in ``charts/``, and *where* it was found instead: a folder, or a cache.

    *sibling* says whether that is a chart of the same checkout, as it is now.
    """

    name: str
    version: str
    where: str
    sibling: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """That a run judged what has changed since *ref*, more precisely since the *commit* where HEAD parted.

    *charts* is how many changed, *unchanged* how many did not. *before* is how many findings were there
    before and are left out, None where that was not asked for or is not known.
    """

    ref: str
    commit: str
    charts: int
    unchanged: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run: the single argument of every format.

    *evidence* is what there is to see of findings, by fingerprint, as far as a run was asked for it.
    *rules* are those of the findings, by id. Findings of severity *fail_on* or worse make the run fail;
    None where none does. *compared* says whether renders were compared with golden files.
    *coverage* is that of the charts' templates, where the run measured it.
    *since* is None where everything was judged that was asked for. *unrendered* are the charts, by name
    and path, of which nothing was rendered though something should have been. *taken* are the dependencies
    that are in no chart's ``charts/``. *unfinished* says that the run's time was up before all was judged,
    which makes it fail.
    """

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    rules: tuple[RuleText, ...] = ()
    fail_on: Severity | None = Severity.ERROR
    compared: bool = False
    since: Since | None = None
    unrendered: tuple[tuple[str, str], ...] = ()
    taken: tuple[Taken, ...] = ()
    coverage: Coverage | None = field(default=None, repr=False)
    unfinished: bool = False

    def active(self, severity: Severity) -> int:
        """How many findings of exactly *severity* are not suppressed."""
        return sum(finding.severity is severity for finding in self.active_findings)

    @property
    def active_findings(self) -> tuple[Finding, ...]:
        """The findings that count: those that are not suppressed."""
        return tuple(finding for finding in self.findings if finding.is_active)

    @property
    def suppressed(self) -> int:
        """How many findings are accepted, with a reason."""
        return sum(not finding.is_active for finding in self.findings)

    @property
    def charts(self) -> tuple[tuple[str, str], ...]:
        """The name and path of every chart of which a case was to be rendered."""
        return tuple(sorted({(result.case.chart, result.path) for result in self.cases}))

    @property
    def folders(self) -> frozenset[str]:
        """The paths of the charts, some of which may be archives."""
        return frozenset(result.path for result in self.cases if result.path)

    @property
    def worst(self) -> Severity | None:
        """The worst severity that is not suppressed."""
        return max((finding.severity for finding in self.active_findings), default=None)

    def fails(self, finding: Finding) -> bool:
        """Whether *finding* alone makes the run fail."""
        return finding.is_active and self.fail_on is not None and finding.severity >= self.fail_on

    @property
    def failed(self) -> bool:
        """Whether the run fails."""
        return self.unfinished or any(map(self.fails, self.findings))
