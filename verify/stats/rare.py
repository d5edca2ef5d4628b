"""Estimates of small probabilities.  They have standard errors but no guarantee, and never decide a claim."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NoReturn

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .eprocess import check_level

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Estimate:
    """A point estimate of a probability with its estimated standard error.  It has no truth value."""

    value: float
    standard_error: float
    method: str
    evaluations: int
    kind: Literal["estimate"] = field(default="estimate", init=False)

    def __bool__(self) -> NoReturn:
        raise TypeError("an estimate is not a verdict and has no truth value")


@dataclass(frozen=True)
class LognormalSum:
    """S = X_1 + ... + X_count, independent, log X_r ~ N(mu, sigma^2).  ValueError unless count >= 1 and sigma > 0."""

    count: int
    sigma: float
    mu: float = 0.0

    def __post_init__(self) -> None:
        if self.count < 1 or not self.sigma > 0:
            raise ValueError(f"need count >= 1 and sigma > 0, got {self.count} and {self.sigma}")

    def tail(self, x: Floats | float) -> Floats:
        """P(X_1 > x), elementwise, for x >= 0."""
        from scipy.special import ndtr

        with np.errstate(divide="ignore"):
            return np.asarray(ndtr((self.mu - np.log(x)) / self.sigma))


def asmussen_kroese(law: LognormalSum, threshold: float, *, draws: int, rng: Generator) -> Estimate:
    """P(S > threshold) by conditional Monte Carlo; unbiased, relative error vanishing as the threshold grows.

    P = count * E tail(max(M, threshold - S')), M and S' the largest and the sum of the other count - 1 summands
    (Asmussen and Kroese, Adv. Appl. Probab. 38, 2006).  Raises ValueError for threshold <= 0 or draws < 2.
    """
    _check(threshold, draws)
    others = np.exp(law.mu + law.sigma * rng.standard_normal((draws, law.count - 1)))
    largest = others.max(axis=1, initial=0.0)
    values = law.count * law.tail(np.maximum(largest, threshold - others.sum(axis=1)))
    return _mean(values, "Asmussen-Kroese conditional Monte Carlo")


def big_jump(law: LognormalSum, threshold: float, *, draws: int, rng: Generator, plain: float = 0.1) -> Estimate:
    """P(S > threshold) by importance sampling from "one summand makes the big jump"; unbiased.

    With probability `plain` a draw is nominal, otherwise one uniformly chosen summand is conditioned on exceeding
    x0 = threshold/2.  The likelihood ratio 1/(plain + (1-plain) #{r: X_r > x0}/(count P(X_1 > x0))) is at most 1/plain.
    Raises ValueError for threshold <= 0, draws < 2, plain outside (0, 1), or if P(X_1 > x0) underflows.
    """
    _check(threshold, draws)
    check_level("plain", plain)
    from scipy.special import ndtri

    x0 = threshold / 2
    tail = float(law.tail(x0))
    if tail == 0.0:
        raise ValueError(f"P(X_1 > {x0}) underflows; the event is out of reach of float64")
    summands = np.exp(law.mu + law.sigma * rng.standard_normal((draws, law.count)))
    jumps = np.flatnonzero(rng.random(draws) >= plain)
    chosen = rng.integers(law.count, size=jumps.size)
    normals = -ndtri(tail * (1 - rng.random(jumps.size)))  # a standard normal conditioned on X > x0
    summands[jumps, chosen] = np.exp(law.mu + law.sigma * normals)
    summands[jumps, chosen] = np.maximum(summands[jumps, chosen], np.nextafter(x0, np.inf))  # undo rounding below x0
    counts = (summands > x0).sum(axis=1)
    ratio = 1 / (plain + (1 - plain) * counts / (law.count * tail))
    return _mean(ratio * (summands.sum(axis=1) > threshold), "big-jump importance sampling")


def subset_simulation(
    score: Score,
    dimension: int,
    threshold: float,
    *,
    rng: Generator,
    particles: int = 1000,
    repeats: int = 10,
    correlation: float = 0.8,
) -> Estimate:
    """P(score(Z) >= threshold), Z ~ N(0, I_dimension), by subset simulation with level probability 1/10.

    `score` maps shape (k, dimension) to (k,).  Conditional sampling Z' = correlation Z + sqrt(1 - correlation^2) xi
    (Au and Beck, Probab. Eng. Mech. 16, 2001; Papaioannou et al., ibid. 41, 2015).  One run is biased by O(1/particles)
    and can miss separate failure regions; the standard error is the spread over independent repeats.
    Raises ValueError for impossible settings, RuntimeError if the levels stop increasing before the threshold.
    """
    if particles < 10 or particles % 10 or repeats < 2 or dimension < 1:
        raise ValueError("need dimension >= 1, particles a positive multiple of 10, and at least 2 repeats")
    check_level("correlation", correlation)
    runs = [_subset_run(score, dimension, threshold, particles, correlation, rng) for _ in range(repeats)]
    values = np.array([value for value, _ in runs])
    error = float(values.std(ddof=1)) / math.sqrt(repeats)
    return Estimate(float(values.mean()), error, "subset simulation", sum(evaluations for _, evaluations in runs))


def _subset_run(
    score: Score, dimension: int, threshold: float, particles: int, correlation: float, rng: Generator
) -> tuple[float, int]:
    seeds = particles // 10
    points = rng.standard_normal((particles, dimension))
    scores = np.asarray(score(points))
    probability, evaluations, level = 1.0, particles, -np.inf
    while True:
        best = np.argsort(-scores, kind="stable")[:seeds]
        previous, level = level, float(scores[best[-1]])
        if level >= threshold:
            return probability * float(np.mean(scores >= threshold)), evaluations
        if not level > previous:
            raise RuntimeError(f"subset simulation is stuck at level {level} below the threshold {threshold}")
        probability *= float(np.mean(scores >= level))
        points, scores = _chains(score, points[best], scores[best], level, correlation, rng)
        evaluations += particles - seeds


def _chains(
    score: Score, points: Floats, scores: Floats, level: float, correlation: float, rng: Generator
) -> tuple[Floats, Floats]:
    """Ten states of a Markov chain from each point, stationary for N(0, I) given score >= level."""
    all_points, all_scores = [points], [scores]
    for _ in range(9):
        step = math.sqrt(1 - correlation**2) * rng.standard_normal(points.shape)
        proposal = correlation * points + step
        proposed = np.asarray(score(proposal))
        accept = proposed >= level
        points = np.where(accept[:, None], proposal, points)
        scores = np.where(accept, proposed, scores)
        all_points.append(points)
        all_scores.append(scores)
    return np.concatenate(all_points), np.concatenate(all_scores)


def _check(threshold: float, draws: int) -> None:
    if not threshold > 0 or draws < 2:
        raise ValueError(f"need threshold > 0 and at least 2 draws, got {threshold} and {draws}")


def _mean(values: Floats, method: str) -> Estimate:
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    return Estimate(float(values.mean()), error, method, values.size)
