"""Progress is for people at a terminal, and leaves nothing behind."""

from __future__ import annotations

import io

import pytest

from chartkit.cli import progress
from chartkit.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    monkeypatch.setattr(progress, "_EVERY", -1.0)


@pytest.mark.usefixtures("impatient")
def test_a_terminal_sees_the_count_and_the_line_is_cleared_in_the_end() -> None:
    stream = Terminal()
    with Progress(stream) as tell:
        tell(1, 2, "web/default")
        tell(2, 2, "web/\x1b[31mred")

    assert stream.getvalue() == (
        "\r\x1b[K1 of 2 cases  web/default\r\x1b[K2 of 2 cases  web/\\x1b[31mred\r\x1b[K"
    )


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_a_pipe_and_a_quiet_run_see_nothing(stream: io.StringIO, quiet: bool) -> None:
    with Progress(stream, quiet=quiet) as tell:
        tell(1, 2, "web/default")

    assert stream.getvalue() == ""


def test_a_short_run_says_nothing() -> None:
    stream = Terminal()
    with Progress(stream) as tell:
        tell(1, 2, "web/default")

    assert stream.getvalue() == ""


def test_a_closed_stream_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with Progress() as tell:
        tell(1, 2, "web/default")
