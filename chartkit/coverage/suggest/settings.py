"""What to set, so that something which is given to a chart is as it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chartkit.coverage.suggest import arithmetic
from chartkit.coverage.suggest.evaluation import semver_parts
from chartkit.coverage.suggest.fitting import another, falsy, long_table, matching, ordered, suits, versions
from chartkit.coverage.suggest.options import OPTIONS
from chartkit.coverage.suggest.shapes import Shapes
from chartkit.coverage.suggest.terms import EACH, KEY, Ref
from chartkit.coverage.suggest.visits import Goal
from chartkit.coverage.suggest.worlds import Setting, World


class ScenarioSettings:
    """Finds settings; *kube_versions* are those that a scenario may ask for."""

    def __init__(
        self,
        shapes: Shapes,
        compared: Mapping[tuple[str, ...], Sequence[Any]],
        kube_versions: Sequence[str],
    ) -> None:
        self._shapes = shapes
        self._compared = compared
        self._kube_versions = kube_versions

    def of(self, ref: Ref, goal: Goal, world: World) -> Iterator[Setting]:
        """What to set so that *ref* is as *goal* asks, the likeliest first."""
        if ref.path[0] == "Values" and (len(ref.path) > 1 or goal[0] == "key"):
            path = ref.path[1:]
            found = self._values(path, goal, world)
            yield from (Setting("value", value, path) for value in found if self._shapes.allows(path, value))
        elif ref.path[:2] == ("Capabilities", "KubeVersion"):
            yield from self._kube(ref.path[2:], goal)
        elif ref.path in OPTIONS:
            yield from OPTIONS[ref.path](goal, world)

    def with_items(self, ref: Ref, world: World) -> Iterator[World]:
        """Worlds with an item wherever *ref* goes through one; one that is made up has all that it needs."""
        path = ref.path[1:]
        places = [index for index, step in enumerate(path) if step in {EACH, KEY}]
        lacking = next((path[:index] for index in places if not world.at(path[:index])), None)
        if ref.path[0] != "Values" or lacking is None:
            yield world
            return
        made = [one for one in self._shapes.made_up(lacking) if isinstance(one, dict | list)]
        for value in made[:2]:
            yield from self.with_items(ref, world.having(Setting("value", value, lacking)))
        if not made:
            yield world

    def api(self, wanted: Any) -> Iterator[Setting]:
        """The API version *wanted*."""
        if isinstance(wanted, str) and re.fullmatch(r"[^\s/,]+(/[^\s/,]+){0,2}", wanted):
            yield Setting("api-versions", wanted)

    def _kube(self, part: tuple[str, ...], goal: Goal) -> Iterator[Setting]:
        for version in reversed(self._kube_versions):
            value = f"v{version}"
            if part == ("Major",):
                value = semver_parts(version)[0]
            elif part == ("Minor",):
                value = semver_parts(version)[1]
            if suits(value, goal) or (
                part and arithmetic.number(value) and suits(int(arithmetic.number(value)), goal)
            ):
                yield Setting("kube-versions", version)

    def _values(self, path: tuple[str, ...], goal: Goal, world: World) -> Iterator[Any]:
        kind, wanted = goal
        now = world.at(path)
        if path[-1:] == (KEY,):
            if kind == "is" and wanted[1]:
                yield wanted[0]
            return
        if kind == "truth":
            yield from self._truthy(path, now) if wanted else falsy(now)
        elif kind == "is":
            yield from self._equal(path, now, *wanted)
        elif kind in {"length", "longer"}:
            yield from self._long(path, now, int(wanted))
        else:
            yield from self._others(kind, path, now, wanted)

    def _others(self, kind: str, path: tuple[str, ...], now: Any, wanted: Any) -> Iterator[Any]:
        if kind == "key":
            yield from self._key(path, wanted)
        elif kind == "kind":
            yield from self._kind(path, wanted)
        elif kind == "test":
            yield from self._test(path, wanted)
        elif kind == "has":
            value, there = wanted
            many = now if isinstance(now, list) else []
            yield [*many, value] if there else [one for one in many if one != value]
        elif kind == "order":
            yield from ordered(now, wanted)
        elif kind == "semver":
            yield from versions(wanted)
        elif kind == "semver of":
            yield ">=0.0.0-0" if wanted else "<0.0.1-0"

    def _truthy(self, path: tuple[str, ...], now: Any) -> Iterator[Any]:
        compared = [value for value in self._compared.get(path, ()) if value and not isinstance(value, bool)]
        made = self._shapes.made_up(path)
        text = isinstance(now, str) or (now is None and not made)
        yield from compared[:2] if text else ()
        yield from made
        yield from compared if not text else ()

    def _equal(self, path: tuple[str, ...], now: Any, value: Any, same: bool) -> Iterator[Any]:
        if same:
            yield value
            if value == "":
                yield None
            return
        others = [
            *self._shapes.schema(path).get("enum", ()),
            *self._compared.get(path, ()),
            *self._truthy(path, now),
        ]
        if isinstance(value, bool):
            yield not value
        elif isinstance(value, int | float):
            yield value + 1
        yield from (other for other in others if suits(other, ("is", (value, False))))
        yield from (f"{value}-other", "") if isinstance(value, str) else ()

    def _long(self, path: tuple[str, ...], now: Any, length: int) -> Iterator[Any]:
        if length == 0:
            yield from falsy(now)
            return
        usual = [{"example": "example"}, ["example"]]
        for made in [
            now,
            *self._shapes.made_up(path),
            *(one for one in usual if self._shapes.allows(path, one)),
        ]:
            if isinstance(made, list) and made:
                yield [another(made[index % len(made)], index // len(made)) for index in range(length)]
            elif isinstance(made, dict) and made:
                yield from long_table(made, now, length)
            elif isinstance(made, int) and not isinstance(made, bool):
                yield length

    def _key(self, path: tuple[str, ...], wanted: Any) -> Iterator[Any]:
        name, there = wanted
        if not there:
            yield {name: None}
            return
        for value in self._shapes.made_up((*path, name)):
            yield {name: value}
        yield {name: "example"}

    def _kind(self, path: tuple[str, ...], wanted: Any) -> Iterator[Any]:
        name, same = wanted
        kinds = arithmetic.kinds(name)
        examples = [
            *self._shapes.made_up(path),
            "example",
            True,
            1,
            {"example": "example"},
            ["example"],
            None,
        ]
        yield from (value for value in examples if (arithmetic.kind_of(value) in kinds) is same)

    def _test(self, path: tuple[str, ...], wanted: Any) -> Iterator[Any]:
        name, part, there = wanted
        fitting = matching(part) if name == "regexMatch" else [part, f"{part}example", f"example{part}"]
        others = [
            *self._compared.get(path, ()),
            *self._shapes.made_up(path),
            "example",
            "other",
            "x",
            "1",
            "",
        ]
        tried = [*(fitting if there else ()), *(other for other in others if isinstance(other, str))]
        yield from (value for value in tried if suits(value, ("test", wanted)))
