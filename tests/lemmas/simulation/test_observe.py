"""What is read off simulations: intervals, both starts, the parameters of typical runs."""

from __future__ import annotations

import numpy as np
import pytest

from lemmas import data, model
from lemmas.simulation import observe, simulate
from verify.checks.base import EFFORTS
from verify.stats.bisect import find_threshold

PAIR = data.orthonormal(2)
SETTING = observe.Setting(PAIR.name, PAIR.X, PAIR.y, 0.3, 0.1, 0)


def test_both_starts_with_intervals() -> None:
    found = observe.observe(SETTING, observe.Effort(60, 2.0))
    assert list(found) == ["coupled", "independent"]
    for start in found.values():
        for seen in start.values():
            assert seen["confidence"] == 0.95
            assert (seen["lower"] or 0) < seen["estimate"] <= (seen["upper"] or np.inf)
            assert seen["largest"] >= seen["estimate"]
    for end in ("estimate", "lower", "upper", "largest"):  # two neurons for each Gaussian vector
        assert found["coupled"]["gram"][end] == 2 * found["independent"]["gram"][end]
    assert observe.largest_simulated(found) == max(start["descent"]["largest"] for start in found.values())


def test_the_observed_width_is_enough() -> None:
    """On fresh draws at the upper end, no more fail than are allowed, within six standard deviations."""
    upper = observe.observe(SETTING, observe.Effort(60, 2.0))["coupled"]["descent"]["upper"]
    rngs = [np.random.default_rng([1, index]) for index in range(200)]
    runs = simulate.descents(PAIR.X, [SETTING.labels(rng) for rng in rngs], upper, observe.STEPS, 0.1, rngs, "coupled")
    assert (runs.size > 0.1).sum() <= 200 * 0.3 + 6 * np.sqrt(200 * 0.3 * 0.7)


def test_typical_runs() -> None:
    found = observe.typical(SETTING, 64)
    assert set(found) == {"B", "B1", "R", "eta", "t"}
    assert found["B1"] <= found["B"]
    starts = [np.random.default_rng(seed).standard_normal((32, 2)) for seed in range(400)]
    bounds = [model.max_abs_preactivation(PAIR.X, start) for start in starts]
    assert np.quantile(bounds, 0.5) < found["B"] < np.quantile(bounds, 0.9)
    assert 0 < found["R"] < 1
    assert 0 < found["eta"] < 1


def test_random_labels_where_there_are_none() -> None:
    unlabelled = observe.Setting("pair", PAIR.X, None, 0.3, 0.1, 0)
    labels = {tuple(unlabelled.labels(np.random.default_rng(seed))) for seed in range(20)}
    assert labels == {(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)}


@pytest.mark.parametrize("name", ["quick", "standard"])
def test_a_start_without_failures_can_be_supported(name: str) -> None:
    """The cap of a probe is large enough for the sequential test to decide when nothing fails."""
    much = observe.effort(EFFORTS[name].trials)
    always = find_threshold(
        lambda m, rng: True, 0.1, seed=0, check="c", case="c", largest=observe.WIDEST_DESCENT, step=2, cap=much.cap
    )
    assert always.upper == 2
