"""Rules of induction and of reindexing sums."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact
from verify.proof.rules.registry import Concluded, need, rule
from verify.proof.terms import Fold, Index, Sup, bound_in, put, sup, total
from verify.proof.wellformed import is_opaque, opaque, spoken
from verify.relations import Relation, eq, le
from verify.statement import Quantity, Size, integer

KNUTH = "Graham, Knuth, Patashnik, Concrete Mathematics (2nd ed., Addison-Wesley 1994)"


Claim = tuple[sp.Expr, tuple[Index, ...]]


@rule(f"{KNUTH}, section 1.1 (complete induction)")
def complete_induction(
    claims: Sequence[Claim], bases: Sequence[Fact], steps: Sequence[Fact], t: Index, chosen: int
) -> Concluded:
    """From f_l(1) <= b_l, and f_l(T+1) <= b_l whenever f_k(t) <= b_k for all t <= T: f_l(t) <= b_l for all t <= T.

    A claim is an expression f_l in t and the further indices over which it is meant; ``bases`` and ``steps`` bound its
    supremum over these at t = 1 and t = T + 1. The conclusion is the claim numbered ``chosen``. Bases and steps may
    rest on assumptions g(t) <= d for all t <= T: these hold for every smaller number of steps too.
    """
    name = "complete-induction"
    need(len(claims) == len(bases) == len(steps) > chosen >= 0, name, "it needs a base and a step for each claim")
    counted = isinstance(t.size, Quantity) and not is_opaque(t.size) and t.size.definition is None
    counted = counted and t.size.domain == integer(1)
    need(counted, name, "the number of steps {} must be a free quantity, any integer from 1 on", t.size)
    hypotheses = [_hypothesis(*parts, t, name) for parts in zip(claims, bases, steps, strict=True)]
    for fact in (*bases, *steps):
        _speaks_not_of_time(fact, hypotheses, t, name)
    need(not any(_among(a, hypotheses) for b in bases for a in b.assumptions), name, "a base rests on the claim itself")
    used = tuple(a for step in steps for a in step.assumptions if _among(a, hypotheses))
    return Concluded(hypotheses[chosen], used, tuple(steps))


def _hypothesis(claim: Claim, base: Fact, step: Fact, t: Index, name: str) -> Relation:
    """sup of f <= b over t and the further indices, once base and step are seen to be its two ends."""
    body, others = claim
    for fact, at in ((base, sp.S.One), (step, t.size + 1)):
        end = sup(put(body, {t: at}), *others) if others else put(body, {t: at})
        need(equal(unfold(fact.low), unfold(end)), name, "{} does not bound {}", fact.relation, end)
        need(fact.relation.op != "==" and equal(unfold(fact.high), unfold(base.high)), name, "two different bounds")
    need(not _may_move(base.high, t, t.size), name, "the bound {} depends on time", base.high)
    once = put(body, {t: sp.Symbol("@", integer=True, positive=True)})
    need(not _may_move(once, t.size), name, "{} speaks of other times than {}", body, t)
    return le(sup(body, t, *others), base.high)


def _speaks_not_of_time(fact: Fact, hypotheses: list[Relation], t: Index, name: str) -> None:
    for a in fact.assumptions:
        timeless = not (_may_move(a.left, t, t.size) or _may_move(a.right, t, t.size))
        need(timeless or _at_all_times(a, t) or _among(a, hypotheses), name, "the assumption {} speaks of time", a)


def _at_all_times(assumption: Relation, t: Index) -> bool:
    """Whether it says g(t) <= d for all t <= T, g and d being free of T: so it does for fewer steps."""
    supremum, limit = unfold(assumption.low), assumption.high
    if assumption.op == "==" or not isinstance(supremum, Sup) or t not in supremum.args[0].signature:
        return False
    body, ranges = supremum.args[0].expr, [k for k in supremum.args[0].signature if k != t]
    once = sup(put(body, {t: sp.Symbol("@", integer=True, positive=True)}), *ranges)
    return not _may_move(once, t.size) and not _may_move(limit, t, t.size)


def _may_move(expr: sp.Expr, *times: sp.Symbol) -> bool:
    """Whether the value speaks of one of the times, or may do so: measured unseen, or a size of the same array."""
    arrays = {s.array for s in times if isinstance(s, Size)}
    found = spoken(expr)
    siblings = any(isinstance(s, Size) and s.array in arrays for s in found)
    return siblings or bool(set(times) & found) or opaque(expr) is not None


def _among(assumption: Relation, hypotheses: list[Relation]) -> bool:
    if assumption.op not in ("<=", ">="):
        return False
    low, high = unfold(assumption.low), unfold(assumption.high)
    return any(low == unfold(h.low) and equal(high, unfold(h.high)) for h in hypotheses)


@rule(f"{KNUTH}, section 2.4 (rearranging sums)")
def split_halves(summand: sp.Expr, r: Index, s: Index, double: Fact) -> Relation:
    """From m = 2 q: the sum over r <= m of f(r) is the sum over s <= q of f(s) + f(s + q)."""
    twice = double.relation.op == "==" and equal(double.left, r.size) and equal(double.right, 2 * s.size)
    need(twice, "split-halves", "{} is not {} == 2 {}", double.relation, r.size, s.size)
    need(s not in unfold(summand).free_symbols, "split-halves", "{} already speaks of {}", summand, s)
    return eq(total(summand, r), total(put(summand, {r: s}) + put(summand, {r: s + s.size}), s))


@rule(f"{KNUTH}, section 2.4 (rearranging sums)")
def folded_sum(summand: sp.Expr, r: Index, s: Index, double: Fact) -> Relation:
    """From m = 2 q: the sum over r <= m of f(r folded into 1..q) is twice the sum over s <= q of f(s)."""
    name = "folded-sum"
    twice = double.relation.op == "==" and equal(double.left, r.size) and equal(double.right, 2 * s.size)
    need(twice, name, "{} is not {} == 2 {}", double.relation, r.size, s.size)
    folded = Fold(r, s.size)
    need(s not in unfold(summand).free_symbols | bound_in(summand), name, "{} already speaks of {}", summand, s)
    base = summand.xreplace({folded: s})
    alone = r not in unfold(base).free_symbols | bound_in(summand)
    need(alone, name, "{} depends on {} otherwise than through its pair", summand, r)
    return eq(total(summand, r), 2 * total(base, s))


@rule(f"{KNUTH}, section 2.6 (telescoping)")
def telescoping(value: sp.Expr, k: Index) -> Relation:
    """The sum over k <= J of f(k) - f(k+1) is f(1) - f(J+1)."""
    need(k not in bound_in(unfold(value)), "telescoping", "{} sums over {}", value, k)
    return eq(total(value - put(value, {k: k + 1}), k), put(value, {k: 1}) - put(value, {k: k.size + 1}))
