"""`chartkit coverage`: what of the templates the scenarios run."""

from __future__ import annotations

from chartkit.cli.commands._given import formats_of, several
from chartkit.cli.options import (
    ConfigFile,
    CoverageFormats,
    FailUnder,
    Jobs,
    KubeVersions,
    NoCache,
    Paths,
    Quiet,
    ScenarioNames,
    Suggest,
    Timeout,
    UnusedValues,
    Vendored,
    Verbose,
    WriteScenarios,
)
from chartkit.cli.output import check_coverage_formats, write_advice, write_coverage
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.plan.config import Flags, configure


def coverage(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    kube_version: KubeVersions = None,
    formats: CoverageFormats = None,
    fail_under: FailUnder = None,
    vendored: Vendored = None,
    unused_values: UnusedValues = False,
    suggest: Suggest = False,
    write_scenarios: WriteScenarios = False,
    jobs: Jobs = None,
    timeout: Timeout = None,
    no_cache: NoCache = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show which branches and lines of the templates the scenarios run, and which they do not."""
    flags = Flags(
        config=config,
        scenario=several(scenario),
        kube_version=several(kube_version),
        no_cache=no_cache,
        jobs=jobs,
        timeout=timeout,
    )
    given = formats_of(formats or ["text"])
    check_coverage_formats(given)
    from chartkit.cli.progress import Progress
    from chartkit.pipeline import coverage as covering
    from chartkit.pipeline import coverage_advice

    read = covering.configured(configure.read(flags), fail_under, vendored=vendored)
    asking = coverage_advice.asking(read, values=unused_values, suggest=suggest or write_scenarios)
    with Progress(quiet=quiet) as progress:
        found = covering.measure(read, paths or (), progress, asking.ask)
    write_coverage(coverage_advice.with_values(found, asking), read, given, verbose=verbose, quiet=quiet)
    if unused_values or suggest or write_scenarios:
        write_advice(asking, read, given, verbose=verbose, add=write_scenarios)
    limit = read.coverage.fail_under
    return EXIT_FINDINGS if limit is not None and found.below(limit) else EXIT_CLEAN
