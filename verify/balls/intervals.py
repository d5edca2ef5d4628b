"""Intervals with ball ends, which may be infinite: the arithmetic in which a sign over a box is decided.

An interval is a pair (lo, hi) of balls; it holds every number between some point of ``lo`` and some point of ``hi``.
Unlike a ball m +- r, it keeps signs: [0, 1] * [0, 1] is [0, 1]. An infinite end is a limit, not a number: [M, oo) times
[0, 1] is [0, oo). The pair (oo, oo) stands for "tends to oo"; times an interval with 0 it is unknown.

Meaning: the result holds every value the function takes at the points of the arguments *where it is defined*
(log of [-1, 1] is (-oo, 0]). Callers prove definedness separately. Unknown ends are NaN, which no comparison accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

Interval = tuple[arb, arb]

INF = arb.pos_inf()
NEG = arb.neg_inf()
ZERO = arb(0)
ONE = arb(1)
WHOLE: Interval = (NEG, INF)
UNKNOWN: Interval = (arb.nan(), arb.nan())


def larger(x: arb, y: arb) -> arb:
    """A ball around max(x, y); NaN if either is."""
    if x >= y:
        return x
    return y if y >= x else x.max(y)


def smaller(x: arb, y: arb) -> arb:
    """A ball around min(x, y); NaN if either is."""
    if x <= y:
        return x
    return y if y <= x else x.min(y)


def contains_zero(a: Interval) -> bool:
    """Whether zero cannot be excluded."""
    return not (a[0] > 0 or a[1] < 0)


def is_bounded(a: Interval) -> bool:
    return bool(a[0].is_finite() and a[1].is_finite())


def hull_ball(a: Interval) -> arb:
    """One ball around a bounded interval."""
    return a[0].union(a[1])


def add(a: Interval, b: Interval) -> Interval:
    return (a[0] + b[0], a[1] + b[1])


def neg(a: Interval) -> Interval:
    return (-a[1], -a[0])


def _times(x: arb, y: arb) -> arb:
    """A corner of a product; 0 times an infinite end is 0, since that end is not attained."""
    if x.is_zero() and not y.is_finite() and not y.is_nan():
        return x
    if y.is_zero() and not x.is_finite() and not x.is_nan():
        return y
    return x * y


def mul(a: Interval, b: Interval) -> Interval:
    if not (is_bounded(a) and is_bounded(b)):
        return _mul_unbounded(a, b)
    if a[0] >= 0:
        if b[0] >= 0:
            return (a[0] * b[0], a[1] * b[1])
        if b[1] <= 0:
            return (a[1] * b[0], a[0] * b[1])
    return _corners(a, b)


def _corners(a: Interval, b: Interval) -> Interval:
    p, q, r, s = (_times(x, y) for x in a for y in b)
    return (smaller(smaller(p, q), smaller(r, s)), larger(larger(p, q), larger(r, s)))


def _mul_unbounded(a: Interval, b: Interval) -> Interval:
    for x, y in ((a, b), (b, a)):
        if (x[0] == INF or x[1] == NEG) and contains_zero(y):
            return WHOLE
    return _corners(a, b)


def inv(a: Interval) -> Interval:
    lo, hi = a
    if lo > 0 or hi < 0:
        return (_reciprocal(hi), _reciprocal(lo))
    if lo.is_zero() and hi > 0:
        return (_reciprocal(hi), INF)
    if hi.is_zero() and lo < 0:
        return (NEG, _reciprocal(lo))
    return UNKNOWN


def _reciprocal(x: arb) -> arb:
    return ZERO if x in (INF, NEG) else 1 / x


def integer_power(x: Any, n: int) -> Any:
    """x^n for n >= 1, real or complex, by squaring: arb's own power is NaN for balls such as [+/- 1e-30]."""
    result = None
    while True:
        if n % 2:
            result = x if result is None else result * x
        n //= 2
        if n == 0:
            return result
        x = x * x


def power(a: Interval, n: int) -> Interval:
    """a^n for an integer n >= 2."""
    lo, hi = a
    if n % 2 == 0:
        if hi <= 0:
            lo, hi = -hi, -lo
        elif not lo >= 0:
            return (ZERO, _end_power(larger(-lo, hi), n))
    return (_end_power(lo, n), _end_power(hi, n))


def _end_power(x: arb, n: int) -> arb:
    if x == INF or (x == NEG and n % 2 == 0):
        return INF
    if x == NEG:
        return NEG
    value: arb = integer_power(x, n)
    return value


def _clipped(a: Interval, floor: arb = ZERO) -> Interval | None:
    """The part of the interval at or above ``floor``; None if it may be empty or is unknown."""
    lo, hi = a
    if lo >= floor:
        return a
    if not hi >= floor or lo.is_nan():
        return None
    return (larger(lo, floor), hi)


def root(a: Interval, p: int, q: int) -> Interval:
    """a^(p/q) for positive p, q on the part of the interval where a >= 0."""
    part = _clipped(a)
    return UNKNOWN if part is None else (_end_root(part[0], p, q), _end_root(part[1], p, q))


def _end_root(x: arb, p: int, q: int) -> arb:
    if x == INF:
        return INF
    if x.is_zero():
        return x
    # an end that is a tiny ball around zero stands for a point at or above zero
    point = x.nonnegative_part() if not x >= 0 else x
    value: arb = integer_power(point.sqrt() if q == 2 else point.root(q), p)
    return value


def exp(a: Interval) -> Interval:
    return (_end_exp(a[0]), _end_exp(a[1]))


def _end_exp(x: arb) -> arb:
    if x.is_finite():
        return x.exp()
    return ZERO if x == NEG else x  # oo and NaN map to themselves


def log(a: Interval) -> Interval:
    """log on the positive part."""
    part = _clipped(a)
    if part is None:
        return UNKNOWN
    low = part[0].log() if part[0] > 0 and part[0].is_finite() else (INF if part[0] == INF else NEG)
    if part[1] == INF:
        return (low, INF)
    return (low, part[1].log() if part[1] > 0 else arb.nan())


def abs_(a: Interval) -> Interval:
    lo, hi = a
    if lo >= 0:
        return a
    if hi <= 0:
        return (-hi, -lo)
    return (ZERO, larger(-lo, hi))


def max_(a: Interval, b: Interval) -> Interval:
    return (larger(a[0], b[0]), larger(a[1], b[1]))


def min_(a: Interval, b: Interval) -> Interval:
    return (smaller(a[0], b[0]), smaller(a[1], b[1]))


def sign(a: Interval) -> Interval:
    """sign, and at 0 its whole jump [-1, 1]: the generalised gradient of abs (Clarke)."""
    if a[0] > 0:
        return (ONE, ONE)
    return (-ONE, -ONE) if a[1] < 0 else (-ONE, ONE)


def heaviside(a: Interval) -> Interval:
    """The unit step, and at 0 its whole jump [0, 1]."""
    if a[0] > 0:
        return (ONE, ONE)
    return (ZERO, ZERO) if a[1] < 0 else (ZERO, ONE)


def increasing(f: Callable[[arb], arb], at_neg: arb, at_pos: arb) -> Callable[[Interval], Interval]:
    """The interval form of a function that increases over the whole line, from its limits at -oo and oo."""

    def end(x: arb) -> arb:
        if x.is_finite():
            return f(x)
        return at_pos if x == INF else (at_neg if x == NEG else x)

    return lambda a: (end(a[0]), end(a[1]))


def decreasing(f: Callable[[arb], arb], at_neg: arb, at_pos: arb) -> Callable[[Interval], Interval]:
    rising = increasing(f, at_neg, at_pos)

    def apply(a: Interval) -> Interval:
        hi, lo = rising(a)
        return (lo, hi)

    return apply


def scaled_erfc(x: Any) -> Any:
    """exp(x^2) erfc(x), with the relative accuracy that arb gives to erfc in its tail."""
    return (x * x).exp() * x.erfc()


def xexp(a: Interval) -> Interval:
    """y e^{-y}: its ends, and its maximum 1/e unless y = 1 is certainly outside."""
    low, high = _end_xexp(a[0]), _end_xexp(a[1])
    top = larger(low, high) if a[0] >= 1 or a[1] <= 1 else (-ONE).exp()
    return (smaller(low, high), top)


def _end_xexp(x: arb) -> arb:
    if x.is_finite():
        return x * (-x).exp()
    return ZERO if x == INF else x


def cosh(a: Interval) -> Interval:
    lo, hi = abs_(a)
    return (lo.cosh() if lo.is_finite() else lo, hi.cosh() if hi.is_finite() else hi)


def floor(a: Interval) -> Interval:
    return (a[0].floor().lower() if a[0].is_finite() else a[0], a[1].floor().upper() if a[1].is_finite() else a[1])


def ceil(a: Interval) -> Interval:
    return neg(floor(neg(a)))


_GAMMA_TURN = arb(fmpq(3, 2))  # gamma increases on [3/2, oo) (its minimum lies at 1.4616...)


def gamma_like(f: Callable[[arb], arb]) -> Callable[[Interval], Interval]:
    """gamma or log gamma on the positive axis: end points where it increases, one ball elsewhere."""

    def apply(a: Interval) -> Interval:
        if not a[0] > 0:
            return UNKNOWN
        if a[0] >= _GAMMA_TURN:
            return (f(a[0]) if a[0].is_finite() else a[0], f(a[1]) if a[1].is_finite() else a[1])
        return ball_function(f)(a)

    return apply


def ball_function(f: Callable[[arb], arb], outside: Interval = UNKNOWN) -> Callable[[Interval], Interval]:
    """Any function of a ball, applied to the hull of a bounded interval; ``outside`` where it is unbounded."""

    def apply(a: Interval) -> Interval:
        if not is_bounded(a):
            return outside
        value: Any = f(hull_ball(a))
        return (value.lower(), value.upper()) if value.is_finite() else outside

    return apply
