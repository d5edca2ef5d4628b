"""Constants edited in the direction that asks for less: proved from the lemma as it is stated, and only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from verify import Lemma, Proof, Quantity, const, eq, ge, le, lt, positive, real
from verify.checks import looser, symbolic
from verify.checks.base import EFFORTS, Context
from verify.proof import Fact, StepFailed, bound, times
from verify.statement import StatementError
from verify.verdict import Verdict

x, y, t = Quantity("x", real(), ""), Quantity("y", positive(), ""), Quantity("t", real(0), "")
C, K = const("C", 2), const("K", 3)


def verdict(whole: Lemma, part: str = "") -> Verdict:
    context = Context(EFFORTS["quick"], 0, lambda name: whole)
    return symbolic.run(whole.also[part] if part else whole, context).verdict


def by_its_number(p: Proof) -> Fact:
    """Right for C = 2 alone, as proofs with a number in them are."""
    return p.conclude(bound(x, "<=", 2 * y, p.given("small")))


def given(p: Proof) -> Fact:
    return p.conclude(p.given("small"))


CLAIM = Lemma(le(x, C * y), {"small": le(x, 2 * y)}, proof=by_its_number, id="toy")


def test_a_larger_constant_follows_and_a_smaller_one_does_not() -> None:
    assert verdict(CLAIM) is Verdict.PROVED
    assert verdict(CLAIM.edited(C=3)) is Verdict.PROVED
    assert verdict(CLAIM.edited(C=1)) is Verdict.INCONCLUSIVE
    assert verdict(CLAIM.set(C=3)) is Verdict.INCONCLUSIVE  # a planted fault is no audit


def test_the_summary_says_from_what_it_follows() -> None:
    found = symbolic.run(CLAIM.edited(C=3), Context(EFFORTS["quick"], 0, lambda name: CLAIM.edited(C=3)))
    assert "prove the lemma as it is stated, from which this follows" in found.summary
    assert len(found.data["steps"]) > 3


def halves(p: Proof) -> Fact:
    return p.conclude(bound(3 * y, "<=", x, p.given("far")))


HYPOTHESIS = Lemma(le(3 * y, x), {"far": ge(x, K * y)}, proof=halves, id="toy")


@pytest.mark.parametrize(("K_value", "expected"), [(4, Verdict.PROVED), (2, Verdict.INCONCLUSIVE)])
def test_a_stronger_hypothesis_implies_the_stated_one(K_value: int, expected: Verdict) -> None:
    assert verdict(HYPOTHESIS.edited(K=K_value)) is expected


def test_the_sign_of_what_a_constant_multiplies_counts() -> None:
    """x <= y + C x does not follow from x <= y + 2 x where x may be negative; with t >= 0 for x it does."""
    open_sign = Lemma(le(x, y + C * x), {"small": le(x, y + 2 * x)}, proof=given, id="toy")
    assert verdict(open_sign.edited(C=3)) is Verdict.INCONCLUSIVE
    known = Lemma(le(x, y + C * t), {"small": le(x, y + 2 * t)}, proof=given, id="toy")
    assert verdict(known.edited(C=3)) is Verdict.PROVED


def test_a_larger_multiple_of_what_is_not_visibly_positive() -> None:
    """0 <= t <= 2 x, so 2 x is at least 0 and 3 x larger."""
    lemma = Lemma(le(t, C * x), {"small": le(t, 2 * x)}, proof=given, id="toy")
    assert verdict(lemma.edited(C=3)) is Verdict.PROVED
    assert verdict(lemma.edited(C=1)) is Verdict.INCONCLUSIVE


def test_an_exponential_grows_with_its_constant() -> None:
    lemma = Lemma(le(x, sp.exp(C * t * y)), {"small": le(x, sp.exp(2 * t * y))}, proof=given, id="toy")
    assert verdict(lemma.edited(C=5)) is Verdict.PROVED
    assert verdict(lemma.edited(C=1)) is Verdict.INCONCLUSIVE


def test_one_number_is_left_to_ball_arithmetic() -> None:
    """e^t - 1 - t >= 0, which no algebra shows."""
    rest = sp.exp(t) - 1 - t
    lemma = Lemma(le(x, C * rest), {"small": le(x, 2 * rest)}, proof=given, id="toy")
    assert verdict(lemma.edited(C=3)) is Verdict.PROVED


def leaning(own: Callable[[Proof], Fact]) -> Lemma:
    """A lemma, and a part of it that rests on it and has a constant of its own."""

    def part(p: Proof) -> Fact:
        return p.conclude(times(p.cite("toy", None, p.given("small")), sp.Integer(3)))

    second = Lemma(le(3 * x, K * 2 * y), {"small": le(x, 2 * y)}, uses=("toy",), proof=part, id="toy:part")
    return replace(CLAIM, proof=own, also={"part": second})


def test_a_part_rests_on_its_lemma_as_stated() -> None:
    assert verdict(leaning(by_its_number).edited(K=4), "part") is Verdict.PROVED
    assert verdict(leaning(by_its_number).edited(K=4, C=1), "part") is Verdict.PROVED

    def wrong(p: Proof) -> Fact:
        return p.conclude(bound(x, "<=", y, p.given("small")))

    assert verdict(leaning(wrong).edited(K=4), "part") is Verdict.INCONCLUSIVE


def test_a_lemma_that_was_not_edited() -> None:
    with pytest.raises(StepFailed, match="no constant was edited"):
        looser.proved(CLAIM, lambda name: CLAIM)


def test_a_variant_of_an_edited_lemma_is_not_what_was_stated() -> None:
    """x <= 3 y is false without the hypothesis; a claim that may fail with some probability does not hold surely."""
    new = CLAIM.edited(C=3)
    for variant in (new.drop("small"), new.at({y: 2 * y})):
        with pytest.raises(StepFailed, match="more than constants"):
            looser.proved(variant, lambda name: new)
    likely = Lemma(CLAIM.claim, CLAIM.given, fails_with=sp.Rational(1, 2), proof=by_its_number, id="toy")
    sure = replace(likely.edited(C=3), fails_with=None)
    with pytest.raises(StepFailed, match="more than constants"):
        looser.proved(sure, lambda name: sure)


def test_a_constant_keeps_its_sign() -> None:
    """|C| y <= x is C y <= x for SymPy, as C = 2: with C = -3 it would be another claim, and proved."""
    size = Lemma(le(sp.Abs(C) * y, x), {"small": le(2 * y, x)}, proof=given, id="toy")
    assert verdict(size.edited(C=1)) is Verdict.PROVED
    with pytest.raises(StatementError, match="simplified for a positive C"):
        size.edited(C=-3)


def test_a_strict_claim_follows_and_an_equation_does_not() -> None:
    strict = Lemma(lt(x, C * y), {"small": lt(x, 2 * y)}, proof=given, id="toy")
    assert verdict(strict.edited(C=3)) is Verdict.PROVED
    equation = Lemma(eq(x, C * y), {"small": eq(x, 2 * y)}, proof=given, id="toy")
    assert verdict(equation.edited(C=3)) is Verdict.INCONCLUSIVE
