"""The Laplace bounds for one point in balls: which factors of theta, and which price, they need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import acb, arb, ctx

from lemmas.gram.laplace_resolvent import at_trial
from lemmas.laplace import trials
from lemmas.laplace.integrals import Feature
from lemmas.laplace.tail import Damping, Points, resolvent_blocks
from lemmas.laplace.width import SHARP, SIMPLE
from verify.balls.integrals import integral, normal_tail
from verify.checks.witness import as_balls

ONE = np.ones((1, 1))
THETA = 0.1


def in_balls(damping: Damping, features: Any = (SIMPLE[0], SIMPLE[0])) -> dict[str, Any]:
    """One unit vector, the best coefficients at THETA as exact doubles."""
    return as_balls({**trials.best(ONE, THETA, damping, features), "X": ONE, "G": ONE})


def damped_transform(cut: int) -> arb:
    """E e^{-theta s^2 A} for one unit vector and a hard cut: 1 beyond it, else e^{-theta A}, A = e^{2g - 2}."""

    def density(z: acb) -> acb:
        value: acb = (-arb(THETA) * (2 * z - 2).exp() - z * z / 2).exp() / acb((2 * arb.pi()).sqrt())
        return value

    below = normal_tail(12)  # the integrand lies between 0 and the density there
    return normal_tail(cut) + integral(density, -12, cut) + below / 2 + below * arb(0, 0.5)


def test_the_outer_theta_must_not_be_doubled() -> None:
    """n = 1, theta = .1: E e^{-theta A} lies between the bound and what it would be with theta doubled before it."""
    with ctx.workprec(128):
        at = as_balls(at_trial(1.0, THETA, "first order", 1.0))
        bound, exact = trials.resolvent_matrix(at)[0, 0], trials.transform(at)
        assert 2 * bound - 1 < exact
        assert exact < bound


def test_the_inner_theta_may_be_doubled() -> None:
    """theta P^2/(R + theta S) falls if S counts twice, so that this looks false and is true; n = 1 and theta = .1."""
    P, R, S, theta = sp.symbols("P R S theta", positive=True)
    gain = theta * P**2 / (R + theta * S) - theta * P**2 / (R + 2 * theta * S)
    assert sp.factor(gain).is_positive
    with ctx.workprec(128):
        G = np.array([[arb(1)]], dtype=object)
        at = as_balls(at_trial(1.0, THETA, "first order", 1.0))
        blocks = resolvent_blocks(G, np.array([[(-arb(2)).exp()]], dtype=object), *trials.features_of(at))
        weight = at["V1"][0, 0, 0]
        doubled = trials.resolvent_matrix(at)[0, 0] + arb(THETA) ** 2 * weight**2 * blocks.S[0, 0]
        assert trials.transform(at) < trials.resolvent_matrix(at)[0, 0]
        assert trials.resolvent_matrix(at)[0, 0] < doubled
        assert doubled < 1
        assert doubled.overlaps(trials.resolvent_matrix(at, inner=2)[0, 0])


@pytest.mark.parametrize("theta", [0.05, 0.5, 5.0])
def test_the_inner_theta_may_be_doubled_for_several_points(theta: float) -> None:
    """S is positive semidefinite, so that 2S for S makes the bound larger in the Loewner order."""
    rows = np.random.default_rng(4).standard_normal((4, 3))
    points = Points.of(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    blocks = resolvent_blocks(points.G, points.inverse, (Feature(1.0, 0.3), Feature(0.0, 0.4)))
    once, twice = (np.linalg.solve(blocks.R + k * theta * blocks.S, blocks.moments) for k in (1, 2))
    assert np.linalg.eigvalsh(blocks.S)[0] > -1e-9
    assert np.linalg.eigvalsh(blocks.moments.T @ (once - twice))[0] >= -1e-9


def test_the_price_must_not_be_left_out() -> None:
    """n = 1, hard cut at 1, theta = .1: E e^{-theta s^2 A} lies above the resolvent bound, below it with the price."""
    with ctx.workprec(128):
        at = in_balls(Damping(1.0), SHARP)
        bare, exact = trials.resolvent_matrix(at)[0, 0], damped_transform(1)
        assert bare < exact
        assert exact < bare + trials.price_matrix(at)[0, 0]


def test_the_price_may_be_kept_where_nothing_is_damped() -> None:
    """s_r = 1 with the price kept looks false and is true: E e^{-theta A} is below the resolvent bound already."""
    with ctx.workprec(128):
        at = in_balls(Damping(1.0))
        price = trials.price_matrix(at)[0, 0]
        assert price > 0
        assert trials.transform(at) < trials.resolvent_matrix(at)[0, 0]
        assert trials.transform(at) < damped_transform(1)
