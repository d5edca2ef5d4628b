"""Ctrl-C, remembered.

An exception that arrives while C code calls back, or in ``__del__``, is printed and lost; the run would go on with
whatever was being set up half done.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AT_ONCE = 2.0  # seconds in which a second Ctrl-C says no more than the first, and would break off the tidying up
_seen: float | None = None  # when the last one came
_held = False


@contextmanager
def remembered() -> Iterator[None]:
    """Within, ``check`` knows of every Ctrl-C. Does nothing where Ctrl-C does not raise KeyboardInterrupt.

    After a Ctrl-C, others that follow at once are not heard here nor after.
    """
    global _seen
    _seen = None
    if signal.getsignal(signal.SIGINT) not in (signal.default_int_handler, _note):
        yield
        return
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        if _seen is None:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _note(number: int, frame: FrameType | None) -> None:
    global _seen
    before, now = _seen, time.monotonic()
    if before is None or now - before > AT_ONCE:
        _seen = now
        if not _held:
            raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt if there was one, lost or not. To be called before a result is believed."""
    if _seen is not None:
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """Within, Ctrl-C waits; a process that is started within does not hear of it until it calls ``hear``, where it can.

    Not to be nested.
    """
    global _held
    _held = True
    try:
        with _blocked():
            yield
    finally:
        _held = False
    check()


@contextmanager
def _blocked() -> Iterator[None]:
    """For what is started within: here another thread may still receive the signal, and Python tells the main one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hear() -> None:
    """Let Ctrl-C through to this process, where it can be held back at all."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
