"""Formats and patterns mean what they mean to the API server's Go code."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.rules.schemas import formats
from tests.generated import examples

GOOD = {
    "byte": ["", "aGVsbG8=", "aGVs\nbG8="],
    "cidr": ["192.0.2.0/24", "2001:db8::/32", "192.0.2.1/24"],
    "date": ["2026-01-31"],
    "date-time": ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.5+01:00"],
    "duration": ["1h30m", "0", "1.5s", "-3m", "2 days", "5us"],
    "email": ["a@example.com", "A <a@example.com>"],
    "hostname": ["example.com", "a", "a-b.example.com."],
    "ipv4": ["192.0.2.1"],
    "ipv6": ["::1", "2001:db8::1"],
    "mac": ["00:1a:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e"],
    "uri": ["https://example.com/a?b", "/a", "mailto:a@example.com"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
}
BAD = {
    "byte": ["a", "!"],
    "cidr": ["192.0.2.0", "192.0.2.0/33", "a/8"],
    "date": ["2026-02-30", "20260131"],
    "date-time": ["2026-01-31", "yesterday"],
    "duration": ["", "1", "1 fortnight", "1m" * 100_000 + "!"],
    "email": ["a", "a b@example.com", "<" * 1_000_000],
    "hostname": ["", "a..b", "-a", "a" * 64, ".".join(["a" * 60] * 5)],
    "ipv4": ["1.2.3", "::1", "256.1.1.1"],
    "ipv6": ["192.0.2.1", ":"],
    "mac": ["00:1a", "zz:1a:2b:3c:4d:5e"],
    "uri": ["a b", "", "http://[::1"],
    "uuid": ["123e4567"],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_format_takes_what_fits_and_nothing_else(name: str) -> None:
    check = formats.CHECKS[f"{formats.PREFIX}{name}"]

    assert [value for value in GOOD[name] if not check(value)] == []
    assert [value for value in BAD[name] if check(value)] == []


def test_unknown_formats_are_not_checked() -> None:
    assert formats.prefixed_format("date") == "kubernetes-date"
    assert formats.prefixed_format("gpu-model") is None
    assert formats.prefixed_format(5) is None
    assert set(GOOD) | {"datetime"} == {name.removeprefix(formats.PREFIX) for name in formats.CHECKS}


PATTERNS = [
    (r"^\d+$", "12", "٣"),
    (r"^[\d-]+$", "1-2", "٣"),
    (r"^\w+$", "a_1", "é"),
    (r"^\s$", "\t", "\u00a0"),
    (r"^\S+$", "\u00a0é", " "),
    (r"^\D$", "٣", "3"),
    (r"^\W$", "é", "e"),
    (r"\bb\b", "a b", "ab"),
    (r"^[^\s/]+$", "é", "/"),
    (r"^\Qa.b\E$", "a.b", "axb"),
    (r"^\Qa.b", "a.b", "axb"),
    (r"^[[]$", "[", "]"),
    (r"^[]a]+$", "]a", "b"),
    (r"^[^]a]+$", "bc", "]"),
    (r"^[[:alpha:]]+$", "abc", "1"),
    (r"^[a[]+$", "a[", "b"),
    (r"^[^a[:digit:]]+$", "b", "1"),
    (r"^a\.b\\$", "a.b\\", "axb"),
    (r"^(?P<name>a|b)$", "a", "c"),
    (r"^(?i:abc)$", "ABC", "d"),
    (r"^a{2,3}$", "aa", "aaaa"),
    (r"^.$", "é", "\n"),
    (r"^[\p{L}]+$", "é", "1"),
    (r"^a$", "a", "a\n"),
]


@pytest.mark.parametrize(("pattern", "good", "bad"), PATTERNS)
def test_a_pattern_means_what_go_means_by_it(pattern: str, good: str, bad: str) -> None:
    schema = {"pattern": formats.translate_pattern(pattern)}
    validator = jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())

    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


@examples(200)
@given(st.text(st.sampled_from(r"\dwsbQE[]^-a(|)*:1"), max_size=12))
def test_any_text_is_translated_without_an_exception(pattern: str) -> None:
    assert isinstance(formats.translate_pattern(pattern), str)


def test_a_class_that_cannot_be_said_is_not_evaluated() -> None:
    with pytest.raises(ValueError, match="regex"):
        jsonschema_rs.Draft202012Validator({"pattern": formats.translate_pattern("[[:^alpha:]]")})
