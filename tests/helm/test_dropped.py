"""What Helm leaves out of its output is known, whichever Helm it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines

Make = Callable[..., Any]

HOOK = 'kind: Job\nmetadata: {{name: {name}, annotations: {{helm.sh/hook: "{hook}"}}}}\n'
CHART = {
    "templates/a.yaml": "---\n".join(
        HOOK.format(name=f"n{index}", hook=hook)
        for index, hook in enumerate(
            ["pre-instal", "", "test-failure", "pre-install", "Test", "true,", "a b"]
        )
    ),
    "templates/b.yaml": "kind: Pod\n---\n{{ if .Values.x }}"
    + HOOK.format(name="no", hook="no")
    + "{{ end }}\n",
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/templates/a.yaml": HOOK.format(name="sub", hook="pre-instal"),
    "crds/a.yaml": HOOK.format(name="crd", hook="crd-install"),
}


@pytest.mark.helm
@pytest.mark.parametrize("more", ["", "a: b: c\n"])
def test_every_engine_knows_what_is_dropped(
    more: str,
    make_chart: Make,
    make_case: Make,
    embedded: engines.Engine,
    helm3: engines.Engine,
    helm4: engines.Engine,
) -> None:
    chart = make_chart({**CHART, **({"templates/z.yaml": more} if more else {})})
    ours, *theirs = (engines.render(each, chart, make_case(chart)) for each in (embedded, helm3, helm4))
    assert ours.dropped.count("# Source: ") == 6
    for render in theirs:
        assert (render.text, render.dropped, render.warnings) == (ours.text, ours.dropped, ())
        assert (render.failure is None) == (not more)


@pytest.mark.helm
def test_nothing_is_dropped_of_good_hooks(
    make_chart: Make, make_case: Make, embedded: engines.Engine, helm4: engines.Engine
) -> None:
    chart = make_chart({"templates/a.yaml": HOOK.format(name="a", hook=" Pre-Install, test")})
    renders = [engines.render(each, chart, make_case(chart)) for each in (embedded, helm4)]
    assert [render.dropped for render in renders] == ["", ""]
    assert renders[0].text == renders[1].text
