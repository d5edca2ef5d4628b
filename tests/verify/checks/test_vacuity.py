from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from toy_lemmas import above, box_norm, context, first_order, gaussian_max, n, p, parallelogram, polarization

from verify.checks import vacuity
from verify.lemma import Lemma, Search
from verify.relations import eq, ge, le, lt
from verify.statement import Quantity, integer, positive, real
from verify.verdict import Verdict

norm = Quantity("norm", real(0), "squared norm", measure=lambda at: (at["u"] * at["u"]).sum())


@pytest.mark.parametrize("lemma", [above, first_order, box_norm, parallelogram, polarization, gaussian_max])
def test_hypotheses_that_can_be_met_have_an_exact_point(lemma):
    assert vacuity.applies(lemma)
    evidence = vacuity.run(lemma, context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert evidence.data["point"]


def test_the_point_of_a_statement_about_numbers_meets_the_hypotheses():
    narrow = Lemma(le(p, 10), given={"from": ge(p, sp.Rational(1, 3)), "to": lt(p, sp.Rational(34, 100))}, id="toy")
    point = vacuity.run(narrow, context()).data["point"]
    assert Fraction(1, 3) <= Fraction(point["p"]) < Fraction(34, 100)


def test_a_contradiction_is_vacuous():
    impossible = Lemma(le(p, 0), given={"large": ge(p, 3), "small": le(p, 2)}, id="toy")
    evidence = vacuity.run(impossible, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "no point" in evidence.summary
    nothing_drawn = replace(box_norm, given={**box_norm.given, "empty": le(box_norm.claim.left, -1)})
    evidence = vacuity.run(nothing_drawn, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.summary == "no drawn instance meets the hypotheses"


def test_an_equation_that_floats_meet_only_nearly_is_not_met_for_certain():
    def unit(rng, case):
        u = rng.normal(size=3)
        return {"u": u / np.linalg.norm(u)}

    lemma = Lemma(le(norm, 2), given={"unit": eq(norm, 1)}, draw=unit, id="toy")
    evidence = vacuity.run(lemma, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "for certain" in evidence.summary
    axis = replace(lemma, draw=lambda rng, case: {"u": np.array([0.0, 1.0, 0.0])})
    assert vacuity.run(axis, context()).verdict is Verdict.CERTIFIED


def test_families_of_the_search_count_as_instances():
    lemma = replace(box_norm, draw=None, search={"cube": Search(3, lambda u: {"u": u, "B": 1.0})})
    assert vacuity.run(lemma, context()).verdict is Verdict.CERTIFIED


def test_a_probability_of_one_or_more_says_nothing():
    vacuous = replace(gaussian_max, fails_with=n)
    evidence = vacuity.run(vacuous, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "says nothing" in evidence.summary


def test_the_same_seed_gives_the_same_point():
    assert vacuity.run(box_norm, context(seed=2)) == vacuity.run(box_norm, context(seed=2))


# --- points that the author gives -------------------------------------------------------------------------------------

rows = Quantity("rows", integer(1), "number of rows", measure=lambda at: len(at["u"]))
spread = Quantity("spread", real(0), "largest entry", measure=lambda at: max(abs(at["u"])))
huge = Lemma(
    le(norm, rows),
    given={"many": ge(rows, 10**15), "spread": le(spread, 0)},
    construction=("spread",),
    point={"rows": 10**16},
    id="toy",
)


def test_a_statement_that_nobody_can_draw_needs_a_point():
    evidence = vacuity.run(replace(huge, point=None), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "no point" in evidence.summary


def test_numbers_stand_for_arrays_too_large_to_be_built_and_the_construction_is_named():
    evidence = vacuity.run(huge, context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert evidence.summary.endswith("by construction: spread")


def test_the_point_of_an_author_is_not_believed():
    evidence = vacuity.run(replace(huge, point={"rows": 10**14}), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.summary == "at the point given, 'many' is not certain"


def test_of_a_large_array_only_the_shape_is_told():
    wide = Lemma(le(norm, rows), given={"many": ge(rows, 1000)}, point={"u": np.zeros(2000, dtype=int)}, id="toy")
    evidence = vacuity.run(wide, context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert evidence.data["point"] == {"u": {"shape": [2000]}}


def test_only_hypotheses_of_the_construction_are_excused():
    with pytest.raises(KeyError):
        vacuity.run(replace(huge, construction=()), context())


def test_a_claim_that_cannot_be_enclosed_is_no_obstacle():
    def refuse(at):
        raise NotImplementedError

    strange = Quantity("strange", real(), "no ball", measure=refuse)
    assert vacuity.run(replace(box_norm, claim=le(strange, 1)), context()).verdict is Verdict.CERTIFIED


def test_one_draw_with_a_level_below_one_suffices():
    level = Quantity("level", positive(), "probability of failure")
    draws = replace(
        gaussian_max, fails_with=level, draw=lambda rng, case: {"g": np.zeros(1), "level": float(rng.choice([2, 0.5]))}
    )
    evidence = vacuity.run(replace(draws, claim=le(level, 3)), context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert float(evidence.data["level"]) == 0.5


# --- bounds that are never reached ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "flagged"),
    [
        (le(norm, -1), False),
        (ge(norm, -1), True),
        (ge(norm, 0), False),
        (le(p * p, 5), False),
        (le(sp.exp(-p * p), 1), False),
        (le(sp.exp(-p * p), sp.Rational(101, 100)), True),
        (eq(p, p), False),
    ],
)
def test_a_bound_that_nothing_can_reach_is_flagged(claim, flagged):
    lemma = Lemma(claim, draw=lambda rng, case: {"u": np.zeros(2)}, id="toy")
    evidence = vacuity.run(lemma, context())
    assert ("never reached" in evidence.summary) is flagged
    assert evidence.data.get("never_reached", False) is flagged
