"""Which value a template line only passes on, found in the words of the templates alone.

What a template calls dot is followed through ``with``, ``range``, variables and the calls that led there,
as far as they are plain paths. What is not plain is not known.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chartkit.model.chart_file import text
from chartkit.source_map.traced_text import Frame, Origin
from chartkit.source_map.values.symbols import (
    ExpressionReader,
    FileDot,
    Included,
    Scope,
    Symbol,
    ValuePath,
    values_of,
)
from chartkit.syntax.gotemplate import nodes, scopes
from chartkit.syntax.gotemplate.lexer import LineIndex, TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Pipeline


def printed_value(files: Mapping[str, bytes], origin: Origin) -> tuple[ValuePath, ...] | Included:
    """The value that the action at *origin* prints, and nothing else; none where that is not plain.

    Of several, it is one. `Included` where the action prints what another template has made.
    """
    symbol: Symbol = FileDot()
    for frame in reversed(origin.places):
        template = _parsed(files[frame.file]) if frame.file in files else None
        found = template.scope_at(frame, symbol) if template is not None else None
        if found is None:
            return ()
        scope, pipeline, offset = found
        reader = ExpressionReader(scope)
        symbol = reader.argument(pipeline, offset) if isinstance(frame, Frame) else reader.pipeline(pipeline)
    return symbol if isinstance(symbol, Included) else values_of(symbol)


class _Template:
    """A template's tree, and where its lines begin."""

    def __init__(self, source: str) -> None:
        self.tree = nodes.parse(source)
        self.starts = LineIndex(source).starts

    def scope_at(self, frame: Origin | Frame, argument: Symbol) -> tuple[Scope, Pipeline, int] | None:
        """What is known at *frame*, in a template called with *argument*; its pipeline and offset."""
        if frame.line > len(self.starts):
            return None
        offset = self.starts[frame.line - 1] + frame.column - 1
        body = self._body(offset)
        unsteady = dict.fromkeys(scopes.assigned(body), Included())
        visited = scopes.visit(
            body,
            Scope(argument, {"$": argument}, unsteady),
            _entered,
            _declared,
            lambda arm: arm.segment.start <= offset < arm.end,
        )
        for node, scope in visited:
            if isinstance(node, nodes.Text | nodes.Jump) or node.pipeline is None:
                continue
            if node.segment.start <= offset < node.segment.end:
                return scope, node.pipeline, offset
        return None

    def _body(self, offset: int) -> Sequence[nodes.Node]:
        """What the innermost template that holds *offset* is made of."""
        body = self.tree.body
        for define in self.tree.named():  # blocks come after what they stand in
            if define.closing is not None and define.opening.end <= offset < define.closing.start:
                body = define.body
        return body


@functools.lru_cache(maxsize=64)
def _parsed(content: bytes) -> _Template | None:
    try:
        return _Template(text(content))
    except (TemplateSyntax, RecursionError):
        return None


def _declared(action: nodes.Action, scope: Scope) -> Scope:
    pipeline = action.pipeline
    return (
        scope.declared(pipeline, ExpressionReader(scope).pipeline(pipeline)) if pipeline.variables else scope
    )


def _entered(arm: nodes.Arm, scope: Scope) -> Scope:
    if arm.pipeline is None:
        return scope
    value = ExpressionReader(scope).pipeline(arm.pipeline)
    if isinstance(value, ValuePath) and not value.is_key:
        each = ValuePath((*value.path, ...))
        return scope.entered(arm, value, replace(each, is_key=True), each)
    each_included = value if isinstance(value, Included) else None
    return scope.entered(arm, value, each_included, each_included)
