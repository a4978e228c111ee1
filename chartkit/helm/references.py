"""Which files and templates of a chart its templates refer to by a name that is written down.

Nothing is run: from each file that Helm renders by itself, what it includes is followed, since ``.Files``
are those of the chart whose file it is, wherever the template that reads them is defined.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm.reference_tests import NO_TESTS, Found, Test, Tests, found_in, needed, tested
from chartkit.helm.template_constants import KnownStrings
from chartkit.model.chart_file import CHART_YAML, canonical, text
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Pipeline
from chartkit.syntax.gotemplate.scopes import assigned

_MOST_VISITS: Final = 16
"""Of one template, under conditions that differ."""

_MOST_VISITS_IN_ALL: Final = 20_000
_MOST_SOUGHT: Final = 500
"""Names that files are searched for; where there are more, every file counts as if it held one."""

_DEFINED: Final = re.compile(rb'\{\{-?\s*(?:define|block)\s+(?:"([^"\n]+)"|`([^`]+)`)')
_LIBRARY: Final = re.compile(rb"^type:\s*[\"']?library\b", re.MULTILINE)


class LimitReached(Exception):
    """The templates ask for more than can be looked at in good time."""


@dataclass(frozen=True, slots=True)
class TemplateReference:
    """That the template *file* refers, at *offset*, to the *name* of a file or template.

    *method* is one of ``Get``, ``GetBytes``, ``Lines`` and ``Glob`` of ``.Files``, ``include``, or ``tpl`` of
    a file. *folder* is the chart that is rendered, *tests* are those of the branches around. *excused* says
    that it may be missing on purpose: it is tested, or has a default.
    """

    method: str
    name: str
    folder: str
    file: str
    offset: int
    tests: Tests
    excused: bool


def references(files: Mapping[str, bytes], mark: re.Pattern[bytes]) -> Iterator[TemplateReference]:
    """What the templates among the *files* of a chart and its subcharts refer to.

    Only templates in which *mark* is found, and those that lead to them, are read. Raises LimitReached
    after what was found until then.
    """
    return _Walk(files, mark).run()


def folders(files: Mapping[str, bytes]) -> list[str]:
    """The folders of the charts in *files*."""
    return [canonical(name).folder for name in files if canonical(name).inner == CHART_YAML]


def templates(files: Mapping[str, bytes]) -> dict[str, str]:
    """The templates among *files*, each with the folder of its chart."""
    return {name: canonical(name).folder for name in sorted(files) if canonical(name).in_templates}


def defined(content: bytes) -> set[str]:
    """The names that the template *content* seems to define."""
    found = (match[1] or match[2] for match in _DEFINED.finditer(content))
    return {name.decode("utf-8", "surrogateescape") for name in found}


@dataclass(frozen=True, slots=True)
class _Visit:
    """A *body* of the template *file*, run for the chart in *folder*."""

    folder: str
    file: str
    body: Sequence[nodes.Node]
    tests: Tests = NO_TESTS
    excused: bool = False


class _Walk:
    """Goes through every template that is run, again where it is under other conditions."""

    def __init__(self, files: Mapping[str, bytes], mark: re.Pattern[bytes]) -> None:
        self._files = files
        self._trees: dict[str, nodes.Tree] = {}
        self._tested: dict[str, frozenset[str]] = {}
        self._defines: dict[str, tuple[str, nodes.Define]] = {}
        self._visits: dict[tuple[str, str, bool], list[Tests]] = defaultdict(list)
        self._waiting: list[_Visit] = []
        for name in _leading_to(files, mark):
            self._parse(name)

    def run(self) -> Iterator[TemplateReference]:
        owners = templates(self._files)
        for name, tree in reversed(self._trees.items()):
            folder = owners[name]
            is_run = not posixpath.basename(name).startswith("_")
            if is_run and not _LIBRARY.search(self._files.get(f"{folder}/Chart.yaml", b"")):
                self._waiting.append(_Visit(folder, name, tree.body))
        left = _MOST_VISITS_IN_ALL
        while self._waiting:
            if not (left := left - 1):
                raise LimitReached
            visit = self._waiting.pop()
            for one in _Body(visit, self._tested[visit.file]).references():
                yield one
                self._follow(one)

    def _parse(self, name: str) -> bool:
        source = text(self._files[name])
        try:
            tree = nodes.parse(source)
        except (TemplateSyntax, RecursionError):
            return False
        self._trees[name], self._tested[name] = tree, tested(tree)
        for define in tree.named():
            known = self._defines.get(define.called)
            # Helm reads what lies deepest first, and the last that is read wins
            first = known is None or (name.count("/"), name) < (known[0].count("/"), known[0])
            if known is None or (first and not nodes.is_empty(source, define.body)):
                self._defines[define.called] = name, define
        return True

    def _follow(self, one: TemplateReference) -> None:
        """Visit the template that is included, or the file that is given to ``tpl``."""
        if one.method == "include" and one.name in self._defines:
            file, define = self._defines[one.name]
            self._visit(_Visit(one.folder, file, define.body, one.tests, one.excused), one.name)
        elif one.method == "tpl":
            name = f"{one.folder}/{one.name}"
            if name in self._trees or (name in self._files and self._parse(name)):
                self._visit(_Visit(one.folder, name, self._trees[name].body, one.tests, one.excused), name)

    def _visit(self, visit: _Visit, name: str) -> None:
        known = self._visits[visit.folder, name, visit.excused]
        if len(known) < _MOST_VISITS and not any(tests <= visit.tests for tests in known):
            known.append(visit.tests)
            self._waiting.append(visit)


class _Body:
    """Goes through the body of *visit*; of the variables, some are *tested* somewhere in the file."""

    def __init__(self, visit: _Visit, tested: frozenset[str]) -> None:
        self._visit = visit
        self._tested = tested
        self._found: list[TemplateReference] = []
        self._kept: dict[str, Tests] = {}

    def references(self) -> list[TemplateReference]:
        body = self._visit.body
        self._nodes(body, self._visit.tests, KnownStrings(assigned=assigned(body)))
        return self._found

    def _nodes(self, body: Sequence[nodes.Node], tests: Tests, scope: KnownStrings) -> None:
        for node in body:
            if isinstance(node, nodes.Branch):
                self._branch(node, tests, scope)
            elif isinstance(node, nodes.Call):
                self._add(Found("include", node.called, node.name.start, False), tests)
            if isinstance(node, nodes.Action | nodes.Call) and node.pipeline is not None:
                excused = not self._tested.isdisjoint(node.pipeline.variables)
                self._visited(node.pipeline, tests, scope, excused=excused)
                scope = scope.declared(node.pipeline)

    def _branch(self, branch: nodes.Branch, tests: Tests, scope: KnownStrings) -> None:
        has_else = branch.arms[-1].keyword == "else"
        for arm in branch.arms:
            if arm.pipeline is None:
                self._nodes(arm.body, tests, scope)
                continue
            is_test = arm.action != "range"
            asked = self._visited(arm.pipeline, tests, scope, excused=is_test or has_else)
            asked = asked | self._kept_in(arm.pipeline) if is_test else NO_TESTS
            inner = tests | asked | frozenset(needed(arm.pipeline, scope, self._kept))
            self._nodes(arm.body, inner, scope.entered(arm, arm.pipeline))
            tests = tests | asked

    def _visited(self, pipeline: Pipeline, tests: Tests, scope: KnownStrings, *, excused: bool) -> Tests:
        """Add what *pipeline* refers to; gives what it asks for, and keeps it for its variables."""
        found = list(found_in(pipeline, scope, excused=excused))
        for each in found:
            self._add(each, tests)
        asked = frozenset(Test(each.method, each.name) for each in found)
        for name in pipeline.variables:
            must = frozenset(needed(pipeline, scope, self._kept))
            self._kept[name] = (
                self._kept.get(name, NO_TESTS) | asked if pipeline.assign == "=" else asked | must
            )
        return asked

    def _kept_in(self, pipeline: Pipeline) -> Tests:
        """What the variables in *pipeline* were asked for when they got their values."""
        kept = (
            self._kept.get(each.text, NO_TESTS) for each in pipeline.operands() if each.kind == "variable"
        )
        return frozenset(Test(each.method, each.name) for tests in kept for each in tests)

    def _add(self, found: Found, tests: Tests) -> None:
        visit = self._visit
        excused = visit.excused or found.excused or any(one.asks_for(found) for one in tests)
        one = TemplateReference(
            found.method, found.name, visit.folder, visit.file, found.offset, tests, excused
        )
        self._found.append(one)


def _leading_to(files: Mapping[str, bytes], mark: re.Pattern[bytes]) -> list[str]:
    """The templates in which *mark* is found, and those that name something which these define."""
    left = {name: files[name] for name in templates(files)}
    fresh = [name for name, content in left.items() if mark.search(content)]
    found: list[str] = []
    while fresh:
        found += fresh
        names = set().union(*(defined(left.pop(name)) for name in fresh))
        sought = [name.encode("utf-8", "surrogateescape") for name in names]
        all_of_them = len(sought) > _MOST_SOUGHT
        fresh = [name for name, text in left.items() if all_of_them or any(one in text for one in sought)]
    return sorted(found)
