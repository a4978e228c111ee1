"""What a term comes to is what Helm makes of the expression, or it is said not to be known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartkit.coverage.suggest import arithmetic
from chartkit.coverage.suggest.evaluation import evaluate, is_not_builtin, semver_parts
from chartkit.coverage.suggest.fitting import suits
from chartkit.coverage.suggest.reading import Reader, TermScope
from chartkit.coverage.suggest.terms import Root, Term, Unknown
from chartkit.coverage.suggest.worlds import UNSURE, Setting, World
from chartkit.helm import engines
from chartkit.model.case import Case, Scenario
from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.pipelines import pipeline_of
from tests.coverage.suggest.conftest import chart_of, embedded

VALUES: dict[str, Any] = {
    "yes": True,
    "no": False,
    "word": "abc",
    "none": "",
    "three": 3,
    "half": 0.5,
    "text": "7",
    "list": ["a", "b", ""],
    "map": {"k": "v", "deep": {"x": 1}},
    "empty": {},
    "version": "1.2.3",
}

KNOWN = [
    "not .Values.yes",
    "and .Values.yes .Values.word",
    "and .Values.no .Values.word",
    "or .Values.none .Values.word",
    "or .Values.none .Values.no",
    'eq .Values.word "abc"',
    'eq .Values.word "x" "abc"',
    'ne .Values.word "abc"',
    "lt (int .Values.three) 4",
    "le .Values.half 0.5",
    "gt (.Values.text | int) 8",
    'ge .Values.word "abb"',
    "empty .Values.empty",
    'hasKey .Values.map "k"',
    'hasKey .Values.map "absent"',
    'kindIs "map" .Values.map',
    'kindIs "slice" .Values.map',
    'kindIs "bool" .Values.yes',
    'kindIs "string" .Values.word',
    'kindIs "invalid" .Values.absent',
    "kindOf .Values.half",
    'has "a" .Values.list',
    'contains "b" .Values.word',
    'hasPrefix "ab" .Values.word',
    'hasSuffix "ab" .Values.word',
    'regexMatch "^a.c$" .Values.word',
    "len .Values.list",
    "toString .Values.yes",
    "toString .Values.three",
    "upper .Values.word",
    'lower "ABC"',
    'trim " a "',
    "quote .Values.word",
    "compact .Values.list",
    "trunc 2 .Values.word",
    "trunc -2 .Values.word",
    'trimSuffix "c" .Values.word',
    'trimPrefix "a" .Values.word',
    'replace "b" "x" .Values.word',
    'splitList "b" .Values.word',
    'join "-" .Values.list',
    "add 1 2 3",
    "sub 3 1",
    "mul 2 3",
    "add1 4",
    "min 3 2",
    "max 3 2",
    "until 3",
    'default "d" .Values.none',
    'default "d" .Values.word',
    'coalesce .Values.none .Values.word "z"',
    'ternary "a" "b" .Values.yes',
    'ternary "a" "b" .Values.no',
    ".Values.map.deep.x",
    'index .Values "map" "deep" "x"',
    "index (list 1 2) 1",
    'get .Values.map "k"',
    'dig "deep" "x" 0 .Values.map',
    'dig "deep" "y" 5 .Values.map',
    '(dict "a" .Values.word).a',
    '(merge (dict "k" "own") .Values.map).k',
    '(mergeOverwrite (dict "k" "own") .Values.map).k',
    '(set (dict) "a" 1).a',
    '(omit .Values.map "k").k',
    "(deepCopy .Values.map).k",
    "(fromYaml (toYaml .Values.map)).k",
    'concat (list "x") (list "y")',
    'append (list "x") "y"',
    'slice (list "a" "b" "c") 1',
    'slice (list "a" "b" "c") 0 2',
    'rest (list "a" "b")',
    'first (list "a" "b")',
    'last (list "a" "b")',
    'print "a" .Values.word',
    'printf "%s-%d%%" .Values.word 3',
    'semverCompare ">=1.2.0" .Values.version',
    'semverCompare ">=2.0.0" .Values.version',
    "tpl .Values.word .",
    'required "x" .Values.word',
    '.Capabilities.APIVersions.Has "example.com/v1"',
    '"example.com/v1" | .Capabilities.APIVersions.Has',
    ".Capabilities.KubeVersion.Minor",
    ".Capabilities.KubeVersion.Version",
    ".Release.Name",
    ".Release.IsUpgrade",
    ".Release.IsInstall",
    ".Chart.Name",
    "true",
    "0x10",
    "1.5",
    "`raw`",
    'lookup "v1" "Secret" "a" "b"',
    "(.Values.absent).deeper",
]

UNKNOWN = [
    '.Files.Get "x"',
    ".Template.Name",
    ".Subcharts",
    ".Nothing",
    'regexMatch "(" .Values.word',
    "index .Values .Values.word",
    "include .Values.word .",
    "dict .Values.word 1",
    "set .Values.map .Values.word 1",
    "printf .Values.word 1",
    "sha256sum .Values.word",
    "eq .Values.map .Values.map",
    "tpl (print .Values.word (print `{{` `.x}}`)) .",
    "'x'",
    "until 1000000000",
    'regexMatch "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"',
    "$unknown",
    "dig 1",
    "ternary 1",
    "len 3",
    '.Capabilities.APIVersions.Has "batch/v1"',
    'semverCompare "no constraint" .Values.version',
]


def term_of(expression: str) -> Term:
    source = f"{{{{ {expression} }}}}"
    pipeline = pipeline_of(lexer.lex(source)[0])
    assert pipeline
    root = Root((), (("Name", "web"),))
    return Reader(source, lambda name, _dot: Unknown(name)).read(pipeline, TermScope(root, {"$": root}))


WORLD = World(VALUES, "1.33.0")


@pytest.mark.parametrize("expression", KNOWN)
def test_a_term_comes_to_what_helm_makes_of_the_expression(expression: str) -> None:
    chart = chart_of({"a.yaml": f"a: {{{{ {expression} | toJson }}}}\n", "values.yaml": json.dumps(VALUES)})
    render = engines.render(embedded(), chart, Case("web", "web", Scenario("x"), "1.33.0"))
    assert render.failure is None, render.failure

    wanted = json.loads(render.text.partition("a: ")[2])
    assert evaluate(term_of(expression), WORLD) == wanted


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_cannot_be_told_is_not_guessed(expression: str) -> None:
    assert evaluate(term_of(expression), WORLD) is UNSURE


def test_a_world_knows_what_was_set() -> None:
    world = World({"a": {"b": [{"c": 1}, {"c": 2}]}, "m": {"x": {"y": 1}}}, "1.33.0")
    deep = world.having(Setting("value", 5, ("a", "b", "*", "c")))
    entry = world.having(Setting("value", 5, ("m", "*", "y")))
    key = world.having(Setting("value", "renamed", ("m", "\0key")))
    option = world.having(Setting("namespace", "mesh")).having(Setting("api-versions", "a.b/v1"))

    assert deep.given == {"a": {"b": [{"c": 5}]}}
    assert entry.given == {"m": {"x": {"y": 5}}}
    assert key.given == {"m": {"renamed": {"y": 1}}}
    assert (option.namespace, option.api_versions, option.options) == (
        "mesh",
        ("a.b/v1",),
        {"namespace": "mesh", "api-versions": ["a.b/v1"]},
    )
    assert world.at(("a", "b", "*", "c")) is UNSURE
    assert world.at(("m", "\0key")) == "x"
    assert repr(UNSURE) == "UNSURE"


def test_numbers_and_kinds_are_those_of_yaml() -> None:
    assert [arithmetic.printed(one) for one in (None, True, 2.0, 1.5, "x")] == ["", "true", "2", "1.5", "x"]
    assert arithmetic.number("no") == 0
    assert arithmetic.kinds("unheard of") == frozenset()
    assert is_not_builtin("monitoring.coreos.com/v1")
    assert not is_not_builtin("rbac.authorization.k8s.io/v1")
    assert semver_parts("x") == ("1", "0")


@pytest.mark.parametrize(
    ("value", "goal", "wanted"),
    [
        ("a", ("truth", True), True),
        (3, ("order", ("gt", 2)), True),
        ("1.0.0", ("semver", (">=2.0.0", False)), True),
        ("x", ("semver", ("nonsense", True)), False),
        ("x", ("test", ("regexMatch", "(", True)), False),
        ("x", ("kind", ("map", True)), False),
    ],
)
def test_a_value_suits_or_not(value: Any, goal: tuple[str, Any], wanted: bool) -> None:
    assert suits(value, goal) is wanted
