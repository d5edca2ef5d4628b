"""Whatever the engine, every item is answered once, and a killed worker costs nothing but time."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verify.errors import BadInput
from verify.pipeline.engine import THREAD_VARIABLES, results
from verify.pipeline.request import Request

WORK = """
import os, pathlib

FLAG = pathlib.Path({flag!r})


def square(x):
    return x * x


def pid(x):
    return os.getpid()


def threads(x):
    return os.environ["OPENBLAS_NUM_THREADS"]


def dies_once(x):
    if x == 2 and not FLAG.exists():
        FLAG.touch()
        os._exit(9)
    return x * x


def dies_at_two(x):
    if x == 2:
        os._exit(9)
    return x * x


def fails_at_two(x):
    if x == 2:
        raise ZeroDivisionError("two")
    return x
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module that worker processes can import too."""
    (tmp_path / "engine_work.py").write_text(WORK.format(flag=str(tmp_path / "flag")))
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("engine_work")
    yield module
    monkeypatch.delitem(importlib.sys.modules, "engine_work")  # type: ignore[attr-defined]


def answers(function: Callable[[int], Any], jobs: int, count: int = 5) -> dict[int, Any]:
    pairs = list(results(function, list(range(count)), Request(jobs=jobs)))
    assert len(pairs) == count
    return dict(pairs)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_is_answered(work: Any, jobs: int) -> None:
    assert answers(work.square, jobs) == {i: i * i for i in range(5)}


def test_one_job_runs_in_this_process(work: Any) -> None:
    assert set(answers(work.pid, 1).values()) == {os.getpid()}
    assert os.getpid() not in answers(work.pid, 2).values()


def test_workers_have_one_blas_thread_and_the_environment_is_put_back(
    work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    for name in THREAD_VARIABLES[1:]:
        monkeypatch.delenv(name, raising=False)
    assert set(answers(work.threads, 2).values()) == {"1"}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"
    assert not any(name in os.environ for name in THREAD_VARIABLES[1:])


def test_a_killed_worker_changes_no_answer(work: Any) -> None:
    assert answers(work.dies_once, 2) == {i: i * i for i in range(5)}


def test_only_the_item_that_kills_its_worker_each_time_is_lost(work: Any) -> None:
    assert answers(work.dies_at_two, 2, count=4) == {0: 0, 1: 1, 2: None, 3: 9}


def test_an_exception_is_not_swallowed(work: Any) -> None:
    with pytest.raises(ZeroDivisionError, match="two"):
        answers(work.fails_at_two, 2)


def test_no_process_is_left_when_the_caller_stops_early(work: Any) -> None:
    import multiprocessing

    started = results(work.square, list(range(5)), Request(jobs=2))
    next(started)
    started.close()
    for child in multiprocessing.active_children():
        child.join(timeout=10)
    assert multiprocessing.active_children() == []


def test_a_scheduler_nobody_answers_at_is_bad_input(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", refuse)
    with pytest.raises(BadInput, match="no Dask scheduler answers"):
        list(results(work.square, [1, 2], Request(engine="dask", scheduler="tcp://127.0.0.1:1")))


def test_without_the_extra_dask_is_bad_input(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(importlib.sys.modules, "distributed", None)  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match=r"theorem-verify\[dask\]"):
        list(results(work.square, [1, 2], Request(engine="dask", scheduler="tcp://127.0.0.1:1")))


@pytest.mark.slow
def test_dask_gives_the_same_answers(work: Any) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, processes=False)
    with cluster:
        request = Request(engine="dask", scheduler=cluster.scheduler_address)
        assert dict(results(work.square, [0, 1, 2], request)) == {0: 0, 1: 1, 2: 4}
