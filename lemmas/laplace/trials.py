"""The Laplace bounds at given trial numbers, in float64, and the best trial numbers: what lemmas about them measure.

A trial is a dictionary of arrays named as in lemmas.notation.damped: theta, alpha, rho, alpha2, rho2 (features), V1, V2
(coefficients of the resolvent bound), edge (levels), T, T_top (of the price). Every trial gives a valid bound, so that
rounding in the best one does no harm. For one point the Laplace transform itself is an integral, also in balls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from flint import acb, arb

from lemmas import model
from lemmas.laplace.integrals import Array, Feature, kernel, slab_matrices
from lemmas.laplace.tail import Blocks, Damping, Features, Points, damping_weights, resolvent_blocks, trial_vectors
from verify.balls.integrals import integral, normal_tail
from verify.statement import Instance

BEYOND = 12  # E e^{-theta A} is integrated over |g| <= BEYOND; it lies between 0 and 1 outside


def features_of(at: Instance) -> tuple[Features, Features]:
    """The features of the first and of the second kind."""
    pairs = (("alpha", "rho"), ("alpha2", "rho2"))
    first, second = (tuple(Feature(a, r * r) for a, r in zip(at[p], at[q], strict=True)) for p, q in pairs)
    return first, second


def inverse_root(K: Array) -> Array:
    """K^(-1/2), in floats; in balls for one point only. Raises NotImplementedError otherwise."""
    if not model.is_ball(K):
        return _root(K, -0.5)
    if len(K) > 1:
        raise NotImplementedError("no enclosure of an inverse square root")
    return np.array([[1 / K[0, 0].sqrt()]], dtype=object)


def _root(K: Array, power: float) -> Array:
    values, vectors = np.linalg.eigh(K)
    found: Array = (vectors * values**power) @ vectors.T
    return found


def _stacked(at: Instance, size: int) -> Array:
    """V1 and V2 as one matrix, the rows being features and points."""
    return np.concatenate([np.asarray(at[name]).reshape(-1, size) for name in ("V1", "V2")])


def resolvent_matrix(at: Instance, inner: int = 1) -> Array:
    """The bound on E e^{-theta A} with the coefficients V1 and V2, (n, n); in balls for one point.

    inner: a factor of the theta beside S, 1 in the bound.
    """
    G, theta = at["X"] @ at["X"].T, at["theta"]
    K, features = kernel(G), features_of(at)
    blocks = resolvent_blocks(G, 1 / K, *features) if model.is_ball(K) else _blocks(at["X"], features)
    blocks = replace(blocks, S=inner * blocks.S)
    V, P = _stacked(at, len(K)), blocks.moments @ inverse_root(K)
    cross, one = P.T @ V, np.eye(len(K)).astype(K.dtype)
    found: Array = one - theta * (cross + cross.T - V.T @ blocks.normal_matrix(theta) @ V)
    return found


def _blocks(X: Array, features: tuple[Features, Features]) -> Blocks:
    """Those of the resolvent bound in float64. They are the same for every theta, and are kept for the last data."""
    return _known_blocks(np.asarray(X, dtype=float).tobytes(), X.shape, features)


@lru_cache(maxsize=8)
def _known_blocks(data: bytes, shape: tuple[int, int], features: tuple[Features, Features]) -> Blocks:
    X = np.frombuffer(data).reshape(shape)
    G = X @ X.T
    return resolvent_blocks(G, np.linalg.inv(kernel(G)), *features)


def price_matrix(at: Instance, whole: bool = False) -> Array:
    """The bound on E[e^{-theta s^2 A} - e^{-theta A}] with tangents at T and T_top, (n, n); in balls for one point.

    whole: with 1 in place of the factor 1 - s_k^2.
    """
    G, theta, edges = at["X"] @ at["X"].T, at["theta"], at["edge"]
    K = kernel(G) if model.is_ball(G) else Points.of(at["X"]).K
    white = inverse_root(K)
    mass, parts = slab_matrices(G, K, (*edges, math.inf))
    squares = np.append(np.exp(2 * (edges[0] - edges[1:])), 0.0)
    trials = np.concatenate([np.asarray(at["T"]), np.asarray(at["T_top"])[:, None]], axis=1)
    found, one = np.zeros_like(K), np.eye(len(K)).astype(K.dtype)
    for (ell, k), trial in zip(np.ndindex(mass.shape), trials.reshape(-1, *one.shape), strict=True):
        rest = one - trial
        square = mass[ell, k] * (rest.T @ rest) / (theta * (1 + squares[k]) / 2)
        taken = 1 if whole else 1 - squares[k]
        found += taken * theta * (square + trial.T @ white @ parts[ell, k] @ white @ trial)
    return found


def bound_matrix(at: Instance) -> Array:
    """The bound on E e^{-theta s^2 A}, (n, n); computed once for each data set and trial."""
    found: Array = remembered("bound", at, lambda: resolvent_matrix(at) + price_matrix(at))
    return found


FIXED = ("X", "theta", "alpha", "rho", "alpha2", "rho2", "V1", "V2", "edge", "T", "T_top")
_KNOWN: dict[Any, Any] = {}


def remembered(name: str, at: Instance, compute: Callable[[], Any]) -> Any:
    """What depends on the data and the trial alone, computed once for each; balls are computed anew."""
    if model.is_ball(at["X"]):
        return compute()
    key = (name, *((np.shape(at[k]), np.asarray(at[k], dtype=float).tobytes()) for k in FIXED))
    if key not in _KNOWN:
        if len(_KNOWN) > 500:
            _KNOWN.clear()
        _KNOWN[key] = compute()
    return _KNOWN[key]


def trace_power(matrix: Array, power: int) -> model.Scalar:
    """tr M^q, float or ball."""
    trace = np.trace(np.linalg.matrix_power((matrix + matrix.T) / 2, power))
    return trace if model.is_ball(matrix) else float(trace)


def best(X: Array, theta: float, damping: Damping, features: tuple[Features, Features]) -> dict[str, Any]:
    """The trial numbers at which the bounds are least, for data X (n, d)."""
    points, blocks = Points.of(X), _blocks(X, features)
    V = trial_vectors(blocks.normal_matrix(theta), blocks.moments) @ _root(points.K, -0.5)
    size, count = len(points.K), len(features[0])
    trials = _tangents(points, damping, theta)
    named = {
        f"{name}{k}": np.array(values)
        for k, part in (("", features[0]), ("2", features[1]))
        for name, values in (("alpha", [f.alpha for f in part]), ("rho", [f.gamma**0.5 for f in part]))
    }
    split = V[: count * size].reshape(count, size, size), V[count * size :].reshape(-1, size, size)
    edges = np.array(damping.edges[:-1])
    return {
        **named,
        "theta": theta,
        "V1": split[0],
        "V2": split[1],
        "edge": edges,
        "T": trials[:, :-1],
        "T_top": trials[:, -1],
    }


def _tangents(points: Points, damping: Damping, theta: float) -> Array:
    """(1 + c E[A; slab] / P(slab))^-1 for each point and slab, (n, J + 1, n, n)."""
    white = _root(points.K, -0.5)
    mass, parts = slab_matrices(points.G, points.K, damping.edges)
    squares = np.array(damping.weights(float), dtype=float) ** 2
    rates = theta * (1 + squares) / 2
    scaled = white @ (parts * (rates / np.maximum(mass, 1e-290))[..., None, None]) @ white
    found: Array = np.linalg.inv(np.eye(len(points.K)) + scaled)
    return found


def damping_weight(at: Instance) -> Array:
    """s(g_s) for each Gaussian vector, (q,)."""
    return damping_weights(np.asarray(at["edge"], dtype=float), (at["G"] @ at["X"].T).max(axis=1))


# --- one point: the Laplace transform itself --------------------------------------------------------------------------


def transform(at: Instance) -> Any:
    """E e^{-theta A} for one point, A = e^{2 |x| g - 2 |x|^2}: float or ball. Raises NotImplementedError for more."""
    length = _length(at)
    if not model.is_ball(at["X"]):
        return _between(-BEYOND, BEYOND, 1.0, float(length), float(at["theta"]))

    def integrand(g: acb) -> acb:
        share = (2 * length * g - 2 * length * length).exp() * at["theta"]
        value: acb = (-share - g * g / 2).exp() / acb((2 * arb.pi()).sqrt())
        return value

    outside = 2 * normal_tail(BEYOND)  # the integrand lies between 0 and the density there
    return integral(integrand, -BEYOND, BEYOND) + outside / 2 + outside * arb(0, 0.5)


def damped_loss(at: Instance) -> float:
    """E [e^{-theta s^2 A} - e^{-theta A}] for one point, in floats. Raises NotImplementedError for more, and balls."""
    length, theta = _length(at), at["theta"]
    if model.is_ball(at["X"]):
        raise NotImplementedError("no enclosure of a transform with levels")
    ends = [*(float(edge) / float(length) for edge in at["edge"]), BEYOND]
    squares = [*np.exp(2 * (at["edge"][0] - at["edge"][1:])), 0.0]
    pieces = zip(ends, ends[1:], squares, strict=False)
    return sum(
        _between(low, high, float(square), float(length), theta) - _between(low, high, 1.0, float(length), theta)
        for low, high, square in pieces
    )


def _length(at: Instance) -> Any:
    if len(at["X"]) != 1:
        raise NotImplementedError("the Laplace transform is an integral for one point only")
    return model.frobenius(at["X"][0])


def _between(lower: float, upper: float, square: float, length: float, theta: float) -> float:
    """E[e^{-theta s^2 A}; lower < g < upper]."""

    def density(g: float) -> float:
        exponent = theta * square * math.exp(2 * length * g - 2 * length**2)
        return math.exp(-exponent - g * g / 2) / math.sqrt(2 * math.pi)

    return float(scipy.integrate.quad(density, lower, upper, epsabs=1e-14, epsrel=1e-13, limit=200)[0])
