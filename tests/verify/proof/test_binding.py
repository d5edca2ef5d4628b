"""Assumptions about one index value must not leak under a sum, and values must not be caught by one."""

import pytest

from verify import Quantity, eq, integer, le, real
from verify.proof import Index, Inner, StepFailed, assume, bound, instance, sup, total, vectors
from verify.proof.steps import substitute

n = Quantity("n", integer(1))
i, j = Index("i", n), Index("j", n)
x, w = vectors("X"), vectors("W")
c, b = Quantity("c", real()), Quantity("b", real(0))


def test_assumption_about_one_value_is_not_used_under_the_sum() -> None:
    one = assume(le(Inner(x(i), x(i)), c))
    with pytest.raises(StepFailed, match="ranges over"):
        bound(total(Inner(x(i), x(i)), i), "<=", total(c, i), one)
    assert bound(Inner(x(i), x(i)) + 1, "<=", c + 1, one).assumptions == one.assumptions


def test_value_is_not_caught_by_a_sum() -> None:
    relation = eq(total(c * Inner(x(i), x(i)), i), 0)
    with pytest.raises(StepFailed, match="sums"):
        substitute(relation, {c: Inner(x(i), x(j))})
    with pytest.raises(StepFailed, match="sums"):
        substitute(eq(total(Inner(w(j), x(i)), i), 0), {w: lambda s: w(s) + x(i)})
    assert substitute(eq(total(Inner(w(j), x(i)), i), 0), {w: lambda s: x(s)}).left == total(Inner(x(j), x(i)), i)


def test_definitions_through_a_replaced_quantity_are_unfolded() -> None:
    above = Quantity("above", real(), "b plus the largest square", lambda at: 0.0, b + sup(Inner(x(i), x(i)), i))
    fact = assume(le(above, 2 * b))
    moved = instance(fact, {b: c**2}, assume(le(above.definition.subs(b, c**2), 2 * c**2)))
    assert moved.left == c**2 + sup(Inner(x(i), x(i)), i)
