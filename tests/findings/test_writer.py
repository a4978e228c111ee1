"""Checks say where and what; rule, severity, place, resource and case are added here, and nothing is lost."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest

from chartkit import rules
from chartkit.findings.judge_chart import run_rule
from chartkit.findings.writer import FindingWriter
from chartkit.helm import manifests
from chartkit.model.case import BaseValues, Case, CaseRef, Chart, Scenario, SetValue
from chartkit.model.chart_file import canonical
from chartkit.model.errors import RuleError
from chartkit.model.finding import Finding, Severity, merge, order
from chartkit.model.place import Place
from chartkit.model.render import Failure, Hit, Manifest
from chartkit.rules import Rule
from chartkit.source_map.values.value_layers import UNREADABLE

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
WRITER = FindingWriter(CHART, RULES, CASE)


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
    assert finding.display.snippet is not None
    assert (finding.display.snippet.text, finding.display.snippet.rendered) == ("  name: b", True)
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
    assert finding.display.snippet is not None
    assert finding.display.snippet.text == "  name: {{ .Values.name }}"


@pytest.mark.parametrize("place", [Place("charts/web/templates/map.yaml", 99), Place("elsewhere.yaml", 1)])
def test_a_line_that_is_not_there_is_not_shown(place: Place) -> None:
    (finding,) = WRITER.findings([Hit((), "no", rule="chart-unreadable", place=place)])

    assert finding.display.snippet is None


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
    writer = FindingWriter(CHART, rules.load(), CASE)
    (finding,) = writer.failure(Failure("values", "cannot be read", "all", "ci/values.yaml", 3))

    assert finding.place == Place("ci/values.yaml", 3)


def refused(key: str, scenario: Scenario) -> tuple[Place, str]:
    """Where the value is found, and why that has no line."""
    files = {
        "web/values.yaml": b"image:\n  tag: 1\nl: [{a: 0}]\nsub:\n  a: 1\n",
        "web/charts/sub/Chart.yaml": b"name: sub",
        "web/charts/sub/values.yaml": b"a: 0\nb: 1\n",
        "web/charts/packed/Chart.yaml": b"name: packed",
        "web/charts/packed/values.yaml": b"a: 0\n",
    }
    origins = {name: f"charts/{name}" for name in files}
    origins["web/charts/packed/values.yaml"] = "charts/web/charts/packed.tgz"
    writer = FindingWriter(
        dataclasses.replace(CHART, files=files, origins=origins),
        rules.load(),
        dataclasses.replace(CASE, scenario=scenario),
    )
    (finding,) = writer.failure(Failure("values-schema", "got number", "all", values_key=key))
    return finding.place, finding.display.line_unknown


WRITTEN = Place("chartkit.yaml", 5, 7)
VALUES = "charts/web/values.yaml"
SPOTS = {"": (3, 5), "/image": (3, 5), "/image/tag": (4, 7), "/l": (5, 5), "/l/0": (5, 9)}
PLACES = tuple((key, Place("chartkit.yaml", *spot)) for key, spot in SPOTS.items())
INLINE = '{"image": {"tag": 1}, "l": [1]}'
BASE = BaseValues(values=INLINE, places=PLACES)
OWN = Scenario("own", set_values=(SetValue("set", "image.name=x,l[0]=2", WRITTEN),), base=BASE, place=WRITTEN)
TOLD = SetValue("set-string", "image.name=x")
CI = SetValue("set", "image.name=x", Place("ct.yaml"))


@pytest.mark.parametrize(
    ("key", "scenario", "place"),
    [
        ("/image/tag", Scenario("default"), Place(VALUES, 2, 3)),
        ("/l/0/a", Scenario("default"), Place(VALUES, 3, 6)),
        ("/image/tag", Scenario("inline", values=INLINE, places=PLACES, place=WRITTEN), PLACES[2][1]),
        ("/image/tag", Scenario("inline", values="{}", place=WRITTEN), Place(VALUES, 2, 3)),
        ("/image/tag", Scenario("default", base=BASE), PLACES[2][1]),
        ("/l/0", Scenario("default", base=BASE), PLACES[4][1]),
        ("/image/tag", OWN, PLACES[2][1]),
        ("/image/name", OWN, WRITTEN),
        ("/l/0", OWN, WRITTEN),
        ("/image/tag", Scenario("x", set_values=(TOLD,)), Place(VALUES, 2, 3)),
        ("/image/name", Scenario("x", set_values=(CI,)), Place("ct.yaml")),
        ("/sub/a", Scenario("default"), Place(VALUES, 5, 3)),
        ("/sub/b", Scenario("default"), Place("charts/web/charts/sub/values.yaml", 2, 1)),
    ],
)
def test_a_value_that_the_schema_refuses_is_found_where_it_is_set(
    key: str, scenario: Scenario, place: Place
) -> None:
    assert refused(key, scenario) == (place, "")


@pytest.mark.parametrize(
    ("key", "scenario", "place"),
    [
        ("/image", Scenario("default"), Place(VALUES, 1, 1)),
        ("/image/name", Scenario("default"), Place(VALUES, 1, 1)),
        ("/sub/none", Scenario("default"), Place(VALUES, 4, 1)),
        ("/image/tag/deep", Scenario("default", base=BASE), PLACES[2][1]),
        ("", Scenario("default"), Place(VALUES)),
        ("/other", Scenario("default"), Place(VALUES)),
        ("", Scenario("default", base=BASE), PLACES[0][1]),
        ("", OWN, WRITTEN),
        ("", Scenario("own", values='{"a": 1}', base=BASE, place=WRITTEN), WRITTEN),
        ("", Scenario("x", set_values=(TOLD,)), Place(VALUES)),
    ],
)
def test_what_is_missing_is_found_where_the_table_is_set_that_lacks_it(
    key: str, scenario: Scenario, place: Place
) -> None:
    assert refused(key, scenario) == (place, "")


@pytest.mark.parametrize(
    ("key", "scenario", "why"),
    [
        ("/image/name", Scenario("x", set_values=(TOLD,)), "set by --set-string on the command line"),
        ("/packed/a", Scenario("x"), "set in charts/web/charts/packed.tgz"),
        ("/image/tag", Scenario("x", values_files=("none.yaml",)), UNREADABLE),
    ],
)
def test_a_value_that_is_set_in_no_line_says_so(key: str, scenario: Scenario, why: str) -> None:
    assert refused(key, scenario) == (Place("charts/web"), why)


def test_a_chart_without_values_is_where_the_schema_misses_some() -> None:
    writer = FindingWriter(CHART, rules.load(), CASE)
    (finding,) = writer.failure(Failure("values-schema", "missing property", "all"))

    assert (finding.place, finding.display.line_unknown) == (Place("charts/web"), "")


@pytest.mark.parametrize(
    ("key", "line", "column"), [("/image/tag", 2, 3), ("/l/0/a", 3, 6), ("", None, None)]
)
def test_a_value_in_a_file_is_found_there(
    tmp_path: pathlib.Path, key: str, line: int | None, column: int | None
) -> None:
    low, high, own = (str(tmp_path / name) for name in ("low.yaml", "high.yaml", "own.yaml"))
    pathlib.Path(low).write_text("image: {tag: 1}\n")
    pathlib.Path(high).write_text("image:\n  tag: 1\nl: [{a: 1}]\n")
    pathlib.Path(own).write_text("other: 1\n")
    assert refused(key, Scenario("x", base=BaseValues((low, high)))) == (Place(high, line, column), "")
    scenario = Scenario("x", values_files=(own,), base=BaseValues((low, high)))
    assert refused(key, scenario) == (Place(high, line, column) if key else Place(own), "")
    pathlib.Path(own).write_text("image: {tag: 2}\nl: [{b: 1}, {a: 1}]\n")
    found = {"/image/tag": Place(own, 1, 9), "/l/0/a": Place(own, 2, 5), "": Place(own)}
    assert refused(key, scenario) == (found[key], "")


def test_of_several_documents_in_a_file_nobody_can_tell(tmp_path: pathlib.Path) -> None:
    low, high = (str(tmp_path / name) for name in ("low.yaml", "high.yaml"))
    pathlib.Path(low).write_text("image: {tag: 1}\n")
    pathlib.Path(high).write_text("a: 1\n---\nimage: {tag: 1}\n")
    scenario = Scenario("x", base=BaseValues((low, high)))
    assert refused("/image/tag", scenario) == (Place("charts/web"), UNREADABLE)


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
    assert (canonical(source).kind == "crd") is expected


def test_a_rule_that_breaks_is_named_with_what_it_looked_at() -> None:
    def broken(_: Manifest) -> object:
        raise ZeroDivisionError

    rule = Rule("broken-rule", Severity.ERROR, Manifest, broken)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match=r"rule broken-rule broke on ConfigMap/b \(web/templates/map.yaml\)"):
        list(run_rule(rule, manifest("web/templates/map.yaml")))
