"""The time of competing jobs."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

Job = Callable[[], object]


def best(jobs: Mapping[str, Job], rounds: int, clock: Callable[[], float] = time.thread_time) -> dict[str, float]:
    """Milliseconds of each job's best round; the jobs take turns, after one round that does not count.

    The clock is the processor's, which stands still while others have it; a job that other processes do needs that on
    the wall.
    """
    seconds = dict.fromkeys(jobs, float("inf"))
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            began = clock()
            job()
            if turn:
                seconds[name] = min(seconds[name], clock() - began)
    return {name: 1e3 * s for name, s in seconds.items()}


@contextmanager
def one_processor() -> Iterator[bool]:
    """Keep this thread, and those it starts meanwhile for good, on one processor; whether the system can (Linux does).

    A library that is loaded inside gets no thread pool that runs beside it, whatever its own settings are called.
    """
    if sys.platform != "linux":
        yield False
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, allowed)
