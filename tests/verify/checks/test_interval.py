import json
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from toy_lemmas import E, context, first_order, one_plus, p, parallelogram, z

from verify.checks import interval
from verify.lemma import Lemma
from verify.relations import ge, le, lt
from verify.statement import Quantity, const, positive, real
from verify.verdict import Verdict


def test_it_applies_to_statements_about_numbers_alone():
    assert interval.applies(first_order)
    assert not interval.applies(parallelogram)
    assert not interval.applies(replace(first_order, fails_with=sp.Rational(1, 2)))


@pytest.mark.parametrize("lemma", [first_order, one_plus])
def test_true_claims_are_certified_over_the_whole_domain(lemma):
    evidence = interval.run(lemma, context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert evidence.data["boxes"] >= 0


def test_a_near_miss_is_refuted_at_an_exact_point():
    evidence = interval.run(first_order.set(E=sp.Rational(1718, 1000)), context())  # the sharp constant is e - 1
    assert evidence.verdict is Verdict.REFUTED
    point = Fraction(evidence.data["witness"]["z"])
    assert abs(sp.exp(sp.Rational(str(point))) - 1).evalf(30) > sp.Rational(1718, 1000) * abs(point)


def test_hypotheses_and_abbreviations_enter():
    half = Quantity("half", positive(), "half of p")
    y = Quantity("y", real(), "a number")
    lemma = Lemma(le(y, 2 * half), given={"bound": le(y, sp.Rational(19, 10))}, where={half: sp.Integer(1)}, id="toy")
    assert interval.run(lemma, context()).verdict is Verdict.CERTIFIED
    assert interval.run(lemma.drop("bound"), context()).verdict is Verdict.REFUTED


def test_hypotheses_that_contradict_each_other_certify_nothing():
    empty = Lemma(le(p, -7), given={"large": ge(p, 1), "small": le(p, 0)}, id="toy")
    evidence = interval.run(empty, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "no point" in evidence.summary


def test_what_has_no_rigorous_arithmetic_is_inconclusive():
    evidence = interval.run(Lemma(le(sp.zeta(2 + p**2), 2), id="toy"), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "zeta" in evidence.summary


def test_too_few_boxes_are_inconclusive_and_never_certified():
    wiggly = Lemma(ge(sp.sin(40 * z) + sp.cos(37 * z), -sp.Rational(1998, 1000)), id="toy")
    evidence = interval.run(wiggly, context(boxes=3))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.data["remaining"]


def test_sharp_constants_and_the_margin_come_with_the_certificate():
    data = interval.run(first_order, context()).data
    assert sp.sympify(data["sharp"]["E"]["exact"]).equals(sp.E - 1)
    assert data["margin"]["factor"] == pytest.approx(float(2 / (sp.E - 1)), rel=1e-9)
    assert data["margin"]["factor"] <= float(2 / (sp.E - 1))
    assert data["margin"]["at"] == {"z": "1"}
    assert data["attained"] == [{"z": 1.0}]


def test_without_constants_there_is_no_margin():
    assert "margin" not in interval.run(one_plus, context()).data


def test_a_constant_declared_tight_that_is_not_is_named():
    loose = Lemma(le(sp.Abs(sp.exp(z) - 1), const("T", 2, "tight") * sp.Abs(z)), id="loose")
    evidence = interval.run(loose, context())
    assert evidence.data["not_tight"] == {"T": "1.71828182845905"}
    assert "T is declared tight, but any value towards 1.71828182845905 suffices" in evidence.summary
    y = Quantity("y", real(0, 1), "a number")
    strict = Lemma(lt(y, const("T", 2, "tight")), id="strict")  # false for T = 1, at y = 1
    assert "any value towards 1 suffices" in interval.run(strict, context()).summary
    tight = Lemma(ge(sp.exp(p), const("T", 1, "tight") + p), id="tight")
    assert interval.run(tight, context()).data["not_tight"] == {}


def test_evidence_is_json_and_repeats():
    evidence = interval.run(first_order, context())
    assert evidence == interval.run(first_order, context())
    assert json.loads(json.dumps(evidence.data, allow_nan=False)) == evidence.data
    assert E in first_order.claim.symbols
    assert const("E", 2) == E
