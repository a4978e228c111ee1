"""Calls that loop, crash, raise or eat memory are lost alone; their neighbours come back."""

from __future__ import annotations

import os
import pathlib
import time

import pytest

from chartkit.workers import Bounds, Lost, Pool, start_early


def pool(seconds: float = 30, memory: int = 2 << 30, jobs: int = 1) -> Pool:
    return Pool(jobs, Bounds(seconds, memory))


def test_calls_come_back_with_their_results() -> None:
    with pool(jobs=2) as workers:
        futures = [workers.submit("operator:add", number, 1) for number in range(20)]

        assert [future.result() for future in futures] == list(range(1, 21))


def test_a_call_past_its_time_is_lost_and_its_neighbour_is_not() -> None:
    with pool(seconds=9) as workers:
        endless = workers.submit("time:sleep", 60)
        neighbour = workers.submit("operator:add", 1, 1)

        assert endless.result() == Lost("timeout", "did not end within 9 seconds")
        assert neighbour.result() == 2


def test_a_worker_that_dies_is_replaced() -> None:
    with pool() as workers:
        outcome = workers.submit("os:_exit", 7).result()

        assert outcome == Lost("crash", "ended the worker process (exit status 7): it said nothing")
        assert workers.submit("operator:add", 1, 1).result() == 2


def test_a_crash_in_a_used_worker_is_tried_once_more_in_a_fresh_one() -> None:
    with pool() as workers:
        workers.submit("operator:add", 1, 1).result()

        assert isinstance(workers.submit("os:abort").result(), Lost)
        assert workers.submit("operator:add", 1, 1).result() == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no address space limit")
def test_a_call_that_eats_memory_is_lost() -> None:
    with pool(memory=1 << 30) as workers:
        outcome = workers.submit("operator:mul", b"x", 4 << 30).result()

        assert outcome == Lost("memory", "needed more than 1024 MiB of memory")


def test_an_exception_is_raised_where_the_result_is_asked_for() -> None:
    with pool() as workers, pytest.raises(ZeroDivisionError) as raised:
        workers.submit("operator:truediv", 1, 0).result()

    assert "in a worker process" in raised.value.__notes__[0]


def test_what_a_call_prints_does_not_garble_its_answer() -> None:
    with pool() as workers:
        assert workers.submit("os:write", 1, b"noise").result() == 5


def test_leaving_with_an_exception_ends_a_running_call() -> None:
    with pytest.raises(KeyboardInterrupt), pool() as workers:
        future = workers.submit("time:sleep", 60)
        while not future.running():
            time.sleep(0.01)
        raise KeyboardInterrupt


def test_a_worker_started_early_in_another_folder_is_not_used(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_early(1)
    monkeypatch.chdir(tmp_path)

    with pool() as started:
        assert started.submit("os:getcwd").result() == str(tmp_path)
