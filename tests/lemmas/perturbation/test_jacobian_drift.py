"""The damped Jacobian's drift: proved, its false variants refuted, its symbols measured as they are defined."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lemmas.notation.jacobians import n4, pull, pull_0, tamed, u_norm, weight
from lemmas.perturbation.jacobian_drift import draw, lemma
from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.proof import Proof, StepFailed
from verify.proof.evaluate import evaluate
from verify.verdict import Verdict

NAMED = dataclasses.replace(lemma, id="jacobian-drift")
CONTEXT = Context(EFFORTS["quick"], 0, lambda _: NAMED)


def test_it_is_proved() -> None:
    assert symbolic.run(NAMED, CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(lemma.faults))
def test_faults_are_refuted(name: str) -> None:
    variant = dataclasses.replace(lemma.faults[name], id=f"jacobian-drift {name}")
    assert worstcase.run(variant, CONTEXT).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", sorted(lemma.given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    dropped = NAMED.drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, CONTEXT.library))


@pytest.mark.parametrize("case", lemma.cases)
def test_measures_agree_with_definitions(case: str) -> None:
    at = draw(np.random.default_rng(1), case)
    for symbol in (n4, pull, pull_0, tamed, u_norm, weight):
        assert symbol.measure is not None
        assert symbol.definition is not None
        assert evaluate(symbol.definition, at) == pytest.approx(symbol.measure(at), abs=1e-7)
