import json
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from toy_lemmas import B, G, M, box_norm, context, delta, gaussian_max, n, parallelogram

from verify.checks import alllevels, montecarlo
from verify.checks.reading import Reader
from verify.lemma import Lemma
from verify.relations import eq, ge, le
from verify.statement import Quantity, StatementError, positive, real
from verify.verdict import Verdict

uniform = Quantity("uniform", real(0, 1), "a uniform variable", measure=lambda at: at["x"])
level = Quantity("level", positive(1, open_upper=True), "probability of failure")


def at_most(bound, probability=level, size=0.1, **fields):
    """P(uniform > bound) <= probability, on draws whose level is ``size``."""
    return Lemma(
        le(uniform, bound), fails_with=probability, id="uniform",
        draw=lambda rng, case: {"x": float(rng.uniform()), "level": size}, **fields,
    )  # fmt: skip


def test_it_applies_to_claims_about_a_probability():
    assert montecarlo.applies(gaussian_max)
    assert not montecarlo.applies(parallelogram)
    assert not montecarlo.applies(replace(gaussian_max, draw=None))


def test_a_true_claim_with_room_is_supported_with_its_confidence():
    evidence = montecarlo.run(gaussian_max, context())
    assert evidence.verdict is Verdict.SUPPORTED
    assert "confidence 0.99" in evidence.summary
    assert evidence.data["stopped"] == "one: supported; ten: supported"
    low, high = evidence.data["quantile"]["lower"], evidence.data["quantile"]["upper"]
    exact = 1.0 / 1.2647  # (1 - 0.1)-quantile of max |g_i| over T, n = 10: see test below
    assert low < exact < high


def test_the_quantile_reference_is_right():
    from scipy.stats import norm

    quantile = norm.isf((1 - 0.9 ** (1 / 10)) / 2)
    assert quantile / np.sqrt(2 * np.log(2 * 10 / 0.1)) == pytest.approx(1 / 1.2647, abs=0.02)


def test_a_false_claim_is_refuted_with_an_e_value_and_keys_that_replay():
    evidence = montecarlo.run(at_most(sp.Rational(1, 2)), context())
    assert evidence.verdict is Verdict.REFUTED
    assert evidence.data["log_e"] >= np.log(1 / montecarlo.ALPHA_REFUTE)
    for key in evidence.data["keys"]:
        again = montecarlo.replay(at_most(sp.Rational(1, 2)), key, 0)
        assert again["violated"]
        assert again["values"]["uniform"] > 0.5


def test_one_refuted_case_refutes_the_lemma():
    lemma = at_most(sp.Rational(19, 20), cases=("good", "bad"))
    bad = replace(lemma, draw=lambda rng, case: {"x": rng.uniform(0.9, 1.0) if case == "bad" else 0.5, "level": 0.1})
    evidence = montecarlo.run(bad, context())
    assert evidence.verdict is Verdict.REFUTED
    assert evidence.summary.startswith("case bad")


def test_a_claim_with_equality_is_neither_supported_nor_refuted():
    evidence = montecarlo.run(at_most(1 - level), context(trials=300))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "300 draws" in evidence.summary


def test_a_variant_is_given_up_after_a_hundred_draws_without_a_violation_and_a_lemma_is_not():
    loose = at_most(1, probability=level / 1000)
    given_up, tested = (montecarlo.run(loose, context(first=wanted)) for wanted in (True, False))
    assert given_up.verdict is tested.verdict is Verdict.INCONCLUSIVE
    assert (given_up.data["trials"], tested.data["trials"]) == (montecarlo.FUTILE, 400)
    assert "no violation in 100 draws, so that more would hardly refute" in given_up.summary
    assert "400 draws do not decide" in tested.summary


def test_one_violation_among_the_first_draws_keeps_a_variant_in_the_test():
    rare = at_most(sp.Rational(47, 50), probability=level / 10)
    evidence = montecarlo.run(rare, context(first=True))
    assert evidence.verdict is Verdict.REFUTED
    assert evidence.data["trials"] > montecarlo.FUTILE


def test_a_variant_is_not_drawn_in_further_cases_once_one_refutes_it():
    bad = replace(at_most(sp.Rational(1, 2)), cases=("bad", "other"))
    first, whole = (montecarlo.run(bad, context(first=wanted)) for wanted in (True, False))
    assert (set(first.data["cases"]), set(whole.data["cases"])) == ({"bad"}, {"bad", "other"})
    assert first.summary == whole.summary


def test_a_bound_that_is_kept_at_the_level_drawn_but_not_at_others_is_refuted():
    # P(uniform > 1 - level^2) = level^2 <= level; with 3 level^2 the claim is false for every level above 1/3 only.
    assert montecarlo.run(at_most(1 - level**2), context()).verdict is Verdict.SUPPORTED
    evidence = montecarlo.run(at_most(1 - 3 * level**2), context(trials=2000))
    assert evidence.verdict is Verdict.REFUTED
    assert "at level" in evidence.summary


def test_reading_at_other_levels_needs_that_nothing_else_moves_with_the_level():
    rng = np.random.default_rng(0)
    at = gaussian_max.draw(rng, "ten")
    assert alllevels.applies(Reader(gaussian_max), at)
    tied = replace(gaussian_max, given={"tie": ge(n, 1 / delta)})
    assert not alllevels.applies(Reader(tied), at)
    moving = Quantity("moving", real(), measure=lambda at: at["x"] * at["level"])
    lemma = replace(at_most(1 - level), claim=le(moving, 1 - level))
    assert not alllevels.applies(Reader(lemma), {"x": 0.3, "level": 0.1})
    fixed = at_most(sp.Rational(9, 10), probability=sp.Rational(1, 10))
    assert not alllevels.applies(Reader(fixed), {"x": 0.3, "level": 0.1})


def test_the_level_of_violation_is_the_one_of_the_closed_form():
    reader = Reader(at_most(1 - level))
    reading = reader.read(reader.measure({"x": 0.75, "level": 0.1}))
    assert alllevels.violation(reader, reading) == pytest.approx(0.25, rel=1e-8)


def test_rejected_draws_do_not_support_and_do_not_refute():
    # Within the hypothesis the claim fails half of the time, but that happens in 1 draw of 40 only.
    hypothesis = ge(uniform, sp.Rational(39, 40))
    rare = at_most(sp.Rational(79, 80), probability=sp.Rational(1, 10), given={"rare": hypothesis})
    evidence = montecarlo.run(rare, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "miss the hypotheses" in evidence.summary


def test_hypotheses_that_nothing_meets_are_inconclusive():
    evidence = montecarlo.run(at_most(1, given={"never": ge(uniform, 2)}), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.data["trials"] == 0


def test_a_vacuous_level_is_inconclusive():
    evidence = montecarlo.run(at_most(sp.Rational(1, 2), probability=20 * level), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "nothing to test" in evidence.summary


def test_a_level_that_differs_between_draws_is_a_mistake_of_the_lemma():
    lemma = replace(at_most(1), draw=lambda rng, case: {"x": 0.5, "level": float(rng.uniform(0.1, 0.2))})
    with pytest.raises(StatementError, match="level of failure differs"):
        montecarlo.run(lemma, context())


def test_ties_are_settled_in_balls_and_stay_unsupported_where_they_cannot_be():
    zero = Quantity("zero", real(), measure=lambda at: at["x"] - at["x"])
    tie = replace(at_most(1), claim=le(zero, 0))
    assert montecarlo.run(tie, context()).verdict is Verdict.SUPPORTED  # 0 <= 0 holds exactly
    inexact = Quantity("inexact", real(), measure=lambda at: np.sqrt(np.array([at["x"]], dtype=object))[0]
                       if not isinstance(at["x"], float) else at["x"] ** 0.5)  # fmt: skip
    both = Quantity("both", real(), measure=inexact.measure)
    evidence = montecarlo.run(replace(at_most(1), claim=le(inexact, both)), context(trials=60))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.data["failures"] == 0


def test_a_violation_that_is_only_rounding_is_an_error_of_the_floats():
    lost = Quantity("lost", real(), measure=lambda at: (1 + at["x"]) - 1)
    x = Quantity("x", real(0))
    lemma = Lemma(
        le(lost, x), fails_with=level, id="cancelling",
        draw=lambda rng, case: {"x": 1e-13 * float(rng.uniform()), "level": 0.1},
    )  # fmt: skip
    evidence = montecarlo.run(lemma, context())
    assert evidence.verdict is Verdict.ERROR
    assert "holds in balls" in evidence.summary


def test_a_violation_that_rounding_hides_is_an_error_of_the_floats():
    lost = Quantity("lost", real(), measure=lambda at: (1 + at["x"]) - 1)
    half = Quantity("half", real(0), measure=lambda at: at["x"] / 2)
    lemma = Lemma(
        le(lost, half), fails_with=level, id="hidden",
        draw=lambda rng, case: {"x": 1e-17 * float(rng.uniform(0.5, 1)), "level": 0.1},
    )  # fmt: skip
    evidence = montecarlo.run(lemma, context())
    assert evidence.verdict is Verdict.ERROR
    assert "violated in balls" in evidence.summary


def test_an_equation_with_probability_is_compared_up_to_rounding():
    twice = Quantity("twice", real(), measure=lambda at: at["x"] + at["x"])
    claim = eq(twice, 2 * uniform)
    assert montecarlo.run(replace(at_most(1), claim=claim), context()).verdict is Verdict.SUPPORTED
    wrong = eq(twice, 2 * uniform + sp.Rational(1, 1000))
    assert montecarlo.run(replace(at_most(1), claim=wrong), context()).verdict is Verdict.REFUTED


def test_the_level_of_refutation_shrinks_with_the_family():
    alone, family = (montecarlo.run(at_most(sp.Rational(7, 10)), replace(context(), family=k)) for k in (1, 10**6))
    assert alone.verdict is family.verdict is Verdict.REFUTED
    assert family.data["trials"] > alone.data["trials"]


def test_the_smallest_refutable_share_is_refutable_and_one_less_is_not():
    from verify.stats.eprocess import crossed, log_e_refute

    share = montecarlo.refutable_share(0.1, 400, 1e-8)
    failures = round(share * 400)
    assert crossed(log_e_refute(failures, 400, 0.1), 1e-8)
    assert not crossed(log_e_refute(failures - 1, 400, 0.1), 1e-8)
    assert montecarlo.refutable_share(0.1, 3, 1e-8) > 1


def test_replay_reports_hypotheses_and_rejects_keys_of_other_lemmas():
    lemma = replace(box_norm, fails_with=delta, draw=lambda rng, case: {"u": np.ones(2), "B": 0.5, "delta": 0.1})
    again = montecarlo.replay(lemma, "box-norm.montecarlo/free/0", 0)
    assert again["hypotheses"]["bounded"]["state"] == "violated"
    assert not again["violated"]
    with pytest.raises(StatementError, match="has no case other"):
        montecarlo.replay(lemma, "box-norm.montecarlo/other/0", 0)
    with pytest.raises(ValueError, match="not a stream key"):
        montecarlo.replay(lemma, "nonsense", 0)
    with pytest.raises(StatementError, match="not checked on random draws"):
        montecarlo.replay(replace(lemma, draw=None), "box-norm.montecarlo/free/0", 0)
    assert {B, M} <= lemma.symbols


def test_the_same_seed_gives_the_same_evidence_and_it_is_json():
    first, second = (montecarlo.run(gaussian_max, context(seed=5)) for _ in range(2))
    assert first == second
    assert json.loads(json.dumps(first.data, allow_nan=False)) == first.data
    assert montecarlo.run(gaussian_max, context(seed=6)).data["draws"] != first.data["draws"]
    assert G in gaussian_max.symbols


def test_the_levels_of_all_cases_of_a_run_add_up_to_the_family_wise_one():
    """Two tests a case (the level stated, all levels), over every case of every claim that shares the family."""
    lemma = replace(gaussian_max, cases=("one", "ten"))
    family = 64
    spent = [
        2 * montecarlo.run_case(Reader(lemma), c, replace(context(trials=1), family=family)).alpha for c in lemma.cases
    ]
    assert sum(spent) * family == pytest.approx(montecarlo.ALPHA_REFUTE)
