"""Variants that look false and are true are shown so, with the reason; their neighbours that are false are refuted."""

from __future__ import annotations

import dataclasses

import pytest
from sympy import Rational

from lemmas.gram import damping_price, gram_laplace_tail, laplace_resolvent
from lemmas.notation.damped import RESOLVENT, mean_of, price_entry, rel_damped, resolvent_entry, tau, theta
from lemmas.steps import damped_steps
from verify import faults, ge
from verify.checks.base import EFFORTS, Context
from verify.faults import Planted
from verify.lemma import Lemma
from verify.proof import Proof, StepFailed
from verify.proof.rules import RULES

MODULES = (damping_price, laplace_resolvent, gram_laplace_tail)
LEMMAS: dict[str, Lemma] = {m.__name__.rpartition(".")[2].replace("_", "-"): m.lemma for m in MODULES}
INNER = "theta doubled inside the resolvent, which is true"
KEPT = "no damping, the price kept, which is true"
WHOLE = "without 1 - s_k^2, which is true"


def library(name: str) -> Lemma:
    return dataclasses.replace(LEMMAS[name], id=name)


def planted(name: str, fault: str, part: str = "") -> Planted:
    """What becomes of a fault planted by hand, on draws of its own."""
    lemma = dataclasses.replace(LEMMAS[name].also[part], id=f"{name}:{part}") if part else library(name)
    (one,) = (found for found in faults.derive(lemma, []) if found.name == f"by hand: {fault}")
    return faults.outcome(one, lemma, Context(EFFORTS["quick"], 0, library))


@pytest.mark.parametrize(
    ("name", "part", "fault", "words"),
    [
        ("laplace-resolvent", "", INNER, "1/5 of the bound at 3 theta and 4/5 of that at theta/2"),
        ("gram-laplace-tail", "", KEPT, "the price is >= 0"),
        pytest.param("damping-price", "operators", WHOLE, "1 - s_k^2 <= 1", marks=pytest.mark.slow),
    ],
)
def test_it_is_shown_true_by_a_proof_and_says_why(name: str, part: str, fault: str, words: str) -> None:
    found = planted(name, fault, part)
    assert (found.outcome, found.witness) == ("true", {})
    assert words in found.reason
    assert f"symbolic: {len(found.proof)} steps, each checked by machine" in found.reason
    assert {step["by"] for step in found.proof} <= {"algebra", "lemma", "rule"}
    assert all(step["ref"].partition(":")[0] in RULES for step in found.proof if step["by"] == "rule")
    assert found.as_json()["proof"] == list(found.proof)


@pytest.mark.slow
def test_the_scalar_price_without_its_factor_is_certified_and_says_why() -> None:
    found = planted("damping-price", "without 1 - s^2, which is true")
    assert found.outcome == "true"
    assert "1 - s^2 <= 1" in found.reason
    assert "interval: bisection into" in found.reason


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("laplace-resolvent", "theta doubled before the resolvent"),
        ("gram-laplace-tail", "theta doubled before the resolvent"),
        ("gram-laplace-tail", "damping without its price"),
        ("damping-price", "1 + s^2 without the half"),
    ],
)
def test_a_wrong_neighbour_is_refuted(name: str, fault: str) -> None:
    found = planted(name, fault)
    assert found.outcome == "refuted"
    assert found.witness
    assert not found.proof


@pytest.mark.parametrize("inner", [Rational(1, 2), Rational(3, 2), 3])
def test_the_proof_with_two_exponents_gives_theta_doubled_and_nothing_else(inner: Rational) -> None:
    proof = Proof(library("laplace-resolvent"), library)
    mean = damped_steps.resolvent_inner_doubled(proof)
    with pytest.raises(StepFailed, match="does not prove"):
        damped_steps.restated(mean, mean_of("another", resolvent_entry(inner * theta)))
    with pytest.raises(StepFailed, match="does not prove"):
        damped_steps.restated(mean, RESOLVENT)


def test_the_proof_without_damping_says_nothing_of_the_damped_matrix() -> None:
    claimed = dataclasses.replace(LEMMAS["gram-laplace-tail"].faults[KEPT], claim=ge(rel_damped, tau))
    with pytest.raises(StepFailed, match="conclusion"):
        gram_laplace_tail.undamped(Proof(dataclasses.replace(claimed, id="gram-laplace-tail"), library))


def test_the_proof_without_the_factor_does_not_spare_half_of_the_price() -> None:
    """The sum with 1 for 1 - s_k^2 is no bound by half of it: the entries are not the same."""
    proof = Proof(dataclasses.replace(LEMMAS["damping-price"].also["operators"], id="damping-price:operators"), library)
    sign = damped_steps.price_sign(proof)
    with pytest.raises(StepFailed, match="does not prove"):
        damped_steps.restated(sign, mean_of("half", price_entry(Rational(1, 2))))


@pytest.mark.parametrize("missing", ["rising", "above"])
def test_the_sign_of_the_price_needs_levels_that_rise(missing: str) -> None:
    variant = LEMMAS["gram-laplace-tail"].faults[KEPT].drop(missing)
    with pytest.raises(StepFailed, match=missing):
        gram_laplace_tail.undamped(Proof(dataclasses.replace(variant, id="gram-laplace-tail"), library))
