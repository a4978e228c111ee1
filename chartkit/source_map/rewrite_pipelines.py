"""Rewrites pipelines for the instrumented template, where ``.`` and ``$`` live in a variable of its own.

A call hands markers on only where its value is printed, and whatever is done to it before leaves markers
alone. Everywhere else the callee gets none, so that the value is what it would be without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from chartkit.helm.freeze import Edit
from chartkit.source_map import marker_safe
from chartkit.source_map.count_operands import OperandCounter
from chartkit.source_map.markers import Markers, Site, encode
from chartkit.syntax.gotemplate import functions
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline


@dataclass(frozen=True, slots=True)
class PipelineContext:
    """What a pipeline sees: what *dot* is kept in (None: dot itself), and which variables hold markers.

    *marked_dot* is the variable that holds the text of dot with its markers, *block* the number of the block
    that the pipeline stands in.
    """

    dot: str | None
    marked_variables: frozenset[str] = frozenset()
    marked_dot: str | None = None
    block: int = 0


@dataclass(slots=True)
class Rewritten:
    """A pipeline rewritten: its *text*, the *calls* that are followed, and *blind* where there are others."""

    text: str
    calls: list[int]
    blind: bool


class PipelineWriter:
    """The pipelines of one file.

    *known* are the templates that are instrumented, *unmarked* the calls that must not mark what they
    print, *add* gives a new site.
    *added* are templates that what is rewritten includes, by name.
    """

    def __init__(
        self,
        source: str,
        markers: Markers,
        known: Collection[str],
        unmarked: Collection[int],
        add: Callable[[str, int, str], tuple[int, Site]],
        *,
        texts: bool,
    ) -> None:
        self.source = source
        self.markers = markers
        self.texts = texts
        self.known = known
        self.unmarked = unmarked
        self.add = add
        self.edits: list[Edit] = []
        self.calls: list[int] = []
        self.blind = False
        self.action: int | None = None
        self.added: dict[str, str] = {}
        self.counter: OperandCounter | None = None

    def rewrite(
        self,
        pipeline: Pipeline,
        context: PipelineContext,
        frozen: Iterable[Edit],
        *,
        printed: bool,
        tested: bool = False,
        action: int | None = None,
    ) -> Rewritten:
        """*pipeline* for an instrumented template, with *frozen* edits.

        *printed*: its value goes straight to the output; *tested*: only its truth matters. It may be that of
        an *action*, by its site.
        """
        self.edits, self.calls, self.blind, self.action = list(frozen), [], False, action
        self._pipeline(pipeline, context, printed, unusual=False, tested=tested)
        text = apply(self.source, pipeline.start, pipeline.end, self.edits)
        return Rewritten(text, self.calls, self.blind)

    def stripped(self, variable: str) -> str:
        """An expression for the text in *variable* without its markers."""
        return f'regexReplaceAll "{self.markers.any_marker}" {variable} ""'

    def marker_for(self, call: int, site: Site) -> str:
        """The marker that a call hands to its callee."""
        if not site.follows or call in self.unmarked:
            return '""'
        variable = self.markers.variable("M")
        return f'(and {variable} (print {variable} "{encode(call)}"))'

    def arguments(self, call: int, site: Site) -> str:
        """What an instrumented template is called with, before the dot of its original."""
        return f'dict "r" {self.markers.variable("R")} "m" {self.marker_for(call, site)} "d" '

    def instrumented_name(self, name: str) -> str:
        """The name of the instrumented template, written as *name* is, in its quotation marks."""
        return f"{name[:-1]}{self.markers.suffix}{name[-1]}"

    def _pipeline(
        self, pipeline: Pipeline, context: PipelineContext, printed: bool, *, unusual: bool, tested: bool
    ) -> None:
        for index, command in enumerate(pipeline.commands):
            later = [each.function for each in pipeline.commands[index + 1 :]]
            reaches = printed and all(function in marker_safe.MARKER_SAFE for function in later)
            odd = unusual or not all(function in marker_safe.USUAL for function in later)
            truth = tested and all(function in functions.ONLY_TRUTH for function in later)
            self._operands(command, context, reaches, piped=index > 0, unusual=odd, tested=truth)
            if self.counter is not None:
                self.counter.add_edits(self.edits, pipeline, index, context.block, tested=truth)
            if command.function == "include" and (len(command.operands) > 2 or index):
                self._include(command, reaches, unusual=odd)
            elif command.function == "tpl" and len(command.operands) == 3 and self.texts:
                self._tpl(command, reaches)
            elif command.function == "trim" and reaches and self._carries(pipeline, context):
                first = command.operands[0]
                self.edits.append((first.start, first.end, f'include "{self.markers.suffix}trim"'))
                self.added["trim"] = _trimmer(self.markers)

    def _operands(
        self,
        command: Command,
        context: PipelineContext,
        reaches: bool,
        *,
        piped: bool,
        unusual: bool,
        tested: bool,
    ) -> None:
        truth = tested and (command.function in functions.ONLY_TRUTH or len(command.operands) == 1)
        for index, operand in enumerate(command.operands):
            through = reaches and marker_safe.is_text(command, index, piped=piped)
            if operand.inner is not None:
                odd = unusual or (len(command.operands) > 1 and command.function not in marker_safe.USUAL)
                self._pipeline(
                    operand.inner,
                    context,
                    through and not operand.fields,
                    unusual=odd,
                    tested=(truth or (command.function == "ternary" and index == 3)) and not operand.fields,
                )
            else:
                self._word(operand, context, through)

    def _word(self, operand: Operand, context: PipelineContext, through: bool) -> None:
        start = operand.start
        if operand.kind == "variable":
            if operand.text == "$":
                self.edits.append((start, start + 1, self.markers.variable("D")))
            elif operand.text in context.marked_variables and not through:
                self.edits.append((start, operand.end, f"({self.stripped(operand.text)})"))
        elif operand.kind in {"dot", "field"} and context.dot is not None:
            self.edits.append((start, start + 1, context.dot + "." * (operand.kind == "field")))
        elif operand.kind == "dot" and context.marked_dot is not None and through:
            self.edits.append((start, operand.end, context.marked_dot))

    def _include(self, command: Command, reaches: bool, *, unusual: bool) -> None:
        first, name = command.operands[:2]
        literal = name.kind in {"string", "raw"}
        called = (name.string or "") if literal else self.source[name.start : name.end]
        if literal and called not in self.known:
            self.blind = True
            return
        call, site = self.add("call", first.start, called)
        site.follows, site.unusual = reaches, unusual
        if reaches:
            self.calls.append(call)
        self.blind |= not reaches or call in self.unmarked
        if literal:
            self.edits.append((name.start, name.end, self.instrumented_name(name.text)))
        else:
            self.edits += [
                (name.start, name.start, "(print "),
                (name.end, name.end, f' "{self.markers.suffix}")'),
            ]
        if len(command.operands) > 2:
            self.edits += [
                (command.operands[2].start, command.operands[2].start, f"({self.arguments(call, site)}"),
                (command.end, command.end, ")"),
            ]
        else:
            self.edits.append((first.start, first.start, f"{self.arguments(call, site)}| "))

    def _tpl(self, command: Command, reaches: bool) -> None:
        """Template text is run by a template that keeps for it what those that it includes need."""
        first, _, dot = command.operands
        call, site = self.add("call", first.start, "tpl")
        site.follows, site.unusual = reaches, True
        back = '""'
        if reaches and self.action is not None and call not in self.unmarked:
            marker = self.markers.variable("M")
            back = f'(and {marker} (print {marker} "{encode(self.action)}"))'
        arguments = f'"r" {self.markers.variable("R")} "m" {self.marker_for(call, site)} "e" {back}'
        self.edits += [
            (first.start, first.end, f'include "{self.markers.suffix}tpl" (dict {arguments} "t"'),
            (dot.start, dot.start, '"d" '),
            (dot.end, dot.end, ")"),
        ]
        self.added["tpl"] = _runner(self.markers)
        self.blind |= not reaches
        if reaches:
            self.calls.append(call)

    def _carries(self, pipeline: Pipeline, context: PipelineContext) -> bool:
        """Whether marked text may come through *pipeline*."""
        return any(
            operand.text == "include"
            or operand.text in context.marked_variables
            or (operand.kind == "dot" and context.marked_dot is not None)
            for operand in pipeline.operands()
        )


def apply(source: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    """The *source* from *start* to *end*, with those *edits* that are in it; at one place, in their order."""
    parts: list[str] = []
    position = start
    for first, last, text in sorted(edits, key=lambda edit: edit[:2]):
        if first >= start and last <= end:
            parts += [source[position:first], text]
            position = last
    return "".join([*parts, source[position:end]])


def _trimmer(markers: Markers) -> str:
    """A template that trims its dot as ``trim`` does, and leaves the markers at both ends."""
    blank = "[\\\\s\\\\v\\\\x85\\\\p{Z}]"
    edge = f"(?:{blank}|{markers.any_marker})+"
    return (
        f'{{{{define "{markers.suffix}trim"}}}}'
        f'{{{{$before := regexFind "^{edge}" .}}}}{{{{$rest := trimPrefix $before .}}}}'
        f'{{{{$after := regexFind "{edge}$" $rest}}}}'
        f'{{{{regexReplaceAll "{blank}+" $before ""}}}}{{{{trimSuffix $after $rest}}}}'
        f'{{{{regexReplaceAll "{blank}+" $after ""}}}}{{{{end}}}}'
    )


def _runner(markers: Markers) -> str:
    """A template that runs the text ``t`` with the dot ``d``, where it keeps what those it includes need."""
    keys = [f"`{markers.prefix}{name}`" for name in "RME"]
    arguments = [".r", ".m", ".e"]
    holds = 'and (kindIs "map" .d) (kindIs "map" (get (ternary .d dict (kindIs "map" .d)) "Template"))'
    keep = "".join(
        f"{{{{$was{index} := get $at {key}}}}}{{{{$_ := set $at {key} {value}}}}}"
        for index, (key, value) in enumerate(zip(keys, arguments, strict=True))
    )
    restore = "".join(
        f"{{{{if $was{index}}}}}{{{{$_ := set $at {key} $was{index}}}}}"
        f"{{{{else}}}}{{{{$_ := unset $at {key}}}}}{{{{end}}}}"
        for index, key in enumerate(keys)
    )
    return (
        f'{{{{define "{markers.suffix}tpl"}}}}{{{{if {holds}}}}}{{{{$at := .d.Template}}}}{keep}'
        f"{{{{$text := tpl .t .d}}}}{restore}{{{{$text}}}}{{{{else}}}}{{{{tpl .t .d}}}}{{{{end}}}}{{{{end}}}}"
    )
