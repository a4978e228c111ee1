"""Writes the bodies of templates anew, so that what they print is marked and what they run is counted.

Trimming is settled here, so that no action that is written trims: what is put beside it could be in its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartkit.helm import freeze
from chartkit.source_map.marker_safe import is_round_trip, prints_include
from chartkit.source_map.markers import Block, Markers, Places, encode
from chartkit.source_map.rewrite_pipelines import PipelineContext, PipelineWriter, apply
from chartkit.source_map.traced_text import BLANK
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import LineIndex, Segment, Token
from chartkit.syntax.gotemplate.pipelines import Pipeline


@dataclass(frozen=True, slots=True)
class Style:
    """How templates are instrumented.

    With which *markers*, with random functions *frozen* or not, with *counts* or not; *texts*: template text
    in values is rewritten, too.
    """

    markers: Markers
    frozen: bool
    counts: bool
    texts: bool = False


class Unsupported(ValueError):
    """A template that Go may accept, and that cannot be rewritten here."""


class BodyWriter:
    """Writes the bodies of one file; *blocks* are the ``block`` actions met on the way."""

    def __init__(
        self, file: str, source: str, style: Style, places: Places, pipelines: PipelineWriter
    ) -> None:
        self.file = file
        self.source = source
        self.style = style
        self.places = places
        self.lines = LineIndex(source)
        self.pipelines = pipelines
        self.blocks: list[nodes.Define] = []
        self.passing_on: frozenset[int] = frozenset()
        self.record, self.marker = map(style.markers.variable, "RM")

    def write(self, body: Sequence[nodes.Node], context: PipelineContext, block: int) -> str:
        """*body* as it stands in an instrumented template, inside of *block*."""
        context = replace(context, block=block)
        parts = []
        for node in body:
            if isinstance(node, nodes.Text):
                parts.append(self._text(node))
            elif isinstance(node, nodes.Action):
                parts.append(self._action(node, context))
            elif isinstance(node, nodes.Branch):
                parts.append(self._branch(node, context, block))
            elif isinstance(node, nodes.Call):
                parts.append(self._call(node, context))
            else:
                parts.append(f"{{{{{node.segment.keyword}}}}}")
        return "".join(parts)

    def _text(self, node: nodes.Text) -> str:
        """Marked before its first visible character: blanks must stay where a template may trim them."""
        text = self.source[node.start : node.end]
        visible = text.lstrip(BLANK)
        if not visible:
            return text
        blanks = text[: len(text) - len(visible)]
        number, _ = self.pipelines.add("text", node.start + len(blanks), "")
        if visible.endswith("{"):
            visible = visible[:-1] + '{{"{"}}'  # lest it opens an action with what follows
        return f"{blanks}{self._marker(number)}{visible}"

    def _action(self, node: nodes.Action, context: PipelineContext) -> str:
        pipeline = node.pipeline
        if pipeline.variables:
            is_marked = len(pipeline.variables) == 1 and pipeline.variables[0] in context.marked_variables
            return f"{{{{{self._rewritten(node.segment, pipeline, context, printed=is_marked)}}}}}"
        if len(node.segment.tokens) == 1 and node.segment.tokens[0].kind == "raw":
            return self._raw(node.segment.tokens[0])
        number, site = self.pipelines.add("action", node.segment.start, self._words(pipeline))
        if is_round_trip(pipeline):
            return self._round_trip(number, node, context)
        frozen = self._frozen(node.segment)
        expression = self.pipelines.rewrite(pipeline, context, frozen, printed=True, action=number)
        site.calls, site.blind = expression.calls, expression.blind or node.segment.start in self.passing_on
        return f"{self._marker(number)}{{{{{expression.text}}}}}"

    def _raw(self, token: Token) -> str:
        """A raw string by itself is text, but for its quotation marks."""
        inner = token.text[1:-1]
        visible = inner.lstrip(BLANK)
        if not visible:
            return f"{{{{{token.text}}}}}"
        blanks = inner[: len(inner) - len(visible)]
        number, _ = self.pipelines.add("text", token.start + 1 + len(blanks), "")
        before = f"{{{{`{blanks}`}}}}" if blanks else ""
        return f"{before}{self._marker(number)}{{{{`{visible}`}}}}"

    def _round_trip(self, number: int, node: nodes.Action, context: PipelineContext) -> str:
        """What is included, read as YAML and written anew loses its markers: they are kept, numbered."""
        first = node.pipeline.commands[0]
        including = replace(node.pipeline, commands=(first,), end=first.end)
        frozen = list(self._frozen(node.segment))
        expression = self.pipelines.rewrite(including, context, frozen, printed=True)
        self.places.sites[number].blind = True
        kept = self.style.markers.variable(f"T{number}")
        key = f'(get {self.record} "t{number}")'
        rest = apply(self.source, first.end, node.pipeline.end, frozen)
        return (
            f"{{{{{kept} := {expression.text}}}}}"
            f'{{{{if {self.marker}}}}}{{{{if set {self.record} "t{number}" '
            f"(append (default list {key}) {kept})}}}}{{{{end}}}}{{{{end}}}}"
            f"{self._marker(number, f'#{{{{len {key}}}}}')}"
            f"{{{{{self.pipelines.stripped(kept)}{rest}}}}}"
        )

    def _call(self, node: nodes.Call, context: PipelineContext) -> str:
        if node.defines is not None:
            self.blocks.append(node.defines)
        number, site = self.pipelines.add("action", node.segment.start, self._words(node.pipeline))
        argument = ""
        if node.pipeline is not None:
            if node.pipeline.variables:
                raise Unsupported("a variable is set in the argument of a template")
            argument = self._rewritten(node.segment, node.pipeline, context, printed=False)
        if node.called not in self.pipelines.known:
            site.blind = True
            return f"{self._marker(number)}{{{{template {node.name.text} {argument}}}}}"
        call, called = self.pipelines.add("call", node.segment.start, node.called)
        called.follows = True
        site.calls.append(call)
        dot = f"({argument})" if argument else "nil"
        arguments = self.pipelines.arguments(call, called)
        name = self.pipelines.instrumented_name(node.name.text)
        return f"{self._marker(number)}{{{{template {name} ({arguments}{dot})}}}}"

    def _branch(self, branch: nodes.Branch, context: PipelineContext, parent: int) -> str:
        parts: list[str] = []
        first = branch.arms[0]
        loop = ""
        chain: int | None = None
        for arm in branch.arms:
            head, inner = self._arm(arm, context)
            block = self.add_block(
                arm.keyword,
                arm.segment.start,
                arm.segment.end,
                arm.end,
                self._words(arm.pipeline or branch.arms[-2].pipeline),
                parent=parent,
                chain=chain,
            )
            chain = block if chain is None else chain
            if arm.keyword == "range":
                loop = self.style.markers.variable(f"N{block}") if self.style.counts else ""
            parts += [head, f"{{{{{loop} = add1 {loop}}}}}" if loop and arm is first else ""]
            parts += [self.count(block), self.write(arm.body, inner, block)]
        if branch.arms[-1].keyword != "else":
            at = first.segment.start
            words = self._words(branch.arms[-1].pipeline)
            block = self.add_block("else", at, at, at, words, parent=parent, chain=chain, implicit=True)
            parts += ["{{else}}" if self.style.counts else "", self.count(block)]
        before = f"{{{{{loop} := 0}}}}" if loop else ""
        return "".join([before, *parts, "{{end}}", self._rounds(first, loop, parent, chain)])

    def _rounds(self, arm: nodes.Arm, loop: str, parent: int, chain: int | None) -> str:
        if arm.keyword != "range":
            return ""
        words, at = self._words(arm.pipeline), arm.segment.start
        one, many = (
            self.add_block(kind, at, arm.segment.end, arm.end, words, parent=parent, chain=chain)
            for kind in ("one", "many")
        )
        if not loop:
            return ""
        return (
            f"{{{{if eq {loop} 1}}}}{self.count(one)}{{{{else if gt {loop} 1}}}}{self.count(many)}{{{{end}}}}"
        )

    def _arm(self, arm: nodes.Arm, context: PipelineContext) -> tuple[str, PipelineContext]:
        """How an arm begins, and what its body sees."""
        if arm.pipeline is None:
            return "{{else}}", context
        inner = replace(context, dot=None, marked_dot=None) if arm.rebinds else context
        if arm.keyword == "with" and not arm.pipeline.variables and prints_include(arm.pipeline):
            # the test sees the text without its markers, what is printed of it has them
            text = self._rewritten(arm.segment, arm.pipeline, context, printed=True)
            variable = self.style.markers.variable(f"W{arm.segment.start}")
            head = f"{{{{{variable} := {text}}}}}{{{{with {self.pipelines.stripped(variable)}}}}}"
            return head, replace(inner, marked_dot=variable)
        tested = arm.action == "if"
        text = self._rewritten(arm.segment, arm.pipeline, context, printed=False, tested=tested)
        return f"{{{{{arm.keyword} {text}}}}}", inner

    def _rewritten(
        self,
        segment: Segment,
        pipeline: Pipeline,
        context: PipelineContext,
        *,
        printed: bool,
        tested: bool = False,
    ) -> str:
        frozen = self._frozen(segment)
        return self.pipelines.rewrite(pipeline, context, frozen, printed=printed, tested=tested).text

    def _frozen(self, segment: Segment) -> Iterator[freeze.Edit]:
        return freeze.edits(segment) if self.style.frozen else iter(())

    def _words(self, pipeline: Pipeline | None) -> str:
        return " ".join(self.source[pipeline.start : pipeline.end].split()) if pipeline else ""

    def _marker(self, number: int, serial: str = "") -> str:
        closing = self.style.markers.closing
        return f"{{{{with {self.marker}}}}}{{{{.}}}}{encode(number)}{serial}{closing}{{{{end}}}}"

    def count(self, block: int) -> str:
        """What counts a run of *block*: it prints nothing and declares nothing."""
        if not self.style.counts:
            return ""
        return f'{{{{if set {self.record} "{block}" (add1 (get {self.record} "{block}"))}}}}{{{{end}}}}'

    def add_block(  # noqa: PLR0913  the fields of a block
        self,
        kind: str,
        at: int,
        start: int,
        end: int,
        text: str,
        parent: int | None = None,
        chain: int | None = None,
        *,
        implicit: bool = False,
    ) -> int:
        """The number of a new block, whose keyword is *at* that offset."""
        line, column = self.lines.at(at)
        number = len(self.places.blocks)
        chain = number if chain is None and parent is not None else chain
        block = Block(kind, self.file, start, end, line, column, text, parent, chain, implicit)
        self.places.blocks.append(block)
        return number
