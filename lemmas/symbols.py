"""The notation table: every symbol of the paper's model, once, with its domain, its meaning and how it is measured.

Instances hold arrays under the names X (n, d), W (m, d), W0 (m, d), G (q, d), a (m,), y (n,), e (n,) = y - F(W), and
plain numbers under the names of the quantities. Neurons are rows. A start draws q independent Gaussian vectors G: with
independent signs W0 = G; a coupled start uses each twice, with opposite signs, so m = 2q.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from lemmas import model
from verify import Quantity, integer, positive, real
from verify.proof.terms import (
    Frobenius,
    Index,
    Inner,
    Mat,
    Norm,
    Spectral,
    data,
    euclidean,
    gaussians,
    mean,
    scalars,
    signs,
    sup,
    total,
    vectors,
)

# Sizes and parameters
n = Quantity("n", integer(1), "number of data points", lambda at: len(at["X"]))
m = Quantity("m", integer(1), "number of neurons", lambda at: len(at["W"]))
q = Quantity("q", integer(1), "number of independent Gaussian vectors at the start", lambda at: len(at["G"]))
delta = Quantity("delta", positive(1, open_upper=True), "failure probability")
eta = Quantity("eta", positive(), "step size")
R = Quantity("R", real(0), "radius: how far a neuron may move")
B = Quantity("B", real(0), "bound on |<w_r(0), x_i>|")

# Generic indices and families
i, j, k = Index("i", n), Index("j", n), Index("k", n)
r, s = Index("r", m), Index("s", q)
x, w, w0 = data("X"), vectors("W"), vectors("W0")
g = gaussians("G")
a, y, e = signs("a"), scalars("y"), scalars("e")
Weights = Callable[[sp.Expr], sp.Expr]


def gram_entries(weights: Weights) -> sp.Lambda:
    """H(W)_ij = (1/m) sum_r <x_i, x_j> exp(<w_r, x_i + x_j>)."""
    return sp.Lambda((i, j), mean(Inner(x(i), x(j)) * sp.exp(Inner(weights(r), x(i) + x(j))), r))


def descent(neuron: Index) -> sp.Expr:
    """-dL/dw_r = sum_i e_i a_r exp(<w_r, x_i>) x_i, as a vector."""
    return total(e(i) * a(neuron) * sp.exp(Inner(w(neuron), x(i))) * x(i), i)


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
