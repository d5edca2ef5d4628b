"""The tight theorem: proved from its lemmas, and no hypothesis is idle."""

from __future__ import annotations

import dataclasses

import pytest

from lemmas.steps.damped_start import damp_gap
from lemmas.theorems.convergence_tight import DATA, PARAMETERS, lemma
from verify.pipeline.select import installed
from verify.proof import Proof, StepFailed
from verify.statement import Quantity

NAMED = dataclasses.replace(lemma, id="convergence-tight")


@pytest.mark.slow
def test_it_is_proved() -> None:
    assert NAMED.proof is not None
    p = Proof(NAMED, installed().lemma)
    steps = p.conclude(NAMED.proof(p)).steps()
    assert {s.ref for s in steps if s.by == "lemma"} == set(lemma.uses)
    assert "good-events" in {s.ref for s in steps if s.by == "rule"}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(lemma.given))
def test_every_hypothesis_is_needed(name: str) -> None:
    dropped = NAMED.drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, installed().lemma))


def test_the_parameters_are_fixed_before_sampling() -> None:
    """No hypothesis but those that build the start speaks of anything random."""
    for name, relation in {**PARAMETERS, **DATA}.items():
        assert name not in lemma.construction
        measured = {str(s) for s in relation.symbols if isinstance(s, Quantity) and s.measure is not None}
        assert measured <= {"n", "m", "q", "nu", "lam_K", "n4", "X_norm", "y_norm", "trace_q", "cut"}, name
    assert lemma.given["weights"].left == damp_gap
