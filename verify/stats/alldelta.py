"""Test a claim "for every delta: P(observed > bound(delta)) <= delta" at every delta with each draw.

With U = inf{delta : observed > bound(delta)} the claim implies P(U <= u) <= u for all u at once: U dominates the
uniform law.  For a decreasing bound {U < u} lies in {observed > bound(u)}.  A bound that is not monotone is replaced by
its running minimum over (0, u], and the claim at the minimizer gives at most u again; this second argument needs the
bound to be the same function for every outcome of the draw (one that uses measured quantities must be decreasing).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from .eprocess import check_level, crossed, log_e_refute

AllDeltaState = Literal["running", "refuted", "capped"]

KAPPAS = tuple((2 * j + 1) / 20 for j in range(10))
LEVELS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def violation_level(
    observed: float,
    bound: Callable[[float], float],
    *,
    delta_min: float = 1e-12,
    delta_max: float = 1 - 1e-12,
    grid_points: int = 97,
    bisections: int = 50,
) -> float:
    """U = inf{delta in [delta_min, delta_max] : observed > bound(delta)}, or 1 if there is none.

    The grid (uniform in the logit) finds the first grid point that is violated, bisection then moves down to where the
    violation starts.  The result is always a delta at which the bound *is* violated (or 1), so where the bound is not
    monotone and the grid steps over an excursion it errs upwards: conservative for a refutation.  For a decreasing
    bound it is exact to rounding.  Raises ValueError if `observed` or a value of the bound is NaN.
    """
    check_level("delta_min", delta_min)
    check_level("delta_max", delta_max)

    def violated(logit: float) -> bool:
        limit = bound(_expit(logit))
        if math.isnan(limit) or math.isnan(observed):
            raise ValueError(f"cannot compare observed={observed} with bound={limit} at delta={_expit(logit)}")
        return observed > limit

    grid = np.linspace(_logit(delta_min), _logit(delta_max), grid_points).tolist()
    first = next((index for index, logit in enumerate(grid) if violated(logit)), None)
    if first is None:
        return 1.0
    low, high = grid[max(first - 1, 0)], grid[first]
    for _ in range(bisections if first else 0):
        middle = (low + high) / 2
        low, high = (low, middle) if violated(middle) else (middle, high)
    return _expit(high)


def _logit(delta: float) -> float:
    return math.log(delta) - math.log1p(-delta)


def _expit(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True)
class AllDeltaSummary:
    """What an all-delta test saw.  `worst_level` is the level in LEVELS with the largest e-value against it."""

    alpha_refute: float
    cap: int
    trials: int
    state: AllDeltaState
    log_e: float
    worst_level: float
    failures_at_worst: int


class AllDeltaTest:
    """E-process against "U dominates the uniform law", one independent draw of U at a time.

    The average of two e-processes: the product of the p-to-e calibrators kappa u^(kappa-1) (Vovk and Wang, Ann.
    Statist. 49, 2021) averaged over KAPPAS, which sees an excess of tiny U; and the sequential test of P(U <= t) <= t
    averaged over LEVELS, which sees an excess at one delta even if other deltas have room.  An average of e-processes
    is one, so under the claim the test is *ever* "refuted" with probability at most alpha_refute.  It is never
    "supported": see `dkw_excess` for what a clean run says.  Raises ValueError for a level outside (0, 1) or cap < 1.
    """

    def __init__(self, alpha_refute: float = 1e-6, *, cap: int) -> None:
        check_level("alpha_refute", alpha_refute)
        if cap < 1:
            raise ValueError(f"cap must be at least 1, got {cap}")
        self.alpha_refute, self.cap = alpha_refute, cap
        self.trials = 0
        self.state: AllDeltaState = "running"
        self._sum_minus_log = 0.0
        self._at_most = [0] * len(LEVELS)  # how many draws of U were <= each level

    @property
    def log_e(self) -> float:
        """Log e-value against the claim; 0 before the first draw."""
        kappas = np.array(KAPPAS)
        calibrated = self.trials * np.log(kappas) + (1 - kappas) * self._sum_minus_log
        by_level = np.array(self._log_e_by_level())
        parts = np.concatenate((calibrated - math.log(len(KAPPAS)), by_level - math.log(len(LEVELS))))
        return float(np.logaddexp.reduce(parts)) - math.log(2)

    def observe(self, u: float) -> AllDeltaState:
        """Record one draw of U in (0, 1].  Raises RuntimeError once stopped, ValueError for a value outside (0, 1]."""
        if self.state != "running":
            raise RuntimeError(f"the test has stopped ({self.state}); later draws must not be used")
        if not 0 < u <= 1:
            raise ValueError(f"U must lie in (0, 1], got {u!r}")
        self.trials += 1
        self._sum_minus_log -= math.log(u)
        for index in range(bisect_left(LEVELS, u), len(LEVELS)):
            self._at_most[index] += 1
        if crossed(self.log_e, self.alpha_refute):
            self.state = "refuted"
        elif self.trials == self.cap:
            self.state = "capped"
        return self.state

    def run(self, draws: Iterable[float]) -> AllDeltaState:
        """Record draws of U in order up to the first that decides; the result does not depend on the chunking."""
        if self.state == "running":
            for u in draws:
                if self.observe(u) != "running":
                    break
        return self.state

    def summary(self) -> AllDeltaSummary:
        """A frozen record of the test."""
        worst = int(np.argmax(self._log_e_by_level()))
        return AllDeltaSummary(
            self.alpha_refute, self.cap, self.trials, self.state, self.log_e, LEVELS[worst], self._at_most[worst]
        )

    def _log_e_by_level(self) -> list[float]:
        return [log_e_refute(count, self.trials, level) for count, level in zip(self._at_most, LEVELS, strict=True)]


def dkw_excess(draws: ArrayLike, alpha: float) -> float:
    """Upper confidence bound of level 1 - alpha for sup_u [P(U <= u) - u], from a fixed number of draws.

    One-sided Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant (Ann. Probab. 18, 1990; alpha <= 1/2).
    Shape of draws: (n,), in (0, 1].  Raises ValueError for alpha outside (0, 1/2] or an empty or invalid sample.
    """
    values = np.sort(np.asarray(draws, dtype=float))
    if not 0 < alpha <= 0.5:
        raise ValueError(f"alpha must lie in (0, 1/2], got {alpha}")
    if values.ndim != 1 or values.size == 0 or not ((values > 0) & (values <= 1)).all():
        raise ValueError("need a non-empty one-dimensional sample in (0, 1]")
    excess = float(np.max(np.arange(1, values.size + 1) / values.size - values))
    return max(0.0, excess) + math.sqrt(-math.log(alpha) / (2 * values.size))
