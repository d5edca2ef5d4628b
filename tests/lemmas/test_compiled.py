"""exp by machine code: its polynomial with proof, all of its range by examples, and what is no number stays visible."""

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_poly, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas.kernels import Floats

if find_spec("numba") is None:
    pytest.skip("needs numba", allow_module_level=True)

from lemmas import compiled


def exp_of(z: Floats) -> tuple[Floats, float]:
    u = z.copy()
    return u, compiled.exp(u)


def worst_error(z: Floats, values: Floats) -> float:
    with ctx.workprec(120):
        errors = [abs(arb(v) / arb(x).exp() - 1).upper() for v, x in zip(values.tolist(), z.tolist(), strict=True)]
        return float(max(errors))


def test_polynomial_is_proved_to_be_within_2e17_of_exp() -> None:
    """P(c + x) - exp(c) sum_k x^k / k! coefficient by coefficient, |x| <= h, on pieces that cover |r| <= ln(2) / 2."""
    pieces, degree = 1000, 15
    with ctx.workprec(200):
        polynomial, end = arb_poly(list(compiled.COEFFICIENTS)), arb(2).log() / 2 + arb(2) ** -50  # r itself is rounded
        h, worst = end / pieces, arb(0)
        factorials = [arb(k).fac() for k in range(degree + 2)]
        for piece in range(pieces):
            centre = (2 * piece + 1 - pieces) * h
            local = polynomial(arb_poly([centre, 1]))
            left = arb((h ** (degree + 1) * 2 / factorials[degree + 1]).upper())  # of the series, as e^h < 2
            terms = (abs(local[k] / centre.exp() - 1 / factorials[k]) * h**k for k in range(degree + 1))
            worst = max(worst, arb(((sum(terms, left)) * h.exp()).upper()))  # exp(c + x) >= exp(c - h)
        assert worst < arb(2) / 10**17


@given(st.lists(st.floats(-707, 707), min_size=1, max_size=40), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_exp_is_within_1e15_of_exact_balls(values: list[float], times: int) -> None:
    z = np.tile(values, times)  # up to 2400 entries: several chunks and a rest
    got, largest = exp_of(z)
    assert largest == np.abs(z).max()
    assert np.array_equal(got, np.tile(exp_of(np.array(values))[0], times))  # wherever an entry stands
    assert worst_error(z[: len(values)], got[: len(values)]) < 1e-15


def test_exp_is_within_1e15_where_the_exponent_changes() -> None:
    ties = (np.arange(-1019, 1020) + 0.5) * np.log(2)
    z = np.concatenate(
        [np.nextafter(ties, -np.inf), ties, np.nextafter(ties, np.inf), np.arange(-1019, 1020) * np.log(2)]
    )
    assert worst_error(z, exp_of(z)[0]) < 1e-15


@pytest.mark.parametrize(
    "outlier", [707.1, -707.1, 709.7, -708.3, -720.0, -745.0, 710.0, -746.0, 1e300, np.inf, -np.inf]
)
@pytest.mark.parametrize("place", [0, 511, 512, 1400, 1499])
def test_an_argument_out_of_range_is_met_by_the_library_and_spoils_no_other(outlier: float, place: int) -> None:
    z = np.random.default_rng(place).standard_normal(1500)
    z[place] = outlier
    got, largest = exp_of(z)
    assert largest == abs(outlier)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(got, np.exp(z), rtol=1e-15, atol=5e-324)


@pytest.mark.parametrize("nan", [np.nan, -np.nan])
@pytest.mark.parametrize("others", [1.0, 1e4, np.inf])
def test_nan_stays_where_it_is_and_counts_as_the_largest(nan: float, others: float) -> None:
    z = np.full(1500, -others)
    z[700] = nan
    got, largest = exp_of(z)
    assert np.isnan(largest)
    assert np.flatnonzero(np.isnan(got)).tolist() == [700]


def test_nothing_is_an_empty_array() -> None:
    assert compiled.exp(np.empty(0)) == 0


def test_threads_share_nothing() -> None:
    z = np.random.default_rng(0).standard_normal((8, 50_000))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(exp_of, z))
    for row, (values, largest) in zip(z, found, strict=True):
        assert np.array_equal(values, exp_of(row)[0])
        assert largest == np.abs(row).max()


def test_where_nothing_can_be_kept_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def njit(signature: str, cache: bool = False, **options: Any) -> Any:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: (function, signature, options)

    monkeypatch.setattr(compiled, "njit", njit)
    function, signature, options = compiled._compiled()
    assert asked == [True, False]
    assert (function, signature) == (compiled._exp, "float64(float64[::1])")
    assert options["nogil"]
