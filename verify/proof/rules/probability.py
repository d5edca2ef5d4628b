"""Rules about events, expectations and Gaussian vectors."""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices, sure
from verify.proof.rules.registry import Concluded, need, rule
from verify.proof.terms import Exceeds, Expect, Index, Inner, Norm, Prob, Vec, is_fixed, is_gaussian, normal_tail, sup
from verify.relations import Relation, eq, le

BLM = "Boucheron, Lugosi, Massart, Concentration Inequalities (Oxford 2013)"
VERSHYNIN = "Vershynin, High-Dimensional Probability (Cambridge 2018)"
FELLER = "Feller, An Introduction to Probability Theory and Its Applications I (3rd ed., Wiley 1968)"


def event_of(fact: Fact, name: str) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of the event whose probability ``fact`` bounds from above.

    Raises StepFailed for other facts, and for those that rest on an assumption about something random.
    """
    need(
        isinstance(fact.low, Prob) and isinstance(fact.low.args[0], Exceeds), name, "{} bounds no event", fact.relation
    )
    sure(fact, name)
    left, right = fact.low.args[0].args
    return left, right


@rule(f"{FELLER}, section I.7 (Boole's inequality)")
def union_bound(fact: Fact, *indices: Index) -> Relation:
    """From P(f(r, i) > b) <= p for all r, i: P(max f > b) <= (number of pairs) p."""
    left, right = event_of(fact, "union-bound")
    need(not free_indices(fact) & set(indices), "union-bound", "an assumption speaks of the index")
    for side in (right, fact.high):
        need(not set(indices) & unfold(side).free_symbols, "union-bound", "{} depends on the index", side)
    return le(Prob(Exceeds(sup(left, *indices), right)), sp.Mul(*[i.size for i in indices]) * fact.high)


@rule(f"{FELLER}, section I.7 (Boole's inequality)")
def good_events(conclusion: Fact, *events: Fact) -> Concluded:
    """If a <= b holds whenever each of c_k <= d_k does, then P(a > b) <= sum of P(c_k > d_k)."""
    need(bool(events), "good-events", "it needs the probability of at least one event")
    need(conclusion.relation.op in ("<=", ">="), "good-events", "{} is no inequality", conclusion.relation)
    held = [le(*event_of(e, "good-events")) for e in events]
    used = [a for a in conclusion.assumptions if any(_same(a, h) for h in held)]
    failing = sp.Add(*[e.high for e in events])
    return Concluded(le(Prob(Exceeds(conclusion.low, conclusion.high)), failing), tuple(used), (conclusion,))


def _same(one: Relation, other: Relation) -> bool:
    pairs = ((one.low, other.low), (one.high, other.high))
    return one.op in ("<=", ">=") and all(equal(unfold(a), unfold(b)) for a, b in pairs)


@rule(f"{FELLER}, section I.7 (monotonicity of probability)")
def smaller_event(fact: Fact, inclusion: Fact) -> Concluded:
    """From P(c > d) <= p and (c <= d implies a <= b): P(a > b) <= p."""
    left, right = event_of(fact, "smaller-event")
    held = Relation(left, "<=", right)
    used = tuple(a for a in inclusion.assumptions if _same(a, held))
    need(bool(used), "smaller-event", "{} was not shown under {}", inclusion.relation, held)
    return Concluded(le(Prob(Exceeds(inclusion.low, inclusion.high)), fact.high), used, (inclusion,))


@rule(f"{VERSHYNIN}, Proposition 3.3.1 (rotation invariance)")
def gaussian_projection(w: Vec, v: sp.Expr, length: Fact, t: sp.Expr, sign: Fact) -> Relation:
    """For w ~ N(0, I), ||v|| <= s and t >= 0: P(|<w, v>| > t) <= 2 Q(t/s)."""
    _tail_premises(w, v, length, t, sign, "gaussian-projection")
    return le(Prob(Exceeds(sp.Abs(Inner(w, v)), t)), 2 * normal_tail(t / length.high))


@rule(f"{VERSHYNIN}, Proposition 3.3.1 (rotation invariance)")
def gaussian_projection_above(w: Vec, v: sp.Expr, length: Fact, t: sp.Expr, sign: Fact) -> Relation:
    """For w ~ N(0, I), ||v|| <= s and t >= 0: P(<w, v> > t) <= Q(t/s)."""
    _tail_premises(w, v, length, t, sign, "gaussian-projection-above")
    return le(Prob(Exceeds(Inner(w, v), t)), normal_tail(t / length.high))


@rule(f"{VERSHYNIN}, section 2.5 (moment generating function of a Gaussian)")
def gaussian_moment(w: Vec, v: sp.Expr) -> Relation:
    """For w ~ N(0, I): E exp(<w, v>) = exp(||v||^2 / 2)."""
    _gaussian(w, v, "gaussian-moment")
    return eq(Expect(sp.exp(Inner(w, v))), sp.exp(Norm(v) ** 2 / 2))


@rule(f"{FELLER}, section IX.6 (Markov's inequality)")
def markov(value: sp.Expr, sign: Fact, moment: Fact, t: sp.Expr) -> Relation:
    """From 0 <= f, E f <= v and t > 0: P(f > t) <= v / t."""
    need(sign.low == 0 and equal(unfold(sign.high), unfold(value)), "markov", "{} is not 0 <= {}", sign.relation, value)
    need(equal(unfold(moment.low), unfold(Expect(value))), "markov", "{} bounds no E {}", moment.relation, value)
    need(bool(sp.sympify(t).is_positive), "markov", "{} is not known to be positive", t)
    sure(sign, "markov")
    sure(moment, "markov")
    _fixed(t, "markov")
    return le(Prob(Exceeds(value, t)), moment.high / t)


def _gaussian(w: sp.Expr, v: sp.Expr, name: str) -> None:
    need(is_gaussian(unfold(w)), name, "{} is not visibly a standard Gaussian vector", w)
    _fixed(v, name)


def _fixed(expr: sp.Expr, name: str) -> None:
    need(is_fixed(unfold(sp.sympify(expr))), name, "{} may be random", expr)


def _tail_premises(w: sp.Expr, v: sp.Expr, length: Fact, t: sp.Expr, sign: Fact, name: str) -> None:
    """w Gaussian, v and the threshold t fixed, ``length`` bounds ||v|| by something fixed and positive, 0 <= t."""
    _gaussian(w, v, name)
    _fixed(t, name)
    _fixed(length.high, name)
    sure(length, name)
    need(equal(unfold(length.low), unfold(Norm(v))), name, "{} does not bound ||{}||", length.relation, v)
    need(bool(length.high.is_positive), name, "{} is not known to be positive", length.high)
    need(sign.low == 0 and equal(unfold(sign.high), unfold(t)), name, "{} is not 0 <= {}", sign.relation, t)
