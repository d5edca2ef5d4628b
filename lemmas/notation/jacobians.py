"""The notation table, third page: Jacobians, operator norms, and the Euclidean distance of all weights at once.

Row i of J(W) has the blocks a_r exp(<w_r, x_i>) x_i, so |J(W) - J(W')|^2 is the norm of a Gram matrix free of signs.
Instances hold a second point W1 (m, d) beside W, and numbers u (n,).
"""

from __future__ import annotations

import sympy as sp

from lemmas import model
from lemmas.notation.symbols import a, i, j, r, w, w0, x
from verify import Quantity, positive, real
from verify.proof.terms import FamilyOf, Inner, Mat, Norm, Spectral, euclidean, scalars, sup, total, vectors
from verify.statement import Instance

w1 = vectors("W1")
u: FamilyOf = scalars("u")
B1 = Quantity("B1", real(), "bound on <w_r(0), x_i>, one-sided")
X_gram = Mat("XX", sp.Lambda((i, j), Inner(x(i), x(j))))
X_norm = Quantity("X_norm", real(0), "|X|", lambda at: model.spectral_norm(at["X"]), sp.sqrt(Spectral(X_gram)))
M1 = Quantity(
    "M1",
    real(),
    "largest <w_r(0), x_i>, one-sided",
    lambda at: model.max_preactivation(at["X"], at["W0"]),
    sup(Inner(w0(r), x(i)), r, i),
)
S1 = Quantity(
    "S1",
    real(0),
    "largest move of a neuron at the second point, max_r |w'_r - w_r(0)|",
    lambda at: model.max_neuron_move(at["W1"], at["W0"]),
    sup(Norm(w1(r) - w0(r)), r),
)
W_gap = Quantity(
    "W_gap",
    real(0),
    "|W - W'|_F",
    lambda at: model.frobenius(at["W"] - at["W1"]),
    sp.sqrt(total(Norm(w(r) - w1(r)) ** 2, r)),
)


def block_gap(neuron: sp.Expr, point: sp.Expr) -> sp.Expr:
    """exp(<w_r, x_i>) - exp(<w'_r, x_i>): what block r of row i of J(W) - J(W') has before x_i, but for the sign."""
    return sp.exp(Inner(w(neuron), x(point))) - sp.exp(Inner(w1(neuron), x(point)))


def feature(neuron: sp.Expr, point: sp.Expr) -> sp.Expr:
    """exp(<w_r, x_i>)."""
    return sp.exp(Inner(w(neuron), x(point)))


GAP = Mat("DJ", sp.Lambda((i, j), total(Inner(block_gap(r, i) * x(i), block_gap(r, j) * x(j)), r)))
J_gap = Quantity(
    "J_gap",
    real(0),
    "|J(W) - J(W')|",
    lambda at: model.spectral_norm(_jacobian(at, "W") - _jacobian(at, "W1")),
    sp.sqrt(Spectral(GAP)),
)


JJ_net = Mat("JJ", sp.Lambda((i, j), total(Inner(feature(r, i) * x(i), feature(r, j) * x(j)), r)))
J_norm = Quantity(
    "J_norm",
    real(0),
    "|J(W)|, J being the Jacobian of the network",
    lambda at: model.spectral_norm(_jacobian(at, "W")),
    sp.sqrt(Spectral(JJ_net)),
)


def line_gap(neuron: sp.Expr, point: sp.Expr) -> sp.Expr:
    """exp(<w'_r, x_i>) less its tangent at <w_r, x_i>."""
    return -block_gap(neuron, point) - feature(neuron, point) * Inner(w1(neuron) - w(neuron), x(point))


F_bend = Quantity(
    "F_bend",
    real(0),
    "|F(W') - F(W) - J(W) (W' - W)|",
    lambda at: model.frobenius(_line_gaps(at) @ at["a"]),
    euclidean(total(a(r) * line_gap(r, i), r), i),
)


def _line_gaps(at: Instance) -> model.Array:
    """(n, m)."""
    before, after = (model.features(at["X"], at[name]) for name in ("W", "W1"))
    gaps: model.Array = after - before - before * (at["X"] @ (at["W1"] - at["W"]).T)
    return gaps


def _jacobian(at: Instance, weights: str) -> model.Array:
    return model.jacobian(at["X"], at[weights], at["a"])


# Damped analysis: block r of J(W(0)) is scaled by s_r; the network is untouched.
damp = scalars("damp")
b = Quantity("b", real(), "the level above which neurons are damped")
rad = Quantity("rad", positive(), "how far all weights together may move")
X_squares = Mat("XX2", sp.Lambda((i, j), Inner(x(i), x(j)) ** 2))
n4 = Quantity(
    "n4", real(0), "|G o G|^(1/2), G = X X^T", lambda at: model.hadamard_norm(at["X"]), sp.sqrt(Spectral(X_squares))
)
tamed = Quantity(
    "tamed",
    real(0),
    "largest s_r exp(<w_r(0), x_i>)",
    lambda at: model.maximum(abs(at["damp"])[None, :] * model.features(at["X"], at["W0"])),
    sup(sp.Abs(damp(r)) * sp.exp(Inner(w0(r), x(i))), r, i),
)
weight = Quantity("weight", real(0), "largest s_r", lambda at: model.maximum(abs(at["damp"])), sup(sp.Abs(damp(r)), r))


def pulled(family: FamilyOf) -> sp.Expr:
    """Block r of J^T u, but for the sign."""
    return total(u(i) * sp.exp(Inner(family(r), x(i))) * x(i), i)


u_norm = Quantity("u_norm", real(0), "|u|", lambda at: model.frobenius(at["u"]), euclidean(u(i), i))
pull_0 = Quantity(
    "pull_0",
    real(0),
    "|J~0^T u|, block r of J(W(0)) scaled by s_r",
    lambda at: model.frobenius(at["damp"][:, None] * _pull(at, "W0")),
    sp.sqrt(total(Norm(damp(r) * pulled(w0)) ** 2, r)),
)
pull = Quantity(
    "pull",
    real(0),
    "|J(W)^T u|",
    lambda at: model.frobenius(_pull(at, "W")),
    sp.sqrt(total(Norm(pulled(w)) ** 2, r)),
)


def _pull(at: Instance, weights: str) -> model.Array:
    """The blocks of J^T u but for the signs, (m, d)."""
    blocks: model.Array = (at["u"][:, None] * model.features(at["X"], at[weights])).T @ at["X"]
    return blocks
