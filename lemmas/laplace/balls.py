"""The tight chain certified: a rigorous upper bound on its failure probability at a given width.

Every parameter is an exact number (a double or a rational) and every integral a ball. Two facts keep float linear
algebra harmless: the resolvent bound and the damping price are valid for *any* linear trial vector, so the solves are
done in float64 and only their values enter in balls; and the spectrum of the pencil (N, K) is bounded after a float
congruence T, for TᵀKT = I + E₁ and TᵀNT = Λ + E₂ give λ_i(N, K) ≤ (Λ_i + ‖E₂‖)/(1 - ‖E₁‖) (Weyl, Ostrowski). No
matrix square root, and no power of a ball matrix.

Cost: n⁴/4 to n⁴/2 ball exponentials for each pair of features, n³ J / 2 error functions and 3 n J products of n x n
ball matrices for J slabs of damping.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypedDict

import numpy as np
from flint import arb, arb_mat, ctx

from lemmas.laplace.integrals import Array, kernel, slab_matrices, upper_tail
from lemmas.laplace.pencil import objects, pencil_upper
from lemmas.laplace.tail import Blocks, Damping, Features, resolvent_blocks, trial_vectors
from lemmas.laplace.width import OFFSETS, Parameters, Search, Width, needed_sigma
from verify.balls.eigen import ball_matrix, enclose_lambda_max, enclose_lambda_min, midpoints
from verify.balls.exact import ball, certainly_gt, certainly_lt

PRECISION = 128


class WidthCertificate(TypedDict):
    """The outcome of `certify_width`. Balls are exact end points; reason is empty when holds."""

    holds: bool
    reason: str
    m: int
    failure_upper: arb
    lambda_lower: arb
    n4_upper: arb
    nu_upper: arb
    sigma: float


@dataclass(frozen=True)
class _Data:
    """G, K, K⁻¹ as object arrays of balls, and bounds from exact data."""

    G: Array
    K: Array
    inverse: Array
    lambda_lower: arb
    n4_upper: arb
    nu_upper: arb


_Rows = tuple[tuple[Any, ...], ...]


def _rows(X_exact: Any) -> _Rows:
    """The data as a value that names what is remembered of them."""
    return tuple(tuple(row) for row in X_exact)


@lru_cache(maxsize=8)
def _data(X: _Rows) -> _Data:
    """To PRECISION bits."""
    with ctx.workprec(PRECISION):
        rows = arb_mat([[ball(x) for x in row] for row in X])
        G = objects(rows * rows.transpose())
        K = kernel(G)
        nu = max(x.upper() for x in np.diag(G)).sqrt().upper()  # exact end points: the comparisons are certain
        return _Data(
            G=G,
            K=K,
            inverse=objects(ball_matrix(K).inv()),
            lambda_lower=enclose_lambda_min(K, rel=1e-9).lower(),
            n4_upper=enclose_lambda_max(G * G, rel=1e-9).upper().sqrt().upper(),
            nu_upper=nu if nu > 1 else arb(1),
        )


def _float_matrix(matrix: Array) -> arb_mat:
    """Exact doubles; anything that overflowed becomes 0, which is as valid a trial vector as any."""
    return ball_matrix(np.nan_to_num(matrix, nan=0.0, posinf=0.0, neginf=0.0))


def _dual_value(trial: arb_mat, linear: arb_mat, quadratic: arb_mat) -> arb_mat:
    """LᵀV + VᵀL - VᵀQV ⪯ LᵀQ⁻¹L for every V: a lower bound in the Loewner order."""
    cross = linear.transpose() * trial
    value: arb_mat = cross + cross.transpose() - trial.transpose() * (quadratic * trial)
    return value


def resolvent_upper(K: Array, blocks: Blocks, theta: arb) -> arb_mat:
    """Balls of K - θ(a lower bound of Pᵀ(normal matrix)⁻¹P): at least K^½ E e^{-θA} K^½, shape (n, n)."""
    normal, moments = ball_matrix(blocks.normal_matrix(theta)), ball_matrix(blocks.moments)
    trial = _float_matrix(trial_vectors(midpoints(normal), midpoints(moments)))
    reduced: arb_mat = ball_matrix(K) - _dual_value(trial, moments, normal) * theta
    return reduced


def price_upper(G: Array, K: Array, damping: Damping, theta: arb) -> arb_mat:
    """Balls of an upper bound on K^½ E[e^{-θs²A} - e^{-θA}] K^½, shape (n, n).

    With r = Q / (½(1+s²)θ) a slab costs 2(1-s²)/(1+s²) Q A(A + rI)⁻¹, and A(A + rI)⁻¹ = I - r(A + rI)⁻¹ is bounded from
    above with any approximate inverse.
    """
    kernel_balls = ball_matrix(K)
    if damping.crude:
        crude: arb_mat = kernel_balls * upper_tail(ball(damping.cut) / np.sqrt(np.diag(G))).sum()
        return crude
    n = len(K)
    mass, parts = slab_matrices(G, K, damping.edges)
    identity_share, saved = arb(0), arb_mat(n, n)
    for k, weight in enumerate(damping.weights(ball)):
        gain = 2 * (1 - weight**2) / (1 + weight**2)
        for slab_mass, part in zip(mass[:, k], parts[:, k], strict=True):
            r = 2 * slab_mass / ((1 + weight**2) * theta)
            identity_share += gain * slab_mass
            saved += _inverse_lower(ball_matrix(part) + kernel_balls * r) * (gain * slab_mass * r)
    total: arb_mat = kernel_balls * identity_share - kernel_balls * saved * kernel_balls
    return total


def _inverse_lower(matrix: arb_mat) -> arb_mat:
    """W + Wᵀ - WᵀMW ⪯ M⁻¹ for the float inverse W of a positive definite M (0 if floats find it singular)."""
    try:
        inverse = np.linalg.inv(midpoints(matrix))
    except np.linalg.LinAlgError:
        inverse = np.zeros((matrix.nrows(), matrix.ncols()))
    trial = _float_matrix((inverse + inverse.T) / 2)
    lower: arb_mat = trial * 2 - trial * (matrix * trial)
    return lower


def reach_ball(sigma: arb, L: arb, nu: arb) -> arb:
    """`lemmas.laplace.width.reach` in balls."""
    x = nu * sigma / L
    return L / nu**2 * ((1 + x) * x.log1p() - x)


def _failure(X: _Rows, params: Parameters, sigma: float, q: int) -> arb:
    """exp(θσ²/(2λ)) tr 𝓜^q from above."""
    growth = (ball(params.theta) * ball(sigma) ** 2 / (2 * _data(X).lambda_lower)).exp()
    return (growth * _trace(X, params, q)).upper()


def _trace(X: _Rows, params: Parameters, q: int) -> arb:
    """tr 𝓜^q from above."""
    spectrum = _spectrum(X, params.theta, params.damping, params.first, params.second)
    return sum((bound**q for bound in spectrum), arb(0)).upper()


@lru_cache(maxsize=8)  # a width is certified, stored and verified, also for more neurons: n⁴ work once for all of these
def _spectrum(X: _Rows, theta: float, damping: Damping, first: Features, second: Features) -> tuple[arb, ...]:
    """The eigenvalues of 𝓜 from above, to PRECISION bits."""
    with ctx.workprec(PRECISION):
        data = _data(X)
        blocks = resolvent_blocks(data.G, data.inverse, first, second)
        N = resolvent_upper(data.K, blocks, ball(theta)) + price_upper(data.G, data.K, damping, ball(theta))
        return tuple(pencil_upper(N, ball_matrix(data.K)))


def trace_upper(X_exact: Any, params: Parameters, q: int) -> arb:
    """An exact upper bound on tr 𝓜^q for data X (n, d), taken as exact; ArithmeticError as for `certify_width`."""
    with ctx.workprec(PRECISION):
        return _trace(_rows(X_exact), params, q)


def certify_width(
    X_exact: Sequence[Sequence[Any]] | Array, norm_y_bound: Any, delta: Any, m: int, params: Parameters
) -> WidthCertificate:
    """Does m (even, coupled start) suffice? If `holds`, GD converges linearly with probability ≥ 1 - failure_upper.

    X_exact (n, d): rationals or doubles, taken as exact. norm_y_bound: at least ‖y‖ (exact, or a ball whose upper end
    counts). delta: exact (a float .1 is that double). The step size is `lemmas.laplace.width.step_size` of the measured
    start, or any smaller one; at the least m that holds the guaranteed rate may be tiny, so prescribe some 10 % more.
    If not `holds`, nothing is said about m. Raises ValueError for a bad m, norm_y_bound, delta, c, theta or an absent
    cut, and ArithmeticError (EnclosureError, ZeroDivisionError) if K is singular in balls.
    """
    if m <= 0 or m % 2:
        raise ValueError(f"a coupled start needs a positive even m, got {m}")
    if not (0 < params.c < 1 and params.theta > 0 and params.damping.active):
        raise ValueError("the parameters must have 0 < c < 1, theta > 0 and a finite cut")
    with ctx.workprec(PRECISION):
        norm_y, level = ball(norm_y_bound).upper(), ball(delta)
        if not (norm_y > 0 and level > 0 and level < 1):
            raise ValueError(f"need norm_y_bound > 0 and 0 < delta < 1, got {norm_y_bound} and {delta}")
        X = _rows(X_exact)
        data = _data(X)
        L = data.n4_upper * ball(params.damping.cut).exp()
        sigma = needed_sigma(float(norm_y), float(L), float(data.nu_upper), params.c) * (1 + 1e-9)
        reached = certainly_gt(ball(params.c) * reach_ball(ball(sigma), L, data.nu_upper), norm_y)
        failure = _failure(X, params, sigma, m // 2)
        small = certainly_lt(failure, level)
    shortfalls = [] if reached else ["the drift's reach is not certified"]
    shortfalls += [] if small else ["the failure probability is not certified to be below delta"]
    return WidthCertificate(
        holds=not shortfalls,
        reason="; ".join(shortfalls),
        m=m,
        failure_upper=failure,
        lambda_lower=data.lambda_lower,
        n4_upper=data.n4_upper,
        nu_upper=data.nu_upper,
        sigma=sigma,
    )


def prove_width(X: Array, norm_y_bound: Any, delta: Any) -> tuple[Width, WidthCertificate]:
    """Search for parameters, then certify; if rounding spoils that width, once more with 1 % more neurons.

    X (n, d) float64, taken as exact; the rest as for `certify_width`. The certificate may not hold: look at it.
    """
    search = Search(X, float(ball(norm_y_bound).upper()), float(ball(delta)))
    found = search.best(Damping(offsets=OFFSETS))
    certificate = certify_width(X, norm_y_bound, delta, found.m, found.parameters)
    if certificate["holds"]:
        return found, certificate
    wider = 2 * math.ceil(1.01 * found.m / 2)
    return found, certify_width(X, norm_y_bound, delta, wider, found.parameters)
