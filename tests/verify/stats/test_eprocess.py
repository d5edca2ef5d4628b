import dataclasses
import json
import math

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.stats.eprocess import (
    SequentialTest,
    confidence_bounds,
    crossed,
    log_e_refute,
    log_e_support,
    trials_if_clean,
)

deltas = st.floats(1e-6, 1 - 1e-6)


@st.composite
def counts(draw: st.DrawFn, largest: int = 5000) -> tuple[int, int]:
    trials = draw(st.integers(0, largest))
    return draw(st.integers(0, trials)), trials


def angle_integral(failures: int, trials: int, delta: float, side: str) -> float:
    """The mixture as an integral over the angle, to 25 digits: shares nothing with the closed form."""
    with mp.workdps(25):
        root = mp.sqrt(mp.mpf(delta))
        phi = mp.asin(root) if side == "support" else mp.acos(root)
        failure, success = (mp.sin, mp.cos) if side == "support" else (mp.cos, mp.sin)

        def ratio(u: mp.mpf) -> mp.mpf:
            misses = (failure(phi * u) / failure(phi)) ** (2 * failures)
            return misses * (success(phi * u) / success(phi)) ** (2 * (trials - failures))

        nodes = [0] + [1 - mp.mpf(4) ** (-j) for j in range(1, 20)] + [1]
        return float(mp.log(mp.quad(ratio, nodes)))


@pytest.mark.parametrize(
    ("failures", "trials", "delta"),
    [
        (0, 1, 0.1),
        (3, 10, 0.2),
        (10, 10, 0.7),
        (0, 53, 0.1),
        (40, 300, 0.1),
        (0, 5000, 1e-3),
        (0, 10**9, 1e-6),  # refute side: underflow branch
        (900, 1000, 0.01),  # support side: underflow branch
        (0, 10**14, 1e-12),
        (0, 100_000, 0.9),
    ],
)
def test_closed_form_equals_the_integral(failures: int, trials: int, delta: float) -> None:
    for side, closed in (("support", log_e_support), ("refute", log_e_refute)):
        expected = angle_integral(failures, trials, delta, side)
        assert closed(failures, trials, delta) == pytest.approx(expected, rel=1e-11, abs=1e-11)


@given(counts(), deltas)
def test_martingale_at_delta(count: tuple[int, int], delta: float) -> None:
    """At p = delta the mean of the next e-value is the present one, exactly."""
    failures, trials = count
    for log_e in (log_e_support, log_e_refute):
        now = log_e(failures, trials, delta)
        worse, better = log_e(failures + 1, trials + 1, delta), log_e(failures, trials + 1, delta)
        mean = delta * math.exp(worse - now) + (1 - delta) * math.exp(better - now)
        assert mean == pytest.approx(1, rel=1e-8)


@given(counts(), deltas)
def test_failures_speak_against_support_and_for_refutation(count: tuple[int, int], delta: float) -> None:
    """Hence a supermartingale on the whole null: a null further from the alternative lowers the mean."""
    failures, trials = count
    assert log_e_support(failures + 1, trials + 1, delta) < log_e_support(failures, trials + 1, delta)
    assert log_e_refute(failures + 1, trials + 1, delta) > log_e_refute(failures, trials + 1, delta)


@given(counts(10**9), st.integers(1, 1023))
def test_mirror_image(count: tuple[int, int], numerator: int) -> None:
    failures, trials = count
    delta = numerator / 1024  # 1 - delta is exact
    support = log_e_support(failures, trials, delta)
    assert support == pytest.approx(log_e_refute(trials - failures, trials, 1 - delta), rel=1e-9, abs=1e-5)


@given(counts(10**6), deltas)
def test_never_both_above_one(count: tuple[int, int], delta: float) -> None:
    assert min(log_e_support(*count, delta), log_e_refute(*count, delta)) <= 1e-6


def test_no_evidence_before_the_first_trial() -> None:
    assert log_e_support(0, 0, 0.1) == pytest.approx(0, abs=1e-14)
    assert log_e_refute(0, 0, 0.1) == pytest.approx(0, abs=1e-14)


@given(st.floats(1e-12, 0.5))
def test_the_threshold_is_one_over_alpha(alpha: float) -> None:
    assert crossed(math.log(1 / alpha) + 1e-9, alpha)
    assert not crossed(math.log(1 / alpha) - 1e-9, alpha)


def test_measured_cost_of_a_clean_run() -> None:
    assert trials_if_clean(0.1, 0.01) == 53


@given(st.floats(1e-9, 0.99), st.floats(1e-12, 0.5))
def test_clean_run_crosses_exactly_at_the_stated_trial(delta: float, alpha: float) -> None:
    trials = trials_if_clean(delta, alpha)
    assert crossed(log_e_support(0, trials, delta), alpha)
    assert not crossed(log_e_support(0, trials - 1, delta), alpha)


def test_clean_sequence_is_supported_at_that_trial() -> None:
    test = SequentialTest(0.1, 0.01, cap=1000)
    drawn = iter([False] * 1000)
    assert test.run(drawn) == "supported"
    assert test.trials == 53
    assert len(list(drawn)) == 1000 - 53  # nothing beyond the decision was drawn


outcome_lists = st.lists(st.booleans(), max_size=150) | st.lists(st.sampled_from([False] * 15 + [True]), max_size=150)


@given(outcome_lists, st.lists(st.integers(0, 40), max_size=8))
def test_decision_does_not_depend_on_chunks(outcomes: list[bool], sizes: list[int]) -> None:
    whole = SequentialTest(0.1, 0.05, 0.05, cap=120)
    whole.run(outcomes)
    chunked = SequentialTest(0.1, 0.05, 0.05, cap=120)
    start = 0
    for size in [*sizes, len(outcomes)]:
        chunked.run(outcomes[start : start + size])
        start += size
    assert chunked.summary() == whole.summary()


@given(outcome_lists)
def test_state_is_the_first_crossing(outcomes: list[bool]) -> None:
    test = SequentialTest(0.1, 0.05, 0.05, cap=100)
    test.run(outcomes)
    expected = ("running", len(outcomes))
    for index in range(1, len(outcomes) + 1):
        failures = sum(outcomes[:index])
        if crossed(log_e_refute(failures, index, 0.1), 0.05):
            expected = ("refuted", index)
        elif crossed(log_e_support(failures, index, 0.1), 0.05):
            expected = ("supported", index)
        elif index == 100:
            expected = ("capped", index)
        if expected[0] != "running":
            break
    assert (test.state, test.trials) == expected


def test_all_three_ends_are_reached() -> None:
    ends = {
        "supported": [False] * 300,
        "refuted": [True] * 300,
        "capped": ([True] + [False] * 9) * 30,
    }
    for state, outcomes in ends.items():
        assert SequentialTest(0.1, cap=300).run(outcomes) == state


def test_a_stopped_test_takes_no_more() -> None:
    test = SequentialTest(0.1, cap=2)
    test.run([False, True])
    assert test.state == "capped"
    with pytest.raises(RuntimeError, match="stopped"):
        test.observe(False)
    assert test.run([True] * 50) == "capped"
    assert (test.trials, test.failures) == (2, 1)


def test_impossible_input_is_refused() -> None:
    test = SequentialTest(0.1, cap=10)
    for failures, trials in ((2, 1), (-1, 1), (0, 11)):
        with pytest.raises(ValueError, match="impossible batch"):
            test.update(failures, trials)
    for bad in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="delta"):
            SequentialTest(bad, cap=1)
        with pytest.raises(ValueError, match="alpha_refute"):
            SequentialTest(0.5, 0.1, bad, cap=1)
    with pytest.raises(ValueError, match="cap"):
        SequentialTest(0.5, cap=0)
    with pytest.raises(ValueError, match="failures"):
        log_e_support(2, 1, 0.5)


@given(counts(2000), st.floats(1e-6, 0.2))
def test_bounds_are_where_the_tests_at_half_alpha_decide(count: tuple[int, int], alpha: float) -> None:
    """With the exact size of those tests (test_exact) this is the coverage of the confidence sequence."""
    failures, trials = count
    lower, upper = confidence_bounds(failures, trials, alpha)
    assert 0 <= lower <= upper <= 1
    if trials:
        assert lower <= failures / trials <= upper
    if lower > 0:
        assert crossed(log_e_refute(failures, trials, lower), alpha / 2)
        assert not crossed(log_e_refute(failures, trials, lower * (1 + 1e-9)), alpha / 2)
    if upper < 1:
        assert crossed(log_e_support(failures, trials, upper), alpha / 2)
        assert not crossed(log_e_support(failures, trials, upper * (1 - 1e-9)), alpha / 2)


@given(counts(2000), st.floats(0.01, 0.9), st.floats(1.001, 1.1))
def test_e_values_are_monotone_in_delta(count: tuple[int, int], delta: float, factor: float) -> None:
    """What makes the confidence set an interval."""
    assert log_e_support(*count, delta * factor) >= log_e_support(*count, delta) - 1e-9
    assert log_e_refute(*count, delta * factor) <= log_e_refute(*count, delta) + 1e-9


def test_interval_agrees_with_the_decision() -> None:
    test = SequentialTest(0.1, 0.01, cap=1000)
    test.run([False] * 1000)
    assert test.interval(0.02)[1] <= 0.1 < confidence_bounds(0, 52, 0.02)[1]


def test_no_trials_no_information() -> None:
    assert confidence_bounds(0, 0, 0.1) == (0.0, 1.0)


def test_summary_survives_json() -> None:
    test = SequentialTest(0.1, cap=500)
    test.run([False, True] * 250)
    summary = test.summary(alpha=0.1)
    data = json.loads(json.dumps(dataclasses.asdict(summary), allow_nan=False))
    assert data["state"] == test.state == "refuted"
    assert type(summary)(**data) == summary
    assert (summary.p_lower, summary.p_upper) == test.interval(0.1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.state = "supported"  # type: ignore[misc]
