"""Says where Chart.yaml, ``charts/``, the sources of copies and the lock file disagree.

A copy in ``charts/`` is compared with what Helm would pack of its source now. Helm packs the files that it
loads: .helmignore is heeded, Chart.yaml is written anew, and a lock file changes nothing of a render.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chartkit.helm.charts import chart_yaml, lock
from chartkit.helm.charts.node import Lock, Metadata, Node, Refusal, Requirement, Where, written_place
from chartkit.model.chart_file import CHART_YAML, LOCKS, REQUIREMENTS_YAML
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.syntax import semver

REPOSITORY: Final = "; its repository is "
"""What stands before the address in the message of a dependency that could be fetched."""

_NOT_COMPARED: Final = (*LOCKS, CHART_YAML, REQUIREMENTS_YAML)

_NAMED: Final = 3
"""How many of several things a message names."""


def missing_hit(
    node: Node, one: Requirement, source: Metadata | None, *, is_chart: bool, other_owner: str
) -> Hit:
    """A dependency that is nowhere; *is_chart* says whether its repository is the folder of a chart.

    *other_owner* is a chart of the checkout that has its name, and seems to be another owner's.
    """
    alias = f"alias '{one.alias}'" if one.alias else ""
    if not one.repository:
        called = f" ({alias})" if alias else ""
        message = f"dependency '{one.name}'{called} is not in 'charts/', and names no repository"
        hint = f"put the chart into 'charts/{one.name}', or add its repository"
        return dependency_hit(node, "dependency-missing", one, message, hint)
    detail = ", ".join(filter(None, (one.version or "any version", alias)))
    message = f"dependency '{one.name}' ({detail}) is not in 'charts/'"
    hint = build_command(node.where)
    if source is not None:
        message += f", and the chart at '{one.repository}' is called '{source.name}'"
        hint = "correct the name or the path"
    elif is_chart:
        message += f": Helm renders '{node.metadata.name}' without it"
    elif one.is_local:
        message += f", and there is no chart at '{one.repository}'"
        hint = "correct the path, or vendor the chart"
    else:
        message += f"{REPOSITORY}'{one.repository}'"
        if not one.repository.startswith(("@", "alias:")):
            hint += ", or let chartkit fetch it with --update-dependencies"
        if other_owner:
            hint += f"; '{other_owner}' has its name, but seems to be another's chart (--siblings takes it)"
    return dependency_hit(node, "dependency-missing", one, message, hint)


def mismatch_hit(node: Node, one: Requirement, found: Node) -> Hit:
    """A dependency that is there in a version outside of its range."""
    alias = f" (alias '{one.alias}')" if one.alias else ""
    version = found.metadata.version
    message = f"dependency '{one.name}'{alias} is there as {version}, expected '{one.version}'"
    hint = f"correct the version, or {build_command(node.where)}"
    if not one.version:
        message = f"dependency '{one.name}' has an alias and no version: Helm then does not find it"
        hint = "add its version"
    elif wrong := _unreadable(one.version):
        message, hint = f"dependency '{one.name}': {wrong}", "write a version or a range of versions"
    return dependency_hit(node, "dependency-version-mismatch", one, message, hint, "version")


def duplicate_hit(child: Node, other: Node, *, by_chance: bool) -> Hit:
    """Two charts of one name in ``charts/``; *by_chance* where a dependency takes either."""
    versions = f"as {other.metadata.version} and as {child.metadata.version}"
    what = "one or the other, by chance" if by_chance else "both"
    message = f"'charts/' holds '{child.metadata.name}' twice, {versions}: Helm renders {what}"
    hint = "remove the one that is not wanted"
    return Hit((), message, hint, "dependency-ambiguous", place=Place(child.where.shown))


def undeclared_hits(node: Node) -> Iterator[Hit]:
    """The charts in ``charts/`` that no dependency names."""
    declared = {one.name for one in node.metadata.dependencies}
    file = REQUIREMENTS_YAML if node.metadata.api_version == "v1" else CHART_YAML
    for child in node.children:
        if child.metadata.name not in declared:
            message = (
                f"'{child.metadata.name}' is in 'charts/', and {file} does not declare it: Helm renders it"
            )
            hint = f"declare it in 'dependencies:' of {file}, or remove it"
            yield Hit((), message, hint, "dependency-undeclared", place=Place(child.where.shown))


def outdated_hit(node: Node, one: Requirement, copy: Node, source: Node, names: Sequence[str]) -> Hit:
    """A copy that is not what Helm would pack of its source now; *names* are the files that differ."""
    ours, theirs = copy.metadata.version, source.metadata.version
    versions = (
        f"is {ours}, '{one.repository}' is {theirs}" if ours != theirs else f"is not '{one.repository}'"
    )
    message = (
        f"the copy of '{one.name}' in 'charts/' {versions}, and Helm renders the copy: {_some(names)} differ"
    )
    if len(names) == 1:
        message += "s"
    return dependency_hit(node, "dependency-copy-outdated", one, message, _renewed(node, copy))


def not_compared_hit(node: Node, one: Requirement, source: str) -> Hit:
    """A copy whose source, the chart in the folder *source*, cannot be read."""
    message = (
        f"the copy of '{one.name}' in 'charts/' cannot be compared with the chart at '{one.repository}', "
        "which cannot be read"
    )
    return dependency_hit(
        node, "dependency-copy-outdated", one, message, f"run `chartkit check {source}`, which says why"
    )


def lock_hits(node: Node, sources: Mapping[Requirement, Metadata]) -> Iterator[Hit]:
    """What is wrong with the lock file of *node*; *sources* are the charts of ``file://`` dependencies."""
    if node.lock is None:
        return
    content = node.content
    wrong = [*lock.differences(node.lock, node.metadata, content[CHART_YAML], content.get(REQUIREMENTS_YAML))]
    wrong = wrong or [*_of_sources(node, node.lock, sources)]
    if wrong:
        place = written_place(node.where, Refusal(node.lock.file, wrong[0][0], ""), content[node.lock.file])
        reasons = _some([what for _, what in wrong], "; ")
        message = f"the lock is out of step, and `helm dependency build` refuses it: {reasons}"
        hint = f"run `helm dependency update {node.where.shown}`, and commit the lock file"
        if not node.metadata.dependencies:
            hint = "remove it"
        yield Hit((), message, hint, "lock-out-of-sync", place=place)
    else:
        yield from _of_copies(node, node.lock)


def _of_sources(
    node: Node, locked: Lock, sources: Mapping[Requirement, Metadata]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The entries whose source has another version by now."""
    for one, entry in zip(node.metadata.dependencies, locked.entries, strict=False):
        source = sources.get(one)
        if source is not None and not entry.accepts(source.version):
            path = (*entry.path, "version")
            yield path, f"'{one.name}' is {entry.version} in it, and {source.version} at '{one.repository}'"


def _of_copies(node: Node, locked: Lock) -> Iterator[Hit]:
    """The copies in ``charts/`` of another version than the locked one."""
    for one, entry in zip(node.metadata.dependencies, locked.entries, strict=False):
        copy = node.child_for(one)
        if copy is None or copy.where.is_root or not entry.repository or not _is_other(entry.version, copy):
            continue
        message = (
            f"the copy of '{one.name}' in 'charts/' is {copy.metadata.version}, {locked.file} says "
            f"{entry.version}, and Helm renders the copy"
        )
        yield dependency_hit(node, "dependency-copy-outdated", one, message, _renewed(node, copy, "build"))


def _is_other(version: str, copy: Node) -> bool:
    try:
        return semver.parse(version) != semver.parse(copy.metadata.version)
    except ValueError:  # a range: Helm did not look up which version it was
        return False


def _renewed(node: Node, copy: Node, command: str = "update") -> str:
    """How to get a new copy; Helm leaves folders in ``charts/`` alone."""
    run = f"run `helm dependency {command} {node.where.shown}`"
    return run if copy.where.folder is None else f"remove '{copy.where.shown}', and {run}"


def dependency_hit(node: Node, rule: str, one: Requirement, message: str, hint: str, key: str = "") -> Hit:
    """A hit at the entry of a dependency."""
    fault = Refusal(one.file, (*one.path, key) if key else one.path, "")
    return Hit((), message, hint, rule, place=written_place(node.where, fault, node.content.get(one.file)))


def build_command(where: Where) -> str:
    """What fetches the dependencies of a chart."""
    path = where.shown if where.folder is not None else "CHART_YAML"
    return f"run `helm dependency build {path}`"


def _some(names: Sequence[str], comma: str = ", ") -> str:
    rest = len(names) - _NAMED
    some = comma.join(names[:_NAMED])
    return f"{some} and {rest} more" if rest > 0 else some


def _unreadable(constraint: str) -> str:
    try:
        semver.check_constraint(constraint)
    except ValueError as error:
        return str(error)
    return ""


def differences(copy: Node, source: Node, prefix: str = "") -> Iterator[str]:
    """The names of the files that are other in *copy* than in *source*, or in one of them alone."""
    if _plain_metadata(copy) != _plain_metadata(source):
        yield prefix + CHART_YAML
    ours, theirs = _compared_files(copy), _compared_files(source)
    for name in sorted(ours.keys() | theirs.keys()):
        is_ignored = (name not in theirs and source.where.leaves_out(name)) or (
            name not in ours and copy.where.leaves_out(name)
        )
        if ours.get(name) != theirs.get(name) and not is_ignored:
            yield prefix + name
    yield from _of_subcharts(copy, source, prefix)


def _of_subcharts(copy: Node, source: Node, prefix: str) -> Iterator[str]:
    """The same of the charts below, but for those that the source has yet to get from where they are."""
    ours = {child.metadata.name: child for child in copy.children}
    theirs = {child.metadata.name: child for child in source.children}
    declared = {one.name for one in source.metadata.dependencies}
    for name in sorted(ours.keys() | theirs.keys()):
        below = f"{prefix}charts/{name}"
        if name in ours and name in theirs:
            yield from differences(ours[name], theirs[name], f"{below}/")
        elif (name in ours and name not in declared) or (name in theirs and not theirs[name].where.is_root):
            yield below


def _plain_metadata(node: Node) -> Mapping[str, object]:
    """All that Chart.yaml says; without what is empty, which Helm does not write."""
    content = node.content
    found = chart_yaml.fields(content.get(CHART_YAML), content.get(REQUIREMENTS_YAML))
    entries = {key: [_filled(one) for one in found.get(key, ())] for key in ("dependencies", "maintainers")}
    return _filled(found | entries | {"apiversion": node.metadata.api_version})


def _filled(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in fields.items() if value}


def _compared_files(node: Node) -> dict[str, bytes]:
    """The files that are compared as they are; signatures of the charts below are none of them."""
    return {
        name: content
        for name, content in node.content.items()
        if name not in _NOT_COMPARED and not name.startswith("charts/")
    }
