"""Which files and templates a pipeline looks up by name, and whether it guards against their absence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.helm.template_constants import KnownStrings, Strings
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline
from chartkit.syntax.gotemplate.scopes import pipelines

_TESTS: Final[Mapping[str, frozenset[int]]] = {
    **dict.fromkeys(("default", "required"), frozenset({0})),
    **dict.fromkeys(("or", "and", "coalesce"), frozenset({-1})),
    "ternary": frozenset({0, 1}),
    **dict.fromkeys(("empty", "not", "any", "all", "len", "hasKey"), frozenset()),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), frozenset()),
}
"""Functions that ask whether something is empty, each with the arguments that it does not ask about."""


@dataclass(frozen=True, slots=True)
class Test:
    """That a branch asks for the file, or whatever else *method* finds, of this *name*.

    *needed* where nothing in the branch is run without it.
    """

    method: str
    name: str
    needed: bool = False

    def asks_for(self, found: Found) -> bool:
        """Whether it is of the same file, by whatever method, or of the same template."""
        return self.name == found.name and (self.method == "include") == (found.method == "include")


Tests = frozenset[Test]
NO_TESTS: Final[Tests] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A reference at *offset*; *excused* where something is done about its being empty."""

    method: str
    name: str
    offset: int
    excused: bool


def found_in(pipeline: Pipeline, scope: KnownStrings, *, excused: bool) -> Iterator[Found]:
    """What *pipeline* refers to, what stands in parentheses first."""
    for index, command in enumerate(pipeline.commands):
        before = pipeline.commands[index - 1] if index else None
        later = excused or any(_asks(one, len(one.operands) - 1, 1) for one in pipeline.commands[index + 1 :])
        for number, operand in enumerate(command.operands):
            if operand.inner is not None:
                asked = number > 0 and _asks(command, number - 1, index and 1)
                yield from found_in(operand.inner, scope, excused=later or asked)
        method, names = _named(command, before, scope)
        yield from (Found(method, name, command.start, later) for name in names)


def needed(pipeline: Pipeline, scope: KnownStrings, kept: Mapping[str, Tests]) -> Iterator[Test]:
    """What must not be empty for the body of a branch with *pipeline* to be run; *kept* is by variables."""
    if len(pipeline.commands) != 1:
        return
    command = pipeline.commands[0]
    method, names = _named(command, None, scope)
    if len(names) == 1:
        yield Test(method, names[0], needed=True)
    elif command.function == "and" or len(command.operands) == 1:
        for operand in (one for one in command.operands if not one.fields):
            if operand.inner is not None:
                yield from needed(operand.inner, scope, kept)
            elif operand.kind == "variable":
                yield from (one for one in kept.get(operand.text, ()) if one.needed)


def tested(tree: nodes.Tree) -> frozenset[str]:
    """The variables of *tree* that are asked for being empty somewhere."""
    bodies = (tree.body, *(define.body for define in tree.named()))
    found: set[str] = set()
    for body in bodies:
        for node in nodes.walk(body):
            if isinstance(node, nodes.Branch):
                tests = (arm.pipeline for arm in node.arms if arm.pipeline and arm.action != "range")
                found.update(_variables(tests))
        for pipeline in pipelines(body):
            found.update(_asked_variables(pipeline))
    return frozenset(found - {"$"})


def _asks(command: Command, number: int, piped: int) -> bool:
    """Whether *command* asks about its argument of that *number*; *piped* is how many come from a bar."""
    plain = _TESTS.get(command.function)
    count = len(command.operands) - 1 + piped
    return plain is not None and plain.isdisjoint({number, number - count})


def _variables(of: Iterable[Pipeline]) -> Iterator[str]:
    for pipeline in of:
        yield from (operand.text for operand in pipeline.operands() if operand.kind == "variable")


def _asked_variables(pipeline: Pipeline) -> Iterator[str]:
    """The variables that a function in *pipeline* asks about."""
    for index, command in enumerate(pipeline.commands):
        if any(_asks(one, len(one.operands) - 1, 1) for one in pipeline.commands[index + 1 :]):
            yield from (operand.text for operand in command.operands if operand.kind == "variable")
    for command in pipeline.all_commands():
        for number, operand in enumerate(command.operands[1:]):
            if operand.kind == "variable" and _asks(command, number, 0):
                yield operand.text


def _named(command: Command, before: Command | None, scope: KnownStrings) -> tuple[str, Strings]:
    """What *command* refers to, and how; *before* is what is piped into it."""
    first, *rest = command.operands
    arguments = [scope.string(operand) for operand in rest]
    if before is not None:
        arguments.append(scope.string(before.operands[0]) if len(before.operands) == 1 else ())
    if method := scope.method(first):
        return method, arguments[0] if arguments else ()
    if command.function == "index" and len(rest) == 2 and scope.is_files_operand(rest[0]):
        return "Get", arguments[1]
    if command.function in {"include", "tpl"} and rest:
        return command.function, arguments[0] if command.function == "include" else _file(rest[0], scope)
    return "", ()


def _file(operand: Operand, scope: KnownStrings) -> Strings:
    """The files whose text *operand* is."""
    if operand.inner is None or len(operand.inner.commands) != 1:
        return ()
    method, names = _named(operand.inner.commands[0], None, scope)
    return names if method == "Get" else ()
