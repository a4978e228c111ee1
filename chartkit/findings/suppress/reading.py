"""Where people say which findings they accept: in objects, in the files of charts, in the configuration."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.findings.suppress import comment_extent
from chartkit.findings.suppress.suppression import ANNOTATION, Suppression
from chartkit.model.case import CaseRef, Chart
from chartkit.model.chart_file import canonical
from chartkit.model.place import Place
from chartkit.model.render import Manifest

if TYPE_CHECKING:
    from chartkit.plan.config.entries import IgnoreEntry

_WORD: Final = "chartkit:ignore"
_IN_TEMPLATE: Final = re.compile(
    r"\{\{-?[ \t]{0,8}/\*\s{0,80}chartkit:ignore\b(?P<text>(?:[^*]|\*(?!/)){0,1000})\*/"
)
_IN_YAML: Final = re.compile(r"(?:^|\s)#\s*chartkit:ignore\b(?P<text>.*)$")


def in_objects(chart: Chart, case: CaseRef, manifests: Iterable[Manifest]) -> Iterator[Suppression]:
    """What the annotations of the objects of *case* suppress: findings about these objects."""
    for manifest in manifests:
        metadata = manifest.body.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        for key, reason in annotations.items() if isinstance(annotations, Mapping) else ():
            if str(key).startswith(ANNOTATION):
                yield Suppression(
                    rule=str(key).removeprefix(ANNOTATION),
                    reason=reason.strip() if isinstance(reason, str) else "",
                    place=Place(chart.origin(manifest.source)),
                    chart=chart.name,
                    resource=manifest.resource,
                    file=chart.origins.get(manifest.source, ""),
                    cases=(case,),
                )


def in_files(chart: Chart) -> Iterator[Suppression]:
    """What the comments in the files of *chart* suppress; dependencies' files count too."""
    for name, content in chart.files.items():
        if _WORD.encode() not in content or not name.endswith((".yaml", ".yml", ".tpl", ".txt")):
            continue
        text, file = content.decode("utf-8", "replace"), chart.origin(name)
        found = in_template(text, file) if canonical(name).in_templates else in_yaml(text, file)
        yield from (dataclasses.replace(each, chart=chart.name) for each in found)


def in_config(entries: Iterable[IgnoreEntry]) -> Iterator[Suppression]:
    """What the configuration suppresses."""
    for entry in entries:
        yield Suppression(
            rule=entry.rule,
            reason=entry.reason.strip(),
            place=entry.place,
            chart=entry.chart,
            target=entry.resource,
            path=entry.path,
        )


def in_template(text: str, file: str) -> Iterator[Suppression]:
    """What the comments in the template *text* suppress: findings that lines of *file* have part in."""
    for found in _IN_TEMPLATE.finditer(text):
        rule, reason = _rule_and_reason(found["text"])
        place = _place(text, found.start(), file)
        lines = comment_extent.extent(text, found.start(), found.end()) or (None, None)
        yield Suppression(rule, reason, place, file=file, line=lines[0], last=lines[1])


def in_yaml(text: str, file: str) -> Iterator[Suppression]:
    """What the comments in *text*, YAML that is no template, suppress: findings on a line of *file*."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        found = _IN_YAML.search(line) if _WORD in line else None
        if found:
            alone = not line[: found.start()].strip()
            about = _next(lines, index) if alone else index
            rule, reason = _rule_and_reason(found["text"])
            place = Place(file, index + 1, line.index("#", found.start()) + 1)
            yield Suppression(rule, reason, place, file=file, line=about + 1)


def _next(lines: Sequence[str], index: int) -> int:
    """The first line after *index* that holds more than a comment; the last where there is none."""
    following = (number for number in range(index + 1, len(lines)) if lines[number].split("#")[0].strip())
    return next(following, index)


def _rule_and_reason(text: str) -> tuple[str, str]:
    rule, *reason = text.split(maxsplit=1) or [""]
    return rule, " ".join(" ".join(reason).split())


def _place(text: str, offset: int, file: str) -> Place:
    return Place(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
