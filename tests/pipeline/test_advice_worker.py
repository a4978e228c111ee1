"""What a worker answers that looks for scenarios, or measures values."""

from __future__ import annotations

import pathlib
import pickle

from chartkit.coverage.values import Status
from chartkit.model.case import Case, Chart, Scenario
from chartkit.pipeline import advice_worker
from chartkit.pipeline.records import Settings

FILES = {
    "web/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": b"mode: small\nforgotten: 1\n",
    "web/templates/a.yaml": b"""apiVersion: v1
kind: ConfigMap
metadata: {name: x}
{{ if eq .Values.mode "big" }}data: {a: b}{{ end }}
""",
}
CASE = Case("web", "web", Scenario("default"), "1.33.0")


def packed(folder: pathlib.Path) -> str:
    chart = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), FILES, {}, "")
    file = folder / "web.chart"
    file.write_bytes(pickle.dumps(chart))
    return str(file)


def settings() -> Settings:
    return Settings(engine="embedded", helm=None, real=False, rules=(), policies=(), crds="", store="")


def test_a_scenario_is_found_for_what_is_wanted(tmp_path: pathlib.Path) -> None:
    runs = ((CASE, frozenset({0, 2})),)
    advice = advice_worker.suggest_for(settings(), packed(tmp_path), runs, frozenset({1}), ("mode-big",), 60)

    assert [(one.name, one.scenario) for one in advice.suggestions] == [
        ("mode-big-2", {"values": {"mode": "big"}})
    ]
    assert advice.ended == ""


def test_time_that_is_up_is_said(tmp_path: pathlib.Path) -> None:
    runs = ((CASE, frozenset({0, 2})),)
    advice = advice_worker.suggest_for(settings(), packed(tmp_path), runs, frozenset({1}), (), 1e-9)

    assert advice.suggestions == ()
    assert "seconds were up" in advice.ended
    assert [one.block for one in advice.unreached] == [1]


def test_values_are_told_by_what_reads_them(tmp_path: pathlib.Path) -> None:
    measured = advice_worker.measure_values(settings(), packed(tmp_path), (CASE,), 60)

    assert [entry.path for entry in measured.of(Status.UNREAD)] == [("forgotten",)]
