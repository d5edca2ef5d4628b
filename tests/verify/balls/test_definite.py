"""Elimination in balls claims positive definiteness of nothing that lacks it."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat

from verify.balls.definite import is_positive_definite
from verify.balls.eigen import ball_matrix


def second_difference(n: int) -> np.ndarray:
    """tridiag(-1, 2, -1): eigenvalues 2 - 2 cos(k pi/(n+1))."""
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)


def test_positive_definiteness_is_never_claimed_of_an_indefinite_or_singular_matrix() -> None:
    for n in (2, 30, 50):
        q = second_difference(n) - float(4 * np.sin(np.pi / (2 * (n + 1))) ** 2) * np.eye(n) * (1 + 1e-9)
        assert not is_positive_definite(ball_matrix(q))
        assert not is_positive_definite(ball_matrix(np.ones((n, n))))
        assert is_positive_definite(ball_matrix(second_difference(n)))


@pytest.mark.parametrize("n", [1, 24, 25, 49])
def test_a_ball_that_reaches_a_singular_matrix_is_refused(n: int) -> None:
    # The arrow matrix with corner c is positive definite if and only if c > (n - 1) / 4.
    arrow = 4 * np.eye(n)
    arrow[0, 1:] = arrow[1:, 0] = 1.0
    limit = (n - 1) / 4
    for corner, expected in ((arb(limit), False), (arb(limit, 1e-9) - 1e-10, False), (arb(limit) + 1e-9, True)):
        matrix = ball_matrix(arrow)
        matrix = arb_mat([[corner if i == j == 0 else matrix[i, j] for j in range(n)] for i in range(n)])
        assert is_positive_definite(matrix) is expected
