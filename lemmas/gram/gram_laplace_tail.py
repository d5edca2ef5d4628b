"""Laplace tail of the damped Gram matrix: with probability >= 1 - delta, H~ >= (1 - t) K, 1 - t being computed.

H~ = (1/q) sum of s_r^2 Z_r, and 1 - t = max over theta of [log delta - log tr M(theta)^q] / (theta q), where M bounds
E e^{-theta s^2 A}: the resolvent bound on E e^{-theta A} plus the price of damping.

Source: Tropp, User-friendly tail bounds for sums of random matrices (2012), Theorem 3.6, keeping the trace; the
resolvent and the price are this project's explicit versions.

Proof (by hand, not checked by machine): P(H~ < (1-t) K) <= e^{theta q (1-t)} tr M^q for every theta > 0, by the master
tail bound; e^{-x} <= 1/(1 + x), Jensen's inequality for the resolvent, and the inequality of damping-price on slabs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from lemmas import model
from lemmas.laplace.tail import Damping, LaplaceTail, Points, resolvent_blocks
from lemmas.laplace.width import SIMPLE
from lemmas.start import relative_least
from lemmas.symbols import delta
from verify import Lemma, Quantity, le, real
from verify.statement import Instance

DAMPINGS = {"none": Damping(), "levels": Damping(2.2, (0.3, 0.8, 1.5)), "hard": Damping(1.0)}
Array = model.Array


class _Doubled(LaplaceTail):
    """Planted: the factor theta before the resolvent doubled."""

    def resolvent(self, theta: float) -> Array:
        twice: Array = 2 * super().resolvent(theta) - self.points.K
        return twice


class _Free(LaplaceTail):
    """Planted: damping without its price."""

    def price(self, theta: float) -> Array:
        return np.zeros_like(self.points.K)


class _Largest(LaplaceTail):
    """Planted: the largest eigenvalue for the trace."""

    def eigenvalues(self, theta: float) -> Array:
        return super().eigenvalues(theta)[-1:]


KINDS: dict[str, type[LaplaceTail]] = {k.__name__: k for k in (LaplaceTail, _Doubled, _Free, _Largest)}


@lru_cache(maxsize=64)
def _floor(kind: str, data: bytes, dim: int, damping: str, q: int, level: float) -> float:
    points = Points.of(np.frombuffer(data).reshape(-1, dim))
    blocks = resolvent_blocks(points.G, points.inverse, *SIMPLE)
    return KINDS[kind](points, blocks, DAMPINGS[damping]).relative_floor(q, level)[0]


def floor_by(kind: type[LaplaceTail]) -> Callable[[Instance], float]:
    """The measure of 1 - t with one way to bound the Laplace transform."""

    def measure(at: Instance) -> float:
        X = np.ascontiguousarray(at["X"], dtype=float)
        return _floor(kind.__name__, X.tobytes(), X.shape[1], at["damping"], len(at["G"]), float(at["delta"]))

    return measure


def _damped_least(at: Instance) -> float:
    damping = DAMPINGS[at["damping"]]
    largest = (at["G"] @ at["X"].T).max(axis=1)
    weights = np.array([1.0, *damping.weights(float)], dtype=float)  # up to the cut, then slab by slab
    chosen = weights[np.searchsorted(np.array(damping.edges), largest)] if damping.active else np.ones(len(largest))
    E = chosen[None, :] * model.features(at["X"], at["G"])
    H = (at["X"] @ at["X"].T) * (E @ E.T) / len(at["G"])
    return relative_least(H, model.limit_gram(at["X"]))


rel_damped = Quantity("rel_damped", real(), "least eigenvalue of K^(-1/2) H~ K^(-1/2), H~ damped", _damped_least)
floor = Quantity("floor", real(), "1 - t of the Laplace tail at level delta", floor_by(LaplaceTail))
floor_doubled = Quantity("floor_doubled", real(), "planted: theta doubled before the resolvent", floor_by(_Doubled))
floor_free = Quantity("floor_free", real(), "planted: damping without its price", floor_by(_Free))
floor_largest = Quantity("floor_largest", real(), "planted: the largest eigenvalue for the trace", floor_by(_Largest))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """G on fixed unit data; the case names the damping, n, d, q and 100 delta. n <= d gives orthonormal data."""
    damping, *sizes = case.split("-")
    size, dim, q, percent = (int(part[1:]) for part in sizes)
    rows = np.random.default_rng([size, dim]).standard_normal((size, dim))
    X = np.eye(size, dim) if size <= dim else rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return {"X": X, "G": rng.standard_normal((q, dim)), "delta": percent / 100, "damping": damping}


CASES = ("none-n1-d1-q40-d24", "levels-n1-d1-q40-d24", "none-n5-d3-q400-d10", "levels-n5-d3-q600-d10")


def _planted(bound: Quantity, *cases: str) -> Lemma:
    return Lemma(le(bound, rel_damped), fails_with=delta, draw=draw, cases=cases)


lemma = Lemma(
    le(floor, rel_damped),
    fails_with=delta,
    latex=r"\Pr\Big[\tilde H \not\succeq (1-t)K\Big] \le \delta, \qquad 1-t = \max_\theta"
    r"\frac{{\log\delta-\log\mathrm{{tr}}\,\mathcal M(\theta)^q}}{{\theta q}}",
    source="Tropp's master tail bound with the trace kept; this project's explicit Laplace transform",
    limitations="Simulated at small n and q, not proved: neither the resolvent bound nor the price of damping is a "
    "rule of proofs yet. 1 - t is computed in floats; lemmas.laplace.balls encloses it.",
    draw=draw,
    cases=CASES,
    faults={
        "theta doubled before the resolvent": _planted(floor_doubled, "none-n1-d1-q40-d24"),
        "damping without its price": _planted(floor_free, "hard-n1-d1-q40-d24"),
        "largest eigenvalue for the trace": _planted(floor_largest, "none-n30-d30-q400-d50"),
    },
)
