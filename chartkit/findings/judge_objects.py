"""Findings about the rendered objects of a case, or of a release: what rules and schemas say of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.findings.judge_chart import run_rule
from chartkit.findings.writer import NO_SCHEMA, UNMATCHED, FindingWriter, Rules
from chartkit.helm import manifests as reading
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.render import Container, Hit, Manifest, Objects, Release, Unreadable
from chartkit.rules import Facts
from chartkit.rules.schemas.validator import Validator
from chartkit.system.cache import Memo

if TYPE_CHECKING:
    from chartkit.source_map.values.locate import Locator

_ROOM: Final = 32 << 20
"""How much text the hits may stand for that are kept, in characters."""

_schema_hits: Memo[tuple[Hit, ...] | None] = Memo(_ROOM)
_rule_hits: Memo[tuple[Hit, ...]] = Memo(_ROOM)


def judge_case(
    facts: Facts,
    unreadable: Sequence[Unreadable],
    writer: FindingWriter,
    validator: Validator,
    *,
    text: str = "",
    whole: bool = True,
) -> Iterator[Finding | NotJudged]:
    """Everything that is to say of the objects of one case, whose render is *text*.

    Where they are not the *whole*, because Helm refuses the case, only what each says by itself.
    """
    rules = writer.rules
    lines = text.split("\n") if unreadable else ()
    for document in unreadable:
        yield from writer.unreadable(document, lines)
    for manifest in facts.objects.manifests:
        yield from judge_schema(writer, manifest, validator)
        yield from writer.findings(_own_hits(manifest, rules), manifest)
    for rule in rules.values() if whole else ():
        subject = facts.objects if rule.on is Objects else facts if rule.on is Facts else None
        if subject is not None:
            yield from writer.findings(run_rule(rule, subject))


def judge_dropped(
    manifests: Sequence[Manifest], unreadable: Sequence[Unreadable], writer: FindingWriter, *, text: str
) -> Iterator[Finding]:
    """Why Helm leaves *manifests* out of its output; *text* is the render and, after it, their documents."""
    rules = {name: rule for name, rule in writer.rules.items() if name == "hook-unknown"}
    lines = text.split("\n") if unreadable else ()
    found = [finding for document in unreadable for finding in writer.unreadable(document, lines)]
    for manifest in manifests:
        found += writer.findings(_own_hits(manifest, rules), manifest)
    for finding in found:
        snippet = finding.display.snippet
        shown = snippet if snippet and not snippet.rendered else None
        display = dataclasses.replace(finding.display, rendered=None, snippet=shown)
        yield dataclasses.replace(finding, rendered_line=None, display=display)


def judge_schema(
    writer: FindingWriter, manifest: Manifest, validator: Validator
) -> Iterator[Finding | NotJudged]:
    """What the schema of *manifest* says of it, or that there is none."""
    key = (manifest.text, manifest.base, validator)
    hits = _schema_hits.get(key, len(manifest.text), lambda: validator.judge(manifest))
    if hits is None:
        unlocated = writer if writer.strict else dataclasses.replace(writer, locator=None)
        yield unlocated.finding(Hit((), NO_SCHEMA, rule=UNMATCHED), manifest)
        return
    yield from writer.findings(hits, manifest)
    if count := len(validator.unevaluated(manifest)):
        rules = "rule" if count == 1 else "rules"
        yield writer.not_judged(manifest, f"{count} CEL {rules} of its definition not evaluated")


def _own_hits(manifest: Manifest, rules: Rules) -> tuple[Hit, ...]:
    """What the rules say that look at one manifest, or at its containers, alone."""
    key = (manifest.text, manifest.base, manifest.source, tuple(rules))
    return _rule_hits.get(key, len(manifest.text), lambda: tuple(_run_on(manifest, rules)))


def _run_on(manifest: Manifest, rules: Rules) -> Iterator[Hit]:
    containers = tuple(reading.containers(manifest))
    for rule in rules.values():
        if rule.on is Manifest:
            yield from run_rule(rule, manifest)
        elif rule.on is Container:
            for container in containers:
                yield from run_rule(rule, container)


def judge_release(
    release: Release,
    rules: Rules,
    reported: Collection[str],
    locate: Callable[[Objects], Callable[[], Locator] | None] = lambda _: None,
) -> Iterator[Finding | NotJudged]:
    """What the rules say that look at all charts together; each hit belongs to the chart of its manifest.

    Only findings about the charts *reported* (by path) are given. *locate* gives what finds the template
    lines of one of its cases.
    """
    owners = {id(manifest): objects for objects in release.cases for manifest in objects.manifests}
    for rule in rules.values():
        for hit in run_rule(rule, release) if rule.on is Release else ():
            owner = owners[id(hit.manifest)]
            if owner.case.path not in reported:
                continue
            writer = FindingWriter(owner.chart, rules, owner.case, locate(owner))
            if hit.undecided and hit.manifest:
                yield writer.undecided(hit, hit.manifest)
            else:
                yield from writer.findings([hit])
