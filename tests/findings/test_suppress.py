"""What is accepted is accepted for a reason, and nothing else is."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.findings import suppress
from chartkit.findings.suppress import Suppression
from chartkit.model.case import CaseRef, Chart
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.model.render import Manifest
from chartkit.plan.config.entries import IgnoreEntry

WEB = ResourceId("v1", "Service", "", "web")
DEFAULT = CaseRef("web", "default", "1.34.0")
HA = CaseRef("web", "ha", "1.34.0")
TEMPLATE = "charts/web/templates/service.yaml"
RULES = {
    "service-selects-nothing": Severity.WARNING,
    "suppression-unused": Severity.WARNING,
    "suppression-without-reason": Severity.NOTE,
    "suppression-unknown-rule": Severity.ERROR,
}
KNOWN = {*RULES, "render-empty"}
FINDING = Finding(
    rule="service-selects-nothing",
    severity=Severity.WARNING,
    message="selects nothing",
    chart="web",
    place=Place(TEMPLATE),
    resource=WEB,
    path="/spec/selector",
    cases=(DEFAULT,),
)


def chart(**files: str) -> Chart:
    named = {
        f"web/{name.replace('__', '/').replace('_', '.')}": text.encode() for name, text in files.items()
    }
    origins = {name: f"charts/{name}" for name in named}
    return Chart("web", "charts/web", "1.0.0", "", "v2", "application", "", (), named, origins, "d")


def service(annotations: object) -> Manifest:
    return Manifest("web/templates/service.yaml", "", 1, WEB, {"metadata": {"annotations": annotations}})


def entry(rule: str = FINDING.rule, reason: str = "known", **where: str) -> IgnoreEntry:
    return IgnoreEntry(rule, reason, Place("chartkit.yaml", 3, 5), **where)


def rules_of(findings: tuple[Finding, ...]) -> list[str]:
    return [each.rule for each in findings]


def test_an_annotation_suppresses_findings_about_its_object() -> None:
    source = chart(templates__service_yaml="")
    annotated = service(
        {"ignore.chartkit.dev/service-selects-nothing": " an operator starts them ", "other": "x"}
    )

    found = suppress.apply([FINDING], suppress.in_objects(source, DEFAULT, [annotated]), RULES, KNOWN)

    assert found == (dataclasses.replace(FINDING, suppressed="an operator starts them"),)


def test_an_annotation_suppresses_nothing_of_other_objects() -> None:
    source = chart(templates__service_yaml="")
    annotated = service({"ignore.chartkit.dev/service-selects-nothing": "x"})
    other = dataclasses.replace(FINDING, resource=dataclasses.replace(WEB, name="api"))

    found = suppress.apply([other], suppress.in_objects(source, DEFAULT, [annotated]), RULES, KNOWN)

    assert rules_of(found) == ["service-selects-nothing", "suppression-unused"]
    assert found[0].suppressed is None
    assert found[1].resource == WEB
    assert found[1].place == Place(TEMPLATE)
    assert found[1].path == "/metadata/annotations/ignore.chartkit.dev~1service-selects-nothing"


@pytest.mark.parametrize("annotations", [None, [], "text", {"ignore.chartkit.dev/render-empty": 3}])
def test_annotations_of_any_form_are_read(annotations: object) -> None:
    found = list(suppress.in_objects(chart(), DEFAULT, [service(annotations), service(None)]))

    assert [each.reason for each in found] in ([], [""])


def test_a_finding_of_two_cases_needs_the_annotation_in_both() -> None:
    in_both = dataclasses.replace(FINDING, cases=(DEFAULT, HA))
    annotated = [service({"ignore.chartkit.dev/service-selects-nothing": "x"})]
    first = list(suppress.in_objects(chart(), DEFAULT, annotated))
    second = list(suppress.in_objects(chart(), HA, annotated))

    one = suppress.apply([in_both], first, RULES, KNOWN)
    both = suppress.apply([in_both], first + second, RULES, KNOWN)
    elsewhere = suppress.apply([FINDING], second, RULES, KNOWN)

    assert [each.suppressed for each in one] == [None]
    assert [each.suppressed for each in both] == ["x"]
    assert rules_of(elsewhere) == ["service-selects-nothing", "suppression-unused"]


TEMPLATES = {
    "{{- /* chartkit:ignore service-selects-nothing it starts them */ -}}": "it starts them",
    "{{/*chartkit:ignore service-selects-nothing x*/}}": "x",
    "{{- /*\n  chartkit:ignore service-selects-nothing\n  on two\n  * lines\n*/}}": "on two * lines",
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_comment_suppresses_findings_in_its_file(text: str) -> None:
    source = chart(templates__service_yaml="kind: Service\n" + text, templates__other_yaml="kind: x")
    elsewhere = dataclasses.replace(FINDING, place=Place("charts/web/templates/other.yaml"))

    found = suppress.apply([FINDING, elsewhere], suppress.in_files(source), RULES, KNOWN)

    assert [each.suppressed for each in found] == [TEMPLATES[text], None]


@pytest.mark.parametrize(
    "text",
    [
        "# chartkit:ignore service-selects-nothing a YAML comment would stay in the render",
        "{{ /* chartkit:ignored service-selects-nothing x */ }}",
        "{{- /* chartkit:ignore service-selects-nothing never closed",
        "/* chartkit:ignore service-selects-nothing x */",
    ],
)
def test_what_is_no_template_comment_suppresses_nothing(text: str) -> None:
    assert list(suppress.in_template(text, TEMPLATE)) == []


def test_a_template_comment_knows_its_place() -> None:
    found = list(suppress.in_template("a: 1\n  {{- /* chartkit:ignore a-b c */}}\n", TEMPLATE))

    assert [each.place for each in found] == [Place(TEMPLATE, 2, 3)]


YAML = """\
name: web
# chartkit:ignore first-rule of the next line
# chartkit:ignore second-rule of the same

# a remark
version: 1.0.0
home: x  # chartkit:ignore third-rule of this line
url: "http://x/#chartkit:ignore no-comment x"
# chartkit:ignore last-rule of nothing
"""


def test_a_yaml_comment_is_about_its_line_or_the_next() -> None:
    found = list(suppress.in_files(chart(Chart_yaml=YAML)))

    assert [(each.rule, each.reason, each.line, each.place.line) for each in found] == [
        ("first-rule", "of the next line", 6, 2),
        ("second-rule", "of the same", 6, 3),
        ("third-rule", "of this line", 7, 7),
        ("last-rule", "of nothing", 9, 9),
    ]
    assert found[2].place == Place("charts/web/Chart.yaml", 7, 10)
    assert {each.chart for each in found} == {"web"}


def test_a_yaml_comment_suppresses_findings_of_its_line_and_those_without_one() -> None:
    source = chart(Chart_yaml="# chartkit:ignore service-selects-nothing x\nname: web\nversion: 1\n")
    places = [Place("charts/web/Chart.yaml", line) for line in (2, 3, None)]

    found = suppress.apply(
        [dataclasses.replace(FINDING, place=place) for place in places],
        suppress.in_files(source),
        RULES,
        KNOWN,
    )

    assert [each.suppressed for each in found] == ["x", None, "x"]


def test_files_of_dependencies_and_crds_count_and_binaries_do_not() -> None:
    text = "{{/* chartkit:ignore a-b in a template */}}\n# chartkit:ignore c-d in YAML\na: 1\n"
    source = chart(
        charts__sub__templates__x_yaml=text, charts__sub__crds__x_yaml=text, crds__y_yaml=text, icon_png=text
    )

    found = sorted((each.rule, each.file) for each in suppress.in_files(source))

    assert found == [
        ("a-b", "charts/web/charts/sub/templates/x.yaml"),
        ("c-d", "charts/web/charts/sub/crds/x.yaml"),
        ("c-d", "charts/web/crds/y.yaml"),
    ]


ENTRIES = [
    (entry(), True),
    (entry(chart="web"), True),
    (entry(chart="w*"), True),
    (entry(chart="charts/web"), True),
    (entry(chart="./charts/*/"), True),
    (entry(chart="."), True),
    (entry(chart="api"), False),
    (entry(chart="charts/we"), False),
    (entry(resource="Service/web"), True),
    (entry(resource="Service/*"), True),
    (entry(resource="Deployment/web"), False),
    (entry(path="/spec"), True),
    (entry(path="/spec/selector"), True),
    (entry(path="/*/selector"), True),
    (entry(path="/spec/sel"), False),
    (entry(rule="render-empty"), False),
]


@pytest.mark.parametrize(("given", "fits"), ENTRIES)
def test_an_entry_of_the_configuration_narrows_by_all_that_it_says(given: IgnoreEntry, fits: bool) -> None:
    found = suppress.apply([FINDING], suppress.in_config([given]), RULES, KNOWN)

    assert found[0].suppressed == ("known" if fits else None)


@pytest.mark.parametrize("name", ["charts/web", "./charts/web/", "charts/*"])
def test_the_path_of_a_chart_fits_findings_about_the_chart_as_a_whole(name: str) -> None:
    about_chart = dataclasses.replace(FINDING, resource=None, path="", place=Place("charts/web"))

    found = suppress.apply([about_chart], suppress.in_config([entry(chart=name)]), RULES, KNOWN)

    assert found[0].suppressed == "known"


def test_a_resource_pattern_does_not_fit_findings_about_files() -> None:
    about_file = dataclasses.replace(FINDING, resource=None)

    found = suppress.apply([about_file], suppress.in_config([entry(resource="Service/*")]), RULES, KNOWN)

    assert found[0].suppressed is None


def test_without_a_reason_nothing_is_suppressed() -> None:
    found = suppress.apply([FINDING], suppress.in_config([entry(reason=" ")]), RULES, KNOWN)

    assert [(each.rule, each.severity, each.suppressed) for each in found] == [
        ("service-selects-nothing", Severity.WARNING, None),
        ("suppression-without-reason", Severity.NOTE, None),
    ]
    assert found[1].place == Place("chartkit.yaml", 3, 5)
    assert found[1].chart == ""


def test_an_unknown_rule_is_told_with_what_was_probably_meant() -> None:
    found = suppress.apply([], suppress.in_config([entry(rule="service-select-nothing")]), RULES, KNOWN)

    assert [(each.rule, each.severity, each.hint) for each in found] == [
        ("suppression-unknown-rule", Severity.ERROR, "did you mean 'service-selects-nothing'?")
    ]


def test_a_comment_without_a_rule_is_told() -> None:
    found = suppress.apply([], suppress.in_yaml("# chartkit:ignore\na: 1", "x.yaml"), RULES, KNOWN)

    assert [each.message for each in found] == ["suppression names no rule"]


@pytest.mark.parametrize(
    ("rule", "complete", "told"),
    [
        ("service-selects-nothing", True, ["suppression-unused"]),
        ("service-selects-nothing", False, []),
        ("render-empty", True, []),  # known, but off in this run
    ],
)
def test_only_what_could_have_been_found_is_unused(rule: str, complete: bool, told: list[str]) -> None:
    found = suppress.apply([], suppress.in_config([entry(rule=rule)]), RULES, KNOWN, complete=complete)

    assert rules_of(found) == told


def test_findings_about_suppressions_are_off_where_their_rule_is() -> None:
    on = {"service-selects-nothing": Severity.WARNING}

    assert suppress.apply([], suppress.in_config([entry(), entry(reason="")]), on, KNOWN) == ()


def test_all_reasons_are_kept() -> None:
    entries = [entry(), entry(reason="known too"), entry(path="/spec")]

    found = suppress.apply([FINDING], suppress.in_config(entries), RULES, KNOWN)

    assert [each.suppressed for each in found] == ["known; known too"]


@given(st.lists(st.sampled_from([DEFAULT, HA]), max_size=2), st.randoms(use_true_random=False))
def test_the_order_of_suppressions_is_of_no_matter(cases: list[CaseRef], mix: random.Random) -> None:
    said = [Suppression(FINDING.rule, "x", Place("a", 1), cases=(case,)) for case in cases]
    said += suppress.in_config([entry(), entry(path="/metadata"), entry(rule="no-rule")])
    mixed = mix.sample(said, len(said))

    first = suppress.apply([FINDING], said, RULES, KNOWN)
    second = suppress.apply([FINDING], mixed, RULES, KNOWN)

    assert sorted(map(repr, first[1:])) == sorted(map(repr, second[1:]))
    assert (first[0].suppressed is None) == (second[0].suppressed is None)


@given(st.text(alphabet="{}/*-# \nchartkit:ignore", max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    found = [*suppress.in_yaml(text, "x"), *suppress.in_template(text, "x")]

    assert all(1 <= (each.place.line or 0) <= text.count("\n") + 1 for each in found)
