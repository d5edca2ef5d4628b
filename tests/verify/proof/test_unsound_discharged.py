"""Attempts to prove falsehoods by dropping an assumption that something else still needs: each must be refused."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Lemma, Quantity, le, lt, real
from verify.proof import (
    Fact,
    Inner,
    Norm,
    Proof,
    StepFailed,
    assume,
    bound,
    chain,
    gaussians,
    in_domain,
    instance,
    plus,
    rules,
    times,
)
from verify.proof.terms import data
from verify.relations import Relation

X, t = Quantity("X", real(), "any number"), Quantity("t", real(0), "a threshold")


def test_a_root_of_what_may_be_negative_is_neither_above_nor_below() -> None:
    """0 <= X would follow: both cases take the root for real."""
    root = sp.sqrt(X)
    above, below = assume(le(0, root)), assume(lt(root, 0))
    negated = plus(below, -root)
    square, other = times(above, root, above), times(negated, -root, negated)
    assert square.relation == other.relation == le(0, X)
    with pytest.raises(StepFailed, match="neither way"):
        rules.either(square, other, sp.S.Zero, root)


def test_what_is_divided_by_may_vanish_in_neither_case() -> None:
    above, below = assume(lt(0, 1 / X)), assume(le(1 / X, 0))
    one, other = (bound(0, "<=", X**2, case) for case in (below, above))
    with pytest.raises(StepFailed, match="neither way"):
        rules.either(one, other, 1 / X, sp.S.Zero)


def _square_is_small(side: Relation, direction: sp.Expr) -> Fact:
    """P(<g, x>^2 > t^2) <= P(<g, v> > t), v = x or -x, on the outcomes where 0 <= <g, v>."""
    g, x = gaussians("g"), data("x")
    value = Inner(g(1), direction)
    law = rules.gaussian_law(g(1), direction, assume(lt(0, Norm(x(1)))), t)
    sign, level = assume(side) if side.op == "<=" else plus(assume(side), value), assume(le(value, t))
    small = chain(times(level, value, sign), times(level, t))
    return rules.smaller_event(law, bound(value**2, "<=", t**2, small))


def _concluded(fact: Fact, given: dict[str, Relation]) -> Fact:
    lemma = Lemma(fact.relation, given=given, id="a lemma")
    return Proof(lemma, lambda name: lemma).conclude(fact)


@pytest.mark.parametrize("factor", [1, 2], ids=["the case itself", "another form of it"])
def test_a_probability_is_about_all_outcomes_and_not_those_of_a_case(factor: int) -> None:
    """P(<g, x>^2 > t^2) is twice the Q(t/|x|) that would follow from the outcomes on either side of 0."""
    g, x = gaussians("g"), data("x")
    value, length = Inner(g(1), x(1)), lt(0, Norm(x(1)))
    cases = (le(0, value), x(1), le(0, factor * value)), (lt(value, 0), -x(1), lt(factor * value, 0))
    above, below = (
        instance(plus(_square_is_small(side, v), t), {}, assume(given), assume(length)) for side, v, given in cases
    )
    with pytest.raises(StepFailed, match="may be random"):
        _concluded(rules.either(above, below, sp.S.Zero, factor * value), {"length": length})


def test_numbers_are_compared_through_a_probability_on_all_outcomes() -> None:
    """2 Q(t/|x|) <= Q(t/|x|) would follow where <g, x> is positive, which a lemma may assume."""
    g, x = gaussians("g"), data("x")
    value, length, side = Inner(g(1), x(1)), lt(0, Norm(x(1))), le(0, Inner(g(1), x(1)))
    both = rules.gaussian_modulus_law(g(1), x(1), assume(length), t, in_domain(t)[0])
    same = bound(sp.Abs(value), "<=", t, assume(le(value, t)), assume(side))
    one = rules.smaller_event(rules.gaussian_law(g(1), x(1), assume(length), t), same)
    with pytest.raises(StepFailed, match="may be random"):
        _concluded(chain(bound(both.right, "==", both.left, both), one), {"length": length, "side": side})


def test_an_assumption_that_something_is_defined_follows_from_no_signs() -> None:
    """1 <= 0 would follow at X = Y = 0: that 0 <= 1 + 1/(X^2 + Y^2) says that this is a number."""
    Y, P = Quantity("Y", real(), "any number"), Quantity("P", real(), "any number")
    u = 1 / (X**2 + Y**2)
    defined, first, second = assume(le(0, u + 1)), assume(le(X**2, 0)), assume(le(Y**2, 0))
    small = bound(u * P, "<=", 0, assume(le(P, 0)), defined)
    one, other = instance(small, {P: X**2}, first, defined), instance(small, {P: Y**2}, second, defined)
    whole = bound(1, "==", u * X**2 + u * Y**2, defined)
    false = chain(whole, bound(u * X**2 + u * Y**2, "<=", u * Y**2, one), other)
    with pytest.raises(StepFailed, match="may be undefined"):
        instance(false, {}, first, second)
