"""The Jacobian's Lipschitz constant: proved, attained, and its measured symbols are what proofs unfold them to."""

from __future__ import annotations

import numpy as np
import pytest
from lemma_checks import assert_measured_as_defined, assert_needed, assert_proved, assert_refuted, parts_of

from lemmas.notation.jacobians import M1, S1, F_bend, J_gap, J_norm, W_gap, X_norm
from lemmas.perturbation.jacobian_lipschitz import draw

PARTS = parts_of("jacobian-lipschitz")
LEMMA = PARTS[""]


@pytest.mark.parametrize("part", PARTS)
def test_it_is_proved(part: str) -> None:
    assert_proved(PARTS[part])


@pytest.mark.parametrize("name", sorted(LEMMA.faults))
def test_faults_are_refuted(name: str) -> None:
    assert_refuted(LEMMA.faults[name])


@pytest.mark.parametrize("name", sorted(LEMMA.given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    assert_needed(LEMMA, name)


@pytest.mark.parametrize("case", LEMMA.cases)
def test_measures_agree_with_definitions(case: str) -> None:
    at = draw(np.random.default_rng(1), case)
    assert_measured_as_defined((F_bend, J_gap, J_norm, W_gap, X_norm, M1, S1), at)
