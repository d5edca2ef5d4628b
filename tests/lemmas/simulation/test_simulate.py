"""Simulated trials: the start is the stated one, success means what it says, a recorded path is the model's."""

from collections.abc import Iterator

import numpy as np
import pytest

from lemmas import data, kernels, model
from lemmas.simulation import simulate
from lemmas.simulation.simulate import Init
from verify.stats.streams import stream

SPHERE = data.sphere(5, 3)
INITS: tuple[Init, Init] = ("coupled", "independent")


def streams(case: str, count: int) -> Iterator[np.random.Generator]:
    return (stream(0, "test-simulate", case, trial) for trial in range(count))


def labels() -> data.Floats:
    assert SPHERE.y is not None
    return SPHERE.y


def test_start_draws_neuron_after_neuron() -> None:
    W, a = simulate.start(6, 3, next(streams("start", 1)), "coupled")
    draws = next(streams("start", 1)).standard_normal((3, 3))
    np.testing.assert_array_equal(W, np.concatenate([draws, draws]))
    np.testing.assert_array_equal(a, [1, 1, 1, -1, -1, -1])
    W, a = simulate.start(3, 3, next(streams("start", 1)), "independent")
    np.testing.assert_array_equal(W, draws)
    assert set(a) <= {-1.0, 1.0}


def test_independent_signs_are_fair_and_independent_of_the_weights() -> None:
    W, a = simulate.start(100_000, 1, next(streams("signs", 1)), "independent")
    assert abs(a.mean()) < 6 / np.sqrt(len(a))
    assert abs((a * W[:, 0]).mean()) < 6 / np.sqrt(len(a))


def test_a_coupled_start_needs_an_even_number() -> None:
    with pytest.raises(ValueError, match="m = 5 is odd"):
        simulate.start(5, 3, next(streams("odd", 1)), "coupled")


def test_step_size_is_half_the_inverse_square_of_the_jacobian_norm() -> None:
    W, a = simulate.start(40, 3, next(streams("eta", 1)), "independent")
    beta = model.spectral_norm(model.jacobian(SPHERE.X, W, a))
    assert simulate.step_size(SPHERE.X, W) == pytest.approx(0.5 / beta**2, rel=1e-12)


def sizes(y: data.Floats, m: int, steps: int, eps: float, case: str, init: Init = "coupled") -> data.Floats:
    """|e| at the end of five descents."""
    rngs = list(streams(case, 5))
    return simulate.descents(SPHERE.X, [y] * 5, m, steps, eps, rngs, init).size


@pytest.mark.parametrize("init", INITS)
def test_a_wide_network_succeeds_and_the_weights_found_fit(init: Init) -> None:
    assert np.all(sizes(labels(), 400, 5000, 1e-3, "wide", init) <= 1e-3)
    for rng in streams("wide", 5):
        W, a = simulate.start(400, 3, rng, init)
        end = kernels.gd_run(SPHERE.X, W, a, labels(), simulate.step_size(SPHERE.X, W), 5000, stop=1e-3)
        assert 0 < end.steps < 5000
        assert np.linalg.norm(model.residual(SPHERE.X, end.W, a, labels())) <= 1e-3 * (1 + 1e-6)


def test_failures_are_failures() -> None:
    assert np.all(sizes(labels(), 400, 3, 1e-3, "fail") > 1e-3)  # too few steps
    assert np.all(sizes(labels(), 2, 2000, 1e-3, "fail") > 1e-3)  # a pair in R^3: J(W(0)) has rank 3 < n = 5
    assert np.all(sizes(labels(), 400, 5000, 1e-3, "fail") <= 1e-3)


def test_success_is_decided_at_eps_itself() -> None:
    W, a = simulate.start(400, 3, next(streams("edge", 1)), "coupled")
    path = simulate.gd_path(SPHERE.X, labels(), W, a, simulate.step_size(SPHERE.X, W), 5000, stop=1e-3)
    needed = len(path.residual) - 1
    assert sizes(labels(), 400, needed, 1e-3, "edge")[0] <= 1e-3
    assert sizes(labels(), 400, needed - 1, 1e-3, "edge")[0] > 1e-3


def test_zero_labels_are_fitted_by_a_coupled_start() -> None:
    assert np.all(sizes(np.zeros(5), 4, 0, 0.0, "zero") < 1e-12)  # the pairs cancel up to rounding


def test_lambda_min_holds_agrees_with_the_model() -> None:
    smallest = model.lambda_min(model.limit_gram(SPHERE.X))
    assert simulate.limit_lambda_min(SPHERE.X) == smallest
    outcomes = []
    for rng, again in zip(streams("gram", 40), streams("gram", 40), strict=True):
        H = model.gram(SPHERE.X, again.standard_normal((30, 3)))
        outcomes.append(simulate.lambda_min_holds(SPHERE.X, smallest / 2, 30, rng))
        assert outcomes[-1] == (model.lambda_min(H) >= smallest / 2)
    assert 0 < sum(outcomes) < 40  # both answers occurred


def test_lambda_min_lost_in_rounding_is_refused() -> None:
    with pytest.raises(ValueError, match="lost in the rounding"):
        simulate.limit_lambda_min(data.circle(40).X)


@pytest.mark.parametrize("init", INITS)
def test_a_recorded_path_is_the_path_of_the_model(init: Init) -> None:
    W, a = simulate.start(30, 3, next(streams("path", 1)), init)
    eta = simulate.step_size(SPHERE.X, W)
    path = simulate.gd_path(SPHERE.X, labels(), W, a, eta, 12, spectrum_at=(0, 5))
    weights: list[data.Floats] = []
    model.gd(SPHERE.X, W, a, labels(), eta, 12, observe=lambda t, V, e: weights.append(V))
    np.testing.assert_allclose(path.loss, [model.loss(SPHERE.X, V, a, labels()) for V in weights], rtol=1e-10)
    np.testing.assert_allclose(path.neuron_move, [model.max_neuron_move(V, W) for V in weights], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(path.frobenius_move, [np.linalg.norm(V - W) for V in weights], rtol=1e-9, atol=1e-14)
    assert path.contraction == pytest.approx(np.array(path.residual[1:]) / path.residual[:-1])
    assert list(path.lambda_min) == [0, 5]
    for t, value in path.lambda_min.items():
        assert value == pytest.approx(model.lambda_min(model.gram(SPHERE.X, weights[t])), rel=1e-9)


def test_a_wide_path_contracts_at_the_rate_of_the_step_contraction_bound() -> None:
    W, a = simulate.start(20_000, 3, next(streams("rate", 1)), "coupled")
    eta = simulate.step_size(SPHERE.X, W)
    path = simulate.gd_path(SPHERE.X, labels(), W, a, eta, 40, spectrum_at=range(41))
    rate = 1 - eta * 20_000 * min(path.lambda_min.values()) / 2
    assert max(path.contraction) <= rate < 1
    assert path.neuron_move[-1] < 0.05


def test_an_exact_fit_ends_the_path() -> None:
    W, a = simulate.start(4, 3, next(streams("fit", 1)), "coupled")
    path = simulate.gd_path(SPHERE.X, np.zeros(5), W, a, 0.1, 10)
    assert path.residual == [0.0]
    assert path.contraction == []


@pytest.mark.parametrize("init", INITS)
def test_descents_side_by_side_are_those_one_by_one(init: Init) -> None:
    count, m, steps, eps = 12, 16, 400, 1e-2
    together = simulate.descents(
        SPHERE.X, [labels()] * count, m, steps, eps, list(streams(f"together-{init}", count)), init, watch=True
    )
    for index, rng in enumerate(streams(f"together-{init}", count)):
        W, a = simulate.start(m, SPHERE.d, rng, init)
        eta = simulate.step_size(SPHERE.X, W)
        path = simulate.gd_path(SPHERE.X, labels(), W, a, eta, steps, stop=eps)
        assert together.eta[index] == pytest.approx(eta, rel=1e-12)
        assert together.size[index] == pytest.approx(path.residual[-1], rel=1e-6)
        assert together.move[index] == pytest.approx(max(path.neuron_move), rel=1e-9)
    assert 0 < (together.size <= eps).sum() < count


def test_a_descent_that_overflows_has_failed() -> None:
    """Labels far beyond reach: the step that is stable at the start is not stable on the way."""
    found = simulate.descents(SPHERE.X, [1e6 * labels()] * 3, 4, 200, 1e-2, list(streams("overflow", 3)), "coupled")
    assert np.all(found.size > 1)
    assert np.isinf(found.size).any()
