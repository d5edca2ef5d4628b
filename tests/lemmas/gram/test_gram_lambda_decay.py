"""The dimensions and the tail that gram-lambda-decay speaks of, and its bound on enclosed eigenvalues."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from lemmas import data
from lemmas.findings import least_eigenvalue
from lemmas.gram.gram_lambda_decay import MEASURED, SETS, D_ball, D_sphere, sphere_gap, tail
from verify.proof.evaluate import evaluate
from verify.statement import Quantity


def measured(quantity: Quantity, at: dict[str, Any]) -> Any:
    assert quantity.measure is not None
    return quantity.measure(at)


@pytest.mark.parametrize("quantity", MEASURED, ids=str)
def test_definition_and_measure_agree(quantity: Quantity) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        at = {"X": rng.standard_normal((3, 1 + seed % 4)), "deg": 1 + seed % 3}
        assert float(measured(quantity, at)) == pytest.approx(evaluate(quantity.definition, at), rel=1e-12)


def test_number_of_polynomials_is_a_rank() -> None:
    """Monomials at many random points: the rank of their matrix is the dimension."""
    rng = np.random.default_rng(0)
    for dim, degree in ((1, 2), (2, 3), (3, 2), (4, 2)):
        X = rng.standard_normal((200, dim))
        on_sphere = X / np.linalg.norm(X, axis=1, keepdims=True)
        at = {"X": X, "deg": degree}
        assert np.linalg.matrix_rank(_monomials(X, degree)[:, 1:]) == measured(D_ball, at)
        assert np.linalg.matrix_rank(_monomials(on_sphere, degree)) == measured(D_sphere, at)


def _monomials(X: np.ndarray, degree: int) -> np.ndarray:
    powers = [p for p in np.ndindex(*[degree + 1] * X.shape[1]) if sum(p) <= degree]
    return np.column_stack([np.prod(X**p, axis=1) for p in sorted(powers, key=sum)])


@pytest.mark.parametrize("degree", [1, 4, 30])
def test_tail(degree: int) -> None:
    with mpmath.workdps(60):
        exact = mpmath.e - sum(1 / mpmath.factorial(j) for j in range(degree))
    assert float(measured(tail, {"X": np.eye(1), "deg": degree})) == pytest.approx(float(exact), rel=1e-14)
    with ctx.workprec(300):
        ball = measured(tail, {"X": np.array([[arb(1)]]), "deg": degree})
        assert abs(ball - arb(mpmath.nstr(exact, 50))) < 1e-45


@pytest.mark.parametrize("name", SETS)
def test_sets_are_unit_vectors_exactly(name: str) -> None:
    assert measured(sphere_gap, {"X": SETS[name], "deg": 1}) == 0
    assert len(np.unique(SETS[name], axis=0)) == len(SETS[name])


def test_bound_on_random_data() -> None:
    """Enclosed eigenvalues of points in the ball, float rows scaled inward, at the largest degree that n forces."""
    for size, dim in ((12, 2), (25, 3)):
        X = data.sphere(size, dim, 0).X
        degree = max(k for k in range(1, 9) if measured(D_ball, {"X": X, "deg": k}) < size)
        bound = size * np.e * measured(tail, {"X": X, "deg": degree})
        assert 0 < float(least_eigenvalue(X)) < bound
