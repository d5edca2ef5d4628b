"""Gaussian integrals of the Laplace-transform bounds, in closed form.

Notation: w ~ N(0, I_d), z = Xw, G = X Xᵀ (n x n). A *feature* is f(z) = exp(αz - γz²/2). Every integral here depends
on the data through G alone, because for a in the span of the rows

    E exp(⟨a, w⟩ - γ z_i²/2 - γ' z_j²/2) = Δ^(-1/2) exp(½ ⟨a, a⟩_C),   C = (I + γ x_i x_iᵀ + γ' x_j x_jᵀ)⁻¹,

and C is the identity minus a matrix of rank two (Woodbury).

Every function takes float64 arrays or object arrays of `flint.arb` and returns the same kind: NumPy's ufuncs call the
methods `exp` and `sqrt` of the balls, so one formula serves both. In balls a feature's parameters are the exact
doubles. Source: textbook Gaussian integrals; the matrices P, R, S are this project's explicit version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from verify.balls.integrals import normal_tail

Array = NDArray[Any]
"""float64, or objects that are all `flint.arb`."""


@dataclass(frozen=True)
class Feature:
    """f(z) = exp(alpha z - gamma z²/2), gamma ≥ 0."""

    alpha: float
    gamma: float

    def __post_init__(self) -> None:
        if self.gamma < 0:
            raise ValueError(f"gamma must be ≥ 0 (the integrals need it), got {self.gamma}")


EXP = Feature(1.0, 0.0)
"""e^z: the entries of D = diag(e^{z_i})."""


@dataclass(frozen=True)
class _Tilt:
    """The quadratic form ⟨a, b⟩_C for fixed pairs (i, j), from plain inner products with x_i and x_j."""

    determinant: Array
    ii: Array
    ij: Array
    jj: Array

    def inner(self, ab: Array, ai: Array, aj: Array, bi: Array, bj: Array) -> Array:
        """⟨a, b⟩_C, given ⟨a, b⟩, ⟨a, x_i⟩, ⟨a, x_j⟩, ⟨b, x_i⟩, ⟨b, x_j⟩."""
        value: Array = ab - self.ii * (ai * bi) - self.ij * (ai * bj + aj * bi) - self.jj * (aj * bj)
        return value

    def widen(self, axes: int) -> _Tilt:
        """The same with trailing axes of length 1, to broadcast over further points."""
        grow = (..., *(None,) * axes)
        return _Tilt(self.determinant[grow], self.ii[grow], self.ij[grow], self.jj[grow])


def _tilt(G: Array, f: Feature, g: Feature, i: int, js: Array) -> _Tilt:
    """C for the pairs (i, j), j in js: arrays of shape (len(js),)."""
    p_i, p_j, g_ij = 1 + f.gamma * G[i, i], 1 + g.gamma * G[js, js], G[i, js]
    # Parameters meet G one at a time: a product of two floats would round before it becomes a ball.
    both = f.gamma * (g.gamma * g_ij)
    determinant = p_i * p_j - both * g_ij
    return _Tilt(determinant, f.gamma * p_j / determinant, -both / determinant, g.gamma * p_i / determinant)


def _base(G: Array, f: Feature, g: Feature, i: int, js: Array, tilt: _Tilt) -> Array:
    """E f(z_i) g(z_j) for one i and all j in js, shape (J,)."""
    g_ii, g_ij, g_jj = G[i, i], G[i, js], G[js, js]
    square = (
        f.alpha * (f.alpha * tilt.inner(g_ii, g_ii, g_ij, g_ii, g_ij))
        + 2 * f.alpha * (g.alpha * tilt.inner(g_ij, g_ii, g_ij, g_ij, g_jj))
        + g.alpha * (g.alpha * tilt.inner(g_jj, g_ij, g_jj, g_ij, g_jj))
    )
    base: Array = np.exp(0.5 * square) / np.sqrt(tilt.determinant)
    return base


def _lift(G: Array, f: Feature, g: Feature, i: int, js: Array, tilt: _Tilt) -> Array:
    """The factor that one further e^{z_k} brings to E f(z_i) g(z_j), shape (J, n)."""
    g_ii, g_ij, g_jj = G[i, i], G[i, js], G[js, js]
    wide, ik, jk = tilt.widen(1), G[i][None, :], G[js]
    shift = f.alpha * wide.inner(ik, g_ii, g_ij[:, None], ik, jk) + g.alpha * wide.inner(
        jk, g_ij[:, None], g_jj[:, None], ik, jk
    )
    own = wide.inner(np.diag(G)[None, :], ik, jk, ik, jk)
    lift: Array = np.exp(shift + 0.5 * own)
    return lift


def pair_moments(G: Array, f: Feature, g: Feature) -> Array:
    """E f(z_i) g(z_j), shape (n, n)."""
    js = np.arange(len(G))
    return np.stack([_base(G, f, g, i, js, _tilt(G, f, g, i, js)) for i in range(len(G))])


def kernel(G: Array) -> Array:
    """K_ij = ⟨x_i, x_j⟩ E e^{z_i + z_j}: the continuous Gram matrix, shape (n, n)."""
    return G * pair_moments(G, EXP, EXP)


def contract_one(G: Array, f: Feature, g: Feature, left: Array, right: Array) -> Array:
    """Σ_k left_ik right_kj E f(z_i) g(z_j) e^{z_k}, shape (n, n). O(n³)."""
    js, rows = np.arange(len(G)), []
    for i in range(len(G)):
        at = (G, f, g, i, js, _tilt(G, f, g, i, js))
        rows.append(_base(*at) * (left[i][None, :] * right.T * _lift(*at)).sum(axis=1))
    return np.stack(rows)


def contract_two(G: Array, f: Feature, g: Feature, outer: Array, middle: Array) -> Array:
    """Σ_kl outer_ik middle_kl outer_jl E f(z_i) g(z_j) e^{z_k + z_l}, shape (n, n); middle symmetric.

    O(n⁴), and n⁴/2 exponentials (n⁴/4 if f = g): the exponent is ⟨x_k, x_l⟩_C, symmetric in k and l, plus terms that
    factor. When both gammas are 0 that exponent no longer depends on (i, j) and n² exponentials are enough.
    """
    n = len(G)
    total, free = np.empty_like(G), f.gamma == 0 and g.gamma == 0
    weighted = middle * np.exp(G) if free else middle
    for i in range(n):
        js = np.arange(i if f == g else 0, n)
        tilt = _tilt(G, f, g, i, js)
        lift = _lift(G, f, g, i, js, tilt)
        left, right = outer[i][None, :] * lift, outer[js] * lift
        sums = (left @ weighted * right).sum(axis=1) if free else _coupled_sums(G, tilt, i, js, left, right, middle)
        total[i, js] = _base(G, f, g, i, js, tilt) * sums
        if f == g:
            total[js, i] = total[i, js]
    return total


def _coupled_sums(G: Array, tilt: _Tilt, i: int, js: Array, left: Array, right: Array, middle: Array) -> Array:
    """Σ_km left_jk middle_km right_jm exp⟨x_k, x_m⟩_C for every j in js, over the pairs k ≤ m only."""
    k, m = np.triu_indices(len(G))
    here, there, wide = G[i][None, :], G[js], tilt.widen(1)
    # ⟨x_k, x_m⟩_C with the 2 x 2 form applied to one side first: two products a pair instead of seven.
    by_i, by_j = wide.ii * here + wide.ij * there, wide.ij * here + wide.jj * there
    coupling = G[k, m][None, :] - here[:, k] * by_i[:, m] - there[:, k] * by_j[:, m]
    mixed = left[:, k] * right[:, m] + left[:, m] * right[:, k]
    half_diagonal = middle[k, m] * np.where(k == m, 0.5, 1.0).astype(object if G.dtype == object else float)
    total: Array = (half_diagonal[None, :] * mixed * np.exp(coupling)).sum(axis=1)
    return total


def second_moment(G: Array, inverse_kernel: Array) -> Array:
    """E Z K⁻¹ Z for Z = D G D, shape (n, n): the matrix M of the whitened lower tail."""
    return contract_two(G, EXP, EXP, G, inverse_kernel)


def upper_tail(t: Array) -> Array:
    """Q(t) = P(N(0,1) > t), elementwise."""
    if t.dtype != object:
        return np.asarray(scipy.special.ndtr(-t))
    flat = [normal_tail(value) for value in t.ravel()]
    return np.array(flat, dtype=object).reshape(t.shape)


def _tails(mean: Array, deviation: Array, edges: tuple[float, ...]) -> list[Array]:
    """P(N(mean, deviation²) > e) for every edge e; the last edge may be inf."""
    return [
        0 * mean if isinstance(edge, float) and np.isinf(edge) else upper_tail((edge - mean) / deviation)
        for edge in edges
    ]


def slab_matrices(G: Array, K: Array, edges: tuple[float, ...]) -> tuple[Array, Array]:
    """The kernel restricted to slabs of one coordinate: (Q, B), shapes (n, J) and (n, J, n, n), J = len(edges) - 1.

    Q[l, k] = P(z_l in (edges[k], edges[k+1]]) and B[l, k] = E[Z; z_l in that slab], that is
    K_ij P(N(G_li + G_lj, G_ll) in the slab) (exponential tilt). No x_l may be 0. n³ J / 2 evaluations of erfc.
    """
    n, slabs = len(G), len(edges) - 1
    deviation = np.sqrt(np.diag(G))
    i, j = np.triu_indices(n)
    plain = _tails(0 * deviation, deviation, edges)
    tilted = _tails(G[:, i] + G[:, j], deviation[:, None], edges)
    B = np.empty((n, slabs, n, n), dtype=G.dtype)
    for k in range(slabs):
        B[:, k, i, j] = B[:, k, j, i] = K[i, j] * (tilted[k] - tilted[k + 1])
    return np.stack([plain[k] - plain[k + 1] for k in range(slabs)], axis=1), B
