"""Policies judge what they select, and say where and what."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import pytest

from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.place import Place, ResourceId
from chartkit.model.render import Hit, Manifest, Objects
from chartkit.rules import Facts, Rule, facts, policies

HEAD = """\
id: test-policy
severity: error
page: |
  Test.

  Why.
"""
VALUES = "image:\n  tag: v1\nteam: web\nmode: [a]\n"
CHART = "name: web\nappVersion: '1.2'\nkeywords: [a]\n"


@pytest.fixture
def policy(tmp_path: pathlib.Path) -> Any:
    def load(text: str) -> Rule:
        path = tmp_path / "policy.yaml"
        path.write_text(HEAD + text)
        (tmp_path / "inventory.yaml").write_text(
            "entries: {a: [{since: v1, size: 1}], c: [{since: v2, size: 3}]}\n"
        )
        (rule,) = policies.load(path).values()
        return rule

    return load


def manifest(kind: str = "Secret", name: str = "a", **body: Any) -> Manifest:
    metadata = {"name": name, **body.pop("metadata", {})}
    return Manifest(
        "web/templates/x.yaml", "", 1, ResourceId("v1", kind, "", name), {"metadata": metadata, **body}
    )


def case(*manifests: Manifest, scenario: Scenario | None = None, **given: Any) -> Facts:
    files = {"web/values.yaml": VALUES.encode(), "web/Chart.yaml": CHART.encode()}
    origins = {name: f"charts/{name}" for name in files}
    chart = Chart("web", "charts/web", "1", "", "v2", "application", "", (), files, origins, "")
    objects = Objects(Case("web", "charts/web", scenario or Scenario("default"), "1.34.0"), chart, manifests)
    return facts(objects, given)


def hits(rule: Rule, of: Facts) -> list[Hit]:
    assert rule.check
    if rule.on is Facts:
        return list(rule.check(of))
    return [hit for each in of.objects.manifests for hit in rule.check(each)]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("{kinds: [Secret]}", ["a", "b"]),
        ("{kinds: ['*Map', Pod]}", ["c"]),
        ("{apiVersions: [v1], names: [a, 'c*']}", ["a", "c"]),
        ("{apiVersions: [apps/*]}", []),
        ("{charts: [w*]}", ["a", "b", "c"]),
        ("{charts: [other]}", []),
        ("{scenarios: [ha]}", []),
        ("{chart: {required: [appVersion]}}", ["a", "b", "c"]),
        ("{values: {properties: {team: {const: api}}}}", []),
        ("{given: {maxProperties: 0}}", ["a", "b", "c"]),
        ("{object: {required: [data]}}", ["b"]),
        ("{kinds: [Secret], object: {required: [data]}, charts: [web]}", ["b"]),
    ],
)
def test_a_selection_narrows_what_is_judged(policy: Any, select: str, expected: list[str]) -> None:
    rule = policy(f"select: {select}\nschema: false\nmessage: '{{name}}'\n")
    objects = [manifest(), manifest(name="b", data={}), manifest("ConfigMap", "c")]

    assert [hit.message for hit in hits(rule, case(*objects))] == expected


@pytest.mark.parametrize(
    ("schema", "given", "broken"),
    [
        ("{const: {$value: image.tag}}", {}, False),
        ("{const: {$value: image.tag}}", {"image": {"tag": "v2"}}, True),
        ("{const: {$value: image.tag, $default: v1}}", {"image": {"tag": None}}, False),
        ("{const: {$value: image.tag}}", {"image": None}, True),
        ("{enum: [{$chart: appVersion}, {$case: release}]}", {}, True),
        ("{not: {const: {$case: createdBy}}}", {}, False),
    ],
)
def test_references_mean_what_the_case_says(
    policy: Any, schema: str, given: dict[str, Any], broken: bool
) -> None:
    rule = policy(f"at: /metadata/version\nschema: {schema}\nmessage: x\n")

    found = hits(rule, case(manifest(metadata={"version": "v1"}), **given))

    assert bool(found) == broken


def test_an_inventory_is_read_for_the_object_and_the_release(policy: Any) -> None:
    text = """\
inventory: inventory.yaml
release: {$value: image.tag}
schema: {properties: {size: {const: {$inventory: size}}}}
message: "{name} is {value}, not {expected} in {release}"
"""
    rule = policy(text)
    objects = [manifest(name=name, size=2) for name in "abc"]

    first = hits(rule, case(*objects))
    second = hits(rule, case(*objects, image={"tag": "v2"}))

    assert [hit.message for hit in first] == ["a is 2, not 1 in v1"]
    assert [hit.message for hit in second] == ["a is 2, not 1 in v2", "c is 2, not 3 in v2"]
    assert first[0].path == ("size",)
    assert first[0].manifest == objects[0]


def test_what_an_inventory_does_not_know_can_be_selected(policy: Any) -> None:
    text = """\
inventory: inventory.yaml
release: v1
select: {inventory: absent}
schema: false
message: "{name}"
"""

    found = hits(policy(text), case(*[manifest(name=name) for name in "abc"]))

    assert [hit.message for hit in found] == ["b", "c"]


def test_names_of_an_inventory_may_be_required_of_a_case(policy: Any) -> None:
    text = """\
subject: case
inventory: inventory.yaml
release: v2
schema: {properties: {objects: {required: {$inventory: {as: "Secret/{name}"}}}}}
message: "{key} is not there"
"""

    found = hits(policy(text), case(manifest()))

    assert [(hit.message, hit.path, hit.place) for hit in found] == [
        ("Secret/c is not there", ("objects", "Secret/c"), Place("charts/web/Chart.yaml"))
    ]


def test_names_without_an_inventory_row_are_nobodys(policy: Any) -> None:
    text = """\
inventory: inventory.yaml
release: v0
subject: case
schema: {required: {$inventory: {}}}
message: x
"""

    assert hits(policy(text), case()) == []


SCENARIO = Scenario("ha", place=Place("chartkit.yaml", 7, 3))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{properties: {defaults: {properties: {team: {const: x}}}}}", Place("charts/web/values.yaml", 3, 7)),
        (
            "{properties: {values: {properties: {mode: {items: {const: x}}}}}}",
            Place("charts/web/values.yaml", 4, 8),
        ),
        ("{properties: {values: {properties: {image: {properties: {tag: {const: x}}}}}}}", SCENARIO.place),
        ("{properties: {given: {maxProperties: 0}}}", SCENARIO.place),
        ("{properties: {case: {properties: {scenario: {const: x}}}}}", SCENARIO.place),
        (
            "{properties: {chart: {properties: {appVersion: {const: x}}}}}",
            Place("charts/web/Chart.yaml", 2, 13),
        ),
        ("false", Place("charts/web/Chart.yaml")),
    ],
)
def test_what_is_wrong_with_a_case_is_placed_where_it_is_written(
    policy: Any, schema: str, expected: Place
) -> None:
    rule = policy(f"subject: case\nschema: {schema}\nmessage: x\n")

    (hit,) = hits(rule, case(scenario=SCENARIO, image={"tag": "v2"}))

    assert hit.place == expected


def test_without_a_place_of_the_scenario_values_are_placed_in_the_chart(policy: Any) -> None:
    rule = policy("subject: case\nschema: {properties: {given: false}}\nmessage: x\n")

    (hit,) = hits(rule, case(team="x"))

    assert hit.place == Place("charts/web/Chart.yaml")


def test_a_values_file_that_cannot_be_read_is_placed_whole(policy: Any) -> None:
    rule = policy("subject: case\nschema: {properties: {defaults: {required: [x]}}}\nmessage: x\n")
    good = case()
    files = {**good.objects.chart.files, "web/values.yaml": b"a: [\n"}
    objects = dataclasses.replace(good.objects, chart=dataclasses.replace(good.objects.chart, files=files))

    (hit,) = hits(rule, facts(objects, {}))

    assert hit.place == Place("charts/web/values.yaml")


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("{patternProperties: {^Secret/: false}}", ("metadata", "name")),
        ("{additionalProperties: {properties: {kind: {const: x}}}}", ("kind",)),
        ("{additionalProperties: {properties: {labels: {required: [x]}}}}", ("metadata", "labels", "x")),
        ("{additionalProperties: {properties: {name: {const: x}}}}", ("metadata", "name")),
        ("{additionalProperties: {properties: {hooks: {minItems: 1}}}}", ("hooks",)),
    ],
)
def test_what_is_wrong_with_an_object_of_a_case_is_placed_in_the_object(
    policy: Any, schema: str, path: Any
) -> None:
    rule = policy(f"subject: case\nschema: {{properties: {{objects: {schema}}}}}\nmessage: x\n")
    secret = manifest()

    assert [(hit.manifest, hit.path) for hit in hits(rule, case(secret))] == [(secret, path)]


@pytest.mark.parametrize("metadata", [None, [], "x"])
def test_objects_of_any_form_can_be_summed_up(policy: Any, metadata: object) -> None:
    rule = policy("subject: case\nschema: {properties: {objects: {required: [Secret/a]}}}\nmessage: x\n")
    odd = dataclasses.replace(manifest(), body={"metadata": metadata})

    assert hits(rule, case(odd)) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{required: [x, z]}", [("x", True), ("z", True)]),
        ("{additionalProperties: false, properties: {a: true}}", [("b", False)]),
        ("{propertyNames: {const: a}}", [("b", True)]),
        ("{properties: {b: {enum: [1, 2]}}}", [("b", False)]),
        ("{minProperties: 9}", [("", False)]),
        ("{additionalProperties: {type: string, minLength: 9, pattern: x}}", [("a", False), ("b", False)]),
    ],
)
def test_a_hit_points_at_the_key_or_the_value(
    policy: Any, schema: str, expected: list[tuple[str, bool]]
) -> None:
    rule = policy(f"at: /data\nschema: {schema}\nmessage: '{{key}}'\n")

    found = hits(rule, case(manifest(data={"a": "1", "b": "2"})))

    assert sorted((hit.message if hit.path != ("data",) else "", hit.on_key) for hit in found) == expected


def test_a_message_holds_words_and_braces(policy: Any) -> None:
    words = "{{x}} {value!r} {key} {path} {expected} {kind} {name} {chart} {scenario}"
    rule = policy(
        "select: {charts: [web]}\nat: /data\n"
        f"schema: {{properties: {{a: {{enum: [1, 2]}}}}}}\nmessage: '{words}'\n"
    )

    (hit,) = hits(rule, case(manifest(data={"a": "{name}"})))

    assert hit.message == "{x} '{name}' a /data/a 1 or 2 Secret a web default"


def test_words_of_the_case_are_empty_where_only_the_object_is_known(policy: Any) -> None:
    (hit,) = hits(policy("schema: false\nmessage: 'a{chart}b'\nhint: say {kind}\n"), case(manifest()))

    assert (hit.message, hit.hint) == ("ab", "say Secret")


def test_long_values_are_cut_in_messages(policy: Any) -> None:
    (hit,) = hits(policy("at: /data\nschema: false\nmessage: '{value}'\n"), case(manifest(data="x" * 10_000)))

    assert len(hit.message) <= 120


def test_values_that_do_not_fit_the_schema_are_said_so(policy: Any) -> None:
    of_object = policy("schema: {enum: {$value: team}}\nmessage: x\n")
    of_case = policy("subject: case\nschema: {maxProperties: {$value: team}}\nmessage: x\n")

    found = [*hits(of_object, case(manifest())), *hits(of_case, case())]

    assert all("a value of the chart does not fit the policy" in hit.message for hit in found)
    assert len(found) == 2


def test_text_that_is_no_unicode_is_said_not_to_be_judged(policy: Any) -> None:
    rule = policy(
        "select: {object: {required: [data]}}\nat: /data\nschema: {const: x}\nmessage: '{reason}'\n"
    )

    (hit,) = hits(rule, case(manifest(data="\ud800")))

    assert hit.message.startswith("cannot be judged")


def test_objects_that_cannot_be_told_apart_by_a_selection_are_judged(policy: Any) -> None:
    rule = policy("select: {object: {properties: {data: {const: x}}}}\nschema: false\nmessage: x\n")

    assert len(hits(rule, case(manifest(data="\ud800")))) == 1


def test_an_item_of_a_list_taken_as_a_mapping_is_found_again(policy: Any) -> None:
    rule = policy(
        "at: '/list[name]'\nschema: {properties: {a: {required: [x]}}, required: [b]}\nmessage: x\n"
    )

    found = hits(rule, case(manifest(list=[{"name": "c"}, {"name": "a"}])))

    assert sorted(map(str, (hit.path for hit in found))) == ["('list', 'b')", "('list', 1, 'x')"]
