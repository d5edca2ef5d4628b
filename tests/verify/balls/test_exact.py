"""Conversions are exact, decimals are rounded outwards, comparisons are certain."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from verify.balls import exact as ex


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_its_own_double(x: float) -> None:
    assert ex.to_fraction(x) == Fraction(x)
    assert Fraction(int(ex.to_sympy(x).p), int(ex.to_sympy(x).q)) == Fraction(x)


@given(st.fractions())
def test_fractions_survive_the_round_trip(x: Fraction) -> None:
    assert ex.to_fraction(x) == x
    assert ex.to_fraction(ex.to_sympy(x)) == x


@pytest.mark.parametrize("bad", [math.nan, math.inf, sp.pi, arb.pi(), "x", None, sp.oo])
def test_what_is_not_a_rational_raises(bad: object) -> None:
    with pytest.raises(ex.NotExact):
        ex.exact(bad)


@given(st.fractions(), st.integers(1, 30))
def test_decimals_enclose(x: Fraction, digits: int) -> None:
    ball = arb(fmpq(x.numerator, x.denominator))
    assert Decimal(ex.lower_decimal(ball, digits)) <= Decimal(ex.upper_decimal(ball, digits))
    assert Fraction(ex.lower_decimal(ball, digits)) <= x <= Fraction(ex.upper_decimal(ball, digits))


def test_decimals_are_as_narrow_as_asked() -> None:
    assert ex.lower_decimal(arb.pi(), 6) == "3.14159"
    assert ex.upper_decimal(arb.pi(), 6) == "3.14160"
    assert ex.lower_decimal(-arb.pi(), 6) == "-3.14160"
    assert ex.upper_decimal(-arb.pi(), 6) == "-3.14159"


def test_a_decimal_of_an_unbounded_ball_raises() -> None:
    with pytest.raises(ex.NotExact):
        ex.lower_decimal(arb("nan"))


@pytest.mark.parametrize("exponent", [10**10, -(10**10)])
def test_a_ball_too_large_or_too_small_for_a_fraction_raises(exponent: int) -> None:
    with pytest.raises(ex.NotExact, match="too large or too small"):
        ex.upper_decimal(arb(exponent).exp())


def test_strings_are_read_exactly() -> None:
    with ctx.workprec(128):
        assert ex.from_decimal("0.1").contains(fmpq(1, 10))
        assert ex.from_decimal("1/3").contains(fmpq(1, 3))
        assert not ex.from_decimal("0.1").contains(fmpq(1, 10) + fmpq(1, 10**30))


def test_comparisons_are_certain_or_false() -> None:
    wide = arb(0, 1)
    assert ex.certainly_lt(1, 2)
    assert ex.certainly_gt(wide, -2)
    assert not ex.certainly_lt(2, 2)
    assert not ex.certainly_lt(wide, 0)
    assert not ex.certainly_gt(0, wide)
