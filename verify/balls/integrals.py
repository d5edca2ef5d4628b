"""Rigorous integrals, finite or against the Gaussian density over an infinite range, and the Gaussian tail.

Finite parts are integrated by acb.integral (Johansson, Numerical integration in arbitrary-precision ball arithmetic,
ICMS 2018), which bounds its own error by complex analysis. An infinite range is cut at T, and the rest bounded a
priori: if |f(x)| <= A e^{s x} for x >= T, then E[|f(g)|; g > T] <= A e^{s^2/2} Q(T - s) by completing the square.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import sympy as sp
from flint import acb, arb, ctx

from verify.balls.certify import certify
from verify.balls.compile import complex_function
from verify.balls.exact import ball, exact, to_sympy
from verify.statement import le, real

Integrand: TypeAlias = Any  # a SymPy expression, or a Callable[[acb], acb]
_GUARD = 32  # bits


class IntegralError(ArithmeticError):
    """The integral could not be enclosed, or the growth of the integrand not be proved."""


def normal_tail(t: Any) -> arb:
    """Q(t) = P(g > t) for a standard Gaussian g, for an exact number or a ball t."""
    return (ball(t) / arb(2).sqrt()).erfc() / 2


def normal_density(t: Any) -> arb:
    """e^{-t^2/2} / sqrt(2 pi)."""
    x = ball(t)
    return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()


def truncated_exponential_moment(s: Any, c: Any) -> arb:
    """E[e^{s g}; s g > c] = e^{s^2/2} Q(c/s - s) for s > 0 and any c."""
    scale = ball(s)
    return (scale * scale / 2).exp() * normal_tail(ball(c) / scale - scale)


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


def gaussian_expectation(
    f: Integrand,
    growth: tuple[Any, Any],
    symbol: sp.Symbol | None = None,
    lower: Any = None,
    upper: Any = None,
    digits: int = 50,
) -> arb:
    """A ball around E[f(g); lower < g < upper] for a standard Gaussian g, to about ``digits`` digits.

    ``growth`` = (A, s), exact numbers with A > 0 and s >= 0, claims |f(x)| <= A e^{s |x|} wherever the range is
    infinite and |x| is beyond the cut; ends that are None are infinite. For a SymPy integrand the claim is certified
    (IntegralError if that fails); for a Python function it is the caller's a-priori bound. ``f`` as in ``integral``.
    """
    with ctx.workprec(math.ceil(digits * math.log2(10)) + _GUARD):
        function = _analytic(f, symbol)
        cut = _cut(growth, digits, lower, upper)
        left = -arb(cut) if lower is None else ball(lower)
        right = arb(cut) if upper is None else ball(upper)
        value = integral(lambda z: function(z) * (-(z * z) / 2).exp() / (2 * arb.pi()).sqrt(), left, right)
        for side, end in ((-1, lower), (1, upper)):
            if end is None:
                _certify_growth(f, symbol, growth, side, cut)
                value += arb(0, _rest(growth, cut).upper())
        return value


def _cut(growth: tuple[Any, Any], digits: int, lower: Any, upper: Any) -> int:
    """An integer beyond both finite ends at which the rest is below 10^-digits."""
    ends = [abs(ball(e)).upper() for e in (lower, upper) if e is not None]
    cut = math.ceil(max([float(ball(growth[1])) + 1, *map(float, ends)])) + 1
    while not _rest(growth, cut) < arb(10) ** (-digits - 2):
        cut += 1
    return cut


def _rest(growth: tuple[Any, Any], cut: int) -> arb:
    """A e^{s^2/2} Q(T - s)."""
    s = ball(growth[1])
    return ball(growth[0]) * (s * s / 2).exp() * normal_tail(cut - s)


def _certify_growth(f: Integrand, symbol: sp.Symbol | None, growth: tuple[Any, Any], side: int, cut: int) -> None:
    if not isinstance(f, sp.Expr):
        return
    a, s = (to_sympy(exact(x)) for x in growth)
    x = sp.Symbol("x")
    found = certify(le(sp.Abs(f.subs(symbol, side * x)), a * sp.exp(s * x)), {x: real(cut)})
    if found.status != "proved":
        raise IntegralError(f"|f(x)| <= {a} exp({s} |x|) beyond {side * cut} is {found.status}")
