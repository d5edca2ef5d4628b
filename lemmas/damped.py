"""The notation table, fifth page: neurons damped by how far out they lie, and bounds on the Laplace transform.

A = K^{-1/2} Z K^{-1/2} is one neuron's share, whitened; the neuron g_s is damped by s(g_s), which is 1 if no <g_s, x_i>
exceeds the level b_1, e^{b_1 - b_{k+1}} if the largest lies in (b_k, b_{k+1}], k <= J, and 0 beyond b_{J+1}.

Instances hold X (n, d), G (q, d), edge (J+1,); features alpha, rho (F,), alpha2, rho2 (F2,); any trial numbers
V1 (F, n, n), V2 (F2, n, n), T (n, J, n, n), T_top (n, n, n): the bounds hold for all of them.
"""

from __future__ import annotations

import sympy as sp
from sympy import exp

from lemmas import model
from lemmas.start import A, h, o, root
from lemmas.symbols import g, i, j, k, n, s, x
from verify import Quantity, integer, positive, real
from verify.proof.rules.matrix_concentration import average
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Index,
    Indicator,
    Inner,
    LambdaMin,
    Mat,
    MeanExcess,
    TracePower,
    data_numbers,
    put,
    sup,
    total,
)

theta = Quantity("theta", positive(), "exponent of the Laplace transform")
z = Quantity("z", real(0), "an eigenvalue")
F = Quantity("F", integer(1), "number of features of the first kind", lambda at: len(at["alpha"]))
F2 = Quantity("F2", integer(1), "number of features of the second kind", lambda at: len(at["alpha2"]))
J = Quantity("J", integer(1), "number of levels between no damping and none left", lambda at: len(at["edge"]) - 1)
ell, ell2, y = (Index(name, n) for name in ("ell", "ell2", "y"))
feat, feat_, feat2 = Index("feat", F), Index("feat_", F), Index("feat2", F2)
level = Index("level", J)
alpha, rho, alpha2, rho2 = (data_numbers(name) for name in ("alpha", "rho", "alpha2", "rho2"))
V1, V2, T, T_top, edge = (data_numbers(name) for name in ("V1", "V2", "T", "T_top", "edge"))


# --- the resolvent bound ----------------------------------------------------------------------------------------------

POINT = Inner(g(s), x(ell))
ROW = total(root(i, k) * exp(Inner(g(s), x(k))) * x(k), k)  # a_i: A_ij = <a_i, a_j>
FEATURE = exp(alpha(feat) * POINT - rho(feat) ** 2 * POINT**2 / 2)
FEATURE2 = exp(alpha2(feat2) * POINT - rho2(feat2) ** 2 * POINT**2 / 2)
VECTOR = total(FEATURE * V1(feat, ell, i) * x(ell), feat, ell)  # p_i
NUMBER = total(FEATURE2 * root(o, ell) * V2(feat2, ell, i), feat2, ell)  # t_oi


def resolvent_entry() -> sp.Expr:
    """Entry (i, j) of the matrix of u -> |u - theta Y p|^2 + theta |p - Y't|^2 + 2 |t|^2 for one neuron."""
    t_j, p_j = put(NUMBER, {i: j}), put(VECTOR, {i: j}).xreplace({ell: ell2, feat: feat_})
    yp_i = Inner(put(ROW, {i: o}), VECTOR)
    yp_j = put(yp_i, {i: j})
    first = sp.KroneckerDelta(i, j) - theta * (put(yp_j, {o: i}) + put(yp_i, {o: j})) + theta**2 * total(yp_i * yp_j, o)
    cross = Inner(VECTOR, p_j) - total(t_j * yp_i, o) - total(NUMBER * yp_j, o)
    bent = total(NUMBER * Entry(A, o, y) * put(t_j, {o: y}), o, y)
    return first + theta * (cross + bent) + 2 * total(NUMBER * t_j, o)


def at_one(entry: sp.Expr) -> sp.Expr:
    """The same for the first neuron."""
    return put(entry, {s: 1})


def mean_of(name: str, entry: sp.Expr) -> Mat:
    """The matrix of the expectations of these entries, for one neuron."""
    found: Mat = Mat(name, sp.Lambda((i, j), Expect(at_one(entry))))
    return found


A_1 = Mat("A", sp.Lambda((i, j), at_one(Entry(A, i, j))))
RESOLVENT = mean_of("resolvent bound", resolvent_entry())


# --- damping ----------------------------------------------------------------------------------------------------------

FARTHEST = sup(POINT, ell)


def beyond(value: sp.Expr, number: sp.Expr) -> sp.Expr:
    """The indicator of value > number."""
    return Indicator(Exceeds(value, number))


def slab(value: sp.Expr) -> sp.Expr:
    """The indicator of edge_k < value <= edge_{k+1}."""
    return beyond(value, edge(level)) - beyond(value, edge(level + 1))


SQUARE = exp(2 * (edge(1) - edge(level + 1)))  # s_k^2
WEIGHT2 = 1 - beyond(FARTHEST, edge(1)) + total(SQUARE * slab(FARTHEST), level)  # s^2 of the neuron g_s
RATE = theta * (1 + SQUARE) / 2
LAST = beyond(POINT, edge(J + 1))


def tangent_entry(trial: sp.Expr, rate: sp.Expr) -> sp.Expr:
    """Entry (i, j) of (1 - T)'(1 - T)/c + T'A T for one neuron."""
    t_oi, t_oj = put(trial, {i: o, j: i}), put(trial, {i: o})
    square = sp.KroneckerDelta(i, j) - trial - put(trial, {i: j, j: i}) + total(t_oi * t_oj, o)
    return square / rate + total(t_oi * Entry(A, o, y) * put(trial, {i: y}), o, y)


def price_entry() -> sp.Expr:
    """Entry (i, j) of what damping costs, for one neuron."""
    slabs = slab(POINT) * (1 - SQUARE) * theta * tangent_entry(T(ell, level, i, j), RATE)
    return total(slabs, level, ell) + total(LAST * theta * tangent_entry(T_top(ell, i, j), theta / 2), ell)


PRICE = mean_of("price of damping", price_entry())
DAMPED = Mat("A~", sp.Lambda((i, j), WEIGHT2 * Entry(A, i, j)))
BOUND = Mat("bound", sp.Lambda((i, j), Entry(RESOLVENT, i, j) + Entry(PRICE, i, j)))
KEPT, LOST = exp(-theta * z), exp(-theta * at_one(WEIGHT2) * z) - exp(-theta * z)
