"""What is put for a letter is a real number, and no other letter's number changes with it."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, Size, integer, le, lt, real
from verify.proof import StepFailed, assume, bound, certified, instance, value_of
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
