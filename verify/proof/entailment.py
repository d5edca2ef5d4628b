"""Whether a relation follows from known ones: larger is put for smaller, equal for equal, and the rest is algebra."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import sympy as sp

from verify.proof.algebra import equal, no_larger, simplified, unfold
from verify.proof.monotone import NotMonotone, lowered, raised
from verify.relations import Op, Relation

ROUNDS = 4


def follows(goal: Relation, known: Sequence[Relation]) -> bool:
    """Whether ``goal`` follows from the known relations by a few rounds of replacement in either side, and algebra."""
    return _follows(goal, tuple(known))


@lru_cache(maxsize=100_000)  # planted faults run a proof again and again, with one step changed
def _follows(goal: Relation, known: tuple[Relation, ...]) -> bool:
    low, high = unfold(goal.low), unfold(goal.high)
    unfolded = [Relation(unfold(r.left), r.op, unfold(r.right)) for r in known]
    exact = {r.left: r.right for r in unfolded if r.op == "=="}
    if exact:
        moved = [_exchanged(r, exact) for r in unfolded if r.op != "=="]
        upward: Op = "==" if goal.op == "==" else ("<" if goal.strict else "<=")
        at = _exchanged(Relation(low, upward, high), exact)
        if (at.low, at.high, moved) != (low, high, unfolded) and follows(at, moved):
            return True
    if goal.strict:
        return _strictly(low, high, unfolded)
    if goal.op == "==":
        pairs = list(_replaced(low, high, [r for r in unfolded if r.op == "=="]))
        return any(a == b for a, b in pairs) or any(equal(a, b) for a, b in pairs)
    rescaled = [v for r in unfolded for v in _rescaled(r)]
    ways = [unfolded, rescaled] if len(rescaled) > len(unfolded) else [unfolded]
    return any(_at_most_by(low, high, tuple(facts)) for facts in ways)


def _at_most_by(low: sp.Expr, high: sp.Expr, known: tuple[Relation, ...]) -> bool:
    """Whether low <= high after replacement; that nothing is left to show is seen first, for it takes no algebra."""
    pairs = list(_replaced(low, high, known))
    return any(a == b for a, b in pairs) or any(no_larger(a, b, known) for a, b in pairs)


def _exchanged(relation: Relation, exact: Mapping[sp.Expr, sp.Expr]) -> Relation:
    return Relation(relation.left.xreplace(exact), relation.op, relation.right.xreplace(exact))


def _strictly(low: sp.Expr, high: sp.Expr, known: Sequence[Relation]) -> bool:
    """Whether low < high: the difference is visibly positive after replacement, or a strict relation lies between."""
    rescaled = [v for r in known for v in _rescaled(r)]
    differences = [b - a for a, b in _replaced(low, high, rescaled)]
    if any(d.is_positive for d in differences):
        return True
    between = [r for r in rescaled if r.strict]
    if any(follows(_at_most(low, r.low), known) and follows(_at_most(r.high, high), known) for r in between):
        return True
    return any(simplified(d).is_positive for d in differences)  # which takes long


def _at_most(low: sp.Expr, high: sp.Expr) -> Relation:
    return Relation(low, "<=", high)


def _rescaled(relation: Relation) -> Iterator[Relation]:
    """The relation, and the same one divided by the rational coefficient of either side, so that parts can match."""
    yield relation
    op: Op = relation.op if relation.op == "==" else ("<" if relation.strict else "<=")
    for side in (relation.low, relation.high):
        factor = side.as_coeff_Mul()[0]
        if factor.is_Rational and factor not in (0, 1) and not side.is_Number:
            low, high = relation.low / factor, relation.high / factor
            yield Relation(low, op, high) if factor > 0 else Relation(high, op, low)


def _replaced(low: sp.Expr, high: sp.Expr, known: Sequence[Relation]) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """(low or an upper bound of it, high or a lower bound of it), the cheapest pairs first."""
    lows, highs = _rounds(low, known, raised), _rounds(high, known, lowered)
    pairs = sorted(itertools.product(range(len(lows)), range(len(highs))), key=sum)
    yield from ((lows[a], highs[b]) for a, b in pairs)


def _rounds(
    expr: sp.Expr, known: Sequence[Relation], move: Callable[[sp.Expr, Sequence[Relation]], sp.Expr]
) -> list[sp.Expr]:
    """The expression and what up to ROUNDS rounds of replacement make of it."""
    found = [expr]
    for _ in range(ROUNDS):
        try:
            moved = move(found[-1], known)
        except NotMonotone:
            break
        if moved in found:
            break
        found.append(moved)
    return found
