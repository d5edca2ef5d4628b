"""The notation table, second page: the start, its Gram matrix H_g over the q independent Gaussian vectors, and K.

Instances hold X (n, d) and G (q, d); a coupled start and an independent one have the same Gram matrix H(W(0)) = H_g.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
import sympy as sp

from lemmas import model
from lemmas.laplace.lower_tail import plain_second_moment, whitened_variance, whitened_variance_ball
from lemmas.notation.symbols import B, K, g, i, j, k, n, s, x
from lemmas.quadrature import exponential_mean
from verify import Quantity, real
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Frobenius,
    Index,
    Indicator,
    Inner,
    InverseRoot,
    LambdaMax,
    LambdaMin,
    Mat,
    Norm,
    euclidean,
    mean,
    rademachers,
    sup,
    total,
)
from verify.statement import Instance

b = rademachers("a")  # the signs of a start with independent signs, one for each Gaussian vector
H_g = Mat("H_g", sp.Lambda((i, j), mean(Inner(x(i), x(j)) * sp.exp(Inner(g(s), x(i) + x(j))), s)))


def share(weight: sp.Expr) -> sp.Expr:
    """One neuron's share <x_i, x_j> exp(<w, x_i + x_j>) of the entry (i, j)."""
    return Inner(x(i), x(j)) * sp.exp(Inner(weight, x(i) + x(j)))


def _exp_square(vector: sp.Expr) -> sp.Expr:
    """E e^<w, v> = exp(|v|^2 / 2)."""
    return sp.exp(Norm(vector) ** 2 / 2)


def at_entry(matrix: model.Array, at: Instance) -> Any:
    """The entry of a matrix (n, n) that an instance names by i and j, counted from 1."""
    return matrix[at["i"] - 1, at["j"] - 1]


M1_g = Quantity(
    "M1_g",
    real(),
    "largest <g_s, x_i> over the independent Gaussian vectors, one-sided",
    lambda at: model.max_preactivation(at["X"], at["G"]),
    sup(Inner(g(s), x(i)), s, i),
)
D_g = Quantity(
    "D_g",
    real(0),
    "|H(W(0)) - K|_F",
    lambda at: model.frobenius(model.gram(at["X"], at["G"]) - model.limit_gram(at["X"])),
    Frobenius(H_g - K),
)
lam_g = Quantity(
    "lam_g",
    real(),
    "least eigenvalue of H(W(0))",
    lambda at: model.lambda_min(model.gram(at["X"], at["G"])),
    LambdaMin(H_g),
)
K_ij = Quantity("K_ij", real(), "one entry of K", lambda at: at_entry(model.limit_gram(at["X"]), at), Entry(K, i, j))
Z_ij = Quantity(
    "Z_ij",
    real(),
    "mean of one neuron's share <x_i, x_j> exp(<w, x_i + x_j>) of an entry, by quadrature",
    lambda at: _inner(at) * exponential_mean(_sum_norm(at)),
    Expect(share(g(1))),
)
norm_ij = Quantity("norm_ij", real(0), "|x_i + x_j|", lambda at: _sum_norm(at), Norm(x(i) + x(j)))
s_ij = Quantity("s_ij", real(), "<x_i, x_j>", lambda at: _inner(at), Inner(x(i), x(j)))
len_i = Quantity("len_i", real(0), "|x_i|", lambda at: model.frobenius(at["X"][at["i"] - 1]), Norm(x(i)))
len_j = Quantity("len_j", real(0), "|x_j|", lambda at: model.frobenius(at["X"][at["j"] - 1]), Norm(x(j)))


def _inner(at: Instance) -> Any:
    return at["X"][at["i"] - 1] @ at["X"][at["j"] - 1]


def _sum_norm(at: Instance) -> Any:
    return model.frobenius(at["X"][at["i"] - 1] + at["X"][at["j"] - 1])


cut_ij = Quantity(
    "cut_ij",
    real(0),
    "E[exp(<w, x_i + x_j>); <w, x_i + x_j> > 2 B], by quadrature",
    lambda at: exponential_mean(_sum_norm(at), 2 * at["B"]),
    Expect(sp.exp(Inner(g(1), x(i) + x(j))) * Indicator(Exceeds(Inner(g(1), x(i) + x(j)), 2 * B))),
)
F_g = Quantity(
    "F_g",
    real(0),
    "|F(W(0))| at a start with q neurons and independent signs",
    lambda at: model.frobenius(model.features(at["X"], at["G"]) @ at["a"][: len(at["G"])]),
    euclidean(total(b(s) * sp.exp(Inner(g(s), x(i))), s), i),
)
E_F = Quantity(
    "E_F",
    real(0),
    "Frobenius norm of the features exp(<g_s, x_i>)",
    lambda at: model.frobenius(model.features(at["X"], at["G"])),
    sp.sqrt(total(sp.exp(2 * Inner(g(s), x(i))), i, s)),
)
least_diag = Quantity(
    "least_diag",
    real(0),
    "min_i |x_i|^2 exp(2 |x_i|^2), the least diagonal entry of K",
    lambda at: -model.maximum(-_diagonal(at["X"])),
    -sup(-(Norm(x(i)) ** 2) * sp.exp(2 * Norm(x(i)) ** 2), i),
)


def _diagonal(X: model.Array) -> model.Array:
    squares = (X * X).sum(axis=1)
    diagonal: model.Array = squares * np.exp(2 * squares)
    return diagonal


Z = Mat("Z", sp.Lambda((i, j), share(g(s))))  # one neuron's share, of which H_g is the mean
Z2 = Mat("Z2", sp.Lambda((i, j), total(Inner(x(i), x(k)) * Inner(x(k), x(j)) * _exp_square(x(i) + 2 * x(k) + x(j)), k)))
v_Z = Quantity(
    "v_Z",
    real(),
    "|E Z^2|, entry (i, j) of E Z^2 being sum_k <x_i, x_k> <x_k, x_j> exp(|x_i + 2 x_k + x_j|^2 / 2)",
    lambda at: model.spectral_norm(plain_second_moment(at["X"] @ at["X"].T)),
    LambdaMax(Z2),
)


h, o, p, u, row, column = (Index(name, n) for name in ("h", "o", "p", "u", "row", "column"))
K_again = Mat("K", sp.Lambda((row, column), Entry(K, row, column)))  # the same matrix, with letters of its own


def root(i: sp.Expr, j: sp.Expr) -> sp.Expr:
    """An entry of K^(-1/2)."""
    return InverseRoot(K_again, i, j)


def whitened(entry: sp.Expr) -> sp.Lambda:
    """The entries of K^(-1/2) A K^(-1/2), the entry (k, h) of A being given."""
    return sp.Lambda((i, j), total(root(i, k) * root(j, h) * entry, k, h))


def _second(k: sp.Expr, h: sp.Expr, p: sp.Expr, u: sp.Expr) -> sp.Expr:
    """E Z_kh Z_pu."""
    return Inner(x(k), x(h)) * Inner(x(p), x(u)) * _exp_square(x(k) + x(h) + x(p) + x(u))


A = Mat("A", whitened(share(g(s)).subs({i: k, j: h}, simultaneous=True)))  # one neuron's share, whitened
H_white = Mat("H_white", whitened(Entry(H_g, k, h)))
A2 = Mat(
    "A2",
    sp.Lambda(
        (i, j),
        total(root(i, k) * root(o, h) * root(o, p) * root(j, u) * _second(k, h, p, u), k, h, p, u, o),
    ),
)
rel_g = Quantity(
    "rel_g",
    real(),
    "least eigenvalue of K^(-1/2) H(W(0)) K^(-1/2)",
    lambda at: relative_least(model.gram(at["X"], at["G"]), model.limit_gram(at["X"])),
    LambdaMin(H_white),
)
v_A = Quantity(
    "v_A",
    real(),
    "V = |E A^2| for one neuron's share A, whitened by K",
    lambda at: (whitened_variance_ball if model.is_ball(at["X"]) else whitened_variance)(at["X"] @ at["X"].T),
    LambdaMax(A2),
)


def relative_least(H: model.Array, S: model.Array) -> float:
    """The least eigenvalue of S^(-1/2) H S^(-1/2), in floats. Raises NotImplementedError for balls."""
    if model.is_ball(H):
        raise NotImplementedError("no enclosure of the least eigenvalue of a pencil")
    return float(scipy.linalg.eigh(H, S, eigvals_only=True)[0])
