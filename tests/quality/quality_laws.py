"""What the claims about a probability measure, and the proofs that give the probability of failure exactly.

g holds five independent standard Gaussian numbers, as vectors of one coordinate against the unit vector e.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import sympy as sp

from lemmas import model
from verify import Fact, Proof, Quantity, le, lt, real
from verify.proof import (
    Index,
    Inner,
    Norm,
    assume,
    bound,
    calc,
    certified,
    chain,
    gaussians,
    instance,
    normal_tail,
    plus,
    rules,
    sup,
    times,
)
from verify.proof import mean as average
from verify.proof.terms import LambdaMin, Mat, data, rademachers, total
from verify.statement import Instance

FAR = 1000  # the other eigenvalue
g, e = gaussians("g"), data("e")()
s, i, j = Index("s", 5), Index("i", 2), Index("j", 2)
one, each = Inner(g(1), e), Inner(g(s), e)
z, c = sp.Symbol("z", real=True), Quantity("c", real(0), "any number >= 0")
A = Mat("A", sp.Lambda((i, j), one / 2 + FAR * (sp.KroneckerDelta(i, j) - sp.Rational(1, 2))))


def _numbers(at: Instance) -> model.Array:
    found: model.Array = at["g"] @ at["e"]
    return found


def _matrix(at: Instance) -> model.Array:
    """One Gaussian number times a projection, and FAR times the other."""
    found: model.Array = _numbers(at)[0] * np.full((2, 2), 0.5) + FAR * np.array([[0.5, -0.5], [-0.5, 0.5]])
    return found


length = Quantity("length", real(0), "|e|", lambda at: model.frobenius(at["e"]), Norm(e))
modulus = Quantity("modulus", real(0), "|g_1|", lambda at: abs(_numbers(at)[0]), sp.Abs(one))
largest = Quantity("largest", real(0), "max |g_s|", lambda at: model.maximum(abs(_numbers(at))), sup(sp.Abs(each), s))
squared = Quantity("squared", real(0), "|g|^2", lambda at: (_numbers(at) * _numbers(at)).sum(), total(each**2, s))
mean = Quantity("mean", real(), "mean of the g_s", lambda at: _numbers(at).sum() / 5, average(each, s))
least = Quantity("least", real(), "least eigenvalue", lambda at: model.lambda_min(_matrix(at)), LambdaMin(A))


def heads(tosses: int) -> Quantity:
    """The number of heads, coins being +1 or -1."""
    s = Index("s", tosses)
    number = total((1 + rademachers("coins")(s)) / 2, s)
    return Quantity("heads", real(), "heads", lambda at: ((1 + at["coins"]) / 2).sum(), number)


def _threshold(p: Proof) -> sp.Rational:
    return p.lemma.claim.right


def _positive(p: Proof) -> Fact:
    return chain(certified(lt(0, 1), {}), bound(1, "==", Norm(e), p.given("unit")), name="0 < |e|")


def _decided(p: Proof, law: Fact, value: sp.Expr) -> Fact:
    """The law at |e| = 1, where it is the value given, against the level."""
    at_one = [p.given("unit"), _positive(p)]
    return p.decide(calc("law", p.goal.left, ("==", law.right, [law]), ("==", value, at_one)))


def of_modulus(p: Proof) -> Fact:
    t = _threshold(p)
    law = rules.gaussian_modulus_law(g(1), e, _positive(p), t, certified(le(0, t), {}))
    return _decided(p, law, 2 * normal_tail(t))


def of_largest(p: Proof) -> Fact:
    t = _threshold(p)
    law = rules.gaussian_modulus_law(g(s), e, _positive(p), t, certified(le(0, t), {}))
    return _decided(p, rules.independent_maximum(law, s), 1 - (1 - 2 * normal_tail(t)) ** 5)


def of_squared(p: Proof) -> Fact:
    """The density of |g| has an antiderivative in closed form."""
    t = sp.sqrt(_threshold(p))
    law = rules.gaussian_squares_law(g(s), e, s, _positive(p), t, bound(0, "<=", t), z)
    root = sp.sqrt(2 / sp.pi) / 3
    primitive = -root * (z**3 + 3 * z) * sp.exp(-(z**2) / 2) - 2 * normal_tail(z)
    slope = rules.derivative_of(primitive, z, root * z**4 * sp.exp(-(z**2) / 2), name="the antiderivative")
    beyond_c = rules.antiderivative(primitive, slope, z, c, sp.oo)
    beyond = instance(beyond_c, {c: t / Norm(e)}, bound(0, "<=", t / Norm(e), _positive(p)), _positive(p))
    return _decided(p, chain(law, beyond, name="law of |g|"), beyond_c.right.subs(c, t))


def of_mean(p: Proof) -> Fact:
    """The mean exceeds t where the sum exceeds 5t."""
    t = _threshold(p)
    law = rules.gaussian_sum_law(g(s), e, s, _positive(p), 5 * t)
    onward = bound(mean, "<=", t, assume(le(total(each, s), 5 * t)))
    back = bound(total(each, s), "<=", 5 * t, assume(le(mean, t)))
    return _decided(p, rules.equal_events(law, onward, back), normal_tail(sp.sqrt(5) * t))


def of_least(p: Proof) -> Fact:
    """The least eigenvalue is (g + FAR)/2 - |g - FAR|/2: at most g, and beyond t < FAR if g is."""
    t, half = _threshold(p), (one - FAR) / 2
    value = bound(least, "==", (one + FAR) / 2 - sp.Abs(half), rules.smallest_of_two(A, i, j), name="eigenvalue")
    above = rules.absolute_below(bound(sp.Abs(half), "<=", sp.Abs(half)), half)
    onward = calc("onward", least, ("==", value.right, [value]), ("<=", one, [above]), ("<=", t, [assume(le(one, t))]))
    law = rules.gaussian_law(g(1), e, _positive(p), t)
    same = rules.equal_events(law, onward, rules.either(_near(value, t), _far(value, t), one, sp.Integer(FAR)))
    return _decided(p, same, normal_tail(t))


def _near(value: Fact, t: sp.Rational) -> Fact:
    """If g <= FAR, the least eigenvalue is g; so it is at most t only if g is."""
    half = (one - FAR) / 2
    size = _modulus(-half, assume(le(one, FAR)))
    return calc("near", one, ("<=", value.right, [size]), ("==", least, [value]), ("<=", t, [assume(le(least, t))]))


def _far(value: Fact, t: sp.Rational) -> Fact:
    """If g > FAR, the least eigenvalue is FAR, which is not at most t: then anything follows, g <= t also."""
    beyond = assume(lt(FAR, one))
    size = _modulus((one - FAR) / 2, beyond)
    absurd = calc("far", FAR, ("<=", value.right, [size]), ("==", least, [value]), ("<=", t, [assume(le(least, t))]))
    share = (one - t) / (FAR - t)
    return plus(times(absurd, share, bound(0, "<=", share, beyond)), t - t * share, name="so g <= t")


def _modulus(a: sp.Expr, because: Fact) -> Fact:
    """|a| <= a, a being at least 0."""
    return rules.root_at_most(bound(a**2, "<=", a**2), a, bound(0, "<=", a, because))


@cache  # one proof for one number of tosses
def of_heads(tosses: int) -> Callable[[Proof], Fact]:
    s = Index("s", tosses)
    return lambda p: p.decide(rules.fair_coins_law(rademachers("coins")(s), s, _threshold(p)))
