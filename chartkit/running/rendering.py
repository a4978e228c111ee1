"""`chartkit render`: one case of one chart, printed as ``helm template`` prints it."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterator
from typing import Final

from chartkit import charts, discover
from chartkit.config import Config
from chartkit.discover import PlannedChart
from chartkit.errors import ChartkitError, ConfigError
from chartkit.helm.failure import RULES
from chartkit.judging.places import is_crd_file
from chartkit.model import Case, Failure, Hit, Render
from chartkit.running.run import LoadedChart, Run, open_run
from chartkit.workers import Lost

_SOURCE: Final = re.compile(r"^---\n# Source: (.+)\n", re.MULTILINE)


def render(config: Config, path: str) -> Render:
    """What Helm makes of the chart at *path* in the scenario that *config* asks for, else in its defaults.

    Its warnings tell, too, what ``check`` says of the files that the chart is made of.
    """
    plan = discover.plan(config, [path])
    if len(plan.charts) != 1:
        shown = ", ".join(chart.shown for chart in plan.charts)
        raise ChartkitError(f"{path!r} holds {len(plan.charts)} charts: {shown}", "name one of them")
    planned = plan.charts[0]
    with open_run(config) as run:
        loaded, report = run.load(planned)
        if refusal := refused(planned, report):
            return Render("", "", failure=refusal)
        assert loaded
        render = rendered(run, loaded, _chosen(planned.cases))
        said = tuple(_said(run, render, report.hits))
        return dataclasses.replace(render, warnings=(*said, *render.warnings))


def _said(run: Run, render: Render, hits: tuple[Hit, ...]) -> Iterator[str]:
    """What *hits* say, but for what the refusal says again, and why random functions are not frozen."""
    again = RULES.get(render.failure.kind) if render.failure else None
    yield from (_line(hit) for hit in hits if hit.rule in run.rules and hit.rule != again)
    if render.thaw:
        yield render.thaw


def _chosen(cases: tuple[Case, ...]) -> Case:
    """The case to print: the chart's defaults where no scenario was asked for, on the newest Kubernetes."""
    default = [case for case in cases if case.scenario.name == "default"]
    return (default or list(cases))[-1]


def rendered(run: Run, loaded: LoadedChart, case: Case) -> Render:
    """What Helm makes of *case*, or why its worker did not come back."""
    answer = run.start_render(loaded, case).result()
    if isinstance(answer, Lost):
        lost = run.lost_render(answer)
        assert lost.failure
        text = f"rendering {answer.message}"
        return dataclasses.replace(lost, failure=dataclasses.replace(lost.failure, text=text))
    return answer


def refused(planned: PlannedChart, loaded: charts.Loaded) -> Failure | None:
    """Why the chart of *planned* is not rendered: it cannot be read as Helm reads it, or renders nothing."""
    if loaded.withheld:
        lines = [*map(_line, loaded.withheld), "not rendered, as Helm would render something else"]
        return Failure("chart", "\n".join(lines), "\n".join(lines), hint=loaded.withheld[0].hint)
    if loaded.chart is not None and planned.cases:
        return None
    said = "\n".join(map(_line, loaded.hits or planned.hits))
    text = said or f"{planned.name} is a library chart, which renders nothing by itself"
    return Failure("chart", text, text)


def _line(hit: Hit) -> str:
    return f"{hit.place.file}: {hit.message}" if hit.place else hit.message


def printed(text: str, *, include_crds: bool, show_only: tuple[str, ...] = ()) -> str:
    """*text* with or without the files of ``crds/``, and of it only the templates that *show_only* names.

    They are named as Helm does it: relative to the chart, patterns allowed. Raises ConfigError for
    one that makes nothing.
    """
    documents = list(_documents(text))
    if not include_crds:
        documents = [(source, part) for source, part in documents if not is_crd_file(source)]
    if not show_only:
        return _blank(documents) + "".join(part for _, part in documents)
    return "".join(part for wanted in show_only for part in _shown(wanted, documents))


def _documents(text: str) -> Iterator[tuple[str, str]]:
    """Each document of *text* with its source, letter for letter."""
    starts = list(_SOURCE.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=False):
        yield start[1], text[start.start() : end]


def _blank(documents: list[tuple[str, str]]) -> str:
    """The empty line that Helm prints where no object stands before the hooks."""
    from chartkit.helm import order
    from chartkit.yaml import kube_yaml

    if not documents:
        return "\n"
    source, text = documents[0]
    if is_crd_file(source):
        return ""
    try:
        head = order.head_of(kube_yaml.read(text).value)
    except (
        kube_yaml.YamlFault,
        ValueError,
    ):  # no hook, then: Helm is stopped by a document that it cannot read
        return ""
    return "" if head.hooks is None else "\n"


def _shown(wanted: str, documents: list[tuple[str, str]]) -> list[str]:
    found = [part for source, part in documents if fnmatch.fnmatchcase(source.partition("/")[2], wanted)]
    if not found:
        raise ConfigError(
            f"--show-only: could not find template {wanted!r} in the chart",
            "name it relative to the chart, as templates/deployment.yaml; it may also make nothing here",
        )
    return found
