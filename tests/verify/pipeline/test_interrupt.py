"""No Ctrl-C is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from verify.pipeline import interrupt


class Swallows:
    """Python prints and forgets what is raised here."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_python_lost_is_remembered() -> None:
    with interrupt.remembered():
        interrupt.check()
        victim = Swallows()
        del victim
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
    with interrupt.remembered():
        interrupt.check()


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_without_an_interrupt_the_handler_is_put_back() -> None:
    with interrupt.remembered():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_only_the_first_of_several_at_once_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one would break off the tidying up; one that comes later is meant."""
    now = [0.0]
    monkeypatch.setattr("verify.pipeline.interrupt.time.monotonic", lambda: now[0])
    with pytest.raises(KeyboardInterrupt), interrupt.remembered():
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    now[0] = interrupt.AT_ONCE + 0.1
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_what_is_held_back_comes_at_the_end() -> None:
    """Another thread may receive the signal, where blocking it in the main one changes nothing."""
    done: list[str] = []

    def work() -> None:
        with interrupt.remembered(), interrupt.held():
            sender = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT))
            sender.start()
            sender.join()
            done.append("done")
        done.append("too much")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["done"]


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupt.remembered():
            signal.raise_signal(signal.SIGINT)
            interrupt.check()
    finally:
        signal.signal(signal.SIGINT, before)


posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork server on Windows")

LOADING = """
import os, signal, time
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from verify.pipeline import engine

if __name__ == "__main__":
    with engine.processes(1) as pool:
        time.sleep(0.2)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGINT)
        worker = pool.submit(os.getpid).result()
        try:
            pool.submit(os.kill, worker, signal.SIGINT).result()
        except BrokenProcessPool:
            print("the worker heard")
"""


@posix
def test_a_fork_server_that_still_loads_hears_of_no_interrupt_and_its_workers_do() -> None:
    found = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, timeout=60)
    assert found.stderr == ""
    assert found.stdout == "the worker heard\n"


@posix
def test_an_interrupt_that_is_held_comes_afterwards() -> None:
    reached = []

    def interrupted() -> None:
        with interrupt.held():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end of the block")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert reached
