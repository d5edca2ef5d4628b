"""A Laplace-transform tail bound for the damped discrete Gram matrix H̃ = (1/q) Σ s_r² Z_r.

Whitened, A = K^(-1/2) Z K^(-1/2). For every 𝓜 ⪰ E exp(-θ s² A), Tropp's master bound (Found. Comput. Math. 12, 2012,
Theorem 3.6) gives

    P(H̃ ⋡ (1-t) K) ≤ e^{θ q (1-t)} tr 𝓜^q .

Here 𝓜 = resolvent bound on E e^{-θA} + price of the damping on E[e^{-θ s² A} - e^{-θA}]; both are this project's
explicit version. Matrices are kept in the *frame of K*: N stands for 𝓜 = K^(-1/2) N K^(-1/2), so the spectrum of 𝓜 is
that of the pencil (N, K) and no matrix square root is needed.

`Blocks`, `resolvent_blocks` and `Damping` serve float64 and balls alike; the rest of the module is float64, for search
and display: nothing here is rigorous (see `lemmas.laplace.balls`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy

from lemmas.laplace.integrals import (
    EXP,
    Array,
    Feature,
    contract_one,
    contract_two,
    kernel,
    pair_moments,
    slab_matrices,
    upper_tail,
)


@dataclass(frozen=True)
class Damping:
    """Weights s(M) of a neuron by its largest pre-activation M = max_i z_i; they never see the network's outputs.

    s = 1 for M ≤ cut, e^{-o_k} for cut + o_{k-1} < M ≤ cut + o_k, 0 above the last level. So s e^M ≤ e^cut.
    cut = inf: no damping. crude: a hard cut paid with Σ_l P(z_l > cut) ≤ n Q(cut) instead of `price`.
    """

    cut: float = math.inf
    offsets: tuple[float, ...] = ()
    crude: bool = False

    def __post_init__(self) -> None:
        if list(self.offsets) != sorted({o for o in self.offsets if o > 0}):
            raise ValueError(f"offsets must be positive and increasing, got {self.offsets}")
        if self.crude and self.offsets:
            raise ValueError("the crude price is for a hard cut: it takes no offsets")

    @property
    def active(self) -> bool:
        return not math.isinf(self.cut)

    @property
    def edges(self) -> tuple[float, ...]:
        """cut = b_0 < b_1 < … < b_J = inf."""
        return (self.cut, *(self.cut + offset for offset in self.offsets), math.inf)

    def weights(self, number: Callable[[float], Any]) -> list[Any]:
        """s on each slab, e^{b_0 - b_k}, and 0 on the last, in the number type of `number`."""
        gaps = np.array([number(self.cut) - number(edge) for edge in self.edges[1:-1]], dtype=object)
        return [*(np.exp(gaps.astype(float)) if number is float else np.exp(gaps)), number(0.0)]


def damping_weights(edges: Array, largest: Array) -> Array:
    """s of each neuron by its largest pre-activation (q,); edges: the finite levels b_0 < … < b_{J-1}; float64."""
    weights = np.array([1.0, *np.exp(edges[0] - edges[1:]), 0.0])
    found: Array = weights[np.searchsorted(edges, largest)]
    return found


@dataclass(frozen=True)
class Blocks:
    """The quadratic form of the resolvent bound in the coefficients v of p₁ and ω of p₂.

    moments (N, n): P, zero in the rows of p₂.  R, S (N₁, N₁), C (N₁, N₂), T, U (N₂, N₂).
    """

    moments: Array
    R: Array
    S: Array
    C: Array
    T: Array
    U: Array

    def normal_matrix(self, theta: Any) -> Array:
        """[[R + θS, -C], [-Cᵀ, T + (2/θ)U]], shape (N, N)."""
        if not self.U.size:
            simple: Array = self.R + theta * self.S
            return simple
        return np.block([[self.R + theta * self.S, -self.C], [-self.C.T, self.T + (2 / theta) * self.U]])


Features = tuple[Feature, ...]
Entry = Callable[[Feature, Feature], Array]


def _assemble(entry: Entry, rows: Features, columns: Features) -> Array:
    return np.block([[entry(f, g) for g in columns] for f in rows])


def _symmetric(entry: Entry, features: Features) -> Array:
    """The block matrix whose (g, f) block is the transpose of its (f, g) block: each pair is computed once."""
    size = len(features)
    upper = {(a, b): entry(features[a], features[b]) for a in range(size) for b in range(a, size)}
    return np.block([[upper[a, b] if a <= b else upper[b, a].T for b in range(size)] for a in range(size)])


def resolvent_blocks(G: Array, inverse: Array, first: Features, second: Features = ()) -> Blocks:
    """The matrices of the resolvent bound, float64 or balls; inverse = K⁻¹.

    With Y = K^(-1/2) D X, so A = YYᵀ, and any random vectors p₁ in R^d, p₂ in R^n:
    e^{-x} ≤ 1/(1 + x + x²/2) gives uᵀe^{-θA}u ≤ |u - √θ Y p₁|² + |p₁ - √(θ/2) Yᵀ p₂|² + |p₂|².
    Inserted: p₁ = √θ Xᵀ Σ_f f(z)∘v_f over `first`, p₂ = √2 K^(-1/2) Σ_ψ ψ(z)∘ω_ψ over `second`; then the expectation.
    Without `second` it is the bound of e^{-x} ≤ 1/(1 + x).
    """
    n = len(G)
    P = _assemble(lambda f, _: G * pair_moments(G, f, EXP), first, (EXP,))
    R = _symmetric(lambda f, g: G * pair_moments(G, f, g), first)
    S = _symmetric(lambda f, g: contract_two(G, f, g, G, inverse), first)
    if not second:
        none = np.empty((0, 0), dtype=G.dtype)
        return Blocks(P, R, S, none, none, none)
    C = _assemble(lambda f, g: contract_one(G, f, g, G, inverse), first, second)
    T = _symmetric(lambda f, g: contract_two(G, f, g, inverse, G), second)
    U = _symmetric(lambda f, g: inverse * pair_moments(G, f, g), second)
    zero = 0 * np.concatenate([G] * len(second))
    return Blocks(np.concatenate([P, zero]).reshape(-1, n), R, S, C, T, U)


def trial_vectors(normal: Array, moments: Array) -> Array:
    """V near normal⁻¹ moments, float64, shape (N, n): PᵀV + VᵀP - Vᵀ(normal)V ⪯ Pᵀ(normal)⁻¹P holds for any V.

    A ridge keeps V of moderate size where features coincide, as those of antipodal or parallel points do.
    """
    ridge = 1e-11 * np.diag(np.diag(normal))
    return np.linalg.solve(normal + ridge, moments)


@dataclass(frozen=True)
class Points:
    """What the bounds need to know of the data (float64): G, K, K⁻¹ (n x n) and λ = λ_min(K)."""

    G: Array
    K: Array
    inverse: Array
    smallest: float

    @classmethod
    def of(cls, X: Array) -> Points:
        """X of shape (n, d). Raises ValueError if K is numerically singular (repeated or zero points)."""
        G = np.asarray(X, dtype=float) @ np.asarray(X, dtype=float).T
        K = kernel(G)
        smallest = float(np.linalg.eigvalsh(K)[0])
        if smallest <= 1e-13 * float(np.trace(K)):
            raise ValueError(f"the continuous Gram matrix is singular in floats (λ ≈ {smallest:.2g})")
        return cls(G, K, np.linalg.inv(K), smallest)

    def mass_beyond(self, cut: float) -> float:
        """Σ_l P(z_l > cut) ≥ P(max_l z_l > cut)."""
        return float(upper_tail(cut / np.sqrt(np.diag(self.G))).sum())


class LaplaceTail:
    """The pencil (N(θ), K) of one data set, one choice of features and one damping; float64."""

    def __init__(self, points: Points, blocks: Blocks, damping: Damping) -> None:
        self.points, self.blocks, self.damping = points, blocks, damping

    @cached_property
    def _slabs(self) -> tuple[Array, Array]:
        return slab_matrices(self.points.G, self.points.K, self.damping.edges)

    def resolvent(self, theta: float) -> Array:
        """Upper bound on K^½ E e^{-θA} K^½: K - θ Pᵀ(normal matrix)⁻¹P, from below inside; shape (n, n)."""
        P, normal = self.blocks.moments, self.blocks.normal_matrix(theta)
        V = trial_vectors(normal, P)
        cross = P.T @ V
        reduced: Array = self.points.K - theta * (cross + cross.T - V.T @ normal @ V)
        return reduced

    def price(self, theta: float) -> Array:
        """Upper bound on K^½ E[e^{-θs²A} - e^{-θA}] K^½, shape (n, n).

        Σ_{l,k} (1-s_k²) θ A_lk (I + ½(1+s_k²) θ A_lk / Q_lk)⁻¹, which is at most Σ 2 (1-s_k²)/(1+s_k²) Q_lk I.
        """
        K, damping = self.points.K, self.damping
        if not damping.active:
            return np.zeros_like(K)
        if damping.crude:
            return self.points.mass_beyond(damping.cut) * K
        mass, B = self._slabs
        squares = np.array(damping.weights(float), dtype=float)[None, :] ** 2
        gain = 2 * (1 - squares) / (1 + squares)
        scale = 0.5 * (1 + squares) * theta
        # Q A/(A + Q/scale): where a mass underflows any positive shift does, for the part is multiplied by that mass.
        shift = np.maximum(mass / scale, 1e-290)[..., None, None]
        parts = np.linalg.solve(B + shift * K, B)
        total: Array = K @ np.einsum("lk,lkij->ij", gain * mass, parts)
        return (total + total.T) / 2

    def pencil(self, theta: float) -> Array:
        """N(θ) with 𝓜 = K^(-1/2) N K^(-1/2), shape (n, n)."""
        return self.resolvent(theta) + self.price(theta)

    def eigenvalues(self, theta: float) -> Array:
        """Of 𝓜(θ), ascending. They are positive up to rounding: 𝓜 bounds a positive definite matrix."""
        return np.asarray(scipy.linalg.eigh(self.pencil(theta), self.points.K, eigvals_only=True))

    def log_failure(self, theta: float, q: float, one_minus_t: float) -> float:
        """log of the bound on P(H̃ ⋡ (1-t)K)."""
        return theta * q * one_minus_t + log_trace_power(self.eigenvalues(theta), q)

    def relative_floor(self, q: float, delta: float) -> tuple[float, float]:
        """(1-t, θ): the best 1-t with P(H̃ ⋡ (1-t)K) ≤ delta, maximised over θ; not positive = vacuous."""

        def negative(log_theta: float) -> float:
            theta = math.exp(log_theta)
            return -(math.log(delta) - log_trace_power(self.eigenvalues(theta), q)) / (theta * q)

        best = scipy.optimize.minimize_scalar(negative, bounds=(-6.0, 5.0), method="bounded")
        return -float(best.fun), math.exp(float(best.x))


def log_trace_power(eigenvalues: Array, q: float) -> float:
    """log tr 𝓜^q for the positive eigenvalues of 𝓜; rounding below 0 counts as 0."""
    with np.errstate(divide="ignore"):
        return float(np.logaddexp.reduce(q * np.log(np.maximum(eigenvalues, 0))))
