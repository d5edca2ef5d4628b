"""The notation table: every symbol of the paper's model, once, with its domain, its meaning and how it is measured.

Instances hold arrays under the names X (n, d), W, W0, V (m, d), G (q, d), a (m,), y (n,), e (n,) = y - F(W), and
plain numbers under the names of the quantities. Neurons are rows. A start draws q independent Gaussian vectors G: with
independent signs W0 = G; a coupled start uses each twice, with opposite signs, so m = 2q.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from lemmas import model
from verify import Quantity, positive, real
from verify.proof.terms import (
    Entry,
    Frobenius,
    Index,
    Inner,
    LambdaMin,
    LeastDistance,
    LeastNorm,
    Mat,
    Norm,
    Spectral,
    data,
    data_numbers,
    euclidean,
    gaussians,
    mean,
    scalars,
    signs,
    sup,
    total,
    vectors,
)
from verify.statement import Instance, Size

# Sizes and parameters
n = Size("n", "X", "number of data points")
m = Size("m", "W", "number of neurons")
q = Size("q", "G", "number of independent Gaussian vectors at the start")
delta = Quantity("delta", positive(1, open_upper=True), "failure probability")
eta = Quantity("eta", positive(), "step size")
lam = Quantity("lam", positive(), "lambda, a number at most the least eigenvalue of K")
R = Quantity("R", real(0), "radius: how far a neuron may move")
B = Quantity("B", real(0), "bound on |<w_r(0), x_i>|")
B_q = Quantity("B", real(), "bound on |<w_r(0), x_i>| of q vectors")  # an abbreviation, no number of its own

# Generic indices and families
i, j, k = Index("i", n), Index("j", n), Index("k", n)
r, o, s = Index("r", m), Index("o", m), Index("s", q)
x, w, w0, v = data("X"), vectors("W"), vectors("W0"), vectors("V")
g = gaussians("G")

T = Size("T", "residuals", "number of steps", less=1, given=True)
t = Index("t", T)
a, y, e = signs("a"), data_numbers("y"), scalars("e")
Weights = Callable[[sp.Expr], sp.Expr]


def gram_entries(weights: Weights) -> sp.Lambda:
    """H(W)_ij = (1/m) sum_r <x_i, x_j> exp(<w_r, x_i + x_j>)."""
    return sp.Lambda((i, j), mean(Inner(x(i), x(j)) * sp.exp(Inner(weights(r), x(i) + x(j))), r))


def output(point: sp.Expr) -> sp.Expr:
    """F(W, x) = sum_o a_o exp(<w_o, x>)."""
    return total(a(o) * sp.exp(Inner(w(o), point)), o)


def descent(neuron: Index) -> sp.Expr:
    """-dL/dw_r = sum_j e_j a_r exp(<w_r, x_j>) x_j, as a vector."""
    return total(e(j) * a(neuron) * sp.exp(Inner(w(neuron), x(j))) * x(j), j)


def next_output(point: sp.Expr) -> sp.Expr:
    """F(W(t+1), x), every neuron being moved by eta times its descent direction."""
    return total(a(r) * sp.exp(Inner(w(r) + eta * descent(r), point)), r)


H, H0 = Mat("H", gram_entries(w)), Mat("H0", gram_entries(w0))
K = Mat("K", sp.Lambda((i, j), Inner(x(i), x(j)) * sp.exp(Norm(x(i) + x(j)) ** 2 / 2)))

# Measured quantities
nu = Quantity("nu", real(0), "largest norm of a data point", lambda at: model.max_row_norm(at["X"]), sup(Norm(x(i)), i))
M = Quantity(
    "M",
    real(0),
    "largest |<w_r(0), x_i>|",
    lambda at: model.max_abs_preactivation(at["X"], at["W0"]),
    sup(sp.Abs(Inner(w0(r), x(i))), r, i),
)
M_g = Quantity(
    "M_g",
    real(0),
    "largest |<g_s, x_i>| over the independent Gaussian vectors",
    lambda at: model.max_abs_preactivation(at["X"], at["G"]),
    sup(sp.Abs(Inner(g(s), x(i))), s, i),
)
S = Quantity(
    "S",
    real(0),
    "largest move of a neuron, max_r |w_r - w_r(0)|",
    lambda at: model.max_neuron_move(at["W"], at["W0"]),
    sup(Norm(w(r) - w0(r)), r),
)
D = Quantity(
    "D",
    real(0),
    "|H(W) - H(W(0))|_F",
    lambda at: model.frobenius(model.gram(at["X"], at["W"]) - model.gram(at["X"], at["W0"])),
    Frobenius(H - H0),
)
E = Quantity(
    "E",
    real(0),
    "|e(t)|, the distance to the labels",
    lambda at: model.frobenius(at["e"]),
    euclidean(e(i), i),
)
grad = Quantity(
    "grad",
    real(0),
    "largest |dL/dw_r|",
    lambda at: model.max_row_norm(model.gradient_at(at["X"], at["W"], at["a"], at["e"])),
    sup(Norm(descent(r)), r),
)
H_norm = Quantity(
    "H_norm",
    real(0),
    "|H(W)|, the largest eigenvalue",
    lambda at: model.spectral_norm(model.gram(at["X"], at["W"])),
    Spectral(H),
)


def _entry(at: Instance) -> tuple[int, int]:
    return at["i"] - 1, at["j"] - 1


dH_ij = Quantity(
    "dH_ij",
    real(0),
    "|H_ij(W) - H_ij(W(0))| at one entry",
    lambda at: abs(model.gram(at["X"], at["W"])[_entry(at)] - model.gram(at["X"], at["W0"])[_entry(at)]),
    sp.Abs(Entry(H - H0, i, j)),
)
size_ij = Quantity(
    "size_ij",
    real(0),
    "|<x_i, x_j>| times the mean of exp(<w_r(0), x_i + x_j>) at one entry",
    lambda at: abs(model.gram(at["X"], at["W0"])[_entry(at)]),
    sp.Abs(Inner(x(i), x(j))) * mean(sp.exp(Inner(w0(r), x(i) + x(j))), r),
)

lam_H = Quantity(
    "lam_H",
    real(),
    "least eigenvalue of H(W)",
    lambda at: model.lambda_min(model.gram(at["X"], at["W"])),
    LambdaMin(H),
)
lam_H0 = Quantity(
    "lam_H0",
    real(),
    "least eigenvalue of H(W(0))",
    lambda at: model.lambda_min(model.gram(at["X"], at["W0"])),
    LambdaMin(H0),
)
lam_K = Quantity(
    "lam_K",
    real(),
    "least eigenvalue of K",
    lambda at: model.lambda_min(model.limit_gram(at["X"])),
    LambdaMin(K),
)
step = Quantity(
    "step",
    real(0),
    "largest |<Delta_r, x_i>|, where Delta_r is the next step of neuron r",
    lambda at: at["eta"] * model.max_abs_preactivation(at["X"], model.gradient_at(at["X"], at["W"], at["a"], at["e"])),
    sup(sp.Abs(Inner(eta * descent(r), x(i))), r, i),
)
curvature = Quantity(
    "curvature",
    real(0),
    "|F(W(t+1)) - F(W(t)) - eta m H(W(t)) e(t)|",
    lambda at: model.frobenius(_beyond_linear(at)),
    euclidean(next_output(x(i)) - output(x(i)) - eta * m * total(Entry(H, i, j) * e(j), j), i),
)
E_next = Quantity(
    "E_next",
    real(0),
    "|e(t+1)|",
    lambda at: model.frobenius(at["e"] - _moved_output(at)),
    euclidean(e(i) - next_output(x(i)) + output(x(i)), i),
)


def _moved_output(at: Instance) -> model.Array:
    """F(W(t+1)) - F(W(t)), (n,)."""
    after = at["W"] - at["eta"] * model.gradient_at(at["X"], at["W"], at["a"], at["e"])
    return model.network(at["X"], after, at["a"]) - model.network(at["X"], at["W"], at["a"])


def _beyond_linear(at: Instance) -> model.Array:
    linear: model.Array = at["eta"] * len(at["W"]) * (model.gram(at["X"], at["W"]) @ at["e"])
    return _moved_output(at) - linear


y_max = Quantity("y_max", real(0), "largest |y_i|", lambda at: model.maximum(abs(at["y"])), sup(sp.Abs(y(i)), i))


def _least_distance(X: model.Array) -> model.Scalar:
    """min over i < j of |x_i - x_j|; 2, the diameter of the ball, for a single point."""
    distances = [-model.frobenius(X[i] - X[j]) for j in range(len(X)) for i in range(j)]
    return -model.maximum(np.array(distances)) if distances else 2.0


separation = Quantity(
    "separation",
    real(0),
    "least distance between two data points",
    lambda at: _least_distance(at["X"]),
    LeastDistance(sp.Lambda(i, x(i))),
)
least_norm = Quantity(
    "least_norm",
    real(0),
    "least norm of a data point",
    lambda at: -model.maximum(np.array([-model.frobenius(row) for row in at["X"]])),
    LeastNorm(sp.Lambda(i, x(i))),
)


_tau = sp.Symbol("tau", real=True)
_moving_loss = total((total(a(r) * sp.exp(Inner(w(r) + _tau * v(r), x(i))), r) - y(i)) ** 2, i) / 2
slope = Quantity(
    "slope",
    real(),
    "derivative of the loss at W in the direction V",
    lambda at: model.directional_derivative(at["X"], at["W"], at["a"], at["y"], at["V"]),
    sp.diff(_moving_loss, _tau).subs(_tau, 0),
)
pairing = Quantity(
    "pairing",
    real(),
    "sum over r of <dL/dw_r, v_r> with dL/dw_r = sum_i (F_i - y_i) a_r exp(<w_r, x_i>) x_i",
    lambda at: (model.gradient(at["X"], at["W"], at["a"], at["y"]) * at["V"]).sum(),
    total((output(x(i)) - y(i)) * a(r) * sp.exp(Inner(w(r), x(i))) * Inner(x(i), v(r)), i, r),
)
JJ_ij = Quantity(
    "JJ_ij",
    real(),
    "one entry of J J^T",
    lambda at: _jacobian_gram(at)[_entry(at)],
    total(Inner(a(r) * sp.exp(Inner(w(r), x(i))) * x(i), a(r) * sp.exp(Inner(w(r), x(j))) * x(j)), r),
)
H_ij = Quantity(
    "H_ij",
    real(),
    "one entry of H(W)",
    lambda at: model.gram(at["X"], at["W"])[_entry(at)],
    Entry(H, i, j),
)


def _jacobian_gram(at: Instance) -> model.Array:
    J = model.jacobian(at["X"], at["W"], at["a"])
    gram: model.Array = J @ J.T
    return gram
