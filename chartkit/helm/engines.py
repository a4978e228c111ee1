"""From a chart and a case to what Helm makes of them, whichever engine does it.

The engines differ in how they run Helm; what they are given, and what becomes of it, is decided
here: values merged, dependencies and ``kubeVersion`` checked, random functions frozen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from chartkit.helm import capabilities, freeze, subcharts, value_schemas
from chartkit.helm.remaining import reduced
from chartkit.helm.values import HelmInputs, InputsError, inputs_of
from chartkit.model.case import Case, Chart
from chartkit.model.render import Failure, Removed, Render
from chartkit.syntax import semver
from chartkit.system import cache

__all__ = ["Engine", "HelmInputs", "InputsError", "inputs_of", "open_engine", "render", "rendered_from"]

Files = Mapping[str, bytes]


class Engine(Protocol):
    """A Helm; *name* is ``embedded`` or ``cli``, *version* Helm's, as ``4.2.3``."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def read_yaml(self, text: str) -> Any:
        """Read one YAML document as Helm reads values; ValueError where Helm could not."""
        ...

    def render(self, chart: Chart, files: Files, inputs: HelmInputs) -> Render:
        """Render *files*, which are those of *chart*, perhaps rewritten; raises EngineError and OutOfTime."""
        ...


def open_engine(name: str, helm: str | None = None, seconds: float | None = None) -> Engine:
    """The engine called *name*; *helm* is the command for ``cli`` (else PATH's). Raises EngineError.

    The command is ended after so many *seconds* of processor time; whoever runs the embedded one ends it.
    """
    if name == "cli":
        from chartkit.helm.command import SECONDS, HelmCommand

        return HelmCommand(helm or "helm", SECONDS if seconds is None else seconds)
    from chartkit.helm.embedded import Embedded

    return Embedded()


def render(
    engine: Engine, chart: Chart, case: Case, *, real: bool = False, removed: tuple[Removed, ...] = ()
) -> Render:
    """What *engine* makes of *case*; what is wrong with chart or values is in the render's failure.

    Unless *real*, functions that answer differently each time are frozen; where the frozen chart
    fails, it is rendered as it is, and that is the answer. What is *removed* prints nothing.
    """
    named = f"{engine.name} {engine.version}"
    inputs = _inputs(engine, case)
    if refusal := _refusal(engine, chart, case, inputs):
        return Render("", named, failure=refusal)
    if isinstance(inputs, Failure):
        return Render("", named, failure=inputs)
    chart = _with_local_schemas(chart)
    if real:
        rendered = engine.render(chart, reduced(chart.files, removed), inputs)
    else:
        rendered = _frozen(engine, chart, inputs, removed)
    use = capabilities.use_of(chart, inputs)
    if not use.asked:
        return rendered
    if use.unsure:
        why = f"templates are told of Helm's own list, because of {use.unsure!r} in them"
        return dataclasses.replace(rendered, helm_list_because=why)
    if use.whole:
        plain = render(engine, chart, dataclasses.replace(case, served=None), real=real, removed=removed)
        if plain.failure and capabilities.is_misuse(plain.failure):
            return plain
    return dataclasses.replace(rendered, asked=tuple(sorted(use.asked)))


def _inputs(engine: Engine, case: Case) -> HelmInputs | Failure:
    try:
        return inputs_of(case, engine.read_yaml)
    except InputsError as fault:
        return fault.failure


@cache.of_recent
def _with_local_schemas(chart: Chart) -> Chart:
    """*chart* without the schemas that lead out of it; cases share their chart, also the one without."""
    files = value_schemas.without_external(chart.files)
    return chart if files is chart.files else dataclasses.replace(chart, files=files)


def rendered_from(chart: Chart, inputs: HelmInputs, render: Render) -> tuple[tuple[Files, HelmInputs], ...]:
    """The files and inputs that *render* of *chart* was made of; of two, the second where stand-ins show.

    The templates among the files are as they were given to Helm.
    """
    chart = _with_local_schemas(chart)
    if not render.frozen:
        return ((chart.files, inputs),)
    templates, files = _frozen_files(chart)
    values = freeze.freeze_values(inputs.values)
    if files is templates and values is inputs.values:
        return ((files, inputs),)
    return ((files, dataclasses.replace(inputs, values=values)), (templates, inputs))


def _frozen(engine: Engine, chart: Chart, inputs: HelmInputs, removed: tuple[Removed, ...]) -> Render:
    templates, files = _frozen_files(chart)
    values = freeze.freeze_values(inputs.values)
    if files is chart.files and values is inputs.values:
        return engine.render(chart, reduced(chart.files, removed), inputs)
    in_values = files is not templates or values is not inputs.values
    rendered = engine.render(chart, reduced(files, removed), dataclasses.replace(inputs, values=values))
    if rendered.failure is None and in_values and freeze.shows_stand_in(rendered.text):
        # values whose template text is printed, not run
        rendered = engine.render(chart, reduced(templates, removed), inputs)
    if rendered.failure is None:
        return dataclasses.replace(rendered, frozen=True)
    return _not_frozen(engine.render(chart, reduced(chart.files, removed), inputs), rendered.failure)


@cache.of_recent
def _frozen_files(chart: Chart) -> tuple[Files, Files]:
    """The files of *chart* with templates frozen, and with values.yaml too; cases share their chart."""
    templates = freeze.freeze(chart.files)
    return templates, freeze.freeze_defaults(templates)


def _not_frozen(original: Render, frozen: Failure) -> Render:
    """The *original* after the chart failed when frozen: where it fails too, freezing was not the cause."""
    if original.failure is not None:
        return original
    why = f"random functions are not frozen, because the chart then fails: {frozen.message}"
    return dataclasses.replace(original, not_frozen_because=why)


def _refusal(engine: Engine, chart: Chart, case: Case, inputs: HelmInputs | Failure) -> Failure | None:
    """Why Helm would not begin with *chart*: what its command checks, and its library does not.

    Which versions a range allows depends on the version of Helm, so that its command checks them itself.
    """
    if chart.type not in {"", "application"}:
        return _failure("chart", f"{chart.type} charts are not installable", f"{chart.name}/Chart.yaml")
    lacking = subcharts.missing_names(chart)
    read = engine.read_yaml
    if lacking and (
        isinstance(inputs, Failure) or not subcharts.are_switched_off(chart, lacking, inputs, read)
    ):
        message = f"found in Chart.yaml, but missing in charts/ directory: {', '.join(lacking)}"
        hint = "run `helm dependency build` in the chart"
        return dataclasses.replace(_failure("dependency", message, f"{chart.name}/Chart.yaml"), hint=hint)
    version = semver.without_vendor(case.kube_version)
    if engine.name != "cli" and chart.kube_version and not _accepts(chart.kube_version, version):
        version = f"v{case.kube_version.removeprefix('v')}"
        wanted = f"chart requires kubeVersion: {chart.kube_version}"
        message = f"{wanted} which is incompatible with Kubernetes {version}"
        return _failure("kube-version", message, f"{chart.name}/Chart.yaml")
    return None


def _failure(kind: str, message: str, template: str) -> Failure:
    return Failure(kind, message, message, template)


def _accepts(constraint: str, version: str) -> bool:
    """Helm takes a constraint that it cannot read for one that nothing satisfies."""
    try:
        return semver.satisfies(constraint, version)
    except ValueError:
        return False
