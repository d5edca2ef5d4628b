"""What is put for a letter is a real number, and no other letter's number changes with it."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Lemma, Quantity, Size, eq, integer, le, lt, real
from verify.proof import (
    Index,
    Proof,
    StepFailed,
    algebra,
    assume,
    bound,
    certified,
    instance,
    plus,
    rules,
    total,
    value_of,
)
from verify.proof.algebra import nonnegative
from verify.proof.needs import needing
from verify.proof.terms import DefinedFamily, Fold, scalars

b, c, d = Quantity("b", real(0)), Quantity("c", real()), Quantity("d", real())
n, rest, other = Size("n", "x"), Size("n - 1", "x", less=1), Size("m", "y")
x, y = scalars("x"), scalars("y")


@pytest.mark.parametrize("value", [sp.sqrt(b - 1), sp.acosh(b), sp.gamma(d), sp.cot(d), sp.log(b - 2)])
def test_what_may_not_be_real_is_no_value(value: sp.Expr) -> None:
    """c**2 >= 0 is true of real numbers."""
    with pytest.raises(StepFailed, match=r"may not be real|may be undefined"):
        instance(bound(0, "<=", c**2), {c: value})


def test_a_fact_may_show_that_a_root_is_real() -> None:
    shown = assume(le(1, b))
    assert instance(bound(0, "<=", c**2), {c: sp.sqrt(b - 1)}, bound(0, "<=", b - 1, shown)).high == b - 1


def test_infinity_is_no_number() -> None:
    positive = certified(lt(0, sp.exp(c)), {c: real()})
    for value in (-sp.oo, -sp.oo * d):
        with pytest.raises(StepFailed, match="finite"):
            instance(positive, {c: value})


def test_a_family_of_numbers_is_real() -> None:
    with pytest.raises(StepFailed, match="stand for"):
        instance(bound(0, "<=", y(1) ** 2), {scalars("y"): lambda k: sp.sqrt(x(k))})
    with pytest.raises(StepFailed, match="may not be real"):
        value_of(DefinedFamily("roots", lambda k: sp.sqrt(x(k))), sp.Integer(1))


def test_what_is_counted_is_no_letter() -> None:
    counted = Quantity("K", integer(0), "how many entries are positive", lambda at: int((at["x"] > 0).sum()))
    with pytest.raises(StepFailed, match="no free quantity"):
        instance(assume(le(counted, n)), {counted: 2 * n})


def test_sizes_of_one_array_move_together() -> None:
    with pytest.raises(StepFailed, match="counts the rows of x too"):
        instance(assume(le(rest, n)), {n: rest + 2})
    assert instance(assume(le(other, n)), {n: n + 1}, assume(le(other, n + 1)), bound(1, "<=", n + 1)).high == n + 1


def test_what_is_folded_is_whole_if_what_is_folded_into_it_is() -> None:
    assert Fold(n, other).is_integer
    assert Fold(b, n).is_integer is None
    assert Fold(b, n).is_positive


ROOT = sp.sqrt(c)
ROOTS = total(sp.sqrt(x(Index("i", n))), Index("i", n))


def test_a_sum_of_roots_is_no_real_number() -> None:
    """Of n roots of -1 the sum has the square -n^2."""
    with pytest.raises(StepFailed, match="SymPy does not prove"):
        algebra(sp.Abs(ROOTS) ** 2, ROOTS**2)
    lengths = ROOTS.xreplace({sp.sqrt(x(Index("i", n))): sp.sqrt(sp.Abs(x(Index("i", n))))})
    algebra(sp.Abs(lengths) ** 2, lengths**2)


def test_a_power_of_a_positive_number_may_not_be_real() -> None:
    assert not nonnegative(2**ROOT)
    assert nonnegative(b**c)


def test_numbers_that_may_not_be_real_have_no_order() -> None:
    """e^a <= e^(a + 1) would follow of any a, and with it 0 <= e^a, so that no cosine would be negative."""
    with pytest.raises(StepFailed, match="may not be real"):
        bound(ROOT, "<=", ROOT + 1)
    assert bound(ROOT, "<=", ROOT + 1, assume(le(0, c))).low == ROOT
    assert bound(0, "<=", sp.Abs(ROOT)).high == sp.Abs(ROOT)


def test_a_root_is_bounded_only_where_it_is_real() -> None:
    """(1 - a)^3 = -8 for a^2 = -3."""
    with pytest.raises(StepFailed, match="may not be real"):
        rules.root_at_most(assume(le(c, 1)), sp.S.One, bound(0, "<=", 1))
    assert rules.root_at_most(assume(le(b, 1)), sp.S.One, bound(0, "<=", 1)).low == sp.sqrt(b)


def test_equals_are_real_together() -> None:
    assert bound(sp.sqrt(d), "<=", sp.sqrt(d) + 1, assume(eq(d, c)), assume(le(ROOT, 5))).low == sp.sqrt(d)


def test_what_an_assumption_takes_for_real_must_be_shown_to_be() -> None:
    taken = bound(sp.exp(ROOT), "<=", sp.exp(ROOT + 1), assume(le(ROOT, ROOT + 1)))
    with pytest.raises(StepFailed, match=r"in the hypothesis .* may not be real"):
        instance(taken, {c: -(d**2) - 1})
    assert instance(taken, {c: d**2}).low == sp.exp(sp.Abs(d))


def test_a_claim_speaks_of_real_numbers_though_parts_cancel() -> None:
    lemma = Lemma(le(0, ROOT * (ROOT + 1) - ROOT + 1 - c), id="toy")
    proof = Proof(lemma, lambda name: lemma)
    with pytest.raises(StepFailed, match="may not be real"):
        proof.conclude(bound(0, "<=", 1))


def test_a_hypothesis_that_makes_a_root_real_is_needed() -> None:
    positive, idle = le(0, c), le(0, d)
    shown = bound(ROOT, "<=", ROOT + 1, assume(positive), assume(idle))
    assert needing(shown, positive) is shown
    assert needing(shown, idle) is None


def test_one_member_that_is_not_negative_makes_no_sum_of_roots_real() -> None:
    i = Index("i", n)
    with pytest.raises(StepFailed, match="may not be real"):
        plus(assume(le(0, x(i))), ROOTS)
