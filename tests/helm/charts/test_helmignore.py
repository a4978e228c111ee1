"""The oracle is Helm itself: what it loads from a folder under the same ``.helmignore``."""

from __future__ import annotations

import pathlib

import helm_python
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chartkit.helm.charts import helmignore
from chartkit.model.errors import FileError
from tests.generated import examples

NAMES = (
    "Chart.yaml",
    "README.md",
    "a",
    "ab",
    ".a",
    "templates/x.yaml",
    "templates/.x",
    "templates/..y",
    "templates/sub/.z",
    "docs/a.md",
    "docs/b/a.md",
    "docs/b/c",
    "files/a/b/c",
    "files/[x]",
    "files/a*b",
    "files/é",
    "crds/x.yaml",
)
FOLDERS = {str(parent) for name in NAMES for parent in pathlib.PurePosixPath(name).parents} - {"."}

RULES = (
    "",
    "# a comment\n\n  \n",
    "\ufeffa",
    "a\r\nab\r\n",
    "*.md",
    "docs/",
    "/docs",
    "docs/*.md",
    "docs/*",
    "/a",
    "a/",
    "!*.yaml",
    "!docs/",
    "!README.md\na",
    "templates/x.yaml",
    "sub/",
    "sub",
    ".*",
    ".?*",
    "?",
    "[ab]",
    "[^a]",
    "[a-c]b",
    "[c-a]*",
    "[^c-a]",
    "[]-]",
    "[\\]^-]b",
    "[+--]*",
    "[a&&b]*",
    "*[[]*",
    "files/[[]x]",
    "files/\\[x\\]",
    "files/a\\*b",
    "files/?",
    "*b*",
    "*[b.]*d",
    "docs/*?*/*",
    "*/*/*",
    "*/a",
    "/",
    "!",
    "//a",
    "b/c",
    "docs/b/",
    "files/*/b",
    "a/b\\/",
    "x*[",
    "x.yaml\\",
    " a \u00a0",
    "\x1ca",
)
REFUSED = ("a/**/b", "**", "[", "a[", "abc\\", "[]a]", "[a-]", "[-a]", "[^]")


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("ignored") / "c"
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n" if name == "Chart.yaml" else "x: y\n")
    return folder


def helm_keeps(chart: pathlib.Path, rules: str) -> set[str] | None:
    """The names that Helm loads, or None where it refuses the rules (or no Chart.yaml is left)."""
    (chart / ".helmignore").write_text(rules, newline="")
    try:
        with helm_python.Chart.load(chart) as loaded:
            return {file["name"] for file in (*loaded.files, *loaded.templates)} - {".helmignore"}
    except helm_python.HelmError:
        return None


def we_keep(rules: str) -> set[str] | None:
    try:
        parsed = helmignore.parse(rules.encode())
    except FileError:
        return None
    folders = {name for name in FOLDERS if parsed.ignore(name, True)}
    kept = {
        name
        for name in NAMES
        if not parsed.ignore(name, False)
        and not folders & {str(one) for one in pathlib.PurePosixPath(name).parents}
    }
    return kept - {"Chart.yaml"} if "Chart.yaml" in kept else None


@pytest.mark.parametrize("rules", RULES)
def test_what_is_left_out_is_what_helm_leaves_out(chart: pathlib.Path, rules: str) -> None:
    assert we_keep(rules) == helm_keeps(chart, rules)


@pytest.mark.parametrize("rules", REFUSED)
def test_what_helm_refuses_is_a_fault_that_names_the_line(chart: pathlib.Path, rules: str) -> None:
    assert helm_keeps(chart, rules) is None
    with pytest.raises(FileError) as caught:
        helmignore.parse(b"# first\n" + rules.encode())
    assert caught.value.problem.place.line == 2


PIECE = st.sampled_from(
    [
        "a",
        "b",
        "*",
        "?",
        ".",
        "/",
        "docs",
        "files",
        "templates",
        "[ab]",
        "[^a]",
        "[a-c]",
        "c",
        "\\",
        "x",
        "\\*",
        "]",
        "[",
    ]
)
PATTERN = st.builds(
    lambda negated, pieces, end: negated + "".join(pieces) + end,
    st.sampled_from(["", "", "", "", "!"]),
    st.lists(PIECE, min_size=1, max_size=5),
    st.sampled_from(["", "", "/"]),
)


@examples(250, allow=(HealthCheck.function_scoped_fixture,))
@given(st.lists(PATTERN, min_size=1, max_size=3).map("\n".join))
def test_any_rules_leave_out_what_helm_leaves_out(chart: pathlib.Path, rules: str) -> None:
    assert we_keep(rules) == helm_keeps(chart, rules)


def test_a_pattern_of_many_stars_ends() -> None:
    rules = helmignore.parse(b"a*" * 500 + b"b")
    assert not rules.ignore("a" * 4000, False)


def test_ten_thousand_rules_are_refused() -> None:
    with pytest.raises(FileError, match="more than 1000 rules") as caught:
        helmignore.parse(b"a\n\n" * 10_000)
    assert caught.value.problem.place.line == 2001


def test_a_file_of_endless_rules_is_refused() -> None:
    with pytest.raises(FileError, match="70000 bytes of rules"):
        helmignore.parse(b"#" * 70_000)
