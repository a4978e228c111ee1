"""`chartkit check`: every chart through every stage."""

from __future__ import annotations

import typer

from chartkit.cli.commands._given import exit_code, formats_of, hooked, set_values, several, values_of
from chartkit.cli.options import (
    ApiVersions,
    Baseline,
    ConfigFile,
    Crds,
    Engine,
    FailOn,
    Formats,
    HelmPath,
    Hook,
    Ignore,
    IsUpgrade,
    Jobs,
    KubeVersions,
    Namespace,
    New,
    NoCache,
    Paths,
    Quiet,
    Real,
    ReleaseName,
    ScenarioNames,
    Select,
    Set,
    SetFile,
    SetJson,
    SetLiteral,
    SetString,
    Siblings,
    Since,
    Strict,
    Timeout,
    Update,
    Values,
    Verbose,
)
from chartkit.cli.output import check_formats, evidence_for, printed, prints_only, write_report
from chartkit.model.report import Report
from chartkit.plan.config import Config, Flags, Piped, configure
from chartkit.system.replay import Recorder, Told


def check(
    context: typer.Context,
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    kube_version: KubeVersions = None,
    select: Select = None,
    ignore: Ignore = None,
    fail_on: FailOn = None,
    since: Since = None,
    new: New = None,
    baseline: Baseline = None,
    strict: Strict = None,
    crds: Crds = None,
    formats: Formats = None,
    engine: Engine = None,
    helm: HelmPath = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    no_cache: NoCache = None,
    siblings: Siblings = None,
    update_dependencies: Update = None,
    real: Real = None,
    values: Values = None,
    set_: Set = None,
    set_string: SetString = None,
    set_file: SetFile = None,
    set_json: SetJson = None,
    set_literal: SetLiteral = None,
    name: ReleaseName = None,
    namespace: Namespace = None,
    api_versions: ApiVersions = None,
    is_upgrade: IsUpgrade = None,
    hook: Hook = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Render, validate, check and compare charts.

    Where there is no chartkit.yaml, every chart below the working directory is rendered with its
    defaults, and with each ci/*-values.yaml and values-*.yaml.
    """
    flags = Flags(
        config=config,
        scenario=several(scenario),
        kube_version=several(kube_version),
        engine=engine,
        helm=helm,
        select=several(select),
        ignore=several(ignore),
        fail_on=fail_on,
        since=since,
        new=new,
        baseline=baseline,
        formats=formats_of(formats),
        no_cache=no_cache,
        jobs=jobs,
        timeout=timeout,
        strict=strict,
        crds=several(crds),
        siblings=siblings,
        update_dependencies=update_dependencies,
        real=real,
        values=values_of(values),
        set_values=set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=several(api_versions),
        is_upgrade=is_upgrade,
    )
    read = hooked(configure.read(flags), paths) if hook else configure.read(flags)
    check_formats(read)
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import check as pipeline

    with Progress(quiet=quiet) as progress:
        report = pipeline.check(read, paths or (), progress, evidence=evidence_for(read))
    write_report(report, read, verbose=verbose, quiet=quiet)
    code = exit_code(report, read)
    if isinstance(context.obj, Recorder) and _can_be_replayed(read) and not _asks_cache(report):
        text = printed(report.as_cached(), read, verbose=verbose, quiet=quiet)
        context.obj.keep(Told(text, code))
    return code


def _asks_cache(report: Report) -> bool:
    """Whether what was fetched by another run would change the report."""
    lacking = any(finding.rule == "dependency-missing" for finding in report.findings)
    return lacking or not all(taken.sibling for taken in report.taken)


def _can_be_replayed(config: Config) -> bool:
    """Whether all that the run depends on was read by this process, and all that it told went to stdout."""
    return (
        prints_only(config)
        and config.cache_dir is not None
        and config.since is None
        and config.engine == "embedded"
        and config.changed is None
        and not config.update_dependencies
        and not any(isinstance(one, Piped) for one in config.flags.values)
    )
