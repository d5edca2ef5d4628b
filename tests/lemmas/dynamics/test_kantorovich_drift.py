"""Exponential drift: each part proved, every hypothesis needed, and psi the integral that its docstring says it is."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import sympy as sp
from lemma_checks import CONTEXT, assert_needed, assert_proved, parts_of

from lemmas.dynamics.kantorovich_drift import lemma
from lemmas.notation import walk
from lemmas.notation.descent import sigma0
from lemmas.steps import drift_path
from lemmas.steps.drift_path import D_path, psi, worst_drift
from lemmas.steps.kantorovich import L
from verify.checks import symbolic, worstcase
from verify.checks.base import Context
from verify.faults import BUDGET
from verify.statement import Instance
from verify.verdict import Verdict

PARTS = parts_of("kantorovich-drift")
PLANTED = Context(BUDGET, 0, CONTEXT.library)


def test_it_is_proved() -> None:
    assert_proved(PARTS[""])


@pytest.mark.parametrize("name", sorted(PARTS[""].given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    assert_needed(PARTS[""], name)


@pytest.mark.parametrize("name", ["no jump", "rate"])
def test_one_step_is_proved(name: str) -> None:
    assert_proved(PARTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stays", "contraction"])
def test_all_steps_are_proved(name: str) -> None:
    found = symbolic.run(PARTS[name], CONTEXT)
    assert found.verdict is Verdict.PROVED
    assert "complete-induction" in found.data["trusts"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(drift_path.GIVEN))
def test_every_constant_at_the_start_is_needed(name: str) -> None:
    assert_needed(PARTS["contraction"], name)


def farthest(at: Instance) -> float:
    assert D_path.measure is not None
    return float(D_path.measure(at))


def sizes(at: Instance) -> Any:
    return walk.sizes_of(at)


def test_a_parabola_for_psi_lets_descent_run_away() -> None:
    """Four neurons at -1.5, all signs +, y = 0.469: within the planted hypotheses, and yet it leaves the ball."""
    start = {"X": np.ones((1, 1)), "W0": np.full((4, 1), -1.5), "a": np.ones(4), "y": np.ones(1)}
    at = drift_path.begun(start, -1.5, 0.95, 1.0, 1.0)
    assert at["eta"] > 0.028
    at = drift_path.run({**at, "y": np.array([0.469]), "eta": 0.028}, 900)
    assert at["rad"] == pytest.approx(np.log(3), abs=1e-6)
    assert farthest(at) > at["rad"]
    begun = sizes({**at, "T": 1})[0]
    assert at["c"] * at["sigma0"] ** 2 / (2 * at["L"]) > begun
    assert at["c"] * float(psi(sp.Float(at["rad"])).subs({sigma0: at["sigma0"], L: at["L"]})) < begun


def test_descent_keeps_what_is_proved() -> None:
    """On draws that meet the hypotheses: inside the radius, decay at the rate stated, some close to the radius."""
    closest = 0.0
    for seed in range(40):
        at = drift_path.draw(np.random.default_rng(seed), "n2")
        start = sizes(at)[0]
        if start > at["c"] * (at["sigma0"] * at["rad"] - at["L"] * (np.expm1(at["rad"]) - at["rad"])):
            continue
        at = drift_path.run(at, 300)
        closest = max(closest, farthest(at) / at["rad"])
        assert worst_drift.measure is not None
        assert worst_drift.measure(at) <= 1e-12 * start + 1e-15
    assert 0.3 < closest <= 1


@pytest.mark.slow
def test_the_quadratic_potential_is_refuted() -> None:
    one, run = (variant.faults["phi(x) by x^2/2"] for variant in (lemma, lemma.also["stays"]))
    found = worstcase.run(dataclasses.replace(run, id="kantorovich-drift quadratic run"), PLANTED)
    assert found.verdict is Verdict.REFUTED
    false = dataclasses.replace(one, id="kantorovich-drift quadratic")
    assert worstcase.run(false, CONTEXT).verdict is Verdict.REFUTED


def test_psi() -> None:
    s = sp.Symbol("s", positive=True)
    assert sp.expand(sp.diff(psi(s), s) - (sigma0 - L * (sp.exp(s) - 1))) == 0
    x = sigma0 / L
    phi = (1 + x) * sp.log(1 + x) - x
    at = {sigma0: sp.Rational(7, 3), L: sp.Rational(3, 5)}
    assert float((psi(sp.log(1 + x)) - L * phi).subs(at)) == pytest.approx(0, abs=1e-12)
