"""`chartkit explain`: the whole story of one finding."""

from __future__ import annotations

from chartkit.cli import options
from chartkit.cli.given_flags import flags_of
from chartkit.cli.output import write_story
from chartkit.model.errors import EXIT_CLEAN
from chartkit.plan.config import configure


def explain(
    finding: options.Explained,
    paths: options.Paths = None,
    config: options.ConfigFile = None,
    scenario: options.ScenarioNames = None,
    kube_version: options.KubeVersions = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    strict: options.Strict = None,
    crds: options.Crds = None,
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
    verbose: options.StoryVerbose = False,
) -> int:
    """Tell the whole story of one finding: the lines, the value that sets them, the object, what to do.

    Takes the paths and flags of the check that found it, and what that check has left in the cache.
    """
    read = configure.read(flags_of(locals()))
    from chartkit.cli import pick_finding
    from chartkit.cli.progress import Progress

    with Progress() as progress:
        story = pick_finding.find(read, paths or (), finding, progress)
    write_story(story, verbose=verbose)
    return EXIT_CLEAN
