"""Family-wise control over many checks from their e-values, valid under any dependence between them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .eprocess import check_level


def adjusted_log_e(log_e: ArrayLike) -> NDArray[np.float64]:
    """Log of the adjusted e-values, shape (K,): the smallest arithmetic mean over all subsets that contain the check.

    Closed testing with averages of e-values (Vovk and Wang, Ann. Statist. 49, 2021, Algorithm 1): the minimum for check
    i is reached by joining it with the j smallest others.  Each entry must be an e-value at *its stopping time*: the
    frozen value of a stopped `SequentialTest`, not the running maximum.  Raises ValueError on NaN.
    """
    values = _as_log_e(log_e)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    sums = np.concatenate(([-np.inf], np.logaddexp.accumulate(ascending)))  # sums[j]: log of the sum of the j smallest
    adjusted = np.empty_like(values)
    for rank, index in enumerate(order):
        means = np.logaddexp(ascending[rank], sums[: rank + 1]) - np.log(np.arange(1, rank + 2))
        adjusted[index] = means.min()
    return adjusted


def e_holm(log_e: ArrayLike, alpha: float) -> NDArray[np.bool_]:
    """Which nulls are rejected with family-wise error at most alpha; rejects whatever `e_bonferroni` rejects."""
    check_level("alpha", alpha)
    return np.asarray(adjusted_log_e(log_e) >= -math.log(alpha))


def e_bonferroni(log_e: ArrayLike, alpha: float) -> NDArray[np.bool_]:
    """Which nulls have e >= K/alpha: family-wise error at most alpha.  Also valid for running maxima of e-processes."""
    check_level("alpha", alpha)
    values = _as_log_e(log_e)
    return values >= math.log(max(values.size, 1) / alpha)


def _as_log_e(log_e: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(log_e, dtype=float)
    if values.ndim != 1 or np.isnan(values).any():
        raise ValueError("need a one-dimensional array of log e-values without NaN")
    return values
