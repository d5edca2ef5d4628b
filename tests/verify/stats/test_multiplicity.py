import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.stats.multiplicity import adjusted_log_e, e_bonferroni, e_holm

families = st.lists(st.floats(-20, 20), max_size=7)


@given(families)
def test_adjusted_values_equal_brute_force_closed_testing(log_e: list[float]) -> None:
    values = np.exp(log_e)
    for index, adjusted in enumerate(adjusted_log_e(log_e)):
        subsets = itertools.chain.from_iterable(
            itertools.combinations(range(len(values)), size) for size in range(1, len(values) + 1)
        )
        smallest = min(float(values[list(subset)].mean()) for subset in subsets if index in subset)
        assert math.exp(adjusted) == pytest.approx(smallest, rel=1e-9)


@given(st.lists(st.floats(-50, 50), max_size=30), st.floats(1e-9, 0.5))
def test_holm_rejects_whatever_bonferroni_rejects(log_e: list[float], alpha: float) -> None:
    nudged = e_holm(np.array(log_e) + 1e-9, alpha)  # equality at the level is lost to rounding
    assert not (e_bonferroni(log_e, alpha) & ~nudged).any()


def test_holm_is_strictly_better_somewhere() -> None:
    log_e = np.log([1000.0, 900.0])
    assert e_holm(log_e, 1 / 900).tolist() == [False, True] or e_holm(log_e, 1 / 890).tolist() == [True, True]
    assert e_bonferroni(log_e, 1 / 890).tolist() == [False, False]


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_family_wise_error_in_the_worst_case(count: int) -> None:
    """Disjoint false alarms: e_i = K/alpha on an event of probability alpha/K, else 0.  The error is exactly alpha."""
    alpha = 0.01
    for procedure in (e_bonferroni, e_holm):
        error = 0.0
        for hit in range(count):
            log_e = np.full(count, -np.inf)
            log_e[hit] = math.log(count / alpha) + 1e-12
            error += alpha / count * bool(procedure(log_e, alpha).any())
        assert error == pytest.approx(alpha)


def test_a_value_below_the_family_level_is_not_rejected() -> None:
    log_e = np.array([math.log(100.0)] + [-np.inf] * 9)
    assert not e_bonferroni(log_e, 0.01).any()
    assert not e_holm(log_e, 0.01).any()
    assert e_holm(log_e[:1], 0.0100001).all()


def test_extremes() -> None:
    assert e_holm([], 0.1).shape == e_bonferroni([], 0.1).shape == (0,)
    assert e_holm([math.inf, -math.inf], 0.01).tolist() == [True, False]
    assert e_holm([2000.0, 3000.0], 0.01).all()  # no overflow
    with pytest.raises(ValueError, match="NaN"):
        e_holm([math.nan], 0.1)
    with pytest.raises(ValueError, match="alpha"):
        e_bonferroni([1.0], 1.0)
