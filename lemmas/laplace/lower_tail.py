"""The Gram tail without truncation: its variance in closed form, whitened (V) and unwhitened (v).

P(H(W(0)) ⋡ (1-t)K) ≤ n exp(-q t²/(2V)) for t in (0, 1), V = ‖E A²‖, A = K^(-1/2) Z K^(-1/2), and
P(λ_min(H(W(0))) ≤ (1-t)λ) ≤ n exp(-q t²λ²/(2v)), v = ‖E Z²‖; always v/λ² ≥ V. From e^{-x} ≤ 1 - x + x²/2 and Tropp's
master bound; the closed forms are this project's explicit version.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy
from flint import arb

from lemmas.laplace.integrals import Array, kernel, second_moment
from lemmas.laplace.pencil import objects, pencil_upper
from verify.balls.eigen import ball_matrix, midpoints
from verify.balls.exact import hull


def plain_second_moment(G: Array) -> Array:
    """E Z², (E Z²)_ij = Σ_k G_ik G_kj exp(‖x_i + 2x_k + x_j‖²/2), shape (n, n); float64 or balls. O(n³)."""
    half = np.exp(0.5 * np.diag(G))
    side = G * np.exp(2.0 * G)
    moment: Array = half[:, None] * half[None, :] * np.exp(G) * ((side * np.exp(2.0 * np.diag(G))[None, :]) @ side)
    return moment


def whitened_variance(G: Array) -> float:
    """V = ‖E A²‖ for the Gram matrix G of the data, float64; O(n⁴), remembered for the last few G."""
    return _whitened_variance(len(G), np.ascontiguousarray(G).tobytes())


@lru_cache(maxsize=64)  # a thousand starts are drawn on the same data
def _whitened_variance(n: int, entries: bytes) -> float:
    G = np.frombuffer(entries).reshape(n, n)
    K = kernel(G)
    return float(scipy.linalg.eigh(second_moment(G, np.linalg.inv(K)), K, eigvals_only=True)[-1])


def plain_variance(G: Array) -> float:
    """v = ‖E Z²‖, float64."""
    return float(np.linalg.eigvalsh(plain_second_moment(G))[-1])


def whitened_variance_ball(G: Array) -> arb:
    """A ball around V for G in balls (object array). Raises ArithmeticError if K is too close to singular."""
    K = kernel(G)
    kernel_balls = ball_matrix(K)
    moment = ball_matrix(second_moment(G, objects(kernel_balls.inv())))
    try:
        vector = ball_matrix(scipy.linalg.eigh(midpoints(moment), midpoints(kernel_balls))[1][:, -1:])
    except ValueError as problem:  # of which LinAlgError is one
        raise ArithmeticError("K is singular in floats, or too large") from problem
    row = vector.transpose()
    quotient = (row * moment * vector)[0, 0] / (row * kernel_balls * vector)[0, 0]
    return hull(quotient.lower(), pencil_upper(moment, kernel_balls)[-1].upper())
