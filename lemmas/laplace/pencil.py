"""Generalised eigenvalues of a pencil (N, K) of ball matrices, from above: no matrix square root is taken."""

from __future__ import annotations

import numpy as np
import scipy
from flint import arb, arb_mat

from lemmas.laplace.integrals import Array
from verify.balls.eigen import ball_matrix, frobenius_upper, midpoints


def objects(matrix: arb_mat) -> Array:
    """An object array of the same balls."""
    array = np.empty((matrix.nrows(), matrix.ncols()), dtype=object)
    array[:] = matrix.tolist()
    return array


def pencil_upper(N: arb_mat, K: arb_mat) -> list[arb]:
    """Exact upper bounds on the eigenvalues of (N, K) in ascending order; N positive semidefinite, K definite.

    For a float congruence T with TᵀKT = I + E₁ and TᵀNT = Λ + E₂ they are (Λ_i + ‖E₂‖)/(1 - ‖E₁‖): Weyl and
    Ostrowski (Horn and Johnson, Matrix Analysis, 4.3.1 and 4.5.9).
    Raises ArithmeticError if floats do not whiten K, or if N is seen not to be positive semidefinite.
    """
    values, T = scipy.linalg.eigh(midpoints(N), midpoints(K))
    congruence = ball_matrix(T)
    whitened = congruence.transpose() * K * congruence
    E1 = frobenius_upper(whitened - ball_matrix(np.eye(len(values))))
    E2 = frobenius_upper(congruence.transpose() * N * congruence - ball_matrix(np.diag(values)))
    if not E1 < 1:
        raise ArithmeticError("the float congruence does not whiten K: the data are too close to singular")
    bounds = [((arb(float(value)) + E2) / (1 - E1)).upper() for value in values]
    if any(bound < 0 for bound in bounds):
        raise ArithmeticError("N is not positive semidefinite, against the assumption")
    return bounds
