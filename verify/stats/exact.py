"""Exact operating characteristics of the sequential test, by dynamic programming over the number of failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .eprocess import check_level, crossed, log_e_refute, log_e_support


@dataclass(frozen=True)
class StoppingLaw:
    """Law of the stopped test: entry t - 1 is the probability of that decision at trial t, t = 1..horizon."""

    support: NDArray[np.float64]
    refute: NDArray[np.float64]

    @property
    def mean_trials(self) -> float:
        """Mean number of trials, stopping undecided at the horizon."""
        decided = self.support + self.refute
        undecided = max(0.0, 1.0 - float(decided.sum()))
        return float(decided @ np.arange(1, decided.size + 1)) + undecided * decided.size


def stopping_law(
    delta: float, p: float, horizon: int, alpha_support: float | None, alpha_refute: float | None
) -> StoppingLaw:
    """Law of `SequentialTest` when every trial fails with probability p; a level None switches that side off.

    All terms are non-negative, so the rounding error is at most about 2 * horizon * 2^-53, relative.
    Raises ValueError unless 0 <= p <= 1 and horizon >= 1.  O(horizon^2).
    """
    if not 0 <= p <= 1 or horizon < 1:
        raise ValueError(f"need 0 <= p <= 1 and horizon >= 1, got {p} and {horizon}")
    support, refute, alive = np.zeros(horizon), np.zeros(horizon), np.zeros(horizon + 1)
    alive[0] = 1.0  # alive[k]: no decision yet, k failures
    few, few_successes = -1, -1  # at most this many failures: supported; at most this many successes: refuted
    for n in range(1, horizon + 1):
        alive[1 : n + 1] = (1 - p) * alive[1 : n + 1] + p * alive[:n]
        alive[0] *= 1 - p
        # Both e-values are monotone in the count and a favourable trial raises them, so the limits only grow.
        while alpha_support and few < n and crossed(log_e_support(few + 1, n, delta), alpha_support):
            few += 1
        while (
            alpha_refute and few_successes < n and crossed(log_e_refute(n - few_successes - 1, n, delta), alpha_refute)
        ):
            few_successes += 1
        support[n - 1], refute[n - 1] = alive[: few + 1].sum(), alive[n - few_successes : n + 1].sum()
        alive[: few + 1] = 0.0
        alive[n - few_successes : n + 1] = 0.0
    return StoppingLaw(support, refute)


def exact_rejection_probability(
    delta: float, alpha: float, horizon: int, p: float, side: Literal["support", "refute"]
) -> float:
    """P(the one-sided e-process of this side reaches 1/alpha within `horizon` trials), each failing with probability p.

    By Ville's inequality at most alpha for p >= delta (support) or p <= delta (refute).
    """
    check_level("alpha", alpha)
    if side == "support":
        return float(stopping_law(delta, p, horizon, alpha, None).support.sum())
    if side == "refute":
        return float(stopping_law(delta, p, horizon, None, alpha).refute.sum())
    raise ValueError(f"side must be 'support' or 'refute', got {side!r}")
