"""Templates that are meant to take long, or to end the reader, do neither; what is not looked at is told."""

from __future__ import annotations

import time
from typing import Final

import pytest

from chartkit.model.case import Chart
from chartkit.model.render import Hit
from chartkit.rules import load

HEAD: Final = {
    "web/Chart.yaml": "name: web\n",
    **{f"web/files/{number}{'a' * 60}": "" for number in range(2000)},
}
SUBCHARTS: Final = {
    f"web/charts/c{number}/{name}": text
    for number in range(300)
    for name, text in (("Chart.yaml", "name: c\n"), ("templates/a.yaml", '{{ include "lib0" . }}'))
}


def define(number: int) -> str:
    """A template that goes on to the next both under a condition of its own and without."""
    following = f'{{{{ include "lib{number + 1}" . }}}}'
    body = f'{{{{ if .Files.Get "x{number}" }}}}{following}{{{{ end }}}}{following}{{{{ .Files.Get "y" }}}}'
    return f'{{{{ define "lib{number}" }}}}{body}{{{{ end }}}}'


LIBRARY: Final = "".join(map(define, range(400)))
DOUBLED: Final = "".join(f"{{{{ $v{number + 1} := print $v{number} $v{number} }}}}" for number in range(60))
NESTED: Final = "(" * 99 + '.Files.Get "x"' + ")" * 99
HOSTILE: Final = {
    "strings that double": f'{{{{ $v0 := "x" }}}}{DOUBLED}{{{{ .Files.Get $v60 }}}}{{{{ .Files.Get $v0 }}}}',
    "parentheses and branches": "{{ if .Values.x }}" * 99 + f"{{{{ {NESTED} }}}}" + "{{ end }}" * 99,
    "patterns": "".join(f'{{{{ .Files.Glob "{"*a" * 90}{number}" }}}}' for number in range(5000)),
    "names": "".join(f'{{{{ .Files.Get "files/x{number}" }}}}' for number in range(5000)),
    "includes itself": '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}{{ .Files.Get "x" }}',
    "includes under many conditions": LIBRARY + '{{ include "lib0" . }}',
    "braces": f'{{{{ .Files.Glob "{"{" * 190}" }}}}{{{{ .Files.Get "x" }}}}',
}


def judge(files: dict[str, str]) -> list[Hit]:
    check = load()["chart-file-missing"].check
    assert check
    content = {name: text.encode() for name, text in files.items()}
    return list(check(Chart("web", "web", "", "", "v2", "", "", (), content, {}, "")))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_looked_at_in_good_time(name: str) -> None:
    begun = time.perf_counter()
    hits = judge({**HEAD, "web/templates/a.yaml": HOSTILE[name]})

    assert hits
    assert time.perf_counter() - begun < 60  # some seconds, on a machine that has other things to do


def test_where_there_is_too_much_to_look_at_that_is_told() -> None:
    hits = judge({**HEAD, **SUBCHARTS, "web/templates/_library.tpl": LIBRARY})

    assert hits[-1].message == "the templates include and read too much to look at all of it"
