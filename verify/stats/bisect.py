"""The smallest integer m (a width, say) at which P(success at m) >= 1 - delta, by doubling and bisection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from numpy.random import Generator

from .eprocess import SequentialTest, State, check_level
from .streams import stream

Trial = Callable[[int, Generator], bool]
Together = Callable[[int, Sequence[Generator]], Iterable[bool]]  # several trials at m, one for each generator
FIRST, MOST = 72, 128  # of trials run together: at delta = 0.1 so many decide a case without failures


@dataclass(frozen=True)
class Probe:
    """The sequential test of "P(failure at m) <= delta" at one m."""

    m: int
    state: State
    failures: int
    trials: int


@dataclass(frozen=True)
class ThresholdEstimate:
    """Where the success probability first reaches 1 - delta, on the multiples of `step`.

    With probability at least `confidence` every probe's decision is right; if moreover the success probability
    increases with m, the true threshold exceeds `lower` (the largest m refuted; None: none was) and is at most `upper`
    (the smallest m supported; None: none up to the limit).  `undecided` are the probes between.  `estimate` is the
    smallest probe above `lower` whose observed failure frequency is at most delta: no guarantee of its own.
    """

    estimate: int | None
    lower: int | None
    upper: int | None
    undecided: tuple[int, ...]
    confidence: float
    probes: tuple[Probe, ...]


def find_threshold(
    trial: Trial | Together,
    delta: float,
    *,
    seed: int,
    check: str,
    case: str,
    largest: int,
    step: int = 1,
    alpha: float = 0.05,
    cap: int = 5000,
    together: bool = False,
    resolution: float = 1.0,
    first: int = 1,
) -> ThresholdEstimate:
    """Search the multiples of `step` up to `largest` for the smallest m with P(trial(m, rng) is true) >= 1 - delta.

    Trial i at m draws from `stream(seed, check, f"{case}/m={m}", i)`, so the result depends on the seed alone.  `alpha`
    is divided by the largest possible number of probes (union bound), `cap` limits the trials of one probe.  With
    `together`, `trial` runs several trials at once and gives their outcomes in order, whatever their number.
    Bisection ends where the ends of a bracket are neighbours, or closer than a factor of `resolution`; doubling begins
    at the multiple of `step` below `first`, and what is smaller is tried only if that one is not refuted.
    Raises ValueError for levels outside (0, 1), step < 1 or largest < step.
    """
    check_level("alpha", alpha)
    if step < 1 or largest < step:
        raise ValueError(f"need 1 <= step <= largest, got {step} and {largest}")
    last = largest // step
    alpha_probe = alpha / (3 * last.bit_length() + 1)  # doubling and two bisections
    probes: dict[int, Probe] = {}
    run = cast(Together, trial) if together else _one_by_one(cast(Trial, trial))

    def state(k: int) -> State:
        if k not in probes:
            probes[k] = _probe(run, k * step, delta, alpha_probe, cap, (seed, check, case))
        return probes[k].state

    k = min(max(first // step, 1), last)
    while state(k) != "supported" and k < last:
        k = min(2 * k, last)
    if state(k) == "supported":
        below = max((j for j in probes if state(j) != "supported"), default=0)
        _bisect(lambda j: state(j) == "supported", below, k, resolution)
    refuted = max((j for j in probes if state(j) == "refuted"), default=0)
    not_refuted = min((j for j in probes if j > refuted), default=None)
    if not_refuted is not None:
        _bisect(lambda j: state(j) != "refuted", refuted, not_refuted, resolution)
    return _conclude(tuple(probes[j] for j in sorted(probes)), delta, 1 - alpha)


def _one_by_one(trial: Trial) -> Together:
    return lambda m, rngs: (trial(m, rng) for rng in rngs)


def _probe(run: Together, m: int, delta: float, alpha: float, cap: int, address: tuple[int, str, str]) -> Probe:
    seed, check, case = address
    test = SequentialTest(delta, alpha, alpha, cap=cap)
    test.run(not held for held in _outcomes(run, m, cap, lambda index: stream(seed, check, f"{case}/m={m}", index)))
    return Probe(m, test.state, test.failures, test.trials)


def _outcomes(run: Together, m: int, cap: int, rng: Callable[[int], Generator]) -> Iterator[bool]:
    """The outcomes of trials 0, 1, ..., cap - 1, run in growing blocks as far as they are asked for."""
    start, size = 0, FIRST
    while start < cap:
        yield from run(m, [rng(index) for index in range(start, min(start + size, cap))])
        start, size = start + size, min(2 * size, MOST)


def _bisect(predicate: Callable[[int], bool], low: int, high: int, resolution: float) -> None:
    """Evaluate the predicate where needed to shrink (low, high], false below and true at the top, as far as asked."""
    while high - low > 1 and high > resolution * low:
        middle = (low + high) // 2
        low, high = (low, middle) if predicate(middle) else (middle, high)


def _conclude(probes: tuple[Probe, ...], delta: float, confidence: float) -> ThresholdEstimate:
    lower = max((probe.m for probe in probes if probe.state == "refuted"), default=None)
    upper = min((probe.m for probe in probes if probe.state == "supported"), default=None)
    between = [p for p in probes if (lower is None or p.m > lower) and (upper is None or p.m <= upper)]
    estimate = min((p.m for p in between if p.failures <= delta * p.trials), default=None)
    undecided = tuple(p.m for p in between if p.state == "capped")
    return ThresholdEstimate(estimate, lower, upper, undecided, confidence, probes)
