"""`chartkit coverage`: which branches and lines of templates the scenarios run."""

from __future__ import annotations

from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.cli.output import check_coverage_formats, write_advice, write_coverage
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.plan.config import configure


def coverage(
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    scenario: options.ScenarioNames = None,
    kube_version: options.KubeVersions = None,
    formats: options.CoverageFormats = None,
    fail_under: options.FailUnder = None,
    vendored: options.Vendored = None,
    unused_values: options.UnusedValues = False,
    suggest: options.Suggest = False,
    write_scenarios: options.WriteScenarios = False,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    no_cache: options.NoCache = None,
    verbose: options.Verbose = False,
    quiet: options.Quiet = False,
) -> int:
    """Show which branches and lines of the templates the scenarios run, and which they do not."""
    flags = flags_of(locals())
    given = flags.formats or (("text", None),)
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
