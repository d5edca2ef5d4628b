"""Attempts to prove falsehoods about integrals, and with what else of SymPy's binds a symbol; each must be refused."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Lemma, Proof, Quantity, eq, integer, le, lt, positive, real
from verify.proof import Index, StepFailed, algebra, assume, bound, total
from verify.proof.steps import require
from verify.relations import Relation

z = Quantity("z", real())
n = Quantity("n", integer(1))
i = Index("i", n)
x = sp.Symbol("x", real=True)


@pytest.mark.parametrize("letter", [z, x])
def test_sum_that_speaks_of_the_letter_of_an_integral_is_no_constant(letter: sp.Symbol) -> None:
    powers = total(letter**i, i)
    with pytest.raises(StepFailed, match="SymPy does not prove"):
        algebra(sp.Integral(powers, (letter, 0, 1)), powers)


def test_what_does_not_speak_of_it_is_one() -> None:
    sums = total(z**i, i)
    assert algebra(sp.Integral(x * sums, (x, 0, 2)), 2 * sums).by == "algebra"


def test_integral_over_a_quantity_is_no_claim() -> None:
    whole = sp.Integral(z**2, (z, 0, 1))
    lemma = Lemma(eq(whole, sp.Rational(1, 3)), proof=lambda p: p.conclude(algebra(p.goal.left, p.goal.right)))
    assert lemma.proof is not None
    with pytest.raises(StepFailed, match="not a letter for any real number"):
        lemma.proof(Proof(lemma, lambda name: lemma))


@pytest.mark.parametrize("letter", [Quantity("y", positive()), sp.Symbol("y", positive=True), i, sp.Symbol("y")])
def test_integral_ranges_over_letters_for_any_real_number(letter: sp.Symbol) -> None:
    with pytest.raises(StepFailed, match="not a letter for any real number"):
        algebra(sp.Integral(letter, (letter, 0, 1)), sp.Rational(1, 2))


@pytest.mark.parametrize("known", [eq(x**2, 4), eq(total(x**i, i), 4)])
def test_assumption_about_a_letter_is_not_used_under_the_integral(known: Relation) -> None:
    with pytest.raises(StepFailed, match="which the claim ranges over"):
        bound(sp.Integral(known.left, (x, 0, 1)), "==", 4, assume(known))


@pytest.mark.parametrize(
    "binding",
    [
        sp.Derivative(total(z**i, i), z),
        sp.Limit(total(z**i, i), z, 0),
        sp.Subs(total(z**i, i), z, 0),
        sp.Product(total(z**i, i), (z, 1, 2)),
        sp.Piecewise((1, z > 0), (0, True)),
    ],
)
def test_what_binds_symbols_in_other_ways_is_not_spoken_of(binding: sp.Expr) -> None:
    with pytest.raises(StepFailed, match="of which proofs do not speak"):
        algebra(binding, binding)


@pytest.mark.parametrize("strange", [sp.divisor_sigma(n, z), sp.trigamma(z), sp.beta(z, 1), sp.Function("f")(z)])
def test_functions_of_which_sympy_may_believe_too_much_are_not_spoken_of(strange: sp.Expr) -> None:
    """To SymPy the sum of the divisors of 2, each to the power -1/2, is whole."""
    with pytest.raises(StepFailed, match="of which proofs do not speak"):
        algebra(strange, strange)


def test_binomial_coefficients_are_of_numbers_that_are_not_negative() -> None:
    """C(m, m - 1) = m is true for m >= 0; of m = -3 SymPy says 0."""
    whole = Quantity("m", integer(-sp.oo))
    with pytest.raises(StepFailed, match="may be undefined"):
        algebra(sp.binomial(whole, whole - 1), whole)
    with pytest.raises(StepFailed, match="may be undefined"):
        algebra(sp.gamma(z + 1), z * sp.gamma(z))
    with pytest.raises(StepFailed, match="may be undefined"):
        bound(sp.binomial(whole, whole - 1), "==", whole, assume(le(sp.binomial(whole, whole - 1), 5)))
    assert algebra(sp.binomial(n, n - 1), n).by == "algebra"


def test_an_integral_is_not_evaluated_for_all_but_some_values_of_a_parameter() -> None:
    """It is 1 for every z other than 0, for which it is 0."""
    density = 2 * z**2 * x / (z**2 * x**2 + 1) ** 2
    with pytest.raises(StepFailed, match="SymPy does not prove"):
        algebra(sp.Integral(density, (x, 0, sp.oo)), 1)
    with pytest.raises(StepFailed, match="is not discharged"):
        require([lt(0, sp.Integral(density, (x, 0, sp.oo)))], [], "positive")
