"""The tight theorem: proved from its lemmas, and no hypothesis is idle."""

from __future__ import annotations

import dataclasses

import pytest

from lemmas.steps.damped_start import damp_gap
from lemmas.theorems.convergence_tight import DATA, MEASURED, PARAMETERS, lemma
from verify.lemma import Lemma
from verify.pipeline.select import installed
from verify.proof import Proof, StepFailed
from verify.statement import Quantity

PARTS = ("", *lemma.also)


def part_of(part: str) -> Lemma:
    return dataclasses.replace(lemma.also[part] if part else lemma, id=f"convergence-tight:{part}".rstrip(":"))


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_it_is_proved(part: str) -> None:
    named = part_of(part)
    assert named.proof is not None
    p = Proof(named, installed().lemma)
    steps = p.conclude(named.proof(p)).steps()
    assert {s.ref for s in steps if s.by == "lemma"} == set(named.uses)
    assert "good-events" in {s.ref for s in steps if s.by == "rule"}


@pytest.mark.slow
@pytest.mark.parametrize("part", ["", "measured step"])
def test_every_hypothesis_is_needed(part: str) -> None:
    for name in part_of(part).given:
        dropped = part_of(part).drop(name)
        assert dropped.proof is not None
        with pytest.raises(StepFailed):
            dropped.proof(Proof(dropped, installed().lemma))


@pytest.mark.slow
def test_the_step_size_must_be_chosen_by_construction() -> None:
    """Were the measured step no construction, the claim would rest on something random."""
    found = part_of("measured step")
    careless = dataclasses.replace(found, construction=found.construction[:-1])
    assert careless.proof is not None
    with pytest.raises(StepFailed, match="may be random"):
        careless.proof(Proof(careless, installed().lemma))


def test_a_width_of_the_theorem_is_one_of_its_measured_part() -> None:
    """Of the parameters 'measured step' asks no more, so that what is verified for the one serves the other."""
    fixed = {name: relation for name, relation in MEASURED.items() if name not in ("descent", "measured step")}
    chance, whole = fixed.pop("failure probabilities"), PARAMETERS["failure probabilities"]
    assert fixed.items() <= PARAMETERS.items()
    assert chance.right == whole.right
    assert (whole.left - chance.left).is_positive


def test_the_parameters_are_fixed_before_sampling() -> None:
    """No hypothesis but those that build the start speaks of anything random."""
    for name, relation in {**PARAMETERS, **DATA}.items():
        assert name not in lemma.construction
        measured = {str(s) for s in relation.symbols if isinstance(s, Quantity) and s.measure is not None}
        assert measured <= {"n", "m", "q", "nu", "lam_K", "n4", "X_norm", "y_norm", "trace_q", "cut"}, name
    assert lemma.given["weights"].left == damp_gap
