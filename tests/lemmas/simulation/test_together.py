"""Runs side by side do what each does alone, stop where each should, and an overflow ends one of them only."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from lemmas import data, model
from lemmas.simulation import simulate, together
from lemmas.simulation.features import Features

POINTS = data.sphere(4, 3, 0)
X, FLOOR, EPS = POINTS.X, 1e-4, 0.01
Y: Any = POINTS.y
STEPS = np.array([400, 400, 30])
UNTIL = np.array([1e-4, 0.1, 0.0])


@pytest.fixture(scope="module")
def starts() -> tuple[Any, ...]:
    W, a = map(
        np.stack, zip(*(simulate.start(60, 3, np.random.default_rng(k), "coupled") for k in range(3)), strict=True)
    )
    return W, a, np.array([simulate.step_size(X, one) for one in W])


def watched(starts: tuple[Any, ...], scale: float = 1.0) -> together.Watched:
    W, a, eta = starts
    eta = eta * np.array([1.0, 1.0, scale])
    return together.descend(Features(X, W, a, moves=True), Y, eta, STEPS, UNTIL, eps=EPS, floor=FLOOR, every=10)


def test_each_does_what_it_does_alone(starts: tuple[Any, ...]) -> None:
    found = watched(starts)
    for k, (W, a, eta) in enumerate(zip(*starts, strict=True)):
        path = simulate.gd_path(X, Y, W, a, eta, int(STEPS[k]), stop=UNTIL[k], spectrum_at=range(0, 401, 10))
        falling = max(after / before for before, after in pairwise(path.residual) if before > FLOOR)
        assert found.size[k] == pytest.approx(path.residual[-1], rel=1e-9)
        assert found.distance[k] == pytest.approx(max(path.frobenius_move), rel=1e-9)
        assert found.neuron[k] == pytest.approx(max(path.neuron_move), rel=1e-9)
        assert found.falling[k] == pytest.approx(falling, rel=1e-9)
        reached = next((t for t, size in enumerate(path.residual) if size <= EPS), STEPS[k] + 1)
        assert found.reached[k] == reached
        assert found.taken[k] == len(path.residual) - 1
        assert found.least[k] <= 60 * min(path.lambda_min.values()) * (1 + 1e-9)  # it looks at the end as well
    assert found.size[1] <= UNTIL[1]
    assert found.reached[2] == 31


def test_what_is_looked_at_is_the_least_eigenvalue(starts: tuple[Any, ...]) -> None:
    W, a, eta = starts
    features = Features(X, W, a, moves=True)
    once = together.descend(features, Y, eta, 0 * STEPS, UNTIL, eps=EPS, floor=FLOOR, every=10)
    for k, one in enumerate(W):
        E = np.exp(one @ X.T)
        assert once.least[k] == pytest.approx(np.linalg.eigvalsh((X @ X.T) * (E.T @ E))[0], rel=1e-9)
    assert once.size == pytest.approx(np.full(3, np.linalg.norm(Y)))
    assert list(once.distance) == list(once.neuron) == list(once.falling) == list(once.drift) == [0, 0, 0]


def test_what_is_looked_at_is_the_spectrum_and_the_move_of_the_jacobian(starts: tuple[Any, ...]) -> None:
    """At t = 0 and at the end, seven steps later."""
    W, a, eta = starts
    features = Features(X, W, a, moves=True)
    found = together.descend(features, Y, eta, 0 * STEPS + 7, 0 * UNTIL, eps=EPS, floor=FLOOR, every=10)
    for k in range(3):
        end = model.gd(X, W[k], a[k], Y, eta[k], 7)
        first, last = (model.jacobian(X, weights, a[k]) for weights in (W[k], end))
        values = [np.linalg.svd(J)[1] ** 2 for J in (first, last)]
        assert found.least[k] == pytest.approx(min(v[-1] for v in values), rel=1e-9)
        assert found.most[k] == pytest.approx(max(v[0] for v in values), rel=1e-9)
        assert found.drift[k] == pytest.approx(np.linalg.norm(last - first, 2) / np.linalg.norm(end - W[k]), rel=1e-9)


def test_one_that_overflows_ends_and_the_others_go_on(starts: tuple[Any, ...]) -> None:
    good, bad = watched(starts), watched(starts, scale=1e4)
    assert not np.isfinite(bad.size[2])
    assert bad.taken[2] < STEPS[2] == good.taken[2]
    np.testing.assert_allclose(bad.size[:2], good.size[:2], rtol=1e-8)  # they share the way to an exponential
    np.testing.assert_allclose(bad.least[:2], good.least[:2], rtol=1e-8)
