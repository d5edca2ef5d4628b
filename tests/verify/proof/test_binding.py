"""Assumptions about one index value must not leak under a sum, and values must not be caught by one."""

from collections.abc import Callable

import pytest
import sympy as sp

from verify import Quantity, eq, integer, le, real
from verify.proof import Index, Inner, StepFailed, algebra, assume, bound, instance, sup, total, vectors
from verify.proof.algebra import normal_form
from verify.proof.steps import substitute
from verify.proof.terms import Expect, bound_in, scalars

n = Quantity("n", integer(1))
i, j, k = Index("i", n), Index("j", n), Index("k", n)
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


A, B = scalars("A"), scalars("B")
EVERY, DIAGONAL = total(A(i, j), i, j), total(A(i, i), i)


@pytest.mark.parametrize("around", [Expect, lambda s: sup(s * B(k), k)])
def test_a_double_sum_does_not_become_the_diagonal_when_it_is_expanded_twice(
    around: Callable[[sp.Expr], sp.Expr],
) -> None:
    """What stands under the expectation is renamed once by the goal and once by the comparison with the fact."""
    with pytest.raises(StepFailed, match="does not follow"):
        bound(0, "<=", around(EVERY), assume(le(0, around(n * DIAGONAL))))
    assert normal_form(normal_form(EVERY)) == normal_form(EVERY)


def test_an_index_named_like_those_of_the_normal_form_is_not_caught() -> None:
    like = Index("#1.0", n)
    with pytest.raises(StepFailed, match="SymPy does not prove"):
        algebra(total(A(i, like), i), DIAGONAL)


def test_the_index_of_a_product_that_expansion_makes_is_no_constant() -> None:
    """SymPy expands exp of a sum to a product over the index, whatever the index is called."""
    y, named = scalars("y"), Index("#1.0", n)
    with pytest.raises(StepFailed, match="does not prove"):
        algebra(sp.exp(total(y(i), i)), sp.exp(n * y(named)))
    assert named in bound_in(sp.Product(sp.exp(y(named)), (named, 1, n)))


def test_an_index_in_a_definition_is_not_caught_either() -> None:
    entry = Quantity("entry", real(), "an entry", lambda at: float(at["y"][at["j"] - 1]), scalars("y")(j))
    with pytest.raises(StepFailed, match="sums"):
        instance(algebra(total(c, j), n * c), {c: entry})


def test_merging_sums_catches_no_index() -> None:
    y, z = scalars("y"), scalars("z")
    named = Index("#1.0", n)  # as the index of an inner sum is called in the normal form
    nested = total(sp.Max(y(named), z(i)) * total(sp.Max(z(i), y(j)), j), i)
    assert normal_form(nested) != normal_form(total(sp.Max(y(j), z(i)) * sp.Max(z(i), y(j)), i, j))
    elsewhere = total(sp.Max(y(k), z(i)) * total(sp.Max(z(i), y(j)), j), i)
    assert normal_form(nested.subs(named, k)) == normal_form(elsewhere)
