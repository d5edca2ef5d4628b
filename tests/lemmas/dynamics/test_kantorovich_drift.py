"""One step under exponential drift: proved, and psi is the integral that its docstring says it is."""

from __future__ import annotations

import dataclasses
import importlib

import pytest
import sympy as sp

from lemmas.dynamics.kantorovich_drift import L, lemma, psi, sigma0
from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.proof import Proof, StepFailed
from verify.verdict import Verdict

NAMED = dataclasses.replace(lemma, id="kantorovich-drift")


def library(_: str) -> Lemma:
    found: Lemma = importlib.import_module("lemmas.scalar.one_plus_x").lemma
    return dataclasses.replace(found, id="one-plus-x")


CONTEXT = Context(EFFORTS["quick"], 0, library)


def test_it_is_proved() -> None:
    assert symbolic.run(NAMED, CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(lemma.given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    dropped = NAMED.drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, library))


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
