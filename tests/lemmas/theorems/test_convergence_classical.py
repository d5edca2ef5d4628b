"""The classical chain takes its rate from step-contraction: an edited constant moves the rate and what follows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from lemmas.notation.runs import keep
from lemmas.notation.symbols import R, eta, lam, m
from lemmas.theorems.convergence_classical import CHAIN, lemma, rate_of_step
from lemmas.widths.comparison import Case, classical
from verify.chain import Library, requirements
from verify.lemma import Lemma
from verify.pipeline.select import installed

CASE = Case("any 5 points", 5, 3, Fraction(1, 10), Fraction(1, 100), given_lambda=Fraction(6, 5))
STATED: Library = installed().lemma


def edited(constant: int) -> Library:
    """The lemmas with another constant of step-contraction."""

    def look_up(name: str) -> Lemma:
        return STATED(name).set(C=constant) if name == "step-contraction" else STATED(name)

    return look_up


def solved(library: Library) -> dict[str, Any]:
    return classical(CASE, CASE.least_eigenvalue(), library)


@pytest.mark.parametrize("constant", [3, 4, 5])
def test_the_rate_is_that_of_one_step(constant: int) -> None:
    assert rate_of_step(edited(constant)) == eta * m * lam / constant


def test_the_theorem_states_the_rate_of_one_step() -> None:
    assert lemma.numeric(lemma.given["rate"]).right == 1 - rate_of_step(STATED)
    assert lemma.given["rate"].left == keep


def test_the_distance_moved_follows_the_constant() -> None:
    before, after = (
        {r.name: r.relation for r in requirements(CHAIN, library) if r.lemma == "gram-perturbation"}
        for library in (STATED, edited(5))
    )
    name = "near, from weight-movement"
    assert before[name].high == after[name].high == R
    assert sp.simplify(after[name].low / before[name].low) == sp.Rational(5, 4)


def test_weight_movement_asks_for_the_rate_that_a_step_gives() -> None:
    """Its lambda is chosen so: were the two 4s apart, the hypothesis would be left over as a requirement."""
    assert not [r for r in requirements(CHAIN, STATED) if (r.lemma, r.name) == ("weight-movement", "rate")]


def test_the_number_of_steps_follows_the_constant() -> None:
    before, after = solved(STATED), solved(edited(5))
    assert after["m"] == before["m"]  # concentration asks for far more
    rates = [Fraction(found["certificate"]["values"]["rate"]) for found in (before, after)]
    assert rates[1] / rates[0] == Fraction(4, 5)
    assert after["steps"] == pytest.approx(1.25 * before["steps"], abs=2)  # both rounded up


def test_a_constant_large_enough_moves_the_width() -> None:
    before, after = solved(STATED), solved(edited(10**8))
    assert after["binding"] == "gram-perturbation"
    assert after["m"]["lower"] > before["m"]["upper"]
