"""Where tasks run: in this process, in worker processes, or on a Dask cluster, behind one interface.

Each is a ``concurrent.futures.Executor``. Results come as they are finished; the caller puts them back in order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from verify.errors import BadInput
from verify.pipeline import interrupt
from verify.pipeline.request import Request

Item = TypeVar("Item")
Answer = TypeVar("Answer")

RETRIES = 2  # fresh pools after a worker was killed
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def results(
    function: Callable[[Item], Answer], items: Sequence[Item], request: Request
) -> Generator[tuple[int, Answer | None], None, None]:
    """(index, answer) of every item, in order of completion; None for one that kills its worker whenever it runs.

    Raises BadInput if the engine is not to be had.
    """
    if request.engine == "local" and (request.jobs == 1 or len(items) < 2):
        yield from ((index, function(item)) for index, item in enumerate(items))
        return
    left = dict(enumerate(items))
    for _ in range(RETRIES + 1):
        try:
            with _executor(request) as executor:
                for index, answer in _completed(executor, function, dict(left)):
                    del left[index]
                    yield index, answer
            return
        except BrokenProcessPool:
            continue
    for index, item in left.items():
        yield index, _alone(function, item)


def _alone(function: Callable[[Item], Answer], item: Item) -> Answer | None:
    """The answer from a process of its own, so that only the culprit is lost."""
    try:
        with processes(1) as executor:
            return executor.submit(function, item).result()
    except BrokenProcessPool:
        return None


def _completed(
    executor: Executor, function: Callable[[Item], Answer], items: dict[int, Item]
) -> Iterator[tuple[int, Answer | None]]:
    with interrupt.held():  # a worker that is half started when Ctrl-C comes would be left behind
        numbers: dict[Future[Answer], int] = {executor.submit(function, item): index for index, item in items.items()}
    pending = set(numbers)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        # What a broken pool has done comes first: it need not be done again.
        for future in sorted(done, key=lambda future: future.exception() is not None):
            killed = type(future.exception()).__name__ == "KilledWorker"  # Dask's, after retries of its own
            yield numbers[future], None if killed else future.result()


def _executor(request: Request) -> AbstractContextManager[Executor]:
    return _dask(request.scheduler or "") if request.engine == "dask" else processes(request.jobs)


@contextmanager
def processes(jobs: int) -> Iterator[Executor]:
    """The local workers of a run: one BLAS thread each, ended with the block, at once if it fails."""
    before = set(multiprocessing.active_children())
    with _one_thread_each():
        pool = ProcessPoolExecutor(jobs, mp_context=_start_method(), initializer=start_worker)
        try:
            yield pool
        except BaseException:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()  # first: one that still loads would tell that the pool's locks are gone
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()


def begin(request: Request) -> None:
    """Let the fork server load what every worker needs, while this process still plans."""
    if request.engine == "local" and request.jobs > 1:
        _start_method()


def _start_method() -> BaseContext:
    """Workers inherit no lock and no flint precision of this process; where there is a fork server, it imports once.

    It runs from here on, and hears of no Ctrl-C, which would end it with a traceback while it imports.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["verify.pipeline.worker", "scipy.optimize", "scipy.stats", "sympy.physics.units"])
    resource_tracker.ensure_running()  # the fork server would start it, and it lets interrupts through again
    with _one_thread_each(), interrupt.held():
        forkserver.ensure_running()
    return context


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Workers inherit the environment as it is when they start: one BLAS thread each."""
    saved = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def start_worker() -> None:
    """Die silently on Ctrl-C, and with the parent, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    interrupt.hear()
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _dask(scheduler: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise BadInput("--engine dask needs the extra: pip install 'theorem-verify[dask]'") from None
    try:
        client: Any = Client(scheduler, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as problem:
        raise BadInput(f"--scheduler {scheduler}: no Dask scheduler answers there ({problem})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=30)
        except TimeoutError:
            raise BadInput(f"--scheduler {scheduler} has no workers") from None
        yield client.get_executor(pure=False)
