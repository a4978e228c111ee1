"""A render is taken apart without losing anything, and places lead back into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit import rules
from chartkit.helm import manifests
from chartkit.model.place import Path, Place
from chartkit.model.render import Manifest
from tests.generated import examples

RENDER = """---
# Source: web/crds/ships.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: one
---
# a second document of the same file
apiVersion: v1
kind: ConfigMap
metadata:
  name: two
---
# Source: web/templates/empty.yaml
# nothing but a comment

---
# Source: web/templates/hook.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: three
  namespace: shop
  annotations:
    helm.sh/hook: pre-install, post-delete
"""


def one(text: str) -> Manifest:
    good, bad = manifests.read(text)
    assert not bad
    (manifest,) = good
    return manifest


def told(text: str) -> list[tuple[str, int | None, int | None, str]]:
    return [
        (each.rule, each.problem.place.line, each.problem.place.column, each.problem.message)
        for each in manifests.read(text)[1]
    ]


def test_every_document_keeps_its_source_and_first_line() -> None:
    good, bad = manifests.read(RENDER)

    assert bad == ()
    assert [(each.resource.name, each.source, each.line) for each in good] == [
        ("one", "web/crds/ships.yaml", 2),
        ("two", "web/crds/ships.yaml", 8),
        ("three", "web/templates/hook.yaml", 18),
    ]
    assert [each.hooks for each in good] == [(), (), ("pre-install", "post-delete")]
    assert str(good[2].resource) == "Job/three"
    assert good[2].resource.namespace == "shop"


def test_text_from_elsewhere_needs_no_source() -> None:
    manifest = one("apiVersion: v1\nkind: Secret\nmetadata: {name: a}")

    assert (manifest.source, manifest.line) == ("", 1)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "---\n---\n", "# x\n---\n  # y\n", "\ufeff# x\n", "---\nnull\n", "--- # x\n", "---"]
)
def test_nothing_is_nothing(text: str) -> None:
    assert manifests.read(text) == ((), ())


def test_a_document_may_begin_on_the_line_of_its_marker() -> None:
    secret = "{apiVersion: v1, kind: Secret, metadata: {name: %s}}\n"
    good, bad = manifests.read(f"--- {secret % 'a'}---   # b\n{secret % 'b'}")

    assert [(each.resource.name, each.line) for each in good] == [("a", 1), ("b", 3)]
    assert bad == ()


def test_dashes_within_a_text_separate_nothing() -> None:
    manifest = one(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    ---\n    b\n  c: ---x\n"
    )

    assert manifest.body["data"] == {"a": "---\nb\n", "c": "---x"}


def test_one_bad_document_hides_no_other() -> None:
    good, bad = manifests.read(RENDER.replace("kind: ConfigMap\nmetadata:\n  name: two", "kind: [x"))

    assert [each.resource.name for each in good] == ["one", "three"]
    assert [(each.rule, each.problem.place.line, each.problem.place.file) for each in bad] == [
        ("yaml-unreadable", 10, "web/crds/ships.yaml")
    ]


UNREADABLE = {
    "apiVersion: v1\nkind: Secret\n\tmetadata: {}": (
        "yaml-unreadable",
        3,
        1,
        "found a tab where YAML wants spaces",
    ),
    "just words": (
        "object-without-kind",
        1,
        1,
        "got the text 'just words', expected an object with apiVersion, kind and metadata",
    ),
    "- a\n": (
        "object-without-kind",
        1,
        1,
        "got a list, expected an object with apiVersion, kind and metadata",
    ),
    "5": (
        "object-without-kind",
        1,
        1,
        "got the value 5, expected an object with apiVersion, kind and metadata",
    ),
    "kind: Secret\n": ("object-without-kind", 1, 1, "object (Secret) has no apiVersion"),
    "apiVersion: v1\n": ("object-without-kind", 1, 1, "object has no kind"),
    "apiVersion: v1\nkind: ''\n": ("object-without-kind", 1, 1, "object has no kind"),
    "apiVersion: 1\nkind: Secret\n": (
        "object-without-kind",
        1,
        1,
        "object (Secret) has the value 1 as apiVersion, expected a string",
    ),
    "apiVersion: v1\nkind: {}\n": (
        "object-without-kind",
        1,
        1,
        "object has a mapping as kind, expected a string",
    ),
    "apiVersion: v1\nkind: Secret\n": ("object-without-name", 1, 1, "Secret has no metadata.name"),
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name:\n": (
        "object-without-name",
        4,
        8,
        "Secret has no metadata.name",
    ),
    "apiVersion: v1\nkind: Secret\nmetadata: x\n": (
        "object-without-name",
        3,
        1,
        "Secret has no metadata.name",
    ),
    "apiVersion: v1\nkind: List\nitems:\n- 5\n": (
        "object-without-kind",
        4,
        3,
        "got the value 5, expected an object with apiVersion, kind and metadata",
    ),
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n...\nkind: b\n": (
        "yaml-unreadable",
        4,
        1,
        "everything after '...' is ignored by Kubernetes",
    ),
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_object_is_told_with_its_place(text: str) -> None:
    assert told(text) == [UNREADABLE[text]]


def test_places_count_from_the_top_of_the_render() -> None:
    assert told(f"{RENDER}---\n# Source: a\nkind: x") == [
        ("object-without-kind", 28, 1, "object (x) has no apiVersion")
    ]


def test_a_key_that_stands_twice_leaves_the_object() -> None:
    text = "# head\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\n  a: c\n"
    (good,), (bad,) = manifests.read(text)

    assert good.body["data"] == {"a": "c"}
    assert (bad.rule, bad.problem.place) == ("yaml-key-duplicate", Place("", 7, 3))
    assert bad.problem.message == "key 'a' stands twice in '/data': the first, 1 line above, is lost"


@pytest.mark.parametrize(
    ("text", "where"), [("a: 1\nb: 2\na: 3\n", "2 lines above"), ("{a: 1, a: 2}\n", "on the same line")]
)
def test_the_first_of_two_keys_is_told_by_its_distance_wherever_the_document_stands(
    text: str, where: str
) -> None:
    for line in (1, 30):
        _, unreadable = manifests.read_document(text, "a", line)
        assert f"stands twice in the document: the first, {where}, is lost" in unreadable[0].problem.message


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Secret\nmetadata: {generateName: a-}\n",
        "apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nspec: {token: a}\n",
        "apiVersion: v1\nkind: List\nitems: []\n",
        "apiVersion: v1\nkind: List\nitems:\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n...\n# end\n",
    ],
)
def test_some_objects_need_no_name(text: str) -> None:
    assert told(text) == []


def test_a_list_is_its_items() -> None:
    text = """apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: a}
  - apiVersion: v1
    kind: List
    items:
      - {apiVersion: v1, kind: Secret, metadata: {name: b}}
"""
    good, bad = manifests.read(text)

    assert bad == ()
    assert [(each.resource.name, each.base) for each in good] == [
        ("a", ("items", 0)),
        ("b", ("items", 1, "items", 0)),
    ]
    assert manifests.position(good[1], (*good[1].base, "metadata", "name")) == (10, 57)


def test_items_of_a_typed_list_take_their_kind_from_it() -> None:
    items = "- metadata: {name: a}\n- {kind: Pod, apiVersion: v1, metadata: {name: b}}\n"
    text = f"apiVersion: v1\nkind: SecretList\nitems:\n{items}"

    assert [(each.resource.kind, each.body["apiVersion"]) for each in manifests.read(text)[0]] == [
        ("Secret", "v1"),
        ("Pod", "v1"),
    ]


PLACES = """---
# Source: web/a.yaml
apiVersion: v1
kind: &kind Pod
"metadata": {name: a, 'labels': {"x": y}}
spec:
  containers:
  - name: a
    env:
    - &e
      name: E
      value: 1
    - *e
  defaults: &d
    image: b
  other:
    <<: *d
    more: 1
"""


@pytest.mark.parametrize(
    ("path", "on_key", "place"),
    [
        ((), False, (3, 1)),
        (("kind",), False, (4, 7)),
        (("kind",), True, (4, 1)),
        (("metadata", "labels"), True, (5, 23)),
        (("metadata", "labels", "x"), False, (5, 39)),
        (("spec", "containers", 0), False, (8, 5)),
        (("spec", "containers", 0), True, (8, 5)),
        (("spec", "containers", 0, "env", 1, "value"), False, (12, 14)),
        (("spec", "containers", 0, "image"), False, (8, 5)),
        (("spec", "containers", 5, "image"), False, (7, 3)),
        (("spec", "nothing", "at", "all"), True, (6, 1)),
        (("nothing",), False, (3, 1)),
        (("kind", "x"), False, (4, 1)),
        (("spec", "other", "image"), False, (15, 12)),
        (("spec", "other", "image", "x"), False, (15, 5)),
        (("spec", "containers", "x"), False, (7, 3)),
    ],
)
def test_a_path_leads_to_its_place_or_to_the_nearest(
    path: Path, on_key: bool, place: tuple[int, int]
) -> None:
    assert manifests.position(one(PLACES), path, on_key) == place


@pytest.mark.parametrize("text", [PLACES.replace("\n", "\r\n"), PLACES.replace("---\n", "---\n\ufeff", 1)])
def test_places_hold_with_other_line_ends_and_marks(text: str) -> None:
    assert manifests.position(one(text), ("spec", "containers", 0, "name")) == (8, 11)


def test_lines_that_only_yaml_ends_do_not_count() -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: "x\u2028\n    y"\n  b: z\n'

    assert manifests.position(one(text), ("data", "b")) == (7, 6)


def test_the_text_of_a_line_is_that_of_the_render() -> None:
    job = manifests.read(RENDER)[0][2]

    assert manifests.line_text(job, 20) == "kind: Job"
    assert [manifests.line_text(job, line) for line in (17, 26, 99)] == ["", "", ""]
    assert (
        manifests.line_text(one("a: 1\r\napiVersion: v1\r\nkind: List\r\nmetadata: {name: a}\r\n"), 2)
        == "apiVersion: v1"
    )


CONTAINERS = "containers: [{name: a}, {name: b}, 5], ephemeralContainers: [{name: e}]"
POD = f"spec: {{initContainers: [{{name: i}}], {CONTAINERS}}}"
WORKLOADS = {
    ("v1", "Pod"): (POD, ("spec",)),
    ("apps/v1", "Deployment"): (f"spec: {{template: {{{POD}}}}}", ("spec", "template", "spec")),
    ("extensions/v1beta1", "DaemonSet"): (f"spec: {{template: {{{POD}}}}}", ("spec", "template", "spec")),
    ("batch/v1", "CronJob"): (
        f"spec: {{jobTemplate: {{spec: {{template: {{{POD}}}}}}}}}",
        ("spec", "jobTemplate", "spec", "template", "spec"),
    ),
    ("v1", "PodTemplate"): (f"template: {{{POD}}}", ("template", "spec")),
}


@pytest.mark.parametrize(("api_version", "kind"), WORKLOADS)
def test_all_containers_of_every_workload_are_found(api_version: str, kind: str) -> None:
    spec, path = WORKLOADS[api_version, kind]
    manifest = one(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x}}\n{spec}\n")

    assert [(each.body["name"], each.path, each.init) for each in manifests.containers(manifest)] == [
        ("i", (*path, "initContainers", 0), True),
        ("a", (*path, "containers", 0), False),
        ("b", (*path, "containers", 1), False),
        ("e", (*path, "ephemeralContainers", 0), False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{}]}}}",
        "apiVersion: example.com/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {}}",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: 5}",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: 5",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {containers: x}}}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}",
    ],
)
def test_other_objects_have_no_containers(text: str) -> None:
    assert list(manifests.containers(one(text))) == []


@examples(150)
@given(st.text(st.sampled_from("abc:-#{}[]&*!|> \n\t'\"\\")))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    good, bad = manifests.read(f"---\n# Source: a\nkind: A\napiVersion: b\n{text}\n---\n{text}")

    lines = text.count("\n") * 2 + 8
    places = [each.problem.place for each in bad]
    assert all(1 <= (place.line or 0) <= lines and (place.column or 0) >= 1 for place in places)
    assert {each.source for each in good} | {place.file for place in places} <= {"a"}


def test_a_document_is_read_alone_for_whoever_remembers_it() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
    (good,), bad = manifests.read_document(text, "web/a.yaml", 7)

    assert (good.line, good.source, good.text, bad) == (7, "web/a.yaml", text, ())


PAGES = [rules.load()[name] for name in ("yaml-unreadable", "object-without-kind", "object-without-name")]


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: rule.id)
def test_the_pages_say_what_is_found(rule: rules.Rule) -> None:
    bad, good = rule.page.section("Bad"), rule.page.section("Good")
    assert bad
    assert good

    marked = [(each.rule, each.line) for each in bad.fences[0].expected]
    assert [(each[0], each[1]) for each in told(bad.fences[0].text)] == marked
    assert told(good.fences[0].text) == []
