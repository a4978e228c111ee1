"""Bytes that are not UTF-8 go through both engines as through Helm: refused where Helm refuses, else kept."""

from __future__ import annotations

import base64
import dataclasses
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chartkit.helm import engines, marshalling
from chartkit.model.case import Chart, SetValue

Make = Callable[..., Any]

HEAD = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
BYTES = {
    "any": b"\xff\xfe",
    "continuation": b"\x80",
    "overlong": b"\xc0\xaf",
    "surrogate": b"\xed\xa0\x80",
    "noncharacter": b"\xef\xbf\xbe",
    "nul": b"\0",
    "c1": b"\xc2\x81",
    "escape": b"\x1b[1m",
    "mark": b"\xef\xbb\xbf",
    "latin": b"\xe9t\xe9",
    "cut": b"\xe2\x82",
    "large": b"\xf5\x80\x80\x80",
    "replacement": b"\xef\xbf\xbd",
    "replacement-written": b"\\ufffd",
}
POSITIONS = {
    "comment": b"# %s\n",
    "plain": b"data:\n  k: a%sb\n",
    "quoted": b"data:\n  k: 'a%sb'\n",
    "block": b"data:\n  k: |\n    a%sb\n",
    "key": b"data:\n  a%sb: c\n",
    "template comment": b"{{/* %s */}}\n",
    "string": b'data:\n  k: {{ "%s" }}\n',
    "string quoted": b"data:\n  k: {{ `%s` | quote }}\n",
    "string in base64": b"data:\n  k: {{ `%s` | b64enc }}\n",
    "define": b"data:\n  k: {{ include `NAME` . }}{{ define `NAME` }}%s{{ end }}\n",
    "file": b"data:\n  k: {{ .Files.Get `NAME.bin` }}\n",
    "file in base64": b"data:\n  k: {{ .Files.Get `NAME.bin` | b64enc }}\n",
    "file as JSON": b"data:\n  k: {{ .Files.Get `NAME.bin` | toJson }}\n",
}
MADE = {
    "cut in a character": b"k: {{ `\xc3\xa9\xc3\xa9` | trunc 3 }}\n",
    "escape in a string": b'k: {{ "\\xff" }}\n',
    "decoded": b"k: {{ b64dec `/v8=` }}\n",
    "printed twice": b'k: {{ include (print $.Template.BasePath "/decoded.yaml") . }}\n',
    "several documents": b"a: 1\n---\nb: \xff\n---\nc: \xfe\n",
}


def with_bytes(chart: Chart, files: Mapping[str, bytes]) -> Chart:
    fresh = {f"{chart.name}/{name}": content for name, content in files.items()}
    return dataclasses.replace(chart, files={**chart.files, **fresh})


def of_position(text: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {"templates/good.yaml": HEAD}
    for name, odd in BYTES.items():
        files[f"{name}.bin"] = odd
        files[f"templates/{name}.yaml"] = HEAD + text.replace(b"NAME", name.encode()).replace(b"%s", odd)
    return files


CHARTS = {
    **{name: of_position(text) for name, text in POSITIONS.items()},
    "bytes that are made": {f"templates/{name.replace(' ', '-')}.yaml": text for name, text in MADE.items()},
    "CRDs and notes": {
        "crds/a.yaml": b"\xef\xbb\xbf# caf\xe9\nkind: CustomResourceDefinition\n",
        "crds/b.yaml": b"# \xef\xbf\xbd\nkind: CustomResourceDefinition\n",
        "templates/NOTES.txt": b"caf\xe9 {{ .Release.Name }}\n",
        "templates/_unused.tpl": b'{{ define "x" }}\xff{{ end }}\xff\n',
    },
    "a subchart of another name": {
        "Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n"
        b"dependencies: [{name: sub, version: 1.x, alias: one}, {name: sub, version: 1.x, alias: two}]\n",
        "charts/sub/Chart.yaml": b"apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/templates/a.yaml": b"# \xff {{ .Template.Name }} {{ .Chart.Name }}\n",
    },
    "UTF-16": {"templates/a.yaml": b"\xff\xfe" + HEAD.decode().encode("utf-16-le")},
    "no chart": {"Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\ndescription: caf\xe9\n"},
    "no values": {"values.yaml": b"a: 1\n# caf\xe9\n"},
    "no template of that name": {"templates/a.yaml": b'x: {{ include "caf\xe9" . }}\n'},
    "no good end": {"templates/a.yaml": b'x: {{ fail "caf\\xe9" }}\n'},
}


@pytest.mark.helm
@pytest.mark.parametrize("name", CHARTS)
def test_every_engine_makes_of_bytes_what_helm_makes(
    name: str,
    make_chart: Make,
    make_case: Make,
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    chart = with_bytes(make_chart({}), CHARTS[name])
    ours, *theirs = (engines.render(each, chart, make_case(chart)) for each in (embedded, helm3, helm4))
    for render in theirs:
        assert render.text == ours.text
        assert _essence(render) == _essence(ours)
    assert marshalling.UNKNOWN not in ours.text or b"\xff" in b"".join(chart.files.values())


def _essence(render: Any) -> Any:
    failure = render.failure
    if failure is None:
        return None
    last = failure.message.removeprefix("cannot load values.yaml: cannot unmarshal yaml document: ")
    return failure.kind, failure.template, failure.line, last.removeprefix("cannot load values.yaml: ")


def test_a_message_that_ends_at_a_nul_is_placed(
    make_chart: Make, make_case: Make, embedded: engines.Engine
) -> None:
    chart = make_chart({"templates/a.yaml": '\nx: {{ include "a\0b" . }}\n'})
    failure = engines.render(embedded, chart, make_case(chart)).failure
    assert failure is not None
    assert (failure.template, failure.line, failure.column) == ("web/templates/a.yaml", 2, 7)


def test_notes_keep_their_bytes(make_chart: Make, make_case: Make, embedded: engines.Engine) -> None:
    chart = with_bytes(make_chart({}), CHARTS["CRDs and notes"])
    assert engines.render(embedded, chart, make_case(chart)).notes == "caf\udce9 release-name\n"


def test_what_helm_refuses_to_load_has_the_place_of_the_byte(
    make_chart: Make, make_case: Make, embedded: engines.Engine
) -> None:
    chart = with_bytes(make_chart({}), CHARTS["no values"])
    failure = engines.render(embedded, chart, make_case(chart)).failure
    assert failure is not None
    assert (failure.template, failure.line, failure.column) == ("web/values.yaml", 2, 6)
    assert failure.message.endswith("byte 0xE9 is not UTF-8 text")


@pytest.mark.helm
@pytest.mark.parametrize("engine", ["embedded", "helm3", "helm4"])
def test_a_file_of_set_file_keeps_its_bytes(
    engine: str, make_chart: Make, make_case: Make, tmp_path: pathlib.Path, request: pytest.FixtureRequest
) -> None:
    content = b"\0\xff\xfe{{ now }}\xef\xbb\xbf"
    (tmp_path / "store.jks").write_bytes(content)
    (tmp_path / "marked.txt").write_bytes(b"\xef\xbb\xbfa")
    given = SetValue(
        "set-file", f"a.b={tmp_path}/store.jks,l[0]={tmp_path}/store.jks,m={tmp_path}/marked.txt"
    )
    template = (
        "x: {{ .Values.a.b | b64enc }}\ny: {{ index .Values.l 0 | b64enc }}\nm: {{ .Values.m | quote }}\n"
    )
    chart = make_chart({"templates/a.yaml": template})
    render = engines.render(
        request.getfixturevalue(engine), chart, make_case(chart, set_values=(given,)), real=True
    )
    coded = base64.b64encode(content).decode()
    assert render.text.endswith(f'x: {coded}\ny: {coded}\nm: "\\ufeffa"\n')


@pytest.mark.parametrize("flag", ["set", "set-string", "set-literal"])
def test_a_byte_of_the_command_line_is_what_helm_takes_it_for(
    flag: str, make_chart: Make, make_case: Make, embedded: engines.Engine
) -> None:
    chart = make_chart({"templates/a.yaml": "x: {{ .Values.a }}\n"})
    case = make_case(chart, set_values=(SetValue(flag, "a=caf\udce9"),))
    assert engines.render(embedded, chart, case).text.endswith("x: caf\ufffd\n")


def test_a_byte_that_is_not_known_stays_what_it_was() -> None:
    lacking = marshalling.read_answer(r'"a\ufffd \\ufffd \\\ufffd"')
    assert lacking == f"a{marshalling.UNKNOWN} \\ufffd \\{marshalling.UNKNOWN}"
    for other in ("no base64", base64.b64encode(b"other").decode()):
        assert marshalling.from_base64(other, lacking) == lacking
    assert marshalling.from_base64(base64.b64encode(b"a\xe9 \\ufffd \\\xff").decode(), lacking) == (
        "a\udce9 \\ufffd \\\udcff"
    )
