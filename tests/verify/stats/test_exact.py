import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.stats.eprocess import SequentialTest, trials_if_clean
from verify.stats.exact import exact_rejection_probability, stopping_law

SIDES = ("support", "refute")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("delta", "alpha"), [(0.1, 0.01), (0.5, 0.05), (0.01, 0.1)])
def test_size_at_delta_is_at_most_alpha_for_ten_thousand_looks(delta: float, alpha: float, side: str) -> None:
    size = exact_rejection_probability(delta, alpha, 10_000, delta, side)  # type: ignore[arg-type]
    assert alpha / 20 < size <= alpha  # the lower limit: the bound is not met by never rejecting


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(1e-4, 0.5), st.floats(0, 1))
def test_size_on_the_whole_null(delta: float, alpha: float, share: float) -> None:
    above, below = delta + share * (1 - delta), share * delta
    assert exact_rejection_probability(delta, alpha, 300, min(above, 1.0), "support") <= alpha
    assert exact_rejection_probability(delta, alpha, 300, below, "refute") <= alpha


def test_power_tends_to_one_on_the_alternative() -> None:
    assert exact_rejection_probability(0.1, 0.01, 2000, 0.05, "support") > 0.99
    assert exact_rejection_probability(0.1, 0.01, 2000, 0.2, "refute") > 0.99


@pytest.mark.parametrize(("delta", "p"), [(0.3, 0.3), (0.5, 0.1), (0.2, 0.9)])
def test_recursion_equals_enumeration_of_all_sequences(delta: float, p: float) -> None:
    """Runs the sequential test itself on all 2^11 sequences."""
    horizon, alphas = 11, (0.2, 0.15)
    mass = {(state, n): 0.0 for state in ("supported", "refuted") for n in range(1, horizon + 1)}
    for outcomes in itertools.product((False, True), repeat=horizon):
        test = SequentialTest(delta, *alphas, cap=horizon)
        if test.run(outcomes) != "capped":
            mass[test.state, test.trials] += p ** sum(outcomes) * (1 - p) ** (horizon - sum(outcomes))
    law = stopping_law(delta, p, horizon, *alphas)
    assert law.support == pytest.approx([mass["supported", n] for n in range(1, horizon + 1)], abs=1e-14)
    assert law.refute == pytest.approx([mass["refuted", n] for n in range(1, horizon + 1)], abs=1e-14)
    assert law.support.sum() + law.refute.sum() > 0.05  # the comparison saw decisions


def test_mean_trials() -> None:
    """Clean runs cost what the closed form says; refuting 0.2 costs near 150 trials, as measured before."""
    assert stopping_law(0.1, 0.0, 1000, 0.01, 0.01).mean_trials == trials_if_clean(0.1, 0.01) == 53
    refuting = stopping_law(0.1, 0.2, 4000, 0.01, 0.01)
    assert refuting.refute.sum() > 0.9999
    assert refuting.mean_trials == pytest.approx(148, abs=2)
    capped = stopping_law(0.1, 0.1, 20, 1e-9, 1e-9)
    assert capped.mean_trials == pytest.approx(20, abs=1e-6)


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="side"):
        exact_rejection_probability(0.1, 0.1, 10, 0.1, "both")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="horizon"):
        stopping_law(0.1, 1.5, 10, 0.1, 0.1)
