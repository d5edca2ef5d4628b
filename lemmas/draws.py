"""How instances are drawn, for lemmas that share a setting. Envelopes are wider than the hypotheses."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from lemmas import model
from verify import Search

INSIDE = 1 + 4e-9  # norms are kept this much inside, so that hypotheses hold beyond what floats leave open
CASES = ("random", "aligned", "equal points", "antipodal")


def unit_rows(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Each row scaled to norm just below 1."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / (np.where(lengths == 0, 1.0, lengths) * INSIDE)


def points(rng: np.random.Generator, case: str) -> np.ndarray[Any, Any]:
    """One to four data points in one to four dimensions: random, all equal, or in antipodal pairs."""
    size, dim = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    X = unit_rows(rng.standard_normal((size, dim)))
    if case == "equal points":
        X[:] = X[0]
    if case == "antipodal":
        X[1::2] = -X[: len(X[1::2])]
    return X if case != "random" else X * rng.uniform(0.3, 1, (size, 1))


def moved(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Weights W0 and W, every neuron moved to the boundary of a random radius R; B = the largest |<w_r(0), x_i>|.

    Adversarial cases move along a sum of two data points. The radius goes beyond 1/2, signs and residual are random.
    """
    X = points(rng, case)
    width = int(rng.integers(1, 6))
    start = rng.standard_normal((width, X.shape[1])) * rng.choice([0.0, 0.1, 1.0])
    radius = float(rng.uniform(0, 0.8))
    along = rng.standard_normal(start.shape)
    if case != "random":
        along = X[rng.integers(0, len(X), width)] + X[rng.integers(0, len(X))]
    signs, residual = rng.choice([-1.0, 1.0], width), rng.uniform(-1, 1, len(X))
    return perturbed(X, start, unit_rows(along) * radius, radius, signs, residual)


def perturbed(X: Any, start: Any, move: Any, radius: float, signs: Any, residual: Any) -> dict[str, Any]:
    """The instance with weights ``start`` moved by ``move``, and B as small as the start allows."""
    top = float(model.max_abs_preactivation(X, start)) * INSIDE + 1e-12
    return {"X": X, "W0": start, "W": start + move, "R": radius, "B": top, "a": signs, "e": residual}


def with_entry(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, and one entry (i, j) of the Gram matrix."""
    at = moved(rng, case)
    i, j = (int(rng.integers(1, len(at["X"]) + 1)) for _ in range(2))
    return {**at, "i": i, "j": j}


def with_direction(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, labels, and a direction V to move on."""
    at = moved(rng, case)
    return {**at, "y": rng.uniform(-1, 1, len(at["X"])), "V": rng.standard_normal(at["W"].shape)}


def with_step(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, and a step size at which <Delta_r, x_i> reaches up to 1.2."""
    at = moved(rng, case)
    largest = float(model.max_abs_preactivation(at["X"], model.gradient_at(at["X"], at["W"], at["a"], at["e"])))
    return {**at, "eta": float(rng.uniform(0.05, 1.2)) / max(largest, 1e-9)}


def settled(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, lambda up to 1.2 times what H(W(0)) allows, and R up to 1.2 times what lambda allows."""
    at = moved(rng, case)
    allowed = 4 * float(model.lambda_min(model.gram(at["X"], at["W0"]))) / 3
    lam = max(allowed * float(rng.uniform(0.2, 1.2)), 1e-3)
    radius = lam / (16 * len(at["X"]) * np.exp(2 * at["B"])) * float(rng.uniform(0.2, 1.2))
    share = radius / max(at["R"], 1e-9)
    return {**at, "lam": lam, "R": radius, "W": at["W0"] + (at["W"] - at["W0"]) * share / INSIDE}


def contracting(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, lambda just below twice the least eigenvalue of H(W), eta up to 1.3 times what is allowed."""
    at = moved(rng, case)
    n, m, reach = len(at["X"]), len(at["W"]), at["B"] + at["R"]
    lam = max(2 * float(model.lambda_min(model.gram(at["X"], at["W"]))) * (1 - 1e-9), 1e-3)
    size = float(np.linalg.norm(at["e"]))
    allowed = min(1 / (m * n * np.exp(2 * reach)), lam / (4 * n**1.5 * np.exp(3 * reach) * size))
    return {**at, "lam": lam, "eta": float(allowed * rng.uniform(0.1, 1.3))}


def _one_neuron(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One neuron at u0 in [-1, 1], one point, residual in (0, 2], and a step size up to 1."""
    start = np.array([[2 * u[0] - 1]])
    X, residual = np.full((1, 1), 1 / INSIDE), np.array([0.01 + 2 * u[1]])
    at = perturbed(X, start, np.zeros((1, 1)), 0.0, np.array([1.0]), residual)
    return {**at, "eta": float(0.01 + u[2])}


ONE_NEURON = Search(3, _one_neuron)


def _one_dimensional(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Two equal points on the line, one neuron at u0 in [-1, 1], moved by u1/2 towards them, residual (1, 1)."""
    X = np.full((2, 1), 1 / INSIDE)
    start = np.array([[2 * u[0] - 1]])
    radius = float(u[1]) / 2
    return perturbed(X, start, np.array([[radius / INSIDE]]), radius, np.array([1.0]), np.ones(2))


def one_point(weight: float, move: float, radius: float) -> dict[str, Any]:
    """One point and one neuron on the line, both exact: weight and its move; B and R as small as they may be."""
    X, start = np.array([[1.0]]), np.array([[weight]])
    at = perturbed(X, start, np.array([[move]]), radius, np.array([1.0]), np.array([1.0]))
    return {**at, "X": X / INSIDE}


EQUAL_POINTS = Search(2, _one_dimensional)


def _one_dimensional_pair(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The same with the entry (1, 2), the move being the whole radius."""
    return {**_one_dimensional(u), "i": 1, "j": 2}


EQUAL_PAIR = Search(2, _one_dimensional_pair)


def unit_points(rng: np.random.Generator, size: int, case: str) -> np.ndarray[Any, Any]:
    """Unit vectors, up to rounding, in one to four dimensions; in the case "axes" exact ones, plus or minus an axis."""
    dim = int(rng.integers(1, 5))
    if case == "axes":
        return rng.choice([-1.0, 1.0], (size, 1)) * np.eye(dim)[rng.integers(0, dim, size)]
    X = rng.standard_normal((size, dim))
    rows: np.ndarray[Any, Any] = X / np.linalg.norm(X, axis=1, keepdims=True)
    return rows


@lru_cache
def _fixed_points(size: int, dim: int) -> np.ndarray[Any, Any]:
    """The same points in every draw."""
    return unit_rows(np.random.default_rng([size, dim]).standard_normal((size, dim)))


def started(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Gaussian vectors G on fixed data; the case names n, d, q and 100 delta, as in n5-d3-q20-d10.

    Every second draw has the data three times as long, so that a bound on their norms matters.
    """
    size, dim, width, percent = (int(part[1:]) for part in case.split("-"))
    X = _fixed_points(size, dim) * (1 + 2 * int(rng.integers(0, 2)))
    return {"X": X, "G": rng.standard_normal((width, dim)), "delta": percent / 100}
