"""The tight theorem's events at its own width fail as rarely as it says; pushed weights keep to the drift."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from lemmas import data, model
from lemmas.notation.jacobians import pull, pull_0
from lemmas.simulation.tight_regime import proved_width, starts_told
from lemmas.simulation.tight_runs import drift_share, starts
from lemmas.widths.comparison import Json
from verify.pipeline.select import installed

NAMED = data.named()


def width_of(points: data.DataSet) -> Json:
    return proved_width(points, installed().lemma)[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMED))
def test_two_thousand_starts(name: str) -> None:
    found = starts(NAMED[name].X, width_of(NAMED[name]), 2000, 1, name)
    row = {**dataclasses.asdict(found), "failures": found.failures}
    assert starts_told([row], 2000)["verdict"] == "supported"
    assert found.drift <= 1


def test_a_cut_that_is_too_low_is_noticed() -> None:
    """With tau raised, or B1 lowered, beyond what is proved the event fails nearly always: failures are seen."""
    points = NAMED["sphere-2-2-s0"]
    width = width_of(points)
    assert starts(points.X, width, 20, 0, "set").failures <= 2
    values = width["certificate"]["values"]
    raised = {**width, "certificate": {**width["certificate"], "values": {**values, "tau": "3"}}}
    assert starts(points.X, raised, 20, 0, "set").short > 15
    lowered = {**width, "certificate": {**width["certificate"], "values": {**values, "B1": "3/2"}}}
    assert starts(points.X, lowered, 20, 0, "set").exceeding > 15


def test_one_neuron_pushed_back_uses_up_the_drift() -> None:
    """x = 1, both neurons of a pair at z: each moves by s/sqrt 2, so |J| falls by sqrt 2 e^z (1 - e^{-s/sqrt 2})."""
    share = drift_share(np.ones((1, 1)), np.array([[0.5]]), np.array([0.5, 9.0]), float(np.exp(0.5)), 0.3)
    fallen = np.sqrt(2) * np.exp(0.5) * -np.expm1(-0.3 / np.sqrt(2))
    assert share == pytest.approx(fallen / (np.exp(0.5) * np.expm1(0.3)), rel=1e-9)
    assert 0.5 < share < 1


def test_the_pushed_jacobian_is_the_lemmas() -> None:
    """At its own u the least singular value is what the lemma's symbols measure."""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((3, 4))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    W, signs = model.coupled(rng.standard_normal((5, 4)))
    vector = np.linalg.eigh(model.gram(X, W))[1][:, 0]
    at = {"X": X, "W": W, "W0": W, "u": vector, "damp": np.ones(10)}
    assert pull.measure is not None
    assert pull_0.measure is not None
    least = np.linalg.svd(model.jacobian(X, W, signs), compute_uv=False)[-1]
    assert pull.measure(at) == pytest.approx(least)
    assert pull_0.measure(at) == pytest.approx(np.sqrt(10 * float(model.lambda_min(model.gram(X, W)))))


def test_verdicts_on_starts() -> None:
    def told(failures: int, drift: float = 0.5) -> str:
        row = {"data": "set", "m": 2, "failures": failures, "drift": drift}
        return str(starts_told([row, {"data": "none", "reason": "no width"}], 2000)["verdict"])

    assert told(150) == "supported"
    assert told(195) == "inconclusive"
    assert told(300) == "error"
    assert told(0, 1.01) == "error"
    assert starts_told([{"data": "none", "reason": "no width"}], 2000)["verdict"] == "inconclusive"
    assert Fraction(1, 10) == Fraction("0.1")
