"""Ctrl-C, remembered.

An exception that arrives while C code calls back, or in ``__del__``, is printed and lost; the run would go on with
whatever was being set up half done.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_seen = False


@contextmanager
def remembered() -> Iterator[None]:
    """Within, ``check`` knows of every Ctrl-C. Does nothing where Ctrl-C does not raise KeyboardInterrupt."""
    global _seen
    _seen = False
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _note(number: int, frame: FrameType | None) -> None:
    global _seen
    _seen = True
    raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt if there was one, lost or not. To be called before a result is believed."""
    if _seen:
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """Within, Ctrl-C waits; a process that is started within does not hear of it until it calls ``hear``. POSIX."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hear() -> None:
    """Let Ctrl-C through to this process, where it can be held back at all."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
