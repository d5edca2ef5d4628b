"""Descent in the features is descent in the weights: what it keeps is what the weights give."""

from __future__ import annotations

import numpy as np
import pytest

from lemmas import data, model
from lemmas.kernels import Floats
from lemmas.simulation import simulate
from lemmas.simulation.features import Features
from lemmas.simulation.simulate import Init

POINTS = data.sphere(4, 3, 0)
MANY = data.sphere(5, 2, 0)  # more than twice their dimension
FEW = data.sphere(2, 5, 0)  # fewer than their dimension
X = POINTS.X


def labels(points: data.DataSet) -> Floats:
    assert points.y is not None
    return points.y


def begun(init: Init, d: int = 3) -> tuple[Floats, Floats]:
    starts = [simulate.start(12, d, np.random.default_rng(k), init) for k in range(3)]
    W, a = (np.stack(arrays) for arrays in zip(*starts, strict=True))
    return W, a


@pytest.mark.parametrize("init", ["coupled", "independent"])
@pytest.mark.parametrize("points", [POINTS, MANY, FEW], ids=lambda points: points.name)
@pytest.mark.parametrize("eta", [1e-3, 0.1])  # steps whose change of a preactivation is small, and is not
def test_steps_are_those_of_the_model(init: Init, eta: float, points: data.DataSet) -> None:
    (W, a), X, y = begun(init, points.d), points.X, labels(points)
    W *= 0.3
    features = Features(X, W, a, moves=True)
    weights = list(W)
    for _ in range(3):
        e = np.stack([model.residual(X, one, signs, y) for one, signs in zip(weights, a, strict=True)])
        np.testing.assert_allclose(y - features.outputs(), e, rtol=1e-9, atol=1e-11)
        features.step(eta * (y - features.outputs()))
        weights = [model.gd_step(X, one, signs, y, eta) for one, signs in zip(weights, a, strict=True)]
    signed = np.stack([signs * model.features(X, one) for one, signs in zip(weights, a, strict=True)])
    np.testing.assert_allclose(features.signed, signed.transpose(2, 0, 1), rtol=1e-9)
    moves = np.stack([((one - first) ** 2).sum(axis=1) for one, first in zip(weights, W, strict=True)])
    np.testing.assert_allclose(features.squared_moves(), moves.T, rtol=1e-9)
    for k, one in enumerate(weights):
        squares = np.linalg.svd(model.jacobian(X, one, a[k]))[1] ** 2
        np.testing.assert_allclose(features.spectra(features.signed)[k], np.sort(squares), rtol=1e-6)


def test_those_that_are_kept_go_on_as_before() -> None:
    W, a = begun("coupled")
    every, some = (Features(X, W, a, moves=True) for _ in range(2))
    some.keep(np.array([True, False, True]))
    for features in (every, some):
        features.step(1e-3 * (labels(POINTS) - features.outputs()))
    np.testing.assert_array_equal(some.signed, every.signed[:, [0, 2]])
    np.testing.assert_array_equal(some.moved, np.asarray(every.moved)[:, [0, 2]])


@pytest.mark.parametrize("points", [POINTS, MANY, FEW], ids=lambda points: points.name)
def test_moves_are_kept_only_where_asked_for(points: data.DataSet) -> None:
    W, a = begun("coupled", points.d)
    without, moving = (Features(points.X, W, a, moves) for moves in (False, True))
    for features in (without, moving):
        features.step(np.ones((3, points.n)) * 1e-3)
        features.keep(np.array([True, True, False]))
    assert without.moved is None
    assert moving.moved is not None
    assert moving.moved.shape == (12, 2, min(points.n, points.d))
    np.testing.assert_array_equal(without.signed, moving.signed)
