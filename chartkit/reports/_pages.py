"""What pages have in common: how templates are filled, and how they look.

Whatever comes from a chart is made visible and escaped where a template prints it, without its asking.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import pathlib
from typing import Any, Final

from chartkit.model.coverage import Share
from chartkit.reports import FORMATS
from chartkit.system.terminal import visible

_LOOK: Final = pathlib.Path(__file__).parent / "look.css"


def environment(folder: pathlib.Path) -> Any:
    """The templates in *folder*, which may use no name that they are not given; needs jinja2."""
    FORMATS["html"].require()
    return _environment(folder)


@functools.cache
def _environment(folder: pathlib.Path) -> Any:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    made.filters |= {"percent": _percent, "grade": _grade, "visible": visible}
    return made


def _shown(value: object) -> object:
    """Text as one line without anything that acts or hides; markup is what a template has made."""
    return value if hasattr(value, "__html__") else visible(str(value))


def _percent(share: Share) -> str:
    return f"{share.percent:g}%" if share.of else "-"


def _grade(share: Share) -> str:
    if not share.of:
        return "dim"
    if share.percent == 100:
        return "good"
    return "fair" if share.percent >= 75 else "poor"


def look() -> str:
    """The style that all pages share."""
    return _LOOK.read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """How a page's policy names a script or style that it holds, so that no other one counts."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
