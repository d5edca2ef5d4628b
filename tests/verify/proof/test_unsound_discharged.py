"""Attempts to prove falsehoods by dropping an assumption that something else still needs: each must be refused."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, le, lt, real
from verify.proof import Fact, Inner, Norm, StepFailed, assume, bound, chain, gaussians, plus, rules, times
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


def test_a_probability_is_about_all_outcomes_and_not_those_of_a_case() -> None:
    """P(<g, x>^2 > t^2) is twice the Q(t/|x|) that would follow from the outcomes on either side of 0."""
    g, x = gaussians("g"), data("x")
    value = Inner(g(1), x(1))
    above, below = _square_is_small(le(0, value), x(1)), _square_is_small(lt(value, 0), -x(1))
    assert above.relation == below.relation
    with pytest.raises(StepFailed, match="part of the outcomes"):
        rules.either(above, below, sp.S.Zero, value)
