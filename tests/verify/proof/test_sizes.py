"""The range of an index is one whole number: random, negative and triangular ranges are refused; and more."""

import pytest
import sympy as sp

from verify import Lemma, Quantity, Relation, eq, le, lt, real
from verify.proof import Fact, Index, Inner, Proof, StepFailed, algebra, assume, gaussians, instance, rules, total
from verify.proof.facts import fails
from verify.proof.needs import needing
from verify.proof.steps import bound
from verify.proof.terms import Exceeds, Indicator, Mat, data, scalars, signs
from verify.statement import StatementError, integer

g, e, f = gaussians("g"), data("e")(), scalars("f")
n, u, v = Quantity("n", integer(1)), Quantity("u", real()), Quantity("v", real())
i = Index("i", n)


@pytest.mark.parametrize(
    "size", [0, -3, sp.Rational(1, 2), i, 2 * i, 1 + Indicator(Exceeds(-2, Inner(g(1), e))), sp.Symbol("x", real=True)]
)
def test_a_size_that_is_not_one_whole_number_is_refused(size: sp.Expr) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Index("s", size)


def test_a_size_that_is_random_by_its_definition_is_refused_in_a_step() -> None:
    steps = Quantity("steps", integer(1), "random", lambda at: 1, 1 + Indicator(Exceeds(-2, Inner(g(1), e))))
    s = Index("s", steps)
    with pytest.raises(StepFailed, match="by declaration"):
        algebra(total(f(s), s), total(f(s), s))


def test_a_size_behind_a_definition_is_refused_for_no_value_reaches_it() -> None:
    """|A| <= n + 1 would become |A| <= 6 for n = 5, the matrix of signs still being of any size K = n + 1."""
    more = Quantity("K", integer(1), "one more", lambda at: 2, n + 1)

    def norm(size: sp.Expr) -> Fact:
        p, q = Index("p", size), Index("q", size)
        sign = signs("s")(p, q)
        return rules.frobenius_entrywise(Mat("A", sp.Lambda((p, q), sign)), bound(sp.Abs(sign), "<=", 1), p, q)

    with pytest.raises(StepFailed, match="not written out"):
        norm(more)
    moved = instance(norm(n + 1), {n: sp.Integer(5)})
    assert [letter.size for letter in moved.left.args[0].entries.signature] == [moved.right] * 2 == [6, 6]


def test_a_size_may_not_become_an_index() -> None:
    k = Index("k", 5)
    with pytest.raises(StepFailed, match="whole number"):
        instance(algebra(total(f(i), i), total(f(i), i)), {n: k}, assume(le(1, k)))


def test_floats_are_no_values() -> None:
    fact = algebra((1 + u) * v - v, u * v)
    with pytest.raises(StepFailed, match="float"):
        instance(fact, {u: sp.Float(1e-30)})
    with pytest.raises(StepFailed, match="float"):
        algebra(u + sp.Float(0.5), sp.Float(0.5) + u)


def test_a_strict_claim_has_no_probability_for_draws_do_not_see_ties() -> None:
    with pytest.raises(StatementError, match="with <= or >="):
        Lemma(lt(u, 7), fails_with=sp.Rational(1, 10))


@pytest.mark.parametrize("relation", [lt(u, 7), eq(u, 7)])
def test_one_side_too_large_is_not_all_that_makes_a_strict_claim_or_an_equation_fail(relation: Relation) -> None:
    with pytest.raises(StepFailed, match="where its sides are equal"):
        fails(relation)


def test_a_hypothesis_that_keeps_a_denominator_from_0_is_needed() -> None:
    """From z (b + sqrt 2)^2 <= 0 and 0 < b + sqrt 2: z <= 0; without the second, b = -sqrt 2 and z = 1 are allowed."""
    product = sp.expand(u * (v + sp.sqrt(2)) ** 2)
    lemma = Lemma(le(u, 0), {"product": le(product, 0), "positive": lt(0, v + sp.sqrt(2))})
    p = Proof(lemma, lambda name: lemma)
    positive = bound(0, "<=", 1, p.given("positive"))
    quotient = product / (v + sp.sqrt(2)) ** 2
    divided = bound(u, "==", quotient, positive)
    small = bound(quotient, "<=", 0, p.given("product"), positive)
    final = p.conclude(bound(u, "<=", 0, divided, small))
    assert needing(final, lemma.given["positive"]) is not None
    assert needing(final, lemma.given["product"]) is not None
