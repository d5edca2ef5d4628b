import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.stats.bisect import ThresholdEstimate, Trial, find_threshold

OPTIONS: dict[str, Any] = {"seed": 0, "check": "check", "case": "case", "largest": 1000}


def search(trial: Trial, delta: float = 0.2, **options: Any) -> ThresholdEstimate:
    return find_threshold(trial, delta, **{**OPTIONS, **options})


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 1000), st.sampled_from([1, 2, 7]))
def test_a_sharp_threshold_is_found_exactly(threshold: int, step: int) -> None:
    result = search(lambda m, rng: m >= threshold, step=step)
    first = math.ceil(threshold / step) * step
    if first > 1000:
        assert result.upper is None
        assert result.lower == 1000 // step * step
    else:
        assert result.estimate == result.upper == first
        assert result.lower == (first - step if first > step else None)
    assert result.undecided == ()
    assert all(probe.m % step == 0 and probe.m <= 1000 for probe in result.probes)


@pytest.mark.parametrize("threshold", [1, 10, 63, 64, 65, 300, 1001])
def test_where_doubling_begins_changes_the_probes_alone(threshold: int) -> None:
    plain, later = (search(lambda m, rng: m >= threshold, first=first) for first in (1, 64))
    assert (later.estimate, later.lower, later.upper) == (plain.estimate, plain.lower, plain.upper)
    assert {probe.m for probe in later.probes} >= {64}
    assert (min(probe.m for probe in later.probes) < 64) == (threshold <= 64)


def noisy(m: int, rng: np.random.Generator) -> bool:
    return bool(rng.random() > math.exp(-m / 10))  # fails with probability 0.2 at m = 16.09


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_covers_a_gradual_threshold(seed: int) -> None:
    result = search(noisy, seed=seed, cap=1500)
    assert result.lower is not None
    assert result.upper is not None
    assert result.lower < 16.1 <= result.upper
    assert result.upper - result.lower <= 8
    assert result.estimate is not None
    assert result.lower < result.estimate <= result.upper


def test_a_small_cap_is_reported_as_undecided() -> None:
    result = search(noisy, cap=60)
    assert result.undecided
    assert result.lower is None or result.lower < min(result.undecided)
    assert result.upper is None or max(result.undecided) < result.upper
    for probe in result.probes:
        assert (probe.state == "capped") == (probe.trials == 60)


def test_nothing_is_claimed_where_no_trial_count_can_decide() -> None:
    result = search(noisy, cap=1)
    assert (result.lower, result.upper) == (None, None)
    assert {probe.state for probe in result.probes} == {"capped"}


def test_failure_everywhere_and_success_everywhere() -> None:
    never = search(lambda m, rng: False)
    assert (never.estimate, never.lower, never.upper) == (None, 1000, None)
    always = search(lambda m, rng: True, step=4)
    assert (always.estimate, always.lower, always.upper) == (4, None, 4)


def test_the_seed_decides_and_repeats() -> None:
    assert search(noisy, cap=300) == search(noisy, cap=300)
    assert search(noisy, cap=300) != search(noisy, cap=300, seed=1)


def test_each_trial_has_its_own_stream() -> None:
    seen: set[float] = set()
    calls = 0

    def trial(m: int, rng: np.random.Generator) -> bool:
        nonlocal calls
        calls += 1
        seen.add(float(rng.random()))
        return m >= 5

    result = search(trial)
    assert len(seen) == calls == sum(probe.trials for probe in result.probes)


def test_misuse() -> None:
    for options in ({"step": 0}, {"largest": 1, "step": 2}, {"alpha": 0.0}, {"cap": 0}):
        with pytest.raises(ValueError, match=r"step|alpha|cap"):
            search(noisy, **options)


def test_trials_run_together_give_the_same_result() -> None:
    asked: list[int] = []

    def several(m: int, rngs: Sequence[np.random.Generator]) -> list[bool]:
        asked.append(len(rngs))
        return [noisy(m, rng) for rng in rngs]

    one, many = search(noisy, cap=300), find_threshold(several, 0.2, **OPTIONS, cap=300, together=True)
    assert one == many
    assert max(asked) > 1
    assert sum(asked) >= sum(probe.trials for probe in many.probes)


def test_a_coarse_resolution_tries_fewer_widths() -> None:
    fine, coarse = (search(lambda m, rng: m >= 700, resolution=factor) for factor in (1.0, 1.5))
    assert len(coarse.probes) < len(fine.probes)
    assert coarse.lower is not None
    assert coarse.upper is not None
    assert coarse.lower < 700 <= coarse.upper <= 1.5 * coarse.lower
