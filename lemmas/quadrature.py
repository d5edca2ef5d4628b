"""Gaussian integrals by rigorous quadrature, so that closed forms have something independent to agree with.

E f(<w, v>) for w ~ N(0, I_d) is the integral of f(s z) phi(z), s = |v| (rotation invariance). The integral over
[-T, T] is `acb.integral`'s enclosure (Johansson 2018); beyond, s z - z^2/2 <= -z^2/4 once |z| >= T >= 4 s.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
from flint import acb, arb, ctx

from verify.balls.exact import ball


def exponential_mean(s: Any, cut: Any = None) -> Any:
    """E[e^{s g}; s g > cut] for g ~ N(0, 1), s >= 0 (no cut: all of it); a float for a float s, else a ball.

    Returns 0 where s = 0 and the cut is not negative. Raises ValueError for a ball s that may be 0 with a cut that may.
    """
    if isinstance(s, float):
        with ctx.workprec(80):
            return float(exponential_mean(ball(s), None if cut is None else ball(float(cut))).mid())
    if cut is None:
        return _integral(s, None)
    if s > 0:
        return _integral(s, cut / s)
    if s <= 0 and cut >= 0:
        return arb(0)
    raise ValueError(f"the cut {cut} cannot be placed: s = {s} may be 0")


def _integral(s: arb, lower: arb | None) -> arb:
    """The integral of e^{s z} phi(z) over z > lower."""
    reach = max(4 * s.upper(), arb(2 * math.isqrt(ctx.prec) + 4))
    beyond = _tail(reach).union(arb(0))
    if lower is None or lower <= -reach:
        return _inside(s, -reach, reach) + 2 * beyond
    if lower >= reach:
        return beyond
    if not (-reach < lower < reach):
        raise ValueError(f"the cut {lower} is too wide a ball")
    return _inside(s, lower, reach) + beyond


def _inside(s: arb, lower: arb, upper: arb) -> arb:
    slope = acb(s)
    density = acb.integral(lambda z, _: (z * (slope - z / 2)).exp(), acb(lower), acb(upper)).real
    return density / (2 * arb.pi()).sqrt()


def _tail(reach: arb) -> arb:
    """At least the integral of e^{-z^2/4} / sqrt(2 pi) over z > reach."""
    return (reach / 2).erfc() / arb(2).sqrt()


def decimal_of(value: arb, digits: int) -> mpmath.mpf:
    """The middle of a ball as an mpmath number. Raises ValueError if it is not known to so many digits."""
    if value.rel_accuracy_bits() < digits * math.log2(10):
        raise ValueError(f"{value} is not known to {digits} digits")
    return mpmath.mpf(value.mid().str(digits + 5, radius=False))


def exponential_mean_digits(s: Any, digits: int, cut: Any = None) -> mpmath.mpf:
    """E[e^{s g}; s g > cut] at exact rationals s > 0 and cut, to so many digits."""
    with ctx.workprec(int(4 * digits) + 60):
        return decimal_of(exponential_mean(ball(s), None if cut is None else ball(cut)), digits)
