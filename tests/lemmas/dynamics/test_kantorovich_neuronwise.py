"""Kantorovich descent for the network: proved by neurons and in a ball, and measured as it is defined."""

from __future__ import annotations

import numpy as np
import pytest
from lemma_checks import assert_proved, assert_refuted, parts_of

from lemmas.dynamics.kantorovich_neuronwise import draw, lemma
from lemmas.notation import training, walk
from verify.lemma import values_at
from verify.proof.evaluate import evaluate
from verify.statement import Quantity

PARTS = parts_of("kantorovich-neuronwise")


@pytest.mark.parametrize("part", sorted(PARTS))
def test_it_is_proved(part: str) -> None:
    assert_proved(PARTS[part])


@pytest.mark.parametrize(("part", "name"), [(part, name) for part in PARTS for name in PARTS[part].faults])
def test_faults_are_refuted(part: str, name: str) -> None:
    assert_refuted(PARTS[part].faults[name])


PAGES = {**vars(training), **vars(walk)}
MEASURED = {str(q.name): q for q in PAGES.values() if isinstance(q, Quantity) and q.measure and q.definition}


@pytest.mark.parametrize("case", ["neurons", "ball"])
@pytest.mark.parametrize("name", sorted(MEASURED))
def test_measures_agree_with_definitions(name: str, case: str) -> None:
    at = draw(np.random.default_rng(2), case)
    at = {**at, "eta_0": at["eta"], "G": at["W0"]}  # every neuron's own vector
    full = {**at, "jacobians": walk.of_network(at)["jacobians"]}
    symbol = MEASURED[name]
    assert symbol.measure is not None
    assert evaluate(symbol.definition, full) == pytest.approx(float(symbol.measure(at)), rel=1e-7, abs=1e-9)


def test_a_run_moves_on_and_contracts() -> None:
    """The claims are not empty: neurons do move, and the residual does not vanish at once."""
    at = draw(np.random.default_rng(4), "neurons")
    values = {str(s.name): float(v) for s, v in values_at(lemma, at).items()}
    assert 0 < values["farthest"] < np.log(values["sigma0"] / values["sigma"])
    assert 0 < walk.size_last.measure(at) < values["size_first"]  # type: ignore[misc]
