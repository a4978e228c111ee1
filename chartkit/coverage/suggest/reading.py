"""Reads the pipelines of a template as terms, with what the template's variables and dot stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Final

from chartkit.coverage.suggest import functions
from chartkit.coverage.suggest.access import field
from chartkit.coverage.suggest.terms import (
    FALSE,
    NIL,
    TRUE,
    Const,
    Op,
    Ref,
    Root,
    Table,
    Term,
    Unknown,
    either,
    parts,
)
from chartkit.coverage.suggest.visits import IS_FALSE, IS_TRUE, Constraint, Goal
from chartkit.source_map import count_operands
from chartkit.syntax.gotemplate.functions import CHOOSES
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

_BASE: Final = Unknown("reads the name of its template")
_WORDS: Final = {"true": TRUE, "false": FALSE, "nil": NIL}
_GOES_ON: Final[dict[str, Goal]] = {"and": IS_TRUE, "or": IS_FALSE}
"""What an operand of these is where the next is looked at."""

Decide = Callable[[str, count_operands.DecidingOperand, tuple[Constraint, ...], Term], None]
"""Is told of an operand that decides what a function gives: what holds where it does, and what it is."""


@dataclass(slots=True)
class TermScope:
    """What a pipeline sees: its *dot*, its *variables*, and which of them were *declared* in this body."""

    dot: Term
    variables: dict[str, Term]
    declared: set[str] = attribute(default_factory=set)

    def inner(self, dot: Term | None = None) -> TermScope:
        """The scope of a body within."""
        return TermScope(self.dot if dot is None else dot, dict(self.variables))

    def declare(self, name: str, term: Term) -> None:
        self.variables[name] = term
        self.declared.add(name)

    def join(self, test: Term, inner: TermScope, otherwise: TermScope | None = None) -> None:
        """Take over what bodies have done to variables: *inner* was run where *test* is true."""
        for name, before in list(self.variables.items()):
            then = before if name in inner.declared else inner.variables[name]
            other = before
            if otherwise is not None and name not in otherwise.declared:
                other = otherwise.variables[name]
            if then is not before or other is not before:
                self.variables[name] = either(test, then, other)


Include = Callable[[str, Term, tuple["Term", ...]], Term]
"""Gives what the template of that name prints for that dot."""


class Reader:
    """Reads the pipelines of one file, whose text is *source*."""

    def __init__(
        self,
        source: str,
        include: Callable[[str, Term], Term],
        add: Callable[[Root, str, Term], None] = lambda _root, _name, _term: None,
        computed: Callable[[], None] = lambda: None,
        decide: Decide = lambda _function, _operand, _conditions, _term: None,
    ) -> None:
        """*include* gives what a template prints, *add* is told what is ``set`` on the root.

        *computed* is told where the name of a template is.
        """
        self.computed = computed
        self.decide = decide
        self.guards: tuple[Constraint, ...] = ()
        """What holds where the operand is evaluated that is read: ``and`` and ``or`` leave some out."""
        self.source = source
        self.include = include
        self.add = add

    def read(self, pipeline: Pipeline, scope: TermScope) -> Term:
        """The value of *pipeline*; what it does to variables is done to *scope*."""
        value: Term | None = None
        for index in range(len(pipeline.commands)):
            value = self._command(pipeline, index, scope, value)
        assert value is not None
        for name in pipeline.variables:
            if pipeline.assign == ":=":
                scope.declare(name, value)
            else:
                scope.variables[name] = value
        return value

    def _command(self, pipeline: Pipeline, index: int, scope: TermScope, piped: Term | None) -> Term:
        command = pipeline.commands[index]
        first = command.operands[0]
        if command.function and command.function not in _WORDS:
            args = self._args(command, scope)
            if command.function in CHOOSES:
                self._decided(pipeline, index, args, piped)
            return self._function(command, args if piped is None else [*args, piped], scope)
        if len(command.operands) == 1 and piped is None:
            return self.operand(first, scope)
        return self._method(first, command, scope, piped)

    def _args(self, command: Command, scope: TermScope) -> list[Term]:
        """What follows the name of a function."""
        args: list[Term] = []
        around, goes_on = self.guards, _GOES_ON.get(command.function)
        for operand in command.operands[1:]:
            args.append(self.operand(operand, scope))
            if goes_on is not None:
                self.guards = (*self.guards, (args[-1], goes_on))
        self.guards = around
        return args

    def _decided(self, pipeline: Pipeline, index: int, args: list[Term], piped: Term | None) -> None:
        """Tell which operands decide, and when: of ``and``, ``or`` and ``coalesce``, in their turn."""
        command = pipeline.commands[index]
        places = {operand.start: number for number, operand in enumerate(command.operands[1:])}
        goes_on = IS_FALSE if command.function == "coalesce" else _GOES_ON.get(command.function)
        for operand in count_operands.deciding_operands(pipeline, index, tested=True):
            if operand.piped:
                if piped is not None:
                    self.decide(command.function, operand, self.guards, piped)
                continue
            number = places[operand.start]
            before = tuple((arg, goes_on) for arg in args[:number]) if goes_on is not None else ()
            self.decide(command.function, operand, (*self.guards, *before), args[number])

    def _function(self, command: Command, args: list[Term], scope: TermScope) -> Term:
        name = command.function
        if name == "include":
            return self._included(args)
        made = functions.call(name, args)
        if name == "set" and len(args) == 3 and isinstance(args[0], Root) and isinstance(args[1], Const):
            self.add(args[0], str(args[1].value), args[2])
        elif name == "set" and len(command.operands) > 1:
            self._changed(command.operands[1], made, scope)
        if name == "unset":
            return args[0] if args else NIL
        return made

    def _included(self, args: list[Term]) -> Term:
        if len(args) == 2 and isinstance(args[0], Const):
            return self.include(str(args[0].value), args[1])
        if not args or _BASE not in parts(args[0]):  # else a whole file, which is run by itself too
            self.computed()
        return Unknown("includes a template whose name is computed")

    @staticmethod
    def _changed(operand: Operand, made: Term, scope: TermScope) -> None:
        """``set`` changes its mapping in place: where that is in a variable, the variable is another then."""
        name = operand.text
        if operand.kind != "variable" or operand.fields:
            return
        if isinstance(scope.variables.get(name), Table | Op):
            scope.variables[name] = made

    def _method(self, first: Operand, command: Command, scope: TermScope, piped: Term | None) -> Term:
        """``.Capabilities.APIVersions.Has "x"`` and the like."""
        args = tuple(self.operand(one, scope) for one in command.operands[1:])
        args = args if piped is None else (*args, piped)
        base, name = self._split(first, scope)
        if base == Ref(("Capabilities", "APIVersions")) and name == "Has":
            return Op("has api", args)
        return base if isinstance(base, Unknown) else Unknown("calls what it is given")

    def operand(self, operand: Operand, scope: TermScope) -> Term:
        """The value of one word."""
        base, fields = self._base(operand, scope)
        for name in fields:
            base = field(base, name)
        return base

    def _split(self, operand: Operand, scope: TermScope) -> tuple[Term, str]:
        """The value of a word without the last of its fields, and that one."""
        base, fields = self._base(operand, scope)
        for name in fields[:-1]:
            base = field(base, name)
        return base, fields[-1] if fields else ""

    def _base(self, operand: Operand, scope: TermScope) -> tuple[Term, list[str]]:
        written = self.source[operand.start : operand.end]
        if operand.inner is not None:
            after = self.source[operand.inner.end : operand.end].partition(")")[2]
            return self.read(operand.inner, scope), _names(after)
        if operand.kind == "variable":
            known = scope.variables.get(operand.text, Unknown("reads a variable that nobody set"))
            return known, _names(written[len(operand.text) :])
        if operand.kind in {"dot", "field"}:
            return scope.dot, _names(written)
        if operand.kind == "identifier":
            word = _WORDS.get(operand.text)
            return (word if word is not None else functions.call(operand.text, [])), _names(
                written[len(operand.text) :]
            )
        return functions.literal(operand.kind, operand.text), []


def _names(written: str) -> list[str]:
    return [name for name in written.split(".") if name]
