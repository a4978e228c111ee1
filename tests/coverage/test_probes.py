"""What coverage calls taken is taken, and nothing else is: by a ``fail`` put there in the raw template."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import sys
from typing import Any

import pytest

from chartkit.helm import charts
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart, Scenario
from chartkit.plan import discover
from chartkit.plan.config import configure

ROOT = pathlib.Path(__file__).parents[2]

TEMPLATES = {
    "_h.tpl": (
        '{{- define "labels" -}}\n'
        "{{- range $key, $value := . }}\n"
        "{{ $key }}: {{ $value | quote }}\n"
        "{{- end -}}\n"
        "{{- end -}}\n"
        '{{- define "never" }}{{ if .x }}1{{ else }}2{{ end }}{{ end -}}\n'
    ),
    "a.yaml": (
        "{{- if and .Values.on (not .Values.off) -}}\n"
        "a:\n"
        '  mode: {{ .Values.mode | default "plain" | quote }}\n'
        '  size: {{ coalesce .Values.big .Values.small .Values.tiny "none" }}\n'
        "  {{- with .Values.labels }}\n"
        '  labels: {{- include "labels" . | nindent 4 }}\n'
        "  {{- else }}\n"
        "  labels: {}\n"
        "  {{- end }}\n"
        "{{- else if or .Values.off .Values.mode -}}\n"
        '{{ fail (printf "off, and %s" .Values.mode) }}\n'
        "{{- end -}}\n"
    ),
    "b.yaml": (
        "items:\n"
        "{{ range .Values.list -}}\n"
        '- {{ . }}: {{ ternary "big" "small" (gt (int .) 5) }}\n'
        "  {{- if gt (int .) 9 }}{{ break }}{{ end }}\n"
        "{{- else }}\n"
        "- none\n"
        "{{- end }}\n"
        'digest: {{ include (print $.Template.BasePath "/a.yaml") . | sha256sum }}\n'
        '{{ if .Values.big }}{{ required "small is not set" .Values.small }}{{ end }}\n'
    ),
}
SCENARIOS: dict[str, dict[str, Any]] = {
    "default": {},
    "on": {"on": True, "labels": {"a": 1, "b": 2}, "list": [3]},
    "on, off": {"on": True, "off": True},
    "off": {"off": True, "mode": "x"},
    "large": {"on": True, "big": 3, "small": 2, "labels": {"a": 1}, "list": [3, 7, 11, 12]},
    "small": {"on": True, "small": 2, "mode": "y"},
    "no small": {"on": True, "big": 2},
}


@pytest.fixture
def probes() -> Any:
    """The developer's script."""
    spec = importlib.util.spec_from_file_location("probe_coverage", ROOT / "tests/tools/probe_coverage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["probe_coverage"] = module
    spec.loader.exec_module(module)
    return module


def test_every_way_that_counts_as_taken_is_and_no_other(probes: Any) -> None:
    files = {f"web/templates/{name}": text.encode() for name, text in TEMPLATES.items()}
    files["web/Chart.yaml"] = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"
    chart = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), files, {}, "")
    cases = [
        Case("web", "web", Scenario(name, values=json.dumps(values)), "1.33.0")
        for name, values in SCENARIOS.items()
    ]
    prober = probes.Prober(Embedded(), chart, cases)
    verdicts = [verdict for number in range(len(prober.blocks)) for verdict in prober.probe(number)]

    assert [verdict for verdict in verdicts if not verdict.right] == []
    assert len(verdicts) == len(prober.blocks) * len(cases)
    assert sum(verdict.counted for verdict in verdicts) > 70
    assert {verdict.case for verdict in verdicts if verdict.ends_early} == {"off", "on, off", "no small"}


@pytest.mark.slow
def test_so_it_is_in_a_real_chart(probes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (planned,) = discover.plan(configure.read(), ["charts/linkerd2-cni"]).charts
    chart = charts.load(planned.path, planned.shown).chart
    prober = probes.Prober(Embedded(), chart, planned.cases[::6])
    numbers = range(0, len(prober.blocks), 12)

    assert [each for number in numbers for each in prober.probe(number) if not each.right] == []
