"""Which template functions answer differently each time, and what constants stand in for them.

Only the names of functions inside actions are rewritten, and each stand-in takes the arguments
that the function took, given or piped. The stand-ins hold no quotation marks, backslashes or line
ends, so that they may stand in templates and inside YAML strings of any style alike.

Not frozen: ``date``, ``htmlDate`` and ``durationRound`` of something that is not a time, which read
the clock in silence, and the order of ``values``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.helm import frozen_keys
from chartkit.model.chart_file import Kind, canonical
from chartkit.syntax.gotemplate import lexer

NOW: Final = "2024-01-01"
"""The day whose midnight, UTC, a frozen ``now`` is."""

_BCRYPT: Final = "$2a$10$fu40exl0XoMJbk6qLyeVm.xj9A6iTLgojTJSHC4iS9/7qdlb/jJDy"
"""Of the password ``chartkit-frozen``."""
_VALUES_ACTION: Final = 4096
"""The longest action, in characters, that is looked for in a values file."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What replaces a function's name, and what is added after its last argument."""

    name: str
    after: str = ""

    @property
    def mark(self) -> str:
        """A part that shows up where a template was printed instead of run; empty where none is telling."""
        start = self.name[:24]
        return start if "`" in start else ""


def _letters(seed: str) -> StandIn:
    """As many characters of *seed*, over and over, as the one argument says."""
    return StandIn(f"printf `%.[2]*[1]s` (repeat 4096 `{seed}`)")


def _constant(value: str) -> StandIn:
    """*value*, a non-empty expression, whatever the arguments are."""
    return StandIn(f"coalesce {value}")


_CERTIFICATE: Final = _constant(
    f"(dict `Cert` (b64dec `{frozen_keys.CERTIFICATE}`) `Key` (b64dec `{frozen_keys.CERTIFICATE_KEY}`))"
)
_KEYS: Final = {
    "rsa": frozen_keys.RSA_KEY,
    "dsa": frozen_keys.DSA_KEY,
    "ecdsa": frozen_keys.ECDSA_KEY,
    "ed25519": frozen_keys.ED25519_KEY,
}

STAND_INS: Final[Mapping[str, StandIn]] = {
    **{
        name + suffix: _CERTIFICATE
        for name in ("genCA", "genSelfSignedCert", "genSignedCert")
        for suffix in ("", "WithKey")
    },
    "genPrivateKey": StandIn(
        "get (dict " + " ".join(f"`{kind}` (b64dec `{key}`)" for kind, key in _KEYS.items()) + ")"
    ),
    "randAlphaNum": _letters("frozen7"),
    "randAlpha": _letters("frozen"),
    "randAscii": _letters("frozen-7"),
    "randNumeric": _letters("7"),
    "randBytes": StandIn(_letters("frozen").name, " | b64enc"),
    "randInt": StandIn("min", " | int"),
    "uuidv4": StandIn("`00000000-0000-4000-8000-000000000000`"),
    "now": StandIn(f"(toDate `2006-01-02` `{NOW}`)"),
    "ago": _constant("`24h0m0s`"),
    "htpasswd": StandIn(f"printf `%[1]s:{_BCRYPT}`"),
    "bcrypt": _constant(f"`{_BCRYPT}`"),
    "encryptAES": _constant("`ZnJvemVuLWJ5LWNoYXJ0a2l0LWZyb3plbi1ieS1jaGE=`"),
    "shuffle": StandIn("toString"),
    "keys": StandIn("keys", " | sortAlpha"),
}

# One expression for each name: as each begins with letters to look for, ten times as fast as one for all.
_NAMES: Final = tuple(re.compile(rf"{name}(?!\w)".encode()) for name in STAND_INS)
_INNER: Final = frozenset(b"_.$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def freeze(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* of a chart with its templates frozen; the same mapping where nothing is to be frozen.

    Lines stay where they are. A template that cannot be read is left to Helm to refuse.
    """
    return _rewritten(files, ("template", "partial", "notes"), freeze_template)


def freeze_defaults(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* with the template text in values.yaml frozen, which the chart may hand to ``tpl``."""
    return _rewritten(files, {"values"}, freeze_values_file)


def freeze_values(values: Any) -> Any:
    """*values*, plain data, with the template text in its strings frozen; itself where there is none."""
    if isinstance(values, str):
        calls = "{{" in values and _calls(values.encode("utf-8", "surrogateescape"))
        return freeze_template(values, telling=True) if calls else values
    if isinstance(values, Mapping):
        fresh = {key: freeze_values(value) for key, value in values.items()}
        return fresh if any(fresh[key] is not values[key] for key in fresh) else values
    if isinstance(values, list):
        items = [freeze_values(value) for value in values]
        return items if any(new is not old for new, old in zip(items, values, strict=True)) else values
    return values


def freeze_template(source: str, *, telling: bool = False) -> str:
    """The template *source* frozen; unchanged where Go could not read it.

    *telling* leaves out the stand-ins that `shows_stand_in` would not notice.
    """
    try:
        segments = lexer.lex(source)
    except lexer.TemplateSyntax:
        return source
    return _apply(source, segments, telling=telling)


def freeze_values_file(source: str) -> str:
    """The actions in the YAML *source* frozen; what only looks like one stays as it is."""
    return _apply(source, actions(source), telling=True)


def shows_stand_in(text: str) -> bool:
    """Whether *text* shows the source of a stand-in, plain or in base64: a template printed, not run."""
    return _SHOWN.search(text) is not None


_Rewrite = Callable[[str], str]


def _rewritten(files: Mapping[str, bytes], kinds: Collection[Kind], rewrite: _Rewrite) -> Mapping[str, bytes]:
    changed: dict[str, bytes] = {}
    for name, content in files.items():
        if canonical(name).kind in kinds and _calls(content):
            fresh = _rewrite_bytes(content, rewrite)
            if fresh != content:
                changed[name] = fresh
    return {**files, **changed} if changed else files


def _calls(content: bytes) -> bool:
    """Whether *content* may call one of the functions: a quick look, before it is read by Go's rules."""
    for name in _NAMES:
        for match in name.finditer(content):
            if not match.start() or content[match.start() - 1] not in _INNER:
                return True
    return False


def _rewrite_bytes(content: bytes, rewrite: _Rewrite) -> bytes:
    try:
        return rewrite(content.decode()).encode()
    except UnicodeDecodeError:
        return content


def actions(source: str) -> Iterator[lexer.Segment]:
    """The actions in YAML text, whatever stands between them."""
    unescaped = source.replace('\\"', ' "')  # as a template is inside a double-quoted YAML string
    position = source.find("{{")
    while position >= 0:
        segment = _action(source, position) or _action(unescaped, position)
        if segment is not None:
            yield segment
        position = source.find("{{", segment.end if segment else position + 2)


def _action(source: str, start: int) -> lexer.Segment | None:
    try:
        return lexer.action(source, start, start + _VALUES_ACTION)
    except lexer.TemplateSyntax:
        return None


Edit = tuple[int, int, str]
"""A stretch of the source, from and to, and what replaces it."""


def edits(segment: lexer.Segment, *, telling: bool = False) -> Iterator[Edit]:
    """What is to be replaced in one action to freeze it."""
    ends: list[int] = []
    for index, token in enumerate(segment.tokens):
        stand_in = STAND_INS.get(token.text) if token.kind == "identifier" else None
        if stand_in is None or (telling and not stand_in.mark):
            continue
        yield token.start, token.end, stand_in.name
        if stand_in.after:
            ends = ends or lexer.command_ends(segment.tokens)
            yield ends[index], ends[index], stand_in.after


def _apply(source: str, segments: Iterable[lexer.Segment], *, telling: bool) -> str:
    every = [edit for segment in segments for edit in edits(segment, telling=telling)]
    parts: list[str] = []
    position = 0
    for start, end, text in sorted(every, key=lambda edit: edit[:2]):
        parts += [source[position:start], text]
        position = end
    return "".join([*parts, source[position:]])


def _shown() -> re.Pattern[str]:
    marks = {stand_in.mark for stand_in in STAND_INS.values()} - {""}
    coded = {core for mark in marks for core in frozen_keys.base64_cores(mark.encode())}
    return re.compile("|".join(map(re.escape, sorted(marks | coded))))


_SHOWN: Final = _shown()
