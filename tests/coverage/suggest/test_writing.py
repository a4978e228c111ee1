"""Suggestions are pasted as they are, and written beside what is there."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from chartkit.coverage import suggest
from chartkit.coverage.suggest import Suggestion, writing
from chartkit.helm import charts
from chartkit.model.errors import ConfigError
from chartkit.plan import discover
from chartkit.plan.config import Config, configure
from tests.coverage.suggest.conftest import CHART_YAML, embedded

TEMPLATE = (
    "{{ if .Values.a }}# a{{ end }}\n{{ if .Release.IsUpgrade }}# u{{ end }}\n"
    '{{ if .Values.bad }}{{ fail "bad: (never)" }}{{ end }}\n'
)
CONFIG = """\
# what is looked at
extends: [recommended]

charts:
  # the web
  charts/web:
    scenarios:
      default: {}   # plain
  charts/*: {namespace: mesh}
golden: golden   # here
"""


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    web = tmp_path / "charts/web"
    (web / "templates").mkdir(parents=True)
    (web / "Chart.yaml").write_text(CHART_YAML)
    (web / "values.yaml").write_text("a: false\n")
    (web / "templates/a.yaml").write_text(TEMPLATE)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config() -> Config:
    return configure.read(environ={})


def found() -> list[Suggestion]:
    """What is suggested for the charts of the folder as it is."""
    made: list[Suggestion] = []
    for planned in discover.plan(config()).charts:
        chart = charts.load(planned.path, planned.shown).chart
        assert chart
        made += suggest.suggest(embedded(), chart, planned.cases).suggestions
    return made


PASTED = """\
charts:
  charts/web:
    scenarios:
      a-upgrade:
        upgrade: true
        values: {a: true}
      bad-refused:
        values: {bad: example}
        fails: "bad: \\\\(never\\\\)"
"""


def test_the_text_is_ready_to_paste(root: pathlib.Path) -> None:
    assert writing.text(found(), config()) == PASTED
    assert writing.text([], config()) == ""


def test_a_file_is_made_where_there_is_none(root: pathlib.Path) -> None:
    written = writing.write(found(), config())

    assert written.added == ("charts/web: a-upgrade", "charts/web: bad-refused")
    assert written.hint == "run `chartkit golden update` to record what they render to"
    assert (root / "chartkit.yaml").read_text() == (
        "# What `chartkit check` looks at in this repository, and how.\n" + PASTED
    )


def test_scenarios_are_put_beside_others_and_nothing_else_changes(root: pathlib.Path) -> None:
    (root / "chartkit.yaml").write_text(CONFIG)
    writing.write(found(), config())

    added = "\n".join(PASTED.splitlines()[3:]) + "\n"
    assert (root / "chartkit.yaml").read_text() == CONFIG.replace(
        "      default: {}   # plain\n", "      default: {}   # plain\n" + added
    )


def test_what_was_written_reaches_what_it_was_written_for(root: pathlib.Path) -> None:
    (root / "chartkit.yaml").write_text(CONFIG)
    writing.write(found(), config())
    before = (root / "chartkit.yaml").read_bytes()

    assert found() == []
    assert writing.write(found(), config()) == writing.Written("chartkit.yaml", ())
    assert (root / "chartkit.yaml").read_bytes() == before


def test_a_chart_that_only_a_pattern_names_gets_an_entry_of_its_own(root: pathlib.Path) -> None:
    (root / "chartkit.yaml").write_text("charts:\n  charts/*:\n    namespace: mesh\n")
    writing.write(found(), config())

    assert (root / "chartkit.yaml").read_text() == (
        "charts:\n  charts/*:\n    namespace: mesh\n" + "\n".join(PASTED.splitlines()[1:]) + "\n"
    )


def test_nothing_is_overwritten(root: pathlib.Path) -> None:
    (root / "chartkit.yaml").write_text("charts: {charts/web: {scenarios: {a-upgrade: {set: {a: 1}}}}}\n")
    one = Suggestion("charts/web", "a-upgrade", {"values": {"a": True}}, frozenset())
    written = writing.write([one], config())

    assert written == writing.Written("chartkit.yaml", (), ("charts/web: a-upgrade",))
    assert written.hint == ""
    assert "set: {a: 1}" in (root / "chartkit.yaml").read_text()


def test_a_name_that_is_taken_is_not_used_again(root: pathlib.Path) -> None:
    (root / "chartkit.yaml").write_text("charts: {charts/web: {scenarios: {a-upgrade: {set: {other: 1}}}}}\n")

    assert [one.name for one in found()] == ["a-upgrade-2", "bad-refused"]


def test_the_file_that_a_link_leads_to_is_written(root: pathlib.Path) -> None:
    (root / "real.yaml").write_text(CONFIG)
    (root / "chartkit.yaml").symlink_to("real.yaml")
    writing.write(found(), config())

    assert (root / "chartkit.yaml").is_symlink()
    assert "a-upgrade" in (root / "real.yaml").read_text()


@pytest.mark.parametrize("file", ["chartkit.yaml", "other.yaml"])
def test_a_link_out_of_the_repository_is_not_written_through(
    root: pathlib.Path, tmp_path_factory: pytest.TempPathFactory, file: str
) -> None:
    victim = tmp_path_factory.mktemp("victim") / file
    if file == "chartkit.yaml":
        victim.write_text(CONFIG)
    settings = config()
    (root / "chartkit.yaml").symlink_to(victim)

    with pytest.raises(ConfigError, match=r"'chartkit\.yaml' leads out of the repository through a link"):
        writing.write([Suggestion("charts/web", "b", {"upgrade": True}, frozenset())], settings)
    assert [path.read_text() for path in victim.parent.iterdir()] == [CONFIG] * victim.exists()


def test_a_file_that_takes_no_entry_is_left_as_it_is(root: pathlib.Path) -> None:
    text = "charts:\n  charts/web: &web\n    scenarios: {}\n  charts/api: *web\n"
    (root / "chartkit.yaml").write_text(text)
    settings = config()

    with pytest.raises(ConfigError, match="cannot add scenario 'b' to"):
        writing.write([Suggestion("charts/web", "b", {"upgrade": True}, frozenset())], settings)
    assert (root / "chartkit.yaml").read_text() == text


@pytest.mark.parametrize(("content", "why"), [(b"a: [", "chartkit.yaml: "), (b"\xff", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_said_to_be_so(root: pathlib.Path, content: bytes, why: str) -> None:
    settings = config()
    (root / "chartkit.yaml").write_bytes(content)

    with pytest.raises(ConfigError, match=why):
        writing.write([Suggestion("charts/web", "b", {"upgrade": True}, frozenset())], settings)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_to_be_so(root: pathlib.Path) -> None:
    settings = config()
    root.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(ConfigError, match="cannot write"):
            writing.write([Suggestion("charts/web", "b", {"upgrade": True}, frozenset())], settings)
    finally:
        root.chmod(stat.S_IRWXU)
