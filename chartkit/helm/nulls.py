"""Keeps the nulls of values.yaml, which the Helm in the library drops and every other Helm keeps.

Helm 4.2.0 to 4.2.3 take nulls out of a chart's own values (helm/helm#32530), so that ``.Values``
lacks keys that Helm 3 and 4.1 print, and a parent's null no longer takes away a subchart's default
(helm/helm#32538). A template that runs before all others puts the keys back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chartkit.helm.subcharts import Scope, Tree


def opened(scope: Scope, values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* with an empty table for each subchart that a parent's values name: there its nulls count."""
    merged = dict(values)
    for name, subchart in scope.subcharts.items():
        below = merged.get(name, {})
        inner = opened(subchart, below) if isinstance(below, dict) else below
        if inner or name in merged or name in scope.tables:
            merged[name] = inner
    return merged


def template(scope: Scope, values: Any) -> str:
    """Actions that print nothing and put the nulls of *scope* back, where *values* leave the keys."""
    return _template(scope, values if isinstance(values, dict) else {}, {}, kept=True)


def _template(scope: Scope, given: Mapping[str, Any], shared: Tree, *, kept: bool) -> str:
    """The actions for a chart and those below; *shared* is where the globals of those above have nulls.

    Not *kept*: nulls at the top of a subchart's values are dropped where a chart above it declares
    dependencies, by Helm 3 and 4.1 too.
    """
    shared = _joined(shared, scope.nulls.get("global"))
    own: Tree = {**scope.nulls, **({"global": shared} if shared else {})}
    here = {key: below for key, below in own.items() if below or (kept and key not in given)}
    parts = [*_setters({key: below for key, below in here.items() if key not in scope.subcharts}, 0)]
    for name, subchart in scope.subcharts.items():
        if name in here:
            parts += [f"{{{{ if not (hasKey .Subcharts {_quoted(name)}) }}}}"]
            parts += [*_setters({name: here[name]}, 0), "{{ end }}"]
        below = _template(subchart, _below(scope, given, name), shared, kept=kept and not scope.declared)
        if below:
            parts += [f"{{{{ with index .Subcharts {_quoted(name)} }}}}", below, "{{ end }}"]
    return "{{ $v0 := .Values }}" + "".join(parts) if parts else ""


def _joined(above: Tree, below: Tree | None) -> Tree:
    joined = dict(above)
    for key, tree in (below or {}).items():
        inner = joined.get(key)
        joined[key] = _joined(inner, tree) if inner and tree else tree or inner
    return joined


def _below(scope: Scope, given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What is given to the subchart *name*: by the user, and as nulls by its parent."""
    nulls, user = scope.nulls.get(name), given.get(name)
    return {**(nulls or {}), **(user if isinstance(user, dict) else {})}


def _setters(tree: Tree, depth: int) -> Iterator[str]:
    for key, below in tree.items():
        quoted = _quoted(key)
        if below is None:
            yield f"{{{{ if not (hasKey $v{depth} {quoted}) }}}}"
            yield f"{{{{ $_ := set $v{depth} {quoted} nil }}}}{{{{ end }}}}"
        else:
            inner = "".join(_setters(below, depth + 1))
            yield f"{{{{ $v{depth + 1} := get $v{depth} {quoted} }}}}"
            yield f'{{{{ if kindIs "map" $v{depth + 1} }}}}{inner}{{{{ end }}}}'


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
