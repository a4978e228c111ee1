"""The pages of the rules that a report has findings of, as markup."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.finding import Finding, RuleText, Severity
from chartkit.system.terminal import visible

if TYPE_CHECKING:
    from markdown_it.token import Token

_EXPECTED: Final = re.compile(r"#\s*(?:error|warning|note):\s*[a-z]")


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule, how many findings it has that are not suppressed, and its *page* as markup (empty: none)."""

    id: str
    severity: str
    count: int
    page: Any


def pages(findings: Sequence[Finding], texts: Iterable[RuleText]) -> list[RulePage]:
    """Of each rule with a finding, by id; *texts* are the pages that are known."""
    known = {each.id: each.text for each in texts}
    counts = Counter(each.rule for each in findings if each.is_active)
    worst: dict[str, Severity] = {}
    for each in findings:
        worst[each.rule] = max(each.severity, worst.get(each.rule, Severity.NOTE))
    return [
        RulePage(name, severity.label, counts[name], markup(known.get(name, "")))
        for name, severity in sorted(worst.items())
    ]


def markup(text: str) -> Any:
    """Markdown as markup that holds nothing that acts: no tags of its own, links and images as text."""
    from markupsafe import Markup

    return Markup(_markdown().render(_clean(text)))  # noqa: S704  # made by a renderer that escapes


def _clean(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


@functools.cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    made = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
    for name, rule in (("link_open", _no_markup), ("link_close", _address), ("image", _image)):
        made.add_render_rule(name, rule)
    made.add_render_rule("heading_open", _heading)
    made.add_render_rule("heading_close", _heading)
    made.add_render_rule("fence", _fence)
    return made


def _no_markup(*_: object) -> str:
    return ""


def _address(_: Any, tokens: Sequence[Token], index: int, *__: object) -> str:
    """After the text of a link, where it leads to; a report leads nowhere else."""
    depth = 0
    for token in reversed(tokens[: index + 1]):
        depth += {"link_close": 1, "link_open": -1}.get(token.type, 0)
        if not depth:
            return f' (<span class="address">{escape(str(token.attrGet("href") or ""))}</span>)'
    return ""


def _image(_: Any, tokens: Sequence[Token], index: int, *__: object) -> str:
    return escape(tokens[index].content)


def _heading(_: Any, tokens: Sequence[Token], index: int, *__: object) -> str:
    """Below the headings of the page itself."""
    token = tokens[index]
    level = min(int(token.tag[1:]) + 2, 6)
    return f"<{'/' if token.nesting < 0 else ''}h{level}>"


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: object) -> str:
    """An example; the lines that are wrong are marked."""
    lines = tokens[index].content.rstrip("\n").split("\n")
    return f"<pre><code>{''.join(_example(escape(line), line) for line in lines)}</code></pre>\n"


def _example(escaped: str, line: str) -> str:
    return f'<span class="wrong">{escaped}</span>\n' if _EXPECTED.search(line) else f"{escaped}\n"
