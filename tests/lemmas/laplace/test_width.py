"""The search: the reach of the drift, the width it solves for, and gradient descent at that width."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from lemmas import data, model
from lemmas.laplace.tail import Damping, LaplaceTail, log_trace_power
from lemmas.laplace.width import (
    OFFSETS,
    SHARP,
    SIMPLE,
    Search,
    Width,
    cumulative_widths,
    drift_constants,
    needed_sigma,
    reach,
    step_size,
    steps_needed,
)


def two_points(cosine: float) -> np.ndarray:
    return np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]])


def found(X: np.ndarray, delta: float = 0.1) -> tuple[Search, Width]:
    search = Search(X, math.sqrt(len(X)), delta)
    return search, search.best(Damping(offsets=OFFSETS))


@pytest.mark.parametrize(("sigma", "L", "nu"), [(3.0, 2.0, 1.0), (0.5, 4.0, 1.3), (1e-6, 1.0, 1.0), (5e-4, 5.0, 0.7)])
def test_reach_is_the_integral_of_the_drift_bound(sigma: float, L: float, nu: float) -> None:
    end = math.log1p(nu * sigma / L) / nu
    expected = quad(lambda u: end * (sigma - L / nu * math.expm1(nu * end * u)), 0, 1, epsabs=0)[0]
    assert reach(sigma, L, nu) == pytest.approx(expected, rel=1e-7)


def test_reach_falls_as_its_constants_grow() -> None:
    """So that upper bounds on L and ν are on the safe side."""
    assert reach(2.0, 3.0, 1.0) > reach(2.0, 3.1, 1.0)
    assert reach(2.0, 3.0, 1.0) > reach(2.0, 3.0, 1.1)
    assert reach(2.1, 3.0, 1.0) > reach(2.0, 3.0, 1.0)


def test_needed_sigma_is_the_root() -> None:
    for norm_y, L, nu, c in [(1.4, 8.0, 1.0, 0.95), (1e-3, 30.0, 1.0, 0.5), (40.0, 0.5, 1.2, 0.9)]:
        assert c * reach(needed_sigma(norm_y, L, nu, c), L, nu) == pytest.approx(norm_y, rel=1e-9)


def test_step_size_makes_c() -> None:
    eta = step_size(0.95, beta=7.0, lipschitz=3.0, residual=1.4)
    assert 1 - eta * 7.0**2 / 2 - 3.0 * eta * 1.4 / 2 == pytest.approx(0.95)


@given(st.integers(1, 400), st.sampled_from([0.125, 0.25, 0.5, 0.75]), st.sampled_from([0.0, 1.0]))
def test_so_many_steps_are_enough_exactly(count: int, share: float, towards: float) -> None:
    """At a target next to (1 - share)^count, where floats cannot tell whether one step more is needed."""
    eps = math.nextafter(float((1 - Fraction(share)) ** count), towards)
    steps = steps_needed(1.0, eps, share)
    assert (1 - Fraction(share)) ** steps <= eps
    assert steps <= count + 1


def test_no_step_is_needed_where_nothing_is_left() -> None:
    assert steps_needed(0.0, 0.1, 0.5) == steps_needed(0.1, 0.1, 0.5) == 0


def drift_gap(X: np.ndarray, W: np.ndarray, cut: float, direction: np.ndarray, size: float, factor: float = 1) -> float:
    """σ_min(J(W')) - [σ̃₀ - factor (L/ν)(e^{νs} - 1)] at the point W' a distance s = size along a direction."""
    n4, nu = drift_constants(X)
    a = np.concatenate([np.ones(len(W) // 2), -np.ones(len(W) // 2)])
    s = np.minimum(1.0, np.exp(cut - (W @ X.T).max(axis=1)))
    start = np.linalg.svd(model.jacobian(X, W, a) * np.repeat(s, X.shape[1])[None, :])[1][-1]
    moved = W + size * direction / np.linalg.norm(direction)
    actual = np.linalg.svd(model.jacobian(X, moved, a))[1][-1]
    return float(actual - (start - factor * n4 * math.exp(cut) / nu * math.expm1(nu * size)))


def test_drift_bound_holds_and_is_sharp_to_first_order() -> None:
    """In every direction drawn; equality to first order for one point, so a factor below 1 is caught."""
    rng = np.random.default_rng(2)
    X = data.sphere(4, 3, 0).X
    for cut in (-1.0, 0.8, 1.5):
        W, _ = model.coupled(rng.standard_normal((6, 3)))
        assert all(drift_gap(X, W, cut, rng.standard_normal(W.shape), 0.3) >= 0 for _ in range(20))
        inward = -np.exp(W @ X.T) @ X
        assert all(drift_gap(X, W, cut, inward, size) >= 0 for size in (0.02, 0.2, 1.0))
    one, both = np.array([[1.0]]), np.array([[0.3], [0.3]])
    assert drift_gap(one, both, 0.3, -both, 0.01) >= 0
    assert drift_gap(one, both, 0.3, -both, 0.01, factor=0.95) < 0


def test_the_width_is_the_least_at_its_parameters() -> None:
    search, width = found(data.sphere(5, 3, 0).X)
    q, parameters = width.m // 2, width.parameters
    tail = LaplaceTail(search.points, search.blocks(SHARP), parameters.damping)
    budget = search.log_budget(parameters.theta, parameters.damping.cut)
    traces = [log_trace_power(tail.eigenvalues(parameters.theta), pairs) for pairs in (q, q - 1)]
    assert traces[0] <= budget < traces[1]
    assert width.log_failure <= math.log(0.1)
    assert q - 1 < width.root <= q


def test_the_closed_failure_bound_is_the_tail_at_the_needed_floor() -> None:
    """exp(θσ*²/2λ) tr 𝓜^q is log_failure at 1-t = σ*²/(2qλ): t cancels."""
    search, width = found(data.sphere(3, 3, 1).X)
    damping, theta, q = width.parameters.damping, width.parameters.theta, width.m // 2
    sigma = needed_sigma(search.norm_y, search.n4 * math.exp(damping.cut), search.nu, search.c)
    tail = LaplaceTail(search.points, search.blocks(SHARP), damping)
    floor = sigma**2 / (2 * q * search.points.smallest)
    assert tail.log_failure(theta, q, floor) == pytest.approx(width.log_failure, rel=1e-9)
    assert 0 < floor < 1


def test_each_ingredient_narrows_the_proved_width() -> None:
    rows = cumulative_widths(two_points(0.56), math.sqrt(2), 0.1)
    widths = list(rows.values())
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 10 * widths[-1]
    assert widths[-1] < 100


@pytest.mark.slow
@pytest.mark.parametrize(("n", "d"), [(5, 3), (5, 10), (10, 5), (20, 10), (30, 20)])
def test_the_ingredients_narrow_the_proved_width_of_spheres(n: int, d: int) -> None:
    rows = cumulative_widths(data.sphere(n, d, 0).X, math.sqrt(n), 0.1)
    widths = list(rows.values())
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 4 * widths[-1]


def test_best_single_is_no_worse_than_its_starting_feature() -> None:
    search = Search(data.sphere(2, 2, 0).X, math.sqrt(2), 0.1)
    assert search.best_single(Damping(offsets=OFFSETS)).m <= search.best(Damping(offsets=OFFSETS), SIMPLE).m


def test_widths_grow_as_delta_falls_and_with_the_labels() -> None:
    X = data.sphere(2, 2, 0).X
    base = found(X)[1].m
    assert found(X, 0.001)[1].m > base
    assert Search(X, 3.0, 0.1).best(Damping(offsets=OFFSETS)).m > base


def test_gradient_descent_converges_at_the_proved_width() -> None:
    """Where the drift condition is met at initialization GD stays inside and descends; and it is met often."""
    X, y = two_points(0.56), np.array([1.0, -1.0])
    _, width = found(X)
    n4, nu = drift_constants(X)
    cut, met = width.parameters.damping.cut, 0
    for seed in range(12):
        W, a = model.coupled(np.random.default_rng(seed).standard_normal((width.m // 2, 2)))
        largest = (W @ X.T).max(axis=1)
        s = _weights(width.parameters.damping, largest)
        sigma = np.linalg.svd(model.jacobian(X, W, a) * np.repeat(s, 2)[None, :])[1][-1]
        L = n4 * math.exp(cut)
        if 0.95 * reach(sigma, L, nu) <= np.linalg.norm(y):
            continue
        met += 1
        radius = math.log1p(nu * sigma / L) / nu
        lipschitz = n4 * math.exp(largest.max() + nu * radius)
        beta = np.linalg.norm(model.jacobian(X, W, a), 2) + lipschitz * radius
        eta = step_size(0.95, beta, lipschitz, float(np.linalg.norm(y)))
        start, errors = W, [float(np.linalg.norm(y))]
        for _ in range(300):
            W = model.gd_step(X, W, a, y, eta)
            errors.append(float(np.linalg.norm(model.residual(X, W, a, y))))
            assert np.linalg.norm(W - start) < radius
        assert all(later < earlier for earlier, later in itertools.pairwise(errors))
    assert met >= 10


def _weights(damping: Damping, largest: np.ndarray) -> np.ndarray:
    slab = np.searchsorted(damping.edges, largest, side="left")
    return np.array([1.0, *damping.weights(float)])[slab]


@pytest.mark.parametrize(("norm_y", "delta", "c"), [(0.0, 0.1, 0.9), (1.0, 0.0, 0.9), (1.0, 1.0, 0.9), (1.0, 0.1, 1.0)])
def test_bad_levels_are_refused(norm_y: float, delta: float, c: float) -> None:
    with pytest.raises(ValueError, match="need norm_y"):
        Search(two_points(0.56), norm_y, delta, c)


def test_hopeless_data_are_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        Search(np.array([[0.6, 0.8], [0.6, 0.8]]), 1.0, 0.1)
    search = Search(two_points(0.56), 1.4, 0.1)
    vacuous = LaplaceTail(search.points, search.blocks(SIMPLE), Damping(0.1))
    with pytest.raises(ValueError, match="not below 1"):
        search.width(5.0, vacuous, SIMPLE)
