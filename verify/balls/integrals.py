"""Rigorous integrals over finite ranges, and the Gaussian tail.

The integrals are those of acb.integral (Johansson, Numerical integration in arbitrary-precision ball arithmetic,
ICMS 2018), which bounds its own error by complex analysis.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import sympy as sp
from flint import acb, arb

from verify.balls.compile import complex_function
from verify.balls.exact import ball

Integrand: TypeAlias = Any  # a SymPy expression, or a Callable[[acb], acb]


class IntegralError(ArithmeticError):
    """The integral could not be enclosed."""


def normal_tail(t: Any) -> arb:
    """Q(t) = P(g > t) for a standard Gaussian g, for an exact number or a ball t."""
    return (ball(t) / arb(2).sqrt()).erfc() / 2


def integral(f: Integrand, lower: Any, upper: Any, symbol: sp.Symbol | None = None) -> arb:
    """A ball around the integral of a real function over [lower, upper], at the current precision.

    ``f`` is a SymPy expression in ``symbol``, or a function of one complex ball that is analytic (NaN where it is not)
    and real on the real line. Raises IntegralError if no finite ball is found, UnknownNode for a node that is not
    analytic.
    """
    function = _analytic(f, symbol)
    value = acb.integral(lambda z, _: function(z), acb(ball(lower)), acb(ball(upper))).real
    if not value.is_finite():
        raise IntegralError("the integral could not be enclosed")
    return value


def _analytic(f: Integrand, symbol: sp.Symbol | None) -> Callable[[acb], acb]:
    if not isinstance(f, sp.Expr):
        function: Callable[[acb], acb] = f
        return function
    if symbol is None:
        raise ValueError("a SymPy integrand needs its symbol")
    return complex_function(f, (symbol,))
