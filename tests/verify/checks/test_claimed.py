"""The point that an author gives is used against the lemma too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_lemmas import context

from verify.checks import vacuity
from verify.checks.claimed import objection
from verify.lemma import Lemma
from verify.proof.terms import Index, Norm, scalars, sup, total, vectors
from verify.relations import eq, ge, le
from verify.statement import Quantity, Size, integer, real
from verify.verdict import Evidence, Verdict

n = Size("n", "x")
i = Index("i", n)
x = scalars("x")
POINT = {"x": np.array([1.0, -2.0])}


def quantity(measure: Any, domain: Any = None, definition: sp.Expr | None = None) -> Quantity:
    return Quantity("Q", domain or real(), "some number", measure, definition)


def at_point(lemma: Lemma) -> Evidence:
    return vacuity.run(lemma, context())


def largest(at: Any) -> Any:
    return abs(at["x"]).max()


def test_a_claim_that_certainly_fails_is_refuted() -> None:
    found = at_point(Lemma(le(quantity(largest), 1), point=POINT, id="toy"))
    assert found.verdict is Verdict.REFUTED
    assert found.summary == "at the point given, 2.0000000 exceeds 1.0000000, with every hypothesis met"
    assert found.data["witness"]["instance"] == {"x": ["1.0", "-2.0"]}
    assert found.data["point"] == {"x": [1.0, -2.0]}


@pytest.mark.parametrize("claim", [le, eq])
def test_a_claim_that_holds_is_no_objection(claim: Any) -> None:
    assert at_point(Lemma(claim(quantity(largest), 2), point=POINT, id="toy")).verdict is Verdict.CERTIFIED


def test_a_claim_that_fails_in_floats_is_only_suspected() -> None:
    in_floats = quantity(lambda at: float(largest(at)))
    found = at_point(Lemma(le(in_floats, 1), point=POINT, id="toy"))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.summary == "at the point given, the claim fails in floats: 2 against 1"
    by_rounding = Lemma(le(in_floats, 2 - sp.Rational(1, 10**9)), point=POINT, id="toy")
    assert at_point(by_rounding).verdict is Verdict.CERTIFIED


def test_a_claim_in_the_terms_of_proofs_is_looked_at_too() -> None:
    assert at_point(Lemma(le(sup(x(i), i), 0), point=POINT, id="toy")).verdict is Verdict.INCONCLUSIVE
    assert at_point(Lemma(le(sup(x(i), i), 1), point=POINT, id="toy")).verdict is Verdict.CERTIFIED


def test_nothing_is_refuted_where_a_hypothesis_is_taken_to_hold_by_construction() -> None:
    lemma = Lemma(le(quantity(largest), 1), point=POINT, id="toy")
    assert objection(lemma, POINT, surely_met=False, name="vacuity") is None
    probable = replace(lemma, fails_with=sp.Rational(1, 2))
    assert objection(probable, POINT, surely_met=True, name="vacuity") is None
    assert objection(lemma, POINT, surely_met=True, name="vacuity") is not None


def test_a_hypothesis_that_fails_leaves_the_claim_alone() -> None:
    lemma = Lemma(le(quantity(largest), 1), given={"small": le(quantity(largest), 1)}, point=POINT, id="toy")
    assert at_point(lemma).summary == "at the point given, 'small' is not certain"


@pytest.mark.parametrize(
    ("measure", "domain"),
    [
        (lambda at: -largest(at), real(0)),
        (lambda at: largest(at), real(0, 2, open_upper=True)),
        (lambda at: float(-largest(at)), real(0)),
        (lambda at: largest(at) / 3, integer(0)),
    ],
)
def test_a_measure_that_leaves_its_domain_is_an_error(measure: Any, domain: Any) -> None:
    Q = quantity(measure, domain)
    again = Quantity("P", real(), "the same", measure, definition=Q)
    for lemma in (Lemma(ge(Q, -5), point=POINT, id="toy"), Lemma(ge(again, -5), point=POINT, id="toy")):
        found = at_point(lemma)
        assert found.verdict is Verdict.ERROR
        assert f"which is not in its domain {domain}" in found.summary
    probable = replace(lemma, fails_with=sp.Rational(1, 2))
    assert at_point(probable).verdict is Verdict.ERROR


@pytest.mark.parametrize("measure", [lambda at: -1e-17, lambda at: 0, lambda at: largest(at) - 2])
def test_the_end_of_a_domain_is_not_left_by_rounding(measure: Any) -> None:
    assert at_point(Lemma(ge(quantity(measure, real(0)), -5), point=POINT, id="toy")).verdict is Verdict.CERTIFIED


def test_a_definition_that_differs_from_the_measure_is_an_error() -> None:
    wrong = quantity(largest, definition=sup(x(i), i))
    found = at_point(Lemma(le(wrong, 5), point=POINT, id="toy"))
    assert found.verdict is Verdict.ERROR
    assert found.summary == "at the point given, Q is measured to be 2.0000000, and its definition is 1"
    right = quantity(largest, definition=sup(sp.Abs(x(i)), i))
    assert at_point(Lemma(le(right, 5), point=POINT, id="toy")).verdict is Verdict.CERTIFIED


def test_what_cannot_be_computed_is_passed_over() -> None:
    absent = Norm(vectors("W")(1))
    rows = Quantity("rows", integer(1), "number of rows", lambda at: at["rows"] if "rows" in at else len(at["W"]))
    large = total(x(Index("k", rows)), Index("k", rows))
    for definition in (absent, large):
        Q = Quantity("Q", real(0), "of an array that is not there", lambda at: abs(at["W"]).max(), definition)
        lemma = Lemma(le(Q, -1), point={**POINT, "rows": 10**15}, id="toy")
        assert at_point(lemma).verdict is Verdict.CERTIFIED
