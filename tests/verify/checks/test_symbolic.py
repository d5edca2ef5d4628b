"""What the symbolic check makes of a proof that shows the claim to be false: refuted, if it is about something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from verify import Lemma, Proof, Quantity, eq, le, real
from verify.checks import symbolic
from verify.checks.base import EFFORTS, Context
from verify.faults import plant
from verify.proof import Fact, Index, Inner, Norm, bound, calc, certified, chain, gaussians, normal_tail, rules
from verify.proof.terms import data, rademachers, total
from verify.relations import lt
from verify.statement import Instance
from verify.verdict import Evidence, Verdict, judge

e, g = data("e")(), gaussians("g")
one = Quantity("one", real(), "<g, e>", lambda at: (at["g"][0] * at["e"]).sum(), Inner(g(1), e))
length = Quantity("length", real(0), "|e|", lambda at: abs(at["e"][0]), Norm(e))


def draw(rng: np.random.Generator, case: str) -> Instance:
    return {"g": rng.standard_normal((1, 1)), "e": np.ones(1)}


def law(p: Proof) -> Fact:
    positive = chain(certified(lt(0, 1), {}), bound(1, "==", Norm(e), p.given("unit")))
    tail = rules.gaussian_law(g(1), e, positive, sp.S.One)
    return p.decide(
        calc("law", tail.left, ("==", tail.right, [tail]), ("==", normal_tail(1), [p.given("unit"), positive]))
    )


def claimed(level: sp.Rational) -> Lemma:
    """P(<g, e> > 1) = 0.158655... is claimed to be at most the level."""
    return Lemma(le(one, 1), {"unit": eq(length, 1)}, fails_with=level, proof=law, draw=draw, id="beyond-one")


def checked(lemma: Lemma) -> Evidence:
    return symbolic.run(lemma, Context(EFFORTS["quick"], 0, lambda name: lemma))


def test_the_law_decides_either_way() -> None:
    kept, exceeded = checked(claimed(sp.Rational(158656, 10**6))), checked(claimed(sp.Rational(158655, 10**6)))
    assert (kept.verdict, exceeded.verdict) == (Verdict.PROVED, Verdict.REFUTED)
    assert exceeded.data["trusts"] == kept.data["trusts"] == ["gaussian-law"]
    assert "< Prob" in exceeded.summary
    assert exceeded.data["spot_checks"] > 0
    assert judge("symbolic", [exceeded])[0] is Verdict.REFUTED
    assert judge("montecarlo", [exceeded, Evidence("montecarlo", Verdict.SUPPORTED, "")])[0] is Verdict.ERROR


def test_a_claim_about_nothing_is_not_refuted() -> None:
    """No vector drawn has length 1: the claim is false wherever the hypotheses hold, and perhaps nowhere."""
    never = replace(claimed(sp.Rational(1, 10)), draw=lambda rng, case: {"g": np.zeros((1, 1)), "e": np.full(1, 2.0)})
    found = checked(never)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no point" in found.summary


def test_a_law_that_is_false_in_numbers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "spot_check", lambda lemma, steps, seed: (1, steps[0]))
    for level in (sp.Rational(1, 10), sp.Rational(1, 5)):
        assert checked(claimed(level)).verdict is Verdict.ERROR


def test_a_false_citation_names_the_lemma_that_it_denies() -> None:
    """|e| <= 1/2, of e = 1."""
    wrong = Lemma(le(length, sp.Rational(1, 2)), id="wrong")
    cites = Lemma(
        le(length, sp.Rational(1, 2)), uses=("wrong",), proof=lambda p: p.cite("wrong"), draw=draw, id="cites"
    )
    found = symbolic.run(cites, Context(EFFORTS["quick"], 0, lambda name: wrong))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.data["denies"] == "wrong"


def test_coins_need_no_point() -> None:
    """Without hypotheses there is nothing to be met."""
    s = Index("s", 3)
    coin = rademachers("coins")(s)
    heads = Quantity("heads", real(), "", None, total((1 + coin) / 2, s))
    claim = Lemma(
        le(heads, 2),
        fails_with=sp.Rational(1, 9),
        proof=lambda p: p.decide(rules.fair_coins_law(coin, s, sp.Integer(2))),
        id="three heads",
    )
    assert checked(claim).verdict is Verdict.REFUTED
    assert checked(replace(claim, fails_with=sp.Rational(1, 8))).verdict is Verdict.PROVED


def test_planted_faults_meet_the_law() -> None:
    """A level too small is refuted without a draw, and without the unit vector the proof gives no law."""
    lemma = claimed(sp.Rational(158656, 10**6))
    context = Context(EFFORTS["quick"], 0, lambda name: lemma)
    found = plant(lemma, [checked(lemma)], context)
    assert {planted.outcome for planted in found} == {"refuted", "underivable"}
    smaller = next(planted.fault for planted in found if planted.fault.name.startswith("probability of failure"))
    assert checked(smaller.lemma).verdict is Verdict.REFUTED


def test_a_proof_without_rules_tells_of_balls_and_of_lemmas() -> None:
    claim = le(length, length + 1)
    by_algebra = Lemma(claim, proof=lambda p: bound(claim.low, "<=", claim.high), id="algebra")
    in_balls = Lemma(lt(0, 1), proof=lambda p: certified(lt(0, 1), {}), id="balls")
    cites = Lemma(claim, uses=("algebra",), proof=lambda p: p.cite("algebra"), id="cites")
    context = Context(EFFORTS["quick"], 0, lambda name: by_algebra)
    for lemma, told in ((by_algebra, "algebra"), (in_balls, "algebra and ball arithmetic"),
                        (cites, "algebra and the lemmas cited")):  # fmt: skip
        assert symbolic.run(lemma, context).summary.endswith(f"rests on no rule beyond {told}")
