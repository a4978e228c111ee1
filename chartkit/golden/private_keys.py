"""The private keys that frozen charts print: left out of golden files, where scanners look for secrets.

They are constants and no secret, which no scanner can know. A marker that names the key
stands for it and for nothing else, so a comparison loses nothing; a key that is not frozen stays what it is.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator
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
    return _pattern().sub(lambda found: MARKER.format(str(found.lastgroup).replace("_", "-")), text)


@functools.cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(form for kind, key in _KEYS.items() for form in _forms(kind, key)))


def _forms(kind: str, coded: str) -> Iterator[str]:
    """Patterns of a key that is given in base64: plain; in base64 alone, and inside of a text, or of JSON.

    What is inside keeps a letter at least, which tells it from a key alone.
    """
    lines = base64.b64decode(coded).decode().splitlines()
    yield f"(?P<{kind}>{_LINE_END.join(map(re.escape, lines))})"
    texts = ("\n".join(lines), "\\n".join(lines))
    inside = (core[:-1] for text in texts for core in frozen_keys.base64_cores(text.encode()))
    yield f"(?P<{kind}_in_base64>{'|'.join(map(re.escape, (coded, *inside)))})"
