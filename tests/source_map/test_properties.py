"""Whatever a template is: rewritten and rendered, without its marks, it is what it was."""

from __future__ import annotations

import functools
import re

from hypothesis import event, given
from hypothesis import strategies as st

from chartkit.helm.embedded import Embedded
from chartkit.helm.engines import HelmInputs
from chartkit.model.case import Chart
from chartkit.source_map.instrument import Instrumented
from chartkit.source_map.markers import DEFAULT, decode, encode
from chartkit.source_map.read_output import OutputReader
from chartkit.source_map.rewrite_templates import Style
from chartkit.source_map.traced_text import SourceLines
from tests.generated import examples

CHART_YAML = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"
VALUES = {"s": "text", "n": 3, "empty": "", "list": ["a", "b"], "map": {"k": "v", "m": {"x": 1}}, "no": None}


@functools.cache
def embedded() -> Embedded:
    return Embedded()


texts = st.lists(
    st.sampled_from(
        ["a", "b: c", "\n", "  ", "\n\n", "{", "}", "- ", "\t", '"', "\r\n", "#", "---\n", "é", "$x", "`"]
    ),
    min_size=1,
    max_size=5,
).map("".join)
maps = st.sampled_from([".", "$", ".Values", ".map", "$.map", "(dict `map` (dict `k` 1) `no` nil)", "$root"])
dots = st.one_of(maps, maps, st.sampled_from([".no", "nil", ".list"]))
names = st.sampled_from(["one", "two", "three"])
tails = st.lists(
    st.sampled_from(
        ["| trim", "| nindent 2", "| indent 1", "| quote", "| upper", "| toString", '| trimSuffix "zz"']
    ),
    max_size=2,
).map(" ".join)
uses = st.sampled_from(
    ["| len", "| sha256sum", "| b64enc", '| default "d"', "| fromYaml | toYaml | nindent 2", "| trunc 3"]
)
values = st.sampled_from(
    [
        "(.Release | toJson)",
        "($.map | toJson)",
        ".map.k",
        "3",
        "-3",
        "`raw\n  text`",
        '"a\\n b"',
        "(list 1 2)",
        "true",
        "$v",
        "(len `ab`)",
        "($root | toJson | sha256sum)",
    ]
)
includes = st.builds('include "{}" {} {}'.format, names, dots, st.one_of(tails, uses))
printed = st.one_of(
    values,
    includes,
    st.builds("{} {}".format, values, st.sampled_from(["| toString | trim", "| quote", "| toJson", ""])),
    st.builds('indent 2 (include "{}" {})'.format, names, maps),
    st.builds("$v = {}".format, st.one_of(values, includes)),
    st.builds("$v := {}".format, st.one_of(values, includes)),
    st.builds('template "{}" {}'.format, names, dots),
    st.builds('tpl (include "{}" {}) $top'.format, names, maps),
    st.sampled_from(["/* note */", 'default (include "one" $) .no', "$v | toString | nindent 3"]),
    st.sampled_from(['(include "two" .) | trim', 'dict "map" (dict "k" (include "one" .)) | include "two"']),
)
heads = st.one_of(
    st.builds("if {}".format, values),
    st.sampled_from(["if .no", "if false", 'if include "one" .', "if include `two` $ | trim | eq `x`"]),
    st.builds("with {}".format, maps),
    st.builds("with $w := {}".format, maps),
    st.sampled_from(["with .no", 'with include "one" . | trim', "range list", "range until 0"]),
    st.sampled_from(["range $k, $e := list . . $", "range $k, $e := dict `a` . `b` $", "range list ."]),
)


@st.composite
def actions(draw: st.DrawFn, inner: str) -> str:
    left, right = draw(st.sampled_from(["{{ ", "{{- ", "{{"])), draw(st.sampled_from([" }}", " -}}", "}}"]))
    if inner.startswith("/*"):
        left, right = left.replace("{{ ", "{{"), right.replace(" }}", "}}")
    return f"{left}{inner}{right}"


@st.composite
def branches(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> str:
    head = draw(heads)
    body = draw(parts)
    if head.startswith("with include"):
        body += draw(actions(". | nindent 2"))
    otherwise = draw(st.one_of(st.just(""), st.builds("{}{}".format, actions("else"), parts)))
    if head.startswith("if") and draw(st.booleans()):
        otherwise = draw(actions("else if .map")) + draw(parts) + otherwise
    return draw(actions(head)) + body + otherwise + draw(actions("end"))


bodies = st.recursive(
    st.one_of(texts, printed.flatmap(actions)),
    lambda parts: st.one_of(branches(parts), st.lists(parts, min_size=2, max_size=4).map("".join)),
    max_leaves=12,
)


@st.composite
def charts(draw: st.DrawFn) -> dict[str, bytes]:
    """A chart of two templates; nothing calls what calls it."""

    def plain(name: str) -> str:
        body = draw(bodies)
        later = {"one": [], "two": ["one"], "three": ["one", "two"]}[name]
        for other in ("one", "two", "three"):
            if other not in later:
                body = re.sub(rf'["`]{other}["`]', '"leaf"', body)
        top = "{{$top := dict `Template` (dict `BasePath` `x` `Name` `y`)}}"
        return f"{{{{define `{name}`}}}}{{{{$v := 1}}}}{{{{$root := .}}}}{top}{body}{{{{end}}}}"

    start = "{{ $v := `v` }}{{ $root := . }}{{ $top := . }}"
    return {
        "web/Chart.yaml": CHART_YAML,
        "web/templates/_h.tpl": "".join(
            [plain("one"), plain("two"), '{{define "leaf"}}l: {{ . | toJson | len }}\n m{{end}}']
        ).encode(),
        "web/templates/a.yaml": (plain("three") + start + draw(bodies)).encode(),
        "web/templates/b.yaml": (start + draw(bodies)).encode(),
    }


@examples(120)
@given(charts())
def test_without_its_marks_a_rewritten_chart_renders_to_what_it_was(files: dict[str, bytes]) -> None:
    chart = Chart("web", "web", "1.0.0", "", "v2", "", "", (), files, {}, "")
    inputs = HelmInputs("r", "n", VALUES, "1.33.0")
    plain = embedded().outputs(chart, files, inputs)
    event("refused by Helm" if plain.failure else "rendered")
    if plain.failure is not None:
        return
    for flag in (True, False):
        instrumented = Instrumented(files, Style(DEFAULT, frozen=False, counts=flag, texts=flag))
        traced = embedded().outputs(chart, {**files, **instrumented.files()}, inputs)
        assert traced.failure is None, traced.failure.text
        reader = OutputReader(DEFAULT, instrumented.sites, SourceLines(instrumented.sources))
        found = {name: reader.read(raw).text.text for name, raw in traced.templates.items()}
        assert found == plain.templates
        assert instrumented.unreadable == {}


@given(st.integers(0, (1 << 28) - 1), st.integers(0, (1 << 28) - 1))
def test_numbers_in_marks_are_read_as_they_were_written(one: int, other: int) -> None:
    assert decode(encode(one) + encode(other)) == (one, other)
    assert len(encode(one)) == 2


@examples(30)
@given(charts())
def test_numbers_do_not_depend_on_what_is_switched_off(files: dict[str, bytes]) -> None:
    whole = Instrumented(files, Style(DEFAULT, frozen=True, counts=True))
    bare = Instrumented(files, Style(DEFAULT, frozen=False, counts=False))
    assert whole.blocks == bare.blocks
    assert [(site.file, site.start) for site in whole.sites] == [
        (site.file, site.start) for site in bare.sites
    ]
    calls = {number for number, site in enumerate(whole.sites) if site.follows}
    off = whole.files(unmarked=calls)
    assert all(
        re.sub(r"\(and [^()]*\(print [^()]*\)\)", '""', text.decode()) == off[name].decode()
        for name, text in whole.files().items()
    )
