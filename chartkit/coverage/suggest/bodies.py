"""Goes through the body of a template: which blocks are in it, and when each is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from chartkit.coverage.suggest import access, terms
from chartkit.coverage.suggest.reading import Reader, TermScope
from chartkit.coverage.suggest.terms import Const, Op, Root, Term, Unknown
from chartkit.coverage.suggest.visits import IS_FALSE, IS_LOOPED, IS_TRUE, CallContext, Constraint, Findings
from chartkit.source_map import count_operands
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import Segment
from chartkit.syntax.gotemplate.pipelines import Pipeline

MOST_ROUNDS: Final = 16

_YAML: Final = frozenset({"toYaml", "toJson", "mustToYaml", "tpl"})


class Templates(Protocol):
    """All templates of a chart, of which a body is one: see `walk.Walker`."""

    found: Findings

    def enter(
        self,
        file: str,
        kind: str,
        start: int,
        context: CallContext,
        conditions: tuple[Constraint, ...],
        *,
        implicit: bool = False,
    ) -> int | None: ...
    def decide(
        self, place: tuple[str, str, int, int], context: CallContext, conditions: tuple[Constraint, ...]
    ) -> None: ...
    def call(self, name: str, dot: Term, conditions: tuple[Constraint, ...], caller: CallContext) -> Term: ...
    def spent(self) -> bool: ...


class TermBody:
    """Goes through the bodies of one template of *file*, run in *context*."""

    def __init__(self, walker: Templates, file: str, source: str, context: CallContext) -> None:
        self.walker = walker
        self.file = file
        self.source = source
        self.context = context
        self.found = walker.found
        self.conditions: tuple[Constraint, ...] = ()
        self.reader = Reader(source, self._include, self._add, self._computed, self._decided)

    def run(self, body: Sequence[nodes.Node], scope: TermScope, conditions: tuple[Constraint, ...]) -> Term:
        """Go through *body* where *conditions* hold; gives what it prints."""
        printed: list[Term] = []
        for node in body:
            if self.walker.spent():
                return Unknown("stands in templates that are too large")
            self.conditions = conditions
            if isinstance(node, nodes.Text):
                printed.append(_visible(self.source[node.start : node.end]))
            elif isinstance(node, nodes.Action):
                printed.append(self._action(node, scope))
            elif isinstance(node, nodes.Branch):
                printed.append(self._branch(node, scope, conditions))
            elif isinstance(node, nodes.Call):
                dot = self._read(node.pipeline, scope) if node.pipeline else terms.NIL
                printed.append(self._include(node.called, dot))
        return terms.text(printed)

    def _action(self, node: nodes.Action, scope: TermScope) -> Term:
        value = self._read(node.pipeline, scope)
        if node.pipeline.variables:
            return terms.EMPTY
        return value

    def _read(self, pipeline: Pipeline, scope: TermScope) -> Term:
        value = self.reader.read(pipeline, scope)
        self._note(pipeline, scope)
        return value

    def _note(self, pipeline: Pipeline, scope: TermScope) -> None:
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

    def _computed(self) -> None:
        """A template is called that nobody can tell."""
        self.found.cut = True

    def _add(self, root: Root, name: str, value: Term) -> None:
        """Keep what is ``set`` on the root, and when."""
        ways = self.found.added[root.below, name]
        if len(ways) < MOST_ROUNDS:
            ways.append((self._here, value))

    def _include(self, name: str, dot: Term) -> Term:
        return self.walker.call(name, dot, self._here, self.context)

    @property
    def _here(self) -> tuple[Constraint, ...]:
        """What holds where a word is read."""
        return (*self.conditions, *self.reader.guards)

    def _decided(
        self,
        function: str,
        operand: count_operands.DecidingOperand,
        conditions: tuple[Constraint, ...],
        term: Term,
    ) -> None:
        """Keep when an operand of ``or``, ``default`` and their like is what it may be."""
        here = (*self.conditions, *conditions)
        for kind, goal in zip(count_operands.kinds(function), (IS_TRUE, IS_FALSE), strict=True):
            place = (self.file, kind, operand.start, operand.end)
            self.walker.decide(place, self.context, (*here, (term, goal)))

    def _branch(self, branch: nodes.Branch, scope: TermScope, conditions: tuple[Constraint, ...]) -> Term:
        """Every arm where those before it were not taken; gives what is printed as a choice."""
        outer = scope.inner()
        outer.declared = set()
        before = conditions
        results: list[tuple[Term, Term, TermScope]] = []
        for arm in branch.arms:
            keyword = arm.action
            if arm.pipeline is None:
                self._enter(arm.keyword, arm.segment.end, before)
                inner = outer.inner()
                results.append((terms.TRUE, self.run(arm.body, inner, before), inner))
                break
            head = outer.inner()
            self.conditions = before
            test = self._read(arm.pipeline, head)
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
        self,
        rounds: Sequence[tuple[Term, Term]],
        arm: nodes.Arm,
        head: TermScope,
        here: tuple[Constraint, ...],
    ) -> tuple[Term, TermScope]:
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

    def _inside(self, keyword: str, pipeline: Pipeline, head: TermScope, test: Term) -> TermScope:
        if keyword == "if":
            return head
        if keyword == "range":
            return _looping(pipeline, head, access.item(test), access.key(test))
        inner = head.inner(test)
        inner.declared = set(head.declared)
        return inner

    @staticmethod
    def _joined(results: list[tuple[Term, Term, TermScope]], scope: TermScope) -> Term:
        """What the arms print, and in *scope* what they do to variables: what the first that is true does."""
        printed: Term = terms.EMPTY
        last: TermScope = scope.inner()
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
        self.walker.enter(self.file, kind, start, self.context, conditions, implicit=implicit)


def _looping(pipeline: Pipeline, head: TermScope, item: Term, key: Term) -> TermScope:
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
