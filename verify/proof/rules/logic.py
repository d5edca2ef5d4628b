"""Rules about cases and events: what holds either way holds, and the indicator of an event is 0 or 1."""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact
from verify.proof.rules.norms import RUDIN
from verify.proof.rules.registry import Concluded, need, rule
from verify.proof.terms import Exceeds, Index, Indicator, sup, total
from verify.proof.wellformed import perhaps_unreal, problem
from verify.relations import Relation, eq, le


@rule(f"{RUDIN}, Definition 1.5 (trichotomy)")
def either(below: Fact, above: Fact, left: sp.Expr, right: sp.Expr) -> Concluded:
    """What holds if a <= b and also if b < a holds."""
    same = below.relation.op == above.relation.op
    same = same and equal(unfold(below.left), unfold(above.left)) and equal(unfold(below.right), unfold(above.right))
    need(same, "either", "{} and {} are not the same", below.relation, above.relation)
    order = le(left, right)
    wrong = problem(order) or perhaps_unreal(order)
    need(wrong is None, "either", "it may hold neither way that {}: {}", order, wrong)
    low, high = _among(below, left, right, strict=False), _among(above, right, left, strict=True)
    shared = (above.assumptions & frozenset(low)) | (below.assumptions & frozenset(high))
    need(not shared, "either", "both cases rest on {}", sorted(map(str, shared)))
    return Concluded(below.relation, (*low, *high), (below, above))


def _among(fact: Fact, low: sp.Expr, high: sp.Expr, strict: bool) -> list[Relation]:
    """The assumptions of a fact that say low <= high (low < high if strict)."""
    return [
        a
        for a in fact.assumptions
        if a.op != "=="
        and a.strict == strict
        and equal(unfold(a.low), unfold(low))
        and equal(unfold(a.high), unfold(high))
    ]


@rule(f"{RUDIN}, Definition 11.19 (characteristic functions)")
def indicator_zero(fact: Fact) -> Relation:
    """From a <= b: the indicator of a > b is 0."""
    need(fact.relation.op != "==", "indicator-zero", "{} is no inequality", fact.relation)
    return eq(Indicator(Exceeds(fact.low, fact.high)), 0)


@rule(f"{RUDIN}, Definition 11.19 (characteristic functions)")
def indicator_one(fact: Fact) -> Relation:
    """From a > b: the indicator of a > b is 1."""
    need(fact.relation.strict, "indicator-one", "{} is not strict", fact.relation)
    return eq(Indicator(Exceeds(fact.high, fact.low)), 1)


@rule(f"{RUDIN}, Definition 11.19 (characteristic functions; the event of a maximum is a union)")
def indicator_of_sup(value: sp.Expr, c: sp.Expr, k: Index) -> Relation:
    """The indicator of sup f > c is at most the sum over k of the indicators of f_k > c."""
    need(k not in unfold(sp.sympify(c)).free_symbols, "indicator-of-sup", "{} depends on {}", c, k)
    return le(Indicator(Exceeds(sup(value, k), c)), total(Indicator(Exceeds(value, c)), k))


@rule(f"{RUDIN}, Definition 11.19 (characteristic functions; inclusion of events)")
def indicator_monotone(order: Fact, value: sp.Expr) -> Relation:
    """From a <= b: the indicator of f > b is at most that of f > a."""
    need(order.relation.op != "==", "indicator-monotone", "{} is no inequality", order.relation)
    return le(Indicator(Exceeds(value, order.high)), Indicator(Exceeds(value, order.low)))


@rule(f"{RUDIN}, Definition 11.19 (characteristic functions)")
def indicator_at_most_one(value: sp.Expr, c: sp.Expr) -> Relation:
    """The indicator of f > c is at most 1."""
    return le(Indicator(Exceeds(value, c)), 1)
