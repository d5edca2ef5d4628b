"""The readable model, against definitions written as loops, exact references and itself in ball arithmetic."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import model

Array = model.Array


def rows_below_one(n: int, d: int, rng: np.random.Generator) -> Array:
    X = rng.standard_normal((n, d))
    X *= rng.uniform(0.3, 1, (n, 1)) / np.linalg.norm(X, axis=1, keepdims=True)
    return X


def instance(seed: int, n: int = 4, d: int = 3, m: int = 6) -> tuple[Array, Array, Array, Array]:
    """(X, W, a, y) with independent signs."""
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((m, d))
    return rows_below_one(n, d, rng), W, rng.choice([-1.0, 1.0], m), rng.uniform(-1, 1, n)


def balls(A: Array) -> Array:
    return np.array([arb(float(v)) for v in A.flat], dtype=object).reshape(A.shape)


def network_by_loops(X: Array, W: Array, a: Array) -> list[float]:
    return [
        math.fsum(a[r] * math.exp(math.fsum(W[r, k] * x[k] for k in range(len(x)))) for r in range(len(W))) for x in X
    ]


def contains_more_precise(function: Any, *arrays: Array) -> None:
    """The 53-bit ball must overlap with the 300-bit one and contain its midpoint."""
    rough = np.ravel(np.asarray(function(*map(balls, arrays)), dtype=object))
    with ctx.workprec(300):
        exact = np.ravel(np.asarray(function(*map(balls, arrays)), dtype=object))
    floats = np.ravel(np.asarray(function(*arrays), dtype=float))
    assert len(rough) == len(exact) == len(floats) > 0
    for r, e, f in zip(rough, exact, floats, strict=True):
        assert r.contains(e.mid()), (r, e)
        assert math.isclose(f, float(e.mid()), rel_tol=1e-9, abs_tol=1e-11), (f, e)


# --- network, gradient, Jacobian --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_network_is_the_sum_over_neurons(seed: int) -> None:
    X, W, a, _ = instance(seed)
    np.testing.assert_allclose(model.network(X, W, a), network_by_loops(X, W, a), rtol=1e-12)
    W2, a2 = model.coupled(W)
    W2 = W2 + np.random.default_rng(seed).uniform(-0.1, 0.1, W2.shape)
    np.testing.assert_allclose(model.network(X, W2, a2), network_by_loops(X, W2, a2), rtol=1e-11)


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 33), st.integers(0, 2**20))
@settings(max_examples=60, deadline=None)
def test_coupled_start_is_exactly_zero(n: int, d: int, q: int, seed: int) -> None:
    X, W_half, _, y = instance(seed, n, d, q)
    W, a = model.coupled(3 * W_half)
    assert W.shape == (2 * q, d)
    assert a.sum() == 0
    assert not model.network(X, W, a).any()
    assert np.array_equal(model.residual(X, W, a, y), y)


def test_pairs_recognises_only_opposite_halves() -> None:
    assert model.pairs(np.array([1.0, -1.0, -1.0, 1.0])) == 2
    assert model.pairs(np.array([1.0, -1.0, 1.0, -1.0])) == 0
    assert model.pairs(np.array([1.0, -1.0, 1.0])) == 0


@pytest.mark.parametrize("seed", range(3))
def test_gradient_is_the_derivative_of_the_loss(seed: int) -> None:
    """Central differences at 300 bits with step 1e-20: the error is of order 1e-40, far below a float's rounding."""
    X, W, a, y = instance(seed, n=3, d=2, m=3)
    got = model.gradient(X, W, a, y)
    with ctx.workprec(300):
        Xb, Wb, ab, yb, h = balls(X), balls(W), balls(a), balls(y), arb(10) ** -20
        for index in np.ndindex(*W.shape):
            up, down = Wb.copy(), Wb.copy()
            up[index] += h
            down[index] -= h
            slope = (model.loss(Xb, up, ab, yb) - model.loss(Xb, down, ab, yb)) / (2 * h)
            assert got[index] == pytest.approx(float(slope.mid()), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_jacobian_is_the_derivative_of_the_network(seed: int) -> None:
    X, W, a, y = instance(seed)
    J, h = model.jacobian(X, W, a), 1e-6
    assert J.shape == (4, 18)
    for k in range(18):
        step = np.zeros(W.shape)
        step.flat[k] = h
        slope = (model.network(X, W + step, a) - model.network(X, W - step, a)) / (2 * h)
        np.testing.assert_allclose(J[:, k], slope, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(-J.T @ model.residual(X, W, a, y), model.gradient(X, W, a, y).ravel(), rtol=1e-12)


# --- Gram matrices ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_gram_by_its_definition_and_jacobian_identity(seed: int) -> None:
    X, W, a, _ = instance(seed)
    H = model.gram(X, W)
    for i, j in np.ndindex(4, 4):
        entry = sum(float(X[i] @ X[j]) * math.exp(float(w @ (X[i] + X[j]))) for w in W) / len(W)
        assert H[i, j] == pytest.approx(entry, rel=1e-12)
    J = model.jacobian(X, W, a)
    np.testing.assert_allclose(J @ J.T, len(W) * H, rtol=1e-12)


def test_limit_gram_is_the_gaussian_mean_of_gram() -> None:
    """Tensor Gauss-Hermite quadrature with 40 nodes an axis integrates exp(<w, v>), |v| <= 2, to about 1e-12."""
    X = rows_below_one(4, 2, np.random.default_rng(5))
    t, weight = np.polynomial.hermite_e.hermegauss(40)
    nodes = np.stack(np.meshgrid(t, t), axis=-1).reshape(-1, 2)
    p = np.outer(weight, weight).ravel() / weight.sum() ** 2
    mean = sum(p[k] * model.gram(X, nodes[k : k + 1]) for k in range(len(p)))
    np.testing.assert_allclose(model.limit_gram(X), mean, rtol=1e-11)


def test_limit_gram_of_orthonormal_and_antipodal_points() -> None:
    np.testing.assert_allclose(model.limit_gram(np.eye(3)), math.e**2 * np.eye(3), rtol=1e-15)
    antipodal = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert model.lambda_min(model.limit_gram(antipodal)) == pytest.approx(math.e**2 - 1, rel=1e-14)


# --- ball arithmetic --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [model.network, model.jacobian])
def test_network_and_jacobian_on_balls(function: Any) -> None:
    X, W, a, _ = instance(2)
    contains_more_precise(function, X, W, a)


@pytest.mark.parametrize("function", [model.residual, model.loss, model.gradient])
def test_loss_and_gradient_on_balls(function: Any) -> None:
    contains_more_precise(function, *instance(3))


@pytest.mark.parametrize(
    "function", [model.features, model.gram, model.max_preactivation, model.max_abs_preactivation, model.preactivations]
)
def test_functions_of_the_weights_on_balls(function: Any) -> None:
    X, W, _, _ = instance(4)
    contains_more_precise(function, X, W)


@pytest.mark.parametrize("function", [model.limit_gram, model.frobenius, model.max_row_norm, model.maximum])
def test_functions_of_one_matrix_on_balls(function: Any) -> None:
    contains_more_precise(function, instance(5)[0])


def test_gradient_descent_on_balls() -> None:
    X, W, a, y = instance(6, n=2, d=2, m=3)
    contains_more_precise(lambda X, W, a, y: model.gd(X, W, a, y, 0.01, 3), X, W, a, y)


def test_norms_of_balls_around_zero_stay_finite() -> None:
    wide = np.array([[arb(0, 1), arb(0)], [arb(0), arb(0)]], dtype=object)
    norm = model.frobenius(wide)
    assert norm.is_finite()
    assert norm.contains(0)
    assert norm.contains(1)


def test_spectral_quantities_on_balls() -> None:
    X = instance(7)[0]
    for function in (model.spectral_norm, model.hadamard_norm):
        contains_more_precise(function, X)
        contains_more_precise(function, X.T)
    contains_more_precise(model.lambda_min, model.limit_gram(X))


# --- measures and descent ---------------------------------------------------------------------------------------------


def test_measures_by_their_definitions() -> None:
    X, W, _, _ = instance(8)
    Z = [[float(w @ x) for w in W] for x in X]
    assert model.max_preactivation(X, W) == pytest.approx(max(map(max, Z)))
    assert model.max_abs_preactivation(X, W) == pytest.approx(max(abs(z) for row in Z for z in row))
    assert model.max_abs_preactivation(X, -W) == model.max_abs_preactivation(X, W)
    assert model.spectral_norm(X) == pytest.approx(math.sqrt(np.linalg.eigvalsh(X @ X.T)[-1]))
    assert model.frobenius(X) == pytest.approx(math.sqrt(np.trace(X @ X.T)))
    assert model.hadamard_norm(X) ** 4 == pytest.approx(np.linalg.norm((X @ X.T) ** 2, 2) ** 2)
    assert model.hadamard_norm(X) <= model.spectral_norm(X)
    assert model.max_neuron_move(W, W - np.eye(6, 3)) == pytest.approx(1)


def test_gd_observes_every_step_and_moves_against_the_gradient() -> None:
    X, W, a, y = instance(9)
    seen: list[tuple[int, Array, Array]] = []
    end = model.gd(X, W, a, y, 1e-3, 5, observe=lambda t, W, e: seen.append((t, W, e)))
    assert [t for t, _, _ in seen] == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(seen[0][1], W)
    np.testing.assert_array_equal(seen[-1][1], end)
    np.testing.assert_allclose(seen[1][1], W - 1e-3 * model.gradient(X, W, a, y), rtol=1e-15)
    losses = [float(e @ e) for _, _, e in seen]
    assert all(later < earlier for earlier, later in pairwise(losses))
