"""Jobs that compete take turns, and the best round counts."""

import os
import sys
import threading
import time

import pytest

from lemmas.bench import timing


def test_best_takes_the_fastest_counted_round() -> None:
    calls: list[str] = []
    pauses = iter([0.0, 0.03, 0.01, 0.03])

    def job() -> None:
        calls.append("job")
        time.sleep(next(pauses))

    times = timing.best({"job": job, "other": lambda: calls.append("other")}, 3, time.perf_counter)
    assert calls == ["job", "other"] * 4
    assert times["job"] >= 10  # the first round, without a pause, did not count
    assert times["other"] < times["job"]


def test_best_counts_processor_time_unless_told_otherwise() -> None:
    job = {"sleep": lambda: time.sleep(0.02)}
    assert timing.best(job, 1)["sleep"] < 20 <= timing.best(job, 1, time.perf_counter)["sleep"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a thread on one processor")
def test_on_one_processor_threads_started_meanwhile_stay_there() -> None:
    before, seen, leave = os.sched_getaffinity(0), [], threading.Event()

    def stay() -> None:
        leave.wait()
        seen.append(os.sched_getaffinity(0))

    with timing.one_processor() as pinned:
        assert pinned
        assert len(os.sched_getaffinity(0)) == 1
        thread = threading.Thread(target=stay)
        thread.start()
    assert os.sched_getaffinity(0) == before
    leave.set()
    thread.join()
    assert len(seen[0]) == 1
