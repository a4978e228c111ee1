"""A render as objects: what Helm makes of a chart, to be looked at and judged."""

from __future__ import annotations

import fnmatch
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.model.finding import Finding, Severity
from chartkit.model.render import Failure, Render
from chartkit.model.report import Report
from chartkit.plan.config import Config
from chartkit.syntax.semver import abbreviated
from chartkit.system.did_you_mean import closest, suggestion
from chartkit.system.terminal import visible
from chartkit.testing.caller_errors import EndsAtCaller
from chartkit.testing.objects import RenderedObject
from chartkit.testing.paths import NotFound, listed

__tracebackhide__ = True

_WIDTH: Final = 100


class Ambiguous(LookupError):
    """There are several of what was looked for; the message tells them apart."""

    __module__ = "chartkit"


class RenderFailed(Exception):
    """Helm refuses the chart; *failure* is what it says, taken apart."""

    __module__ = "chartkit"

    def __init__(self, message: str, failure: Failure) -> None:
        super().__init__(message)
        self.failure = failure


class RenderedChart:
    """What Helm makes of a chart in one scenario, on one Kubernetes version.

    It iterates over its objects, in Helm's order, and equals another whose text is the same.
    """

    def __init__(self, case: Case, render: Render, config: Config, judge: Callable[[Case], Report]) -> None:
        self._render = render
        self._config = config
        self._judge = judge
        self.case: Final = case
        """Chart, scenario and Kubernetes version that it was made for."""

    def __repr__(self) -> str:
        return visible(f"<{self.id}>")

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, RenderedChart) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __iter__(self) -> Iterator[RenderedObject]:
        return iter(self.objects)

    def __len__(self) -> int:
        return len(self.objects)

    @property
    def id(self) -> str:
        """``web-ha-1.34``: chart, scenario, Kubernetes version."""
        return case_id(self.case)

    @property
    def scenario(self) -> str:
        return self.case.scenario.name

    @property
    def kube_version(self) -> str:
        """The Kubernetes version, as ``1.34.0``."""
        return self.case.kube_version

    @property
    def text(self) -> str:
        """What ``helm template --include-crds`` prints, random functions frozen."""
        return self._render.text

    @property
    def notes(self) -> str:
        """What NOTES.txt tells the one who installs the chart."""
        if self._render.notes is None:
            message = f"the engine {self._render.engine.split()[0]!r} does not tell the notes"
            raise ChartkitError(message, "leave engine and helm as they are by default")
        return self._render.notes

    @property
    def warnings(self) -> tuple[str, ...]:
        """What Helm logged."""
        return self._render.warnings

    @functools.cached_property
    def objects(self) -> tuple[RenderedObject, ...]:
        """Every object, hooks and CRDs among them, in Helm's order."""
        from chartkit.helm.manifests import read

        return tuple(RenderedObject(manifest, self.id) for manifest in read(self.text)[0])

    @property
    def hooks(self) -> tuple[RenderedObject, ...]:
        """The objects that Helm runs as hooks."""
        return tuple(each for each in self.objects if each.hooks)

    @property
    def kinds(self) -> Counter[str]:
        """How many objects there are of each kind; 0 of any other."""
        return Counter(each.kind for each in self.objects)

    @property
    def names(self) -> list[str]:
        """Every object as ``Deployment/web``, in Helm's order."""
        return [f"{each.kind}/{each.name}" for each in self.objects]

    def find(
        self,
        kind: str | None = None,
        name: str | None = None,
        *,
        namespace: str | None = None,
        api_version: str | None = None,
        template: str | None = None,
    ) -> RenderedObject:
        """The one object that fits; `NotFound` and `Ambiguous` tell what there is instead.

        *name*, *namespace*, *api_version* and *template* (relative to the chart) may be patterns: ``*-web``.
        """
        wanted = _Query(kind, name, namespace, api_version, template)
        found = wanted.among(self.objects)
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(visible(f"{self.id} has {len(found)} of {wanted}: {_in_full(found)}"))
        raise NotFound(visible(f"{self.id} has no {wanted}: {wanted.instead(self.objects)}"))

    def find_all(
        self,
        kind: str | None = None,
        name: str | None = None,
        *,
        namespace: str | None = None,
        api_version: str | None = None,
        template: str | None = None,
    ) -> tuple[RenderedObject, ...]:
        """Every object that fits, in Helm's order; none is no error."""
        return _Query(kind, name, namespace, api_version, template).among(self.objects)

    def changes_from(self, other: RenderedChart) -> list[str]:
        """How this differs from *other*, by object and path; empty where the texts are the same."""
        from chartkit.golden.diff.objects import diff
        from chartkit.golden.diff.text import describe, painted

        return [painted(line, color=False) for line in describe(diff(other.text, self.text))]

    @functools.cached_property
    def report(self) -> Report:
        """What ``chartkit check`` says of this case, accepted findings among it."""
        return self._judge(self.case)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, of any severity; what is accepted with a reason is left out."""
        with EndsAtCaller():
            return tuple(each for each in self.report.findings if each.suppressed is None)

    def assert_clean(self, *, ignore: Iterable[str] = (), fail_on: str | None = None) -> None:
        """Fail with what ``chartkit check`` finds at *fail_on* or above, of other rules than *ignore*.

        *fail_on* is ``error``, ``warning`` or ``note``, by default what the configuration says.
        """
        ignored = _known_rules(ignore, self._config)
        limit = _severity(fail_on) if fail_on else self._config.fail_on or Severity.ERROR
        wrong = [each for each in self.findings if each.severity >= limit and each.rule not in ignored]
        if wrong:
            raise AssertionError(_as_text(wrong, self.report))


def case_id(case: Case) -> str:
    """``web-ha-1.34``."""
    return f"{case.chart}-{case.scenario.name}-{abbreviated(case.kube_version)}"


def _as_text(wrong: Sequence[Finding], report: Report) -> str:
    from chartkit.reports.text import render

    shown = Report(tuple(wrong), (), report.cases)
    return "the render is not clean\n" + render(shown, width=_WIDTH, color=False, verbose=True).rstrip("\n")


def _severity(name: str) -> Severity:
    try:
        return Severity[name.upper()]
    except KeyError:
        raise ConfigError(f"fail_on: expected error, warning or note, not {name!r}") from None


def _known_rules(names: Iterable[str], config: Config) -> frozenset[str]:
    """*names* of rules; ConfigError for one that does not exist, which would ignore nothing."""
    from chartkit.rules import catalogue

    given = frozenset([names] if isinstance(names, str) else names)
    known = catalogue.known(tuple(map(str, config.policies)))
    for name in sorted(given - known.keys()):
        raise ConfigError(f"ignore: there is no rule {name!r}", suggestion(name, known, most=0))
    return given


class _Query:
    """What an object must be to be found."""

    def __init__(self, kind: str | None, name: str | None, *narrower: str | None) -> None:
        self.kind, self.name = kind, name
        self.patterns = dict(zip(("namespace", "api_version", "template"), narrower, strict=True))

    def __str__(self) -> str:
        words = [self.kind or "object", repr(self.name) if self.name else ""]
        words += [f"{word.replace('_', ' ')} {value!r}" for word, value in self.patterns.items() if value]
        return " ".join(filter(None, words))

    def among(self, objects: Iterable[RenderedObject]) -> tuple[RenderedObject, ...]:
        return tuple(filter(self._fits, objects))

    def _fits(self, each: RenderedObject) -> bool:
        if self.kind not in (None, each.kind):
            return False
        wanted = {"name": self.name, **self.patterns}
        return all(
            fnmatch.fnmatchcase(str(getattr(each, word)), pattern)
            for word, pattern in wanted.items()
            if pattern is not None
        )

    def instead(self, objects: Sequence[RenderedObject]) -> str:
        """What there is: a name or a kind that was probably meant, else what comes nearest."""
        same = [each for each in objects if self.kind in (None, each.kind)]
        if same:
            names = sorted({each.name for each in same})
            near = closest(self.name, names) if self.name and self.name not in names else ""
            return f"did you mean {near!r}?" if near else f"it has {listed(sorted(map(_short_name, same)))}"
        kinds = sorted({each.kind for each in objects})
        near = closest(self.kind or "", kinds)
        return f"did you mean {near!r}?" if near else f"it has {listed(kinds) or 'no objects'}"


def _short_name(each: RenderedObject) -> str:
    return f"{each.kind}/{each.name}"


def _in_full(found: Sequence[RenderedObject]) -> str:
    """Each of *found*, with all that tells objects of one name from each other."""
    texts = []
    for each in found:
        space = f" in {each.namespace}" if each.namespace else ""
        texts.append(f"{_short_name(each)}{space} ({each.api_version}, {each.template})")
    return listed(texts)
