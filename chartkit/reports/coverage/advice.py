"""What stands below the figures: which values are not used, scenarios to paste, and what none reaches.

Nothing that comes from a chart reaches the terminal before `visible` has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.coverage import values
from chartkit.coverage.suggest import Suggestion, writing
from chartkit.coverage.suggest.writing import Written
from chartkit.pipeline.coverage_advice import CoverageAdvice, Unreachable
from chartkit.plan.config import Config
from chartkit.reports import _words
from chartkit.system.terminal import cut, paint, visible, wrap

_REASONS: Final = 8
_PLACES: Final = 3


def render(
    found: CoverageAdvice,
    config: Config,
    *,
    suggest: bool,
    written: Written | None = None,
    width: int = 80,
    color: bool = False,
    verbose: bool = False,
) -> str:
    """All of it as text; of what is not reached, *verbose* lists everything."""
    width = max(width, 48)
    page = _AdviceText(width, color, verbose)
    parts = [[visible(line) for line in values.text_lines(each, width)] for each in found.values]
    if suggest:
        parts.append([*page.scenarios(found, config, written)])
        parts.append([*page.unreachable(found.unreachable)])
    parts.append([*page.ended(found)])
    return "".join("\n" + "\n".join(lines) + "\n" for lines in parts if lines)


class _AdviceText:
    def __init__(self, width: int, color: bool, verbose: bool) -> None:
        self._width, self._color, self._verbose = width, color, verbose

    def scenarios(self, found: CoverageAdvice, config: Config, written: Written | None) -> Iterator[str]:
        """What to paste, or what was added to which file."""
        if written is not None:
            file = visible(written.file)
            yield from (f"added to {file}: {visible(name)}" for name in written.added)
            yield from (f"not added to {file}: {visible(name)} is there already" for name in written.left)
            if written.hint:
                yield written.hint
            elif not written.unclean:
                yield f"nothing to add to {file}: no scenario is known that covers more"
            if written.unclean:
                many = _words.number(written.unclean, "scenario")
                text = f"not added to {file}: {many} that would bring findings, which --suggest shows"
                yield from wrap(text, self._width)
        elif found.suggestions:
            yield from self._listed(found.suggestions, config)
        else:
            yield "no scenario is known that covers more"

    def _listed(self, suggestions: Sequence[Suggestion], config: Config) -> Iterator[str]:
        """First those that bring no finding."""
        clean = [one for one in suggestions if not one.but]
        unclean = [one for one in suggestions if one.but]
        if clean:
            yield paint("scenarios that cover more, for chartkit.yaml:", "bold", self._color)
            yield ""
            yield from map(visible, writing.text(clean, config).splitlines())
            yield ""
            yield "run with --write-scenarios to add them"
        if unclean:
            head = (
                "scenarios that cover what no others do, but bring findings that the chart does not have "
                "yet (--write-scenarios leaves them out):"
            )
            yield from [""] if clean else []
            yield from (paint(line, "bold", self._color) for line in wrap(head, self._width))
            yield ""
            yield from map(visible, writing.text(unclean, config).splitlines())

    def unreachable(self, blocks: Sequence[Unreachable]) -> Iterator[str]:
        """Why no scenario reaches what is left, by the reason."""
        by_reason: dict[str, list[Unreachable]] = {}
        for each in blocks:
            by_reason.setdefault(each.reason, []).append(each)
        if not by_reason:
            return
        what = _words.number(len(blocks), "branch", "branches")
        yield paint(f"{what} that no scenario is known to reach:", "bold", self._color)
        shown = len(by_reason) if self._verbose else _REASONS
        most_first = sorted(by_reason.items(), key=lambda item: -len(item[1]))
        for reason, group in most_first[:shown]:
            yield from (f"  {line}" for line in wrap(visible(f"{reason} ({len(group):,}):"), self._width - 2))
            places = len(group) if self._verbose else _PLACES
            for one in group[:places]:
                yield cut(f"    {visible(one.file)}:{one.line}  {visible(one.what)}", self._width)
            if len(group) > places:
                yield f"    and {len(group) - places:,} more: see --verbose"
        if len(by_reason) > shown:
            yield f"  and {_words.number(len(by_reason) - shown, 'reason')} more: see --verbose"

    def ended(self, found: CoverageAdvice) -> Iterator[str]:
        """What was not done to its end."""
        for remark in found.ended:
            yield from wrap(visible(f"{remark.what}: {remark.reason}"), self._width)
