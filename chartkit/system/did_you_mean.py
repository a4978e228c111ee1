"""What a misspelled word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str:
    """The one of *known* that *word* looks most like; empty where none comes near."""
    import difflib

    # difflib takes quadratic time; nothing that long is a slip of the finger.
    candidates = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word[:80].lower(), candidates, n=1, cutoff=0.6)
    return candidates[found[0]] if found else ""


def suggestion(word: str, known: Iterable[str], most: int = 12) -> str:
    """A hint that names the word that was probably meant, else all *known* ones (if few), else nothing."""
    names = sorted(known)
    near = closest(word, names)
    if near:
        return f"did you mean {near!r}?"
    return f"use one of: {', '.join(names)}" if 0 < len(names) <= most else ""
