"""What is gathered of a finding is what a person would look up: the lines, the object, the values."""

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
from chartkit.pipeline import evidence as gathering
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
        return check.check(config, evidence=gathering.everything)

    return run


def of(report: Report, rule: str) -> Evidence:
    assert len(report.evidence) == len(report.findings)
    found = [each for one, each in zip(report.findings, report.evidence, strict=True) if one.rule == rule]
    assert len(found) == 1, [(one.rule, one.message) for one in report.findings]
    return found[0]


def lines(evidence: Evidence) -> list[tuple[str, int | None, str]]:
    """File, number and text of the line that is meant in each of the sources."""
    return [(each.file, each.line, meant(each).strip()) for each in evidence.sources]


def meant(excerpt: Excerpt | None) -> str:
    """The text of the line that is meant."""
    assert excerpt is not None
    assert excerpt.line is not None
    return excerpt.lines[excerpt.line - excerpt.first]


def values(evidence: Evidence) -> dict[str, tuple[str, str]]:
    shown = {each.key: each.place for each in evidence.values}
    texts = {each.key: each.text for each in evidence.values}
    return {key: (texts[key], f"{place.file}:{place.line}" if place else "") for key, place in shown.items()}


def test_a_line_of_a_template_comes_with_what_it_reads_and_what_it_prints(gather: Gather) -> None:
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
    assert values(evidence) == {
        "a": ('"x y"', "web/values.yaml:2"),
        ".Chart.AppVersion": ('"2.0"', "web/Chart.yaml:4"),
    }
    assert evidence.rendered is not None
    assert meant(evidence.rendered) == '    a: "x y 2.0"'
    assert evidence.case == report.findings[0].cases[0]
    assert evidence.unknown == ()


@pytest.mark.parametrize(
    ("files", "given", "setter", "unknown"),
    [
        ({"web/values.yaml": "a: x y\n"}, [], "web/values.yaml:1", ""),
        (
            {"web/values.yaml": "a: b\n", "web/ci/loud-values.yaml": "\n\na: x y\n"},
            [],
            "web/ci/loud-values.yaml:3",
            "",
        ),
        ({}, ["a=x y"], "", "the line that sets a: it is set by --set on the command line"),
        (
            {"chartkit.yaml": SCENARIO.format("values")},
            [],
            "chartkit.yaml:6",
            "",
        ),
        (
            {"chartkit.yaml": SCENARIO.format("set")},
            [],
            "chartkit.yaml:6",
            "",
        ),
    ],
)
def test_a_value_is_shown_where_the_case_sets_it(
    gather: Gather, files: dict[str, str], given: list[str], setter: str, unknown: str
) -> None:
    text = POD.format('"{{ .Values.a }}"') + "  - {name: a, image: a}\n"
    evidence = of(gather({"web/templates/pod.yaml": text, **files}, *given), "label-value-invalid")

    assert values(evidence) == {"a": ('"x y"', setter)}
    assert evidence.unknown == ((unknown,) if unknown else ())


def test_callers_and_what_they_pass_are_shown_in_order(gather: Gather) -> None:
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
    assert values(evidence) == {"sub.t": ('"x"', "web/values.yaml:2")}


def test_what_is_passed_on_is_shown_where_it_is_set_and_where_it_is_printed(gather: Gather) -> None:
    text = POD.format("b") + "  - {name: a, image: a, imagePullPolicy: {{ .Values.policy }}}\n"
    evidence = of(
        gather({"web/templates/pod.yaml": text, "web/values.yaml": "policy: Never!\n"}), "field-invalid"
    )

    assert [(file, line) for file, line, _ in lines(evidence)] == [
        ("web/values.yaml", 1),
        ("web/templates/pod.yaml", 9),
    ]
    assert values(evidence) == {"policy": ('"Never!"', "web/values.yaml:1")}


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
    assert values(evidence) == {"t": ('"x"', "web/values.yaml:1")}


def test_what_an_archive_sets_has_no_line(gather: Gather) -> None:
    text = POD.format('"{{ .Values.t }}!"') + "  - {name: a, image: a}\n"
    sub = packed("sub", {"templates/pod.yaml": text, "values.yaml": "t: z\n"})
    evidence = of(gather({"web/charts/sub-1.0.0.tgz": sub, "web/values.yaml": ""}), "label-value-invalid")

    assert values(evidence) == {"sub.t": ('"z"', "")}
    assert evidence.unknown == (
        "the line that sets sub.t: it is set by web/charts/sub-1.0.0.tgz, which is packed",
    )


def test_globals_are_those_of_the_root_chart(gather: Gather) -> None:
    text = POD.format('"{{ .Values.global.t }}!"') + "  - {name: a, image: a}\n"
    files = {
        "web/charts/sub/Chart.yaml": CHART.format("sub"),
        "web/charts/sub/templates/pod.yaml": text,
        "web/charts/sub/values.yaml": "global: {t: no}\n",
        "web/values.yaml": "global: {t: x}\n",
    }
    assert values(of(gather(files), "label-value-invalid")) == {"global.t": ('"x"', "web/values.yaml:1")}


def test_a_refused_case_has_its_line_and_the_value_that_is_not_set(gather: Gather) -> None:
    evidence = of(
        gather({"web/templates/a.yaml": 'a: {{ required "b!" .Values.b.c }}\n'}, "b.d=1"), "render-refused"
    )

    assert lines(evidence) == [("web/templates/a.yaml", 1, 'a: {{ required "b!" .Values.b.c }}')]
    assert values(evidence) == {"b.c": ("", "")}
    assert evidence.rendered is None


def test_rounds_of_a_range_are_told_one_by_one_or_as_a_whole(gather: Gather) -> None:
    text = POD.format("b") + "{{ range .Values.c }}  - {name: {{ .n }}!, image: a}\n{{ end }}"
    few = gather({"web/templates/pod.yaml": text, "web/values.yaml": "c:\n- n: x\n- n: y\n"})
    told = [values(each) for each in few.evidence if each.values]
    assert told
    assert all(set(each) >= {"c[0].n", "c[1].n"} for each in told)

    many = gather({"web/values.yaml": "c: [" + "{n: x}, " * 9 + "]\n"})
    assert all(set(values(each)) == {"c"} for each in many.evidence if each.values)


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

    assert {
        one.rule: bool(each.sources) for one, each in zip(report.findings, report.evidence, strict=True)
    } == {
        "field-invalid": False,
        "label-value-invalid": True,
    }
    assert check.check(config).evidence == ()


def test_it_is_kept_until_a_line_beside_changes(gather: Gather) -> None:
    files = {"web/templates/pod.yaml": POD.format('"{{ .Values.a }}"') + "  - {name: a, image: a}\n"}
    settings = SCENARIO.format("values")
    first = gather({**files, "chartkit.yaml": settings}, cached=True)
    assert gather({}, cached=True) == first.as_cached()

    later = gather({"chartkit.yaml": settings + "# changed\n"}, cached=True)
    assert later.evidence[0].sources[0].lines[-2:] == ("# changed", "")


def test_two_charts_of_one_name_are_told_apart(gather: Gather) -> None:
    pod = POD.format("{{ .Values.a }}!") + "  - {name: a, image: a}\n"
    files = {f"{one}/Chart.yaml": CHART.format("web") for one in ("one", "two")}
    files |= {f"{one}/templates/pod.yaml": pod for one in ("one", "two")}
    report = gather({**files, "one/values.yaml": "a: 1\n", "two/values.yaml": "a: 2\n"})
    told = {one.place.file: values(each) for one, each in zip(report.findings, report.evidence, strict=True)}

    assert told["one/templates/pod.yaml"] == {"a": ("1", "one/values.yaml:1")}
    assert told["two/templates/pod.yaml"] == {"a": ("2", "two/values.yaml:1")}
