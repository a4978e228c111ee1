"""Puts faults on single lines of real charts and asks where chartkit finds them; not collected.

    mutate_findings.py FOLDER… [--charts N] [--cases N] [--faults N] [--seed N] [--skip TEXT]

Faults: an unknown field, and a value of the wrong type, on a line of literal text or in an action of a
template or partial; and a value of the wrong type on a line of values.yaml. A fault that any rule finds
must be found on exactly that line; one of values.yaml may be left to the template line that prints it.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import pathlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence

from chartkit.helm import charts, engines
from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.chart_file import is_packed
from chartkit.model.errors import ChartkitError
from chartkit.model.finding import Finding
from chartkit.pipeline import worker_checks, worker_state
from chartkit.pipeline.records import Settings
from chartkit.plan import kube_versions
from chartkit.rules import catalogue
from chartkit.syntax.gotemplate import lexer

MARK = re.compile(r"zq(\d+)x")
KEY = re.compile(r"^([ ]*(?:- +)*)([A-Za-z][\w./-]*):(?=[ ]|$)(.*)$")
ACTION = re.compile(
    r"\s*(?:\{\{(?!-?\s*(?:if|else|end|with|range|define|block|template|/\*)\b)[^}]*\}\}|\"\{\{[^}]*\}\}\")\s*$"
)
VALUE = re.compile(r"^([ ]*)([A-Za-z]\w*):[ ]+([\w./:\"'-][^#{}\[\]&*|>]*)$")


@dataclasses.dataclass(frozen=True)
class Fault:
    """A *line* of a *file* (canonical name) and what it becomes."""

    kind: str
    file: str
    line: int
    text: str

    def marked(self, number: int) -> str:
        return self.text.replace("@", f"zq{number}x")


def faults(chart: Chart) -> Iterator[Fault]:
    """Every line that a fault can be put on."""
    for name, content in chart.files.items():
        try:
            text = content.decode()
        except ValueError:
            continue
        if "/templates/" in name and not name.endswith("NOTES.txt"):
            yield from template_faults(name, text)
        elif name == f"{chart.name}/values.yaml":
            yield from value_faults(name, text)


def template_faults(name: str, text: str) -> Iterator[Fault]:
    try:
        segments = lexer.lex(text)
    except ValueError:
        return
    literal = [(one.start, one.end) for one in segments if one.kind == "text"]
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        found = KEY.match(line)
        begins = start + (found.start(2) if found else 0)
        start += len(line) + 1
        if found is None or not any(first <= begins < last for first, last in literal):
            continue
        head, key, rest = found.groups()
        yield Fault("key", name, number, f"{head}@{key}:{rest}")
        if "{{" not in rest and rest.strip() and rest.strip()[0] not in "|>&*":
            yield Fault("literal", name, number, f"{head}{key}: {bad(number)}")
        elif ACTION.match(rest):
            yield Fault("action", name, number, f'{head}{key}: {{{{ print "{bad(number)}" }}}}')


def value_faults(name: str, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        if found := VALUE.match(line):
            yield Fault("value", name, number, f"{found[1]}{found[2]}: {bad(number)}")


def bad(number: int) -> str:
    """What is of the wrong type nearly everywhere: a list, or a text."""
    return "[[@]]" if number % 3 == 0 else "@"


def with_faults(chart: Chart, put: Mapping[int, Fault]) -> Chart:
    files = dict(chart.files)
    for number, fault in put.items():
        lines = files[fault.file].decode().split("\n")
        lines[fault.line - 1] = fault.marked(number)
        files[fault.file] = "\n".join(lines).encode()
    for name in [name for name in files if name.endswith("values.schema.json")]:
        del files[name]
    return dataclasses.replace(chart, files=files)


def settings() -> Settings:
    rules = tuple((name, rule.severity) for name, rule in catalogue.known(()).items())
    kept = tuple(each for each in rules if each[0].startswith(("field-", "label-", "list-", "yaml-")))
    return Settings("embedded", None, False, kept, (), "", tempfile.mkdtemp(prefix="chartkit-faults-"))


def marks_of(finding: Finding, put: Mapping[int, Fault]) -> list[str]:
    """The faults that a finding is about: those in its line of the render, not what else it may tell of.

    A value may be rendered on lines of its own below the key.
    """
    shown = finding.display.rendered or finding.display.snippet
    if marks := MARK.findall(f"{shown.text if shown else ''} {finding.path}"):
        return marks
    return [mark for mark in MARK.findall(finding.message) if put[int(mark)].kind == "value"]


class Trial:
    """All that is found out, added up."""

    def __init__(self, seed: int, together: int = 6) -> None:
        self.settings = settings()
        self.random = random.Random(seed)
        self.together = together
        self.counts: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []

    def case(self, chart: Chart, case: Case, most: int) -> None:
        """Try at most so many faults of each kind in one case of *chart*."""
        kinds: dict[str, list[Fault]] = {}
        for fault in faults(chart):
            kinds.setdefault(fault.kind, []).append(fault)
        chosen = [one for these in kinds.values() for one in self.random.sample(these, min(most, len(these)))]
        self.random.shuffle(chosen)
        for start in range(0, len(chosen), self.together):
            self.batch(chart, case, chosen[start : start + self.together])

    def batch(self, chart: Chart, case: Case, chosen: Sequence[Fault]) -> None:
        lines = {(one.file, one.line): one for one in chosen}
        put = dict(enumerate(lines.values()))
        found = self.findings(with_faults(chart, put), case)
        if found is None and len(put) > 1:
            for one in put.values():
                self.batch(chart, case, [one])
            return
        self.counts["faults put"] += len(put)
        if found is None:
            self.counts["faults that Helm refuses"] += 1
            return
        self.counts["renders"] += 1
        told: set[int] = set()
        for finding in found:
            marks = marks_of(finding, put)
            if len(set(marks)) == 1:
                told.add(int(marks[0]))
                self.judge(chart, put[int(marks[0])], finding)
        self.counts["faults found"] += len(told)

    def findings(self, chart: Chart, case: Case) -> Sequence[Finding] | None:
        render = engines.render(worker_state.open_engine(self.settings), chart, case)
        if render.failure is not None and not render.text.strip():
            return None
        found = worker_checks.judge_render(self.settings, chart, case, render).findings
        return None if any(one.rule == "yaml-unreadable" for one in found) and render.failure else found

    def judge(self, chart: Chart, fault: Fault, finding: Finding) -> None:
        origin = chart.origins[fault.file]
        place = finding.place
        self.counts["findings"] += 1
        if fault.kind == "value":
            if place.file == origin:
                right = place.line == fault.line
                self.counts["values: at the value"] += right
            else:
                right = place.line is not None or is_packed(place.file)
                self.counts["values: at the template line"] += 1
        elif is_packed(origin):
            right = place.line is None or place.file != origin
            self.counts["packed"] += 1
        else:
            right = (place.file, place.line) == (origin, fault.line)
            self.counts[f"{fault.kind}: {finding.display.precision or 'line not known'}"] += 1
        if not right and finding.display.precision == "coarse":
            self.counts["told as coarse"] += 1
        elif not right and place.line is None:
            self.counts["line not known"] += 1
        elif not right:
            said = (
                f"{fault.kind} at {origin}:{fault.line} found at {place.file}:{place.line}: {finding.message}"
            )
            self.wrong.append(said)
            self.counts["WRONG"] += 1
            print("WRONG", chart.path, said, flush=True)


def cases(chart: Chart, folder: pathlib.Path, most: int) -> Iterator[Case]:
    """The defaults, then what the chart brings to try it with."""
    version = kube_versions.choose(chart.kube_version, known_versions()).versions[-1]
    given = sorted([*folder.glob("ci/*.yaml"), *folder.glob("values-*.yaml")])
    for files in [(), *((str(file),) for file in given)][:most]:
        yield Case(chart.name, chart.path, Scenario("x", values_files=files), version)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    for name, default in (("charts", 10_000), ("cases", 2), ("faults", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--skip", default="")
    arguments = parser.parse_args()
    trial = Trial(arguments.seed)
    found = [folder for top in arguments.folders for folder in charts.find(top.resolve())]
    trial.random.shuffle(found)
    tried = 0
    for folder in found:
        if tried >= arguments.charts or (arguments.skip and arguments.skip in str(folder)):
            continue
        try:
            chart = charts.load(folder, str(folder)).chart
        except (ChartkitError, OSError):
            continue
        if chart is None or chart.type == "library":
            continue
        tried += 1
        for case in cases(chart, folder, arguments.cases):
            try:
                trial.case(chart, case, arguments.faults)
            except Exception as error:  # noqa: BLE001
                trial.counts["BROKE"] += 1
                print("BROKE", chart.path, repr(error), flush=True)
    print(f"{tried} charts, {time.process_time():.0f} s")
    for name, count in sorted(trial.counts.items()):
        print(f"{count:8,} {name}")
    return bool(trial.wrong)


if __name__ == "__main__":
    sys.exit(main())
