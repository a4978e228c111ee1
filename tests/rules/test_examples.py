"""Every page's Bad and Good, and the further cases in the files beside this one, line by line."""

from __future__ import annotations

import copy
import hashlib
import itertools
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chartkit import rules
from chartkit.helm import manifests
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Change, Container, Hit, Manifest, Objects, Release
from chartkit.rules import Facts, Rule, facts, policies
from chartkit.rules._page import Fence, parse
from chartkit.syntax.yaml import kube_yaml

RULES = {**rules.load(), **policies.shipped()}
FOLDER = pathlib.Path(__file__).parent
SCENARIO = "scenario.yaml"
CONFIG = "chartkit.yaml"
BEFORE = "before/"
"""How the files begin that a chart had before a change."""


@dataclass(frozen=True)
class Example:
    """One fence without a title (what is rendered) or none, and the titled files around it."""

    rule: Rule
    title: str
    render: Fence
    files: tuple[Fence, ...]

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.title}"

    @property
    def expected(self) -> list[tuple[str, int, str, str]]:
        fences = (self.render, *self.files)
        return sorted((f.title, e.line, e.rule, e.severity) for f in fences for e in f.expected)

    def objects(self) -> Objects:
        texts = {fence.title: fence.text for fence in self.files if not fence.title.startswith(BEFORE)}
        chart = self._chart(texts)
        case = Case(chart.name, ".", Scenario("default"), "1.34.0")
        return Objects(case, chart, tuple(self.manifests(chart.name)))

    def change(self) -> Change:
        """What the files are, and what they were."""
        before = {fence.title: fence.text for fence in self.files if fence.title.startswith(BEFORE)}
        old = self._chart({title.removeprefix(BEFORE): text for title, text in before.items()})
        new = self.objects().chart
        names = old.files.keys() | new.files.keys()
        return Change(old, new, frozenset(one for one in names if old.files.get(one) != new.files.get(one)))

    @staticmethod
    def _chart(texts: dict[str, str]) -> Chart:
        metadata = kube_yaml.parse(texts.get("Chart.yaml", "")) or {}
        name = metadata.get("name", "example")
        files = {f"{name}/{title}": text.encode() for title, text in texts.items() if title != SCENARIO}
        return Chart(
            name=name,
            path=".",
            version=metadata.get("version", "1.0.0"),
            app_version="",
            api_version="v2",
            type="application",
            kube_version=metadata.get("kubeVersion", ""),
            dependencies=(),
            files=files,
            origins={each: each.partition("/")[2] for each in files},
            digest=hashlib.sha256(repr(files).encode()).hexdigest(),
        )

    def release(self) -> Release:
        """The objects by the chart that their ``# Source:`` names, installed as chartkit.yaml says."""
        whole = self.objects()
        texts = {fence.title: fence.text for fence in self.files}
        charts = (kube_yaml.parse(texts.get(CONFIG, "")) or {}).get("charts", {})
        names = dict.fromkeys(manifest.source.partition("/")[0] for manifest in whole.manifests)
        return Release(tuple(self._installed(whole, name, charts.get(name, {})) for name in names))

    @staticmethod
    def _installed(whole: Objects, name: str, entry: dict[str, str]) -> Objects:
        scenario = Scenario(
            "default", release=entry.get("release", name), namespace=entry.get("namespace", "default")
        )
        mine = [each for each in whole.manifests if each.source.startswith(f"{name}/")]
        chart = replace(whole.chart, name=name, path=name)
        return Objects(Case(name, name, scenario, "1.34.0"), chart, tuple(mine))

    def manifests(self, chart: str) -> Iterator[Manifest]:
        line, source = 1, f"{chart}/templates/example.yaml"
        for document in self.render.text.split("---\n"):
            own = re.match(r"# Source: (\S+)", document)
            found, unreadable = manifests.read_document(document, own[1] if own else source, line)
            assert not unreadable
            yield from found
            line += document.count("\n") + 1

    def found(self) -> list[tuple[str, int, str, str]]:
        objects = self.objects()
        given = kube_yaml.parse(next((f.text for f in self.files if f.title == SCENARIO), "")) or {}
        hits = list(run(self.rule, facts(objects, given), self.release(), self.change()))
        return sorted(
            (*place(hit, manifest), self.rule.id, self.rule.severity.label) for hit, manifest in hits
        )


def subjects(
    rule: Rule, of: Facts, release: Release, change: Change
) -> Iterator[tuple[Any, Manifest | None]]:
    for manifest in of.objects.manifests:
        if rule.on is Manifest:
            yield manifest, manifest
        elif rule.on is Container:
            yield from ((container, manifest) for container in manifests.containers(manifest))
    whole = {Objects: of.objects, Facts: of, Chart: of.objects.chart, Release: release, Change: change}
    if rule.on in whole:
        yield whole[rule.on], None


def run(rule: Rule, of: Facts, release: Release, change: Change) -> Iterator[tuple[Hit, Manifest | None]]:
    assert rule.check
    for subject, manifest in subjects(rule, of, release, change):
        yield from ((hit, manifest) for hit in rule.check(subject) if not hit.undecided)


def place(hit: Hit, manifest: Manifest | None) -> tuple[str, int]:
    if hit.place:
        return hit.place.file, hit.place.line or 1
    manifest = hit.manifest or manifest
    assert manifest
    return "", manifests.position(manifest, (*manifest.base, *hit.path), hit.on_key)[0]


def examples() -> Iterator[Example]:
    for rule in RULES.values():
        texts = [rule.text, *(path.read_text() for path in FOLDER.glob(f"{rule.id}.md"))]
        for section in [section for text in texts for section in parse(text).sections]:
            files = tuple(fence for fence in section.fences if fence.title)
            renders = [fence for fence in section.fences if not fence.title] or [Fence("")]
            if rule.check and section.fences:
                yield from (Example(rule, section.title, render, files) for render in renders)


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_a_rule_finds_exactly_the_lines_that_its_example_marks(example: Example) -> None:
    expected = example.expected

    assert expected == example.found()


def test_every_file_of_examples_is_of_a_rule() -> None:
    assert [path.name for path in FOLDER.glob("*.md") if path.stem not in RULES] == []


SPOILED: tuple[Any, ...] = (None, True, 5, 1.5, "x y", [], {}, [None], ["a"], {"a": {}}, [{}], [["a"]])
"""What stands where something else belongs."""


def paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """The path to each value in *value*, itself apart."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (step,)
            yield from ((step, *rest) for rest in paths(inner))


def spoiled(value: Any, path: tuple[str | int, ...], by: Any) -> Any:
    if not path:
        return by
    changed = copy.copy(value)
    changed[path[0]] = spoiled(changed[path[0]], path[1:], by)
    return changed


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_a_rule_survives_anything_anywhere_in_an_object(example: Example) -> None:
    """Schemas say what has the wrong form; each value gives way to another kind of value in turn."""
    whole, release, kinds = example.objects(), example.release(), itertools.cycle(SPOILED)
    for index, manifest in enumerate(whole.manifests):
        for path in paths(manifest.body):
            changed = [*whole.manifests]
            changed[index] = replace(manifest, body=spoiled(manifest.body, path, next(kinds)))
            objects = replace(whole, manifests=tuple(changed))
            cases = [replace(one, manifests=objects.manifests) for one in release.cases[:1]]
            together = Release((*cases, *release.cases[1:]))
            hits = run(example.rule, facts(objects, {}), together, example.change())
            assert all(hit.message for hit, _ in hits)
