"""The notation table, fifth page: a run of gradient descent for any C^1 map F, the weights being m blocks of R^d.

Time counts from 1: walk(t, r) is block r of W after t - 1 steps, res(t, i) the residual there, jac_at(t, r, i) block r
of row i of the Jacobian. None of them is defined by a formula: hypotheses say what the run does. Instances hold W0
(m, d), eta, and arrays residuals (T+1, n), jacobians (T+1, m, n, d), or else the X, y, a and T of a network, of which
they are computed; the walk is what gradient descent makes of them, in floats or balls, so that nothing strays.

"Near" means that no block has moved further than R from its start; with one block that is a ball. "In the ball" means
|W(t) - W(1)|_F <= (sigma0 - sigma)/Lambda. A bound "while near" is asked for at those times only at which the run is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from lemmas import model
from lemmas.notation.descent import c, lip, rows, sigma, sigma0
from lemmas.notation.once import once
from lemmas.notation.symbols import R, T, eta, i, j, r, t
from verify import Quantity, real
from verify.proof.terms import (
    Entry,
    Exceeds,
    Indicator,
    LambdaMin,
    Mat,
    Norm,
    Spectral,
    euclidean,
    scalars,
    sup,
    total,
    vectors,
)
from verify.statement import Instance

walk, res, jac_at = vectors("walk"), scalars("residuals"), vectors("jacobians")


def far_at(time: sp.Expr) -> sp.Expr:
    """The largest |w_r(t) - w_r(1)|."""
    return sup(Norm(walk(time, r) - walk(1, r)), r)


def dist_at(time: sp.Expr) -> sp.Expr:
    """|W(t) - W(1)|_F."""
    return sp.sqrt(total(Norm(walk(time, r) - walk(1, r)) ** 2, r))


def size_at(time: sp.Expr) -> sp.Expr:
    """|e(t)|."""
    return euclidean(res(time, i), i)


def away(time: sp.Expr) -> sp.Expr:
    """0 while near, else 1."""
    return Indicator(Exceeds(far_at(time), R))


def beyond(time: sp.Expr) -> sp.Expr:
    """0 in the ball, else 1."""
    return Indicator(Exceeds(lip * dist_at(time), sigma0 - sigma))


def descent_at(time: sp.Expr, neuron: sp.Expr) -> sp.Expr:
    """Block r of J^T e."""
    return total(res(time, i) * jac_at(time, neuron, i), i)


def gradient_at(time: sp.Expr) -> sp.Expr:
    """|J^T e|."""
    return sp.sqrt(total(Norm(descent_at(time, r)) ** 2, r))


def gram_at(time: sp.Expr) -> Mat:
    """J J^T."""
    return rows("JJ", jac_at(time, r, i))


def change_at(time: sp.Expr) -> Mat:
    """The Gram matrix of the rows of J(W(t)) - J(W(1))."""
    return rows("DJ", jac_at(time, r, i) - jac_at(1, r, i))


def excess_at(time: sp.Expr) -> sp.Expr:
    """|F(W(t+1)) - F(W(t)) - J (W(t+1) - W(t))|."""
    mapped = total(Entry(gram_at(time), i, j) * res(time, j), j)
    return euclidean(res(time + 1, i) - res(time, i) + eta * mapped, i)


@once
def run_of(at: Instance) -> model.Array:
    """The walk from W0, (T+1, m, d)."""
    steps = at["eta"] * _blocks(at)
    found: model.Array = np.concatenate((at["W0"][None], steps[:-1])).cumsum(axis=0)
    return found


@once
def of_network(at: Instance) -> dict[str, model.Array]:
    """residuals and jacobians of the network on X (n, d), y (n,) with signs a (m,), for T steps from W0."""
    weights, residuals = model.run(at["X"], at["W0"], at["a"], at["y"], at["eta"], at["T"])
    signed = at["a"][:, None] * np.exp(weights @ at["X"].T)
    return {"residuals": residuals, "jacobians": signed[..., None] * at["X"]}


def _arrays(at: Instance) -> Instance:
    """The residuals and Jacobians: given, or those of a network."""
    return at if "jacobians" in at else of_network(at)


@once
def _flat(at: Instance) -> model.Array:
    """The Jacobians as matrices, (T+1, n, m d)."""
    J = np.swapaxes(_arrays(at)["jacobians"], 1, 2)
    flat: model.Array = J.reshape(*J.shape[:2], -1)
    return flat


@once
def _blocks(at: Instance) -> model.Array:
    """J^T e, (T+1, m, d)."""
    arrays = _arrays(at)
    blocks: model.Array = (arrays["jacobians"] * arrays["residuals"][:, None, :, None]).sum(axis=2)
    return blocks


def _each(measure: Callable[[model.Array], model.Scalar], rows: model.Array) -> model.Array:
    """A measure at each time, (T+1,)."""
    return np.array([measure(row) for row in rows])


def _norms(rows: model.Array) -> model.Array:
    """The Frobenius norm at each time."""
    squares = (rows * rows).reshape(len(rows), -1).sum(axis=1)
    return np.array([model.square_root(square) for square in squares])


def _largest_rows(rows: model.Array) -> model.Array:
    """The largest norm of a row at each time."""
    if model.is_ball(rows):
        return _each(model.max_row_norm, rows)
    norms: model.Array = np.sqrt((rows * rows).sum(axis=2).max(axis=1))
    return norms


def _spectral(matrices: model.Array) -> model.Array:
    """The spectral norm at each time."""
    if model.is_ball(matrices):
        return _each(model.spectral_norm, matrices)
    norms: model.Array = np.linalg.svd(matrices, compute_uv=False)[:, 0]
    return norms


@once
def _moves(at: Instance) -> model.Array:
    """W(t) - W(1), (T+1, m, d)."""
    moves: model.Array = run_of(at) - at["W0"]
    return moves


def _far(at: Instance) -> model.Array:
    """max_r |w_r(t) - w_r(1)|, (T+1,)."""
    return _largest_rows(_moves(at))


def _near(at: Instance) -> model.Array:
    """1 while near, else 0, (T+1,)."""
    return np.array([int(model.at_most(far, at["R"])) for far in _far(at)])


def _in_ball(at: Instance) -> model.Array:
    """1 in the ball, else 0, (T+1,)."""
    far = at["sigma0"] - at["sigma"]
    return np.array([int(model.at_most(at["lip"] * size, far)) for size in _norms(_moves(at))])


def _largest_slope(at: Instance) -> model.Scalar:
    return model.maximum((_spectral(_flat(at)[:-1]) * _near(at)[:-1]) * _in_ball(at)[:-1])


def _bend(at: Instance) -> model.Scalar:
    J = _flat(at)[:-1]
    return model.maximum((_spectral(J - J[0]) - at["lip"] * _norms(_moves(at)[:-1])) * _near(at)[:-1])


def _excesses(at: Instance) -> model.Array:
    J, e, blocks = _flat(at)[:-1], _arrays(at)["residuals"], _blocks(at)[:-1]
    mapped = (J * blocks.reshape(len(blocks), 1, -1)).sum(axis=2)
    return _norms(e[1:] - e[:-1] + at["eta"] * mapped)


def _remainder(at: Instance) -> model.Scalar:
    near, blocks = _near(at), _blocks(at)[:-1]
    left = _excesses(at) - at["lip"] * at["eta"] * at["eta"] * (blocks * blocks).sum(axis=(1, 2)) / 2
    return model.maximum(left * near[:-1] * near[1:])


def sizes_of(at: Instance) -> model.Array:
    """|e(t)| for t = 1, ..., T+1."""
    return _norms(_arrays(at)["residuals"])


def _worst_step(at: Instance) -> model.Scalar:
    sizes = sizes_of(at)
    return model.maximum(sizes[1:] - (1 - at["eta"] * at["c"] * at["sigma"] * at["sigma"]) * sizes[:-1])


def _heaviest(at: Instance) -> model.Scalar:
    pulls = _largest_rows(_blocks(at)) - at["lip"] * _norms(_arrays(at)["residuals"])
    return model.maximum((pulls * _near(at))[:-1])


def _least_slope(at: Instance) -> model.Scalar:
    J = _flat(at)[0]
    return model.lambda_min(J @ J.T)


lam_first = Quantity(
    "lam_first",
    real(),
    "least eigenvalue of J(W(1)) J(W(1))^T",
    _least_slope,
    LambdaMin(gram_at(sp.S.One)),
)
size_first = Quantity(
    "size_first",
    real(0),
    "|e(1)|, the residual at the start",
    lambda at: model.frobenius(_arrays(at)["residuals"][0]),
    size_at(sp.S.One),
)
reach = Quantity(
    "reach",
    real(0),
    "largest |W(t) - W(1)|_F before the last step",
    lambda at: model.maximum(_norms(_moves(at)[:-1])),
    sup(dist_at(t), t),
)
farthest = Quantity(
    "farthest",
    real(0),
    "largest |w_r(t) - w_r(1)| before the last step",
    lambda at: model.maximum(_far(at)[:-1]),
    sup(Norm(walk(t, r) - walk(1, r)), t, r),
)
size_last = Quantity(
    "size_last",
    real(0),
    "|e(T+1)|, the residual after the last step",
    lambda at: model.frobenius(_arrays(at)["residuals"][-1]),
    size_at(T + 1),
)


def shrinks(step: sp.Expr) -> sp.Expr:
    """The largest |e(t+1)| - (1 - step c sigma^2) |e(t)|."""
    return sup(size_at(t + 1) - (1 - step * c * sigma**2) * size_at(t), t)


worst_step = Quantity(
    "worst_step",
    real(),
    "largest |e(t+1)| - (1 - eta c sigma^2) |e(t)|: no step fails to contract if it is at most 0",
    _worst_step,
    shrinks(eta),
)
largest_slope = Quantity(
    "largest_slope",
    real(),
    "largest |J(W(t))| while near and in the ball",
    _largest_slope,
    sup((1 - away(t)) * (1 - beyond(t)) * sp.sqrt(Spectral(gram_at(t))), t),
)
bend = Quantity(
    "bend",
    real(),
    "largest |J(W(t)) - J(W(1))| - Lambda |W(t) - W(1)| while near",
    _bend,
    sup((1 - away(t)) * (sp.sqrt(Spectral(change_at(t))) - lip * dist_at(t)), t),
)
remainder = Quantity(
    "remainder",
    real(),
    "largest |F(W(t+1)) - F(W(t)) - J (W(t+1) - W(t))| - Lambda |W(t+1) - W(t)|^2 / 2 for steps near",
    _remainder,
    sup((1 - away(t)) * (1 - away(t + 1)) * (excess_at(t) - lip * eta**2 * gradient_at(t) ** 2 / 2), t),
)
stray = Quantity(
    "stray",
    real(0),
    "largest |w_r(t+1) - w_r(t) - eta (J^T e)_r|; 0 for a run of gradient descent",
    lambda at: 0 * at["eta"],
    sup(Norm(walk(t + 1, r) - walk(t, r) - eta * descent_at(t, r)), t, r),
)
heaviest = Quantity(
    "heaviest",
    real(),
    "largest |(J^T e)_r| - Lambda |e(t)| while near",
    _heaviest,
    sup((1 - away(t)) * (Norm(descent_at(t, r)) - lip * size_at(t)), t, r),
)
