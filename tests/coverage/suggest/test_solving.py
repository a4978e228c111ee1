"""Whatever is found to be set for a goal brings it about, as far as that can be told."""

from __future__ import annotations

import pytest

from chartkit.coverage.suggest import goals
from chartkit.coverage.suggest.settings import ScenarioSettings
from chartkit.coverage.suggest.shapes import Shapes
from chartkit.coverage.suggest.solving import Solver, reason
from chartkit.coverage.suggest.visits import Goal
from tests.coverage.suggest.conftest import chart_of, embedded
from tests.coverage.suggest.test_terms import KNOWN, UNKNOWN, WORLD, term_of

EXPRESSIONS = [
    *KNOWN,
    *UNKNOWN,
    ".Values.word",
    ".Values.three",
    ".Values.list",
    ".Values.map",
    ".Values.absent",
    ".Values.absent.deep",
    "len .Values.word",
    "concat .Values.list .Values.absent",
    "merge .Values.map .Values.empty",
    "append .Values.list .Values.word",
    'set .Values.map "q" .Values.word',
    "list .Values.word .Values.none",
    'dict "q" .Values.word',
    'printf "%s-%s" .Values.word .Values.none',
    'print .Values.word "-x"',
    "keys .Values.map",
    "values .Values.map",
    "until (int .Values.three)",
    'splitList "," .Values.word',
    'join "," .Values.absent',
    "join .Values.word .Values.absent",
    "first .Values.list",
    "last .Values.absent",
    "index .Values.absent 0",
    "and .Values.yes .Values.word",
    "or .Values.none .Values.absent",
    "coalesce .Values.none .Values.absent .Values.word",
    "ternary .Values.word .Values.none .Values.yes",
    "quote .Values.word",
    "upper .Values.word",
    "toYaml .Values.map",
    "max .Values.three 2",
    "kindOf .Values.absent",
    "typeOf .Values.absent",
    "semverCompare .Values.word .Values.version",
    "hasPrefix .Values.word .Values.none",
    "has .Values.word .Values.absent",
    "hasKey .Values.map .Values.word",
    "eq .Values.word .Values.none",
    "lt .Values.three .Values.half",
    ".Capabilities.KubeVersion.Major",
    ".Release.Namespace",
]
GOALS: list[Goal] = [
    ("truth", True),
    ("truth", False),
    ("is", ("q", True)),
    ("is", ("abc", False)),
    ("is", (True, True)),
    ("is", ("false", True)),
    ("is", (3, False)),
    ("is", ("", True)),
    ("length", 0),
    ("length", 1),
    ("length", 3),
    ("longer", 2),
    ("order", ("gt", 3)),
    ("order", ("lt", 2)),
    ("order", ("ge", "b")),
    ("kind", ("map", True)),
    ("kind", ("string", False)),
    ("key", ("q", True)),
    ("key", ("k", False)),
    ("has", ("q", True)),
    ("has", ("a", False)),
    ("test", ("hasPrefix", "q", True)),
    ("test", ("contains", "b", False)),
    ("test", ("regexMatch", "^[0-9]+m$", True)),
    ("semver", (">=3.0.0", True)),
    ("semver", (">=1.0.0", False)),
]


def solver() -> Solver:
    chart = chart_of({"values.yaml": "word: abc\n"})
    shapes = Shapes(chart, WORLD.values, {("absent",): True, ("absent", "*"): False}, embedded().read_yaml)
    return Solver(ScenarioSettings(shapes, {("word",): ["q", "z"]}, ["1.24.0", "1.33.0"]))


@pytest.mark.parametrize("goal", GOALS, ids=str)
def test_what_is_found_brings_the_goal_about(goal: Goal) -> None:
    solving = solver()
    for expression in EXPRESSIONS:
        constraint = (term_of(expression), goal)
        for world in solving.worlds((constraint,), WORLD):
            assert goals.holds(constraint, world) is not False, expression


MET: dict[str, list[Goal]] = {
    ".Values.word": [GOALS[1], GOALS[2], GOALS[3], GOALS[15], GOALS[21], GOALS[24]],
    ".Values.list": [GOALS[8], GOALS[9], GOALS[10], GOALS[19], GOALS[20]],
    ".Values.map": [GOALS[17], GOALS[18], GOALS[10], GOALS[9]],
    ".Values.three": [GOALS[12], GOALS[13], GOALS[6]],
    "concat .Values.list .Values.absent": [GOALS[10]],
    'printf "%s-x" .Values.word': [("is", ("q-x", True)), ("is", ("abc-x", False))],
    "len .Values.list": [("is", (1, True)), ("is", (3, False)), GOALS[12], GOALS[13]],
}


@pytest.mark.parametrize("expression", MET)
def test_something_is_found_where_something_is_to_be_found(expression: str) -> None:
    for goal in MET[expression]:
        worlds = list(solver().worlds(((term_of(expression), goal),), WORLD))
        assert any(goals.holds((term_of(expression), goal), world) for world in worlds), goal


def test_the_reason_is_that_of_what_does_not_hold() -> None:
    truth = ("truth", True)

    assert reason([(term_of("true"), truth), (term_of('eq "a" "b"'), truth)], WORLD) == (
        "its condition is constant in this chart"
    )
    assert "lookup" in reason([(term_of('lookup "v1" "Pod" "a" "b"'), truth)], WORLD)
    assert reason([(term_of(".Values.word"), truth)], WORLD) == ""
    assert reason([(term_of("sha256sum .Values.none | eq .Values.word"), truth)], WORLD) == ""
