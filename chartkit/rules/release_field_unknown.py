"""Template reads a field of `.Release` that Helm does not set.

`.Release` has the fields `Name`, `Namespace`, `Service`, `Revision`, `IsInstall` and `IsUpgrade`. Whatever
else is asked of it gives nothing, without a word: text lacks a part, and an `if` never holds. `.Release.Time`
was there in Helm 2, and `helm lint` of Helm 3 refuses it.

## Bad

```yaml title="templates/web.yaml"
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Nme }}-web  # error: release-field-unknown
data:
  installed: {{ .Release.Time | quote }}  # error: release-field-unknown
```

## Good

```yaml title="templates/web.yaml"
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-web
data:
  installed: {{ now | quote }}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._chart_files import WrittenFile, written
from chartkit.rules._rule import rule
from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Token
from chartkit.system import did_you_mean

_FIELDS: Final = ("Name", "Namespace", "Service", "Revision", "IsInstall", "IsUpgrade")

_SUSPECT: Final = re.compile(rf"\.Release\.(?!(?:{'|'.join(_FIELDS)})\b)")
"""What a file holds that is worth taking apart: few have it."""


@rule("release-field-unknown", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in written(chart):
        if file.inner.startswith("templates/") and _SUSPECT.search(file.text):
            yield from _unknown(file)


def _unknown(file: WrittenFile) -> Iterator[Hit]:
    text = file.text
    try:
        segments = lexer.lex(text)
    except lexer.TemplateSyntax:
        return  # told where it is rendered
    for segment in segments:
        for release, name in zip(segment.tokens, segment.tokens[1:], strict=False):
            if _reads(release, name) and name.text[1:] not in _FIELDS:
                line = text.count("\n", 0, name.start) + 1
                column = name.start - text.rfind("\n", 0, name.start)
                message = f"'.Release{name.text}' is nothing: Helm sets no such field"
                hint = did_you_mean.suggestion(name.text[1:], _FIELDS)
                yield file.hit(message, _NOW if name.text == ".Time" else hint, line, column)


_NOW: Final = "use `now`, which gives the time of rendering"


def _reads(release: Token, name: Token) -> bool:
    """Whether the second of two neighbours is a field of what the first names: ``.Release``."""
    return release.text == ".Release" and name.kind == "field" and name.start == release.end
