"""No Ctrl-C is lost."""

from __future__ import annotations

import signal

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
