"""The distance from a product in floats against the exact one in rational numbers, for good and for absurd factors."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.balls.residual import Floats, gram_distance, norm_upper, slices

SEEDS = st.integers(0, 2**32 - 1)


def rationals(matrix: Floats) -> list[list[Fraction]]:
    return [[Fraction(x) for x in row] for row in matrix.tolist()]


def used(factor: Floats) -> list[list[Fraction]]:
    """The G of gram_distance, exactly."""
    exponent = math.frexp(float(np.abs(factor).max()))[1]
    bits, cut = slices(factor * 2.0**-exponent)
    n, p = factor.shape
    scale = Fraction(2) ** exponent
    weights = [scale / 2 ** (bits * (k + 1)) for k in range(3)]
    values = [rationals(x) for x in cut]
    return [[sum(w * v[i][j] for w, v in zip(weights, values, strict=True)) for j in range(p)] for i in range(n)]


def exact_square(matrix: Floats, shift: float, factor: Floats) -> Fraction:
    """||matrix - shift I - G G^T||_F^2."""
    G, total = used(factor), Fraction(0)
    for i, row in enumerate(rationals(matrix)):
        for j, value in enumerate(row):
            product = sum(a * b for a, b in zip(G[i], G[j], strict=True))
            total += (value - (Fraction(shift) if i == j else 0) - product) ** 2
    return total


@settings(max_examples=60)
@given(
    n=st.integers(1, 9), seed=SEEDS, noise=st.sampled_from([0.0, 1e-17, 1e-15, 1e-9, 1.0]), power=st.integers(-90, 90)
)
def test_never_below_the_exact_distance_and_close_to_it(n: int, seed: int, noise: float, power: int) -> None:
    rng = np.random.default_rng(seed)
    factor = np.tril(rng.standard_normal((n, n)) * 2.0 ** rng.integers(-30, 3, (n, n)))
    shift = float(rng.standard_normal()) * 1e-3
    matrix = factor @ factor.T + shift * np.eye(n) + noise * rng.standard_normal((n, n))
    matrix, shift, factor = matrix * 4.0**power, shift * 4.0**power, factor * 2.0**power
    found = Fraction(gram_distance(matrix, shift, factor)) ** 2
    exact = exact_square(matrix, shift, factor)
    assert exact <= found
    # Rounding, u times the diagonal and the gap after each of three subtractions, is there and is allowed for: twice.
    size = float(np.linalg.norm(np.diagonal(matrix) - shift)) + 2.0**-15 * n * float(np.linalg.norm(factor)) ** 2
    assert math.sqrt(found) <= (1 + 1e-5) * math.sqrt(exact) + 2.0**-52 * 1.01 * size


@settings(max_examples=40)
@given(n=st.integers(1, 6), p=st.integers(1, 7), seed=SEEDS)
def test_any_matrix_and_any_factor_will_do(n: int, p: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, factor = (rng.standard_normal(s) * 10.0 ** rng.integers(-25, 25, s) for s in ((n, n), (n, p)))
    shift = float(rng.standard_normal())
    assert exact_square(matrix, shift, factor) <= Fraction(gram_distance(matrix, shift, factor)) ** 2


@pytest.mark.parametrize("p", [1, 2, 3, 64, 65, 1000, 1025])
@pytest.mark.parametrize("value", [1.0, math.nextafter(1, 0), 0.7, 1 / 3])
def test_products_of_slices_are_exact_where_sums_are_largest(p: int, value: float) -> None:
    factor = np.full((2, p), value)
    factor[1] = -value
    bits, cut = slices(factor)
    assert p * 4**bits <= 2**51
    assert all(np.abs(x).max() <= 2**bits for x in cut)
    for left in cut:
        for right in cut:
            assert int((left @ right.T)[0, 0]) == p * int(left[0, 0]) * int(right[0, 0])
    rest = Fraction(value) - sum(Fraction(int(x[0, 0]), 2 ** (bits * (k + 1))) for k, x in enumerate(cut))
    assert abs(rest) <= Fraction(1, 2 ** (3 * bits + 1))


def test_the_products_that_are_left_out_count() -> None:
    # One entry 1 and many small ones: the slices B and C line up, and the matrix is G G^T without 2 B C^T and C C^T.
    p = 2**16
    factor = np.full((1, p), 0.45 * 2.0**-17 + 0.45 * 2.0**-34)
    factor[0, 0] = math.nextafter(1, 0)
    bits, cut = slices(factor)
    a, b, c = ([int(x) for x in slice_[0]] for slice_ in cut)
    formed = sum(Fraction(x * x, 4**bits) + Fraction(2 * x * y, 8**bits) for x, y in zip(a, b, strict=True))
    formed += sum(Fraction(y * y + 2 * x * z, 16**bits) for x, y, z in zip(a, b, c, strict=True))
    matrix = np.array([[float(formed)]])
    exact = exact_square(matrix, 0.0, factor)
    assert exact > Fraction(1, 2**90), "far more than rounding"
    assert exact <= Fraction(gram_distance(matrix, 0.0, factor)) ** 2


@settings(max_examples=60)
@given(st.lists(st.floats(-1e150, 1e150), min_size=1, max_size=40))
def test_norms_are_rounded_up(values: list[float]) -> None:
    exact = sum(Fraction(x) ** 2 for x in values)
    found = norm_upper(np.array(values))
    assert exact <= Fraction(found) ** 2
    assert found <= (1 + 1e-5) * math.sqrt(exact) + 1e-140


def test_squares_that_underflow_are_not_forgotten() -> None:
    assert Fraction(norm_upper(np.full(10**4, 1e-170))) ** 2 >= 10**4 * Fraction(1e-170) ** 2


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e200, 0.0])
def test_what_floats_cannot_hold_is_infinitely_far(bad: float) -> None:
    assert gram_distance(np.eye(2), 0.0, np.full((2, 2), bad)) == math.inf
    if not math.isfinite(bad):
        assert gram_distance(np.full((2, 2), bad), 0.0, np.eye(2)) == math.inf
        assert gram_distance(np.eye(2), bad, np.eye(2)) == math.inf
