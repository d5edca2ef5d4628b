"""The movement of the weights: tried on exact runs of gradient descent, and refuted by none but such a run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from lemmas import model
from lemmas.dynamics import weight_movement
from lemmas.dynamics.weight_movement import lemma
from lemmas.notation.runs import S_path, drift, lag
from verify.checks import worstcase
from verify.checks.base import EFFORTS, Context
from verify.pipeline.select import installed
from verify.stats.streams import StreamKey
from verify.verdict import Verdict

CONTEXT = Context(EFFORTS["quick"], 0, installed().lemma)


def test_a_run_that_reaches_the_labels_exactly_is_drawn() -> None:
    rng = StreamKey("weight-movement.worstcase", "random", 13).generator(4)
    drawn = weight_movement.draw(rng, "random")
    sizes = np.linalg.norm(drawn["e_path"], axis=1)
    assert sizes[-2] == 0
    assert 0 < drawn["keep"] < 1


def test_the_point_is_a_step_of_gradient_descent() -> None:
    """W(1) = W(0) + eta e a exp(0) x, computed by hand."""
    at = weight_movement.ONE_STEP
    assert drift.measure is not None
    assert drift.measure(at) == 0.25 * 0.5 * 1 * 0.5


@pytest.mark.parametrize("case", lemma.cases)
def test_the_measures_are_those_of_gradient_descent(case: str) -> None:
    at = weight_movement.draw(np.random.default_rng(5), case)
    seen: list[Any] = []
    model.gd(at["X"], at["W0"], at["a"], at["y"], at["eta"], at["T"], lambda *moment: seen.append(moment))
    moves = [np.linalg.norm(W - at["W0"], axis=1).max() for _, W, _ in seen]
    sizes = [np.linalg.norm(e) for *_, e in seen]
    late = max(size - at["keep"] ** k * sizes[0] for k, size in enumerate(sizes[:-1]))
    for quantity, value in ((S_path, max(moves[:-1])), (drift, moves[-1]), (lag, late)):
        assert quantity.measure is not None
        assert quantity.measure(at) == pytest.approx(value, abs=1e-12), quantity


def balls(value: Any) -> Any:
    """A witness's number, or array of them, in balls: exact decimals and fractions."""
    if isinstance(value, list):
        return np.array([balls(v) for v in value], dtype=object)
    exact = Fraction(value)
    return arb(fmpq(exact.numerator, exact.denominator))


def test_a_witness_is_an_exact_run_that_meets_the_hypotheses() -> None:
    """Recomputed step by step from the numbers of the witness alone; nothing of the lemma's own measures is used."""
    found = worstcase.run(lemma.set(C=3), CONTEXT)
    assert found.verdict is Verdict.REFUTED
    stated = found.data["witness"]["instance"]
    with ctx.workprec(512):
        X, y, a, start = (balls(stated[name]) for name in ("X", "y", "a", "W0"))
        eta, keep, lam, B, R = (balls(stated[name]) for name in ("eta", "keep", "lam", "B", "R"))
        W, first, steps = start, model.frobenius(model.residual(X, start, a, y)), int(stated["T"])
        assert model.max_abs_preactivation(X, start) <= B
        for k in range(steps):
            assert model.max_neuron_move(W, start) <= R
            assert k == 0 or model.frobenius(model.residual(X, W, a, y)) <= keep**k * first
            W = model.gd_step(X, W, a, y, eta)
        assert eta * len(start) * lam / 4 <= 1 - keep
        bound = 3 * arb(len(X)).sqrt() * (B + R).exp() * first / (len(start) * lam)
        assert model.max_neuron_move(W, start) > bound
