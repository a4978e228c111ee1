"""What is left of a case that Helm refuses for a template: every other failure, and what renders.

Helm stops at the first template that fails. It is rendered again without what that one prints, until nothing
fails; what a template defines stays, as others use it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm import references
from chartkit.model.chart_file import canonical, decoded, text
from chartkit.model.render import Failure, Removed, Render
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import TemplateSyntax

MOST: Final = 50
"""How many templates of one case are taken out."""

_OF_TEMPLATES: Final = frozenset({"template", "required"})
_UNPARSED: Final = "parse error at "
_UNDEFINED: Final = re.compile(r'\A(?:no )?template "([^"]+)" (?:associated with|not defined)')
_SETS: Final = re.compile(
    r"\b(?:set|unset|(?:m|mustM)erge(?:Overwrite)?)\s+\(?(?:(?:\$\w*)?\.(?:Values|Chart|Release|Template)\b|[$.]\s)"
)
"""A call that changes what the templates after it read."""
_SIGN: Final = re.compile(r"[^\r\n]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Remaining:
    """The *render* of a case without the templates that are *removed*, its failure the first of *failures*.

    *ended* says why there may be more of them, and nothing was rendered; empty where all were found.
    """

    render: Render
    failures: tuple[Failure, ...]
    removed: tuple[Removed, ...] = ()
    ended: str = ""


Again = Callable[[tuple[Removed, ...]], Render]
"""Renders the case again without the output of some templates."""


def remaining(
    first: Render, files: Mapping[str, bytes], again: Again, in_time: Callable[[], bool] = lambda: True
) -> Remaining:
    """All that fails in the case of which *first* is the render, and whose chart has these *files*."""
    if first.failure is None:
        return Remaining(first, ())
    render, failures, removed, ended = first, [first.failure], list[Removed](), ""
    while (failure := render.failure) is not None and failure.kind in _OF_TEMPLATES:
        step = _next(failure, files, removed)
        ended = "it takes too long to render" if not in_time() else _hindrance(step, files, removed)
        if step is None or ended:
            break
        removed.append(step)
        render = again(tuple(removed))
        if render.failure is not None and not _follows(render.failure, files, removed):
            failures.append(render.failure)
    render = dataclasses.replace(render, failure=first.failure)
    return Remaining(render, tuple(dict.fromkeys(failures)), tuple(removed), ended)


def reduced(files: Mapping[str, bytes], removed: Iterable[Removed]) -> Mapping[str, bytes]:
    """*files* with blanks for what the templates *removed* print, so that lines and columns stay."""
    blank = {each.template: _without_output(files[each.template], whole=each.whole) for each in removed}
    return {**files, **blank} if blank else files


def _next(failure: Failure, files: Mapping[str, bytes], removed: Sequence[Removed]) -> Removed | None:
    """The template to take out next, None where there is none: the innermost that prints, or the outermost.

    A file may be included as a whole, for its checksum: the file that includes it does not fail by itself.
    """
    whole = failure.text.startswith(_UNPARSED)
    frames = [*failure.includes, (failure.template, failure.line or 0)]
    inner = (file for file, line in reversed(frames) if file in files and _prints(file, files[file], line))
    steps = [Removed(file, whole) for file in (*inner, frames[0][0]) if file in files]
    return next((step for step in steps if step not in removed), None)


def _prints(name: str, content: bytes, line: int) -> bool:
    """Whether the *line* of the template *name* is of its output, and not of what it defines."""
    if canonical(name).kind == "partial":
        return False
    source = text(content)
    spans = (
        (source.count("\n", 0, start) + 1, source.count("\n", 0, end) + 1) for start, end in _defines(source)
    )
    return not any(first <= line <= last for first, last in spans)


def _hindrance(step: Removed | None, files: Mapping[str, bytes], removed: Sequence[Removed]) -> str:
    """Why nothing would be learned without *step*; empty where something is."""
    if step is None:
        return "what fails is no template of the chart"
    if len(removed) >= MOST:
        return f"{MOST} templates fail already"
    if not step.whole and _sets_values(files[step.template]):
        return f"{step.template} fails, and sets values that they may read"
    return ""


def _follows(failure: Failure, files: Mapping[str, bytes], removed: Iterable[Removed]) -> bool:
    """Whether *failure* is only of a template that was taken out with the file that defines it."""
    match = _UNDEFINED.match(failure.message)
    removed_names = (references.defined(files[each.template]) for each in removed)
    return match is not None and any(match[1] in names for names in removed_names)


def _sets_values(content: bytes) -> bool:
    source = text(content)
    printed = _blanked(source, _outside(source, _defines(source)))
    return _SETS.search(printed) is not None


def _without_output(content: bytes, *, whole: bool) -> bytes:
    source = decoded(content)
    kept = [] if whole else _defines(source)
    return _blanked(source, kept).encode("utf-8", "surrogateescape")


def _defines(source: str) -> list[Span]:
    """Where *source* defines templates; nowhere that is known, where it cannot be read."""
    try:
        found = nodes.parse(source).defines
    except TemplateSyntax:
        return []
    return [(each.opening.start, each.closing.end) for each in found if each.closing]


def _outside(source: str, spans: Iterable[Span]) -> list[Span]:
    edges = [0, *(edge for span in spans for edge in span), len(source)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _blanked(source: str, kept: Iterable[Span]) -> str:
    """*source* with a blank for every character that is not in the spans *kept*, lines as they are."""
    parts, position = [], 0
    for start, end in [*kept, (len(source), len(source))]:
        parts += [_SIGN.sub(" ", source[position:start]), source[start:end]]
        position = end
    return "".join(parts)
