"""The nouns of chartkit, as frozen values that flow one way.

A chart under a scenario at a Kubernetes version is a case. Helm makes a render of it, the render
holds manifests, rules make findings of them, and a report is what the user reads.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chartkit.coverage import Coverage
    from chartkit.evidence import Evidence

Path = tuple[str | int, ...]
"""Where in an object: ``("spec", "containers", 0, "image")``."""


def pointer(path: Path) -> str:
    """Write *path* as an RFC 6901 JSON pointer; the whole object is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


class Severity(enum.IntEnum):
    """How bad, in SARIF's three levels; ordered, so that ``max`` gives the worst."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place that a person can open in an editor; *line* is None where none is certain."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """Which object; *namespace* is empty where the manifest names none."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class SetValue:
    """One ``--set``-like argument; *flag* is Helm's name of it: ``set``, ``set-string`` …

    *place* is where it is written, None where that is the command line.
    """

    flag: str
    expression: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BaseValues:
    """Values that all scenarios of a chart have in common: files, then *values* as JSON text.

    *places* is where each of *values* is written, by JSON pointer, outer ones first.
    """

    files: tuple[str, ...] = ()
    values: str = ""
    places: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of inputs for one chart.

    *values* is inline values as JSON text (or empty), *places* where each of them is written, by
    JSON pointer; Helm's order holds: values files, then inline values, then set values, all of
    them over the *base*. *fails* is None where rendering must succeed, else a regular expression
    that Helm's message must contain (empty: any failure). *place* is where it is written. *below*
    is a whole scenario over whose values these are laid, also over those that it sets.
    """

    name: str
    values_files: tuple[str, ...] = ()
    values: str = ""
    set_values: tuple[SetValue, ...] = ()
    release: str = "release-name"
    namespace: str = "default"
    is_upgrade: bool = False
    api_versions: tuple[str, ...] = ()
    kube_versions: tuple[str, ...] = ()
    fails: str | None = None
    place: Place | None = None
    base: BaseValues = BaseValues()
    places: tuple[tuple[str, Place], ...] = field(default=(), compare=False)
    below: Scenario | None = None


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of ``dependencies:`` in Chart.yaml (or requirements.yaml), at *place*."""

    name: str
    version: str
    repository: str
    place: Place
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart read whole into memory, dependencies included.

    *path* is the folder or archive as the user would name it. *files* maps Helm's canonical name
    (``parent/charts/sub/templates/x.yaml``) to the content, *origins* the same names to the file
    that a person would edit (a file inside an archive: ``charts/sub-1.0.0.tgz``). *digest* changes
    when any file does. *left_out* are files and folders beside them that are not part of the chart, each with
    the line of ``.helmignore`` that says so (none: Helm's own rule); None where Helm would read what was not
    read for safety.
    """

    name: str
    path: str
    version: str
    app_version: str
    api_version: str
    type: str
    kube_version: str
    dependencies: tuple[Dependency, ...]
    files: Mapping[str, bytes]
    origins: Mapping[str, str]
    digest: str
    left_out: Mapping[str, Place | None] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """The file to edit for the canonical *name*; the chart itself where it is unknown."""
        return self.origins.get(name, self.path)


@dataclass(frozen=True, slots=True)
class Case:
    """One chart (by *path*), one scenario, one Kubernetes version (``1.34.0``).

    *served* is what its cluster serves beside what comes with Kubernetes and the chart, as ``group/version``
    and ``group/version/Kind``; None where templates are told of Helm's own list instead.
    """

    chart: str
    path: str
    scenario: Scenario
    kube_version: str
    served: tuple[str, ...] | None = field(default=None, compare=False)

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.chart, self.scenario.name, self.kube_version)


@dataclass(frozen=True, slots=True, order=True)
class CaseRef:
    """How reports name a case; *chart* is the chart's name."""

    chart: str
    scenario: str
    kube_version: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why Helm refuses a case, taken apart.

    *kind* is one of ``template``, ``required`` (``fail`` and ``required``), ``values-schema``,
    ``values``, ``yaml``, ``dependency``, ``kube-version``, ``chart``, ``timeout``, ``memory``,
    ``crash``. *template* is canonical (``web/templates/x.yaml``), *includes* are the callers,
    outermost first, as canonical name and line. *message* is the cause alone, *text* all that
    Helm said, *hint* what to do.
    """

    kind: str
    message: str
    text: str
    template: str = ""
    line: int | None = None
    column: int | None = None
    expression: str = ""
    values_key: str = ""
    includes: tuple[tuple[str, int], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A *template* whose output is taken out of a chart; where *whole*, what it defines is too."""

    template: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Render:
    """What Helm makes of a case: *text* as ``helm template --include-crds`` prints it.

    *failure* says why Helm refuses it; *text* may then still hold the documents that could be
    read, so that the rest is judged. *notes* is None where the engine does not tell. *warnings*
    are what Helm logged. *frozen* says whether random functions were replaced; *thaw* why they
    were not, where they should have been. *asked* is which API versions of the cluster templates ask for
    and are told of (``*``: all), *unserved* why they are told of Helm's own list instead. *engine* names the
    engine and its Helm version. *dropped* holds, in the form of *text*, the documents that Helm left out: it
    does not know their hooks.
    """

    text: str
    engine: str
    notes: str | None = None
    warnings: tuple[str, ...] = ()
    frozen: bool = False
    thaw: str = ""
    asked: tuple[str, ...] = ()
    unserved: str = ""
    failure: Failure | None = None
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a render.

    *source* is canonical (``web/templates/x.yaml``). *text* is the YAML document that holds it,
    which begins at *line* (from 1) of the render. *base* is where in the document the object is:
    ``("items", 0)`` in a List. *body* is the parsed object; treat it as read-only.
    """

    source: str
    text: str
    line: int
    resource: ResourceId
    body: Mapping[str, Any] = field(repr=False)
    base: Path = ()
    hooks: tuple[str, ...] = ()

    @property
    def is_crd(self) -> bool:
        return self.resource.kind == "CustomResourceDefinition" and self.resource.api_version.startswith(
            "apiextensions.k8s.io/"
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document of a render that is not one readable object; *line* and *column* are in the render."""

    rule: str
    source: str
    line: int
    message: str
    column: int = 1
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check yields: where in its subject, and what.

    *rule* is filled in by the engine room for rules; checks that serve several rules set it.
    *on_key* points at the key rather than at its value; *whole* says that it stands for the whole
    list or mapping below it, which is what is meant. *manifest* is set by checks over several
    objects, *place* by checks over files: both beat the subject's own place. *undecided* says why it
    cannot be told whether it is so: then nothing is found, and that is told.
    """

    path: Path
    message: str
    hint: str = ""
    rule: str = ""
    on_key: bool = False
    manifest: Manifest | None = None
    place: Place | None = None
    whole: bool = False
    undecided: str = ""


@dataclass(frozen=True, slots=True)
class Snippet:
    """The line that a finding is about, to show it; *rendered* when it is of the render."""

    text: str
    line: int
    column: int
    rendered: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, at a place, seen in one or more cases.

    *path* is a JSON pointer into the resource (or file). *place* is where to edit: of what templates
    only pass on, where the value is set, and then *passed_on* is the line of the template. *includes*
    are the lines that called, innermost first. *precision* is how well the line of the template is
    known: ``text``, ``action``, ``yaml``, ``coarse``; *unplaced* says why it is not. *value* names the value
    that the line only prints, and says what sets it, where that is no line of a file. *suppressed* is the
    reason, or None.

    *snippet* is the line at *place*, or of the render where that is not known; *quoted* the lines at
    *passed_on* and *includes*, empty where they cannot be shown; *rendered* that of the render besides.

    *occurrence* numbers findings of one identity at several places, in the order of lines, from 0.
    """

    rule: str
    severity: Severity
    message: str
    chart: str
    place: Place
    hint: str = ""
    includes: tuple[Place, ...] = ()
    resource: ResourceId | None = None
    path: str = ""
    rendered_line: int | None = None
    cases: tuple[CaseRef, ...] = ()
    suppressed: str | None = None
    snippet: Snippet | None = None
    precision: str = ""
    unplaced: str = ""
    passed_on: Place | None = None
    value: str = ""
    quoted: tuple[str, ...] = ()
    rendered: Snippet | None = None
    occurrence: int = 0

    @property
    def places(self) -> tuple[Place, ...]:
        """Every line that has to do with it, the one to edit first."""
        return (self.place, *filter(None, (self.passed_on,)), *self.includes)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same fault: rule, chart, file, resource and path, not lines.

        The file tells charts of one name apart. Where there is no resource, the message stands for it.
        """
        what = self.message if self.resource is None else self.resource
        return (self.rule, self.chart, self.place.file, what, self.path)

    @property
    def fingerprint(self) -> str:
        """A stable name of the finding, 16 hexadecimal digits; in a report no two have the same."""
        named = (*self.identity, self.occurrence) if self.occurrence else self.identity
        return hashlib.blake2b(repr(named).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class NotJudged:
    """Something that no rule or schema looked at, and why."""

    what: str
    chart: str
    reason: str
    resource: ResourceId | None = None
    cases: tuple[CaseRef, ...] = ()


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


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a report can say of a rule: its page as Markdown, and the rule sets that hold it.

    *severity* is the one that it has in the run.
    """

    id: str
    severity: Severity
    text: str = field(default="", repr=False)
    sets: tuple[str, ...] = ()


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
    before and are left out, None where that was not asked for or could not be told.
    """

    ref: str
    commit: str
    charts: int
    unchanged: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run: the single argument of every format.

    *evidence* is what there is to see of each of *findings*, in their order; empty where nobody asked for it.
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
    evidence: tuple[Evidence, ...] = ()
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
        return sum(f.severity is severity and f.suppressed is None for f in self.findings)

    @property
    def suppressed(self) -> int:
        return sum(f.suppressed is not None for f in self.findings)

    def as_cached(self) -> Report:
        """The report of the same run again, for which nothing needs doing."""
        return replace(self, cases=tuple(replace(result, cached=True) for result in self.cases))

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
        return max((f.severity for f in self.findings if f.suppressed is None), default=None)

    def fails(self, finding: Finding) -> bool:
        """Whether *finding* alone makes the run fail."""
        return finding.suppressed is None and self.fail_on is not None and finding.severity >= self.fail_on

    @property
    def failed(self) -> bool:
        """Whether the run fails."""
        return self.unfinished or any(map(self.fails, self.findings))


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod template; *path* leads to it from its manifest's object."""

    manifest: Manifest
    path: Path
    body: Mapping[str, Any] = field(repr=False)
    init: bool = False

    def hit(self, *steps: str | int, message: str, hint: str = "") -> Hit:
        """A hit at *steps* below the container."""
        return Hit((*self.path, *steps), message, hint)


@dataclass(frozen=True, slots=True)
class Objects:
    """All objects of one case: the subject of rules about references between them."""

    case: Case
    chart: Chart
    manifests: tuple[Manifest, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The objects of all charts that install together, one case of each.

    *absent* are the charts that belong there and are not rendered, by path: what is nowhere may be in them.
    """

    cases: tuple[Objects, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A chart before and after the change under review: the subject of rules that compare the two.

    *changed* are the canonical names of the files that the change touches. *taken* is the version that
    the chart has by now where the branch is to be merged, empty where it is not there.
    """

    old: Chart
    new: Chart
    changed: frozenset[str]
    taken: str = ""
