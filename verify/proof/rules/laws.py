"""Rules that give a probability exactly: laws of Gaussian vectors and of fair signs, and what follows from a law."""

from __future__ import annotations

import math

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices, sure
from verify.proof.rules.expectation import independent_copies
from verify.proof.rules.probability import FELLER, VERSHYNIN, event_of
from verify.proof.rules.registry import Concluded, need, need_letter, rule
from verify.proof.terms import (
    Exceeds,
    Index,
    Inner,
    Norm,
    Prob,
    Rademacher,
    Vec,
    is_fixed,
    is_gaussian,
    normal_tail,
    sup,
    total,
)
from verify.relations import Relation, eq

FELLER_II = "Feller, An Introduction to Probability Theory and Its Applications II (2nd ed., Wiley 1971)"


@rule(f"{VERSHYNIN}, Proposition 3.3.1 (rotation invariance; the law is symmetric)")
def gaussian_modulus_law(w: Vec, v: sp.Expr, positive: Fact, c: sp.Expr, sign: Fact) -> Relation:
    """For w ~ N(0, I), ||v|| > 0 and c >= 0: P(|<w, v>| > c) = 2 Q(c / ||v||)."""
    name = "gaussian-modulus-law"
    _direction(w, v, positive, c, name)
    _not_negative(c, sign, name)
    return eq(Prob(Exceeds(sp.Abs(Inner(w, v)), c)), 2 * normal_tail(c / Norm(v)))


@rule(f"{VERSHYNIN}, Exercise 3.3.3 (sums of independent Gaussian variables are Gaussian; variances add up)")
def gaussian_sum_law(w: Vec, v: sp.Expr, index: Index, positive: Fact, c: sp.Expr) -> Relation:
    """For independent w_s ~ N(0, I), s <= q, and ||v|| > 0: P(sum <w_s, v> > c) = Q(c / (sqrt(q) ||v||))."""
    name = "gaussian-sum-law"
    _copies(w, v, index, positive, c, name)
    return eq(Prob(Exceeds(total(Inner(w, v), index), c)), normal_tail(c / (sp.sqrt(index.size) * Norm(v))))


@rule(f"{FELLER_II}, section II.3 (the law of the length of a Gaussian vector with q coordinates)")
def gaussian_squares_law(
    w: Vec, v: sp.Expr, index: Index, positive: Fact, c: sp.Expr, sign: Fact, z: sp.Symbol
) -> Relation:
    """For independent w_s ~ N(0, I), s <= q, c >= 0: P(sum <w_s, v>^2 > c^2) is the chi law's tail beyond c / ||v||.

    It is the integral of the density 2^(1 - q/2) z^(q-1) e^(-z^2/2) / Gamma(q/2).
    """
    name, q = "gaussian-squares-law", index.size
    _copies(w, v, index, positive, c, name)
    _not_negative(c, sign, name)
    spoken = unfold(v).free_symbols | unfold(sp.sympify(c)).free_symbols | sp.sympify(q).free_symbols
    need_letter(z, name)
    need(z not in {index, *spoken}, name, "{} is not a new letter", z)
    density = 2 ** (1 - q / 2) * z ** (q - 1) * sp.exp(-(z**2) / 2) / sp.gamma(q / 2)
    event = Exceeds(total(Inner(w, v) ** 2, index), c**2)
    return eq(Prob(event), sp.Integral(density, (z, c / Norm(v), sp.oo)))


@rule(f"{FELLER}, section VI.2 (the binomial distribution, for fair coins)")
def fair_coins_law(coin: Rademacher, index: Index, most: sp.Expr) -> Relation:
    """Of q fair coins, q and k numbers: P(sum of (1 + e_s)/2 > k) = sum over l > k of C(q, l) / 2^q."""
    name, q, k = "fair-coins-law", index.size, sp.sympify(most)
    need(isinstance(coin, Rademacher) and coin.indices == (index,), name, "{} is no fair sign of index {}", coin, index)
    need(bool(q.is_Integer and k.is_Integer), name, "{} or {} is no integer written out", q, k)
    ways = sum(math.comb(int(q), heads) for heads in range(max(0, int(k) + 1), int(q) + 1))
    return eq(Prob(Exceeds(total((1 + coin) / 2, index), k)), sp.Rational(ways, 2 ** int(q)))


@rule(f"{FELLER}, section V.3 (independence: the probability that all f_s <= b is a product)")
def independent_maximum(law: Fact, index: Index) -> Relation:
    """From P(f_s > b) = p, the f_s being independent copies, s <= q: P(max f > b) = 1 - (1 - p)^q."""
    name = "independent-maximum"
    left, right = _law(law, name)
    independent_copies(left, index, name)
    need(index not in free_indices(law), name, "an assumption speaks of {}", index)
    for side in (right, law.right):
        fixed = is_fixed(unfold(side)) and index not in unfold(side).free_symbols
        need(fixed, name, "{} may be random, or depends on {}", side, index)
    return eq(Prob(Exceeds(sup(left, index), right)), 1 - (1 - law.right) ** index.size)


@rule(f"{FELLER}, section I.7 (equal events)")
def equal_events(law: Fact, onward: Fact, back: Fact) -> Concluded:
    """From P(c > d) = p, (c <= d implies a <= b) and (a <= b implies c <= d): P(a > b) = p."""
    name = "equal-events"
    left, right = _law(law, name)
    need(onward.relation.op in ("<=", ">=") and back.relation.op in ("<=", ">="), name, "an inclusion is no inequality")
    same = equal(unfold(back.low), unfold(left)) and equal(unfold(back.high), unfold(right))
    need(same, name, "{} is not {} <= {}", back.relation, left, right)
    known, new = (left, right), (onward.low, onward.high)
    for inclusion, premise, conclusion in ((onward, known, new), (back, new, known)):
        need(bool(_about(inclusion, *premise)), name, "{} was not shown under the other event", inclusion.relation)
        need(not _about(inclusion, *conclusion), name, "{} assumes what it concludes", inclusion.relation)
    used = (*_about(onward, *known), *_about(back, *new))
    return Concluded(eq(Prob(Exceeds(*new)), law.right), used, (onward, back))


def _about(fact: Fact, low: sp.Expr, high: sp.Expr) -> tuple[Relation, ...]:
    """The assumptions of a fact that say low <= high."""
    return tuple(
        a
        for a in fact.assumptions
        if a.op in ("<=", ">=") and equal(unfold(a.low), unfold(low)) and equal(unfold(a.high), unfold(high))
    )


def _law(law: Fact, name: str) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of the event whose probability is given exactly."""
    left, right = event_of(law, name)
    need(law.relation.op == "==", name, "{} is no equation", law.relation)
    return left, right


def _direction(w: sp.Expr, v: sp.Expr, positive: Fact, c: sp.Expr, name: str) -> None:
    """Raise StepFailed unless w is Gaussian, v and c are fixed and ``positive`` shows 0 < ||v||."""
    need(is_gaussian(unfold(w)), name, "{} is not visibly a standard Gaussian vector", w)
    need(is_fixed(unfold(v)) and is_fixed(unfold(sp.sympify(c))), name, "{} or {} may be random", v, c)
    shown = positive.relation.strict and positive.low == 0 and equal(unfold(positive.high), unfold(Norm(v)))
    need(shown, name, "{} is not 0 < ||{}||", positive.relation, v)
    sure(positive, name)


def _copies(w: sp.Expr, v: sp.Expr, index: Index, positive: Fact, c: sp.Expr, name: str) -> None:
    """The same for independent copies w_s of a Gaussian vector, v and c being free of s."""
    _direction(w, v, positive, c, name)
    need(w.indices == (index,), name, "{} is not one of the copies of index {}", w, index)
    need(
        index not in unfold(v).free_symbols | unfold(sp.sympify(c)).free_symbols,
        name,
        "{} or {} speaks of {}",
        v,
        c,
        index,
    )
    need(index not in free_indices(positive), name, "an assumption speaks of {}", index)


def _not_negative(c: sp.Expr, sign: Fact, name: str) -> None:
    shown = sign.relation.op != "==" and sign.low == 0 and equal(unfold(sign.high), unfold(sp.sympify(c)))
    need(shown, name, "{} is not 0 <= {}", sign.relation, c)
    sure(sign, name)
