"""Reads renders that share most of their documents: each document is parsed once."""

from __future__ import annotations

import dataclasses
import functools

from chartkit.helm import manifests
from chartkit.model.render import Manifest, Render, Unreadable
from chartkit.system.lru import Memo

_documents: Memo[tuple[tuple[Manifest, ...], tuple[Unreadable, ...]]] = Memo(room=8 << 20)
"""Documents read lately, by text and source; a parsed one takes about ten times the room of its text."""


def read(text: str) -> tuple[tuple[Manifest, ...], tuple[Unreadable, ...]]:
    """The objects of a render; each document is read once, wherever it stands."""
    objects: list[Manifest] = []
    unreadable: list[Unreadable] = []
    for document, source, line in manifests.documents(text):
        read_one = functools.partial(manifests.read_document, document, source, 1)
        good, bad = _documents.get((document, source), len(document), read_one)
        objects += (dataclasses.replace(one, line=one.line + line - 1) for one in good)
        unreadable += (Unreadable(one.rule, one.problem.within(one.problem.place.file, line)) for one in bad)
    return tuple(objects), tuple(unreadable)


def read_dropped(render: Render) -> tuple[tuple[Manifest, ...], tuple[Unreadable, ...]]:
    """The objects that Helm left out of *render*, as if they followed its text."""
    return read("\n" * render.text.count("\n") + render.dropped) if render.dropped else ((), ())
