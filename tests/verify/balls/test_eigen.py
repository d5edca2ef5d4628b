"""Enclosures of extreme eigenvalues against exactly known spectra and LAPACK."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat
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


def with_spectrum(spectrum: Sequence[int | Fraction], seed: int) -> arb_mat:
    """Balls around a rational matrix with exactly these eigenvalues: Q diag Q, Q a Householder reflection of an integer
    vector."""
    n = len(spectrum)
    v = [int(x) for x in np.random.default_rng(seed).integers(1, 9, n)]
    norm2 = sum(x * x for x in v)
    reflect = fmpq_mat([[fmpq(norm2 * (i == j) - 2 * v[i] * v[j], norm2) for j in range(n)] for i in range(n)])
    values = [fmpq(Fraction(x).numerator, Fraction(x).denominator) for x in spectrum]
    diagonal = fmpq_mat([[values[i] * (i == j) for j in range(n)] for i in range(n)])
    return arb_mat(reflect * diagonal * reflect)


def contains(ball: arb, value: int | Fraction) -> bool:
    with ctx.workprec(4000):
        return ball.contains(fmpq(Fraction(value).numerator, Fraction(value).denominator))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
def test_integer_spectrum_after_an_exact_orthogonal_change(spectrum: list[int], seed: int) -> None:
    matrix = with_spectrum(spectrum, seed)
    assert eigen.lambda_min_lower(matrix) <= min(spectrum) <= eigen.lambda_min_upper(matrix)


TINY = Fraction(1, 10**18)


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize(
    "small",
    [
        (TINY,), (-TINY,), (TINY, 3 * TINY), (-TINY, TINY), (TINY, -(10**3) * TINY), (-TINY, -(10**4) * TINY),
        (TINY, -(10**5) * TINY), (TINY**2,), (-(TINY**2),), (TINY**2, -TINY), (TINY, Fraction(-1)),
        (TINY, -(10**11) * TINY),
    ],
)  # fmt: skip
def test_eigenvalues_below_the_resolution_of_floats(n: int, small: tuple[Fraction, ...]) -> None:
    spectrum = [*small, *range(1, n + 1 - len(small))]
    try:
        found = eigen.enclose_lambda_min(lambda _: with_spectrum(spectrum, 7))
    except eigen.EnclosureError as problem:
        assert len(small) == 2, "one small eigenvalue is always found"
        found = problem.best or arb(0, float("inf"))
    else:
        assert eigen.is_narrow(found, 1e-6)
    assert contains(found, min(spectrum))


@pytest.mark.parametrize("n", [3, 30])
def test_a_singular_matrix_is_never_said_to_have_a_sign(n: int) -> None:
    spectrum = [0, *range(1, n)]
    with pytest.raises(eigen.EnclosureError) as caught:
        eigen.enclose_lambda_min(lambda _: with_spectrum(spectrum, 3), max_prec=512)
    assert caught.value.best is not None
    assert caught.value.best.contains(0)
    assert not eigen.lambda_min_lower(with_spectrum(spectrum, 3)) > 0


@pytest.mark.parametrize("power", [-3000, -1060, -450, 450, 1000, 3000])
@pytest.mark.parametrize("smallest", [Fraction(1), TINY, -TINY, Fraction(-1)])
def test_scaling_by_a_power_of_two(power: int, smallest: Fraction) -> None:
    matrix = with_spectrum([smallest, 2, 3, 5], 1)
    found = eigen.enclose_lambda_min(lambda _: with_spectrum([smallest, 2, 3, 5], 1) * arb(2) ** power)
    with ctx.workprec(4000):
        assert contains(found * arb(2) ** -power, smallest)
        assert eigen.is_narrow(found * arb(2) ** -power, 1e-6)
        assert eigen.lambda_min_lower(matrix * arb(2) ** power) * arb(2) ** -power <= eigen.lambda_min_upper(matrix)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 12), seed=st.integers(0, 2**32 - 1), size=st.sampled_from([1e-14, 1e-6, 0.3]))
def test_every_symmetric_matrix_in_the_balls_is_meant(n: int, seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    middle = random_symmetric(n, seed) + n * np.eye(n)
    radii = size * rng.uniform(0, 1, (n, n)) ** 4  # not symmetric: a member must fit in both triangles
    matrix = arb_mat([[arb(m, r) for m, r in zip(*rows, strict=True)] for rows in zip(middle, radii, strict=True)])
    lower, upper = float(eigen.lambda_min_lower(matrix)), float(eigen.lambda_min_upper(matrix))
    least = np.minimum(radii, radii.T)
    for signs in (np.ones((n, n)), -np.ones((n, n)), np.sign(random_symmetric(n, seed + 1))):
        value = np.linalg.eigvalsh(middle + signs * least)[0]
        assert lower - 1e-12 <= value <= upper + 1e-12


def test_radii_in_one_triangle_alone() -> None:
    # Of the arrow matrix 9 I + a (e_1 e_i^T + e_i e_1^T) the row is exact and the column is off by its radius.
    n, a, radius = 30, 1.0, 0.5
    middle = 9 * np.eye(n, dtype=object)
    middle[0, 1:] = a
    middle[1:, 0] = arb(a - radius, radius)
    assert float(eigen.lambda_min_lower(middle)) <= 9 - a * np.sqrt(n - 1) <= float(eigen.lambda_min_upper(middle))


def test_balls_that_are_not_finite_are_no_bound() -> None:
    for bad in (arb("nan"), arb(0, float("inf")), arb("inf")):
        with pytest.raises(eigen.EnclosureError):
            eigen.lambda_min_lower(arb_mat([[bad, arb(0)], [arb(0), arb(1)]]))
        with pytest.raises(eigen.EnclosureError):
            eigen.enclose_lambda_min(arb_mat([[bad, arb(0)], [arb(0), arb(1)]]), max_prec=128)


@settings(max_examples=100)
@given(st.fractions(Fraction(-100), Fraction(-1, 100)), st.fractions(0, 1), st.fractions(0, 1))
def test_bounds_on_both_spectra_never_exclude_a_negative_eigenvalue_there_is(
    k: Fraction, slack: Fraction, inverse_slack: Fraction
) -> None:
    bounds = [arb(fmpq(x.numerator, x.denominator)).lower() for x in (k - slack, 1 / k - inverse_slack)]
    assert not eigen._no_negative(*bounds)


def test_bounds_on_both_spectra_exclude_negative_eigenvalues() -> None:
    assert eigen._no_negative(arb("-1e-13"), arb("-1e3"))
    assert eigen._no_negative(arb("1e-13"), arb("-1e20"))
    assert not eigen._no_negative(arb("-1e-13"), arb("-1e14"))
