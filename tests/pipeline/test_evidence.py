"""What is gathered of a finding is what a person would look up: the lines, and the object."""

from __future__ import annotations

import io
import pathlib
import tarfile
from collections.abc import Callable, Mapping

import pytest

from chartkit.model.case import SetValue
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.report import Report
from chartkit.pipeline import check
from chartkit.plan.config import Flags, configure

CHART = "apiVersion: v2\nname: {}\nversion: 1.0.0\nappVersion: '2.0'\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    a: {}\nspec:\n  containers:\n"
CONTAINER = "  - name: {{ .Values.name }}\n    image: web\n    imagePullPolicy: {}\n"
SCENARIO = "charts:\n  web:\n    scenarios:\n      one:\n        {}:\n          a: x y\n"

Gather = Callable[..., Report]


@pytest.fixture
def gather(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Gather:
    monkeypatch.chdir(tmp_path)

    def run(
        files: Mapping[str, str | bytes], *given: str, cached: bool = False, flags: Flags | None = None
    ) -> Report:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        for name in {name.split("/")[0] for name in files if "/" in name}:
            if not (tmp_path / name / "Chart.yaml").exists():
                (tmp_path / name / "Chart.yaml").write_text(CHART.format(name))
        flags = flags or Flags(set_values=tuple(SetValue("set", each) for each in given), jobs=1)
        environment = {"CHARTKIT_CACHE_DIR": str(tmp_path / "cache")}
        config = configure.read(
            cwd=tmp_path, environ=environment if cached else {"CHARTKIT_NO_CACHE": "1"}, flags=flags
        )
        return check.check(config, evidence=lambda _: True)

    return run


def of(report: Report, rule: str) -> Evidence:
    assert set(report.evidence) == {each.fingerprint for each in report.findings}
    found = [each for each in report.findings if each.rule == rule]
    assert len(found) == 1, [(one.rule, one.message) for one in report.findings]
    return report.evidence[found[0].fingerprint]


def lines(evidence: Evidence) -> list[tuple[str, int | None, str]]:
    """File, number and text of the line that is meant in each of the sources."""
    return [(each.file, each.line, meant(each).strip()) for each in evidence.sources]


def meant(excerpt: Excerpt | None) -> str:
    """The text of the line that is meant."""
    assert excerpt is not None
    assert excerpt.line is not None
    return excerpt.lines[excerpt.line - excerpt.first]


def test_a_line_of_a_template_comes_with_what_it_prints(gather: Gather) -> None:
    label = '"{{ .Values.a }} {{ .Chart.AppVersion }}"'
    report = gather(
        {
            "web/templates/pod.yaml": POD.format(label) + "  - {name: a, image: a}\n",
            "web/values.yaml": "\na: x y\n",
        }
    )
    evidence = of(report, "label-value-invalid")

    assert lines(evidence) == [("web/templates/pod.yaml", 6, f"a: {label}")]
    assert evidence.sources[0].first == 1
    assert len(evidence.sources[0].lines) == 10
    assert evidence.rendered is not None
    assert meant(evidence.rendered) == '    a: "x y 2.0"'
    assert evidence.case == report.findings[0].cases[0]
    assert evidence.unknown == ()


@pytest.mark.parametrize("key", ["values", "set"])
def test_a_value_of_a_scenario_is_shown_where_the_case_sets_it(gather: Gather, key: str) -> None:
    text = POD.format('"{{ .Values.a }}"') + "  - {name: a, image: a}\n"
    files = {"web/templates/pod.yaml": text, "chartkit.yaml": SCENARIO.format(key)}

    assert lines(of(gather(files), "label-value-invalid"))[0][:2] == ("chartkit.yaml", 6)


def test_a_value_of_the_command_line_is_named(gather: Gather) -> None:
    text = POD.format('"{{ .Values.a }}"') + "  - {name: a, image: a}\n"
    report = gather({"web/templates/pod.yaml": text}, "a=x y")

    assert [each[0] for each in lines(of(report, "label-value-invalid"))] == ["web/templates/pod.yaml"]
    assert report.findings[0].display.value == "a, set by --set on the command line"


def test_callers_are_shown_in_order(gather: Gather) -> None:
    report = gather(
        {
            "web/templates/_x.tpl": '{{ define "label" }}a: {{ .text }}!{{ end }}',
            "web/templates/pod.yaml": POD.replace(
                "a: {}", '{{ include "label" (dict "text" .Values.sub.t) }}'
            )
            + "  - {name: a, image: a}\n",
            "web/values.yaml": "sub:\n  t: x\n",
        }
    )
    evidence = of(report, "label-value-invalid")

    assert [place for place, *_ in lines(evidence)] == ["web/templates/_x.tpl", "web/templates/pod.yaml"]


def test_what_is_passed_on_is_shown_where_it_is_set_and_where_it_is_printed(gather: Gather) -> None:
    text = POD.format("b") + "  - {name: a, image: a, imagePullPolicy: {{ .Values.policy }}}\n"
    evidence = of(
        gather({"web/templates/pod.yaml": text, "web/values.yaml": "policy: Never!\n"}), "field-invalid"
    )

    assert [(file, line) for file, line, _ in lines(evidence)] == [
        ("web/values.yaml", 1),
        ("web/templates/pod.yaml", 9),
    ]


def packed(name: str, files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for path, text in {"Chart.yaml": CHART.format(name), **files}.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()


def test_lines_in_an_archive_are_shown_too(gather: Gather) -> None:
    sub = packed(
        "sub",
        {"templates/_x.tpl": '{{ define "label" }}a: {{ .Values.t }}!{{ end }}', "values.yaml": "t: y\n"},
    )
    report = gather(
        {
            "web/charts/sub-1.0.0.tgz": sub,
            "web/templates/pod.yaml": POD.replace("a: {}", '{{ include "label" . }}')
            + "  - {name: a, image: a}\n",
            "web/values.yaml": "t: x\n",
        }
    )
    evidence = of(report, "label-value-invalid")

    assert [(file, line) for file, line, _ in lines(evidence)] == [
        ("web/templates/pod.yaml", 6),
        ("web/charts/sub-1.0.0.tgz/sub/templates/_x.tpl", 1),
    ]


def test_a_refused_case_has_its_line_and_no_object(gather: Gather) -> None:
    evidence = of(
        gather({"web/templates/a.yaml": 'a: {{ required "b!" .Values.b.c }}\n'}, "b.d=1"), "render-refused"
    )

    assert lines(evidence) == [("web/templates/a.yaml", 1, 'a: {{ required "b!" .Values.b.c }}')]
    assert evidence.rendered is None


def test_what_belongs_to_no_case_has_its_lines(gather: Gather) -> None:
    entry = "ignore:\n- rule: label-value-invalid\n  reason: x\n"
    evidence = of(gather({"chartkit.yaml": entry, "web/templates/a.yaml": ""}), "suppression-unused")

    assert lines(evidence)[0][:2] == ("chartkit.yaml", 2)
    assert evidence.case is None


def test_a_long_line_and_a_long_document_are_cut_around_what_is_meant(gather: Gather) -> None:
    blank = "\n".join(f"    k{number}: v" for number in range(100))
    text = POD.format("b").replace(
        "labels:\n", f"labels:\n{blank}\n    z: {{{{ .Values.t }}}} # {'x' * 900}\n"
    )
    evidence = of(
        gather({"web/templates/pod.yaml": text + "  - {name: a, image: a}\n"}, "t=a b"), "label-value-invalid"
    )

    assert evidence.rendered is not None
    assert len(evidence.rendered.lines) < 70
    assert max(map(len, (*evidence.rendered.lines, *evidence.sources[0].lines))) < 500
    assert meant(evidence.rendered).startswith("    z: a b #")


def test_only_what_is_wanted_is_gathered(gather: Gather, tmp_path: pathlib.Path) -> None:
    gather({"web/templates/pod.yaml": POD.format("a b") + "  - {name: a!, image: a}\n"})
    config = configure.read(cwd=tmp_path, environ={})
    report = check.check(config, evidence=lambda finding: finding.rule == "label-value-invalid")

    assert {one.rule: one.fingerprint in report.evidence for one in report.findings} == {
        "field-invalid": False,
        "label-value-invalid": True,
    }
    assert check.check(config).evidence == {}


def test_lines_beside_are_those_of_now(gather: Gather) -> None:
    files = {"web/templates/pod.yaml": POD.format('"{{ .Values.a }}"') + "  - {name: a, image: a}\n"}
    settings = SCENARIO.format("values")
    first = gather({**files, "chartkit.yaml": settings}, cached=True)
    again = gather({}, cached=True)
    assert (again.findings, again.evidence) == (first.findings, first.evidence)
    assert all(result.cached for result in again.cases)

    later = gather({"chartkit.yaml": settings + "# changed\n"}, cached=True)
    (evidence,) = later.evidence.values()
    assert evidence.sources[0].lines[-2:] == ("# changed", "")


def test_two_charts_of_one_name_are_told_apart(gather: Gather) -> None:
    pod = POD.format("{{ .Values.a }}!") + "  - {name: a, image: a}\n"
    files = {f"{one}/Chart.yaml": CHART.format("web") for one in ("one", "two")}
    files |= {f"{one}/templates/pod.yaml": pod for one in ("one", "two")}
    report = gather({**files, "one/values.yaml": "a: 1\n", "two/values.yaml": "a: 2\n"})
    told = {one.place.file: report.evidence[one.fingerprint] for one in report.findings}

    assert meant(told["one/templates/pod.yaml"].rendered).strip() == "a: 1!"
    assert meant(told["two/templates/pod.yaml"].rendered).strip() == "a: 2!"
