"""Exponential drift: each part proved, every hypothesis needed, and psi the integral that its docstring says it is."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest
import sympy as sp

from lemmas.dynamics.kantorovich_drift import lemma
from lemmas.notation.descent import sigma0
from lemmas.steps import drift_path
from lemmas.steps.drift_path import D_path, psi
from lemmas.steps.kantorovich import L
from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.proof import Proof, StepFailed
from verify.statement import Instance
from verify.verdict import Verdict

NAMED = dataclasses.replace(lemma, id="kantorovich-drift")


FILES = {"one-plus-x": "scalar", "jacobian-drift": "perturbation", "kantorovich-drift": "dynamics"}


def library(name: str) -> Lemma:
    found: Lemma = importlib.import_module(f"lemmas.{FILES[name]}.{name.replace('-', '_')}").lemma
    return dataclasses.replace(found, id=name)


CONTEXT = Context(EFFORTS["quick"], 0, library)


def test_it_is_proved() -> None:
    assert symbolic.run(NAMED, CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(lemma.given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    dropped = NAMED.drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, library))


def part(name: str) -> Lemma:
    return dataclasses.replace(lemma.also[name], id=f"kantorovich-drift:{name}")


@pytest.mark.parametrize("name", ["no jump", "rate"])
def test_one_step_is_proved(name: str) -> None:
    assert symbolic.run(part(name), CONTEXT).verdict is Verdict.PROVED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["path", "stays"])
def test_all_steps_are_proved(name: str) -> None:
    found = symbolic.run(part(name), CONTEXT)
    assert found.verdict is Verdict.PROVED
    assert "complete-induction" in found.data["trusts"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(drift_path.GIVEN))
def test_every_constant_at_the_start_is_needed(name: str) -> None:
    dropped = part("path").drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, library))


def farthest(at: Instance) -> float:
    assert D_path.measure is not None
    return float(D_path.measure(at))


def test_a_parabola_for_psi_lets_descent_run_away() -> None:
    """Four neurons at -1.5, all signs +: within the planted hypotheses, and yet it leaves the ball."""
    at = drift_path.runaway(np.zeros(1))
    assert farthest(at) > at["rad"]
    assert at["c"] * at["sigma0"] ** 2 / (2 * at["L"]) > abs(at["e_path"][0, 0])
    assert at["c"] * float(psi(sp.Float(at["rad"])).subs({sigma0: at["sigma0"], L: at["L"]})) < abs(at["e_path"][0, 0])


def test_descent_keeps_what_is_proved() -> None:
    """On draws that meet the hypotheses: inside the radius, decay at the rate stated, some close to the radius."""
    closest = 0.0
    for seed in range(40):
        at = drift_path.draw(np.random.default_rng(seed), "n2")
        start = np.linalg.norm(at["e_path"][0])
        if start > at["c"] * (at["sigma0"] * at["rad"] - at["L"] * (np.expm1(at["rad"]) - at["rad"])):
            continue
        at = drift_path.run(at, 300)
        closest = max(closest, farthest(at) / at["rad"])
        sizes = [np.linalg.norm(e) / at["keep"] ** t for t, e in enumerate(at["e_path"])]
        assert max(sizes) <= start * (1 + 1e-12)
    assert 0.3 < closest <= 1


@pytest.mark.slow
def test_the_quadratic_potential_is_refuted() -> None:
    false = dataclasses.replace(lemma.faults["phi(x) by x^2/2"], id="kantorovich-drift quadratic")
    assert worstcase.run(false, CONTEXT).verdict is Verdict.REFUTED


def test_psi() -> None:
    s = sp.Symbol("s", positive=True)
    assert sp.expand(sp.diff(psi(s), s) - (sigma0 - L * (sp.exp(s) - 1))) == 0
    x = sigma0 / L
    phi = (1 + x) * sp.log(1 + x) - x
    at = {sigma0: sp.Rational(7, 3), L: sp.Rational(3, 5)}
    assert float((psi(sp.log(1 + x)) - L * phi).subs(at)) == pytest.approx(0, abs=1e-12)
