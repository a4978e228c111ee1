"""What is kept of a value is enough to make it again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model import CaseRef, Failure, Finding, NotJudged, ResourceId
from chartkit.running.codec import decode, encode

TYPES = [CaseRef, Failure, Finding, NotJudged, ResourceId]


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_survives_json(kind: type) -> None:
    @given(st.from_type(kind))
    def check(value: object) -> None:
        again = json.loads(json.dumps(encode(value)))

        assert decode(kind, again) == value

    check()


@pytest.mark.parametrize("data", [[], ["too", "few"], None, 3])
def test_another_shape_is_refused(data: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(CaseRef, data)
