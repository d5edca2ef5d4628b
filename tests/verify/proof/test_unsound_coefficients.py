"""Attempts to prove falsehoods by a coefficient that an index catches, or that is not real: each must be refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp
from proof_letters import a, c, f, i, j, k, n, p, w, x

from verify import Quantity, le, positive, real
from verify.proof import Fact, Index, Inner, Norm, StepFailed, assume, bound, in_domain, rules, sup, total
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


root = sp.sqrt(a)  # a may be negative
nowhere: sp.Expr = sp.acosh(sp.Rational(1, 3))  # cosh is at least 1
UNREAL: dict[str, Callable[[], Fact]] = {
    "frobenius-is-entrywise": lambda: rules.frobenius_is_entrywise(root * outer, i, j),
    "frobenius-is-entrywise, in the entries": lambda: rules.frobenius_is_entrywise(
        Mat("A", sp.Lambda((i, j), root * f(i) * f(j))), i, j
    ),
    "frobenius-at-most-root-spectral": lambda: rules.frobenius_at_most_root_spectral(root * outer, i, j),
    "norm-squared": lambda: rules.norm_squared(root * x(i)),
    "norm-squared, symbolic power": lambda: rules.norm_squared(a**p * x(i)),
    "norm-squared, irrational power": lambda: rules.norm_squared((-2) ** sp.pi * x(i)),
    "norm-squared, no number": lambda: rules.norm_squared(nowhere * x(i)),
    "norm-squared, imaginary": lambda: rules.norm_squared(sp.I * x(i)),
    "norm-squared, letter": lambda: rules.norm_squared(sp.Symbol("anything") * x(i)),
    "norm-squared, logarithm": lambda: rules.norm_squared(sp.log(a) * x(i)),
    "cauchy-schwarz": lambda: rules.cauchy_schwarz(a**p * x(i), x(j)),
    "absolute-sum-at-most-root": lambda: rules.absolute_sum_at_most_root(root * f(i), i),
    "euclidean-triangle": lambda: rules.euclidean_triangle(i, root * f(i), c(i)),
    "euclidean-of-sum": lambda: rules.euclidean_of_sum(root * f(i) * f(j), i, j),
    "euclidean-entrywise": lambda: rules.euclidean_entrywise(bound(sp.Abs(root), "<=", sp.Abs(root)), i),
    "square-of-bounded": lambda: rules.square_of_bounded(bound(sp.Abs(root), "<=", sp.Abs(root)), root),
    "absolute-above": lambda: rules.absolute_above(bound(sp.Abs(nowhere), "<=", sp.Abs(nowhere)), nowhere),
    "sup-member": lambda: rules.sup_member(sup(root * f(i), i), i),
    "sup-least": lambda: rules.sup_least(bound(root * f(1), "<=", root * f(1)), i),
    "block-triangle": lambda: rules.block_triangle(x(i), w(i), root, i),
    "sum-of-products": lambda: rules.sum_of_products(root * f(i), c(i), i),
}


@pytest.mark.parametrize("name", sorted(UNREAL))
def test_a_rule_is_about_real_numbers(name: str) -> None:
    """|sqrt(a) A|_F^2 = a |A|_F^2 would be at least 0, and at a = -1 it would follow that A = 0."""
    with pytest.raises(StepFailed, match=r"real"):
        UNREAL[name]()


def test_a_sign_known_on_one_row_makes_no_root_real() -> None:
    shown = assume(le(0, c(i)))
    with pytest.raises(StepFailed, match="may not be real"):
        rules.root_at_least(bound(c(i), "<=", c(i), shown), sp.sqrt(c(i)))


def test_visibly_real_coefficients_stay() -> None:
    assert rules.norm_squared(sp.sqrt(p) * x(i)).right == p * Norm(x(i)) ** 2
    assert rules.norm_squared(p**theta * x(i)).left == p ** (2 * theta) * Inner(x(i), x(i))
    assert rules.norm_squared(sp.log(theta) * sp.sinh(a) * x(i)).left.has(sp.log)
    sign = in_domain(p)[0]
    assert rules.absolute_sum_at_most_root(sp.sqrt(p) * f(i), i).high.has(sp.Sum)
    assert rules.root_at_least(bound(p, "<=", p, sign), sp.sqrt(p)).low == sp.sqrt(p)
