import json
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from toy_lemmas import box_norm, context, first_order, gaussian_max, parallelogram, polarization

from verify.checks import worstcase
from verify.lemma import Lemma, Search
from verify.relations import eq, le
from verify.statement import Quantity, real
from verify.verdict import Verdict


def test_it_applies_to_deterministic_statements_that_measure_something():
    assert worstcase.applies(parallelogram)
    assert not worstcase.applies(gaussian_max)
    assert not worstcase.applies(first_order)
    assert not worstcase.applies(replace(parallelogram, draw=None, search={}))


def test_a_true_claim_is_never_more_than_inconclusive_and_its_sharp_case_is_found():
    evidence = worstcase.run(parallelogram, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "no violation found" in evidence.summary
    assert evidence.data["margin"]["factor"] == pytest.approx(1, abs=1e-6)
    assert evidence.data["margin"]["meaning"] == "worst-case search"


@pytest.mark.parametrize("constant", [sp.Rational(19, 10), sp.Rational(1999, 1000)])
def test_a_near_miss_is_refuted_by_an_exact_witness(constant):
    evidence = worstcase.run(parallelogram.set(C=constant), context())
    assert evidence.verdict is Verdict.REFUTED
    at = evidence.data["witness"]["instance"]
    u, v = ([sp.Rational(x) for x in at[name]] for name in ("u", "v"))
    left = sum((a + b) ** 2 for a, b in zip(u, v, strict=True))
    assert left > constant * sum(a**2 for a in u + v)


def test_the_margin_is_the_true_one_where_the_bound_has_room():
    evidence = worstcase.run(parallelogram.set(C=5), context())
    assert evidence.data["margin"]["factor"] == pytest.approx(2.5, rel=1e-6)


def test_a_dropped_hypothesis_is_refuted_by_draws_outside_it():
    assert worstcase.run(box_norm, context()).verdict is Verdict.INCONCLUSIVE
    evidence = worstcase.run(box_norm.drop("bounded"), context())
    assert evidence.verdict is Verdict.REFUTED
    assert evidence.data["keys"]


def test_who_wants_the_first_witness_only_gets_the_same_one_without_the_draws_at_which_the_claim_holds():
    seen = []

    def draw(rng, case):
        seen.append(case)
        return box_norm.draw(rng, case)

    false = replace(box_norm.drop("bounded"), draw=draw)
    first, whole = (worstcase.run(false, context(first=wanted)) for wanted in (True, False))
    assert first.verdict is whole.verdict is Verdict.REFUTED
    assert len(seen) < 2 * whole.data["trials"]
    evidence = worstcase.run(box_norm, context(first=True))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "draws at which the claim holds" in evidence.summary
    assert evidence.data["trials"] == 0  # in box_norm the claim fails only where the hypothesis does


def test_each_search_keeps_to_its_number_of_evaluations():
    for searches in (20, 50, 150):
        data = worstcase.run(replace(parallelogram, draw=None), context(searches=searches)).data
        assert searches <= data["trials"] <= searches + 10  # a descent may end one simplex later


def test_draws_outside_the_hypotheses_are_not_counted():
    evidence = worstcase.run(box_norm, context())
    assert evidence.data["rejected"] > 0
    assert evidence.data["trials"] + evidence.data["rejected"] == 200


def test_an_identity_holds_to_rounding_and_a_wrong_one_is_refuted():
    assert worstcase.run(polarization, context()).verdict is Verdict.INCONCLUSIVE
    wrong = replace(polarization, claim=eq(polarization.claim.left, polarization.claim.right * sp.Rational(1001, 1000)))
    assert worstcase.run(wrong, context()).verdict is Verdict.REFUTED


def test_hypotheses_that_nothing_meets_are_reported():
    impossible = replace(box_norm, given={**box_norm.given, "never": le(1, 0)})
    evidence = worstcase.run(impossible, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "nothing was tested" in evidence.summary


def test_a_violation_that_balls_cannot_confirm_is_a_suspicion_only():
    norm = Quantity("norm", real(0), measure=lambda at: float(np.linalg.norm(at["u"])))
    lemma = Lemma(le(norm, 1), draw=lambda rng, case: {"u": rng.normal(size=3)}, id="float-only")
    evidence = worstcase.run(lemma, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "not verified" in evidence.summary
    assert "suspicion" in evidence.data


def test_cancellation_in_floats_is_no_suspicion():
    # (1 + x) - 1 in floats is off by far more than the tolerance; in balls the claim holds.
    lost = Quantity("lost", real(), measure=lambda at: (1 + at["x"]) - 1)
    x = Quantity("x", real(0))
    lemma = Lemma(le(lost, x), draw=lambda rng, case: {"x": 1e-13 * rng.uniform()}, id="cancelling")
    evidence = worstcase.run(lemma, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "no violation found" in evidence.summary
    assert "suspicion" not in evidence.data


def test_a_violation_below_the_float_tolerance_is_still_found():
    tiny = parallelogram.set(C=2 - sp.Rational(1, 10**12))
    equal = Search(2, lambda point: {"u": point, "v": point})
    evidence = worstcase.run(replace(tiny, draw=None, search={"equal": equal}), context())
    assert evidence.verdict is Verdict.REFUTED


def test_the_search_keeps_within_the_hypotheses():
    only_small = replace(box_norm, draw=None, search={"cube": Search(2, lambda p: {"u": 2 * p, "B": 1.0})})
    evidence = worstcase.run(only_small, context(searches=1_000))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert 1.5 <= evidence.data["margin"]["factor"] <= 1.8  # two entries of size 1, and never more, against 3 B^2


def test_instances_that_are_not_finite_are_mentioned():
    overflow = Quantity("overflow", real(0), measure=lambda at: np.exp(at["x"]))
    lemma = Lemma(le(overflow, 10), draw=lambda rng, case: {"x": np.float64(1e4)}, id="overflowing")
    evidence = worstcase.run(lemma, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "were not finite" in evidence.summary


def test_the_same_seed_gives_the_same_evidence_and_it_is_json():
    first, second = (worstcase.run(parallelogram, context(seed=3)) for _ in range(2))
    assert first == second
    assert json.loads(json.dumps(first.data, allow_nan=False)) == first.data
    assert worstcase.run(parallelogram, context(seed=4)).data["draws"] != first.data["draws"]
