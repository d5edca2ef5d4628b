"""Attempts to prove falsehoods about what a name hides, its definition or how it is measured: each must be refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from verify import Quantity, Size, integer, le, lt, positive, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    algebra,
    assume,
    in_domain,
    rules,
    scalars,
    sup,
    total,
    vectors,
)
from verify.proof.facts import make
from verify.proof.terms import Mat, data, data_numbers, rademachers
from verify.statement import Instance

n, T = Quantity("n", integer(1), "a size"), Quantity("T", integer(1), "a number of steps")
i, j, k, h = (Index(name, n) for name in "ijkh")
x, y, w = data("x"), data_numbers("y"), vectors("w")


def anything(at: Instance) -> float:
    return 1 + float(at["a"][0])


opaque = Quantity("O", positive(), "computed from the whole instance", anything)
length = Quantity("length", real(0), "|x_i|", lambda at: 1.0, Norm(x(i)))


def test_the_index_in_a_definition_is_caught_by_no_sum_of_a_rule() -> None:
    """If w_1 = -w_2, the sum of the w_i is 0, but not that of the |x_i| w_i, which Cauchy-Schwarz would bound by it."""
    with pytest.raises(StepFailed, match="no one number"):
        rules.cauchy_schwarz(total(w(i), i), total(length * w(k), k))


def test_the_letter_in_a_definition_is_caught_by_no_integral() -> None:
    """The integral of z^2 over [0, 1] is not z^2."""
    z = sp.Symbol("z", real=True)
    square = Quantity("square", real(), "z^2", lambda at: 1.0, z**2)
    with pytest.raises(StepFailed, match="no one number"):
        rules.antiderivative(square * z, algebra(square, square), z, sp.S.Zero, sp.S.One)


def test_a_generic_letter_is_no_letter_of_a_sum() -> None:
    """y_k y_h <x_i, x_j> is no Gram matrix where y_k y_h < 0."""
    matrix = Mat("A", sp.Lambda((i, j), y(k) * y(h) * Inner(x(i), x(j))))
    with pytest.raises(StepFailed, match="speaks of k"):
        rules.gram_is_psd(matrix, y(k) * x(i), i, j, (k, h))
    summed = Mat("A", sp.Lambda((i, j), total(y(k) * y(h) * Inner(x(k), x(h)), k, h) * y(i) * y(j)))
    assert rules.gram_is_psd(summed, y(i) * total(y(k) * x(k), k), i, j, (k, h)).right == 0


def test_the_letter_of_a_function_stands_nowhere_else() -> None:
    """With c = 1 + z the function would take the z of the bound along with its own."""
    z, o = Quantity("z", real(0), "an eigenvalue"), Index("o", n)
    gram = Mat("X", sp.Lambda((i, j), Inner(x(i), x(j))))
    psd = rules.gram_is_psd(gram, x(i), i, j)
    with pytest.raises(StepFailed, match="speaks of z"):
        rules.resolvent_above(gram, x(i), 0 * x(i), sp.S.Zero, 1 + z, z, i, j, k, o)
    with pytest.raises(StepFailed, match="speaks of z"):
        rules.tangent_above(gram, sp.S.Zero, 1 + z, z, psd, i, j, k, o)


def _dual() -> Fact:
    u, p = w(), vectors("p")()
    every = make(le(Inner(u, p), opaque * Norm(p)), "lemma", "a lemma", "a lemma")
    return rules.norm_from_dual(u, every, opaque, p, in_domain(opaque)[0])


def _form() -> Fact:
    u, gram = scalars("u"), Mat("X", sp.Lambda((i, j), Inner(x(i), x(j))))
    every = make(le(Norm(total(u(i) * x(i), i)) ** 2, opaque * total(u(i) ** 2, i)), "lemma", "a lemma", "a lemma")
    return rules.gram_norm_from_form(gram, x(i), every, opaque, u(i), i, j)


def _exponential() -> Fact:
    a = rademachers("a")
    return rules.signed_sum_exponential(a(k), sp.exp(opaque * y(k)), k, i, sp.Rational(1, 4))


def _induction(limit: sp.Expr, *hypotheses: Fact, count: Quantity = T) -> Fact:
    f, t = scalars("f"), Index("t", count)
    base = make(le(f(1), limit), "lemma", "a lemma", "a lemma")
    before = assume(le(sup(f(t), t), limit))
    step = make(le(f(count + 1), limit), "lemma", "a lemma", "a lemma", [before, *hypotheses])
    return rules.complete_induction([(f(t), ())], [base], [step], t, 0)


@pytest.mark.parametrize(
    "attempt",
    [_dual, _form, _exponential, lambda: _induction(opaque), lambda: _induction(sp.S.One, assume(lt(1, opaque)))],
    ids=["dual norm", "form", "signs", "bound of an induction", "hypothesis of an induction"],
)
def test_what_is_measured_unseen_may_depend_on_anything(attempt: Callable[[], Fact]) -> None:
    """On the arbitrary vector or numbers, on the signs, on the number of steps."""
    with pytest.raises(StepFailed, match=r"arbitrary|may depend|time"):
        attempt()


def test_without_it_the_induction_stands() -> None:
    assert _induction(sp.S.One, assume(lt(1, n))).right == 1
    assert _induction(sp.S.One, assume(lt(1, Size("q", "x"))), count=Size("T", "f")).right == 1


def test_another_size_of_the_array_moves_with_the_number_of_steps() -> None:
    with pytest.raises(StepFailed, match="speaks of time"):
        _induction(sp.S.One, assume(lt(1, Size("q", "f", less=1))), count=Size("T", "f"))


def test_a_number_of_steps_that_is_measured_is_not_any_number() -> None:
    """It may be the first one before f grows: then every step so far kept the bound, and no other one has to."""
    stopped, f = Quantity("S", integer(1), "when f grows", lambda at: 1), scalars("f")
    t = Index("t", stopped)
    base = make(le(f(1), 1), "lemma", "a lemma", "a lemma")
    step = make(le(f(stopped + 1), 1), "lemma", "a lemma", "a lemma", [assume(le(sup(f(t), t), 1))])
    with pytest.raises(StepFailed, match="free quantity"):
        rules.complete_induction([(f(t), ())], [base], [step], t, 0)
