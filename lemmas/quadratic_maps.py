"""Quadratic maps, on which the Kantorovich argument is tried: F_i(W) = <l_i, v> + <v, Q_i v> / 2 with v = W - W(0)."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmas import model
from lemmas.draws import INSIDE
from lemmas.notation import walk

Array = np.ndarray[Any, Any]

RUNAWAY = 1e30  # a residual from which one more step is still finite


def step_of(slopes: Any, bends: Any, start: Any, move: Any, labels: Any, eta: float, stretch: float) -> dict[str, Any]:
    """One step for the quadratic map F_i(W) = <l_i, v> + <v, Q_i v>/2, v = W - W(0), from W = W(0) + ``move``.

    slopes (n, m d), bends (n, m d, m d) symmetric, start and move (m, d), labels (n,). Bounds are the least allowed;
    sigma is ``stretch`` times the largest allowed.
    """
    at, shape = move.reshape(-1), start.shape
    value, jacobian = slopes @ at + bends @ at @ at / 2, slopes + bends @ at
    residual = labels - value
    step = eta * (jacobian.T @ residual)
    later = labels - (slopes @ (at + step) + bends @ (at + step) @ (at + step) / 2)
    left = float(np.linalg.norm(later - residual + jacobian @ step))
    length, size = float(np.linalg.norm(at)), float(np.linalg.norm(step))
    change = model.spectral_norm(jacobian - slopes)
    lipschitz = max(change / max(length, 1e-9), 2 * left / max(size, 1e-9) ** 2, 1e-6)
    blocks = {name: np.swapaxes(J.reshape(len(J), *shape), 0, 1) for name, J in (("J", jacobian), ("J0", slopes))}
    bounds = _constants(slopes, jacobian, residual, length, lipschitz * INSIDE, eta)
    bounds["sigma"] *= stretch
    sizes = {"X": np.zeros((len(slopes), 1))}  # only its length, the number of outputs, is read
    weights = {**sizes, "W0": start, "W": start + move, "e": residual, "e_next": later, "eta": eta}
    return {**blocks, **weights, **bounds}


def _constants(slopes: Any, jacobian: Any, residual: Any, length: float, lip: float, eta: float) -> dict[str, float]:
    """beta, sigma0, c and sigma as large as the hypotheses allow, short of rounding."""
    size, least = float(np.linalg.norm(residual)), _least(slopes)
    beta = max(model.spectral_norm(jacobian), least) * INSIDE
    c = (1 - eta * beta**2 / 2 - eta * lip * size / 2) / INSIDE
    left = (least / INSIDE - lip * length) ** 2 - 2 * lip * size / max(c, 1e-3)
    sigma = float(np.sqrt(max(left, 1e-12))) / INSIDE
    return {"lip": lip, "beta": beta, "sigma0": least / INSIDE, "c": max(c, 1e-3), "sigma": sigma}


def _least(slopes: Any) -> float:
    return float(np.linalg.svd(slopes, compute_uv=False)[-1])


def _random_map(rng: np.random.Generator, case: str) -> tuple[Array, Array, Array, Array, float]:
    """slopes, bends, start, labels, eta: one to three outputs; the case says how small bend and residual are."""
    shape = (int(rng.integers(1, 4)), int(rng.integers(1, 3)))
    size = shape[0] * shape[1]
    outputs = int(rng.integers(1, min(size, 3) + 1))
    slopes, bends = rng.standard_normal((outputs, size)), rng.standard_normal((outputs, size, size))
    scale = _least(slopes) ** 2 * {"small": 0.02, "middling": 0.1, "wide": 0.4}[case]
    labels, start = rng.standard_normal(outputs), rng.standard_normal(shape)
    bends = (bends + np.swapaxes(bends, 1, 2)) * scale / np.linalg.norm(bends) / np.linalg.norm(labels)
    eta = float(rng.uniform(0.05, 0.9)) / model.spectral_norm(slopes) ** 2
    return slopes, bends, start, labels, eta


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """One step for a random quadratic map, from near its start."""
    slopes, bends, start, labels, eta = _random_map(rng, case)
    move = rng.standard_normal(start.shape) * float(rng.uniform(0, 0.1))
    return step_of(slopes, bends, start, move, labels, eta, float(rng.uniform(0.8, 1.1)))


def bent_line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """F(w) = w - w^2/2 on the line, at w = u3, residual up to 1/2: F can reach nothing beyond 1/2."""
    one = np.ones((1, 1))
    at, eta, stretch = float(0.9 * u[3]), float(0.001 + 0.5 * u[1]), float(0.85 + 0.4 * u[2])
    label = np.array([0.01 + 0.48 * u[0] * (1 - at) ** 2 + at - at**2 / 2])
    return step_of(one, -np.ones((1, 1, 1)), 0 * one, at * one, label, eta, stretch)


def run_of(
    slopes: Array, bends: Array, start: Array, labels: Array, eta: float, steps: int, lip: float = 0.0
) -> dict[str, Any]:
    """A run of ``steps`` steps from W(0), as lemmas.notation.walk wants it, and the least bounds that it allows.

    One that runs away ends there, before it overflows.
    Lambda is what the bends ask for, or ``lip`` where that is more. sigma is what the argument leaves of sigma0, or
    tiny where it leaves nothing; R is just as large as it must be.
    """
    at, moments = start.reshape(-1) * 0, []
    for _ in range(steps + 1):
        jacobian = slopes + bends @ at
        residual = labels - slopes @ at - bends @ at @ at / 2
        moments.append((jacobian, residual))
        if np.linalg.norm(residual) > RUNAWAY:
            break
        at = at + eta * (jacobian.T @ residual)
    jacobians = np.array([np.swapaxes(J.reshape(len(J), *start.shape), 0, 1) for J, _ in moments])
    residuals = np.array([e for _, e in moments])
    lip = max(model.spectral_norm(bends.reshape(-1, bends.shape[2])), lip) * INSIDE
    beta = float(np.linalg.svd([J for J, _ in moments], compute_uv=False).max()) * INSIDE
    sigma0, size = _least(slopes) / INSIDE, float(np.linalg.norm(residuals[0])) * INSIDE
    c = max((1 - eta * beta**2 / 2 - eta * lip * size / 2) / INSIDE, 1e-3)
    sigma = float(np.sqrt(max(sigma0**2 - 2 * lip * size / c, 1e-12))) / INSIDE
    bounds = {"lip": lip, "beta": beta, "sigma0": sigma0, "c": c, "sigma": sigma, "eta": eta}
    radius = (sigma0 - sigma) / lip * INSIDE
    weights = {"X": np.zeros((len(labels), 1)), "W0": start, "W": start, "R": radius}
    return {"jacobians": jacobians, "residuals": residuals, **weights, **bounds}


def draw_run(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to three steps for a random quadratic map, with its walk; every bound is sometimes a little too good."""
    slopes, bends, start, labels, eta = _random_map(rng, case)
    return _varied(rng, run_of(slopes, bends, start, labels, eta, int(rng.integers(1, 4))))


def _varied(rng: np.random.Generator, at: dict[str, Any]) -> dict[str, Any]:
    """The run with its walk, and in every second draw one bound too good or too generous by a fifth."""
    name = str(rng.choice(["beta", "lip", "R", "c", "sigma"]))
    return {**at, name: at[name] * float(rng.choice([1.0, 1.0, 0.8, 1.2])), "walk": walk.run_of(at)}


def bent_run(u: Array) -> dict[str, Any]:
    """F(w) = w - w^2/2 on the line from w = 0, residual up to 1/2, up to 30 steps."""
    one, eta, steps = np.ones((1, 1)), float(0.02 + 0.6 * u[1]), 1 + int(29 * u[2])
    return run_of(one, -np.ones((1, 1, 1)), 0 * one, np.array([0.01 + 0.49 * u[0]]), eta, steps)


def out_of_reach(u: Array) -> dict[str, Any]:
    """The same with labels up to 0.51, which F does not reach, and 72 to 80 steps of size near 0.9."""
    one = np.ones((1, 1))
    labels, eta = np.array([0.4 + 0.11 * u[0]]), float(0.9 + 0.05 * u[1])
    at = run_of(one, -np.ones((1, 1, 1)), 0 * one, labels, eta, 72)
    return {**at, "R": 1.01}


def by_blocks(at: dict[str, Any]) -> dict[str, Any]:
    """The same run with R as the argument block by block wants it."""
    return {**at, "R": float(np.log(at["sigma0"] / at["sigma"])) + 1e-7}


def draw_blocks(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to ten steps whose Lambda is near |J|, so that no block is pulled much harder, and labels near the farthest.

    So large a Lambda allows small residuals only, of the order of sigma0^2 / Lambda.
    """
    slopes, bends, start, labels, eta = _random_map(rng, case)
    slope, least = model.spectral_norm(slopes), _least(slopes)
    lip = slope * float(rng.uniform(0.9, 1.4))
    farthest = (1 - 0.75 * eta * slope**2) * least**2 / (2 * lip)
    labels *= farthest * float(rng.uniform(0.3, 1.05)) / float(np.linalg.norm(labels))
    return _varied(rng, by_blocks(run_of(slopes, bends, start, labels, eta, int(rng.integers(1, 11)), lip)))


def bent_blocks(u: Array) -> dict[str, Any]:
    """The bent line, where Lambda = 1 is at least the slope: longer runs and smaller residuals, which come nearest."""
    eta, steps, label = float(0.02 + 0.6 * u[1]), 1 + int(49 * u[2]), 0.001 + 0.49 * u[0] ** 2
    one = np.ones((1, 1))
    return by_blocks(run_of(one, -np.ones((1, 1, 1)), 0 * one, np.array([label]), eta, steps))
