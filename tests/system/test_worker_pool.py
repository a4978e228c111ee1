"""Calls that loop, crash, raise or eat memory are lost alone; their neighbours come back."""

from __future__ import annotations

import functools
import operator
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

from chartkit.system.worker_pool import Bounds, Pool, WorkerFailure

pytestmark = pytest.mark.usefixtures("fresh_workers")


def pool(seconds: float = 30, memory: int = 2 << 30, jobs: int = 1) -> Pool:
    return Pool(jobs, Bounds(seconds, memory))


def test_calls_come_back_with_their_results() -> None:
    with pool(jobs=2) as workers:
        futures = [workers.submit(operator.add, number, 1) for number in range(20)]

        assert [future.result() for future in futures] == list(range(1, 21))


ENDLESS = functools.partial(re.match, "(a+)+$", "a" * 64 + "b")
"""A call that computes without end."""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timer for processor time")
def test_a_call_past_its_time_is_lost_and_its_neighbour_is_not() -> None:
    with pool(seconds=1) as workers:
        endless = workers.submit(ENDLESS)
        neighbour = workers.submit(operator.add, 1, 1)

        assert endless.result() == WorkerFailure("timeout", "did not end within 1 seconds of processor time")
        assert neighbour.result() == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timer for processor time")
def test_waiting_is_not_computing() -> None:
    with pool(seconds=0.5) as workers:
        assert workers.submit(time.sleep, 1).result() is None


def test_a_call_that_waits_without_end_is_lost() -> None:
    with pool() as workers:
        outcome = workers.submit(time.sleep, 60, seconds=0.2).result()

        assert isinstance(outcome, WorkerFailure)
        assert (outcome.kind, outcome.message[:30]) == ("timeout", "waited, and did not end within")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timer for processor time")
def test_of_a_group_that_runs_out_of_time_the_rest_is_not_tried() -> None:
    with pool(seconds=0.3) as workers:
        late = [workers.submit(ENDLESS, group="chart") for _ in range(4)]
        other = workers.submit(operator.add, 1, 1, group="another")

        assert [getattr(each.result(), "kind", "") for each in late] == [
            "timeout",
            "timeout",
            "untried",
            "untried",
        ]
        assert other.result() == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limits to inherit")
@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("ulimit -v 400000", "memory"),
        ("ulimit -n 10", "cannot start a worker process"),
    ],
)
def test_what_the_machine_refuses_is_not_blamed_on_a_chart(
    tmp_path: pathlib.Path, limit: str, message: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    command = f"{limit}; exec {sys.executable} -m chartkit check --no-cache {tmp_path}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_a_worker_that_dies_is_replaced() -> None:
    with pool() as workers:
        outcome = workers.submit(os._exit, 7).result()

        assert outcome == WorkerFailure("crash", "ended the worker process (exit status 7): it said nothing")
        assert workers.submit(operator.add, 1, 1).result() == 2


def test_a_crash_in_a_used_worker_is_tried_once_more_in_a_fresh_one() -> None:
    with pool() as workers:
        workers.submit(operator.add, 1, 1).result()

        assert isinstance(workers.submit(os.abort).result(), WorkerFailure)
        assert workers.submit(operator.add, 1, 1).result() == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no address space limit")
def test_a_call_that_eats_memory_is_lost() -> None:
    with pool(memory=1 << 30) as workers:
        outcome = workers.submit(operator.mul, b"x", 4 << 30).result()

        assert outcome == WorkerFailure("memory", "needed more than 1024 MiB of memory")


def test_an_exception_is_raised_where_the_result_is_asked_for() -> None:
    with pool() as workers, pytest.raises(ZeroDivisionError) as raised:
        workers.submit(operator.truediv, 1, 0).result()

    assert "in a worker process" in raised.value.__notes__[0]


def test_what_a_call_prints_does_not_garble_its_answer() -> None:
    with pool() as workers:
        assert workers.submit(os.write, 1, b"noise").result() == 5


def test_leaving_with_an_exception_ends_a_running_call() -> None:
    with pytest.raises(KeyboardInterrupt), pool() as workers:
        future = workers.submit(time.sleep, 60)
        while not future.running():
            time.sleep(0.01)
        raise KeyboardInterrupt


FORKS = """
import operator, os, sys, threading, time
from chartkit.system.worker_pool import Bounds, Pool

def main():
    with Pool(2, Bounds()) as workers:
        print(workers.submit(sys.getrecursionlimit).result())
        print(workers.submit(os.getppid).result() == os.getpid())
        print(workers.submit(os.write, 1, b"noise").result())
        print(workers.submit(os._exit, 7).result().message)
        print(workers.submit(operator.add, 1, 1).result())

sys.setrecursionlimit(1234)
"""
THREAD = "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"


@pytest.mark.skipif(sys.platform != "linux", reason="forking is safe there alone")
@pytest.mark.parametrize(("before", "limit"), [("", "1234"), (THREAD, "1000")])
def test_workers_are_forks_where_there_is_one_thread(before: str, limit: str) -> None:
    script = [sys.executable, "-c", f"{FORKS}{before}main()"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines() == [
        limit,
        "True",
        "5",
        "ended the worker process (exit status 7): it said nothing",
        "2",
    ]
    assert done.stderr == ""
