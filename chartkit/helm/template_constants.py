"""What the words of a template certainly are: strings that are written down, and ``.Files`` itself."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

METHODS: Final = frozenset({"Get", "GetBytes", "Lines", "Glob"})
"""Of ``.Files``, those that take a name."""

_ELSEWHERE: Final = frozenset({"Values", "Subcharts"})
"""What is below these are no files, or those of another chart."""

_MOST: Final = 100
_LONGEST: Final = 4096
_LISTS: Final = frozenset({"list", "tuple"})

Strings = tuple[str, ...]
"""The strings that something may be; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class KnownStrings:
    """What dot (``.``) and the variables are, as far as it is known; *assigned* ones may be anything."""

    strings: Mapping[str, Strings] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()

    def declared(self, pipeline: Pipeline) -> KnownStrings:
        """The scope after an action with *pipeline*."""
        if pipeline.assign != ":=" or len(pipeline.variables) != 1:
            return self
        return self.with_word(
            pipeline.variables[0], self.strings_of(pipeline), is_files=self.is_files(pipeline)
        )

    def entered(self, arm: nodes.Arm, pipeline: Pipeline) -> KnownStrings:
        """The scope in the body of *arm*, which has *pipeline*."""
        if arm.action != "range":
            inner = self.declared(pipeline)
            if not arm.rebinds:
                return inner
            return inner.bound(".", pipeline)
        scope = self.with_word(".", items := self._items(pipeline))
        names = pipeline.variables
        for name in names:
            scope = scope.with_word(name, items if name == names[-1] else ())
        return scope

    def bound(self, name: str, pipeline: Pipeline) -> KnownStrings:
        """The scope in which *name* stands for what *pipeline* gives."""
        return self.with_word(name, self.strings_of(pipeline), is_files=self.is_files(pipeline))

    def with_word(self, name: str, strings: Strings, *, is_files: bool = False) -> KnownStrings:
        """The scope in which *name* is one of *strings*, or the files."""
        if name in self.assigned:
            return self
        files = self.files | {name} if is_files else self.files - {name}
        return replace(self, strings={**self.strings, name: strings}, files=files)

    def strings_of(self, pipeline: Pipeline) -> Strings:
        """What *pipeline* gives."""
        return self._of_command(pipeline.commands[0]) if len(pipeline.commands) == 1 else ()

    def _of_command(self, command: Command) -> Strings:
        first, *rest = command.operands
        if not rest:
            return self.string(first)
        if command.function not in {"print", "printf"}:
            return ()
        known = [self.string(operand) for operand in rest]
        ways = itertools.product(*known)
        texts = (_printed(command.function, way) for way in itertools.islice(ways, _MOST))
        return tuple(text for text in texts if text is not None)

    def string(self, operand: Operand) -> Strings:
        """What *operand* is."""
        if (text := operand.string) is not None:
            return (text,)
        if operand.fields:
            return ()
        if operand.inner is not None:
            return self.strings_of(operand.inner)
        return self.strings.get(operand.text, ()) if operand.kind in {"variable", "dot"} else ()

    def _items(self, pipeline: Pipeline) -> Strings:
        """What a ``range`` over *pipeline* goes through."""
        command = pipeline.commands[0]
        inner = command.operands[0].inner
        if inner is not None and len(command.operands) == 1:
            return self._items(inner)
        if len(pipeline.commands) > 1 or command.function not in _LISTS:
            return ()
        known = [self.string(operand) for operand in command.operands[1:]]
        return tuple(itertools.chain.from_iterable(known)) if all(known) else ()

    def is_files(self, pipeline: Pipeline) -> bool:
        """Whether *pipeline* gives the files of the chart that is rendered, or some of them."""
        command = pipeline.commands[-1]
        first = command.operands[0]
        if self.method(first) == "Glob":
            return True
        return len(command.operands) == 1 and self.is_files_operand(first)

    def is_files_operand(self, operand: Operand) -> bool:
        """Whether *operand* is the files."""
        return self._is_files(operand, operand.names)

    def method(self, operand: Operand) -> str:
        """The one of `METHODS` that *operand* names; empty where it is something else."""
        names = operand.names
        if not names or names[-1] not in METHODS:
            return ""
        return names[-1] if self._is_files(operand, names[:-1]) else ""

    def _is_files(self, operand: Operand, names: Sequence[str]) -> bool:
        """Whether *names* below what *operand* begins with are the files."""
        if names:
            return names[-1] == "Files" and _ELSEWHERE.isdisjoint(names)
        if operand.inner is not None:
            return self.is_files(operand.inner)
        return ("." if operand.kind == "field" else operand.text) in self.files


def _printed(function: str, arguments: Sequence[str]) -> str | None:
    """What ``print`` or ``printf`` makes of strings; None where that is not plain, or long."""
    if sum(map(len, arguments)) > _LONGEST:
        return None
    if function == "print":
        return "".join(arguments)
    pattern, *rest = arguments
    parts = pattern.split("%s")
    if len(parts) != len(rest) + 1 or any("%" in part for part in parts):
        return None
    return "".join(itertools.chain.from_iterable(zip(parts, [*rest, ""], strict=True)))
