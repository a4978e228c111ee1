"""The entry for pre-commit goes into what people wrote, and nothing else changes."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pre_commit.clientlib import load_config
from ruamel.yaml import YAML

from chartkit.cli.init import pre_commit
from chartkit.cli.init.source import PackageSource
from chartkit.model.errors import ConfigError

ROOT = pathlib.Path(__file__).parents[3]
SOURCE = PackageSource("chartkit==1.2.3")
COMMENTED = """\
# ours
repos:
  - repo: https://git.example/hooks   # pinned
    rev: v1
    hooks:
      - id: trailing-whitespace
        args: ["--markdown"]  # keep
      # - id: later
      # - id: even-later

# settings of a service
ci: {autoupdate_schedule: monthly}
"""


def loaded(text: str) -> Any:
    return YAML(typ="safe").load(text)


def added(before: str | None, **more: Any) -> str:
    text = pre_commit.text(before, SOURCE, **{"golden": False, **more})
    assert text is not None
    return text


def test_comments_and_layout_stay_and_the_entry_follows_the_last_one() -> None:
    after = added(COMMENTED)
    head, tail = COMMENTED.split("\n# settings", 1)
    assert after.startswith(head)
    assert after.endswith(f"\n# settings{tail}")
    assert after[len(head) :].startswith("  - repo: local\n    hooks:\n      - id: chartkit-check\n")


@pytest.mark.parametrize("golden", [False, True])
@pytest.mark.parametrize("source", [SOURCE, PackageSource("x", "https://git.example/chartkit", "b" * 40)])
@pytest.mark.parametrize("flags", [(), ("--update-dependencies",)])
@pytest.mark.parametrize(
    "before",
    [
        None,
        COMMENTED,
        "repos: []\n",
        "repos: []  # none\nfail_fast: true\n",
        "",
        "repos: [{repo: local, hooks: []}]\n",
    ],
)
def test_pre_commit_reads_what_is_written(
    tmp_path: pathlib.Path, before: str | None, flags: tuple[str, ...], source: PackageSource, golden: bool
) -> None:
    text = pre_commit.text(before, source, flags, golden=golden)
    assert text is not None
    (tmp_path / "config.yaml").write_text(text)
    hooks = load_config(tmp_path / "config.yaml")["repos"][-1]["hooks"]
    assert [one["id"] for one in hooks] == ["chartkit-check", "chartkit-golden"][: 1 + golden]
    if flags or not source.repository:
        assert all(hook["args"] == [*flags, "--"] for hook in hooks)
    assert pre_commit.text(text, source, flags, golden=golden) is None


def test_a_local_hook_says_what_the_published_one_says() -> None:
    published = {one["id"]: one for one in loaded((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for hook in loaded(added(None, golden=True))["repos"][0]["hooks"]:
        assert hook.pop("additional_dependencies") == ["chartkit==1.2.3"]
        assert hook.items() <= published[hook["id"]].items()


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ("repos: {}\n", "is no list"),
        ("- repo: local\n", "is no list"),
        ("repos: [\n", ".pre-commit-config.yaml:1: "),
    ],
)
def test_what_cannot_be_added_is_told_with_what_to_add(before: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        pre_commit.text(before, SOURCE, golden=False)
    assert caught.value.hint or "[" in before


KEYS = st.text("abcdefg", min_size=1, max_size=5)
SCALARS = st.one_of(
    KEYS, st.booleans(), st.integers(0, 99), st.sampled_from(["a: b", "# no", "- x", "|", ""])
)
HOOKS = st.lists(
    st.dictionaries(KEYS, st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), min_size=1), max_size=3
)


@given(
    st.lists(st.fixed_dictionaries({"repo": SCALARS, "hooks": HOOKS}), max_size=3),
    st.dictionaries(KEYS, SCALARS, max_size=2),
    st.integers(0, 4),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_whatever_is_there_stays(
    repositories: list[Any], more: dict[str, Any], offset: int, line_end: str, closed: bool
) -> None:
    import io

    writer = YAML()
    writer.indent(mapping=2, sequence=offset + 2, offset=offset)
    stream = io.StringIO()
    writer.dump({"repos": repositories, **more}, stream)
    before = stream.getvalue().replace("\n", line_end)
    before = before if closed else before.removesuffix(line_end)
    after = added(before)
    had = loaded(before)

    assert loaded(after) == {**had, "repos": [*had["repos"], loaded(after)["repos"][-1]]}
    assert loaded(after)["repos"][-1]["hooks"][0]["id"] == "chartkit-check"
    assert ("\r\n" in after) == ("\r\n" in before)
