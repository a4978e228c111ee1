"""What is kept of a value is enough to make it again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.coverage.suggest import Advice, Suggestion
from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.place import ResourceId
from chartkit.model.render import Failure
from chartkit.pipeline.result_cache import decode, encode

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


def test_sets_come_back_and_are_written_in_order() -> None:
    found = Advice((Suggestion("web", "big", {"values": {"mode": "big"}}, frozenset({3, 1, 2})),), (), 7)
    data = encode(found)

    assert data[0][0][3] == [1, 2, 3]
    assert decode(Advice, json.loads(json.dumps(data))) == found
