"""How fast the kernels are, against plain NumPy, peers, and the limit that their parts set on this machine.

The limit of a job is the time of its unavoidable parts (random numbers, matrix products, exponentials), each the
fastest variant known, on blocks that lie in cache. Competing functions take turns and the best round counts, since a
shared machine only ever adds time. BLAS is pinned to one thread throughout; workers run side by side instead.
"""

import os
import subprocess
import sys
import time
from fractions import Fraction
from importlib.metadata import version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from lemmas import data, kernels
from lemmas.bench import balls, peers, workers
from lemmas.bench.timing import Job, best, one_processor
from lemmas.kernels import Exponential, Floats, Way
from lemmas.simulation import simulate

_N, _D = 100, 20  # the shape at which kernels are compared


def run(quick: bool = False) -> dict[str, Any]:
    """All measurements as plain data; `quick`: smaller and fewer, some twenty seconds."""
    m, rounds = (20_000, 3) if quick else (100_000, 5)
    with threadpool_limits(limits=1, user_api="blas"):
        return {
            "quick": quick,
            "machine": machine(),
            "gram": gram(m, rounds),
            "descent": descent(m // 5, 20 if quick else 200, rounds),
            "workers": workers.gains(m, rounds),
            "cost": cost(m, rounds),
            "memory": memory("trial", 300, 100, m if quick else 1_000_000),
            "peers": peer_trials(m // 10, rounds),
            "boxes": balls.boxes(Fraction(1, 10**4 if quick else 10**6)),
            "enclosure_memory": memory("enclosure", 300 if quick else 1000, _D),
            "eigenvalues": balls.eigenvalues(balls.SHAPES[:2] if quick else balls.SHAPES),
        }


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {"cpus": os.cpu_count(), "numpy": np.__version__, "exponential": _exponential()}


def _exponential() -> str:
    """What evaluates exp in the kernels."""
    way = kernels.fastest_way(_N * kernels.block_rows(_N))
    if way == "numba":
        return f"numba {version('numba')}"
    return "NumPy AVX-512" if way == "NumPy" else "table"


def _rng() -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(0))


# --- the limit --------------------------------------------------------------------------------------------------------


def _repeat(job: Job, times: int) -> Job:
    def repeated() -> None:
        for _ in range(times):
            job()

    return repeated


def part_jobs(n: int, d: int, m: int) -> dict[str, Job]:
    """Each part of the work for m neurons, in several variants and block sizes; a name starts with its part's."""
    jobs: dict[str, Job] = {}
    for rows in (200, 500, 1000):
        for name, job in _part_variants(n, d, rows).items():
            jobs[f"{name}, {rows} rows"] = _repeat(job, m // rows)
    return jobs


def fastest_parts(times: dict[str, float], names: tuple[str, ...]) -> dict[str, float]:
    """Milliseconds of the fastest variant of each part in `names`."""
    for name in [name for name in times if " and fill" in name]:
        # these exponentials work in place, so that their turn had to fill the block: that is not part of exp
        way, rows = name.split(" and fill")
        times[f"exp by {way}{rows}"] = times[name] - times[f"fill{rows}"]
    return {part: min(ms for name, ms in times.items() if name.startswith(part)) for part in names}


def _part_variants(n: int, d: int, rows: int) -> dict[str, Job]:
    rng = _rng()
    W, X = rng.standard_normal((rows, d)), data.sphere(n, d).X
    E, out, H = rng.uniform(1, 2, (rows, n)), np.empty((rows, n)), np.empty((n, n))
    Z, XT, WT, ET, outT = W @ X.T, np.ascontiguousarray(X.T), W.T, np.ascontiguousarray(E.T), np.empty((n, rows))
    step, a = np.empty((rows, d)), np.ones(rows)

    def exp_in_place(way: Way) -> Job:
        exponential = Exponential(rows * n, way)
        scaled = Z * exponential.unit

        def fill_and_replace() -> None:
            np.copyto(out, scaled)
            exponential(out)

        return fill_and_replace

    ways: tuple[Way, ...] = ("table", "numba") if kernels.compiled_exp() else ("table",)
    return {f"{way} and fill": exp_in_place(way) for way in ways} | {
        "random": lambda: rng.standard_normal(out=W),
        "preactivations W X^T": lambda: np.matmul(W, XT, out=out),
        "preactivations X W^T": lambda: np.matmul(X, WT, out=outT),
        "exp": lambda: np.exp(Z, out=out),
        "fill": lambda: np.copyto(out, Z),
        "syrk E^T E": lambda: np.matmul(E.T, E, out=H),
        "syrk E E^T": lambda: np.matmul(ET, ET.T, out=H),
        "gemv": lambda: a @ E,
        "gradient": lambda: np.matmul(E, X, out=step),
    }


# --- kernels ----------------------------------------------------------------------------------------------------------


def plain_gram(X: Floats, q: int, largest: bool) -> tuple[Floats, float]:
    """H(W(0)) and, if asked, M, as one would write them in NumPy without thinking of speed."""
    Z = X @ np.random.default_rng(0).standard_normal((q, X.shape[1])).T
    M = float(np.abs(Z).max()) if largest else np.nan
    E = np.exp(Z)
    return (X @ X.T) * (E @ E.T) / q, M


def gram(m: int, rounds: int) -> dict[str, Any]:
    """One trial (draw W, exp, H and M). `plain_ms` computes H and M too; `plain_H_only_ms` leaves M out."""
    X = data.sphere(_N, _D).X
    jobs: dict[str, Job] = {
        "kernel_ms": lambda: kernels.gram_trial(X, m, _rng()),
        "plain_ms": lambda: plain_gram(X, m, largest=True),
        "plain_H_only_ms": lambda: plain_gram(X, m, largest=False),
    }
    needed = ("random", "preactivations", "exp", "syrk")
    return {"n": _N, "d": _D, "m": m} | _compare(jobs, part_jobs(_N, _D, m), needed, 1, rounds)


def _compare(
    jobs: dict[str, Job], parts: dict[str, Job], needed: tuple[str, ...], times: int, rounds: int
) -> dict[str, Any]:
    """Times of jobs, of the needed parts (each done so many times) measured in the same rounds, and the ratios."""
    measured = best(jobs | parts, rounds)
    part = {name: times * ms for name, ms in fastest_parts(measured, needed).items()}
    kernel, limit = measured["kernel_ms"], sum(part.values())
    plain = {f"over_{name.removesuffix('_ms')}": measured[name] / kernel for name in jobs if name != "kernel_ms"}
    found = {name: measured[name] for name in jobs}
    return found | plain | {"parts_ms": part, "limit_ms": limit, "of_limit": limit / kernel}


def plain_descent(X: Floats, W: Floats, a: Floats, y: Floats, eta: float, steps: int) -> Floats:
    """W(steps), as one would write it in NumPy without thinking of speed."""
    for _ in range(steps):
        E = np.exp(X @ W.T)
        W = W + eta * a[:, None] * (((y - E @ a)[:, None] * E).T @ X)
    return W


def descent(m: int, steps: int, rounds: int) -> dict[str, Any]:
    """Gradient descent from a coupled start."""
    points = data.sphere(_N, _D)
    X, y = points.X, np.asarray(points.y)
    W, a = simulate.start(m, _D, _rng(), "coupled")
    eta = simulate.step_size(X, W)
    jobs: dict[str, Job] = {
        "kernel_ms": lambda: kernels.gd_run(X, W, a, y, eta, steps),
        "plain_ms": lambda: plain_descent(X, W, a, y, eta, steps),
    }
    needed = ("preactivations", "exp", "gemv", "gradient")
    return {"n": _N, "d": _D, "m": m, "steps": steps} | _compare(jobs, part_jobs(_N, _D, m), needed, steps, rounds)


def cost(m: int, rounds: int) -> list[dict[str, float]]:
    """Trials of growing n and of growing m: milliseconds, and nanoseconds for each of the n m features."""
    shapes = [(_N // 4, m), (_N // 2, m), (_N, m), (2 * _N, m), (_N, m // 8), (_N, m // 4), (_N, m // 2)]
    jobs: dict[str, Job] = {}
    for n, q in shapes:
        X = data.sphere(n, _D).X
        jobs[f"{n} {q}"] = lambda X=X, q=q: kernels.gram_trial(X, q, _rng())  # type: ignore[misc]
    times = best(jobs, rounds)
    return [{"n": n, "m": q, "ms": (ms := times[f"{n} {q}"]), "ns_per_feature": 1e6 * ms / (n * q)} for n, q in shapes]


# --- memory and peers ------------------------------------------------------------------------------------------------

_PROBE = """
import sys
import numpy as np
from lemmas import data, kernels
from verify.balls.eigen import enclose_lambda_min

def peak():  # kB; unlike getrusage, this counts from the start of the program and not of its parent
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def trial(X, m):
    kernels.gram_trial(X, m, np.random.Generator(np.random.SFC64(0)))

def enclosure(X, m):
    enclose_lambda_min(lambda _: kernels.limit_gram_balls(X))

job, n, d, m = {"trial": trial, "enclosure": enclosure}[sys.argv[1]], *map(int, sys.argv[2:])
X = data.sphere(n, d).X
job(X[:2], 10)
if job is trial:
    kernels.fastest_way(kernels.block_rows(n) * n)  # loads numba, where that serves
idle = peak()
job(X, m)
print((peak() - idle) * 1024 / 1e6)
"""


def memory(job: str, n: int, d: int, m: int = 0) -> dict[str, Any]:
    """Peak memory in MB of a "trial" or of an "enclosure" of lambda_min(K), above that of an idle process that has
    loaded the package, and numba where a trial uses it.

    `peak_mb` is None where the system does not tell (only Linux does).
    """
    peak = None
    if sys.platform == "linux":
        command = [sys.executable, "-c", _PROBE, job, str(n), str(d), str(m)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        peak = float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    return {"n": n, "d": d, "m": m, "peak_mb": peak}


def peer_trials(q: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of one trial, H only, here and in each peer that is installed; all on one processor if `pinned`."""
    X = data.sphere(_N, _D).X
    with one_processor() as pinned:
        jobs: dict[str, Job] = {"kernel": lambda: kernels.gram_trial(X, q, _rng())}
        times = best(jobs | peers.trials(X, q), rounds, time.perf_counter)
    return {"n": _N, "d": _D, "m": q, "pinned": pinned, "ms": times}
