"""The oracle is Helm itself: what `.Files.Glob` finds of the same files."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from chartkit.helm import engines
from chartkit.model.case import Case, Chart, Scenario
from chartkit.rules._glob import Glob

NAMES = (
    *("a", "b", "A", "aa", "ab", "a/b", "a/b/c", "a.b", "aXb", "a-b", "a]", "a,b", "a*", "{a}"),
    *("conf/a.conf", "conf/b.yaml", "conf/x/y.conf", "conf/.h"),
)
PARTS = ("a", "/", "*", "**", "?", "conf", ".conf", "{a,b}", "[ab]", "[!a]", "[a-b]", "{conf,yaml}")
PATTERNS = (
    *("", "[", "[]", "[!]", "a[", "[a-z0-9]", "[b-a]", "[a-]", "[-a]", "[a]]", "[^a]", "a[.]b", "a[/]b"),
    *("{a", "{a,b", "a}", "a,b", "a]", "{}", "{a,conf}/{b,*.yaml}", "{a,{b,ab}}", "\\*", "a\\*", "a\\", "\\"),
    *("conf/", "/a", "./a", "conf/*/a.conf", "conf/**/a.conf", "a*a", "a**a", "*a**a", "**/*.conf"),
)


def patterns() -> Iterator[str]:
    """The patterns above, and all of three parts but for those with three stars in a row."""
    yield from PATTERNS
    combined = ("".join(parts) for parts in itertools.product(PARTS, repeat=3))
    yield from (pattern for pattern in combined if "***" not in pattern)


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """What Helm finds, by pattern."""
    lines = [
        f"    - [{json.dumps(json.dumps(pattern))}"
        f"{{{{ range $name, $_ := .Files.Glob {json.dumps(pattern)} }}}}, {{{{ quote $name }}}}{{{{ end }}}}]"
        for pattern in patterns()
    ]
    template = "\n".join(
        ["apiVersion: v1", "kind: ConfigMap", "metadata: {name: x}", "data:", "  x:", *lines]
    )
    files = {f"c/{name}": b"x" for name in NAMES}
    files |= {
        "c/Chart.yaml": b"apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "c/templates/x.yaml": template.encode(),
    }
    chart = Chart("c", "c", "1.0.0", "", "v2", "", "", (), files, {}, "")
    render = engines.render(
        engines.open_engine("embedded"), chart, Case("c", "c", Scenario("default"), "1.34.0")
    )
    assert render.failure is None
    rows = [json.loads(line.strip()[2:]) for line in render.text.splitlines() if line.startswith("    - ")]
    return {json.loads(pattern): set(names) for pattern, *names in rows}


def test_a_pattern_finds_what_helm_finds(found: dict[str, set[str]]) -> None:
    mine = {pattern: {name for name in NAMES if Glob(pattern).matches(name)} for pattern in found}

    assert len(found) > 1000
    assert {pattern: mine[pattern] for pattern in found if mine[pattern] != found[pattern]} == {}


@pytest.mark.parametrize("pattern", ["*a" * 100, "**a" * 66, "{*,a}" * 40])
def test_a_pattern_that_is_meant_to_take_long_does_not(pattern: str) -> None:
    assert not Glob(pattern + "b").matches("a" * 4000)


def test_a_pattern_that_is_nested_too_deeply_finds_everything_rather_than_nothing() -> None:
    assert Glob("{" * 200).matches("a")
