"""No golden file holds what a scanner for secrets takes for a private key, unless somebody's is in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator

import pytest

from chartkit.golden.private_keys import without_private_keys
from chartkit.helm import frozen_keys

KEYS = {
    kind: base64.b64decode(coded).decode()
    for kind, coded in {
        "certificate": frozen_keys.CERTIFICATE_KEY,
        "rsa": frozen_keys.RSA_KEY,
        "dsa": frozen_keys.DSA_KEY,
        "ecdsa": frozen_keys.ECDSA_KEY,
        "ed25519": frozen_keys.ED25519_KEY,
    }.items()
}


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def indented(text: str) -> str:
    return text.replace("\n", "\n    ")


FORMS: dict[str, tuple[Callable[[str], str], str]] = {
    "block": (lambda key: f"a: |\n    {indented(key)}", "a: |\n    <key>\n    "),
    "CRLF": (lambda key: key.replace("\n", "\r\n"), "<key>\r\n"),
    "quoted": (lambda key: f"a: {json.dumps(key)}", 'a: "<key>\\n"'),
    "JSON in quotes": (lambda key: json.dumps(json.dumps({"a": key})), r'"{\"a\": \"<key>\\n\"}"'),
    "block in quotes": (lambda key: json.dumps(f"a: |\n  {indented(key)}"), r'"a: |\n  <key>\n    "'),
    "base64": (lambda key: f"a: {coded(key)}\n", "a: <key-in-base64>\n"),
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_a_frozen_key_is_named_instead_of_printed(kind: str, form: str) -> None:
    printed, expected = FORMS[form]
    assert without_private_keys(printed(KEYS[kind])) == expected.replace(
        "<key", f"<chartkit:frozen-private-key-{kind}"
    )


def decoded(text: str) -> Iterator[str]:
    """*text*, and what a scanner that reads base64 sees in it, wherever it begins."""
    yield text
    for word in re.findall(r"[A-Za-z0-9+/]{16,}", text):
        for start in range(4):
            whole = word[start:]
            yield base64.b64decode(whole[: len(whole) // 4 * 4]).decode("latin-1")


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("before", ["", "x", "xy", "-----BEGIN CERTIFICATE-----\n"])
@pytest.mark.parametrize("shape", ["{}", "{}\n", '{{"a": "{}"}}'])
def test_a_frozen_key_inside_of_base64_is_not_to_be_found(kind: str, before: str, shape: str) -> None:
    bare = KEYS[kind].rstrip("\n")
    text = coded(before + shape.format(bare.replace("\n", "\\n") if "a" in shape else bare))
    assert any("PRIVATE KEY" in each for each in decoded(text))  # or this test would see nothing
    assert not [each for each in decoded(without_private_keys(text)) if "PRIVATE KEY" in each]


def test_what_differs_still_differs() -> None:
    key = KEYS["rsa"]
    texts = [
        coded(key),
        coded(key.rstrip()),
        coded(key + "\n"),
        coded("x" + key),
        key,
        key.rstrip(),
        " " + key,
    ]
    texts += [coded(other) for other in KEYS.values() if other != key]
    assert len({without_private_keys(text) for text in texts}) == len(texts)


def test_another_key_stays_where_scanners_find_it() -> None:
    other = KEYS["ecdsa"].replace("MHcC", "MHcD")
    assert without_private_keys(other) == other
    assert without_private_keys(coded(other)) == coded(other)
