import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from verify.stats.alldelta import LEVELS, AllDeltaTest, dkw_excess, violation_level


def gaussian_bound(delta: float) -> float:
    return math.sqrt(-2 * math.log(delta))


@given(st.floats(0.0, 7.0))
def test_root_of_a_decreasing_bound(observed: float) -> None:
    expected = math.exp(-(observed**2) / 2)
    u = violation_level(observed, gaussian_bound)
    assert u == pytest.approx(expected, rel=1e-10, abs=1e-11)
    if u < 1:
        assert observed > gaussian_bound(u)


def test_no_violation_and_violation_everywhere() -> None:
    assert violation_level(-1.0, gaussian_bound) == 1.0
    assert violation_level(math.inf, gaussian_bound) == pytest.approx(1e-12)
    assert violation_level(1.0, gaussian_bound, delta_max=0.5) == 1.0  # exp(-1/2) lies outside the stated range


@given(st.floats(-2.0, 4.0), st.floats(0.0, 2.0), st.integers(0, 6))
def test_bound_that_is_not_monotone(observed: float, height: float, waves: int) -> None:
    def bound(delta: float) -> float:
        return gaussian_bound(delta) + height * math.sin(waves * math.log(delta))

    u = violation_level(observed, bound, grid_points=25)
    limit = math.log(1e12 - 1)
    grid = 1 / (1 + np.exp(-np.linspace(-limit, limit, 25)[1:-1]))
    first = next((float(delta) for delta in grid if observed > bound(delta)), 1.0)
    assert u <= first * (1 + 1e-9)
    assert u == 1.0 or observed > bound(u)  # a violated delta, so never below the true infimum


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot compare"):
        violation_level(math.nan, gaussian_bound)
    with pytest.raises(ValueError, match="cannot compare"):
        violation_level(1.0, lambda delta: math.nan)


def test_no_evidence_before_the_first_draw() -> None:
    """With the martingale property below: the mean of the e-value is 1 at every time."""
    assert AllDeltaTest(cap=1).log_e == pytest.approx(0, abs=1e-12)


def mean_next_e(draws: list[float], density: Callable[[float], float]) -> float:
    """Mean of the e-value after one more draw of the given density, over the e-value before it."""

    def after(u: float) -> float:
        test = AllDeltaTest(1e-300, cap=1000)
        test.run([*draws, u])
        return math.exp(test.log_e)

    before = AllDeltaTest(1e-300, cap=1000)
    before.run(draws)
    # u = exp(-s) tames the pole of the calibrators at 0
    ends = [0.0, *sorted(-math.log(level) for level in LEVELS), 30.0, 100.0, 600.0]
    total = sum(
        quad(lambda s: after(math.exp(-s)) * density(math.exp(-s)) * math.exp(-s), a, b, epsabs=1e-11)[0]
        for a, b in itertools.pairwise(ends)
    )
    return float(total) / math.exp(before.log_e)


@pytest.mark.parametrize("draws", [[], [0.4], [1e-3, 0.9, 0.02], [1.0] * 5])
def test_martingale_under_the_uniform_law(draws: list[float]) -> None:
    """So by Ville's inequality the error is at most alpha, at any stopping time."""
    assert mean_next_e(draws, lambda u: 1.0) == pytest.approx(1, abs=1e-9)


def test_supermartingale_when_u_is_larger() -> None:
    assert mean_next_e([0.3], lambda u: 2 * u) < 0.95


def test_larger_u_is_less_evidence() -> None:
    def log_e(u: float) -> float:
        test = AllDeltaTest(cap=10)
        test.observe(u)
        return test.log_e

    values = [log_e(u) for u in np.geomspace(1e-12, 1, 60)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0 > values[-1]


def test_excess_at_one_level_only_is_found() -> None:
    """P(U <= 0.5) = 0.7, but nothing below 0.4: minus log U has mean below 1, only the level tests see it."""
    rng = np.random.default_rng(1)
    draws = np.where(rng.random(3000) < 0.7, rng.uniform(0.4, 0.5, 3000), 1.0)
    assert -np.log(draws).mean() < 1
    test = AllDeltaTest(1e-6, cap=3000)
    assert test.run(draws) == "refuted"
    summary = test.summary()
    assert summary.worst_level in (0.5, 0.6)
    assert summary.failures_at_worst > summary.worst_level * summary.trials


def test_excess_of_tiny_values_is_found() -> None:
    draws = np.random.default_rng(2).random(3000) ** 2
    assert AllDeltaTest(1e-6, cap=3000).run(draws) == "refuted"


def test_uniform_and_clean_draws_reach_the_cap() -> None:
    uniform = 1 - np.random.default_rng(3).random(2000)
    for draws in (uniform, np.ones(2000)):
        test = AllDeltaTest(1e-2, cap=2000)
        assert test.run(draws) == "capped"
        assert test.trials == 2000


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=60), st.integers(0, 60))
def test_chunks_do_not_matter(draws: list[float], split: int) -> None:
    whole, parts = AllDeltaTest(0.05, cap=40), AllDeltaTest(0.05, cap=40)
    whole.run(draws)
    parts.run(draws[:split])
    parts.run(draws[split:])
    assert whole.summary() == parts.summary()


def test_misuse() -> None:
    test = AllDeltaTest(0.5, cap=1)
    for bad in (0.0, 1.1, math.nan):
        with pytest.raises(ValueError, match="U must lie"):
            test.observe(bad)
    test.observe(0.5)
    with pytest.raises(RuntimeError, match="stopped"):
        test.observe(0.5)
    with pytest.raises(ValueError, match="cap"):
        AllDeltaTest(cap=0)


def test_dkw_covers_the_true_excess() -> None:
    """U = V^2: P(U <= u) - u = sqrt(u) - u, at most 1/4."""
    rng, alpha, runs = np.random.default_rng(4), 0.1, 2000
    missed = sum(dkw_excess(1 - rng.random(60) ** 2, alpha) < 0.25 for _ in range(runs))
    inside = sum(dkw_excess((1 - rng.random(60)) ** 2, alpha) < 0.25 for _ in range(runs))
    assert missed > 0.9 * runs  # a law with excess 0 has a bound below 1/4: the bound says something
    assert inside <= alpha * runs + 4 * math.sqrt(alpha * runs)


def test_dkw_by_hand() -> None:
    radius = math.sqrt(math.log(20) / 6)
    assert dkw_excess([0.5, 0.1, 0.2], 0.05) == pytest.approx(0.5 + radius)
    assert dkw_excess([1.0, 1.0, 1.0], 0.05) == pytest.approx(radius)
    for draws, alpha in (([], 0.1), ([0.0], 0.1), ([0.5], 0.6)):
        with pytest.raises(ValueError, match=r"sample|alpha"):
            dkw_excess(draws, alpha)
