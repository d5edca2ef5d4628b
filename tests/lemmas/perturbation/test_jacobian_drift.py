"""The damped Jacobian's drift: proved, its false variants refuted, its symbols measured as they are defined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb
from lemma_checks import assert_measured_as_defined, assert_needed, assert_proved, assert_refuted, parts_of

from lemmas.notation.descent import dist
from lemmas.notation.jacobians import n4, pull, pull_0, tamed, u_norm, weight
from lemmas.perturbation.jacobian_drift import draw
from verify.statement import Quantity

LEMMA = parts_of("jacobian-drift")[""]


def test_it_is_proved() -> None:
    assert_proved(LEMMA)


@pytest.mark.parametrize("name", sorted(LEMMA.faults))
def test_faults_are_refuted(name: str) -> None:
    assert_refuted(LEMMA.faults[name])


@pytest.mark.parametrize("name", sorted(LEMMA.given))
def test_every_hypothesis_is_needed_by_the_proof(name: str) -> None:
    assert_needed(LEMMA, name)


@pytest.mark.parametrize("case", LEMMA.cases)
def test_measures_agree_with_definitions(case: str) -> None:
    assert_measured_as_defined((n4, pull, pull_0, tamed, u_norm, weight), draw(np.random.default_rng(1), case))


def balls(rows: list[list[float]]) -> np.ndarray:
    return np.array([[arb(str(v)) for v in row] for row in rows], dtype=object)


def test_an_antipodal_pair_needs_n4() -> None:
    """x = 1 and -1, neurons at .1 and -.1 moved to 0, where J has opposite rows: .20 > e^.1 (e^s - 1) = .17."""
    X, W0, W = balls([[1], [-1]]), balls([[0.1], [-0.1]]), balls([[0], [0]])
    u = np.array([arb(1), arb(1)], dtype=object) / arb(2).sqrt()
    at = {"X": X, "W0": W0, "W": W, "u": u, "damp": np.array([arb(1), arb(1)], dtype=object)}
    before, after, bend, far = (measured(symbol, at) for symbol in (pull_0, pull, n4, dist))
    drift = arb("0.1").exp() * (far.exp() - 1)
    assert abs(after) < 1e-12
    assert before > drift
    assert before < bend * drift
    assert bend - arb(2).sqrt() < 1e-9


def test_an_undamped_outlier_needs_its_own_level() -> None:
    """One neuron at 2 with s_r = 1, b = 0, moved back by 1/2: e^2 - e^1.5 = 2.9 > e^.5 - 1 = .65; damped it holds."""
    X, W0, W = balls([[1]]), balls([[2]]), balls([[1.5]])
    at = {"X": X, "W0": W0, "W": W, "u": np.array([arb(1)], dtype=object)}
    one, damped = (np.array([weight], dtype=object) for weight in (arb(1), (-arb(2)).exp()))
    drift = measured(n4, at) * (arb("0.5").exp() - 1)
    assert measured(pull_0, {**at, "damp": one}) - measured(pull, at) > drift
    assert measured(pull_0, {**at, "damp": damped}) - measured(pull, at) < drift


def measured(symbol: Quantity, at: dict[str, Any]) -> arb:
    assert symbol.measure is not None
    value: arb = symbol.measure(at)
    return value
