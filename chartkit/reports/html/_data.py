"""What the scripts of the page read: of each finding what it is filtered by, and its evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from chartkit.model.case import CaseRef
from chartkit.model.evidence import Evidence
from chartkit.model.finding import Finding
from chartkit.reports import _words
from chartkit.reports.html._lines import Texts
from chartkit.system.terminal import visible

Pair = tuple[Finding, Evidence | None]

_UNSAFE: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class _Names:
    """Texts by number, so that each of them is written once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self._numbers.setdefault(visible(name), len(self._numbers))

    @property
    def listed(self) -> list[str]:
        return [*self._numbers]


class _Payload:
    def __init__(self) -> None:
        self.names = {kind: _Names() for kind in ("chart", "rule", "file", "scenario", "kube")}
        self.sets: dict[tuple[tuple[int, int, int], ...], int] = {}
        self.texts = Texts()

    def finding(self, finding: Finding) -> list[int]:
        """Severity, chart, rule, file, set of cases, and whether it is suppressed, as numbers."""
        cases = tuple(self._case(ref) for ref in sorted(finding.cases))
        return [
            int(finding.severity),
            self.names["chart"].number(finding.chart),
            self.names["rule"].number(finding.rule),
            self.names["file"].number(finding.place.file),
            self.sets.setdefault(cases, len(self.sets)),
            int(finding.suppressed is not None),
        ]

    def _case(self, ref: CaseRef) -> tuple[int, int, int]:
        return (
            self.names["chart"].number(ref.chart),
            self.names["scenario"].number(ref.scenario),
            self.names["kube"].number(_words.version(ref.kube_version)),
        )

    def evidence(self, evidence: Evidence | None) -> Mapping[str, Any]:
        """What there is of it; names of files are those of ``files``."""
        if evidence is None:
            return {}
        sources = [
            [self.names["file"].number(each.file), *self.texts.add(("source", each.file), each)]
            for each in evidence.sources
            if each.lines
        ]
        rendered = evidence.rendered
        found = {
            "case": _case_name(evidence.case) if evidence.case else "",
            "sources": sources,
            "rendered": self.texts.add(("render", evidence.case), rendered) if rendered else None,
            "unknown": [*map(visible, evidence.unknown)],
        }
        return {key: value for key, value in found.items() if value}


def _case_name(ref: CaseRef) -> str:
    return visible(f"{ref.scenario} on Kubernetes {_words.version(ref.kube_version)}")


def payload(pairs: Sequence[Pair], cases: Iterable[str]) -> str:
    """JSON that can stand in a script element; *cases* are the cases of each finding in words."""
    made, labels = _Payload(), _Names()
    findings = [
        [*made.finding(finding), labels.number(label)]
        for (finding, _), label in zip(pairs, cases, strict=True)
    ]
    evidence = [made.evidence(each) for _, each in pairs]
    data = {
        "names": {kind: names.listed for kind, names in made.names.items()},
        "sets": [*made.sets],
        "labels": labels.listed,
        "findings": findings,
        "evidence": evidence if any(evidence) else [],
        "texts": made.texts.runs(),
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.translate(_UNSAFE)
