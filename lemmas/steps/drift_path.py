"""All steps of gradient descent where the Jacobian drifts exponentially, from constants measured at the start.

What the parts 'contraction' and 'stays' of kantorovich-drift speak of: a run of the network as a walk (see
lemmas.notation.training). Row i of J(W) has the blocks a_r e^{<w_r, x_i>} x_i; J~0 is J(W(0)) with block r scaled by
s_r. Instances hold X, y, a, W0 (m, d), eta, T and damp (m,).
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
from lemmas.notation.symbols import eta, i, j, m, nu, r, t, w0, x
from lemmas.notation.training import RUN, eta_0
from lemmas.notation.walk import of_network, reach, run_of, size_at, size_first, sizes_of, walk
from lemmas.steps.kantorovich import L
from verify import Quantity, Relation, le, lt, real
from verify.proof import (
    Inner,
    Norm,
    total,
)
from verify.proof.terms import LambdaMin, Mat, Spectral, mean, sup
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
    return sqrt(total(Norm(walk(time, r) - w0(r)) ** 2, r))


D_path = Quantity("D_path", real(0), "largest |W(t) - W(0)|_F before the last step", reach.measure, sup(moved(t), t))
RHO = sigma0 - L * (exp(rad) - 1)


def shrinks(step: sp.Expr) -> sp.Expr:
    """The largest |e(t+1)| - (1 - step c rho^2) |e(t)|."""
    return sup(size_at(t + 1) - (1 - step * c * RHO**2) * size_at(t), t)


def _worst(at: Instance) -> model.Scalar:
    sizes, left = sizes_of(at), at["sigma0"] - at["L"] * (np.exp(at["rad"]) - 1)
    return model.maximum(sizes[1:] - (1 - at["eta"] * at["c"] * left * left) * sizes[:-1])


worst_drift = Quantity(
    "worst_drift",
    real(),
    "largest |e(t+1)| - (1 - eta c rho^2) |e(t)|: every step contracts if it is at most 0",
    _worst,
    shrinks(eta),
)
worst_drift_0 = Quantity(
    "worst_drift_0", real(), "worst_drift with the step size eta_0", worst_drift.measure, shrinks(eta_0)
)
GIVEN: dict[str, Relation] = {
    "data": le(nu, 1),
    **RUN,
    "tamed": le(tamed, exp(b)),
    "weights": le(weight, 1),
    "slope": le(sigma0**2, m * lam_tame),
    "drift": le(n4 * exp(b), L),
    "curvature": le(n4 * exp(M1 + rad), lip),
    "norm": le(J0_norm + lip * (exp(rad) - 1), beta),
    "slope below norm": le(sigma0, beta),
    "slope left": lt(L * (exp(rad) - 1), sigma0),
    "reach": le(size_first, c * psi(rad)),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * size_first / 2),
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
    return {**at, **numbers, "y": at["y"] * size / float(np.linalg.norm(at["y"]))}


def run(at: dict[str, Any], steps: int) -> dict[str, Any]:
    """So many steps from W0; the walk itself is made where it is measured, in floats or balls."""
    return {**at, "T": steps, "W": at["W0"]}


def written(at: dict[str, Any]) -> dict[str, Any]:
    """The instance with the arrays of the run, for who evaluates definitions; measures make their own."""
    arrays = of_network(at)
    return {**at, "residuals": arrays["residuals"], "walk": run_of({**at, **arrays})}


CASES = ("n1", "n2")


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A coupled start of three pairs with labels up to 1.1 times what the radius admits, and up to four steps."""
    X = unit_points(rng, int(case[1:]), case) / INSIDE
    W0, signs = model.coupled(rng.standard_normal((3, X.shape[1])))
    at = {"X": X, "W0": W0, "G": W0[:3], "a": signs, "y": rng.standard_normal(len(X))}
    shares = float(rng.uniform(0.2, 0.95)), float(rng.uniform(0.5, 1.1))
    at = begun(at, float(rng.uniform(-0.5, 2)), float(rng.uniform(0.5, 0.99)), *shares)
    return written(run(at, int(rng.integers(1, 5))))


def runaway(v: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Nine neurons at 0 on the line, all signs +, a label near 5.22: its descent needs to go beyond s."""
    at = {"X": np.ones((1, 1)), "W0": np.zeros((9, 1)), "a": np.ones(9), "y": np.array([5.22 + 0.01 * v[0]])}
    numbers = {"b": 0.0, "L": 1.001, "sigma0": 2.99, "rad": 1.385, "lip": 4.001, "beta": 15.0, "c": 0.85, "eta": 0.001}
    return run({**at, **numbers, "damp": np.full(9, 0.999)}, 500)
