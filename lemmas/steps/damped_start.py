"""Proof steps about a coupled start whose neurons are damped: the weights are tame, and J~0 J~0^T / m is H~.

H~ = (1/q) sum of s(g_r)^2 Z_r; damp(r) = s(w_r(0)) enters the analysis only, the network is untouched.
"""

from __future__ import annotations

import sympy as sp
from sympy import exp, sqrt

from lemmas import model
from lemmas.laplace import trials
from lemmas.notation.coupled import paired
from lemmas.notation.damped import DAMPED, FARTHEST, LEVELS, SQUARE, WEIGHT2, edge, ell, level, slab, tau
from lemmas.notation.jacobians import damp, tamed, weight
from lemmas.notation.start import A, K_again, h, share, whitened
from lemmas.notation.symbols import K, g, i, j, k, lam_K, m, q, r, s, w0, x
from lemmas.steps.damped_steps import partition, slab_sign, square_sign, weight_sign
from lemmas.steps.drift_path import TAME, lam_tame
from verify import Quantity, Relation, ge, le, lt, real
from verify.proof import (
    Fact,
    Inner,
    Proof,
    algebra,
    assume,
    bound,
    calc,
    chain,
    instance,
    mean,
    plus,
    rules,
    scalars,
    sup,
    times,
)
from verify.proof.rules.matrix_concentration import average
from verify.proof.terms import Entry, Fold, LambdaMin, Mat, total
from verify.statement import Instance


def weight_of(index: sp.Expr) -> sp.Expr:
    """s^2 of the Gaussian vector of this index."""
    return WEIGHT2.xreplace({g(s): g(index)})


ROOT_WEIGHT = sqrt(weight_of(Fold(r, q)))


def _weight_gap(at: Instance) -> model.Scalar:
    return model.maximum(abs(at["damp"] - trials.damping_weight({**at, "G": at["W0"]})))


damp_gap = Quantity(
    "damp_gap",
    real(0),
    "how far the weights of the analysis are from s of the pair's vector; 0 by construction",
    _weight_gap,
    sup(sp.Abs(damp(r) - ROOT_WEIGHT), r),
)
cut = Quantity("cut", real(), "edge_1, the level above which neurons are damped", lambda at: at["edge"][0], edge(1))
WEIGHTED: dict[str, Relation] = {**LEVELS, "weights": le(damp_gap, 0)}
H_TAME = Mat("H~", sp.Lambda((i, j), mean(WEIGHT2 * share(g(s)), s)))
H_TAME_WHITE = Mat("H~ whitened", whitened(Entry(H_TAME, k, h)))


def weight_squared(p: Proof) -> Fact:
    """damp(r)^2 = s^2 of the Gaussian vector of its pair."""
    gap = bound(sp.Abs(damp(r) - ROOT_WEIGHT), "<=", 0, rules.sup_member(damp_gap, r), p.given("weights"))
    value = rules.zero_absolute(gap, damp(r))
    return bound(damp(r) ** 2, "==", weight_of(Fold(r, q)), value, name="damp^2 is s^2")


def at_pair(p: Proof, fact: Fact) -> Fact:
    """A fact about g_s for the pair of neuron r."""
    return instance(fact, {s: Fold(r, q)}, p.given("rising"), p.given("above"))


def small_weight(p: Proof) -> Fact:
    """s^2 <= 1."""
    weights, _, whole, _ = partition(p)
    slabs = times(plus(weight_sign(p), SQUARE), slab(FARTHEST), slab_sign(p, FARTHEST))
    summed = rules.sum_bound(slabs, level)
    rest = bound(0, "<=", weights[2])
    upper = plus(summed, weights[0])
    return calc(
        "s^2 <= 1",
        WEIGHT2,
        ("<=", weights[0] + total(slab(FARTHEST), level), [upper]),
        ("<=", whole.left, [rest]),
        ("==", 1, [whole]),
    )


def tame_exponent(p: Proof) -> Fact:
    """s^2 e^{2 <g_s, x_i>} <= e^{2 edge_1}, slab by slab."""
    weights, _, whole, signs = partition(p)
    limit = exp(2 * edge(1))
    inner = tame_slab(weights[0], sp.S.One, edge(1), signs[0])
    middle = tame_slab(weights[1], SQUARE, edge(level + 1), signs[1])
    summed = rules.sum_bound(middle, level)
    parts = weights[0] + total(weights[1], level)
    less = bound(parts, "<=", 1, plus(bound(0, "<=", weights[2]), parts), whole, name="the slabs fill the line")
    return calc(
        "s e^<g_s, x_i> <= e^b, squared",
        WEIGHT2 * SIZE,
        ("==", inner.low + summed.low, []),
        ("<=", inner.high + summed.high, [plus(inner, summed.low), plus(summed, inner.high)]),
        ("==", parts * limit, []),
        ("<=", limit, [times(less, limit)]),
    )


SIZE = exp(2 * Inner(g(s), x(ell)))


def tame_slab(indicator: sp.Expr, square: sp.Expr, top: sp.Expr, sign: Fact) -> Fact:
    """c s_k^2 e^{2 <g_s, x_i>} <= c e^{2 edge_1} for the indicator c of a slab, 0 where a point lies beyond its top."""
    limit = exp(2 * edge(1))
    inside = chain(rules.sup_member(FARTHEST, ell), assume(le(FARTHEST, top), "no point is beyond the slab"))
    below = calc(
        "no point is beyond the slab",
        square * SIZE,
        ("<=", square * exp(2 * top), [times(bound(SIZE, "<=", exp(2 * top), inside), square)]),
        ("==", limit, []),
    )
    outside = rules.indicator_one(assume(lt(top, FARTHEST), "a point is beyond the slab"))
    most = rules.indicator_at_most_one(FARTHEST, edge(level))
    none = bound(indicator, "<=", 0, outside, most, name="then the indicator is 0")
    nothing = chain(times(none, square * SIZE), times(sign, limit))
    first = bound(indicator * square * SIZE, "<=", indicator * limit, times(below, indicator, sign))
    second = bound(indicator * square * SIZE, "<=", indicator * limit, nothing)
    return rules.either(first, second, FARTHEST, top)


def light(p: Proof) -> Fact:
    """The largest |damp(r)| is at most 1."""
    square = bound(damp(r) ** 2, "<=", 1, weight_squared(p), at_pair(p, small_weight(p)))
    return rules.sup_least(_absolute(square, sp.S.One), r)


def tame(p: Proof) -> Fact:
    """The largest |damp(r)| e^{<w_r(0), x_i>} is at most e^{edge_1}."""
    exponent = Inner(w0(r), x(i))
    pair = instance(at_pair(p, tame_exponent(p)), {ell: i}, p.given("rising"), p.given("above"))
    square = calc(
        "one neuron at one point",
        (damp(r) * exp(exponent)) ** 2,
        ("==", damp(r) ** 2 * exp(2 * Inner(g(Fold(r, q)), x(i))), [paired(p)]),
        ("==", pair.low, [weight_squared(p)]),
        ("<=", exp(edge(1)) ** 2, [pair]),
    )
    root = _absolute(square, exp(edge(1)))
    one = bound(sp.Abs(damp(r)) * exp(exponent), "<=", exp(edge(1)), root, name="s_r e^<w_r(0), x_i> <= e^b")
    return rules.sup_least(one, r, i)


def _absolute(square: Fact, b: sp.Expr) -> Fact:
    """|a| <= b from a^2 <= b^2."""
    return rules.root_at_most(bound(square.low, "<=", b**2, square), b, bound(0, "<=", b))


FACTOR = scalars("factor")


def whitening_is_linear() -> Fact:
    """The mean of c_s A_s is the mean of the c_s Z_s, whitened, for any numbers c_s."""
    damped = Mat("A~", sp.Lambda((i, j), FACTOR(s) * Entry(A, i, j)))
    plain = mean(FACTOR(s) * share(g(s)).subs({i: k, j: h}, simultaneous=True), s)
    return algebra(Entry(average(damped, s), i, j), whitened(plain)(i, j), name="whitening is linear")


def kept_eigenvalue(p: Proof, definite: Fact, sign: Fact) -> Fact:
    """tau lambda_min(K) <= lambda_min(J~0 J~0^T / m), if lambda_min(K^{-1/2} H~ K^{-1/2}) >= tau."""
    linear = instance(whitening_is_linear(), {FACTOR: weight_of})
    same = rules.equal_entries(average(DAMPED, s), H_TAME_WHITE, linear, i, j)
    order = bound(tau, "<=", LambdaMin(H_TAME_WHITE), assume(ge(LambdaMin(average(DAMPED, s)), tau)), same)
    again = algebra(Entry(K, i, j), Entry(K_again, i, j))
    name = rules.equal_entries(K, K_again, again, i, j)
    back = rules.unwhitened(H_TAME_WHITE, H_TAME, K_again, chain(definite, name), order, sign, i, j, k, h)
    share_at = weight_of(Fold(r, q)) * share(g(Fold(r, q)))
    double = p.given("pairs")
    entry = calc(
        "one entry",
        Entry(TAME, i, j),
        ("==", total(damp(r) ** 2 * Inner(x(i), x(j)) * exp(Inner(w0(r), x(i) + x(j))), r) / m, []),
        ("==", total(damp(r) ** 2 * share(g(Fold(r, q))), r) / m, [paired(p)]),
        ("==", total(share_at, r) / m, [weight_squared(p)]),
        ("==", Entry(H_TAME, i, j) * 2 * q / m, [rules.folded_sum(share_at, r, s, double)]),
        ("==", Entry(H_TAME, i, j), [double]),
    )
    tamed_gram = rules.equal_entries(TAME, H_TAME, entry, i, j)
    return bound(tau * lam_K, "<=", lam_tame, back, name, tamed_gram, name="what damping leaves of lambda")


__all__ = ["H_TAME", "WEIGHTED", "damp_gap", "kept_eigenvalue", "light", "square_sign", "tame", "tamed", "weight"]
