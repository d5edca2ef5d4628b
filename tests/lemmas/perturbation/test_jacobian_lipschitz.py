"""The Jacobian's Lipschitz constant: proved, attained, and its measured symbols are what proofs unfold them to."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lemmas.notation.jacobians import M1, S1, F_bend, J_gap, J_norm, W_gap, X_norm
from lemmas.perturbation.jacobian_lipschitz import draw, lemma
from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.proof import Proof, StepFailed
from verify.proof.evaluate import evaluate
from verify.verdict import Verdict

NAMED = dataclasses.replace(lemma, id="jacobian-lipschitz")
CONTEXT = Context(EFFORTS["quick"], 0, lambda _: NAMED)


@pytest.mark.parametrize("part", ["", *lemma.also])
def test_it_is_proved(part: str) -> None:
    one = dataclasses.replace(lemma.also[part], id=f"jacobian-lipschitz:{part}") if part else NAMED
    assert symbolic.run(one, CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", sorted(lemma.faults))
def test_faults_are_refuted(name: str) -> None:
    variant = dataclasses.replace(lemma.faults[name], id=f"jacobian-lipschitz {name}")
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
    for symbol in (F_bend, J_gap, J_norm, W_gap, X_norm, M1, S1):
        assert symbol.measure is not None
        assert symbol.definition is not None
        assert evaluate(symbol.definition, at) == pytest.approx(symbol.measure(at), abs=1e-7)
