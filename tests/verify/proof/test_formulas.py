"""What hides behind a name: no step may overlook a letter in the formula of a family, or in a definition."""

from __future__ import annotations

import pytest
import sympy as sp
from proof_letters import T, f, i, j, n, t, w, x

from verify import Quantity, const, real
from verify.proof import Inner, Norm, StepFailed, assume, bound, iterate, rules, sup, total, value_of, vectors
from verify.proof.facts import make
from verify.proof.formulas import formulas, hidden
from verify.proof.terms import DefinedFamily, Index, Iterates, rademachers
from verify.proof.wellformed import spoken
from verify.relations import eq, le

y = Quantity("y", real(0), "any number")


def hiding(what: sp.Expr) -> DefinedFamily:
    """h_k = what, whatever k is"""
    return DefinedFamily("h", lambda k: what)


@pytest.mark.parametrize(
    "strange",
    [
        f(j),
        sp.Symbol("k", integer=True),
        total(f(i), Index("i", sp.Symbol("q", integer=True, positive=True))),
        Quantity("Q", real(), "one of many", definition=f(j)),
    ],
)
def test_a_formula_speaks_of_its_own_indices_only(strange: sp.Expr) -> None:
    """Else one number would be f_j for every j: all would be equal."""
    with pytest.raises(StepFailed, match="none of its indices"):
        value_of(hiding(strange), sp.S.One)
    start: Iterates = Iterates("v", lambda: strange * x(1), lambda k: v(k))
    v: Iterates = Iterates("v", lambda: x(1), lambda k: strange * v(k))
    for path, at in ((start, sp.S.One), (v, n + 1)):
        with pytest.raises(StepFailed, match="none of its indices"):
            iterate(path, at)


def test_quantities_constants_and_what_is_summed_over_may_stand_in_a_formula() -> None:
    what = const("C", 2) * y * total(f(j), j) * sup(f(i), i)
    assert value_of(hiding(what), sp.S.One).right == what


def test_formulas_are_followed_to_the_end() -> None:
    outer: DefinedFamily = DefinedFamily("outer", lambda k: hiding(y)(k) + outer(k + 1))
    letter = sp.Symbol("@0", integer=True, positive=True)
    assert formulas(outer(1)) == {hiding(y)(letter) + outer(letter + 1), y}
    assert y in spoken(outer(1))
    named = Quantity("named", real(), "the first", definition=outer(1))
    assert y in hidden(named)
    assert y in hidden(outer(1))
    assert y not in hidden(y + f(1))
    assert n in spoken(hiding(total(f(i), i))(1))


def test_no_induction_over_time_that_hides_in_a_formula() -> None:
    h, opened = hiding(T)(1), value_of(hiding(T), sp.S.One)
    step = bound(T, "<=", h, opened)
    with pytest.raises(StepFailed, match="depends on time"):
        rules.complete_induction([(t - 1, ())], [bound(0, "<=", h, opened)], [step], t, 0)


@pytest.mark.parametrize("z_itself", ["formula", "definition"])
def test_no_calculus_with_a_variable_that_hides(z_itself: str) -> None:
    """(z - z)^2 has derivative 0, not so (a - z)^2."""
    other = hiding(y)(1) if z_itself == "formula" else Quantity("Q", real(), "y", definition=y)
    known = [value_of(hiding(y), sp.S.One)] if z_itself == "formula" else []
    slope = bound(0, "<=", 2 * y - 2 * other, *known)
    with pytest.raises(StepFailed, match="speaks of y"):
        rules.increasing((y - other) ** 2, slope, y, bound(0, "<=", y), bound(0, "<=", y))
    flat = bound(sp.Abs(2 * y - 2 * other), "<=", 0, *known)
    with pytest.raises(StepFailed, match="speaks of y"):
        rules.mean_value((y - other) ** 2, flat, y, sp.S.Zero, sp.S.One)


def test_no_assumption_about_an_arbitrary_number_hides_in_a_formula() -> None:
    """-y^2 grows where y = 0, and nowhere else."""
    slope = make(le(0, -2 * y), "algebra", "", premises=[assume(eq(hiding(y)(1), 0))])
    with pytest.raises(StepFailed, match="assumption about the variable"):
        rules.increasing(-(y**2), slope, y, bound(0, "<=", y), bound(0, "<=", y))


def test_an_arbitrary_vector_hides_nowhere() -> None:
    """<u, p> <= h |p| says little of |u| if h grows with p."""
    arbitrary, u = vectors("p")(), w(1)
    h = DefinedFamily("h", lambda k: Norm(arbitrary) + Norm(u))(1)
    every = make(le(Inner(u, arbitrary), h * Norm(arbitrary)), "algebra", "")
    with pytest.raises(StepFailed, match="arbitrary"):
        rules.norm_from_dual(u, every, h, arbitrary, make(le(0, h), "algebra", ""))


def test_a_sign_hides_in_no_factor() -> None:
    sign = rademachers("s")
    with pytest.raises(StepFailed, match="may depend on the signs"):
        rules.signed_square(sign(i), DefinedFamily("h", lambda k: sign(k))(i), i)
