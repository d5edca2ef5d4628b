"""Kantorovich descent, one step and all: proved in every part, measured as it is defined, sharp where it says so."""

from __future__ import annotations

import numpy as np
import pytest
from lemma_checks import assert_measured_as_defined, assert_needed, assert_proved, parts_of

from lemmas.dynamics.kantorovich_descent import lemma
from lemmas.notation import walk
from lemmas.notation.descent import J_move, J_size, dist, dist_next, excess, grad_norm, lam_JJ0, res_next
from lemmas.notation.walk import largest_slope, remainder, size_last, stray
from lemmas.quadratic_maps import draw, draw_run, run_of
from lemmas.steps import kantorovich as letters
from verify.proof import StepFailed, assume, bound, plus, times
from verify.proof.evaluate import evaluate
from verify.relations import le, lt
from verify.statement import Quantity, real

PARTS = {name: one for name, one in parts_of("kantorovich-descent").items() if one.proof is not None}
LONG = {"contraction", "blocks", "blocks contraction"}
SLOW = [pytest.param(part, marks=pytest.mark.slow) for part in sorted(LONG)]


@pytest.mark.parametrize("part", [*sorted(set(PARTS) - LONG), *SLOW])
def test_it_is_proved(part: str) -> None:
    assert_proved(PARTS[part])


ONE_STEP = [(part, name) for part, one in PARTS.items() if part not in ("path", "contraction") for name in one.given]


@pytest.mark.parametrize(("part", "name"), ONE_STEP)
def test_every_hypothesis_is_needed_by_the_proof(part: str, name: str) -> None:
    assert_needed(PARTS[part], name)


@pytest.mark.parametrize("case", lemma.cases)
def test_measures_agree_with_definitions(case: str) -> None:
    symbols = (J_move, J_size, dist, dist_next, excess, grad_norm, lam_JJ0, res_next)
    assert_measured_as_defined(symbols, draw(np.random.default_rng(3), case))


WALKED = [q for q in vars(walk).values() if isinstance(q, Quantity) and q.measure and q.definition]


@pytest.mark.parametrize("case", lemma.cases)
def test_measures_of_a_run_agree_with_definitions(case: str) -> None:
    for seed in range(3):
        at = draw_run(np.random.default_rng(seed), case)
        assert stray.definition is not None
        assert evaluate(stray.definition, at) == pytest.approx(0, abs=1e-12)
        assert_measured_as_defined(WALKED, at, rel=1e-7)


def test_a_run_that_left_is_not_asked_for_bounds() -> None:
    at = {**draw_run(np.random.default_rng(0), "wide"), "R": 0.0}
    first = np.swapaxes(at["jacobians"][0], 0, 1).reshape(len(at["residuals"][0]), -1)
    assert largest_slope.measure is not None
    assert remainder.measure is not None
    assert largest_slope.measure(at) == pytest.approx(np.linalg.norm(first, 2))
    assert remainder.measure(at) == 0  # every step leaves


def test_half_is_the_threshold_on_the_bent_line() -> None:
    """F(w) = w - w^2/2: the residual tends to 0 for y <= 1/2 and never falls below .01 for y = .51."""
    one = np.ones((1, 1))
    for label, reached in ((0.5, True), (0.51, False)):
        at = run_of(one, -np.ones((1, 1, 1)), 0 * one, np.array([label]), 0.9, 400)
        assert size_last.measure is not None
        assert (size_last.measure(at) < 0.005) is reached


def test_the_residual_may_vanish() -> None:
    """The fall of the residual was shown in two cases; neither case is left among its assumptions."""
    assert not any(a.op == "<" or a.high == 0 for a in letters.fall().assumptions)


def test_dividing_by_what_may_be_zero_is_refused() -> None:
    z = Quantity("z", real(0))
    with pytest.raises(StepFailed, match="may be infinite"):
        times(bound(0, "<=", z), 1 / z)
    assert times(bound(0, "<=", z), 1 / z, assume(lt(0, z))).relation == le(0, 1)
    assert plus(bound(0, "<=", z), -z).relation == le(-z, 0)


def test_a_run_that_runs_away_ends_before_it_overflows() -> None:
    one = np.ones((1, 1))
    at = run_of(one, -9 * np.ones((1, 1, 1)), 0 * one, np.array([5.0]), 3.0, 60)
    assert 3 < len(at["residuals"]) < 20
    assert all(np.isfinite(value).all() for value in at.values())
