from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.changing_lines import MARKER
from chartkit.golden.diff.objects import diff
from chartkit.golden.diff.text import ObjectDiff, describe, line_diff, painted, summary

DEPLOYMENT = """\
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
"""
SERVICE = """\
---
# Source: web/templates/service.yaml
# in front of the pods
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  ports: [{port: 80}]
"""
CONFIG = """\
---
# Source: web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
data:
  one: "1"
  two: "2"
  three: "3"
  file: |
    first
    second
    third
    fourth
"""
COMMENT = "---\n# Source: web/templates/nothing.yaml\n# nothing here\n"
BROKEN = "---\n# Source: web/templates/broken.yaml\na: [\n"
ITEM = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {{name: {0}}}\n  data: {{a: {1}}}\n"
LIST = "---\n# Source: web/templates/list.yaml\napiVersion: v1\nkind: List\nitems:\n"
ALL = DEPLOYMENT + SERVICE + CONFIG + COMMENT + BROKEN


def told(old: str, new: str) -> list[str]:
    return [*describe(diff(old, new))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            ALL,
            ALL.replace("replicas: 1", "replicas: 2"),
            ["~ Deployment/web", "    spec.replicas", "      - 1", "      + 2"],
            id="a value",
        ),
        pytest.param(
            DEPLOYMENT + SERVICE,
            DEPLOYMENT,
            [
                "- Service/web in shop removed",
            ],
            id="a removed object",
        ),
        pytest.param(
            "",
            BROKEN + DEPLOYMENT,
            [
                "+ Deployment/web added",
                "      + apiVersion: apps/v1",
                "      + kind: Deployment",
                "      + metadata:",
                "      +   name: web",
                "      + spec:",
                "      +   replicas: 1",
                "~ web/templates/broken.yaml differs only in its text",
                "      + ---",
                "      + # Source: web/templates/broken.yaml",
                "      + a: [",
            ],
            id="all is new",
        ),
        pytest.param(
            CONFIG,
            CONFIG.replace("name: config", "name: settings"),
            [
                "~ ConfigMap/settings renamed from ConfigMap/config",
                "    metadata.name",
                "      - config",
                "      + settings",
            ],
            id="a renamed object",
        ),
        pytest.param(
            CONFIG,
            CONFIG.replace("second", "2nd"),
            [
                "~ ConfigMap/config",
                "    data.file",
                "        first",
                "      - second",
                "      + 2nd",
                "        third",
                "        fourth",
            ],
            id="lines of a text",
        ),
        pytest.param(
            SERVICE,
            SERVICE.replace("in front of", "before  "),
            [
                "~ Service/web in shop differs only in its text",
                "        # Source: web/templates/service.yaml",
                "      - # in front of the pods",
                "      + # before   the pods",
                "        apiVersion: v1",
            ],
            id="a comment",
        ),
        pytest.param(
            SERVICE,
            SERVICE.replace("kind: Service", "kind: Service  "),
            [
                "~ Service/web in shop differs only in its text",
                "        apiVersion: v1",
                "      - kind: Service",
                "      + kind: Service··",
                "        metadata:",
            ],
            id="spaces at the end of a line",
        ),
        pytest.param(
            COMMENT,
            COMMENT.replace("nothing here", "something"),
            [
                "~ web/templates/nothing.yaml differs only in its text",
                "        # Source: web/templates/nothing.yaml",
                "      - # nothing here",
                "      + # something",
            ],
            id="a document of comments",
        ),
        pytest.param(
            DEPLOYMENT + SERVICE + CONFIG,
            CONFIG + DEPLOYMENT + SERVICE,
            ["~ order changed, moved: ConfigMap/config"],
            id="order alone",
        ),
        pytest.param(
            COMMENT + DEPLOYMENT + SERVICE,
            DEPLOYMENT + SERVICE + COMMENT,
            ["~ order changed, moved: web/templates/nothing.yaml"],
            id="order of a document without an object",
        ),
        pytest.param(
            "a: 1\n" + DEPLOYMENT + SERVICE,
            DEPLOYMENT + SERVICE + "a: 1\n",
            ["~ order changed"],
            id="what stands before the first document",
        ),
        pytest.param(
            LIST + ITEM.format("a", 1) + ITEM.format("b", 1),
            LIST + ITEM.format("a", 1) + ITEM.format("b", 2),
            ["~ ConfigMap/b", "    data.a", "      - 1", "      + 2"],
            id="an item of a List",
        ),
        pytest.param(
            LIST + ITEM.format("a", 1) + ITEM.format("b", 1),
            LIST + "# items\n" + ITEM.format("a", 1) + ITEM.format("b", 1),
            [
                "~ ConfigMap/a differs only in its text",
                "        items:",
                "      + # items",
                "        - apiVersion: v1",
            ],
            id="the text of a List is shown once",
        ),
        pytest.param(
            LIST + ITEM.format("a", 1) + ITEM.format("b", 1),
            LIST + ITEM.format("a", 1) + LIST + ITEM.format("b", 1),
            [
                "~ the beginning differs only in its text",
                "          data: {a: 1}",
                "      + ---",
                "      + # Source: web/templates/list.yaml",
                "      + apiVersion: v1",
                "      + kind: List",
                "      + items:",
                "        - apiVersion: v1",
            ],
            id="the same objects in other documents",
        ),
        pytest.param(
            DEPLOYMENT + DEPLOYMENT,
            DEPLOYMENT + DEPLOYMENT.replace("replicas: 1", "replicas: 3"),
            ["~ Deployment/web", "    spec.replicas", "      - 1", "      + 3"],
            id="the same object twice",
        ),
        pytest.param(
            DEPLOYMENT.replace("apps/v1", "apps/v1beta1"),
            DEPLOYMENT,
            ["~ Deployment/web", "    apiVersion", "      - apps/v1beta1", "      + apps/v1"],
            id="another version of the same group",
        ),
        pytest.param(
            CONFIG.replace('"1"', MARKER),
            CONFIG.replace('"2"', '"3"'),
            ["~ ConfigMap/config", "    data.two", "      - '2'", "      + '3'"],
            id="masked values are no differences",
        ),
        pytest.param(CONFIG.replace('"1"', MARKER), CONFIG, [], id="masked lines alone are none"),
    ],
)
def test_a_difference_reads_by_object_and_path(old: str, new: str, expected: list[str]) -> None:
    shown = told(old, new)
    if expected == ["~ order changed"]:
        assert [line for line in shown if line.startswith("~")]
    else:
        assert shown == expected


def test_an_order_is_told_by_what_moved() -> None:
    old = {"args": ["a", "b", "c" * 60], "apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}
    lists = [
        "---\n# Source: a\napiVersion: v1\nkind: X\nmetadata: {name: x}\nargs: " + str(args) + "\n"
        for args in (old["args"], ["b", "a", "c" * 60])
    ]
    assert told(*lists) == [
        "~ X/x",
        "    args order changed",
        "      - a, b, " + "c" * 39 + "…",
        "      + b, a, " + "c" * 39 + "…",
    ]


def test_many_moved_documents_are_counted() -> None:
    documents = [DEPLOYMENT.replace("web", f"web-{number}") for number in range(30)]
    (line,) = told("".join(documents), "".join(reversed(documents)))
    assert line.endswith("+19 more")


def test_a_long_value_is_cut_with_a_count() -> None:
    long = "---\n# Source: a\napiVersion: v1\nkind: X\nmetadata: {name: x}\nlist:\n" + "- a\n" * 300
    assert told("", long)[-1] == "      + … 105 more lines"


def test_too_many_objects_are_not_searched_for_renames() -> None:
    old, new = (
        "".join(CONFIG.replace("name: config", f"name: {word}-{number}") for number in range(11))
        for word in ("a", "b")
    )
    assert {each.kind for each in diff(old, new)} == {"added", "removed"}


def test_the_summary_counts() -> None:
    assert summary(diff(ALL, ALL.replace("replicas: 1", "replicas: 2"))) == "1 object changed"
    assert summary(diff(DEPLOYMENT, SERVICE)) == "1 object added, 1 removed"
    assert summary(diff(DEPLOYMENT + SERVICE, SERVICE + DEPLOYMENT)) == "order changed"
    assert summary(diff(CONFIG, CONFIG.replace("config\n", "cfg\n"))) == "1 object renamed"
    two = diff(COMMENT + SERVICE, (COMMENT + SERVICE).replace("#", "##").replace("## Source", "# Source"))
    assert summary(two) == "2 objects different only in comments, blanks or quotes"


def _painted(found: tuple[ObjectDiff, ...], *, color: bool) -> str:
    return "\n".join(painted(line, color) for line in describe(found))


def test_the_text_is_safe_and_coloured_on_demand() -> None:
    found = diff(CONFIG, CONFIG.replace('"1"', '"\\e[2J\\u202e"'))
    assert "\x1b" not in _painted(found, color=False)
    assert "\u202e" not in _painted(found, color=False)
    coloured = _painted(found, color=True)
    assert "\x1b[31m      - '1'\x1b[0m\n" in coloured
    assert "\x1b[1m    data.one\x1b[0m\n" in coloured
    assert painted("        context", color=True) == "        context"


DOCUMENTS = st.lists(
    st.sampled_from(
        [DEPLOYMENT, SERVICE, CONFIG, COMMENT, BROKEN, LIST + ITEM.format("a", 1), "", "free: text\n"]
    ),
    max_size=6,
)
EDITS = st.sampled_from([("1", "2"), ("web", "net"), ("#", "##"), ("\n", "\n\n"), ("name", "nome"), ("", "")])


@given(DOCUMENTS)
def test_a_render_does_not_differ_from_itself(documents: list[str]) -> None:
    assert diff("".join(documents), "".join(documents)) == ()


@given(DOCUMENTS, DOCUMENTS, EDITS)
def test_renders_that_differ_have_a_difference(old: list[str], new: list[str], edit: tuple[str, str]) -> None:
    one, two = "".join(old), "".join(new).replace(*edit)
    found = diff(one, two)
    assert (found == ()) is (one == two)
    assert [*describe(found)] == [*describe(diff(one, two))]
    assert bool(summary(found)) is bool(found)


def test_places_of_a_line_difference_are_told_apart() -> None:
    old = "\n".join(str(number) for number in range(20))
    new = old.replace("3\n", "x\n", 1).replace("17", "y")
    assert line_diff(old, new, context=0) == ("-3", "+x", "…", "-17", "+y")
    assert line_diff(old, old) == ()


def test_differences_are_values() -> None:
    assert diff(DEPLOYMENT + SERVICE, SERVICE + DEPLOYMENT) == (ObjectDiff("moved", lines=("Service/web",)),)
