"""Scenarios that are suggested are judged as a check judges them."""

from __future__ import annotations

import pathlib
import pickle

import pytest

from chartkit.coverage.suggest import Advice
from chartkit.coverage.suggest.measuring import reached
from chartkit.findings.suppress import Suppression
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.pipeline import advice_worker, worker_state
from chartkit.pipeline.records import Settings
from chartkit.source_map.trace import blocks

POD = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: example.com/web:1.0.0
{{- if .Values.more }}
    volumeMounts: [{name: extra, mountPath: /extra}]
{{- end }}
"""
RULE = "volume-mount-unresolved"
CASE = Case("web", "web", Scenario("default"), "1.33.0")
ACCEPTED = Suppression(RULE, "given later", Place("chartkit.yaml"))


def advice(
    folder: pathlib.Path, template: str, rules: tuple[tuple[str, Severity], ...], *accepted: Suppression
) -> Advice:
    """What is suggested for the branch of *template* that the defaults do not take."""
    worker_state.load_rules.cache_clear()
    files = {
        "web/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/values.yaml": b"more: false\n",
        "web/templates/a.yaml": template.encode(),
    }
    chart = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), files, {}, "")
    file = folder / "web.chart"
    worker_state.load_chart.cache_clear()
    file.write_bytes(pickle.dumps(chart))
    settings = Settings("embedded", None, real=False, rules=rules, policies=(), crds="", store="")
    runs = ((CASE, frozenset(reached(Embedded(), chart, [CASE]))),)
    wanted = frozenset([next(number for number, one in enumerate(blocks(chart)) if one.kind == "if")])
    return advice_worker.suggest_for(settings, str(file), runs, wanted, (), 60, accepted)


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.ERROR])
def test_a_finding_that_a_scenario_brings_is_named(tmp_path: pathlib.Path, severity: Severity) -> None:
    (only,) = advice(tmp_path, POD, ((RULE, severity),)).suggestions

    assert only.scenario == {"values": {"more": True}}
    assert only.but == f"{RULE}: Pod/web: volume 'extra' is not defined in the pod"


CLEAN: dict[str, tuple[str, tuple[tuple[str, Severity], ...], tuple[Suppression, ...]]] = {
    "a rule that is off": (POD, (), ()),
    "a note": (POD, ((RULE, Severity.NOTE),), ()),
    "what the configuration accepts": (POD, ((RULE, Severity.ERROR),), (ACCEPTED,)),
    "what a template accepts": (
        f"{{{{/* chartkit:ignore {RULE} given later */}}}}\n{POD}", ((RULE, Severity.ERROR),), (),
    ),
    "what the chart has anyway": (
        POD.replace("{{- if", "    volumeMounts: [{name: extra, mountPath: /extra}]\n{{- if").replace(
            "    volumeMounts: [{name: extra, mountPath: /extra}]\n{{- end", "    tty: true\n{{- end"
        ),
        ((RULE, Severity.ERROR),),
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_what_a_check_would_not_say_is_not_held_against_it(tmp_path: pathlib.Path, name: str) -> None:
    template, rules, accepted = CLEAN[name]
    (only,) = advice(tmp_path, template, rules, *accepted).suggestions

    assert only.scenario == {"values": {"more": True}}
    assert only.but == ""


def test_a_way_without_findings_is_preferred(tmp_path: pathlib.Path) -> None:
    template = POD.replace("if .Values.more", "if or .Values.more .Values.other").replace(
        "    volumeMounts: [{name: extra, mountPath: /extra}]\n",
        "{{- if .Values.more }}\n    volumeMounts: [{name: extra, mountPath: /extra}]\n{{- end }}\n"
        "    tty: true\n",
    )
    (only,) = advice(tmp_path, template, ((RULE, Severity.ERROR),)).suggestions

    assert only.scenario == {"values": {"other": "example"}}
    assert only.but == ""
