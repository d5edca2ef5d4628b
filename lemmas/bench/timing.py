"""The time of competing jobs."""

import time
from collections.abc import Callable, Mapping

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
