"""The oracle is Helm itself: its ``semverCompare`` judges whole grids in one render."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence

import helm_python
import pytest
from helm_python import _native
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chartkit.syntax import semver
from tests.generated import examples

NUMBERS = (
    "0",
    "1",
    "1.2",
    "1.2.3",
    "0.2",
    "0.2.3",
    "0.0.3",
    "0.0",
    "1.22.0-0",
    "1.2.3-beta.2",
    "v1.21",
    "01.2",
)
WILD = ("*", "x", "1.x", "1.2.x", "1.X.3", "1.*-0", "1.2.x-beta", "*-0")
OPERATORS = ("", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^")
GROUPS = (
    ">=1.2.0 <2.0.0",
    ">= 1.2.0, < 2.0.0-0",
    ">=1.2.0,<2",
    " >=1.2 , !=1.2.3 ",
    "1.2 - 1.4",
    "1.2.0 - 1.23.4-eks-abc || >3",
    "0.0.1-alpha - 2",
    "<1 || >1.22.0-0 <1.30",
    "^1.2 || ~0.2.3",
    "1 2",
    "1.2\t1.2.x",
    ">=1.16.0-0 <1.30.0-0 || >=2.0.0-0",
    "1.2.3+build",
    "!=1.2.x-beta",
    "1-2",
    "1\n",
)
BAD = (
    "",
    "   ",
    "latest",
    "1.2.3.4",
    "1 ||",
    "|| 1",
    ",1",
    "1,",
    "1,,2",
    ">",
    "> =1",
    "==1",
    "<>1",
    "!1",
    "1.2.3-01",
    "1|2",
    "1x",
    "99999999999999999999",
    "v",
    "V1",
    "1.",
    "1.2.3-",
    "1.2.3+",
    "1.2.3-a..b",
    "١.2",  # noqa: RUF001  # a digit, but not ASCII
    "1\v2",
    "1\u00a02",
)
VERSIONS = (
    "0.0.0",
    "0.0.3",
    "0.2.3",
    "0.2.4-rc.1",
    "1.2",
    "1.2.3",
    "v1.2.3",
    "1.2.3-beta.2",
    "1.2.3-beta.11",
    "1.2.3-beta.2.1",
    "1.2.3-beta",
    "1.2.3+build.5",
    "1.2.4",
    "1.3.0",
    "1.21.9",
    "1.22.0",
    "1.22.0-0",
    "v1.23.4-eks-abc",
    "1.23.4-gke.100",
    "1.29.99+k3s1",
    "2.0.0",
    "2.0.0-alpha",
    "2.0.0-0",
    "3.4.5",
    "10.0.0",
    "18446744073709551615.0.0",
    "1.0.0-18446744073709551616",
    "1.0.0-9",
)


def helm(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """What Helm's template function says of each pair, all of them readable."""
    calls = [f"{{{{ semverCompare {json.dumps(one)} {json.dumps(version)} }}}}" for one, version in pairs]
    return [{"true": True, "false": False}[answer] for answer in _render(calls).splitlines()]


def _render(lines: list[str]) -> str:
    with helm_python.Chart.load_archive(_chart("\n".join(lines))) as chart:
        rendered = _native.call_string("helm_render", chart._raw(), "{}", json.dumps({"name": "x"}))
    return str(json.loads(rendered)["grid/templates/grid.txt"])


def _refused(constraint: str, version: str) -> bool:
    try:
        _render([f"{{{{ semverCompare {json.dumps(constraint)} {json.dumps(version)} }}}}"])
    except helm_python.HelmError:
        return True
    return False


def _chart(template: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in (
            ("Chart.yaml", "apiVersion: v2\nname: grid\nversion: 1.0.0\n"),
            ("templates/grid.txt", template),
        ):
            info = tarfile.TarInfo(f"grid/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def test_the_answer_is_helms_on_a_large_grid() -> None:
    constraints = [
        sign + space + number for sign in OPERATORS for space in ("", " ") for number in NUMBERS + WILD
    ]
    pairs = [(constraint, version) for constraint in (*constraints, *GROUPS) for version in VERSIONS]
    ours = [semver.satisfies(constraint, version) for constraint, version in pairs]
    assert len(pairs) > 10_000
    wrong = [pair for pair, mine, theirs in zip(pairs, ours, helm(pairs), strict=True) if mine is not theirs]
    assert wrong == []


@pytest.mark.parametrize("constraint", BAD)
def test_what_helm_refuses_is_a_value_error_that_quotes_it(constraint: str) -> None:
    assert _refused(constraint, "1.2.3")
    with pytest.raises(ValueError, match="is not a version constraint: expected one like") as caught:
        semver.satisfies(constraint, "1.2.3")
    assert repr(constraint) in str(caught.value)
    with pytest.raises(ValueError, match="is not a version constraint"):
        semver.check_constraint(constraint)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("", "expected one like"),
        ("one", "expected one like"),
        ("1.2.3.4", "expected one like"),
        ("1.2.3\n", "expected one like"),
        ("18446744073709551616.0.0", "too large"),
        ("1.2.3-rc.01", "begins with 0"),
        ("1" * 2000, "expected one like"),
    ],
)
def test_a_bad_version_is_a_value_error(version: str, why: str) -> None:
    assert _refused("*", version)
    with pytest.raises(ValueError, match=why):
        semver.satisfies("*", version)


def test_an_endless_constraint_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="at most 1000"):
        semver.satisfies(">=1 " * 500, "1.2.3")


def test_a_constraint_full_of_blanks_ends() -> None:
    for text in ("1" + "   1" * 240 + "!", " " * 990 + "!", "1 - " * 240, "9" * 1000):
        with pytest.raises(ValueError, match="version constraint"):
            semver.satisfies(text, "1.2.3")


def test_minor_of_what_clusters_call_themselves() -> None:
    assert semver.minor("v1.34.0-x") == (1, 34)
    assert semver.minor("1.9") == (1, 9)
    assert semver.minor("v1.100.3-eks-a5565ad+build") == (1, 100)


PRE = st.sampled_from(["", "-0", "-1", "-10", "-a", "-a.1", "-a.b", "-eks-abc", "-rc.1", "-rc.2", "-0a"])
BUILD = st.sampled_from(["", "", "+b", "+1.2"])
NUMBER = st.sampled_from(["0", "1", "2", "3", "10", "22", "007"])
PART = st.one_of(NUMBER, st.sampled_from(["x", "X", "*"]))
TEXT = st.builds(
    lambda v, parts, pre, build: v + ".".join(parts) + pre + build,
    st.sampled_from(["", "v"]),
    st.lists(PART, min_size=1, max_size=3),
    PRE,
    BUILD,
)
VERSION = st.builds(
    lambda v, parts, pre, build: v + ".".join(parts) + pre + build,
    st.sampled_from(["", "v"]),
    st.lists(NUMBER, min_size=1, max_size=3),
    PRE,
    BUILD,
)
ITEM = st.builds(
    lambda sign, space, text: sign + space + text,
    st.sampled_from(OPERATORS),
    st.sampled_from(["", " "]),
    TEXT,
)
CONSTRAINT = st.lists(
    st.one_of(
        st.lists(ITEM, min_size=1, max_size=3).flatmap(
            lambda items: st.sampled_from([" ", ",", ", ", "  "]).map(lambda gap: gap.join(items))
        ),
        st.builds(lambda a, b: f"{a} - {b}", TEXT, TEXT),
    ),
    min_size=1,
    max_size=3,
).map(" || ".join)


@examples(25, allow=(HealthCheck.data_too_large,))
@given(st.lists(st.tuples(CONSTRAINT, VERSION), min_size=20, max_size=60))
def test_the_answer_is_helms_on_anything_well_formed(pairs: list[tuple[str, str]]) -> None:
    readable = []
    for constraint, version in pairs:
        try:
            readable.append((constraint, version, semver.satisfies(constraint, version)))
        except ValueError:  # two parts such as '1.2.3-a - 1': what is refused must be refused by Helm
            assert _refused(constraint, version), (constraint, version)
    theirs = helm([(constraint, version) for constraint, version, _ in readable])
    assert [one for one, their in zip(readable, theirs, strict=True) if one[2] is not their] == []


@examples(150)
@given(st.text(alphabet="01x*|.,-+v=<>!~^ \ta", max_size=12))
def test_any_text_is_judged_or_refused_as_helm_does(constraint: str) -> None:
    try:
        mine = semver.satisfies(constraint, "1.0.1")
    except ValueError:
        assert _refused(constraint, "1.0.1")
    else:
        assert helm([(constraint, "1.0.1")]) == [mine]


@pytest.mark.parametrize(
    ("version", "numbers", "short"),
    [
        ("1.34.0", (1, 34), "1.34"),
        ("v1.34.1-gke.0", (1, 34), "v1.34.1-gke.0"),
        ("1.28+", (1, 28), "1.28+"),
        ("1.31.0+k3s1.0", (1, 31), "1.31.0+k3s1.0"),
    ],
)
def test_versions_of_managed_clusters_are_those_of_their_minor(
    version: str, numbers: tuple[int, int], short: str
) -> None:
    assert semver.minor(version) == numbers
    assert semver.abbreviated(version) == short
