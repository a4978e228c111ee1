from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.plan.kube_versions import allowed, choose, without_schemas
from chartkit.syntax.semver import minor, satisfies

KNOWN = tuple(f"1.{minor}.0" for minor in range(25, 38))
versions = st.builds("1.{}.{}".format, st.integers(10, 50), st.integers(0, 20))
parts = st.builds(
    "{}{}{}".format,
    st.sampled_from([">=", ">", "<", "<=", "~", "^", "="]),
    versions,
    st.sampled_from(["", "-0"]),
)


@given(st.lists(parts, min_size=1, max_size=3).map(" ".join))
def test_what_is_chosen_is_allowed_or_explained(constraint: str) -> None:
    chosen = choose(constraint, KNOWN)
    minors = [minor(one)[1] for one in chosen.versions]
    assert minors == sorted(minors)
    if all(satisfies(constraint, one) for one in chosen.versions):
        assert bool(chosen.remark) == (not 25 <= minors[0] <= 37)
    else:
        assert (chosen.versions, bool(chosen.remark)) == (("1.37.0",), True)


@given(parts)
def test_no_known_version_outside_the_chosen_ones_is_allowed(constraint: str) -> None:
    chosen = choose(constraint, KNOWN).versions
    first, last = minor(chosen[0]), minor(chosen[-1])
    outside = [one for one in KNOWN if not first <= minor(one) <= last]
    assert not any(satisfies(constraint, one) for one in outside)


@pytest.mark.parametrize(
    ("constraint", "left"),
    [("", ("1.20.0", "1.30.0")), (">=1.25", ("1.30.0",)), ("=>>x", ("1.20.0", "1.30.0")), (">=1.31", ())],
)
def test_versions_that_were_asked_for_are_narrowed(constraint: str, left: tuple[str, ...]) -> None:
    assert allowed(constraint, ("1.20.0", "1.30.0")) == left


def test_what_a_vendor_adds_leaves_a_version_where_it_is() -> None:
    given = ("1.30.1-gke.5", "1.34+", "1.20.2-eks-1")
    assert allowed(">=1.25.0", given) == given[:2]
    assert [what for what, _ in without_schemas((*given, "1.99.0-gke.1"), KNOWN)] == [
        "Kubernetes 1.20.2-eks-1",
        "Kubernetes 1.99.0-gke.1",
    ]
