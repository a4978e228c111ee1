"""`chartkit check`: every chart through every stage."""

from __future__ import annotations

import typer

from chartkit.cli import hook as changed_files
from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.cli.output import check_formats, evidence_for, exit_code, printed, prints_only, write_report
from chartkit.model.report import Report
from chartkit.plan.config import Config, Flags, Piped, configure
from chartkit.system.replay import Recorder, Told


def check(
    context: typer.Context,
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    scenario: options.ScenarioNames = None,
    kube_version: options.KubeVersions = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    fail_on: options.FailOn = None,
    since: options.Since = None,
    new: options.New = None,
    baseline: options.Baseline = None,
    strict: options.Strict = None,
    crds: options.Crds = None,
    formats: options.Formats = None,
    engine: options.Engine = None,
    helm: options.HelmPath = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    no_cache: options.NoCache = None,
    siblings: options.Siblings = None,
    update_dependencies: options.UpdateDependencies = None,
    real: options.Real = None,
    values: options.Values = None,
    set_: options.Set = None,
    set_string: options.SetString = None,
    set_file: options.SetFile = None,
    set_json: options.SetJson = None,
    set_literal: options.SetLiteral = None,
    name: options.ReleaseName = None,
    namespace: options.Namespace = None,
    api_versions: options.ApiVersions = None,
    is_upgrade: options.IsUpgrade = None,
    hook: options.Hook = False,
    verbose: options.Verbose = False,
    quiet: options.Quiet = False,
) -> int:
    """Render, validate, check and compare charts.

    Where there is no chartkit.yaml, every chart below the working directory is rendered with its
    defaults, and with each ci/*-values.yaml and values-*.yaml.
    """
    flags = flags_of(locals())
    read = configure.read(flags)
    read = changed_files.narrowed(read, paths or ()) if hook else read
    check_formats(read)
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import check as pipeline

    with Progress(quiet=quiet) as progress:
        report = pipeline.check(read, paths or (), progress, evidence=evidence_for(read))
    write_report(report, read, verbose=verbose, quiet=quiet)
    code = exit_code(report, read)
    if isinstance(context.obj, Recorder) and _can_be_replayed(read, flags) and not _asks_cache(report):
        text = printed(report.as_cached(), read, verbose=verbose, quiet=quiet)
        context.obj.keep(Told(text, code))
    return code


def _asks_cache(report: Report) -> bool:
    """Whether what was fetched by another run would change the report."""
    lacking = any(finding.rule == "dependency-missing" for finding in report.findings)
    return lacking or not all(taken.sibling for taken in report.taken)


def _can_be_replayed(config: Config, flags: Flags) -> bool:
    """Whether all that the run depends on was read by this process, and all that it told went to stdout."""
    return (
        prints_only(config)
        and config.cache_dir is not None
        and config.since is None
        and config.engine == "embedded"
        and config.changed is None
        and not config.update_dependencies
        and not any(isinstance(one, Piped) for one in flags.values)
    )
