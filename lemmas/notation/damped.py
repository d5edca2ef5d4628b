"""The notation table, seventh page: neurons damped by how far out they lie, and bounds on the Laplace transform.

A = K^{-1/2} Z K^{-1/2} is one neuron's share, whitened; the neuron g_s is damped by s(g_s), which is 1 if no <g_s, x_i>
exceeds the level b_1, e^{b_1 - b_{k+1}} if the largest lies in (b_k, b_{k+1}], k <= J, and 0 beyond b_{J+1}.

Instances hold X (n, d), G (q, d), edge (J+1,); features alpha, rho (F,), alpha2, rho2 (F2,); any trial numbers
V1 (F, n, n), V2 (F2, n, n), T (n, J, n, n), T_top (n, n, n): the bounds hold for all of them.
"""

from __future__ import annotations

import sympy as sp
from sympy import exp

from lemmas import model
from lemmas.laplace import trials
from lemmas.notation.start import A, o, relative_least, root
from lemmas.notation.symbols import g, i, j, k, n, q, s, x
from verify import Quantity, Relation, le, positive, real
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
from verify.statement import Instance, Size

theta = Quantity("theta", positive(), "exponent of the Laplace transform")
z = Quantity("z", real(0), "an eigenvalue")
F = Size("F", "alpha", "number of features of the first kind")
F2 = Size("F2", "alpha2", "number of features of the second kind")
J = Size("J", "edge", "number of levels between no damping and none left", less=1)
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


def resolvent_entry(inner: sp.Expr = theta) -> sp.Expr:
    """Entry (i, j) of the matrix of u -> |u - theta Y p|^2 + theta |p - Y't|^2 + 2 |t|^2 for one neuron.

    inner: what stands for theta beside S, that is, theta inner |Y p|^2 for theta^2 |Y p|^2.
    """
    t_j, p_j = put(NUMBER, {i: j}), put(VECTOR, {i: j}).xreplace({ell: ell2, feat: feat_})
    yp_i = Inner(put(ROW, {i: o}), VECTOR)
    yp_j = put(yp_i, {i: j})
    first = (
        sp.KroneckerDelta(i, j)
        - theta * (put(yp_j, {o: i}) + put(yp_i, {o: j}))
        + theta * inner * total(yp_i * yp_j, o)
    )
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


def price_entry(taken: sp.Expr = 1 - SQUARE) -> sp.Expr:
    """Entry (i, j) of what damping costs, for one neuron; taken: the factor 1 - s_k^2 of a slab."""
    slabs = slab(POINT) * taken * theta * tangent_entry(T(ell, level, i, j), RATE)
    return total(slabs, level, ell) + total(LAST * theta * tangent_entry(T_top(ell, i, j), theta / 2), ell)


PRICE = mean_of("price of damping", price_entry())
DAMPED = Mat("A~", sp.Lambda((i, j), WEIGHT2 * Entry(A, i, j)))
BOUND = Mat("bound", sp.Lambda((i, j), Entry(RESOLVENT, i, j) + Entry(PRICE, i, j)))
KEPT, LOST = exp(-theta * z), exp(-theta * at_one(WEIGHT2) * z) - exp(-theta * z)


# --- measured quantities ----------------------------------------------------------------------------------------------

tau = Quantity("tau", real(), "what share of K the damped Gram matrix must keep, 1 - t")
rising = Quantity(
    "rising",
    real(),
    "largest edge_k - edge_{k+1}; at most 0 if the levels rise",
    lambda at: model.maximum(at["edge"][:-1] - at["edge"][1:]),
    sup(edge(level) - edge(level + 1), level),
)
above = Quantity(
    "above",
    real(),
    "largest edge_1 - edge_{k+1}; at most 0 if no level lies below the first",
    lambda at: model.maximum(at["edge"][0] - at["edge"][1:]),
    sup(edge(1) - edge(level + 1), level),
)
LEVELS: dict[str, Relation] = {"rising": le(rising, 0), "above": le(above, 0)}
gap_kept = Quantity(
    "gap_kept",
    real(),
    "lambda_max(E e^{-theta A} - M), M the resolvent bound; by quadrature, for one point",
    lambda at: trials.remembered("kept", at, lambda: (trials.transform(at) - trials.resolvent_matrix(at))[0, 0]),
    MeanExcess(sp.Lambda(z, KEPT), A_1, RESOLVENT),
)
gap_lost = Quantity(
    "gap_lost",
    real(),
    "lambda_max(E[e^{-theta s^2 A} - e^{-theta A}] - M), M the price of damping; by quadrature, for one point",
    lambda at: trials.remembered("lost", at, lambda: (trials.damped_loss(at) - trials.price_matrix(at))[0, 0]),
    MeanExcess(sp.Lambda(z, LOST), A_1, PRICE),
)
trace_q = Quantity(
    "trace_q",
    real(),
    "tr M^q, M the resolvent bound plus the price of damping",
    lambda at: trials.trace_power(trials.bound_matrix(at), len(at["G"])),
    TracePower(BOUND, q),
)
rel_damped = Quantity(
    "rel_damped",
    real(),
    "least eigenvalue of K^(-1/2) H~ K^(-1/2), H~ the Gram matrix of damped neurons",
    lambda at: relative_least(damped_gram(at), model.limit_gram(at["X"])),
    LambdaMin(average(DAMPED, s)),
)


def damped_gram(at: Instance) -> model.Array:
    """H~ = (1/q) sum of s(g_s)^2 Z_s, (n, n)."""
    E = trials.damping_weight(at)[None, :] * model.features(at["X"], at["G"])
    gram: model.Array = (at["X"] @ at["X"].T) * (E @ E.T) / len(at["G"])
    return gram
