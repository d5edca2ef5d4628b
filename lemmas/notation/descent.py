"""The notation table, fourth page: one step of gradient descent for any C^1 map F, the weights being m blocks of R^d.

J = J(W) and J0 = J(W(0)) are given by blocks (row i, block r); e = y - F(W), e_next = y - F(W+), W+ = W + eta J^T e.
Instances hold arrays W, W0 (m, d), J, J0 (m, n, d), e, e_next (n,). m = 1 is a map of one vector.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from lemmas import model
from lemmas.notation.symbols import e, eta, i, j, r, w, w0
from verify import Quantity, positive, real
from verify.proof.terms import (
    Entry,
    Index,
    Inner,
    LambdaMin,
    Mat,
    Norm,
    Spectral,
    euclidean,
    scalars,
    total,
    vectors,
)
from verify.statement import Instance

jac, jac0, e_next = vectors("J"), vectors("J0"), scalars("e_next")


def rows(matrix: str, block: sp.Expr) -> Mat:
    """The Gram matrix of the rows with these blocks v_ri: entry i, j is the sum over r of <v_ri, v_rj>."""
    gram: Mat = Mat(matrix, sp.Lambda((i, j), total(Inner(block, block.subs(i, j)), r)))
    return gram


JJ, JJ0, DJ = rows("JJ", jac(r, i)), rows("JJ", jac0(r, i)), rows("DJ", jac(r, i) - jac0(r, i))


def direction(neuron: Index) -> sp.Expr:
    """Block r of J^T e."""
    return total(e(i) * jac(neuron, i), i)


def _flat(blocks: model.Array) -> model.Array:
    """Blocks (m, n, d) as a matrix (n, m d)."""
    return np.swapaxes(blocks, 0, 1).reshape(blocks.shape[1], -1)


def _direction(at: Instance) -> model.Array:
    """J^T e, (m, d)."""
    flat = _flat(at["J"]).T @ at["e"]
    blocks: model.Array = flat.reshape(len(at["J"]), -1)
    return blocks


def _gram(blocks: model.Array) -> model.Array:
    flat = _flat(blocks)
    product: model.Array = flat @ flat.T
    return product


sigma0 = Quantity("sigma0", positive(), "a lower bound on the least singular value of J(W(0))")
sigma = Quantity("sigma", positive(), "what is left of sigma0 at the end of the ball, sigma0 sqrt(1 - 2h/c)")
lip = Quantity("lip", positive(), "Lambda, the Lipschitz constant of the Jacobian")
beta = Quantity("beta", positive(), "a bound on |J|")
c = Quantity("c", positive(1), "the share of the descent that curvature leaves, 1 - eta beta^2/2 - eta Lambda |e(0)|/2")
lam_JJ0 = Quantity(
    "lam_JJ0",
    real(),
    "least eigenvalue of J(W(0)) J(W(0))^T",
    lambda at: model.lambda_min(_gram(at["J0"])),
    LambdaMin(JJ0),
)
J_size = Quantity("J_size", real(0), "|J(W)|", lambda at: model.spectral_norm(_flat(at["J"])), sp.sqrt(Spectral(JJ)))
J_move = Quantity(
    "J_move",
    real(0),
    "|J(W) - J(W(0))|",
    lambda at: model.spectral_norm(_flat(at["J"] - at["J0"])),
    sp.sqrt(Spectral(DJ)),
)
grad_norm = Quantity(
    "grad_norm",
    real(0),
    "|J^T e|, the norm of the gradient of the loss",
    lambda at: model.frobenius(_direction(at)),
    sp.sqrt(total(Norm(direction(r)) ** 2, r)),
)
dist = Quantity(
    "dist",
    real(0),
    "|W - W(0)|_F",
    lambda at: model.frobenius(at["W"] - at["W0"]),
    sp.sqrt(total(Norm(w(r) - w0(r)) ** 2, r)),
)
dist_next = Quantity(
    "dist_next",
    real(0),
    "|W+ - W(0)|_F",
    lambda at: model.frobenius(at["W"] + at["eta"] * _direction(at) - at["W0"]),
    sp.sqrt(total(Norm(w(r) + eta * direction(r) - w0(r)) ** 2, r)),
)
res_next = Quantity(
    "res_next",
    real(0),
    "|e_next|, the residual after the step",
    lambda at: model.frobenius(at["e_next"]),
    euclidean(e_next(i), i),
)
mapped = total(Entry(JJ, i, j) * e(j), j)  # (J J^T e)_i
excess = Quantity(
    "excess",
    real(0),
    "|F(W+) - F(W) - J (W+ - W)|",
    lambda at: model.frobenius(at["e_next"] - at["e"] + at["eta"] * (_gram(at["J"]) @ at["e"])),
    euclidean(e_next(i) - e(i) + eta * mapped, i),
)
