"""All steps of gradient descent where the Jacobian drifts exponentially, from constants measured at the start.

What the parts 'path' and 'stays' of kantorovich-drift speak of. Row i of J(W) has the blocks a_r e^{<w_r, x_i>} x_i;
J~0 is J(W(0)) with block r scaled by s_r. Instances hold W0 (m, d), damp (m,), path (T+1, m, d) and e_path (T+1, n).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from sympy import exp, sqrt

from lemmas import model
from lemmas.draws import INSIDE, unit_points
from lemmas.notation.descent import beta, c, lip, sigma0
from lemmas.notation.jacobians import M1, b, damp, n4, rad, tamed, weight
from lemmas.notation.symbols import E_0, e_path, eta, i, j, keep, m, nu, path, r, t, w0, x
from lemmas.steps.kantorovich import L
from verify import Quantity, Relation, le, lt, real
from verify.proof import (
    Inner,
    Norm,
    total,
)
from verify.proof.terms import LambdaMin, Mat, Spectral, euclidean, mean, sup
from verify.statement import Instance


def psi(s: Any) -> Any:
    """The integral of sigma0 - L (e^u - 1) from 0 to s."""
    return sigma0 * s - L * (exp(s) - 1 - s)


def feature(point: sp.Expr) -> sp.Expr:
    """e^{<w_r(0), x_i>}"""
    return exp(Inner(w0(r), x(point)))


def _blocks(weights: Any) -> tuple[sp.Expr, sp.Expr]:
    """Blocks i and j of one neuron at the start."""
    one, other = (weights * feature(k) * x(k) for k in (i, j))
    return one, other


TAME = Mat("J~0J~0^T/m", sp.Lambda((i, j), mean(Inner(*_blocks(damp(r))), r)))
START = Mat("JJ", sp.Lambda((i, j), total(Inner(*_blocks(sp.S.One)), r)))


def _start_gram(at: Instance, weights: Any) -> model.Array:
    blocks = weights[None, :] * model.features(at["X"], at["W0"])
    gram: model.Array = (at["X"] @ at["X"].T) * (blocks @ blocks.T)
    return gram


lam_tame = Quantity(
    "lam_tame",
    real(),
    "least eigenvalue of J~0 J~0^T / m, block r of J(W(0)) scaled by s_r",
    lambda at: model.lambda_min(_start_gram(at, at["damp"]) / len(at["W0"])),
    LambdaMin(TAME),
)
J0_norm = Quantity(
    "J0_norm",
    real(0),
    "|J(W(0))|",
    lambda at: model.square_root(model.spectral_norm(_start_gram(at, abs(at["a"])))),
    sqrt(Spectral(START)),
)


def moved(time: sp.Expr) -> sp.Expr:
    """|W(t) - W(0)|_F."""
    return sqrt(total(Norm(path(time, r) - w0(r)) ** 2, r))


def residual(time: sp.Expr) -> sp.Expr:
    """|e(t)|."""
    return euclidean(e_path(time, i), i)


D_path = Quantity(
    "D_path",
    real(0),
    "largest |W(t) - W(0)|_F before the last step",
    lambda at: model.maximum(np.array([model.frobenius(W - at["W0"]) for W in at["path"][:-1]])),
    sup(moved(t), t),
)
RHO = sigma0 - L * (exp(rad) - 1)
GIVEN: dict[str, Relation] = {
    "data": le(nu, 1),
    "tamed": le(tamed, exp(b)),
    "weights": le(weight, 1),
    "slope": le(sigma0**2, m * lam_tame),
    "drift": le(n4 * exp(b), L),
    "curvature": le(n4 * exp(M1 + rad), lip),
    "norm": le(J0_norm + lip * (exp(rad) - 1), beta),
    "slope below norm": le(sigma0, beta),
    "slope left": lt(L * (exp(rad) - 1), sigma0),
    "reach": le(E_0, c * psi(rad)),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * E_0 / 2),
    "rate": le(1 - eta * c * RHO**2, keep),
}


def begun(at: dict[str, Any], level: float, c: float, share: float, stretch: float) -> dict[str, Any]:
    """Weights s_r = min(1, e^{b - M_r}), the least L, Lambda and beta, eta for this c, labels |y| = stretch c psi(s).

    s is ``share`` of log(1 + sigma0 / L), where the slope is used up.
    """
    X, W0 = at["X"], at["W0"]
    largest = (W0 @ X.T).max(axis=1)
    at = {**at, "damp": np.minimum(1, np.exp(level - largest)) / INSIDE, "b": level}
    bend = float(model.hadamard_norm(X)) * INSIDE
    least = model.lambda_min(_start_gram(at, at["damp"]))
    slope, drift = max(float(least), 1e-9) ** 0.5 / INSIDE, bend * float(np.exp(level)) * INSIDE
    rad = share * float(np.log1p(slope / drift))
    lipschitz = bend * float(np.exp(largest.max() + rad)) * INSIDE
    norm = (model.spectral_norm(_start_gram(at, abs(at["a"]))) ** 0.5 + lipschitz * float(np.expm1(rad))) * INSIDE
    size = stretch * c * (slope * rad - drift * (float(np.expm1(rad)) - rad))
    eta = 2 * (1 - c) / (norm**2 + lipschitz * size) / INSIDE
    numbers = {"L": drift, "sigma0": slope, "rad": rad, "lip": lipschitz, "beta": norm, "c": c, "eta": eta}
    keep = min((1 - eta * c * (slope - drift * float(np.expm1(rad))) ** 2) * INSIDE, 1 - 1e-12)
    return {**at, **numbers, "keep": keep, "y": at["y"] * size / float(np.linalg.norm(at["y"]))}


def run(at: dict[str, Any], steps: int) -> dict[str, Any]:
    """The path of gradient descent from W0, and its residuals."""
    weights, residuals = [at["W0"]], []
    for _ in range(steps + 1):
        residuals.append(model.residual(at["X"], weights[-1], at["a"], at["y"]))
        weights.append(weights[-1] - at["eta"] * model.gradient_at(at["X"], weights[-1], at["a"], residuals[-1]))
    return {**at, "path": np.array(weights[:-1]), "e_path": np.array(residuals), "W": at["W0"]}


CASES = ("n1", "n2")


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A coupled start of three pairs with labels up to 1.1 times what the radius admits, and up to four steps."""
    X = unit_points(rng, int(case[1:]), case) / INSIDE
    W0, signs = model.coupled(rng.standard_normal((3, X.shape[1])))
    at = {"X": X, "W0": W0, "G": W0[:3], "a": signs, "y": rng.standard_normal(len(X))}
    shares = float(rng.uniform(0.2, 0.95)), float(rng.uniform(0.5, 1.1))
    return run(begun(at, float(rng.uniform(-0.5, 2)), float(rng.uniform(0.5, 0.99)), *shares), int(rng.integers(1, 5)))


def runaway(v: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Four neurons at -1.5 on the line, all signs +, a label near 0.469: its descent needs to go beyond s."""
    start = {"X": np.ones((1, 1)), "W0": np.full((4, 1), -1.5), "a": np.ones(4), "y": np.ones(1)}
    at = begun(start, -1.5, 0.95, 1.0, 1.0)
    return run({**at, "y": np.array([0.469 + 0.005 * v[0]]), "eta": 0.028}, 900)
