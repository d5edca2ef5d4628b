"""The Loewner bounds and the tail against exact integrals, samples and simulations; planted errors are caught."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm

from lemmas.laplace.integrals import Feature
from lemmas.laplace.tail import (
    Blocks,
    Damping,
    LaplaceTail,
    Points,
    log_trace_power,
    resolvent_blocks,
    trial_vectors,
)
from lemmas.laplace.width import OFFSETS, SHARP, SIMPLE

POINTS = np.array([[1.0, 0.0], [-0.6, 0.8], [0.5, 0.6]])
ONE = np.array([[1.0]])
DAMPINGS = [Damping(), Damping(0.6, crude=True), Damping(0.6), Damping(0.6, OFFSETS), Damping(1.5, OFFSETS)]


def tail_of(X: np.ndarray, features: tuple = SIMPLE, damping: Damping | None = None) -> LaplaceTail:
    points = Points.of(X)
    return LaplaceTail(points, resolvent_blocks(points.G, points.inverse, *features), damping or Damping())


def weights(damping: Damping, largest: np.ndarray) -> np.ndarray:
    """s by its definition, from the largest pre-activation of each sample."""
    if not damping.active:
        return np.ones_like(largest)
    s = np.ones_like(largest)
    for low, high, weight in zip(damping.edges, damping.edges[1:], damping.weights(float), strict=False):
        s = np.where((largest > low) & (largest <= high), weight, s)
    return s


@cache
def samples(size: int = 60_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(eigenvalues (size, 3), eigenvectors, largest pre-activation) of A in the frame of a Cholesky factor of K."""
    z = np.random.default_rng(11).standard_normal((size, 2)) @ POINTS.T
    points = Points.of(POINTS)
    whiten = np.linalg.inv(np.linalg.cholesky(points.K))
    half = whiten[None] * np.exp(z)[:, None, :] @ POINTS
    values, vectors = np.linalg.eigh(half @ half.transpose(0, 2, 1))
    return np.maximum(values, 0), vectors, z.max(axis=1)


def laplace_sample(theta: float, damping: Damping) -> tuple[np.ndarray, float]:
    """The sample mean of exp(-θs²A) and five times the Frobenius norm of its standard errors, at least ‖error‖."""
    values, vectors, largest = samples()
    decay = np.exp(-theta * weights(damping, largest)[:, None] ** 2 * values)
    each = (vectors * decay[:, None, :]) @ vectors.transpose(0, 2, 1)
    return each.mean(axis=0), 5 * float(np.linalg.norm(each.std(axis=0))) / math.sqrt(len(each))


@pytest.mark.parametrize("damping", DAMPINGS)
@pytest.mark.parametrize("features", [SIMPLE, (SHARP[0], ()), SHARP], ids=["simple", "several", "sharp"])
@pytest.mark.parametrize("theta", [0.05, 0.4, 3.0])
def test_the_bound_exceeds_the_sampled_laplace_transform(theta: float, features: tuple, damping: Damping) -> None:
    tail = tail_of(POINTS, features, damping)
    whiten = np.linalg.inv(np.linalg.cholesky(tail.points.K))
    mean, tolerance = laplace_sample(theta, damping)
    assert tolerance < 0.02
    gap = np.linalg.eigvalsh(whiten @ tail.pencil(theta) @ whiten.T - mean)
    assert gap[0] >= -tolerance


@pytest.mark.parametrize("theta", [0.05, 0.4, 3.0])
def test_each_ingredient_lowers_the_bound(theta: float) -> None:
    """Sharper features and, within the resolvent, more of them never hurt: Loewner order, no tolerance to speak of."""
    simple, several, sharp = (
        tail_of(POINTS, f).resolvent(theta) for f in (((Feature(1.0, 0.4),), ()), (SHARP[0], ()), SHARP)
    )
    assert np.linalg.eigvalsh(simple - several)[0] >= -1e-9
    assert np.linalg.eigvalsh(several - sharp)[0] >= -1e-9


def test_any_trial_vector_gives_a_valid_bound() -> None:
    tail = tail_of(POINTS)
    P, normal = tail.blocks.moments, tail.blocks.normal_matrix(0.4)
    best = P.T @ np.linalg.solve(normal, P)
    noise = np.random.default_rng(3).standard_normal(P.shape)
    for size in (0.0, 1e-3, 0.1):
        V = trial_vectors(normal, P) * (1 + size * noise)
        assert np.linalg.eigvalsh(best - (P.T @ V + V.T @ P - V.T @ normal @ V))[0] >= -1e-9


def test_blocks_are_the_expected_quadratic_form() -> None:
    """E |u - √θYp₁|² + |p₁ - √(θ/2)Yᵀp₂|² + |p₂|² by its definition and quadrature, for random u, v and ω."""
    theta, X, rng = 0.7, np.array([[0.8, 0.1], [-0.3, 0.6], [0.2, 0.5]]), np.random.default_rng(9)
    x, w = np.polynomial.hermite_e.hermegauss(80)
    weight = np.outer(w, w).ravel() / w.sum() ** 2
    z = np.array([(a, b) for a in x for b in x]) @ X.T
    tail = tail_of(X, SHARP)
    values, vectors = np.linalg.eigh(tail.points.K)
    root = vectors / np.sqrt(values) @ vectors.T  # K^(-1/2)
    u, v, omega = rng.standard_normal(3), rng.standard_normal((3, 3)), rng.standard_normal((2, 3))
    first, second = (
        sum(np.exp(f.alpha * z - f.gamma * z**2 / 2) * row for f, row in zip(features, rows, strict=True))
        for features, rows in zip(SHARP, (v, omega), strict=True)
    )
    Y = root @ (np.exp(z)[:, :, None] * X)
    p1, p2 = math.sqrt(theta) * first @ X, math.sqrt(2) * second @ root
    pieces = (
        u - math.sqrt(theta) * np.einsum("tid,td->ti", Y, p1),
        p1 - math.sqrt(theta / 2) * np.einsum("tid,ti->td", Y, p2),
        p2,
    )
    expected = weight @ sum((piece**2).sum(axis=1) for piece in pieces)
    stacked = np.concatenate([v.ravel(), omega.ravel()])
    quadratic = stacked @ tail.blocks.normal_matrix(theta) @ stacked - 2 * (stacked @ tail.blocks.moments @ root @ u)
    assert u @ u + theta * quadratic == pytest.approx(expected, rel=1e-8)


# --- one point: exact integrals over one variable --------------------------------------------------------------------


def exact_transform(theta: float, damping: Damping) -> float:
    """E exp(-θ s(z)² e^{2z-2}) for x = 1, piece by piece between the jumps of s."""
    jumps = [-12.0, *(damping.edges[:-1] if damping.active else ()), 2.0, 5.0, 12.0]
    total = 0.0
    for low, high in zip(sorted(jumps), sorted(jumps)[1:], strict=False):
        s = float(weights(damping, np.array([(low + high) / 2]))[0])
        total += quad(lambda z, s=s: math.exp(-theta * s * s * math.exp(2 * z - 2)) * norm.pdf(z), low, high)[0]
    return total


@pytest.mark.parametrize("damping", DAMPINGS)
@pytest.mark.parametrize("theta", [0.1, 1.0, 10.0])
def test_the_bound_exceeds_the_exact_transform_of_one_point(theta: float, damping: Damping) -> None:
    for features in (SIMPLE, SHARP):
        assert tail_of(ONE, features, damping).eigenvalues(theta)[0] > exact_transform(theta, damping)


def test_planted_price_left_out_is_caught() -> None:
    damping = Damping(1.0)
    tail = tail_of(ONE, SHARP, damping)
    without_price = float((tail.resolvent(0.1) / tail.points.K)[0, 0])
    assert without_price < exact_transform(0.1, damping) < tail.eigenvalues(0.1)[0]


def test_planted_doubled_outer_theta_is_caught() -> None:
    tail = tail_of(ONE)
    K = tail.points.K
    doubled = float(((K - 2 * (K - tail.resolvent(0.1))) / K)[0, 0])
    assert doubled < exact_transform(0.1, Damping()) < tail.eigenvalues(0.1)[0]


def test_planted_price_without_its_half_is_caught() -> None:
    """e^{-s²x} - e^{-x} ≤ (1-s²)x/(1 + c x): true on a grid for c = ½(1+s²), false at s = 0, x = 1 for c = 1."""
    s, x = np.meshgrid(np.linspace(0, 1, 101), np.logspace(-3, 3, 301))
    left = np.exp(-(s**2) * x) - np.exp(-x)
    assert np.all(left <= (1 - s**2) * x / (1 + 0.5 * (1 + s**2) * x) + 1e-15)
    assert 1 - math.exp(-1) > 1 / (1 + 1)


def test_price_of_one_point_is_its_formula_and_saturates_without_the_half() -> None:
    """The code's price at n = 1 is θA/(1 + ½θA/Q) per slab; with 1 for ½ it falls below the exact cost."""
    theta, cut = 1.0, 1.0
    tail = tail_of(ONE, SIMPLE, Damping(cut))
    mass, share = norm.sf(cut), norm.sf(cut - 2)
    price = theta * share / (1 + 0.5 * theta * share / mass)
    assert float((tail.price(theta) / tail.points.K)[0, 0]) == pytest.approx(price, rel=1e-12)
    exact = exact_transform(theta, Damping(cut)) - exact_transform(theta, Damping())
    assert theta * share / (1 + theta * share / mass) < exact < price


def test_price_survives_a_slab_whose_probability_underflows() -> None:
    X = np.array([[0.01, 0.0], [0.6, 0.8]])
    tail = tail_of(X, SIMPLE, Damping(2.0, OFFSETS))
    assert np.isfinite(tail.price(0.5)).all()
    assert np.linalg.eigvalsh(tail.price(0.5))[0] >= -1e-12


# --- the tail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damping", [Damping(), Damping(2.2), Damping(1.8, OFFSETS)])
@pytest.mark.parametrize("q", [30, 80, 200])
def test_simulated_failures_stay_below_the_bound(q: int, damping: Damping) -> None:
    """At (1-t)(q, δ=.5), H̃ fails in at most half of the trials; rejected only beyond the binomial 1e-6 quantile."""
    tail, delta, trials = tail_of(POINTS, SHARP, damping), 0.5, 400
    floor, theta = tail.relative_floor(q, delta)
    assert floor > 0
    assert tail.log_failure(theta, q, floor) == pytest.approx(math.log(delta))
    rng = np.random.default_rng(q)
    w = rng.standard_normal((trials, q, 2)) @ POINTS.T
    D = np.exp(w) * weights(damping, w.max(axis=2))[:, :, None]
    H = tail.points.G * (D.transpose(0, 2, 1) @ D) / q
    failures = sum(np.linalg.eigvalsh(matrix - floor * tail.points.K)[0] < 0 for matrix in H)
    assert failures <= binom.isf(1e-6, trials, delta)


def test_exact_failure_of_orthonormal_points_needs_the_trace(
    exact_orthonormal_failure: Callable[[int, int, float], tuple[float, float]],
) -> None:
    """n=10, q=20, t=½: P = .984. The bound with the trace is valid; with λ_max for the trace it would be false."""
    n, q, t = 10, 20, 0.5
    low, high = exact_orthonormal_failure(n, q, t)
    assert high - low < 1e-2
    assert low == pytest.approx(0.984, abs=5e-3)
    tail = tail_of(np.eye(n), SHARP)
    thetas = np.logspace(-2, 1, 40)
    with_trace = min(tail.log_failure(theta, q, 1 - t) for theta in thetas)
    with_largest = min(theta * q * (1 - t) + q * math.log(tail.eigenvalues(theta)[-1]) for theta in thetas)
    assert math.exp(with_trace) >= high
    assert math.exp(with_largest) < low


def test_log_trace_power() -> None:
    assert log_trace_power(np.array([0.25, 0.5]), 3) == pytest.approx(math.log(0.25**3 + 0.5**3))
    assert log_trace_power(np.array([-1e-18, 0.5]), 2) == pytest.approx(2 * math.log(0.5))


# --- definitions and errors ------------------------------------------------------------------------------------------


def test_weights_hold_every_neuron_below_the_cut() -> None:
    damping = Damping(0.7, OFFSETS)
    for weight, edge in zip(damping.weights(float), damping.edges[1:], strict=True):
        assert weight == 0 if math.isinf(edge) else weight * math.exp(edge) == pytest.approx(math.exp(0.7))


def test_blocks_without_second_features_have_no_rows_for_them() -> None:
    blocks: Blocks = tail_of(POINTS).blocks
    assert blocks.moments.shape == (3, 3)
    assert blocks.U.size == 0


@pytest.mark.parametrize("offsets", [(0.5, 0.3), (0.0, 1.0), (-1.0,), (0.5, 0.5)])
def test_offsets_must_increase(offsets: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="increasing"):
        Damping(1.0, offsets)


def test_crude_damping_takes_no_levels() -> None:
    with pytest.raises(ValueError, match="crude"):
        Damping(1.0, (0.5,), crude=True)


def test_repeated_points_are_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        Points.of(np.array([[0.6, 0.8], [0.6, 0.8]]))
