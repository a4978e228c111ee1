"""Chart.yaml has a field that `helm lint` refuses.

Helm renders and installs such a chart, but `helm lint` calls it broken, and so does everything that is built
on it: chart-testing, the workflows that release charts, Artifact Hub. What is looked at:

- `apiVersion` must be there, and `v1` or `v2`;
- `version` must be more than `0.0.0-0`, and `appVersion` text where it is there at all;
- `type` and `dependencies` belong to `apiVersion: v2`;
- each of `maintainers` has a `name`; its `email` is the bare address, its `url` the address of a page;
- `icon` and each of `sources` is a URL with its scheme, as `https://example.org/icon.svg`.

The charts that lie unpacked in `charts/` are looked at as well, as by `helm lint --with-subcharts`. What
keeps Helm from loading the chart at all is another finding.

## Bad

```yaml title="Chart.yaml"
name: web  # error: chart-field-invalid
version: 1.0.0
icon: icon.png  # error: chart-field-invalid
sources:
  - github.com/example/web  # error: chart-field-invalid
maintainers:
  - email: ann@example.org  # error: chart-field-invalid
  - name: Bob
    email: Bob <bob@example.org>  # error: chart-field-invalid
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
icon: https://example.org/icon.png
sources:
  - https://github.com/example/web
maintainers:
  - name: Ann
    email: ann@example.org
  - name: Bob
    email: bob@example.org
    url: https://example.org/~bob
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules import _addresses
from chartkit.rules._chart_files import WrittenYaml, entry, items, mappings
from chartkit.rules._reading import mapping
from chartkit.rules._rule import rule
from chartkit.syntax import semver

_URL: Final = "give a whole URL, as https://example.org/web"


@rule("chart-field-invalid", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in mappings(chart, "Chart.yaml"):
        yield from _api_version(file)
        yield from _versions(file)
        yield from _addresses_of(file)
        yield from _maintainers(file)


def _api_version(file: WrittenYaml) -> Iterator[Hit]:
    path, value = file.entry("apiVersion")
    if value in ("v1", "v2"):
        yield from _second_version_only(file, value)
        return
    if value in (None, ""):
        message = "'apiVersion' is missing: expected 'v2' (or 'v1', which Helm takes it for)"
    else:
        message = f"'apiVersion' is '{value}': expected 'v2' (or 'v1')"
    yield file.hit(path, message, "add apiVersion: v2")
    yield from _second_version_only(file, "v1")


def _second_version_only(file: WrittenYaml, version: str) -> Iterator[Hit]:
    for key in ("type", "dependencies") if version == "v1" else ():
        path, value = file.entry(key)
        if value:
            message = f"'{key}' is not valid with apiVersion 'v1', only with 'v2'"
            yield file.hit(path, message, "make it apiVersion: v2", on_key=True)


def _versions(file: WrittenYaml) -> Iterator[Hit]:
    path, version = file.entry("version")
    if isinstance(version, str) and not _is_released(version):
        yield file.hit(path, f"'version' is '{version}': expected more than '0.0.0-0'", "raise it")
    path, version = file.entry("appVersion")
    if version is None and path[0] in file.body:
        yield file.hit(path, "'appVersion' is empty: expected text", "give the version, or remove the key")


def _is_released(version: str) -> bool:
    try:
        return semver.satisfies(">0.0.0-0", version)
    except ValueError:
        return True  # what is no version is told elsewhere


def _addresses_of(file: WrittenYaml) -> Iterator[Hit]:
    path, icon = file.entry("icon")
    if icon not in (None, "") and not _addresses.is_url(_text(icon)):
        yield file.hit(path, f"'icon' is '{_text(icon)}': expected a URL", _URL)
    for path, source in items(file.entry("sources")):
        if not _addresses.is_url(_text(source)):
            yield file.hit(path, f"a source is '{_text(source)}': expected a URL", _URL)


def _maintainers(file: WrittenYaml) -> Iterator[Hit]:
    for at, maintainer in items(file.entry("maintainers")):
        _, name = entry(mapping(maintainer), "name")
        if name in (None, ""):
            yield file.hit(at, "a maintainer has no name", "add a name")
        for key, fits, expected, hint in _CONTACTS:
            path, value = entry(mapping(maintainer), key)
            if value not in (None, "") and not fits(_text(value)):
                message = f"the {key} of a maintainer is '{_text(value)}': expected {expected}"
                yield file.hit((*at, *path), message, hint)


_CONTACTS: Final[tuple[tuple[str, Callable[[str], bool], str, str], ...]] = (
    ("email", _addresses.is_mail, "a mail address", "give the bare address, as ann@example.org"),
    ("url", _addresses.is_page, "the address of a page", _URL),
)


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
