"""What a rule is: an id, a page, a severity, and what it looks at; the module that rule authors import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Change, Container, Hit, Manifest, Objects, Release

if TYPE_CHECKING:
    from chartkit.rules._page import Page

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one case: the subject of rules that compare objects with what was asked for.

    *metadata* is Chart.yaml, *defaults* values.yaml, *given* what the scenario sets, *values* the
    defaults under what is given, as templates read ``.Values``. *created_by* is who renders.
    `chartkit.rules.facts` builds it.
    """

    objects: Objects
    metadata: Mapping[str, Any] = field(repr=False)
    defaults: Mapping[str, Any] = field(repr=False)
    given: Mapping[str, Any] = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    created_by: str = "helm"


SUBJECTS: tuple[type, ...] = (Container, Manifest, Objects, Facts, Chart, Change, Release)
"""What a rule can look at, narrowest first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold.

    *on* is the type of the one argument of *check*; both are None where the findings come from a
    stage of the run (rendering, validation, golden files, suppression). *text* is the page's
    Markdown, *sets* the rule sets it belongs to, *origin* the policy file it was read from (empty
    for Python rules). A run in which *stamp* changes must not reuse earlier results.
    """

    id: str
    severity: Severity
    on: type | None = None
    check: Callable[[Any], Iterator[Hit]] | None = field(default=None, repr=False, compare=False)
    sets: tuple[str, ...] = ("recommended",)
    text: str = field(default="", repr=False)
    origin: str = ""
    stamp: str = field(default="", repr=False)

    @property
    def page(self) -> Page:
        from chartkit.rules._page import parse

        return parse(self.text)


def rule(
    id: str,  # noqa: A002  # the word that users know it by
    *,
    on: type[Subject],
    severity: Severity,
    sets: tuple[str, ...] = ("recommended",),
) -> Callable[[Callable[[Subject], Iterator[Hit]]], Rule]:
    """Make a generator of hits a rule; its module's docstring is the page.

    *on* is the narrowest subject that will do: `chartkit.findings` finds the subjects and fills in
    rule, severity, place and case.
    """

    def wrap(check: Callable[[Subject], Iterator[Hit]]) -> Rule:
        return Rule(id, severity, on, check, sets)

    return wrap


def declared(
    id: str,  # noqa: A002
    *,
    severity: Severity,
    sets: tuple[str, ...] = ("recommended",),
) -> Rule:
    """A rule whose findings come from a stage of the run; the module holds its page."""
    return Rule(id, severity, sets=sets)
