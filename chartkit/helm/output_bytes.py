"""Bytes of a render that are not UTF-8, which the embedded Helm cannot hand over in JSON.

Go writes each of them as the escape of U+FFFD, and U+FFFD itself as it is, so that it is known where
they were. Which they were is told by the template itself, when it prints its output in base64.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

UNKNOWN: Final = "\udcff"
"""Stands for a byte that is not known: as texts write bytes that are not UTF-8, a surrogate."""

_ESCAPES: Final = re.compile(r"\\(?:\\|ufffd)")
_BYTES: Final = re.compile("[\udc80-\udcff]")
_TEMPLATE: Final = re.compile(r"(?P<chart>[^/]+/(?:charts/[^/]+/)*templates/)(?P<file>.+)")


def read(answer: str) -> Any:
    """What the JSON *answer* of Go says, with `UNKNOWN` for each byte that is not UTF-8."""
    if r"\ufffd" in answer:
        answer = _ESCAPES.sub(lambda found: found[0] if found[0] == r"\\" else r"\udcff", answer)
    return json.loads(answer)


def text(content: bytes) -> str:
    """The text of *content*; bytes that are not UTF-8 become surrogates."""
    return content.decode("utf-8", "surrogateescape")


def lacking(texts: Mapping[str, str]) -> dict[str, str]:
    """Those of *texts*, by name, that lack bytes."""
    return {name: each for name, each in texts.items() if UNKNOWN in each}


def coded(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    """*files* of a chart, of which those that render to *names* print their output in base64."""
    wanted = {found["file"] for found in map(_TEMPLATE.fullmatch, names) if found}
    changed = dict(files)
    for name, content in files.items():
        found = _TEMPLATE.fullmatch(name)
        if found and found["file"] in wanted:
            folder, slash, file = found["file"].rpartition("/")
            moved = f"{folder}{slash}_chartkit-{file}"
            changed[found["chart"] + moved] = content
            changed[name] = _coding(found["file"], moved).encode()
    return changed


def _coding(file: str, moved: str) -> str:
    """A template for *file* that renders what has *moved*: in base64, but as it is for who includes it."""
    output = f"include (print .Template.BasePath {_quoted(f'/{moved}')}) ."
    own = f"eq .Template.Name (print .Template.BasePath {_quoted(f'/{file}')})"
    coded = f"{{{{ if {own} }}}}{{{{ $text = b64enc $text }}}}{{{{ end }}}}"
    return f"{{{{ $text := {output} }}}}{coded}{{{{ $text }}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def decoded(output: str, lacking: str) -> str:
    """What the template printed whose *output* is in base64; *lacking* where that is something else."""
    try:
        printed = text(base64.b64decode(output, validate=True))
    except (binascii.Error, ValueError):
        return lacking
    return printed if _BYTES.sub(UNKNOWN, printed) == lacking else lacking


def of_files(lacking: str, files: Iterable[bytes]) -> str:
    """The text among *files* that Helm hands over as *lacking*."""
    texts = (text(content.removeprefix(b"\xef\xbb\xbf")) for content in files)
    return next((each for each in texts if _BYTES.sub(UNKNOWN, each) == lacking), lacking)
