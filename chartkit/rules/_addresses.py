"""What Helm takes for an address: of a page, as Go reads one, of a maintainer's page, and of a person.

Texts are untrusted: what is longer than any address is none, so that nothing takes long.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 2082
_LONGEST_HOST: Final = 255
_LONGEST_MAIL: Final = 500

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}"
_PATH: Final = re.compile(rf"(?:[^%]|{_ESCAPED})*", re.DOTALL)
_USER: Final = re.compile(rf"(?:[A-Za-z0-9_.~:!$&'()*+,;=@-]|{_ESCAPED})*")
_IN_HOST: Final = re.compile(
    r"""(?:[A-Za-z0-9_.~!$&'()*+,;=:\[\]<>"-]|[^\x00-\x7f]|%25|%[89A-Fa-f][0-9A-Fa-f])*"""
)
_PORT: Final = re.compile(r"(?::[0-9]*)?")

_WORD: Final = "[A-Za-z0-9]"
_ANY: Final = "[A-Za-z0-9\u00a1-\uffff]"
_PAGE_HOST: Final = (
    r"(?:[1-9][0-9]?|1[0-9]{2}|2[0-24][0-9]|25[0-5])(?:\.(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}"
    r"|\[[0-9A-Fa-f:.]+\]"
    rf"|(?:{_WORD}[A-Za-z0-9_-]*{_WORD}(?:[-.]{_WORD}+)*"
    rf"|www\.|{_WORD}+(?:[-_.]{_WORD}+)*{_WORD}\.{_WORD}+)?"
    rf"{_ANY}+(?:--?{_ANY}+)*(?:\.[A-Za-z\u00a1-\uffff]+)?"
)
"""Compiled where it is used, as _MAIL is: that takes 30 ms."""
_PAGE: Final = re.compile(r"(?P<host>[^\s/?#]*?)\.?(?::[0-9]{1,5})?(?:[/?#]\S*)?")
_PAGE_SCHEME: Final = re.compile(r"(?:ftp|tcp|udp|wss?|https?)://")

_BEYOND_ASCII: Final = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ATOM: Final = rf"[A-Za-z0-9!#$%&'*+\-/=?^_`{{|}}~{_BEYOND_ASCII}]+"
_LETTER: Final = rf"[A-Za-z{_BEYOND_ASCII}]"
_LETTER_OR_DIGIT: Final = rf"[A-Za-z0-9{_BEYOND_ASCII}]"
_INSIDE: Final = rf"[A-Za-z0-9._~{_BEYOND_ASCII}-]*"
_MAIL: Final = (
    rf'(?:{_ATOM}(?:\.{_ATOM})*|"[^"\\\s]*")@'
    rf"{_LETTER_OR_DIGIT}(?:{_INSIDE}{_LETTER_OR_DIGIT})?\."
    rf"{_LETTER}(?:{_INSIDE}{_LETTER})?\.?"
)


def is_url(text: str) -> bool:
    """Whether Go takes *text* for a URL with a scheme; ``mailto:me`` and ``file:///x`` are, too."""
    scheme = _SCHEME.match(text)
    return scheme is not None and _CONTROL.search(text) is None and _is_rest(text[scheme.end() :])


def is_page(text: str) -> bool:
    """Whether *text* is the address of a page, with a scheme or without, as Helm wants a maintainer's."""
    if len(text) > _LONGEST or len(text.encode()) <= 3 or text.startswith("."):
        return False
    address, _, fragment = text.partition("#")
    whole = address if "://" in text else f"http://{address}"
    is_name = ":" in text or "." in address.partition("?")[0]  # ``localhost`` alone is none
    if not is_name or not is_url(whole) or not _PATH.fullmatch(fragment):
        return False
    rest = _PAGE_SCHEME.sub("", text, count=1)
    candidates = (rest, rest.partition("@")[2], rest.rpartition("@")[2])
    return any(_is_page(candidate) for candidate in candidates if candidate)


def is_mail(text: str) -> bool:
    """Whether *text* is the mail address of a person and nothing else."""
    return len(text) <= _LONGEST_MAIL and re.fullmatch(_MAIL, text) is not None


def _is_page(text: str) -> bool:
    match = _PAGE.fullmatch(text)
    host = match["host"] if match else ""
    return len(host) <= _LONGEST_HOST and re.fullmatch(_PAGE_HOST, host) is not None


def _is_rest(text: str) -> bool:
    """Whether *text* can stand behind the scheme: anything, unless it has a path and perhaps a host."""
    if not text.startswith("/"):
        return True
    path = text.partition("?")[0]
    if path.startswith("//"):
        authority, slash, below = path[2:].partition("/")
        path = slash + below
        user, _, host = authority.rpartition("@")
        if not _USER.fullmatch(user) or not _is_host(host):
            return False
    return _PATH.fullmatch(path) is not None


def _is_host(text: str) -> bool:
    if text.startswith("["):
        name, bracket, port = text.rpartition("]")
        return bool(bracket) and _IN_HOST.fullmatch(name) is not None and _PORT.fullmatch(port) is not None
    _, colon, port = text.rpartition(":")
    return _IN_HOST.fullmatch(text) is not None and (not colon or _PORT.fullmatch(colon + port) is not None)
