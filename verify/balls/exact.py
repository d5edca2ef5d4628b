"""Exact numbers in and out of balls: conversion without rounding, decimals rounded outwards, certain comparisons."""

from __future__ import annotations

import decimal
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, fmpq

_LARGEST = 10**6  # in the binary exponent of a ball that is written out as a fraction


class NotExact(ValueError):
    """A number that has no finite exact rational value."""


def exact(value: Any) -> fmpq:
    """The exact rational of an int, float (the double itself), Fraction, SymPy Rational, fmpq or exact ball.

    Raises NotExact for NaN, infinities, irrational expressions, balls with a radius and balls beyond 2^(10^6).
    """
    if isinstance(value, fmpq):
        return value
    if isinstance(value, sp.Rational):
        return fmpq(int(value.p), int(value.q))
    if isinstance(value, arb):
        if not (value.is_finite() and value.is_exact()):
            raise NotExact(f"{value} is not a point")
        if abs(value.man_exp()[1]) > _LARGEST:
            raise NotExact(f"{value} is too large or too small to be written as a fraction")
        return value.fmpq()
    return _exact_of_python(value)


def _exact_of_python(value: Any) -> fmpq:
    try:
        # A Fraction made of a number, only to be taken apart again, takes twice as long.
        rational = value if isinstance(value, (int, float, Fraction)) else Fraction(value)
        return fmpq(*rational.as_integer_ratio())
    except (TypeError, ValueError, OverflowError) as error:
        raise NotExact(f"{value!r} has no exact rational value") from error


def to_fraction(value: Any) -> Fraction:
    """The same exact value as a standard-library Fraction."""
    rational = exact(value)
    return Fraction(int(rational.p), int(rational.q))


def to_sympy(value: Any) -> sp.Rational:
    """The same exact value as a SymPy Rational."""
    rational = exact(value)
    return sp.Rational(int(rational.p), int(rational.q))


def ball(value: Any) -> arb:
    """A ball around an exact number, at the current precision."""
    return value if isinstance(value, arb) else arb(exact(value))


def hull(lower: arb, upper: arb) -> arb:
    """The smallest ball around two balls."""
    return lower.union(upper)


def _decimal(value: arb, digits: int, rounding: str) -> str:
    rational = exact(value)
    context = decimal.Context(prec=digits, rounding=rounding, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    return str(context.divide(decimal.Decimal(int(rational.p)), decimal.Decimal(int(rational.q))))


def lower_decimal(value: arb, digits: int = 20) -> str:
    """A decimal that is at most every number in the ball, with ``digits`` significant digits."""
    return _decimal(_end(value, -1), digits, decimal.ROUND_FLOOR)


def upper_decimal(value: arb, digits: int = 20) -> str:
    """A decimal that is at least every number in the ball, with ``digits`` significant digits."""
    return _decimal(_end(value, 1), digits, decimal.ROUND_CEILING)


def _end(value: arb, side: int) -> arb:
    """An exact end of the ball (rounded outwards at the current precision)."""
    if not value.is_finite():
        raise NotExact(f"{value} has no finite end")
    return value.lower() if side < 0 else value.upper()


def from_decimal(text: str) -> arb:
    """A ball around the exact value of a decimal or fraction string such as ``"1.25e-3"`` or ``"1/3"``."""
    return arb(exact(text))


def certainly_lt(a: Any, b: Any) -> bool:
    """True only if every number of ``a`` is below every number of ``b``."""
    return bool(ball(a) < ball(b))


def certainly_gt(a: Any, b: Any) -> bool:
    """True only if every number of ``a`` is above every number of ``b``."""
    return certainly_lt(b, a)
