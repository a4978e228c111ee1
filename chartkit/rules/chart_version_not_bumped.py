"""Chart has changed and its version has not risen.

A chart's version names what was published. Where the chart changes and the version stays, the next
release fails, or replaces a package under a name that users already have, and `helm upgrade` does not
offer the change to anybody. Judged with `--since REF`, where a branch is compared with the commit it
comes from: a chart of which something changes that Helm packs must have a greater version. So must one
that packs a changed chart by a `file://` dependency.

What `.helmignore` leaves out does not count, nor do Markdown files and licences, values in `ci/`, and tests
of helm-unittest, for which nobody needs a release. Nor do the order of lines in git or a move of the chart's
folder. A version `0.0.0`, with a pre-release or without, is taken for a placeholder that the release
fills in. If the branch to be merged into has the new version already, that is a finding too.

The rule is in the set `versions` alone, since many repositories let their release raise the versions:

```yaml title="chartkit.yaml"
extends: [recommended, versions]
```

It is also on where there is no `chartkit.yaml` and chart-testing's `ct.yaml` says
`check-version-increment: true`.

## Bad

The chart before:

```yaml title="before/Chart.yaml"
apiVersion: v2
name: web
version: 1.4.2
```

```yaml title="before/values.yaml"
replicas: 1
```

and after:

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.4.2  # error: chart-version-not-bumped
```

```yaml title="values.yaml"
replicas: 2
```

## Good

```yaml title="before/Chart.yaml"
apiVersion: v2
name: web
version: 1.4.2
```

```yaml title="before/values.yaml"
replicas: 1
```

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.4.3
```

```yaml title="values.yaml"
replicas: 2
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical
from chartkit.model.finding import Severity
from chartkit.model.render import Change, Hit
from chartkit.rules._chart_files import place_in_metadata
from chartkit.rules._rule import rule
from chartkit.syntax import semver

_UNRELEASED: Final = re.compile(
    r"[^/]*\.(?:md|md\.gotmpl)|LICEN[CS]E[^/]*|NOTICE|OWNERS|CODEOWNERS|\.helmignore|\.[^/]*|ci/.*"
    r"|tests/(?:.*/)?(?:[^/]*_test\.yaml|__snapshot__/.*)",
    re.IGNORECASE,
)
_MOST_NAMED: Final = 3


@rule("chart-version-not-bumped", on=Change, severity=Severity.ERROR, sets=("versions",))
def check(change: Change) -> Iterator[Hit]:
    files = sorted(filter(_is_released, change.changed))
    try:
        old, new = semver.parse(change.old.version), semver.parse(change.new.version)
        target = semver.parse(change.version_at_target) if change.version_at_target else None
    except ValueError:
        return  # what is no version is told elsewhere
    if not files or (old.major, old.minor, old.patch) == (new.major, new.minor, new.patch) == (0, 0, 0):
        return
    if new.rank <= old.rank:
        was = "still" if new.rank == old.rank else f"less than {change.old.version}, which it was:"
        message = f"version is {was} {change.new.version}, and {_listed(files, change.new)} changed"
        hint = f"raise it above {change.old.version}"
    elif target is not None and new.rank <= target.rank:
        there = change.version_at_target
        message = f"version {change.new.version} is not greater than {there}, which is there by now"
        hint = f"raise it above {there}"
    else:
        return
    yield Hit((), message, hint, place=place_in_metadata(change.new, "version"))


def _is_released(name: str) -> bool:
    """Whether a change of the file with the canonical *name* is worth a release."""
    return _UNRELEASED.fullmatch(canonical(name).inner) is None


def _listed(files: list[str], chart: Chart) -> str:
    names = [chart.origins.get(name, f"{name} (gone)") for name in files]
    more = len(names) - _MOST_NAMED
    listed = ", ".join(dict.fromkeys(names[:_MOST_NAMED]))
    return f"{listed} and {more} more" if more > 0 else listed
