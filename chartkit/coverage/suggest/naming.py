"""Short names for scenarios, from what they set, and the regular expressions that their refusals match."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

LONGEST: Final = 40
_LONGEST_MESSAGE: Final = 60
_TELLS_NOTHING: Final = frozenset(
    {"enabled", "enable", "create", "name", "global", "config", "spec", "value"}
)


def leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of *values* that is no mapping, with its path; an empty mapping is one."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def named(
    given: Mapping[str, Any], options: Mapping[str, Any], taken: Collection[str], *, fails: bool = False
) -> str:
    """A name for a scenario that sets *given* and *options*, which none of *taken* has."""
    words = [word for word in (*map(_of_leaf, leaves(given)), *_of_options(options)) if word]
    words = list(dict.fromkeys(words))
    name = words[0] if words else "branch"
    for word in words[1:]:
        if len(name) + len(word) + 1 > LONGEST or len(words) > 3:
            name = f"{name}-and-more"
            break
        name = f"{name}-{word}"
    name = f"{name}-refused" if fails else name
    return free(name, taken)


def free(name: str, taken: Collection[str]) -> str:
    """*name*, or it with a number."""
    name = name[:60].strip("-") or "branch"
    number = 2
    found = name
    while found in taken:
        found = f"{name}-{number}"
        number += 1
    return found


def _of_leaf(leaf: tuple[tuple[str, ...], Any]) -> str:
    path, value = leaf
    telling = [step for step in path if step.lower() not in _TELLS_NOTHING] or list(path)
    words = _kebab("-".join(telling[-2:]))
    if value is False:
        return f"no-{words}"
    if value is None or value in ("", 0) or value == []:
        return f"without-{words}"
    if isinstance(value, str) and re.fullmatch(r"[\w.]{1,14}", value) and value != "example":
        return f"{words}-{_kebab(value)}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{words}-{value}"
    return words


def _of_options(options: Mapping[str, Any]) -> Iterator[str]:
    if options.get("upgrade"):
        yield "upgrade"
    if version := options.get("kube-versions"):
        yield f"kube-{version.removesuffix('.0')}"
    for version in options.get("api-versions", ()):
        group, _, kind = version.rpartition("/")
        yield _kebab(kind if re.fullmatch(r"[A-Z]\w+", kind) else group.split("/")[0].split(".")[0] or kind)
    for option in ("namespace", "release"):
        if option in options:
            yield f"{option}-{options[option]}"


def _kebab(words: str) -> str:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", words)
    return re.sub(r"[^a-z0-9.]+", "-", split.lower()).strip("-.")


def pattern(message: str) -> str:
    """A regular expression that the *message* of a refusal matches: its first words."""
    line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    if len(line) > _LONGEST_MESSAGE:
        line = line[:_LONGEST_MESSAGE].rpartition(" ")[0] or line[:_LONGEST_MESSAGE]
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", line)
