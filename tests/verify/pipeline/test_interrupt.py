"""No Ctrl-C is lost."""

from __future__ import annotations

import signal
import subprocess
import sys

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


def test_a_plain_interrupt_is_raised_and_the_handler_put_back() -> None:
    with pytest.raises(KeyboardInterrupt), interrupt.remembered():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


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
