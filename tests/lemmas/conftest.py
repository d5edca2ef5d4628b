"""An exact reference for the lower tails of the Gram matrix: orthonormal points, whose law is that of one neuron."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm


def lognormal_sum_below(count: int, level: float, cells: int = 2**14) -> tuple[float, float]:
    """Bounds on P(Σ e^{2g_r - 2} ≤ level), g_r iid N(0,1): the summands rounded up, and down, to a grid."""
    grid = np.arange(cells + 1) * level / cells
    with np.errstate(divide="ignore"):
        below = norm.cdf((np.log(grid) + 2) / 2)
    mass = np.diff(below)
    bounds = []
    for rounded in (np.concatenate([[0.0], mass]), np.concatenate([mass, [0.0]])):
        power = np.array([1.0])
        for _ in range(count):
            size = 2 * cells + 2
            power = np.fft.irfft(np.fft.rfft(power, size) * np.fft.rfft(rounded, size), size)[: cells + 1]
        bounds.append(float(power.sum()))
    return bounds[0], bounds[1]


def _orthonormal_failure(n: int, q: int, t: float) -> tuple[float, float]:
    """Bounds on P(H ⋡ (1-t)K) for n orthonormal points: n independent lognormal means."""
    low, high = lognormal_sum_below(q, q * (1 - t))
    return 1 - (1 - low) ** n, 1 - (1 - high) ** n


@pytest.fixture(scope="session")
def exact_orthonormal_failure() -> Callable[[int, int, float], tuple[float, float]]:
    """(n, q, t) -> bounds on P(H ⋡ (1-t)K) for n orthonormal points and q neurons."""
    return _orthonormal_failure
