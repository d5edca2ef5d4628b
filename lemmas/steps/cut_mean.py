"""The mean of one neuron's share, cut to 0 where some <w, x_k> exceeds a level, for data where it has a closed form.

E[e^{sigma g}; a <= g <= b] = e^{sigma^2/2} (Q(a - sigma) - Q(b - sigma)) for g ~ N(0, 1), by completing the square.
"""

from __future__ import annotations

import math
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
from flint import arb

from lemmas import model
from verify.balls.integrals import normal_tail


def mean_of_cut(X: model.Array, level: Any) -> model.Array:
    """E Z' (n, n), Z'_ij = <x_i, x_j> e^{<w, x_i + x_j>} where all <w, x_k> <= level, else 0; floats or balls.

    Raises NotImplementedError for data that are neither on a line (d = 1) nor orthogonal.
    """
    if X.shape[1] == 1:
        return _on_line(X[:, 0], level)
    G = X @ X.T
    if any(G[a, b] != 0 for a in range(len(X)) for b in range(a)):
        raise NotImplementedError("E Z' has a closed form for points on a line and orthogonal ones only")
    lengths = [model.frobenius(row) for row in X]
    within = [1 - tail(level / size) for size in lengths]
    for a, size in enumerate(lengths):
        others = reduce(mul, (share for b, share in enumerate(within) if b != a), 1 + 0 * level)
        G[a, a] = size * size * np.exp(2 * size * size) * (1 - tail(level / size - 2 * size)) * others
    return G


def _on_line(c: model.Array, level: Any) -> model.Array:
    """The same for numbers c (n,) as data: g is kept between the largest level/c_k < 0 and the least level/c_k > 0."""
    if any(v == 0 for v in c) and level < 0:
        return 0 * np.outer(c, c)
    above = [level / v for v in c if v > 0]
    below = [level / v for v in c if v < 0]
    if above and below and min(above) <= max(below):
        return 0 * np.outer(c, c)
    sums = c[:, None] + c[None, :]
    kept = np.array([[_kept(v, below, above) for v in row] for row in sums])
    mean: model.Array = np.outer(c, c) * np.exp(sums * sums / 2) * kept
    return mean


def _kept(sigma: Any, below: list[Any], above: list[Any]) -> Any:
    """The share of e^{sigma g} that is kept."""
    left = tail(max(below) - sigma) if below else 1
    return left - (tail(min(above) - sigma) if above else 0 * sigma)


def tail(level: Any) -> Any:
    """Q(level) = P(g > level), for a float or a ball."""
    return normal_tail(level) if isinstance(level, arb) else math.erfc(level / math.sqrt(2)) / 2
