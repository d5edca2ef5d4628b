"""Enclosures of extreme eigenvalues against exactly known spectra and LAPACK."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.balls import eigen


def second_difference(n: int) -> np.ndarray:
    """tridiag(-1, 2, -1): eigenvalues 2 - 2 cos(k pi/(n+1))."""
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)


def hilbert(n: int) -> arb_mat:
    return arb_mat([[arb(fmpq(1, i + j + 1)) for j in range(n)] for i in range(n)])


def random_symmetric(n: int, seed: int) -> np.ndarray:
    a = np.random.default_rng(seed).standard_normal((n, n))
    return (a + a.T) / 2


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_exact_spectrum_of_the_second_difference(n: int) -> None:
    smallest = 4 * (arb.pi() / (2 * (n + 1))).sin() ** 2
    largest = 4 * (arb.pi() * n / (2 * (n + 1))).sin() ** 2
    low = eigen.enclose_lambda_min(second_difference(n))
    high = eigen.enclose_lambda_max(second_difference(n))
    assert low.overlaps(smallest)
    assert high.overlaps(largest)
    assert eigen.is_narrow(low, 1e-6)
    assert eigen.is_narrow(high, 1e-6)


def test_indefinite_matrix() -> None:
    found = eigen.enclose_lambda_min(np.array([[0.0, 3.0], [3.0, 0.0]]))
    assert found.contains(-3)
    assert found < -2.9


def test_hilbert_matrix_is_enclosed_far_below_double_precision() -> None:
    # lambda_min of the 12 x 12 Hilbert matrix, computed from its characteristic polynomial.
    found = eigen.enclose_lambda_min(lambda _: hilbert(12))
    with ctx.workprec(400):
        char = hilbert(12).charpoly()
        below, above = found.lower(), found.upper()
        assert char(below) * char(above) < 0, "the characteristic polynomial changes sign inside the ball"
    assert eigen.is_narrow(found, 1e-6)
    assert found < arb("1e-15")


def test_a_singular_matrix_raises_with_the_best_ball() -> None:
    with pytest.raises(eigen.EnclosureError) as caught:
        eigen.enclose_lambda_min(np.ones((3, 3)), max_prec=256)
    assert caught.value.best is not None
    assert caught.value.best.contains(0)


def test_positive_definiteness_is_never_claimed_of_an_indefinite_or_singular_matrix() -> None:
    for n in (2, 30, 50):
        q = second_difference(n) - float(4 * np.sin(np.pi / (2 * (n + 1))) ** 2) * np.eye(n) * (1 + 1e-9)
        assert not eigen.is_positive_definite(eigen.ball_matrix(q))
        assert not eigen.is_positive_definite(eigen.ball_matrix(np.ones((n, n))))
        assert eigen.is_positive_definite(eigen.ball_matrix(second_difference(n)))


def test_radii_of_the_entries_widen_the_bounds() -> None:
    wide = arb_mat([[arb(2, 0.5), arb(0)], [arb(0), arb(3)]])
    assert eigen.lambda_min_lower(wide) <= arb("1.5")
    assert eigen.lambda_min_upper(wide) >= arb("2.5")


def test_spectral_norm_of_a_rank_one_matrix() -> None:
    found = eigen.enclose_spectral_norm(np.outer([3.0, 4.0], [1.0, 2.0, 2.0]))
    assert found.contains(15)
    assert eigen.is_narrow(found, 1e-6)


def test_enclose_extreme_takes_object_arrays() -> None:
    balls = np.array([[arb(2), arb(1)], [arb(1), arb(2)]], dtype=object)
    assert eigen.enclose_extreme(balls, "min").contains(1)
    assert eigen.enclose_extreme(balls, "max").contains(3)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 30), seed=st.integers(0, 2**32 - 1))
def test_agrees_with_lapack(n: int, seed: int) -> None:
    matrix = random_symmetric(n, seed)
    values = np.linalg.eigvalsh(matrix)
    error = 4 * n * 2.0**-52 * np.abs(values).max()  # of LAPACK's own value: a modest multiple of n eps |K|
    lower, upper = eigen.lambda_min_lower(matrix), eigen.lambda_min_upper(matrix)
    assert lower <= upper
    assert float(lower) <= values[0] + error
    assert float(upper) >= values[0] - error


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
def test_integer_spectrum_after_an_exact_orthogonal_change(spectrum: list[int], seed: int) -> None:
    # A Householder reflection with integer vector is rational: Q diag(spectrum) Q has exactly this spectrum.
    n = len(spectrum)
    v = [int(x) for x in np.random.default_rng(seed).integers(1, 9, n)]
    norm2 = sum(x * x for x in v)
    reflect = fmpz_mat([[norm2 * (i == j) - 2 * v[i] * v[j] for j in range(n)] for i in range(n)])
    diagonal = fmpz_mat([[spectrum[i] * (i == j) for j in range(n)] for i in range(n)])
    matrix = arb_mat(reflect * diagonal * reflect) * (1 / arb(norm2) ** 2)
    assert eigen.lambda_min_lower(matrix) <= min(spectrum) <= eigen.lambda_min_upper(matrix)
