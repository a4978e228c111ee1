"""Which value a template line only passes on, found in the words of the templates alone.

What a template calls dot is followed through ``with``, ``range``, variables and the calls that led there,
as far as they are plain paths. What is not plain is not known.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chartkit.model.chart_file import text
from chartkit.source_map.traced_text import Call, Origin
from chartkit.source_map.values.symbolic import Reader
from chartkit.source_map.values.symbols import Included, Root, Scope, Symbol, Value, values_of
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Pipeline


def passed_on(files: Mapping[str, bytes], origin: Origin) -> tuple[Value, ...] | Included:
    """The value that the action at *origin* prints, and nothing else; none where that is not plain.

    Of several, it is one. `Included` where the action prints what another template has made.
    """
    symbol: Symbol = Root()
    for frame in reversed(origin.places):
        source = _Source.read(files, frame.file)
        found = source.scope_at(frame, symbol) if source is not None else None
        if source is None or found is None:
            return ()
        scope, pipeline, offset = found
        reader = Reader(scope)
        symbol = reader.argument(pipeline, offset) if isinstance(frame, Call) else reader.pipeline(pipeline)
    return symbol if isinstance(symbol, Included) else values_of(symbol)


class _Source:
    """A template's tree, and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.tree = nodes.parse(text)
        self.starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]

    @staticmethod
    def read(files: Mapping[str, bytes], name: str) -> _Source | None:
        content = files.get(name)
        return None if content is None else _parsed(content)

    def scope_at(self, frame: Origin | Call, argument: Symbol) -> tuple[Scope, Pipeline, int] | None:
        """What is known at *frame*, in a template called with *argument*; its pipeline and offset."""
        if frame.line > len(self.starts):
            return None
        offset = self.starts[frame.line - 1] + frame.column - 1
        body = self._body(offset)
        unsteady = frozenset(_assigned(body))
        found = _find(body, offset, Scope(argument, {"$": argument}, unsteady))
        return None if found is None else (*found, offset)

    def _body(self, offset: int) -> Sequence[nodes.Node]:
        """What the innermost template that holds *offset* is made of."""
        body = self.tree.body
        for define in self.tree.named():  # blocks come after what they stand in
            if define.closing is not None and define.opening.end <= offset < define.closing.start:
                body = define.body
        return body


@functools.lru_cache(maxsize=64)
def _parsed(content: bytes) -> _Source | None:
    try:
        return _Source(text(content))
    except (TemplateSyntax, RecursionError):
        return None


def _assigned(body: Sequence[nodes.Node]) -> Iterator[str]:
    """The variables that are set anew somewhere: what they hold is known nowhere."""
    for node in nodes.walk(body):
        if isinstance(node, nodes.Action) and node.pipeline.assign == "=":
            yield from node.pipeline.variables


def _find(body: Iterable[nodes.Node], offset: int, scope: Scope) -> tuple[Scope, Pipeline] | None:
    """The scope and the pipeline of the action that holds *offset*."""
    for node in body:
        if isinstance(node, nodes.Branch):
            if node.arms[0].segment.start <= offset < node.arms[-1].end:
                return _in_branch(node, offset, scope)
        elif isinstance(node, nodes.Action | nodes.Call) and node.pipeline is not None:
            if node.segment.start <= offset < node.segment.end:
                return scope, node.pipeline
            if isinstance(node, nodes.Action):
                scope = scope.declared(node.pipeline, Reader(scope).pipeline(node.pipeline))
    return None


def _in_branch(branch: nodes.Branch, offset: int, scope: Scope) -> tuple[Scope, Pipeline] | None:
    for arm in branch.arms:
        if offset < arm.segment.end:
            return None if arm.pipeline is None else (scope, arm.pipeline)
        if offset < arm.end:
            return _find(arm.body, offset, _entered(arm, scope))
    return None


def _entered(arm: nodes.Arm, scope: Scope) -> Scope:
    if arm.pipeline is None:
        return scope
    value = Reader(scope).pipeline(arm.pipeline)
    if arm.action == "range" and isinstance(value, Included):
        return replace(scope, dot=value).declared(arm.pipeline, value, value)
    if arm.action == "range":
        each = Value((*value.path, ...)) if isinstance(value, Value) and not value.is_key else None
        key = replace(each, is_key=True) if each is not None else None
        one = len(arm.pipeline.variables) == 1
        return replace(scope, dot=each).declared(arm.pipeline, *((each,) if one else (key, each)))
    inner = scope.declared(arm.pipeline, value)
    return replace(inner, dot=value) if arm.rebinds else inner
