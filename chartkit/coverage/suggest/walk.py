"""Goes through the templates of a chart: under which conditions, and from where, each block is run."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from chartkit.coverage.suggest import terms
from chartkit.coverage.suggest.bodies import TermBody
from chartkit.coverage.suggest.reading import TermScope
from chartkit.coverage.suggest.terms import Op, Root, Term, Unknown
from chartkit.coverage.suggest.visits import IS_FALSE, CallContext, Constraint, Findings, Visit
from chartkit.helm.charts import chart_yaml
from chartkit.helm.subcharts import reported_names
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical, text
from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax

MOST_CONTEXTS: Final = 24
"""With how many dots a template is read."""

MOST_CALLERS: Final = 6
MOST_PASSES: Final = 4
MOST_NODES: Final = 150_000
DEEPEST: Final = 24


class Walker:
    """Reads the templates among the files of *chart*; numbers of blocks are those of *blocks*."""

    def __init__(self, chart: Chart, blocks: Sequence[Block]) -> None:
        self.found = Findings()
        self._chart = chart
        self._numbers = {(one.file, one.kind, one.start, one.implicit): n for n, one in enumerate(blocks)}
        self._operands = {
            (one.file, one.kind, one.start, one.end): n for n, one in enumerate(blocks) if one.is_operand
        }
        self._trees: dict[str, tuple[str, nodes.Tree]] = {}
        self._defines: dict[str, tuple[str, nodes.Define]] = {}
        self._contexts: dict[str, dict[Term, CallContext]] = defaultdict(dict)
        self._nodes = 0
        self._unread: dict[str, str] = {}
        self._added: dict[tuple[str, ...], tuple[tuple[str, Term], ...]] = {}

    def run(self) -> Findings:
        """Read all templates that Helm runs by itself, and what they include."""
        reported = reported_names(self._chart.files)
        files = [name for name in sorted(reported) if canonical(name).in_templates]
        for name in files:
            self._parse(name)
        limit = sys.getrecursionlimit()
        try:
            sys.setrecursionlimit(max(limit, 6000))
            for number in range(MOST_PASSES):
                for name in files:
                    for alias in reported[name] if name in self._trees else ():
                        self._file(name, alias)
                if number + 1 == MOST_PASSES or not self._again():
                    break
        finally:
            sys.setrecursionlimit(limit)
        self.found.cut |= bool(self._unread)
        return self.found

    def _again(self) -> bool:
        """Whether to read all once more: something is ``set`` on the root that was not known to be so."""
        added: dict[tuple[str, ...], tuple[tuple[str, Term], ...]] = {}
        for (below, name), ways in self.found.added.items():
            value: Term = terms.NIL
            for conditions, term in ways:
                value = terms.either(_all(conditions), term, value)
            added[below] = (*added.get(below, ()), (name, value))
        if added == self._added:
            return False
        self._added = added
        self.found, self._nodes = Findings(), 0
        self._contexts.clear()
        return True

    def _parse(self, name: str) -> None:
        source = text(self._chart.files[name])
        try:
            tree = nodes.parse(source)
        except (TemplateSyntax, RecursionError) as error:
            self._unread[name] = str(error)
            return
        self._trees[name] = source, tree
        for define in tree.named():
            known = self._defines.get(define.called)
            # Helm reads what lies deepest first, and the last that is read wins
            first = known is None or (name.count("/"), name) < (known[0].count("/"), known[0])
            if known is None or (first and not nodes.is_empty(source, define.body)):
                self._defines[define.called] = name, define

    def _file(self, name: str, reported: str) -> None:
        if canonical(reported).kind == "partial":
            return
        below = canonical(reported).subcharts
        context = CallContext(reported)
        context.callers.append((None, ()))
        source, tree = self._trees[name]
        dot = Root(below, self._about(canonical(name).folder), self._added.get(below, ()))
        self.enter(name, "file", 0, context, ())
        self._body(name, source, tree.body, TermScope(dot, {"$": dot}), (), context)

    def _about(self, folder: str) -> tuple[tuple[str, str], ...]:
        files = self._chart.files
        content = files.get(f"{folder}/Chart.yaml")
        metadata = chart_yaml.read(content, None)[0] if content is not None else None
        if metadata is None:
            return ()
        return (
            ("Name", metadata.name),
            ("Version", metadata.version),
            ("AppVersion", metadata.app_version),
            ("Type", metadata.type),
        )

    def enter(
        self,
        file: str,
        kind: str,
        start: int,
        context: CallContext,
        conditions: tuple[Constraint, ...],
        *,
        implicit: bool = False,
    ) -> int | None:
        number = self._numbers.get((file, kind, start, implicit))
        if number is not None:
            self.found.visits[number].append(Visit(context, conditions))
        return number

    def decide(
        self, place: tuple[str, str, int, int], context: CallContext, conditions: tuple[Constraint, ...]
    ) -> None:
        """Keep when the operand at *place* (file, kind, from where to where) is what its kind says."""
        number = self._operands.get(place)
        if number is not None:
            self.found.visits[number].append(Visit(context, conditions))

    def call(self, name: str, dot: Term, conditions: tuple[Constraint, ...], caller: CallContext) -> Term:
        """What the template *name* prints for *dot*."""
        if name not in self._defines:
            return Unknown(f"includes {name!r}, which is not defined")
        contexts = self._contexts[name]
        self.found.calls[caller.name].add(name)
        context = contexts.get(dot)
        if context is None:
            if len(contexts) >= MOST_CONTEXTS or caller.depth >= DEEPEST or self._nodes > MOST_NODES:
                self.found.capped.add(name)
                self.found.cut |= not contexts
                return Unknown(f"includes {name!r} in too many ways")
            context = contexts[dot] = CallContext(name, depth=caller.depth + 1)
            context.callers.append((caller, conditions))
            file, define = self._defines[name]
            self.enter(file, "define", define.opening.end, context, ())
            scope = TermScope(dot, {"$": dot})
            context.printed = self._body(file, self._trees[file][0], define.body, scope, (), context)
        elif len(context.callers) < MOST_CALLERS:
            context.callers.append((caller, conditions))
        return context.printed

    def _body(
        self,
        file: str,
        source: str,
        body: Sequence[nodes.Node],
        scope: TermScope,
        conditions: tuple[Constraint, ...],
        context: CallContext,
    ) -> Term:
        """Go through *body*; gives what it prints."""
        return TermBody(self, file, source, context).run(body, scope, conditions)

    def spent(self) -> bool:
        """Count one node; whether there were too many."""
        self._nodes += 1
        if self._nodes > MOST_NODES * 2:
            self.found.cut = True
        return self._nodes > MOST_NODES * 2


def _all(conditions: Sequence[Constraint]) -> Term:
    """That all *conditions* hold, as one term."""
    tests = tuple(term if goal != IS_FALSE else Op("not", (term,)) for term, goal in conditions)
    return tests[0] if len(tests) == 1 else Op("and", tests) if tests else terms.TRUE
