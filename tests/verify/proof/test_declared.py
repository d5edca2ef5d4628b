"""What a domain declares of a quantity with a definition holds nothing up unless the definition shows it."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, integer, le, positive, real
from verify.proof import StepFailed, algebra, bound, certified, in_domain, instance
from verify.proof.wellformed import domain_shown, promises_more

b, c = Quantity("b", real(0)), Quantity("c", real())
n = Quantity("n", integer(1))
less = Quantity("less", real(0), "b - 1", definition=b - 1)
whole = Quantity("whole", integer(0), "b again", definition=b)


@pytest.mark.parametrize("of_c", [sp.Abs(c), sp.sqrt(c**2), sp.Max(c, 0)])
def test_a_sign_that_is_only_declared_is_not_built_on(of_c: sp.Expr) -> None:
    """SymPy would turn |c| into c."""
    with pytest.raises(StepFailed, match="by declaration"):
        instance(bound(0, "<=", of_c), {c: less})


def test_a_number_that_is_only_declared_whole_is_not_taken_for_one() -> None:
    with pytest.raises(StepFailed, match="by declaration"):
        certified(le(whole, whole**2), {whole: whole.domain})
    with pytest.raises(StepFailed, match="by declaration"):
        instance(algebra(sp.floor(n), n), {n: whole + 1})
    with pytest.raises(StepFailed, match="does not visibly lie"):
        in_domain(whole)


def test_what_the_definition_shows_may_be_declared() -> None:
    square = Quantity("square", real(0), "", definition=c**2)
    above = Quantity("above", positive(), "", definition=1 + b)
    count = Quantity("count", integer(1), "", definition=n + 1)
    for shown in (square, above, count):
        assert domain_shown(shown)
        assert not promises_more(shown)
    assert instance(bound(0, "<=", sp.Abs(c)), {c: square}).high == square


def test_bounds_without_a_sign_promise_nothing_to_sympy() -> None:
    low = Quantity("low", real(-1, 1), "", definition=c)
    assert not promises_more(low)
    assert instance(bound(0, "<=", sp.Abs(c)), {c: low}).high == sp.Abs(low)
