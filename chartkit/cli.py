"""Words in, exit code out: each command makes a configuration, runs the pipeline and prints a report."""

from __future__ import annotations

import dataclasses
import shutil
from typing import Annotated

import typer

from chartkit import __version__, completion
from chartkit.config import Config, Flags, configure
from chartkit.errors import (
    EXIT_CANNOT,
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    ConfigError,
)
from chartkit.help_pages import Application, Group
from chartkit.model import Report, SetValue
from chartkit.options import (
    ApiVersions,
    Baseline,
    ConfigFile,
    CoverageFormats,
    Crds,
    Engine,
    Explained,
    FailOn,
    FailUnder,
    Formats,
    HelmPath,
    Hook,
    Ignore,
    IsUpgrade,
    Jobs,
    KubeVersion,
    KubeVersions,
    Namespace,
    New,
    NoCache,
    Paths,
    Quiet,
    Real,
    ReleaseName,
    ScenarioName,
    ScenarioNames,
    Select,
    Set,
    SetFile,
    SetJson,
    SetLiteral,
    SetString,
    Since,
    StoryVerbose,
    Strict,
    Suggest,
    Update,
    Values,
    ValuesCovered,
    Vendored,
    Verbose,
    WriteScenarios,
)
from chartkit.output import (
    check_coverage_formats,
    check_formats,
    evidence_for,
    is_coloured,
    printed,
    prints_only,
    write_advice,
    write_coverage,
    write_report,
    write_story,
)
from chartkit.replay import Recorder, Told
from chartkit.terminal import visible, write

app = Application(
    cls=Group,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Render Helm charts; see what is wrong, invalid or changed in them, and where.",
)
golden_app = Application(
    cls=Group, no_args_is_help=True, help="Compare renders with golden files, or record them."
)
app.add_typer(golden_app, name="golden")

GOLDEN_RULES = ("golden-missing", "golden-drifted", "golden-orphaned", "golden-unstable")


def run(arguments: list[str], recorder: Recorder | None = None) -> int:
    """Run a command; its exit code. What a check prints is left with *recorder*."""
    command = typer.main.get_command(app)
    if arguments in ([], ["golden"]):
        command.main([*arguments, "--help"], prog_name="chartkit", standalone_mode=False)
        return EXIT_CANNOT
    try:
        result = command.main(arguments, prog_name="chartkit", standalone_mode=False, obj=recorder)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        raise ConfigError(said, "run `chartkit --help` to see the commands and flags") from None
    if result == EXIT_INTERRUPTED:  # typer has swallowed it
        raise KeyboardInterrupt
    return result if isinstance(result, int) else EXIT_CLEAN


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chartkit {__version__}")
        raise typer.Exit


@app.callback()
def chartkit(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold what all commands share."""


@app.command()
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
    no_cache: NoCache = None,
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
        scenario=_tuple(scenario),
        kube_version=_tuple(kube_version),
        engine=engine,
        helm=helm,
        select=_tuple(select),
        ignore=_tuple(ignore),
        fail_on=fail_on,
        since=since,
        new=new,
        baseline=baseline,
        formats=_formats(formats),
        no_cache=no_cache,
        jobs=jobs,
        strict=strict,
        crds=_tuple(crds),
        update_dependencies=update_dependencies,
        real=real,
        values=_tuple(values),
        set_values=_set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=_tuple(api_versions),
        is_upgrade=is_upgrade,
    )
    read = _hooked(configure.read(flags), paths) if hook else configure.read(flags)
    check_formats(read)
    from chartkit import pipeline
    from chartkit.progress import Progress

    with Progress(quiet=quiet) as progress:
        report = pipeline.check(read, paths or (), progress, evidence=evidence_for(read))
    write_report(report, read, verbose=verbose, quiet=quiet)
    code = _exit_code(report)
    if isinstance(context.obj, Recorder) and _can_be_replayed(read):
        text = printed(report.as_cached(), read, verbose=verbose, quiet=quiet)
        context.obj.keep(Told(text, code))
    return code


def _can_be_replayed(config: Config) -> bool:
    """Whether all that the run depends on was read by this process, and all that it told went to stdout."""
    return (
        prints_only(config)
        and config.cache_dir is not None
        and config.since is None
        and config.engine == "embedded"
        and config.changed is None
        and not config.update_dependencies
    )


def _hooked(config: Config, paths: list[str] | None) -> Config:
    """*config* for the files that pre-commit names at *paths*, and for those that it does not name."""
    from chartkit import hook

    return hook.narrowed(config, paths or ())


def _tuple(given: list[str] | None) -> tuple[str, ...]:
    return tuple(given or ())


def _formats(given: list[str] | None) -> tuple[tuple[str, str | None], ...]:
    parts = [word.partition("=") for word in given or ()]
    return tuple((name, file if equals else None) for name, equals, file in parts)


def _set_values(
    json: list[str] | None,
    plain: list[str] | None,
    string: list[str] | None,
    file: list[str] | None,
    literal: list[str] | None,
) -> tuple[SetValue, ...]:
    """The ``--set`` family in the order in which Helm obeys it, whatever their order on the line."""
    family = {
        "set-json": json,
        "set": plain,
        "set-string": string,
        "set-file": file,
        "set-literal": literal,
    }
    return tuple(SetValue(flag, value) for flag, values in family.items() for value in values or ())


def _exit_code(report: Report) -> int:
    return EXIT_FINDINGS if report.failed else EXIT_CLEAN


@app.command()
def render(
    chart: Annotated[
        str,
        typer.Argument(
            help="Folder or archive of the chart.", metavar="CHART", autocompletion=completion.charts
        ),
    ],
    config: ConfigFile = None,
    scenario: ScenarioName = None,
    values: Values = None,
    set_: Set = None,
    set_string: SetString = None,
    set_file: SetFile = None,
    set_json: SetJson = None,
    set_literal: SetLiteral = None,
    name: ReleaseName = None,
    namespace: Namespace = None,
    kube_version: KubeVersion = None,
    api_versions: ApiVersions = None,
    is_upgrade: IsUpgrade = None,
    include_crds: Annotated[
        bool, typer.Option("--include-crds", help="Print the files of crds/, too.")
    ] = False,
    show_only: Annotated[
        list[str] | None,
        typer.Option(
            "--show-only", "-s", help="Only what this template makes; repeatable.", metavar="TEMPLATE"
        ),
    ] = None,
    engine: Engine = None,
    helm: HelmPath = None,
    update_dependencies: Update = None,
    real: Real = None,
) -> int:
    """Print what Helm renders, as `helm template` does, with random functions frozen."""
    flags = Flags(
        config=config,
        scenario=(scenario,) if scenario else (),
        kube_version=(kube_version,) if kube_version else (),
        engine=engine,
        helm=helm,
        update_dependencies=update_dependencies,
        real=real,
        values=_tuple(values),
        set_values=_set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=_tuple(api_versions),
        is_upgrade=is_upgrade,
    )
    read = configure.read(flags)
    from chartkit.running import rendering

    rendered = rendering.render(read, chart)
    text = rendering.printed(rendered.text, include_crds=include_crds, show_only=_tuple(show_only))
    for warning in rendered.warnings:
        typer.echo(f"warning: {visible(warning)}", err=True)
    if rendered.failure:
        for line in f"error: {rendered.failure.text}".splitlines():
            typer.echo(visible(line), err=True)
        return EXIT_FINDINGS
    write(text, exact=True)
    return EXIT_CLEAN


@app.command()
def explain(
    finding: Explained,
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    kube_version: KubeVersions = None,
    select: Select = None,
    ignore: Ignore = None,
    strict: Strict = None,
    crds: Crds = None,
    engine: Engine = None,
    helm: HelmPath = None,
    jobs: Jobs = None,
    no_cache: NoCache = None,
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
    verbose: StoryVerbose = False,
) -> int:
    """Tell the whole story of one finding: the lines, the values behind it, the object, what to do.

    Takes the paths and flags of the check that found it, and what that check has left in the cache.
    """
    flags = Flags(
        config=config,
        scenario=_tuple(scenario),
        kube_version=_tuple(kube_version),
        engine=engine,
        helm=helm,
        select=_tuple(select),
        ignore=_tuple(ignore),
        no_cache=no_cache,
        jobs=jobs,
        strict=strict,
        crds=_tuple(crds),
        update_dependencies=update_dependencies,
        real=real,
        values=_tuple(values),
        set_values=_set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=_tuple(api_versions),
        is_upgrade=is_upgrade,
    )
    read = configure.read(flags)
    from chartkit import explaining
    from chartkit.progress import Progress

    with Progress() as progress:
        story = explaining.found(read, paths or (), finding, progress)
    write_story(story, verbose=verbose)
    return EXIT_CLEAN


def _golden_config(
    config: str | None, scenario: list[str] | None, jobs: int | None, update: bool | None = None
) -> Config:
    """A configuration in which only what renders, and what differs, is told."""
    from chartkit.helm.failure import RULES

    select = (*GOLDEN_RULES, *dict.fromkeys(RULES.values()), "chart-unreadable", "dependency-missing")
    flags = Flags(
        config=config, scenario=_tuple(scenario), jobs=jobs, select=select, update_dependencies=update
    )
    read = configure.read(flags)
    return read if read.golden else dataclasses.replace(read, golden=read.golden_folder)


@golden_app.command()
def diff(
    paths: Paths = None, config: ConfigFile = None, scenario: ScenarioNames = None, jobs: Jobs = None
) -> int:
    """Show how the renders of now differ from what was recorded; exit code 1 where they do."""
    read = _golden_config(config, scenario, jobs)
    from chartkit import pipeline
    from chartkit.progress import Progress

    with Progress() as progress:
        report = pipeline.check(read, paths or (), progress)
    write_report(report, read, verbose=True, quiet=False)
    return _exit_code(report)


@golden_app.command()
def update(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    jobs: Jobs = None,
    update_dependencies: Update = None,
    hook: Hook = False,
) -> int:
    """Record what the charts render now; a case that does not render is left as it was, and said.

    With --hook the exit code is 1 where a file was written or removed.
    """
    read = _golden_config(config, scenario, jobs, update_dependencies)
    read = _hooked(read, paths) if hook else read
    from chartkit.progress import Progress
    from chartkit.running import recording

    with Progress() as progress:
        recorded = recording.update(read, paths or (), progress)
    for word, files in (("wrote", recorded.written), ("removed", recorded.removed)):
        for file in files:
            write(f"{word} {visible(file)}\n")
    if recorded.report.findings or recorded.report.not_judged:
        write_report(recorded.report, read, verbose=True, quiet=False)
    elif not recorded.written and not recorded.removed:
        count = len(recorded.report.cases)
        what = "1 case renders" if count == 1 else f"{count:,} cases render"
        write(f"nothing to do: {what} what was recorded\n")
    changed = hook and (recorded.written or recorded.removed)
    return EXIT_FINDINGS if changed else _exit_code(recorded.report)


@app.command()
def coverage(
    paths: Paths = None,
    config: ConfigFile = None,
    scenario: ScenarioNames = None,
    kube_version: KubeVersions = None,
    formats: CoverageFormats = None,
    fail_under: FailUnder = None,
    vendored: Vendored = None,
    values: ValuesCovered = False,
    suggest: Suggest = False,
    write_scenarios: WriteScenarios = False,
    jobs: Jobs = None,
    no_cache: NoCache = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show which branches and lines of the templates the scenarios run, and which they do not."""
    flags = Flags(
        config=config,
        scenario=_tuple(scenario),
        kube_version=_tuple(kube_version),
        no_cache=no_cache,
        jobs=jobs,
    )
    given = _formats(formats or ["text"])
    check_coverage_formats(given)
    from chartkit.progress import Progress
    from chartkit.running import advice, covering

    read = covering.configured(configure.read(flags), fail_under, vendored=vendored)
    asking = advice.asking(read, values=values, suggest=suggest or write_scenarios)
    with Progress(quiet=quiet) as progress:
        found = covering.measure(read, paths or (), progress, asking.ask)
    write_coverage(advice.with_values(found, asking), read, given, verbose=verbose)
    if values or suggest or write_scenarios:
        write_advice(asking, read, given, verbose=verbose, add=write_scenarios)
    limit = read.coverage.fail_under
    return EXIT_FINDINGS if limit is not None and found.below(limit) else EXIT_CLEAN


@app.command(name="baseline")
def write_baseline(
    paths: Paths = None,
    config: ConfigFile = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File to write.", metavar="FILE")
    ] = None,
    jobs: Jobs = None,
    no_cache: NoCache = None,
    update_dependencies: Update = None,
    quiet: Quiet = False,
) -> int:
    """Accept what is found now, so that only what comes later is told: write chartkit-baseline.json.

    With PATHS, what it holds of other charts stays.
    """
    flags = Flags(
        config=config,
        jobs=jobs,
        no_cache=no_cache,
        update_dependencies=update_dependencies,
        baseline=output,
    )
    from chartkit import accepting
    from chartkit.progress import Progress

    with Progress(quiet=quiet) as progress:
        told = accepting.accept(configure.read(flags), paths or (), progress)
    write(f"{visible(told)}\n")
    return EXIT_CLEAN


@app.command()
def rules(config: ConfigFile = None) -> None:
    """List every rule and policy, with its severity and what it tells."""
    read = configure.read(Flags(config=config))
    from chartkit import rule_pages

    width = shutil.get_terminal_size((100, 24)).columns
    write(rule_pages.index(read, width=width, color=is_coloured()))


@app.command()
def rule(
    id: Annotated[  # noqa: A002
        str, typer.Argument(help="Id of the rule.", metavar="ID", autocompletion=completion.rules)
    ],
    config: ConfigFile = None,
) -> None:
    """Print the page of a rule: what it tells, why it matters, a bad example and a good one."""
    read = configure.read(Flags(config=config))
    from chartkit import rule_pages

    write(rule_pages.page(read, id, color=is_coloured()))


@app.command()
def init(
    path: Annotated[
        str | None, typer.Argument(help="Folder to write chartkit.yaml into; default: the repository's root.")
    ] = None,
    golden: Annotated[bool, typer.Option("--golden", help="Record what the charts render now.")] = False,
    pre_commit: Annotated[
        bool, typer.Option("--pre-commit", help="Add the hooks to .pre-commit-config.yaml.")
    ] = False,
    workflow: Annotated[
        str | None, typer.Option("--workflow", help="Write a workflow: github or gitlab.", metavar="NAME")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, and write nothing.")
    ] = False,
    jobs: Jobs = None,
) -> int:
    """Write a chartkit.yaml with the charts and scenarios that are found here; nothing is overwritten.

    Exit code 0: what was asked for is there now. 2: it cannot be written, or there is no chart.
    """
    from chartkit import first_steps

    planned = first_steps.plan(path, golden=golden, pre_commit=pre_commit, workflow=workflow or "")
    write(first_steps.told(planned, dry_run=dry_run))
    if dry_run:
        return EXIT_CLEAN
    first_steps.write(planned)
    if planned.record:
        from chartkit.progress import Progress

        read = _golden_config(str(planned.config), None, jobs)
        with Progress() as progress:
            write(first_steps.record(planned, read, progress))
    write(first_steps.next_steps(planned))
    return EXIT_CLEAN
