"""What goes to the Helm in the library and what comes back, without the losses on the way.

The library takes a chart as an archive and values as JSON, and gives texts as JSON. Three things would be
lost:

- Integers, and bytes that are not UTF-8. Helm prints ``--set uid=1000650000`` as that, and the same number
  from a values file, or from JSON, as ``1.00065e+09``. A file of ``--set-file`` may be a key store, of which
  templates print the base64.
- The nulls of values.yaml. Helm 4.2.0 to 4.2.3 take them out of a chart's own values (helm/helm#32530), so
  that ``.Values`` lacks keys that Helm 3 and 4.1 print, and a parent's null no longer takes away a subchart's
  default (helm/helm#32538).
- Bytes of a render that are not UTF-8. Go writes each as the escape of U+FFFD, and U+FFFD itself as it is, so
  that it is known where they were. Which they were is found by another render, which prints base64.

A template that runs before all others puts the first two back.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chartkit.helm.subcharts import ChartScope, Tree
from chartkit.helm.values import set_bytes, set_integers
from chartkit.model.chart_file import canonical, decoded, text
from chartkit.model.place import Path

_BLOCK: Final = 512
_NAME: Final = 100
_FILE: Final = b"0"
_LONG_NAME: Final = b"L"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of *files* by canonical name, in the order in which Helm walks a folder.

    Half the cost of a small render would be `tarfile`: hence a writer of our own, and no compression.
    """
    packer = zlib.compressobj(0, wbits=31)
    parts = [packer.compress(part) for part in _tar(files)]
    return b"".join([*parts, packer.flush()])


def walk_order(name: str) -> list[str]:
    """Sorts names as a walk meets them: folder by folder, each by the names in it."""
    return name.split("/")


def _tar(files: Mapping[str, bytes]) -> Iterator[bytes]:
    for name in sorted(files, key=walk_order):
        yield from _entry(name, files[name])
    yield bytes(2 * _BLOCK)


def _entry(name: str, content: bytes) -> Iterator[bytes]:
    coded = name.encode("utf-8", "surrogateescape")
    if len(coded) > _NAME:
        yield _header(b"././@LongLink", len(coded) + 1, _LONG_NAME)
        yield _padded(coded + b"\0")
    yield _header(coded[:_NAME], len(content), _FILE)
    yield _padded(content)


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    """A GNU header; the checksum counts its own field as blanks."""
    head = name.ljust(_NAME, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"00000000000\0"
    tail = kind + bytes(_NAME) + b"ustar  \0"
    checksum = sum(head) + sum(tail) + 8 * ord(" ")
    return (head + b"%06o\0 " % checksum + tail).ljust(_BLOCK, b"\0")


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)


_GLOBALS: Final = "chartkit.globals"


def restore_values(values: Any) -> str:
    """Actions that print nothing and put what JSON loses of *values* into ``.Values``, of subcharts too."""
    found = [(path, f"(int64 {number})") for path, number in set_integers(values)]
    found += [(path, f'("{_base64(content)}" | b64dec)') for path, content in set_bytes(values)]
    root = "".join(_value_setter(path, value) for path, value in found)
    everywhere = "".join(_value_setter(path, value) for path, value in found if path[0] == "global")
    if not everywhere:
        return root
    below = f'{{{{ range .Subcharts }}}}{{{{ template "{_GLOBALS}" . }}}}{{{{ end }}}}'
    return f'{{{{ define "{_GLOBALS}" }}}}{everywhere}{below}{{{{ end }}}}{root}{below}'


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _value_setter(path: Path, value: str) -> str:
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


def with_null_tables(scope: ChartScope, values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* with an empty table for each subchart that a parent's values name: there its nulls count."""
    merged = dict(values)
    for name, subchart in scope.subcharts.items():
        below = merged.get(name, {})
        inner = with_null_tables(subchart, below) if isinstance(below, dict) else below
        if inner or name in merged or name in scope.tables:
            merged[name] = inner
    return merged


def restore_nulls(scope: ChartScope, values: Any) -> str:
    """Actions that print nothing and put the nulls of *scope* back, where *values* leave the keys."""
    return _null_setters(scope, values if isinstance(values, dict) else {}, {}, kept=True)


def _null_setters(scope: ChartScope, user_values: Mapping[str, Any], shared: Tree, *, kept: bool) -> str:
    """The actions for a chart and those below; *shared* is where the globals of those above have nulls.

    Not *kept*: nulls at the top of a subchart's values are dropped where a chart above it declares
    dependencies, by Helm 3 and 4.1 too.
    """
    shared = _joined(shared, scope.nulls.get("global"))
    own: Tree = {**scope.nulls, **({"global": shared} if shared else {})}
    here = {key: below for key, below in own.items() if below or (kept and key not in user_values)}
    parts = [*_setters({key: below for key, below in here.items() if key not in scope.subcharts}, 0)]
    for name, subchart in scope.subcharts.items():
        if name in here:
            parts += [f"{{{{ if not (hasKey .Subcharts {_quoted(name)}) }}}}"]
            parts += [*_setters({name: here[name]}, 0), "{{ end }}"]
        inner = _below(scope, user_values, name)
        below = _null_setters(subchart, inner, shared, kept=kept and not scope.declared)
        if below:
            parts += [f"{{{{ with index .Subcharts {_quoted(name)} }}}}", below, "{{ end }}"]
    return "{{ $v0 := .Values }}" + "".join(parts) if parts else ""


def _joined(above: Tree, below: Tree | None) -> Tree:
    joined = dict(above)
    for key, tree in (below or {}).items():
        inner = joined.get(key)
        joined[key] = _joined(inner, tree) if inner and tree else tree or inner
    return joined


def _below(scope: ChartScope, user_values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What is given to the subchart *name*: by the user, and as nulls by its parent."""
    nulls, user = scope.nulls.get(name), user_values.get(name)
    return {**(nulls or {}), **(user if isinstance(user, dict) else {})}


def _setters(tree: Tree, depth: int) -> Iterator[str]:
    for key, below in tree.items():
        quoted = _quoted(key)
        if below is None:
            yield f"{{{{ if not (hasKey $v{depth} {quoted}) }}}}"
            yield f"{{{{ $_ := set $v{depth} {quoted} nil }}}}{{{{ end }}}}"
        else:
            inner = "".join(_setters(below, depth + 1))
            yield f"{{{{ $v{depth + 1} := get $v{depth} {quoted} }}}}"
            yield f'{{{{ if kindIs "map" $v{depth + 1} }}}}{inner}{{{{ end }}}}'


UNKNOWN: Final = "\udcff"
"""Stands for a byte that is not known: as texts write bytes that are not UTF-8, a surrogate."""

_ESCAPES: Final = re.compile(r"\\(?:\\|ufffd)")
_BYTES: Final = re.compile("[\udc80-\udcff]")


def read_answer(answer: str) -> Any:
    """What the JSON *answer* of Go says, with `UNKNOWN` for each byte that is not UTF-8."""
    if r"\ufffd" in answer:
        answer = _ESCAPES.sub(lambda found: found[0] if found[0] == r"\\" else r"\udcff", answer)
    return json.loads(answer)


def lacking_bytes(texts: Mapping[str, str]) -> dict[str, str]:
    """Those of *texts*, by name, that lack bytes."""
    return {name: each for name, each in texts.items() if UNKNOWN in each}


def printing_base64(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    """*files* of a chart, of which those that render to *names* print their output in base64."""
    wanted = {canonical(name).inner for name in names}
    changed = dict(files)
    for name, content in files.items():
        found = canonical(name)
        if found.in_templates and found.inner in wanted:
            file = found.inner.removeprefix("templates/")
            folder, slash, base = file.rpartition("/")
            moved = f"{folder}{slash}_chartkit-{base}"
            changed[f"{found.folder}/templates/{moved}"] = content
            changed[name] = _base64_template(file, moved).encode()
    return changed


def _base64_template(file: str, moved: str) -> str:
    """A template for *file* that renders what has *moved*: in base64, but as it is for who includes it."""
    output = f"include (print .Template.BasePath {_quoted(f'/{moved}')}) ."
    own = f"eq .Template.Name (print .Template.BasePath {_quoted(f'/{file}')})"
    coded = f"{{{{ if {own} }}}}{{{{ $text = b64enc $text }}}}{{{{ end }}}}"
    return f"{{{{ $text := {output} }}}}{coded}{{{{ $text }}}}"


def from_base64(output: str, lacking: str) -> str:
    """What the template printed whose *output* is in base64; *lacking* where that is something else."""
    try:
        printed = decoded(base64.b64decode(output, validate=True))
    except (binascii.Error, ValueError):
        return lacking
    return printed if _BYTES.sub(UNKNOWN, printed) == lacking else lacking


def of_files(lacking: str, files: Iterable[bytes]) -> str:
    """The text among *files* that Helm hands over as *lacking*."""
    return next((each for each in map(text, files) if _BYTES.sub(UNKNOWN, each) == lacking), lacking)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
