"""`chartkit render`: one case of one chart, printed as ``helm template`` prints it."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.helm import charts, value_schemas
from chartkit.model.case import Case
from chartkit.model.chart_file import canonical
from chartkit.model.errors import ChartkitError, ConfigError, FileError, Unfinished
from chartkit.model.render import FAILURE_RULES, Failure, Hit, Render
from chartkit.pipeline import failed_cases, worker_jobs
from chartkit.pipeline.run import LoadedChart, Run, open_run
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.discover import PlannedChart
from chartkit.system.worker_pool import WorkerFailure

_TESTS: Final = frozenset({"test", "test-success"})
_SOURCE: Final = re.compile(r"^---\n# Source: (.+)\n", re.MULTILINE)


def render(config: Config, path: str, *, skip_schemas: bool = False) -> Render:
    """What Helm makes of the chart at *path* in the scenario that *config* asks for, else in its defaults.

    Its warnings tell, too, what ``check`` says of the files that the chart is made of. With *skip_schemas*
    no ``values.schema.json`` refuses values.
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
        if skip_schemas:
            files = value_schemas.without_any(loaded.chart.files)
            loaded = dataclasses.replace(loaded, chart=dataclasses.replace(loaded.chart, files=files))
        render = rendered(run, loaded, _chosen(planned.cases))
        warnings = tuple(_warnings(run, render, report.hits))
        return dataclasses.replace(render, warnings=(*warnings, *render.warnings))


def _warnings(run: Run, render: Render, hits: tuple[Hit, ...]) -> Iterator[str]:
    """What *hits* say, but for what the refusal says again, and why random functions are not frozen."""
    again = FAILURE_RULES.get(render.failure.kind) if render.failure else None
    yield from (_line(hit) for hit in hits if hit.rule in run.rules and hit.rule != again)
    if render.not_frozen_because:
        yield render.not_frozen_because


def _chosen(cases: tuple[Case, ...]) -> Case:
    """The case to print: the chart's defaults where no scenario was asked for, on the newest Kubernetes."""
    default = [case for case in cases if case.scenario.name == "default"]
    return (default or list(cases))[-1]


def rendered(run: Run, loaded: LoadedChart, case: Case) -> Render:
    """What Helm makes of *case*, or why its worker did not come back."""
    answer = run.submit(worker_jobs.render_case, loaded, case).result()
    if run.pool.overdue:
        raise Unfinished(run.config.timeout)
    if isinstance(answer, WorkerFailure):
        failed = failed_cases.failed_render(run, answer)
        assert failed.failure
        text = f"rendering {answer.message}"
        return dataclasses.replace(failed, failure=dataclasses.replace(failed.failure, text=text))
    return answer


def refused(planned: PlannedChart, loaded: charts.Loaded) -> Failure | None:
    """Why the chart of *planned* is not rendered: it cannot be read as Helm reads it, or renders nothing."""
    if loaded.withheld:
        lines = [*map(_line, loaded.withheld), "not rendered, as Helm would render something else"]
        return Failure("chart", "\n".join(lines), "\n".join(lines), hint=loaded.withheld[0].hint)
    if loaded.chart is not None and planned.cases:
        return None
    faults = "\n".join(map(_line, loaded.hits or planned.hits))
    text = faults or f"{planned.name} is a library chart, which renders nothing by itself"
    return Failure("chart", text, text)


def _line(hit: Hit) -> str:
    return f"{hit.place.file}: {hit.message}" if hit.place else hit.message


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a render is printed: the files of ``crds/``, its hooks, those of ``helm test`` among them.

    Where *only* names templates, nothing else: relative to the chart, patterns allowed, as Helm takes them.
    """

    crds: bool = False
    hooks: bool = True
    tests: bool = True
    only: tuple[str, ...] = ()


def printed(text: str, shown: Shown) -> str:
    """What is *shown* of *text*; raises ConfigError for a template that makes nothing."""
    documents = list(_documents(text))
    if not shown.crds:
        documents = [(source, part) for source, part in documents if canonical(source).kind != "crd"]
    if not (shown.hooks and shown.tests):
        documents = [(source, part) for source, part in documents if _is_kept(source, part, shown)]
    if not shown.only:
        return _blank(documents) + "".join(part for _, part in documents)
    return "".join(part for wanted in shown.only for part in _shown(wanted, documents))


def _documents(text: str) -> Iterator[tuple[str, str]]:
    """Each document of *text* with its source, letter for letter."""
    starts = list(_SOURCE.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=False):
        yield start[1], text[start.start() : end]


def _blank(documents: list[tuple[str, str]]) -> str:
    """The empty line that Helm prints where no object stands before the hooks."""
    return "\n" if not documents or _hooks(*documents[0]) is not None else ""


def _is_kept(source: str, text: str, shown: Shown) -> bool:
    hooks = _hooks(source, text)
    if hooks is None:
        return True
    return shown.hooks and (
        shown.tests or _TESTS.isdisjoint(each.strip().lower() for each in hooks.split(","))
    )


def _hooks(source: str, text: str) -> str | None:
    """The hooks of a document, None where it is none; Helm is stopped by one that it cannot read."""
    from chartkit.helm import order
    from chartkit.syntax.yaml import kube_yaml

    if canonical(source).kind == "crd":
        return None
    try:
        return order.head_of(kube_yaml.read(text).value).hooks
    except (FileError, ValueError):
        return None


def _shown(wanted: str, documents: list[tuple[str, str]]) -> list[str]:
    found = [part for source, part in documents if fnmatch.fnmatchcase(source.partition("/")[2], wanted)]
    if not found:
        raise ConfigError(
            f"--show-only: could not find template {wanted!r} in the chart",
            "name it relative to the chart, as templates/deployment.yaml; it may also make nothing here",
        )
    return found
