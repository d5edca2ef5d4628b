"""Attempts to prove falsehoods by what is put for the letters of a fact: each must be refused."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, integer, le, positive, real
from verify.proof import (
    Index,
    Inner,
    Norm,
    StepFailed,
    algebra,
    bound,
    gaussians,
    instance,
    rules,
    scalars,
    sup,
    total,
    vectors,
)
from verify.proof.steps import substitute
from verify.proof.terms import LaplaceMax, Mat, Trace, data, rademachers

n, m = Quantity("n", integer(1), "a size"), Quantity("m", integer(1), "another size")
w, y, u = vectors("w"), scalars("y"), scalars("u")
b, c = Quantity("b", real()), Quantity("c", real())
i, elsewhere = Index("i", n), Index("i", m)


@pytest.mark.parametrize("value", [n, Index("r", n)])
def test_an_index_stays_in_the_range_that_its_size_becomes(value: sp.Expr) -> None:
    """|w_n| <= max of |w_1|, ..., |w_5| is false, for n is any number."""
    member = rules.sup_member(sup(Norm(w(i)), i), i)
    with pytest.raises(StepFailed, match=r"range 1\.\.5"):
        instance(member, {i: value, n: sp.Integer(5)})
    assert instance(member, {i: sp.Integer(5), n: sp.Integer(5)}).left == Norm(w(5))


def test_two_indices_of_one_name_do_not_become_one() -> None:
    """The sum of y_i u_i is not y_i times the sum of the u_i, whatever the two ranges are."""
    apart = algebra(total(y(i) * u(elsewhere), elsewhere), y(i) * total(u(elsewhere), elsewhere))
    with pytest.raises(StepFailed, match="one range"):
        instance(apart, {n: m})
    assert instance(apart, {m: sp.Integer(5)}).right == y(i) * total(u(Index("i", 5)), Index("i", 5))


def test_two_indices_of_one_name_do_not_become_one_though_one_is_replaced() -> None:
    """The sum would catch the y_i outside before another index is put for it."""
    apart = algebra(total(y(i) * u(elsewhere), elsewhere), y(i) * total(u(elsewhere), elsewhere))
    with pytest.raises(StepFailed, match="one range"):
        instance(apart, {i: Index("r", n), m: n})


def test_the_letter_of_a_matrix_runs_to_the_new_size_though_a_value_is_put_for_it_elsewhere() -> None:
    """The trace of the n x n identity is not 1."""
    j, k = Index("j", n), Index("k", n)
    identity = Mat("I", sp.Lambda((i, j), sp.KroneckerDelta(i, j)))
    trace = bound(Trace(identity) + y(i), "==", n + y(i), rules.trace_is_diagonal_sum(identity, k))
    first = instance(trace, {i: sp.S.One, j: sp.S.One, n: sp.S.One})
    (found,) = first.left.atoms(Mat)
    assert [letter.size for letter in found.entries.signature] == [1, 1]
    assert first.right == 1 + y(1)


def test_a_value_whose_definition_speaks_of_an_index_is_caught_by_no_sum() -> None:
    one = Quantity("one", real(), "an entry", lambda at: float(at["z"][at["i"] - 1]), scalars("z")(i))
    with pytest.raises(StepFailed, match="sums"):
        instance(algebra(total(u() * y(i), i), u() * total(y(i), i)), {u: lambda: one})


def test_what_is_measured_unseen_may_depend_on_a_value_behind_a_definition_too() -> None:
    unseen = Quantity("O", positive(), "computed from the whole instance", lambda at: 1.0)
    twice = Quantity("twice", positive(), "2 O", lambda at: 2.0, 2 * unseen)
    with pytest.raises(StepFailed, match="O has no definition"):
        substitute(le(b, twice), {b: 5})
    assert substitute(le(b, 2 * c), {b: 5}).left == 5


def test_a_laplace_transform_speaks_of_the_law() -> None:
    """Of the zero matrix it is 1, and no smaller for what a claim says about Gaussian vectors."""
    g, x, k = gaussians("g"), data("x"), Index("k", n)
    share = Mat("X", sp.Lambda((i, k), Inner(x(i), g(1)) * Inner(x(k), g(1))))
    theta = Quantity("theta", positive(), "a number")
    with pytest.raises(StepFailed, match="cannot stand for"):
        substitute(le(LaplaceMax(share, theta), 1 - theta / 2), {g: lambda r: 0 * x(r)})


def test_what_fair_signs_are_independent_of_does_not_become_one_of_them() -> None:
    """With w_s = a_s x_1 all terms a_s f_s may have one sign in the mean, and S/N is of order q."""
    a, x, k = rademachers("a"), data("x"), Index("k", m)
    law = rules.signed_sum_exponential(a(k), sp.exp(Inner(w(k), x(i))), k, i, sp.Rational(1, 4))
    with pytest.raises(StepFailed, match="cannot stand for"):
        instance(law, {w: lambda r: a(r) * x(1)})
    assert instance(law, {w: lambda r: 2 * x(r)}).right == law.right
