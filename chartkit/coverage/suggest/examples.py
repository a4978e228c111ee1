"""The examples that stand in the comments of values.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from chartkit.helm.order import YamlReader
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical

_KEY_LINE: Final = re.compile(r"^(?P<indent> *)(?P<comment># ?)?(?P<key>[\w.-]+):(?P<rest>.*)$")


_MOST_LINES: Final = 40


def examples_of(chart: Chart, reader: YamlReader) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The examples that stand in comments below keys, of the chart's values and its subcharts'."""
    for name, content in chart.files.items():
        if canonical(name).kind == "values":
            below = canonical(name).subcharts
            found = _in_comments(content.decode(errors="replace").split("\n"), reader)
            yield from ((below + path, values) for path, values in found)


def _in_comments(lines: Sequence[str], reader: YamlReader) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    open_keys: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        match = _KEY_LINE.match(line)
        if match is None:
            continue
        indent = len(match["indent"])
        while open_keys and open_keys[-1][0] >= indent:
            open_keys.pop()
        path = (*(key for _, key in open_keys), match["key"])
        if match["comment"]:
            example = _commented(lines, number, match, reader)
            if example:
                yield path, [example]
            continue
        open_keys.append((indent, match["key"]))
        if match["rest"].split("#")[0].strip() in {"", "{}", "[]", '""', "null", "~", "''"}:
            example = _after(lines, number + 1, reader)
            if example:
                yield path, [example]


def _commented(lines: Sequence[str], number: int, match: re.Match[str], reader: YamlReader) -> Any:
    """The value of a key that is commented out."""
    block = _uncommented(lines, number)
    read = _read(block, reader)
    return read.get(match["key"]) if isinstance(read, dict) and len(read) <= 3 else None


def _after(lines: Sequence[str], number: int, reader: YamlReader) -> Any:
    read = _read(_uncommented(lines, number), reader)
    if isinstance(read, dict) and all(isinstance(key, str) and " " not in key for key in read):
        return read
    return read if isinstance(read, list) else None


def _uncommented(lines: Sequence[str], number: int) -> list[str]:
    block: list[str] = []
    for line in lines[number : number + _MOST_LINES]:
        bare = line.strip()
        if not bare.startswith("#") or bare.startswith("##"):
            break
        block.append(re.sub(r"^# ?", "", bare))
    return block


def _read(block: list[str], reader: YamlReader) -> Any:
    """The longest beginning of *block* that is YAML."""
    if not block or not re.match(r"\s*(- |[\w./-]+:)", block[0]):
        return None
    for end in range(len(block), 0, -1):
        try:
            return reader("example:\n" + "\n".join("  " + line for line in block[:end]))["example"]
        except (ValueError, KeyError, TypeError):
            continue
    return None
