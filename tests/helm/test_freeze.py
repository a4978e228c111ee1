"""Functions that answer differently each time get stand-ins, and nothing else changes."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import engines, freeze
from chartkit.helm.frozen_keys import CERTIFICATE, CERTIFICATE_KEY
from chartkit.model.case import Case, Chart, Scenario

CHART_YAML = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"


@pytest.fixture(scope="module")
def engine() -> engines.Engine:
    return engines.open_engine("embedded")


def rendered(engine: engines.Engine, source: str) -> str:
    files = {"web/Chart.yaml": CHART_YAML, "web/templates/NOTES.txt": source.encode()}
    chart = Chart("web", "web", "1.0.0", "", "v2", "", "", (), files, {}, "")
    result = engines.render(engine, chart, Case("web", "web", Scenario("x"), "1.33.0"), real=True)
    assert result.failure is None, result.failure
    assert result.notes is not None
    return result.notes


USES = [
    '{{ genCA "svc-cat-ca" 3650 | toJson }}',
    '{{ $host := "h" }}{{ (genSelfSignedCert $host (list) (list $host) 365).Cert | sha256sum }}',
    '{{ $ca := genCA "x" 3 }}{{ (genSignedCert "h" nil nil 3 $ca).Key | len }} {{ $ca.Cert | b64enc }}',
    '{{ $k := genPrivateKey "rsa" }}{{ (genCAWithKey "x" 3 $k).Cert | len }}',
    '{{ genPrivateKey "ed25519" | nindent 2 }}',
    "{{ randAlphaNum 16 | b64enc }} {{ 5 | randAlpha }} {{ randNumeric 4 }} {{ randAscii 7 | quote }}",
    "{{ randBytes 9 }} {{ 9 | randBytes | b64dec | len }} {{ randInt 3 9 }}",
    '{{ uuidv4 }} {{ uuidv4 | quote }} {{ printf "%s" uuidv4 }}',
    '{{ now | mustDateModify "+10m" | date "04 15 * * *" }} {{ (now | date "15:04") }} {{ now.Unix }}',
    '{{ unixEpoch now }} {{ date "2006" now }} {{ dateInZone "15:04" (now) "UTC" }} {{ now }} {{ ago now }}',
    '{{ htpasswd "u" "p" }} {{ "p" | htpasswd "u" }} {{ bcrypt "x" }} {{ encryptAES "k" "text" }}',
    '{{ shuffle "abcdefghijklmnopqrstuvwxyz" }}',
    '{{ keys (dict "a" 1 "b" 2 "c" 3 "d" 4 "e" 5 "f" 6) }} {{ dict "b" 1 "a" 2 | keys | first }}',
]


@pytest.mark.parametrize("source", USES)
def test_a_frozen_template_renders_the_same_each_time(source: str, engine: engines.Engine) -> None:
    frozen = freeze.freeze_template(source)
    assert frozen != source
    assert frozen.count("\n") == source.count("\n")
    assert rendered(engine, frozen) == rendered(engine, frozen)


@pytest.mark.parametrize("name", sorted(freeze.STAND_INS))
def test_every_stand_in_is_of_a_function_of_helm_and_holds_nothing_that_yaml_minds(name: str) -> None:
    stand_in = freeze.STAND_INS[name]
    assert not set("\"'\\\n") & set(stand_in.name + stand_in.after)
    assert any(re.search(rf"\b{name}\b", use) for use in USES) or name.startswith("gen")


def test_helm_has_no_other_function_that_answers_differently(engine: engines.Engine) -> None:
    """Each function of Helm that takes no more than text and numbers, rendered twice."""
    tries = {
        "derivePassword": 'derivePassword 1 "long" "pw" "user" "site"',
        "getHostByName": 'getHostByName "localhost"',
        "lookup": 'lookup "v1" "Pod" "" ""',
        "buildCustomCert": f'(buildCustomCert "{CERTIFICATE}" "{CERTIFICATE_KEY}").Cert',
        "toDate": 'toDate "2006" "2020"',
        "initials": 'initials "a b"',
    }
    for call in tries.values():
        assert freeze.freeze_template(f"{{{{ {call} }}}}") == f"{{{{ {call} }}}}"
        assert rendered(engine, f"{{{{ {call} }}}}") == rendered(engine, f"{{{{ {call} }}}}")


SIZES = "{{ range list 0 1 5 16 1000 }}"


@pytest.mark.parametrize(
    ("function", "pattern"),
    [
        ("randAlphaNum", "[A-Za-z0-9]*"),
        ("randAlpha", "[A-Za-z]*"),
        ("randNumeric", "[0-9]*"),
        ("randAscii", "[ -~]*"),
    ],
)
def test_random_text_has_its_length_and_its_alphabet(
    function: str, pattern: str, engine: engines.Engine
) -> None:
    source = freeze.freeze_template(SIZES + f"{{{{ {function} . }}}},{{{{ . | {function} }}}}\n{{{{ end }}}}")
    pairs = [line.split(",") for line in rendered(engine, source).splitlines()[:5]]
    assert [[len(text) for text in pair] for pair in pairs] == [[size, size] for size in (0, 1, 5, 16, 1000)]
    assert all(re.fullmatch(pattern, text) for pair in pairs for text in pair)


def test_random_bytes_and_numbers_keep_their_size_and_type(engine: engines.Engine) -> None:
    source = freeze.freeze_template(
        SIZES + "{{ randBytes . | b64dec | len }} {{ end }}{{ randInt 3 9 }} {{ typeOf (9 | randInt 3) }}"
    )
    assert rendered(engine, source).split() == ["0", "1", "5", "16", "1000", "3", "int"]


def test_certificates_and_keys_are_genuine(engine: engines.Engine) -> None:
    source = freeze.freeze_template(
        '{{ $ca := genCA "x" 3 }}{{ $built := buildCustomCert ($ca.Cert | b64enc) ($ca.Key | b64enc) }}'
        "{{ eq $built.Cert $ca.Cert }} {{ len $ca }}"
        '{{ range list "rsa" "dsa" "ecdsa" "ed25519" }} {{ genPrivateKey . | trunc 27 }}{{ end }}'
    )
    text = rendered(engine, source)
    assert text.startswith("true 2 ")
    for kind in ("RSA ", "DSA ", "EC ", ""):
        assert f"-----BEGIN {kind}PRIVATE KEY" in text
    # Helm itself makes a certificate with the constant key, so that the key is one.
    real_ca = '{{ (genCAWithKey "x" 3 (b64dec "' + CERTIFICATE_KEY + '")).Cert | len }}'
    assert int(rendered(engine, real_ca)) > 100


UNTOUCHED = [
    "now uuidv4 randAlphaNum 5",
    "{{/* now */}}",
    '{{ "now" }}{{ `randAlphaNum 5` }}',
    "{{ .now }}{{ .Values.now.uuidv4 }}{{ $now }}{{ $x.now }}",
    "{{ $now := 1 }}{{ $now }}",
    '{{ include "now" . }}{{ dict "now" 1 }}{{ define "uuidv4" }}{{ end }}',
    "{{ nowhere }}{{ renown }}{{ genCASelf }}",
    "{{ now",
    "{{ 'n' now @ }}",
]


@pytest.mark.parametrize("source", UNTOUCHED)
def test_other_things_of_that_name_stay(source: str) -> None:
    assert freeze.freeze_template(source) == source


def test_templates_of_chart_and_subcharts_are_frozen_and_other_files_are_not() -> None:
    template, data = b"{{ now }}", {"a": b"{{ now }}\xff", "b": b"{{ now }}"}
    files = {
        "web/templates/a.yaml": template,
        "web/charts/sub/templates/deep/b.tpl": template,
        "web/templates/latin.txt": data["a"],
        "web/templates/none.yaml": b"text",
        "web/files/c.yaml": data["b"],
        "web/values.yaml": b'a: "{{ now }}"',
    }
    frozen = freeze.freeze(files)
    changed = {name for name in files if frozen[name] != files[name]}
    assert changed == {"web/templates/a.yaml", "web/charts/sub/templates/deep/b.tpl"}
    assert {name for name in files if freeze.freeze_defaults(files)[name] != files[name]} == {
        "web/values.yaml"
    }


def test_nothing_to_freeze_gives_the_same_mapping() -> None:
    files = {"web/templates/a.yaml": b"{{ .now }}", "web/values.yaml": b"now: 1"}
    assert freeze.freeze(files) is files
    assert freeze.freeze_defaults(files) is files
    values: Any = {"a": ["now", "{{ x }}", 1], "b": None}
    assert freeze.freeze_values(values) is values


VALUES = [
    'a: "{{ randAlphaNum 5 | quote }}"',
    'a: "{{ printf \\"%s-now\\" (randAlphaNum 3) }}"',
    "a: '{{ uuidv4 }}'",
    'a: |\n  x\n  {{ uuidv4 }}\n  {{ unclosed\n  {{ printf "\\"now\\"" }}{{ now }}',
    "a: x-{{ randAlphaNum 5 }}",
]


@pytest.mark.parametrize("text", VALUES)
def test_yaml_of_every_style_stays_yaml_with_the_same_lines(text: str, engine: engines.Engine) -> None:
    frozen = freeze.freeze_values_file(text)
    assert frozen != text
    assert frozen.count("\n") == text.count("\n")
    before, after = engine.read_yaml(text)["a"], engine.read_yaml(frozen)["a"]
    assert after == before.replace("randAlphaNum", freeze.STAND_INS["randAlphaNum"].name).replace(
        "{{ uuidv4", "{{ " + freeze.STAND_INS["uuidv4"].name
    ).replace("{{ now", "{{ " + freeze.STAND_INS["now"].name)


def test_values_given_are_frozen_in_depth_without_touching_them() -> None:
    values: Any = {"a": [{"b": "{{ now }}"}, "now"], "c": "{{ keys . }}", "{{ now }}": 1}
    frozen = freeze.freeze_values(values)
    assert frozen["a"][0]["b"] == "{{ " + freeze.STAND_INS["now"].name + " }}"
    assert (frozen["a"][1], frozen["c"], frozen["{{ now }}"]) == ("now", "{{ keys . }}", 1)
    assert values["a"][0] == {"b": "{{ now }}"}


@given(st.sampled_from(sorted(freeze.STAND_INS)), st.binary(max_size=20))
def test_a_stand_in_that_is_printed_is_noticed(name: str, before: bytes) -> None:
    text = freeze.freeze_template(f"{{{{ {name} }}}}", telling=True)
    if text == f"{{{{ {name} }}}}":
        return
    assert freeze.shows_stand_in(text)
    assert freeze.shows_stand_in(base64.b64encode(before + text.encode()).decode())
    assert not freeze.shows_stand_in(f"{{{{ {name} }}}}")
