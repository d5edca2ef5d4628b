import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.stats.quantile import quantile_interval


def binomial(n: int, p: float, k: int) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@given(st.integers(1, 400), st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.5]), st.sampled_from([0.9, 0.95, 0.99]))
def test_exact_coverage_for_a_continuous_law(n: int, delta: float, level: float) -> None:
    """On the sample 1..n the bounds are ranks; ranks (l, u) miss the quantile with binomial tail probabilities."""
    result = quantile_interval(np.arange(1, n + 1), delta, level)
    miss, p = (1 - level) / 2, 1 - delta
    if result.upper is None:
        assert p**n > miss * (1 - 1e-12)  # even the largest draw is below the quantile too often
    else:
        above = sum(binomial(n, p, k) for k in range(int(result.upper), n + 1))
        assert above <= miss * (1 + 1e-9)
        assert above + binomial(n, p, int(result.upper) - 1) > miss * (1 - 1e-9)  # the next lower rank would not do
    if result.lower is None:
        assert delta**n > miss * (1 - 1e-12)
    else:
        below = sum(binomial(n, p, k) for k in range(int(result.lower)))
        assert below <= miss * (1 + 1e-9)


def test_too_small_a_sample_has_no_upper_bound() -> None:
    """(1 - delta)^n <= (1 - level)/2 first holds at n = 51 for delta = 0.1 and level = 0.99."""
    assert quantile_interval(range(50), 0.1).upper is None
    assert quantile_interval(range(51), 0.1).upper == 50


def test_estimate_is_the_sample_quantile() -> None:
    result = quantile_interval([3.0, 1.0, 2.0, 5.0, 4.0], 0.2)
    assert result.estimate == 4.0
    assert result.level == 0.99


def test_order_of_the_sample_and_infinite_values() -> None:
    sample = np.array([math.inf, *np.linspace(0, 1, 300)])
    shuffled = np.random.default_rng(0).permutation(sample)
    assert quantile_interval(shuffled, 0.1) == quantile_interval(sample, 0.1)
    assert quantile_interval([math.inf] * 100, 0.1).upper == math.inf


@pytest.mark.parametrize("sample", [[], [1.0, math.nan], [[1.0, 2.0]]])
def test_bad_samples(sample: list[float]) -> None:
    with pytest.raises(ValueError, match="sample"):
        quantile_interval(sample, 0.1)


@pytest.mark.parametrize(("delta", "level"), [(0.0, 0.9), (1.0, 0.9), (0.1, 1.0)])
def test_bad_levels(delta: float, level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_interval([1.0], delta, level)
