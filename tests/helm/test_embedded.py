"""The embedded Helm fits the contract that the adapter was written against."""

from __future__ import annotations

import os
import pathlib
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import embedded as module
from chartkit.helm import engines, marshalling
from chartkit.model.case import Case, Chart, SetValue
from chartkit.model.errors import EngineError

Make = Callable[..., Any]


def test_the_library_is_the_one_that_is_pinned(embedded: engines.Engine) -> None:
    assert (embedded.name, embedded.version) == ("embedded", "4.2.3")
    pinned = f'"helm-python-sdk=={module.LIBRARY[0]}"'
    assert pinned in (pathlib.Path(__file__).parents[2] / "pyproject.toml").read_text()


def test_another_library_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIBRARY", ("9.9.9", "v9.0.0"))
    with pytest.raises(EngineError, match=r"the embedded Helm is 0\.2\.2 with Helm v4\.2\.3") as caught:
        module.Embedded()
    assert caught.value.hint == "install helm-python-sdk==9.9.9"


def test_an_absent_library_is_an_error_that_names_the_other_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "helm_python", None)
    with pytest.raises(EngineError, match="the embedded Helm cannot be loaded") as caught:
        module.Embedded()
    assert "--engine cli" in caught.value.hint


def test_loading_leaves_the_time_zone_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("Europe/Berlin", None):
        monkeypatch.setenv("TZ", zone) if zone else monkeypatch.delenv("TZ", raising=False)
        module.Embedded()
        assert os.environ.get("TZ") == zone


def test_times_are_told_in_utc(embedded: engines.Engine, make_chart: Make, make_case: Make) -> None:
    chart = make_chart({"templates/a.yaml": 'x: {{ now | date "Z07:00" }}\n'})
    assert "x: Z\n" in engines.render(embedded, chart, make_case(chart), real=True).text


def test_what_go_logs_is_kept_and_stays_off_the_terminal(
    embedded: engines.Engine, make_chart: Make, make_case: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    chart = make_chart({"values.yaml": "t: {u: {v: 1}}\n", "templates/a.yaml": "x: 1\n"})
    render = engines.render(embedded, chart, make_case(chart, set_values=(SetValue("set", "t.u=3"),)))
    assert render.warnings == ("warning: cannot overwrite table with non table for web.t.u (map[v:1])",)
    failing = make_chart({"values.yaml": "t: {u: {v: 1}}\n", "templates/a.yaml": "{{ fail `x` }}"})
    assert engines.render(
        embedded, failing, make_case(failing, set_values=(SetValue("set", "t.u=3"),))
    ).warnings
    os.write(2, b"ours")
    assert capfd.readouterr().err == "ours"


def test_every_render_begins_anew(embedded: engines.Engine, make_chart: Make, make_case: Make) -> None:
    chart = make_chart(
        {
            "Chart.yaml": textwrap.dedent("""\
                apiVersion: v2
                name: web
                version: 1.0.0
                dependencies: [{name: sub, version: 1.x, condition: sub.on}]
                """),
            "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            "charts/sub/templates/a.yaml": "x: 1\n",
            "charts/sub/crds/a.yaml": "kind: CustomResourceDefinition\n",
        }
    )
    off = make_case(chart, set_values=(SetValue("set", "sub.on=false"),))
    texts = [engines.render(embedded, chart, case).text for case in (make_case(chart), off, make_case(chart))]
    assert texts[0] == texts[2] == texts[0]
    assert "charts/sub/crds/a.yaml" in texts[0]
    assert texts[1] == "\n"


def test_documents_are_read_once(make_chart: Make, make_case: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = module.Embedded()
    chart = make_chart({"templates/a.yaml": "kind: A\n---\nkind: B\n"})
    first = engines.render(engine, chart, make_case(chart))
    monkeypatch.setattr(engine, "read_yaml", None)
    assert engines.render(engine, chart, make_case(chart)) == first
    monkeypatch.undo()
    monkeypatch.setattr(module, "_HEADS", 1)
    other = make_chart({"templates/a.yaml": "kind: C\n---\nkind: D\n"})
    assert engines.render(engine, other, make_case(other)).text.count("kind") == 2


def test_a_chart_that_helm_cannot_load_is_a_failure(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart: Chart = make_chart({"values.yaml": "a: [\n"})
    case: Case = make_case(chart)
    failure = engines.render(embedded, chart, case).failure
    assert failure is not None
    assert (failure.kind, failure.template, failure.line) == ("chart", "web/values.yaml", 1)


@pytest.mark.parametrize("depth", [500, 5_000, 50_000])
def test_documents_nested_without_end_are_no_harm(
    depth: int, embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    nested = f'x: {{{{ repeat {depth} "[" }}}}{{{{ repeat {depth} "]" }}}}'
    chart = make_chart({"templates/a.yaml": nested, "templates/b.yaml": "kind: B\n"})
    render = engines.render(embedded, chart, make_case(chart))
    assert "kind: B" in render.text
    assert (render.failure is None) == (depth == 500)


def test_what_is_planted_never_makes_a_chart_fail(
    embedded: engines.Engine, make_chart: Make, make_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marshalling, "restore_values", lambda values: "{{ fail `ours` }}")
    chart = make_chart({"templates/a.yaml": "x: 1\n"})
    assert engines.render(embedded, chart, make_case(chart)).text.endswith("x: 1\n")
