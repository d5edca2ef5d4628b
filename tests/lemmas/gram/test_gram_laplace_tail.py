"""The Laplace tail: proved, not vacuous where it is simulated, and its planted variants overshoot."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest

from lemmas import model
from lemmas.gram import gram_laplace_tail as tail
from lemmas.notation.damped import damped_gram, rel_damped, trace_q
from lemmas.notation.start import relative_least
from verify.checks import symbolic
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.verdict import Verdict


def library(name: str) -> Lemma:
    found: Lemma = importlib.import_module(f"lemmas.gram.{name.replace('-', '_')}").lemma
    return dataclasses.replace(found, id=name)


@pytest.mark.parametrize("name", ["laplace-resolvent", "gram-laplace-tail"])
def test_it_is_proved(name: str) -> None:
    assert symbolic.run(library(name), Context(EFFORTS["quick"], 0, library)).verdict is Verdict.PROVED


def test_the_price_for_operators_is_proved() -> None:
    part = dataclasses.replace(library("damping-price").also["operators"], id="damping-price:operators")
    assert symbolic.run(part, Context(EFFORTS["quick"], 0, library)).verdict is Verdict.PROVED


@pytest.mark.parametrize("case", tail.CASES)
def test_what_is_simulated_says_something(case: str) -> None:
    at = tail.draw(np.random.default_rng(0), case)
    assert trace_q.measure is not None
    level = np.exp(at["theta"] * len(at["G"]) * at["tau"]) * trace_q.measure(at)
    assert level == pytest.approx(int(case.rpartition("-d")[2]) / 100, rel=1e-6)
    assert 0.1 < at["tau"] < 1


@pytest.mark.parametrize("name", sorted(name for name, one in tail.lemma.faults.items() if one.proof is None))
def test_planted_variants_promise_more(name: str) -> None:
    variant = tail.lemma.faults[name]
    assert variant.draw is not None
    case = variant.cases[0]
    planted = variant.draw(np.random.default_rng(0), case)
    assert planted["tau"] > tail.draw(np.random.default_rng(0), case.partition("-t")[0])["tau"] + 0.01


def test_without_levels_in_reach_it_is_the_gram_matrix() -> None:
    at = tail.draw(np.random.default_rng(0), "none-n3-d3-q20-d10")
    plain = np.linalg.eigvalsh(np.linalg.solve(model.limit_gram(at["X"]), model.gram(at["X"], at["G"])))
    assert rel_damped.measure is not None
    assert rel_damped.measure(at) == pytest.approx(plain[0], rel=1e-6)


def test_the_undamped_matrix_obeys_the_same_bound() -> None:
    """s_r = 1 with the price kept looks false and is true: damping only lowers the least eigenvalue."""
    for seed in range(30):
        at = tail.draw(np.random.default_rng(seed), "low-n2-d2-q10-d24")
        K, whole = model.limit_gram(at["X"]), model.gram(at["X"], at["G"])
        assert np.linalg.eigvalsh(whole - damped_gram(at))[0] >= -1e-12 * np.trace(whole)
        assert relative_least(whole, K) >= relative_least(damped_gram(at), K) - 1e-12
