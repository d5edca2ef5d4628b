"""V and v against quadrature, V in balls, and their inequalities."""

import math

import numpy as np
import pytest
from flint import arb, ctx

from lemmas import data
from lemmas.laplace.integrals import kernel
from lemmas.laplace.lower_tail import (
    plain_second_moment,
    plain_variance,
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
    V = whitened_variance(G)
    assert plain_variance(G) / smallest**2 >= V * (1 - 1e-9)
    if points.unit:
        assert V >= math.exp(4) * (1 - 1e-9)


def test_orthonormal_points_attain_the_smallest_variance() -> None:
    with ctx.workprec(128):
        assert whitened_variance_ball(gram_balls(np.eye(4))).overlaps(arb(4).exp())
    assert plain_variance(np.eye(4)) == pytest.approx(math.exp(8), rel=1e-12)


@pytest.mark.parametrize("points", SETS, ids=lambda points: points.name)
def test_balls_enclose_the_floats(points: data.DataSet) -> None:
    with ctx.workprec(128):
        V = whitened_variance_ball(gram_balls(points.X))
    assert float(V) == pytest.approx(whitened_variance(gram(points.X)), rel=1e-6)
    assert V.rad() < abs(V) / 10**6
