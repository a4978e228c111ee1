"""A worker process that tests share is as a new one, however it was used before."""

from __future__ import annotations

import os
import pathlib
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from chartkit.system.worker_pool import Bounds, Pool
from chartkit.system.worker_process import Processes
from tests.warm_workers import WarmProcesses


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[WarmProcesses]:
    processes = WarmProcesses()
    monkeypatch.setattr(Pool, "processes", processes)
    yield processes
    processes.end()


def asked(code: str, memory: int = 1 << 30) -> Any:
    """What *code* evaluates to in a worker of a new pool."""
    with Pool(1, Bounds(30, memory)) as pool:
        return pool.submit(eval, f"(__import__('os').getpid(), {code})").result()


def test_it_is_taken_again_with_the_folder_environment_and_bounds_of_a_new_one(
    warm: WarmProcesses, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    first, _ = asked("__import__('os').environ.update(CHARTKIT_LEFT='1')")
    monkeypatch.setenv("CHARTKIT_GIVEN", "1")
    monkeypatch.chdir(tmp_path)
    again, environment = asked("dict(__import__('os').environ)", 2 << 30)
    _, folder = asked("__import__('os').getcwd()")
    _, bound = asked(f"__import__('resource').getrlimit({resource.RLIMIT_DATA})[0]", 2 << 30)

    assert again == first
    assert environment["CHARTKIT_GIVEN"] == environment["CHARTKIT_WORKER"] == "1"
    assert "CHARTKIT_LEFT" not in environment
    assert (folder, bound) == (str(tmp_path), 2 << 30)


def test_it_is_not_taken_where_helm_would_read_another_environment(
    warm: WarmProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = asked("1")
    monkeypatch.setenv("HELM_CACHE_HOME", os.devnull)

    assert asked("1")[0] != first


def test_it_remembers_nothing_of_charts(warm: WarmProcesses) -> None:
    cache = "__import__('chartkit.system.paths').system.paths._matcher"
    first, _ = asked(f"{cache}('charts/*')('charts/web'.split('/'))")

    assert asked(f"{cache}.cache_info().currsize") == (first, 0)


def test_a_worker_that_died_is_not_taken(warm: WarmProcesses) -> None:
    first, _ = asked("1")
    with Pool(1, Bounds()) as pool:
        pool.submit(os._exit, 3).result()

    assert asked("1")[0] != first


def test_none_is_shared_where_that_is_not_wanted(warm: WarmProcesses, fresh_workers: None) -> None:
    assert type(Pool.processes) is Processes
