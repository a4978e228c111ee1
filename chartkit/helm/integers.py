"""Keeps numbers from ``--set`` integers where values travel as JSON, which Go reads as floats.

Helm prints ``--set uid=1000650000`` as that, and the same number from a values file as
``1.00065e+09``.
"""

from __future__ import annotations

import json
from typing import Any, Final

from chartkit.helm.inputs import set_integers
from chartkit.model import Path

_GLOBALS: Final = "chartkit.globals"


def template(values: Any) -> str:
    """Actions that print nothing and put the integers of *values* into ``.Values``, of subcharts too."""
    found = list(set_integers(values))
    root = "".join(_setter(path, number) for path, number in found)
    everywhere = "".join(_setter(path, number) for path, number in found if path[0] == "global")
    if not everywhere:
        return root
    below = f'{{{{ range .Subcharts }}}}{{{{ template "{_GLOBALS}" . }}}}{{{{ end }}}}'
    return f'{{{{ define "{_GLOBALS}" }}}}{everywhere}{below}{{{{ end }}}}{root}{below}'


def _setter(path: Path, number: int) -> str:
    """An action that sets what is at *path* of the values, where there is something."""
    above, last = list(path[:-1]), path[-1]
    value = f"(int64 {number})"
    if isinstance(last, int) and isinstance(key := above[-1], str):
        above.pop()
        there = f"(get . {_quoted(key)})"
        value = f"(concat (slice {there} 0 {last}) (list {value}) (slice {there} {last + 1}))"
        last = key
    if isinstance(last, int):  # in a list in a list: stays a float
        return ""
    action = f"{{{{ $_ := set . {_quoted(last)} {value} }}}}"
    for step in reversed(above):
        inner = f"get . {_quoted(step)}" if isinstance(step, str) else f"index . {step}"
        action = f"{{{{ with {inner} }}}}{action}{{{{ end }}}}"
    return f"{{{{ with .Values }}}}{action}{{{{ end }}}}"


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
