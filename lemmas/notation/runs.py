"""The notation table, beside its pages: a run of gradient descent of the network, as the classical route has it.

Time counts from 1: path(t, r) is neuron r after t - 1 steps, e_path(t, i) the residual there. Instances hold X, y, a,
W0, eta and the number of steps T; every measure makes the run of them, in floats or in balls, so that an instance of
exact numbers is an exact run of gradient descent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmas import model
from lemmas.notation.once import once
from lemmas.notation.symbols import T, a, eta, i, j, r, t, w0, x, y
from verify import Quantity, positive, real
from verify.proof.terms import DefinedFamily, Index, Inner, Iterates, Norm, euclidean, sup, total
from verify.statement import Instance

path: Iterates = Iterates("path", w0, lambda t, r: path(t, r) + eta * path_descent(t, r))


e_path = DefinedFamily(
    "e_path", lambda t, i: y(i) - total(a(r) * sp.exp(Inner(path(t, r), x(i))), r)
)  # e_i(t) = y_i - F(W(t), x_i)


def path_descent(time: sp.Expr, neuron: Index) -> sp.Expr:
    """-dL/dw_r at W(t): the sum over j of e_j a_r exp(<w_r, x_j>) x_j there."""
    weight = a(neuron) * sp.exp(Inner(path(time, neuron), x(j)))
    return total(e_path(time, j) * weight * x(j), j)


@once
def _run(at: Instance) -> tuple[model.Array, model.Array]:
    """W(0), ..., W(T), (T+1, m, d), and e(0), ..., e(T), (T+1, n)."""
    return model.run(at["X"], at["W0"], at["a"], at["y"], at["eta"], at["T"])


def _sizes(at: Instance) -> model.Array:
    """|e(0)|, ..., |e(T)|, (T+1,)."""
    return np.array([model.frobenius(e) for e in _run(at)[1]])


def written(at: Instance) -> dict[str, Any]:
    """The instance with the arrays of the run, for who evaluates definitions; measures make their own."""
    weights, residuals = _run(at)
    return {**at, "path": weights, "e_path": residuals}


def _farthest(at: Instance) -> model.Scalar:
    return model.maximum(np.array([model.max_neuron_move(W, at["W0"]) for W in _run(at)[0][:-1]]))


def _peak(at: Instance) -> model.Scalar:
    return model.maximum(np.array([size / at["keep"] ** k for k, size in enumerate(_sizes(at)[:-1])]))


def _lag(at: Instance) -> model.Scalar:
    sizes = _sizes(at)[:-1]
    later = [size - at["keep"] ** k * sizes[0] for k, size in enumerate(sizes) if k]
    return model.maximum(np.array([0 * sizes[0], *later]))  # at the start it is 0: two equal balls would not show it


keep = Quantity("keep", positive(1, open_upper=True), "by what factor the residual shrinks in each step, at least")
S_path = Quantity(
    "S_path",
    real(0),
    "largest |w_r(t) - w_r(0)| before the last step",
    _farthest,
    sup(Norm(path(t, r) - w0(r)), t, r),
)
drift = Quantity(
    "drift",
    real(0),
    "largest |w_r(T) - w_r(0)|",
    lambda at: model.max_neuron_move(_run(at)[0][-1], at["W0"]),
    sup(Norm(path(T + 1, r) - w0(r)), r),
)
E_peak = Quantity(
    "E_peak",
    real(0),
    "largest |e(t)| / keep^t before the last step",
    _peak,
    sup(euclidean(e_path(t, i), i) / keep ** (t - 1), t),
)
E_0 = Quantity(
    "E_0",
    real(0),
    "|e(0)|",
    lambda at: model.frobenius(model.residual(at["X"], at["W0"], at["a"], at["y"])),
    euclidean(e_path(1, i), i),
)
lag = Quantity(
    "lag",
    real(),
    "largest |e(t)| - keep^t |e(0)| before the last step: no step has failed to contract if it is at most 0",
    _lag,
    sup(euclidean(e_path(t, i), i) - keep ** (t - 1) * euclidean(e_path(1, i), i), t),
)
