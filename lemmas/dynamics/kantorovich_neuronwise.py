"""Kantorovich descent for the network: no neuron moves further than R = log(sigma0/sigma), and every step contracts.

Source: the Kantorovich argument with Lambda = |X| e^{B1+R}; this project's explicit version. If
h0 = |X| e^{B1} |e(0)|/sigma0^2 is at most c/(3 sqrt(3)), then sigma = sigma0 sqrt(1 - 2h/c) with the smaller root h of
h sqrt(1 - 2h/c) = h0 meets every hypothesis; it is at most c/3.

Proof: while no neuron has moved further than R the Jacobian is Lambda-Lipschitz (jacobian-lipschitz) and one neuron's
gradient is at most Lambda |e|, so the parts of kantorovich-descent about blocks apply. Where (sigma0 - sigma)/Lambda is
smaller than log(sigma0/sigma), a Frobenius ball of that radius serves better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import log

from lemmas import model
from lemmas.draws import INSIDE, unit_rows
from lemmas.notation import walk
from lemmas.notation.descent import lip, sigma, sigma0
from lemmas.notation.symbols import R
from lemmas.notation.walk import farthest, reach, worst_step
from lemmas.steps import network_run
from lemmas.steps.network_run import NETWORK
from verify import Lemma, Relation, Search, const, le
from verify.proof import Fact, Proof, bound

C = const("C", 1, "tight")
BY_NEURONS = {**NETWORK, "radius": le(log(sigma0) - log(sigma), R)}
IN_BALL = {**NETWORK, "radius": le((sigma0 - sigma) / lip, R)}
USES = ("jacobian-lipschitz", "kantorovich-descent")


def far(p: Proof) -> Fact:
    found = network_run.general(p, "blocks")
    return bound(found.low, "<=", p.const("C") * (log(sigma0) - log(sigma)), found, name="the constant")


def trained(X: Any, start: Any, signs: Any, left: float, kappa: float, steps: int, by_neurons: bool) -> dict[str, Any]:
    """A run of the network with sigma^2 = ``left`` sigma0^2 and labels as far away as that allows; the least bounds."""
    X = X / INSIDE
    top, J = float(model.max_preactivation(X, start)) + 1e-9, model.jacobian(X, start, signs)
    least, norm = max(float(np.linalg.svd(J, compute_uv=False)[-1]) / INSIDE, 1e-3), model.spectral_norm(J)
    slope = model.spectral_norm(X) * np.exp(top) * INSIDE
    drop = least * (1 - np.sqrt(left))
    radius = (-np.log(left) / 2 if by_neurons else np.log1p(drop / slope)) + 1e-7
    lip, beta = slope * np.exp(radius), (norm + drop) * INSIDE
    eta = kappa / beta**2
    c = (1 - kappa / 2) / (1 + eta * (1 - left) * least**2 / 4) / INSIDE
    size = c * (1 - left) * least**2 / (2 * lip) / INSIDE
    labels = model.network(X, start, signs) + size * np.ones(len(X)) / np.sqrt(len(X)) / INSIDE
    bounds = {"B1": top, "sigma0": least, "lip": lip, "beta": beta, "c": c, "eta": eta, "R": radius}
    named = {name: float(value) for name, value in bounds.items()}
    at = {"X": X, "W0": start, "W": start, "a": signs, "y": labels, "T": steps, **named}
    return {**at, "sigma": least * float(np.sqrt(left)) / INSIDE}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to three steps of a small network; the case says what keeps it near; some bound is at times a little good."""
    dim = int(rng.integers(1, 4))
    width = int(rng.integers(1, 5))
    X = unit_rows(rng.standard_normal((int(rng.integers(1, min(width * dim, 3) + 1)), dim)))
    start, signs = 0.5 * rng.standard_normal((width, dim)), rng.choice([-1.0, 1.0], width)
    left, kappa = float(rng.uniform(1 / 3, 0.9)), float(rng.uniform(0.05, 1))
    at = trained(X, start, signs, left, kappa, int(rng.integers(1, 4)), case == "neurons")
    name = str(rng.choice(["beta", "lip", "R", "c", "sigma", "y"]))
    at = {**at, name: at[name] * float(rng.choice([1.0, 1.0, 0.8, 1.2]))}
    arrays = walk.of_network(at)
    return {**at, "residuals": arrays["residuals"], "walk": walk.run_of({**at, **arrays})}


def one_neuron(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One neuron on the line from w = u0 - 1/2, for a label below F: up to 10 steps towards ever smaller slopes."""
    start, steps = np.array([[float(u[0]) - 0.5]]), 1 + int(9 * u[3])
    left = float(1 / 3 + 0.66 * u[1])
    return trained(np.ones((1, 1)), start, np.array([-1.0]), left, float(0.02 + 0.9 * u[2]), steps, True)


def _ball(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    start, steps = np.array([[float(u[0]) - 0.5]]), 1 + int(9 * u[3])
    return trained(np.ones((1, 1)), start, np.array([-1.0]), float(0.05 + 0.9 * u[1]), float(u[2]) + 0.02, steps, False)


LIMITS = "The largest exponent at the start stands for all neurons, in Lambda and so in the radius."
BOUNDS = r"\Lambda = \|X\|e^{{B_1+R}}"
NEURONS: dict[str, Any] = {"draw": draw, "cases": ("neurons",), "search": {"one neuron": Search(4, one_neuron)}}
BALL: dict[str, Any] = {"draw": draw, "cases": ("ball",), "search": {"one neuron": Search(4, _ball)}}
FURTHEST = log(sigma0) - log(sigma)


def contracts(given: dict[str, Relation], part: str, tried: dict[str, Any]) -> Lemma:
    """Every step contracts, by a part of kantorovich-descent."""
    return Lemma(
        le(worst_step, 0),
        given=given,
        latex=r"\forall t:\ \|e(t+1)\| \le (1-\eta c\sigma_*^2)\,\|e(t)\|",
        limitations=LIMITS,
        uses=USES,
        proof=lambda p: p.conclude(network_run.general(p, part)),
        **tried,
    )


lemma = Lemma(
    le(farthest, C * FURTHEST),
    given=BY_NEURONS,
    latex=rf"\forall t, r:\ \|w_r(t)-w_r(0)\| \le {{C}}\,\log(\sigma_0/\sigma_*) \le R,\quad {BOUNDS}",
    source="the Kantorovich argument, neuron by neuron; this project's explicit version",
    limitations=LIMITS,
    uses=USES,
    proof=lambda p: p.conclude(far(p)),
    faults={"R halved": Lemma(le(farthest, FURTHEST / 2), given=BY_NEURONS, **NEURONS)},
    also={
        "contraction": contracts(BY_NEURONS, "blocks contraction", NEURONS),
        "ball": Lemma(
            le(reach, (sigma0 - sigma) / lip),
            given=IN_BALL,
            latex=rf"\forall t:\ \|W(t)-W(0)\|_F \le (\sigma_0-\sigma_*)/\Lambda \le R,\quad {BOUNDS}",
            limitations=LIMITS,
            uses=USES,
            proof=lambda p: p.conclude(network_run.general(p, "path")),
            faults={"s* halved": Lemma(le(reach, (sigma0 - sigma) / lip / 2), given=IN_BALL, **BALL)},
            **BALL,
        ),
        "ball contraction": contracts(IN_BALL, "contraction", BALL),
    },
    **NEURONS,
)
