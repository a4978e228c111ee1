"""`chartkit check`: finds what is wrong in charts."""

from __future__ import annotations

from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.cli.output import check_formats, evidence_for, exit_code, write_report
from chartkit.plan.config import configure


def check(
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
    if hook:
        from chartkit.cli import hook as changed_files

        read = changed_files.narrowed(read, paths or ())
    check_formats(read)
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import check as pipeline

    with Progress(quiet=quiet) as progress:
        report = pipeline.check(read, paths or (), progress, evidence=evidence_for(read))
    write_report(report, read, verbose=verbose, quiet=quiet)
    return exit_code(report, read)
