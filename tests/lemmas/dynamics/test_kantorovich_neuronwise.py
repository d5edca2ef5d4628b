"""Kantorovich descent for the network: proved by neurons and in a ball, and measured as it is defined."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest

from lemmas.dynamics.kantorovich_neuronwise import draw, lemma
from lemmas.notation import training, walk
from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma, values_at
from verify.proof.evaluate import evaluate
from verify.statement import Quantity
from verify.verdict import Verdict

HOME = {"jacobian-lipschitz": "perturbation", "kantorovich-descent": "dynamics"}


def library(name: str) -> Lemma:
    found: Lemma = importlib.import_module(f"lemmas.{HOME[name]}.{name.replace('-', '_')}").lemma
    return dataclasses.replace(found, id=name)


CONTEXT = Context(EFFORTS["quick"], 0, library)
PARTS: dict[str, Lemma] = {"": lemma, **lemma.also}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_it_is_proved(part: str) -> None:
    assert symbolic.run(dataclasses.replace(PARTS[part], id=f"kantorovich-neuronwise:{part}"), CONTEXT).verdict is (
        Verdict.PROVED
    )


@pytest.mark.parametrize(("part", "name"), [(part, name) for part in PARTS for name in PARTS[part].faults])
def test_faults_are_refuted(part: str, name: str) -> None:
    variant = dataclasses.replace(PARTS[part].faults[name], id=f"kantorovich-neuronwise:{part} {name}")
    assert worstcase.run(variant, CONTEXT).verdict is Verdict.REFUTED


@pytest.mark.parametrize("case", ["neurons", "ball"])
def test_measures_agree_with_definitions(case: str) -> None:
    pages = {**vars(training), **vars(walk)}
    named = {str(q.name): q for q in pages.values() if isinstance(q, Quantity) and q.measure and q.definition}
    at = draw(np.random.default_rng(2), case)
    at = {**at, "eta_0": at["eta"], "G": at["W0"]}  # every neuron's own vector
    for symbol in named.values():
        assert symbol.measure is not None
        assert symbol.definition is not None
        full = {**at, "jacobians": walk.of_network(at)["jacobians"]}
        assert evaluate(symbol.definition, full) == pytest.approx(float(symbol.measure(at)), rel=1e-7, abs=1e-9), symbol


def test_a_run_moves_on_and_contracts() -> None:
    """The claims are not empty: neurons do move, and the residual does not vanish at once."""
    at = draw(np.random.default_rng(4), "neurons")
    values = {str(s.name): float(v) for s, v in values_at(lemma, at).items()}
    assert 0 < values["farthest"] < np.log(values["sigma0"] / values["sigma"])
    assert 0 < walk.size_last.measure(at) < values["size_first"]  # type: ignore[misc]
