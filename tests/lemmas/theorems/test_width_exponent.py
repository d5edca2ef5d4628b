"""The extra exponent of the classical width: proved, and the formula is what the route's own fixed point gives."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import sympy as sp

from lemmas.initialization import gram_concentration_frobenius
from lemmas.notation.symbols import B_q, delta, lam, n, q
from lemmas.scalar import one_plus_x
from lemmas.theorems.width_exponent import INSIDE, REST, SOLVED, a, c, draw, ell, k, lemma
from verify import Lemma, eq
from verify.checks import interval, symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.proof import Proof, StepFailed
from verify.verdict import Verdict

CITED = dataclasses.replace(one_plus_x.lemma, id="one-plus-x")
CONTEXT = Context(EFFORTS["quick"], 0, lambda _: CITED)
PARTS: dict[str, Lemma] = {"extra exponent": lemma, **lemma.also}
PROVED = sorted(name for name, part in PARTS.items() if part.proof)


def named(part: Lemma) -> Lemma:
    return dataclasses.replace(part, id="width-exponent")


@pytest.mark.parametrize("name", PROVED)
def test_every_part_with_a_proof_is_proved(name: str) -> None:
    assert symbolic.run(named(PARTS[name]), CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(set(PARTS) - set(PROVED)))
def test_the_crossing_is_certified(name: str) -> None:
    assert interval.run(named(PARTS[name]), CONTEXT).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("name", PROVED)
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    for hypothesis in PARTS[name].given:
        dropped = named(PARTS[name]).drop(hypothesis)
        assert dropped.proof is not None
        with pytest.raises(StepFailed):
            dropped.proof(Proof(dropped, CONTEXT.library))


@pytest.mark.parametrize(("name", "value"), [("C0", 31), ("C1", 9), ("C2", 5)])
def test_no_constant_can_be_lowered_in_the_proof(name: str, value: int) -> None:
    assert symbolic.run(named(lemma).set(**{name: value}), CONTEXT).verdict is Verdict.INCONCLUSIVE


def test_the_fault_is_refuted() -> None:
    (fault,) = lemma.faults.values()
    assert worstcase.run(named(fault), CONTEXT).verdict is Verdict.REFUTED


def test_the_constants_are_those_of_the_concentration_lemma() -> None:
    """c = 32 and k = 4: the width and the level that gram-concentration-frobenius asks for are those solved here."""
    wide = gram_concentration_frobenius.lemma.also["width"]
    asked = wide.numeric(wide.given["width"])
    number = sp.log(4 * n**2 / delta)
    assert sp.simplify(asked.low / asked.high - 32 * n**2 * sp.exp(4 * B_q) * number / (q * lam**2)) == 0
    level = wide.spelled_out(eq(B_q, 0)).left
    assert sp.simplify(level**2 - 2 * sp.log(4 * q * n / delta)) == 0


@pytest.mark.parametrize(("size", "level", "least"), [(2, 0.5, 7.0), (100, 0.1, 1.0), (10**6, 1e-9, 1e-4)])
def test_the_formula_is_the_fixed_point_of_the_width(size: int, level: float, least: float) -> None:
    """Iterating q -> 32 n^2 e^{4 B(q)} l / lambda^2 in logarithms reaches the level of the formula."""
    number = math.log(4 * size**2 / level)
    log_q = 0.0
    for _ in range(500):
        bound = math.sqrt(2 * (math.log(4 * size / level) + log_q))
        log_q = math.log(32 * size**2 * number / least**2) + 4 * bound
    values = {c: 32, k: 4, ell: number, delta: level, lam: least}
    rest = float(REST.subs(values))
    assert bound == pytest.approx(float(SOLVED.subs({n: size, a: rest})), rel=1e-9)


def test_the_extra_exponent_is_one_at_128() -> None:
    solved = 4 + sp.sqrt(INSIDE.subs({sp.log(n): 128, a: 0}))
    assert 4 * solved == 128
    assert 10**55 < sp.exp(128) < 10**56


@pytest.mark.parametrize("case", lemma.cases)
def test_draws_meet_and_miss_each_hypothesis(case: str) -> None:
    """The envelope is wider than the hypotheses of "solved": the level lies on both sides of the root."""
    drawn = [draw(np.random.default_rng(seed), case) for seed in range(40)]
    sides = {at["b"] > float(SOLVED.subs({n: len(at["X"]), a: at["a"]})) for at in drawn}
    assert sides == {True, False}
