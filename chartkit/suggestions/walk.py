"""Goes through the templates of a chart: under which conditions, and from where, each block is run."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field as attribute
from typing import Any, Final

from chartkit.charts import chart_yaml
from chartkit.model import Chart
from chartkit.source_map import Block, names
from chartkit.suggestions import terms
from chartkit.suggestions.reading import Reader, Scope
from chartkit.suggestions.terms import Const, Op, Root, Term, Unknown
from chartkit.templates import syntax
from chartkit.templates.gotemplate import Segment, TemplateSyntax
from chartkit.templates.pipelines import Pipeline

MOST_CONTEXTS: Final = 24
"""With how many dots a template is read."""

MOST_CALLERS: Final = 6
MOST_NODES: Final = 150_000
DEEPEST: Final = 24
MOST_ROUNDS: Final = 16

Goal = tuple[str, Any]
"""What is asked of a term: its truth, what it equals, how long it is …"""

Constraint = tuple[Term, Goal]
IS_TRUE: Final[Goal] = ("truth", True)
IS_FALSE: Final[Goal] = ("truth", False)
IS_LOOPED: Final[Goal] = ("longer", 1)
_YAML: Final = frozenset({"toYaml", "toJson", "mustToYaml", "tpl"})


@dataclass(slots=True, eq=False)
class Context:
    """A template (or file) that is run with one dot; *callers* are where from, and under what conditions."""

    name: str
    callers: list[tuple[Context | None, tuple[Constraint, ...]]] = attribute(default_factory=list)
    printed: Term = Unknown("calls itself")
    depth: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """A way into a block: *constraints* within its template, and the *context* in which that is run."""

    context: Context
    constraints: tuple[Constraint, ...]


@dataclass(slots=True)
class Findings:
    """All that was found: ways into blocks, *needed* terms of ``required`` by place, and *refs* that are read."""

    visits: dict[int, list[Visit]] = attribute(default_factory=lambda: defaultdict(list))
    needed: dict[tuple[str, int], list[Term]] = attribute(default_factory=lambda: defaultdict(list))
    fails: set[int] = attribute(default_factory=set)
    read: dict[tuple[str, ...], bool] = attribute(default_factory=dict)  # whether it is printed as YAML
    compared: dict[tuple[str, ...], list[object]] = attribute(default_factory=lambda: defaultdict(list))
    unread: dict[str, str] = attribute(default_factory=dict)


class Walker:
    """Reads the templates among the files of *chart*; numbers of blocks are those of *blocks*."""

    def __init__(self, chart: Chart, blocks: Sequence[Block]) -> None:
        self.found = Findings()
        self._chart = chart
        self._numbers = {(one.file, one.kind, one.start, one.implicit): n for n, one in enumerate(blocks)}
        self._trees: dict[str, tuple[str, syntax.Tree]] = {}
        self._defines: dict[str, tuple[str, syntax.Define]] = {}
        self._contexts: dict[str, dict[Term, Context]] = defaultdict(dict)
        self._nodes = 0
        self._stack: list[Context] = []

    def run(self) -> Findings:
        """Read all templates that Helm runs by itself, and what they include."""
        reported = names.reported(self._chart.files)
        files = [name for name in sorted(reported) if "/templates/" in name]
        for name in files:
            self._parse(name)
        limit = sys.getrecursionlimit()
        try:
            sys.setrecursionlimit(max(limit, 6000))
            for name in files:
                for alias in reported[name] if name in self._trees else ():
                    self._file(name, alias)
        finally:
            sys.setrecursionlimit(limit)
        return self.found

    def _parse(self, name: str) -> None:
        source = self._chart.files[name].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        try:
            tree = syntax.parse(source)
        except (TemplateSyntax, RecursionError) as error:
            self.found.unread[name] = str(error)
            return
        self._trees[name] = source, tree
        defines = [*tree.defines, *_blocks(tree.body)]
        for one in defines:
            defines += _blocks(one.body)
        for define in defines:
            called = str(_literal(define.name.text))
            known = self._defines.get(called)
            # Helm reads what lies deepest first, and the last that is read wins
            if known is None or (name.count("/"), name) < (known[0].count("/"), known[0]):
                if known is None or not syntax.is_empty(source, define.body):
                    self._defines[called] = name, define

    def _file(self, name: str, reported: str) -> None:
        base = reported.rpartition("/")[2]
        if base.startswith("_"):
            return
        chart = name.partition("/templates/")[0]
        below = tuple(reported.partition("/templates/")[0].split("/charts/")[1:])
        context = Context(reported)
        context.callers.append((None, ()))
        source, tree = self._trees[name]
        dot = Root(below, self._about(chart))
        self._visit(name, "file", 0, context, ())
        self._body(name, source, tree.body, Scope(dot, {"$": dot}), (), context)

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

    def _visit(
        self,
        file: str,
        kind: str,
        start: int,
        context: Context,
        conditions: tuple[Constraint, ...],
        *,
        implicit: bool = False,
    ) -> int | None:
        number = self._numbers.get((file, kind, start, implicit))
        if number is not None and len(self.found.visits[number]) < MOST_CONTEXTS:
            self.found.visits[number].append(Visit(context, conditions))
        return number

    def call(self, name: str, dot: Term, conditions: tuple[Constraint, ...], caller: Context) -> Term:
        """What the template *name* prints for *dot*."""
        if name not in self._defines:
            return Unknown(f"includes {name!r}, which is not defined")
        contexts = self._contexts[name]
        context = contexts.get(dot)
        if context is None:
            if len(contexts) >= MOST_CONTEXTS or caller.depth >= DEEPEST or self._nodes > MOST_NODES:
                return Unknown(f"includes {name!r} in too many ways")
            context = contexts[dot] = Context(name, depth=caller.depth + 1)
            context.callers.append((caller, conditions))
            file, define = self._defines[name]
            self._visit(file, "define", define.opening.end, context, ())
            scope = Scope(dot, {"$": dot})
            context.printed = self._body(file, self._trees[file][0], define.body, scope, (), context)
        elif len(context.callers) < MOST_CALLERS:
            context.callers.append((caller, conditions))
        return context.printed

    def _body(
        self,
        file: str,
        source: str,
        body: Sequence[syntax.Node],
        scope: Scope,
        conditions: tuple[Constraint, ...],
        context: Context,
    ) -> Term:
        """Go through *body*; gives what it prints."""
        return Body(self, file, source, context).run(body, scope, conditions)

    def spent(self) -> bool:
        """Count one node; whether there were too many."""
        self._nodes += 1
        return self._nodes > MOST_NODES * 2


class Body:
    """Goes through the bodies of one template of *file*, run in *context*."""

    def __init__(self, walker: Walker, file: str, source: str, context: Context) -> None:
        self.walker = walker
        self.file = file
        self.source = source
        self.context = context
        self.found = walker.found
        self.conditions: tuple[Constraint, ...] = ()
        self.reader = Reader(source, self._include)

    def run(self, body: Sequence[syntax.Node], scope: Scope, conditions: tuple[Constraint, ...]) -> Term:
        """Go through *body* where *conditions* hold; gives what it prints."""
        printed: list[Term] = []
        for node in body:
            if self.walker.spent():
                return Unknown("stands in templates that are too large")
            self.conditions = conditions
            if isinstance(node, syntax.Text):
                printed.append(_visible(self.source[node.start : node.end]))
            elif isinstance(node, syntax.Action):
                printed.append(self._action(node, scope))
            elif isinstance(node, syntax.Branch):
                printed.append(self._branch(node, scope, conditions))
            elif isinstance(node, syntax.Call):
                dot = self._read(node.segment, node.pipeline, scope) if node.pipeline else terms.NIL
                printed.append(self._include(str(_literal(node.name.text)), dot))
        return terms.text(printed)

    def _action(self, node: syntax.Action, scope: Scope) -> Term:
        value = self._read(node.segment, node.pipeline, scope)
        if node.pipeline.variables:
            return terms.EMPTY
        return value

    def _read(self, segment: Segment, pipeline: Pipeline, scope: Scope) -> Term:
        value = self.reader.read(pipeline, scope)
        self._note(pipeline, scope, value)
        return value

    def _note(self, pipeline: Pipeline, scope: Scope, value: Term) -> None:
        """Keep what is read and compared with what, and what ``required`` wants."""
        words = list(pipeline.operands())
        as_yaml = any(one.kind == "identifier" and one.text in _YAML for one in words)
        for operand in words:
            if operand.kind in {"field", "variable", "dot"}:
                self._note_ref(self.reader.operand(operand, scope), as_yaml=as_yaml)
        for command in pipeline.commands:
            if command.function == "required" and len(command.operands) == 3:
                self.found.needed[self.file, command.start].append(
                    self.reader.operand(command.operands[2], scope)
                )
            elif command.function == "required" and pipeline.commands.index(command):
                index = pipeline.commands.index(command)
                before = Pipeline((), "", pipeline.commands[:index], pipeline.start, command.start)
                self.found.needed[self.file, command.start].append(self.reader.read(before, scope.inner()))

    def _note_ref(self, term: Term, *, as_yaml: bool) -> None:
        waiting = [term]
        while waiting:
            one = waiting.pop()
            if isinstance(one, terms.Ref) and one.path[0] == "Values":
                self.found.read[one.path[1:]] = as_yaml or self.found.read.get(one.path[1:], False)
            elif isinstance(one, terms.Either | Op) and terms.size(one) < 40:
                waiting += terms.parts(one)

    def _include(self, name: str, dot: Term) -> Term:
        return self.walker.call(name, dot, self.conditions, self.context)

    def _branch(self, branch: syntax.Branch, scope: Scope, conditions: tuple[Constraint, ...]) -> Term:
        """Every arm where those before it were not taken; gives what is printed as a choice."""
        outer = scope.inner()
        outer.declared = set()
        before = conditions
        results: list[tuple[Term, Term, Scope]] = []
        for arm in branch.arms:
            keyword = arm.keyword.removeprefix("else ")
            if arm.pipeline is None:
                self._enter(arm.keyword, arm.segment.end, before)
                inner = outer.inner()
                results.append((terms.TRUE, self.run(arm.body, inner, before), inner))
                break
            head = outer.inner()
            self.conditions = before
            test = self._read(arm.segment, arm.pipeline, head)
            here = (*before, (test, IS_LOOPED if keyword == "range" else IS_TRUE))
            self._enter(arm.keyword, arm.segment.end, here)
            rounds = _rounds_of(test) if keyword == "range" else ()
            if rounds:
                printed, inner = self._each(rounds, arm, head, here)
            else:
                inner = self._inside(keyword, arm.pipeline, head, test)
                printed = self.run(arm.body, inner, here)
                if keyword == "range" and printed != terms.EMPTY:
                    printed = Op("repeated", (test, printed))
            results.append((test, printed, inner))
            before = (*before, (test, IS_FALSE))
            outer.variables.update(
                {
                    name: value
                    for name, value in head.variables.items()
                    if name not in head.declared and name in outer.variables
                }
            )
            if keyword == "range":
                self._rounds(arm.segment, conditions, test)
        else:
            self._enter("else", branch.arms[0].segment.start, before, implicit=True)
        return self._joined(results, scope)

    def _rounds(self, segment: Segment, conditions: tuple[Constraint, ...], test: Term) -> None:
        for kind, goal in (("one", ("length", 1)), ("many", ("longer", 2))):
            self._enter(kind, segment.end, (*conditions, (test, goal)))

    def _each(
        self, rounds: Sequence[tuple[Term, Term]], arm: syntax.Arm, head: Scope, here: tuple[Constraint, ...]
    ) -> tuple[Term, Scope]:
        """Every round of a loop over what is written in the template; the last one's scope."""
        assert arm.pipeline
        printed: list[Term] = []
        for key, item in rounds:
            inner = _looping(arm.pipeline, head, item, key)
            printed.append(self.run(arm.body, inner, here))
            for name in head.variables:
                if name not in inner.declared:
                    head.variables[name] = inner.variables[name]
        return terms.text(printed), inner

    def _inside(self, keyword: str, pipeline: Pipeline, head: Scope, test: Term) -> Scope:
        if keyword == "if":
            return head
        if keyword == "range":
            return _looping(pipeline, head, terms.item(test), terms.key(test))
        inner = head.inner(test)
        inner.declared = set(head.declared)
        return inner

    @staticmethod
    def _joined(results: list[tuple[Term, Term, Scope]], scope: Scope) -> Term:
        """What the arms print, and in *scope* what they do to variables, as a choice of the first that is true."""
        printed: Term = terms.EMPTY
        last: Scope = scope.inner()
        for test, text, inner in reversed(results):
            printed = text if test == terms.TRUE else terms.either(test, text, printed)
            if test == terms.TRUE:
                last = inner
                continue
            joined = scope.inner()
            joined.join(test, inner, last)
            last = joined
        for name in scope.variables:
            if name not in last.declared:
                scope.variables[name] = last.variables[name]
        return printed

    def _enter(
        self, kind: str, start: int, conditions: tuple[Constraint, ...], *, implicit: bool = False
    ) -> None:
        self.walker._visit(self.file, kind, start, self.context, conditions, implicit=implicit)


def _looping(pipeline: Pipeline, head: Scope, item: Term, key: Term) -> Scope:
    """What the body of a loop sees in a round."""
    inner = head.inner(item)
    inner.declared = set(head.declared)
    if pipeline.variables:
        inner.declare(pipeline.variables[-1], item)
    if len(pipeline.variables) == 2:
        inner.declare(pipeline.variables[0], key)
    return inner


def _rounds_of(test: Term) -> tuple[tuple[Term, Term], ...]:
    """The keys and items of what is written in a template, not given to it; none where it is long."""
    if isinstance(test, terms.Items) and len(test.items) <= MOST_ROUNDS:
        return tuple((Const.of(index), item) for index, item in enumerate(test.items))
    if isinstance(test, terms.Table) and test.rest is None and len(test.items) <= MOST_ROUNDS:
        return tuple((Const.of(name), item) for name, item in sorted(test.items))
    return ()


def _visible(text: str) -> Term:
    return Const.of(text)


def _literal(token: str) -> object:
    if token.startswith("`"):
        return token[1:-1]
    import json

    try:
        return json.loads(token)
    except ValueError:
        return token


def _blocks(body: Sequence[syntax.Node]) -> list[syntax.Define]:
    return [
        node.defines
        for node in syntax.walk(list(body))
        if isinstance(node, syntax.Call) and node.defines is not None
    ]
