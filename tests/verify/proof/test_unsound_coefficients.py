"""Attempts to prove falsehoods by a coefficient that an index catches, or that is not real: each must be refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp
from proof_letters import c, f, i, j, k, n, x

from verify import Quantity, positive, real
from verify.proof import Fact, Index, Inner, StepFailed, rules, sup, total
from verify.proof.terms import Entry, Frobenius, Mat

o, h = Index("o", n), Index("h", n)
theta, letter = Quantity("theta", positive()), Quantity("letter", real(0))
outer = Mat("outer", sp.Lambda((i, j), f(i) * f(j)))
gram = Mat("gram", sp.Lambda((i, j), Inner(x(i), x(j))))
psd = rules.gram_is_psd(gram, x(i), i, j)
row: sp.Expr = theta + c(i) ** 2  # a positive number that moves with the row
each = rules.sup_member(sup(sp.Abs(c(i) * f(i) * f(j)), i, j), i, j)
moving = Mat("moving", sp.Lambda((k, h), c(i) * f(k) * f(h)))  # other letters, and still it speaks of i
tangent = rules.tangent_above(gram, sp.S.One, theta, letter, psd, i, j, o, h)

CAUGHT: dict[str, Callable[[], Fact]] = {
    "frobenius-is-entrywise": lambda: rules.frobenius_is_entrywise(c(i) * outer, i, j),
    "frobenius-is-entrywise, second index": lambda: rules.frobenius_is_entrywise(c(j) * outer, i, j),
    "frobenius-is-entrywise, in the entries": lambda: rules.frobenius_is_entrywise(moving, i, j),
    "frobenius-entrywise": lambda: rules.frobenius_entrywise(c(i) * outer, each, i, j),
    "trace-is-diagonal-sum": lambda: rules.trace_is_diagonal_sum(c(i) * outer, i),
    "tangent-above": lambda: rules.tangent_above(gram, sp.S.One, row, letter, psd, i, j, o, h),
    "resolvent-above": lambda: rules.resolvent_above(gram, x(i), x(i), sp.S.One, row, letter, i, j, o, h),
    "combined-excess": lambda: rules.combined_excess([row], [tangent], [()], []),
}


@pytest.mark.parametrize("name", sorted(CAUGHT))
def test_an_index_is_caught_by_no_sum_of_a_rule(name: str) -> None:
    """|c_i A|_F^2 would be a sum in which c moves: so |c_1 A|_F = |c_2 A|_F for any numbers c."""
    with pytest.raises(StepFailed, match=r"speaks of [ij]"):
        CAUGHT[name]()


def test_other_coefficients_of_matrices_stay() -> None:
    fact = rules.frobenius_is_entrywise(c(k) * outer, i, j)
    assert fact.left == Frobenius(c(k) * outer) ** 2
    assert fact.right == total((c(k) * Entry(outer, i, j)) ** 2, i, j)
