"""The private keys that frozen charts print: left out of golden files, where scanners look for secrets.

They are constants and no secret, which no scanner can know. A marker that names the key
stands for it and for nothing else, so a comparison loses nothing; a key that is not frozen stays what it is.
"""

from __future__ import annotations

import base64
import functools
import re
from typing import Final

from chartkit.helm import frozen_keys

MARKER: Final = "<chartkit:frozen-private-key-{}>"

_KEYS: Final = {
    "certificate": frozen_keys.CERTIFICATE_KEY,
    "rsa": frozen_keys.RSA_KEY,
    "dsa": frozen_keys.DSA_KEY,
    "ecdsa": frozen_keys.ECDSA_KEY,
    "ed25519": frozen_keys.ED25519_KEY,
}
_SIGNS: Final = ("PRIVATE KEY-----", "LS0tLS1", "0tLS0tQ", "tLS0tLU")
"""What shows that a key may be there: in plain, or in base64, which has three alignments."""
_LINE_END: Final = r"(?:\r?\n|(?:\\+r)?\\+n)[ \t]*"
"""Between two lines of a key: in a block of YAML, or in a string in quotes, or in a string in that."""


def without_private_keys(text: str) -> str:
    """*text* with a `MARKER`, which names the kind, for each frozen key: plain, in quotes or in base64."""
    if not any(each in text for each in _SIGNS):
        return text
    for first_line, lines, marker in _plain_keys():
        if first_line in text:
            text = lines.sub(marker, text)
    for coded, marker in _keys_in_base64():
        text = text.replace(coded, marker)
    return text


@functools.cache
def _plain_keys() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """The first line after the head of each key, which no other has, what finds the key, and its marker."""
    found = []
    for kind, coded in _KEYS.items():
        lines = base64.b64decode(coded).decode().splitlines()
        found.append((lines[1], re.compile(_LINE_END.join(map(re.escape, lines))), MARKER.format(kind)))
    return tuple(found)


@functools.cache
def _keys_in_base64() -> tuple[tuple[str, str], ...]:
    """Each key in base64 alone, then inside of a text, or of JSON, with its marker.

    What is inside keeps a letter at least, which tells it from a key alone.
    """
    found = []
    for kind, coded in _KEYS.items():
        lines = base64.b64decode(coded).decode().splitlines()
        texts = ("\n".join(lines), "\\n".join(lines))
        inside = (core[:-1] for text in texts for core in frozen_keys.base64_cores(text.encode()))
        found += [(each, MARKER.format(f"{kind}-in-base64")) for each in (coded, *inside)]
    return tuple(found)
