"""Jobs that compete take turns, and the best round counts."""

import time

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
