"""Price of truncation: cutting e^{<w, v>} off above 2B loses at most A Q(B - 2) of its mean, if |v| <= 2 and B >= 0.

Source: Gaussian moment generating function with a cut; A = e^2 is attained at |v| = 2. A Hoeffding argument on the
truncated variable concentrates around the truncated mean, not around K: this difference must be paid for.

Proof: the loss is e^{s^2/2} Q(2B/s - s) with s = |v| (gaussian-mgf), and this increases in s. At v = 0 nothing is cut.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from sympy import exp

from lemmas.draws import points
from lemmas.notation.start import cut_ij
from lemmas.notation.symbols import B, g, i, j, nu, x
from lemmas.quadrature import exponential_mean_digits
from verify import Lemma, Quantity, Search, const, le, lt, positive
from verify.proof import Fact, Inner, Norm, Proof, assume, bound, calc, chain, in_domain, instance, normal_tail, rules
from verify.proof.terms import Exceeds, Indicator

A = const("A", exp(2), "tight")
s = Quantity("s", positive(2), "length of the vector in the exponent")
both = x(i) + x(j)


def loss(length: Any) -> sp.Expr:
    """E[e^{s g}; s g > 2 B]."""
    return exp(length**2 / 2) * normal_tail(2 * B / length - length)


def at_most_two() -> Fact:
    """loss(s) <= e^2 Q(B - 2) for 0 < s <= 2."""
    slope = bound(0, "<=", sp.diff(loss(s), s), name="the loss increases with the length")
    last = rules.increasing(loss(s), slope, s, in_domain(s)[1], in_domain(s)[0])
    return bound(loss(s), "<=", exp(2) * normal_tail(B - 2), last, name="the loss at length 2")


def scalar(p: Proof) -> Fact:
    return p.conclude(bound(p.goal.left, "<=", p.goal.right, at_most_two(), name="the constant"))


def nothing_cut(value: sp.Expr, over: sp.Expr) -> Fact:
    """E[e^<w, v>; <w, v> > 2B] <= 0 if v = 0."""
    zero = rules.zero_vector(g(1), assume(le(Norm(both), 0), "v is 0"))
    inside = bound(Inner(g(1), both), "<=", 2 * B, zero, *in_domain(B), name="0 is not cut")
    return rules.expectation_monotone(bound(value * over, "<=", 0, rules.indicator_zero(inside), name="nothing is cut"))


def loss_of_pair(p: Proof) -> Fact:
    """E[e^<w, v>; <w, v> > 2B] <= e^2 Q(B - 2) for v = x_i + x_j, which may be 0."""
    value, over = exp(Inner(g(1), both)), Indicator(Exceeds(Inner(g(1), both), 2 * B))
    points = [chain(rules.sup_member(nu, t), p.given("data")) for t in (i, j)]
    short = calc(
        "|x_i + x_j| <= 2",
        Norm(both),
        ("<=", Norm(x(i)) + Norm(x(j)), [rules.triangle(x(i), x(j))]),
        ("<=", 2, points),
    )
    proper, z = assume(lt(0, Norm(both)), "v is not 0"), sp.Symbol("z", real=True)
    mean = chain(
        rules.gaussian_moment_beyond(g(1), both, proper, 2 * B, z),
        p.cite("gaussian-mgf", {"s": Norm(both), "c": 2 * B}, proper),
        instance(at_most_two(), {s: Norm(both)}, proper, short),
        name="the loss for v, if v is not 0",
    )
    none = chain(nothing_cut(value, over), bound(0, "<=", mean.high), name="the loss for v = 0")
    return rules.either(none, mean, Norm(both), sp.S.Zero)


def entry(p: Proof) -> Fact:
    return p.conclude(bound(cut_ij, "<=", p.goal.right, loss_of_pair(p), name="the constant"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Data of norm up to 2, one entry (i, j), and B up to 4."""
    X = points(rng, case) * rng.choice([1.0, 2.0])
    at = {"X": X, "i": int(rng.integers(1, len(X) + 1)), "j": int(rng.integers(1, len(X) + 1))}
    return {**at, "B": float(rng.uniform(0, 4))}


def _line(at: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One number in [-1, 1] as data, and B up to 4."""
    return {"X": 2 * at[:1, None] - 1, "i": 1, "j": 1, "B": float(4 * at[1])}


def _formula(digits: int) -> mpmath.mpf:
    """The loss at s = 7/5, B = 1."""
    length = mpmath.mpf(7) / 5
    return mpmath.exp(length**2 / 2) * mpmath.erfc((2 / length - length) / mpmath.sqrt(2)) / 2


lemma = Lemma(
    le(loss(s), A * normal_tail(B - 2)),
    latex=r"e^{{s^2/2}}\, Q(2B/s - s) \le {A}\, Q(B-2) \qquad (0 < s \le 2,\ B \ge 0)",
    source="completing the square; this project's explicit constant",
    limitations="Off by e^{2 - s^2/2} and more for short sums; B is at least 0.",
    uses=("gaussian-mgf",),
    proof=scalar,
    precision={
        "s = 7/5, B = 1": (_formula, lambda digits: exponential_mean_digits(Fraction(7, 5), digits, Fraction(2)))
    },
    also={
        "of an entry": Lemma(
            le(cut_ij, A * normal_tail(B - 2)),
            given={"data": le(nu, 1)},
            latex=r"\mathbb{{E}}\big[e^{{\langle w,x_i+x_j\rangle}};\ \langle w,x_i+x_j\rangle > 2B\big]"
            r" \le {A}\, Q(B-2)",
            limitations="About one neuron; the entry of the Gram matrix has the further factor <x_i, x_j>.",
            uses=("gaussian-mgf",),
            proof=entry,
            draw=draw,
            cases=("random", "equal points", "antipodal"),
            search={"one number": Search(2, _line)},
        ),
    },
)
