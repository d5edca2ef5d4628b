"""V and v against quadrature, their inequalities, and the tail against exact and simulated failures."""

import math

import numpy as np
import pytest
from flint import arb, ctx
from scipy.stats import binom

from lemmas import data
from lemmas.laplace.integrals import kernel
from lemmas.laplace.lower_tail import (
    best_data_free_variance,
    data_free_variance,
    log_failure,
    pairs_needed,
    plain_second_moment,
    plain_variance,
    plain_variance_ball,
    whitened_variance,
    whitened_variance_ball,
)

SETS = [data.sphere(2, 2), data.sphere(5, 3), data.short_norms(8, 4), data.antipodal(6, 3), data.clustered_pair(0.3)]


def gram(X: np.ndarray) -> np.ndarray:
    return X @ X.T


def gram_balls(X: np.ndarray) -> np.ndarray:
    balls = np.array([[arb(x) for x in row] for row in X.tolist()], dtype=object)
    return balls @ balls.T


def test_variances_agree_with_quadrature() -> None:
    """E A² and E Z² by Gauss-Hermite in two dimensions; the integrands are exponentials of linear functions."""
    X = np.array([[0.8, 0.1], [-0.3, 0.6], [0.2, 0.5]])
    x, w = np.polynomial.hermite_e.hermegauss(70)
    nodes, weight = np.array([(a, b) for a in x for b in x]), np.outer(w, w).ravel() / w.sum() ** 2
    D = np.exp(nodes @ X.T)
    Z = D[:, :, None] * gram(X) * D[:, None, :]
    np.testing.assert_allclose(plain_second_moment(gram(X)), np.einsum("t,tij->ij", weight, Z @ Z), rtol=1e-8)
    values, vectors = np.linalg.eigh(kernel(gram(X)))
    A = (root := vectors / np.sqrt(values) @ vectors.T) @ Z @ root
    expected = np.linalg.eigvalsh(np.einsum("t,tij->ij", weight, A @ A))[-1]
    assert whitened_variance(gram(X)) == pytest.approx(expected, rel=1e-7)
    largest = np.linalg.eigvalsh(np.einsum("t,tij->ij", weight, Z @ Z))[-1]
    assert plain_variance(gram(X)) == pytest.approx(largest, rel=1e-8)


@pytest.mark.parametrize("points", SETS, ids=lambda points: points.name)
def test_the_inequalities_between_the_variances(points: data.DataSet) -> None:
    G = gram(points.X)
    smallest = float(np.linalg.eigvalsh(kernel(G))[0])
    V, norm = whitened_variance(G), float(np.linalg.norm(G, 2))
    assert plain_variance(G) / smallest**2 >= V * (1 - 1e-9)
    assert all(data_free_variance(norm, smallest, len(G), B) >= V for B in (0.0, 1.0, 2.5, 4.0, 8.0))
    best, B = best_data_free_variance(norm, smallest, len(G))
    assert best <= 1.001 * min(data_free_variance(norm, smallest, len(G), B) for B in np.linspace(0, 10, 101))
    assert B >= 0
    if points.unit:
        assert V >= math.exp(4) * (1 - 1e-9)


def test_orthonormal_points_attain_the_smallest_variance() -> None:
    with ctx.workprec(128):
        assert whitened_variance_ball(gram_balls(np.eye(4))).overlaps(arb(4).exp())
        assert plain_variance_ball(gram_balls(np.eye(4))).overlaps(arb(8).exp())


@pytest.mark.parametrize("points", SETS, ids=lambda points: points.name)
def test_balls_enclose_the_floats(points: data.DataSet) -> None:
    with ctx.workprec(128):
        V, v = whitened_variance_ball(gram_balls(points.X)), plain_variance_ball(gram_balls(points.X))
    assert float(V) == pytest.approx(whitened_variance(gram(points.X)), rel=1e-6)
    assert float(v) == pytest.approx(plain_variance(gram(points.X)), rel=1e-9)
    assert V.rad() < abs(V) / 10**6
    assert v.rad() < abs(v) / 10**5


def test_data_free_bound_in_balls() -> None:
    ball = data_free_variance(arb(5), arb("0.5"), 5, arb(3))
    assert float(ball) == pytest.approx(data_free_variance(5.0, 0.5, 5, 3.0), rel=1e-12)
    with pytest.raises(ValueError, match="B"):
        data_free_variance(5.0, 0.5, 5, -0.1)
    with pytest.raises(ValueError, match="B"):
        data_free_variance(arb(5), arb("0.5"), 5, arb(0, 1))


def test_dropping_the_dimension_is_caught_by_orthonormal_points() -> None:
    """n=10, q=20, t=½ fail with probability .984 (exact in test_tail); the bound is .955 without its factor n."""
    bound = log_failure(10, 20, 0.5, whitened_variance(np.eye(10)))
    rng = np.random.default_rng(5)
    smallest = np.exp(2 * rng.standard_normal((20_000, 10, 20)) - 2).mean(axis=2).min(axis=1)
    failures = int(np.sum(smallest < 0.5))
    assert bound == pytest.approx(math.log(9.55), abs=5e-3)
    assert failures > binom.isf(1e-12, 20_000, math.exp(bound) / 10)
    assert math.exp(bound) >= 1


@pytest.mark.parametrize("q", [600, 1500])
def test_simulated_failures_stay_below_the_tail(q: int) -> None:
    X = data.sphere(3, 3, 1).X
    G, t, trials = gram(X), 0.9, 300
    bound = math.exp(log_failure(3, q, t, whitened_variance(G)))
    assert bound < 1
    D = np.exp(np.random.default_rng(q).standard_normal((trials, q, 3)) @ X.T)
    H = G * (D.transpose(0, 2, 1) @ D) / q
    failures = sum(np.linalg.eigvalsh(matrix - (1 - t) * kernel(G))[0] < 0 for matrix in H)
    assert failures <= binom.isf(1e-6, trials, bound)


def test_pairs_needed_is_where_the_tail_meets_delta() -> None:
    q = pairs_needed(5, 0.1, 0.5, 80.0)
    assert log_failure(5, q, 0.5, 80.0) <= math.log(0.1) < log_failure(5, q - 1, 0.5, 80.0)
    assert log_failure(5, q, 0.5, arb(80)) <= arb("0.1").log()
