"""How much two workers do in the time in which one does half: the processes that a run uses, on whole kernels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import cache

import numpy as np
import numpy.typing as npt

from lemmas import data, kernels
from lemmas.bench.timing import Job, best
from lemmas.simulation import simulate
from verify.pipeline.engine import processes

_N, _D = 100, 20
_JOBS = 4  # jobs to a measurement: two workers take two each

Work = Callable[[int], None]


def gains(m: int, rounds: int) -> dict[str, float]:
    """Throughput of two workers relative to one, on trials and descents of width m; bare matrix products, which touch
    nothing but the cache, show how much the machine has to give."""
    work: Mapping[str, Work] = {"matmul": _products, "gram": _trial, "descent": _descent}
    with processes(1) as one, processes(2) as two:
        jobs: dict[str, Job] = {}
        for name, each in work.items():
            jobs[f"{name} 1"] = _batch(one, each, m)
            jobs[f"{name} 2"] = _batch(two, each, m)
        times = best(jobs, rounds, time.perf_counter)
    return {name: times[f"{name} 1"] / times[f"{name} 2"] for name in work}


def _batch(pool: Executor, work: Work, m: int) -> Job:
    return lambda: list(pool.map(work, [m] * _JOBS))


def _products(m: int) -> None:
    square = np.random.default_rng(0).standard_normal((600, 600))
    for _ in range(8):
        square @ square


def _trial(m: int) -> None:
    kernels.gram_trial(_points(), m, np.random.default_rng(0))


def _descent(m: int) -> None:
    W, a = simulate.start(m // 5, _D, np.random.default_rng(0), "coupled")
    kernels.gd_run(_points(), W, a, np.ones(_N), simulate.step_size(_points(), W), 5)


@cache
def _points() -> npt.NDArray[np.float64]:
    return data.sphere(_N, _D).X
