"""Keeps of values what JSON, in which they travel, would lose: integers, and bytes that are not UTF-8.

Helm prints ``--set uid=1000650000`` as that, and the same number from a values file, or from JSON, as
``1.00065e+09``. A file of ``--set-file`` may be a key store, of which templates print the base64.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from chartkit.helm.inputs import set_bytes, set_integers
from chartkit.model.place import Path

_GLOBALS: Final = "chartkit.globals"


def template(values: Any) -> str:
    """Actions that print nothing and put what JSON loses of *values* into ``.Values``, of subcharts too."""
    found = [(path, f"(int64 {number})") for path, number in set_integers(values)]
    found += [(path, f'("{_coded(content)}" | b64dec)') for path, content in set_bytes(values)]
    root = "".join(_setter(path, value) for path, value in found)
    everywhere = "".join(_setter(path, value) for path, value in found if path[0] == "global")
    if not everywhere:
        return root
    below = f'{{{{ range .Subcharts }}}}{{{{ template "{_GLOBALS}" . }}}}{{{{ end }}}}'
    return f'{{{{ define "{_GLOBALS}" }}}}{everywhere}{below}{{{{ end }}}}{root}{below}'


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _setter(path: Path, value: str) -> str:
    """An action that sets what is at *path* of the values to *value*, where there is something."""
    above, last = list(path[:-1]), path[-1]
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
