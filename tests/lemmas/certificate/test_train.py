"""The float run: reproducible, monotone where it chooses the step, and honest where it cannot go on."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from lemmas import model
from lemmas.certificate.bounds import Network
from lemmas.certificate.train import KAPPA, Checkpoint, TrainingStopped, draw_start, train


def start(seed: int = 0, n: int = 4, d: int = 3, m: int = 8, init: str = "coupled") -> Network:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return Network(X, rng.uniform(-1, 1, n), *draw_start(d, m, init, seed))


def residual(net: Network) -> float:
    return float(model.frobenius(model.residual(net.X, net.W, net.signs, net.y)))


def test_coupled_start_is_exactly_zero_and_independent_is_not() -> None:
    net = start()
    assert not model.network(net.X, net.W, net.signs).any()
    W, signs = draw_start(3, 7, "independent", 0)
    assert W.shape == (7, 3)
    assert set(signs) <= {-1.0, 1.0}
    assert len(np.unique(W)) == 21


def test_the_seed_decides() -> None:
    assert np.array_equal(start(1).W, start(1).W)
    assert not np.array_equal(draw_start(3, 8, "coupled", 1)[0], draw_start(3, 8, "coupled", 2)[0])


@pytest.mark.parametrize(
    ("width", "init", "message"),
    [(7, "coupled", "even width"), (0, "independent", "at least 1"), (4, "zero", "coupled or independent")],
)
def test_impossible_starts_are_named(width: int, init: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_start(3, width, init, 0)


def test_checkpoints_thin_out_and_end_at_stop() -> None:
    seen = [point.iterate for point in train(start(), None, 100)]
    assert seen[:9] == list(range(9))
    assert seen[-1] == 100
    assert all(1 <= b - a <= max(1, a // 8) for a, b in pairwise(seen))
    assert [point.iterate for point in train(start(), None, 0)] == [0]


def test_a_given_step_is_plain_gradient_descent() -> None:
    net = start()
    last = list(train(net, Fraction(1, 1000), 57))[-1]
    assert last.eta == Fraction(1, 1000)
    assert np.array_equal(last.net.W, model.gd(net.X, net.W, net.signs, net.y, 0.001, 57))


@pytest.mark.parametrize("init", ["coupled", "independent"])
def test_an_automatic_step_is_small_enough_and_lowers_the_residual(init: str) -> None:
    points = list(train(start(3, init=init), None, 200))
    for point in points:
        H = len(point.net.W) * model.gram(point.net.X, point.net.W)
        assert 0 < point.eta * model.spectral_norm(H) <= KAPPA * (1 + 1e-9)
        assert point.eta.numerator == 1
    assert all(residual(b.net) < residual(a.net) for a, b in pairwise(points))


def test_a_step_that_overflows_is_told() -> None:
    with pytest.raises(TrainingStopped, match="overflowed between iterates 0 and 1"):
        list(train(start(), Fraction(10**6), 50))


def test_a_run_at_the_rounding_level_stalls() -> None:
    net = start()
    nearly = model.network(net.X, net.W, net.signs) + 1e-13
    points: list[Checkpoint] = []
    with pytest.raises(TrainingStopped, match="stalled at iterate"):
        points.extend(train(Network(net.X, nearly, net.W, net.signs), None, 10**6))
    assert residual(points[-1].net) < 1e-14


@pytest.mark.parametrize("weights", [1e3, -1e3])
def test_a_jacobian_out_of_range_is_told(weights: float) -> None:
    net = Network(np.ones((1, 1)), np.zeros(1), np.full((1, 1), weights), np.ones(1))
    with pytest.raises(TrainingStopped, match="the Jacobian at iterate 0 has norm"):
        list(train(net, None, 5))
