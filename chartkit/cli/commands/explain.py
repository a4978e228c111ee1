"""`chartkit explain`: the whole story of one finding."""

from __future__ import annotations

from chartkit.cli.commands._given import set_values, several, values_of
from chartkit.cli.options import (
    ApiVersions,
    ConfigFile,
    Crds,
    Engine,
    Explained,
    HelmPath,
    Ignore,
    IsUpgrade,
    Jobs,
    KubeVersions,
    Namespace,
    NoCache,
    Paths,
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
    StoryVerbose,
    Strict,
    Timeout,
    Update,
    Values,
)
from chartkit.cli.output import write_story
from chartkit.model.errors import EXIT_CLEAN
from chartkit.plan.config import Flags, configure


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
    verbose: StoryVerbose = False,
) -> int:
    """Tell the whole story of one finding: the lines, the values behind it, the object, what to do.

    Takes the paths and flags of the check that found it, and what that check has left in the cache.
    """
    flags = Flags(
        config=config,
        scenario=several(scenario),
        kube_version=several(kube_version),
        engine=engine,
        helm=helm,
        select=several(select),
        ignore=several(ignore),
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
    read = configure.read(flags)
    from chartkit.cli import pick_finding
    from chartkit.cli.progress import Progress

    with Progress() as progress:
        story = pick_finding.found(read, paths or (), finding, progress)
    write_story(story, verbose=verbose)
    return EXIT_CLEAN
