"""Distribution-free confidence interval for a quantile, from order statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .eprocess import check_level


@dataclass(frozen=True)
class QuantileInterval:
    """Sample quantile with confidence bounds; None where the sample is too small for a bound at this level."""

    estimate: float
    lower: float | None
    upper: float | None
    level: float


def quantile_interval(sample: ArrayLike, delta: float, level: float = 0.99) -> QuantileInterval:
    """Interval for the (1 - delta)-quantile of the law that the sample (n independent draws, shape (n,)) came from.

    The two-sided binomial interval of Conover, Practical Nonparametric Statistics, 3.2 (at least `level`, whatever the
    law), for a sample size fixed in advance.  An upper bound needs (1 - delta)^n <= (1 - level)/2.  Infinite values are
    allowed.  Raises ValueError for an empty sample, a NaN, or levels outside (0, 1).
    """
    check_level("delta", delta)
    check_level("level", level)
    values = np.asarray(sample, dtype=float)
    if values.ndim != 1 or values.size == 0 or np.isnan(values).any():
        raise ValueError("need a non-empty one-dimensional sample without NaN")
    from scipy.stats import quantile_test

    bounds = quantile_test(values, q=0.0, p=1 - delta).confidence_interval(level)
    estimate = float(np.quantile(values, 1 - delta, method="inverted_cdf"))
    lower, upper = (None if np.isnan(bound) else float(bound) for bound in (bounds.low, bounds.high))
    return QuantileInterval(estimate, lower, upper, level)
