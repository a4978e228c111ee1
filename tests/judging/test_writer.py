"""Checks say where and what; rule, severity, place, resource and case are added here, and nothing is lost."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest

from chartkit import manifests, rules
from chartkit.errors import RuleError
from chartkit.judging.checks import run
from chartkit.judging.findings import Writer, merge, order
from chartkit.judging.places import is_crd_file
from chartkit.model import (
    BaseValues,
    Case,
    CaseRef,
    Chart,
    Failure,
    Finding,
    Hit,
    Manifest,
    Place,
    Scenario,
    SetValue,
    Severity,
)
from chartkit.rules import Rule

TEMPLATE = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n"
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"
CRD = f"{OBJECT.format('a')}---\n{OBJECT.format('b')}"
CHART = Chart(
    name="web",
    path="charts/web",
    version="1.0.0",
    app_version="",
    api_version="v2",
    type="",
    kube_version="",
    dependencies=(),
    files={"web/templates/map.yaml": TEMPLATE, "web/crds/maps.yaml": CRD.encode()},
    origins={
        "web/templates/map.yaml": "charts/web/templates/map.yaml",
        "web/crds/maps.yaml": "charts/web/crds/maps.yaml",
    },
    digest="",
)
CASE = Case("web", "charts/web", Scenario("default"), "1.34.0")
RULES = {name: rules.load()[name] for name in ("field-unknown", "render-failed", "chart-unreadable")}
WRITER = Writer(CHART, RULES, CASE)


def manifest(source: str) -> Manifest:
    render = f"---\n# Source: {source}\n{OBJECT.format('b')}"
    objects, unreadable = manifests.read(render)
    assert not unreadable
    return objects[-1]


def test_a_hit_in_a_template_names_the_file_and_the_rendered_line_and_no_template_line() -> None:
    (finding,) = WRITER.findings(
        [Hit(("metadata", "name"), "no", rule="field-unknown")], manifest("web/templates/map.yaml")
    )

    assert finding.place == Place("charts/web/templates/map.yaml", None, None)
    assert (finding.rendered_line, finding.path, str(finding.resource)) == (
        6,
        "/metadata/name",
        "ConfigMap/b",
    )
    assert finding.snippet is not None
    assert (finding.snippet.text, finding.snippet.rendered) == ("  name: b", True)
    assert finding.cases == (CaseRef("web", "default", "1.34.0"),)


def test_a_hit_in_a_file_that_helm_prints_as_it_is_names_its_line() -> None:
    text = f"---\n# Source: web/crds/maps.yaml\n{CRD}"
    hit = Hit(("metadata", "name"), "no", rule="field-unknown")
    first, second = (next(WRITER.findings([hit], one)) for one in manifests.read(text)[0])

    assert (first.place, first.rendered_line) == (Place("charts/web/crds/maps.yaml", 4, 9), 6)
    assert (second.place, second.rendered_line) == (Place("charts/web/crds/maps.yaml", 9, 9), 11)


def test_a_hit_at_a_place_shows_the_line_there() -> None:
    place = Place("charts/web/templates/map.yaml", 4, 3)
    (finding,) = WRITER.findings([Hit((), "no", rule="chart-unreadable", place=place)])

    assert finding.place == place
    assert finding.snippet is not None
    assert finding.snippet.text == "  name: {{ .Values.name }}"


@pytest.mark.parametrize("place", [Place("charts/web/templates/map.yaml", 99), Place("elsewhere.yaml", 1)])
def test_a_line_that_is_not_there_is_not_shown(place: Place) -> None:
    (finding,) = WRITER.findings([Hit((), "no", rule="chart-unreadable", place=place)])

    assert finding.snippet is None


def test_a_rule_that_is_off_says_nothing_and_one_that_does_not_exist_is_our_fault() -> None:
    assert list(WRITER.findings([Hit((), "no", rule="field-missing")])) == []
    with pytest.raises(RuleError, match="no rule 'no-such-rule'"):
        list(WRITER.findings([Hit((), "no", rule="no-such-rule")]))


def test_a_failure_names_its_template_line_and_its_callers_innermost_first() -> None:
    failure = Failure(
        "template",
        "nil pointer",
        "all",
        "web/templates/map.yaml",
        4,
        10,
        includes=(("web/templates/a.yaml", 1),) * 3,
    )
    (finding,) = WRITER.failure(failure)

    assert finding.place == Place("charts/web/templates/map.yaml", 4, 10)
    assert finding.includes == (Place("charts/web", 1),)
    assert finding.rule == "render-failed"


def test_a_failure_about_a_values_file_names_that_file() -> None:
    writer = Writer(CHART, rules.load(), CASE)
    (finding,) = writer.failure(Failure("values", "cannot be read", "all", "ci/values.yaml", 3))

    assert finding.place == Place("ci/values.yaml", 3)


def refused(key: str, scenario: Scenario) -> Place:
    chart = dataclasses.replace(
        CHART,
        files={"web/values.yaml": b"image:\n  tag: 1\n"},
        origins={"web/values.yaml": "charts/web/values.yaml"},
    )
    writer = Writer(chart, rules.load(), dataclasses.replace(CASE, scenario=scenario))
    (finding,) = writer.failure(Failure("values-schema", "got number", "all", values_key=key))
    return finding.place


WRITTEN = Place("chartkit.yaml", 5, 7)
HA = "charts/web/values-ha.yaml"


@pytest.mark.parametrize(
    ("key", "scenario", "expected"),
    [
        ("/image/tag", Scenario("default"), Place("charts/web/values.yaml", 2, 3)),
        ("/image/name", Scenario("default"), Place("charts/web/values.yaml", 1, 1)),
        ("", Scenario("default"), Place("charts/web/values.yaml")),
        ("/image/tag", Scenario("ha", values_files=(HA,)), Place(HA)),
        ("/image/tag", Scenario("inline", values="{}", place=WRITTEN), WRITTEN),
    ],
)
def test_a_value_that_the_schema_refuses_is_found_where_it_is_set(
    key: str, scenario: Scenario, expected: Place
) -> None:
    assert refused(key, scenario) == expected


SPOTS = {"": (3, 5), "/image": (3, 5), "/image/tag": (4, 7), "/l": (5, 5), "/l/0": (5, 9)}
BASE = BaseValues(
    values='{"image": {"tag": 1}, "l": [1]}',
    places=tuple((key, Place("chartkit.yaml", *spot)) for key, spot in SPOTS.items()),
)
OWN = Scenario("own", set_values=(SetValue("set", "image.name=x,l[0]=2"),), base=BASE, place=WRITTEN)


@pytest.mark.parametrize(
    ("key", "scenario", "expected"),
    [
        ("/image/tag", Scenario("default", base=BASE), Place("chartkit.yaml", 4, 7)),
        ("/l/0", Scenario("default", base=BASE), Place("chartkit.yaml", 5, 9)),
        ("", Scenario("default", base=BASE), Place("chartkit.yaml", 3, 5)),
        (
            "/image/tag",
            OWN,
            Place("chartkit.yaml", 4, 7),
        ),
        ("/image/name", OWN, WRITTEN),
        ("/l/0", OWN, WRITTEN),
        ("", Scenario("own", values='{"a": 1}', base=BASE, place=WRITTEN), WRITTEN),
        ("/other", Scenario("default", base=BASE), Place("charts/web/values.yaml")),
    ],
)
def test_a_value_of_the_chart_is_found_in_the_line_that_sets_it(
    key: str, scenario: Scenario, expected: Place
) -> None:
    assert refused(key, scenario) == expected


@pytest.mark.parametrize(
    ("key", "line", "column"), [("/image/tag", 2, 3), ("/l/0/a", 3, 6), ("", None, None)]
)
def test_a_value_in_a_file_of_the_chart_is_found_there(
    tmp_path: pathlib.Path, key: str, line: int | None, column: int | None
) -> None:
    low, high, own = (str(tmp_path / name) for name in ("low.yaml", "high.yaml", "own.yaml"))
    pathlib.Path(low).write_text("image: {tag: 1}\n")
    pathlib.Path(high).write_text("image:\n  tag: 1\nl: [{a: 1}]\n")
    pathlib.Path(own).write_text("other: 1\n")
    assert refused(key, Scenario("x", base=BaseValues((low, high)))) == Place(high, line, column)
    if key:
        scenario = Scenario("x", values_files=(own,), base=BaseValues((low, high)))
        assert refused(key, scenario) == Place(high, line, column)
        pathlib.Path(own).write_text("image: {tag: 2}\nl: [{a: 1}]\n")
        assert refused(key, scenario) == Place(own)
    pathlib.Path(high).write_text("a: 1\n---\nimage: {tag: 1}\n")  # of several documents, nobody can tell
    assert refused("/image/tag", Scenario("x", base=BaseValues((low, high)))) == Place(low, 1, 9)


def finding(**fields: object) -> Finding:
    base = Finding(
        "field-unknown", Severity.ERROR, "no", "web", Place("a.yaml"), cases=(CaseRef("web", "a", "1.34.0"),)
    )
    return dataclasses.replace(base, **fields)  # type: ignore[arg-type]


def test_the_same_fault_in_several_cases_is_one_finding() -> None:
    other = CaseRef("web", "b", "1.34.0")
    (one,) = merge([finding(), finding(cases=(other,))])

    assert one.cases == (CaseRef("web", "a", "1.34.0"), other)


def test_what_several_checks_say_of_one_place_is_all_kept() -> None:
    resource = manifest("web/templates/map.yaml").resource
    (one,) = merge([finding(resource=resource, message=message) for message in ("first", "second", "first")])

    assert one.message == "first (also: second)"


def test_findings_come_in_one_order_whatever_order_they_came_in() -> None:
    several = [finding(place=Place(file, line)) for file in "ba" for line in (2, None, 1)]

    assert merge(several) == merge(reversed(several)) == tuple(sorted(several, key=order))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("web/crds/a.yaml", True),
        ("web/charts/sub/crds/a.yaml", True),
        ("web/charts/sub/charts/deep/crds/a.yaml", True),
        ("web/templates/crds/a.yaml", False),
        ("web/charts/sub/templates/crds/a.yaml", False),
        ("web", False),
    ],
)
def test_files_of_crds_are_told_from_templates(source: str, expected: bool) -> None:
    assert is_crd_file(source) is expected


def test_a_rule_that_breaks_is_named_with_what_it_looked_at() -> None:
    def broken(_: Manifest) -> object:
        raise ZeroDivisionError

    rule = Rule("broken-rule", Severity.ERROR, Manifest, broken)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match=r"rule broken-rule broke on ConfigMap/b \(web/templates/map.yaml\)"):
        list(run(rule, manifest("web/templates/map.yaml")))
