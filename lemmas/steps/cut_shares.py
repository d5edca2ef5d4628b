"""Proof steps about whole shares cut to 0: Z' is one neuron's share Z, or 0 where some <w, x_k> exceeds B.

Cutting the whole matrix, not single entries, keeps Z' positive semidefinite. A = e^2 in the bias of E Z' against K.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, exp

from lemmas import model
from lemmas.notation.jacobians import B1
from lemmas.notation.start import share
from lemmas.notation.symbols import K, g, i, j, k, n, nu, s, x
from lemmas.steps.cut_mean import mean_of_cut
from verify import Quantity, le, real
from verify.proof import (
    Fact,
    Inner,
    Norm,
    Proof,
    assume,
    bound,
    calc,
    chain,
    in_domain,
    instance,
    mean,
    normal_tail,
    plus,
    rules,
    sup,
    times,
    total,
)
from verify.proof.rules.matrix_concentration import expected
from verify.proof.terms import Entry, Exceeds, Expect, Indicator, LambdaMin, Mat, Prob
from verify.relations import lt

ell = Quantity("ell", real(0, 2), "length of x_i + x_j")
both = x(i) + x(j)


def cut(vector: sp.Expr) -> sp.Expr:
    """1 where some <w, x_k> exceeds B, else 0."""
    return Indicator(Exceeds(sup(Inner(vector, x(k)), k), B1))


Z_cut = Mat("Z_cut", sp.Lambda((i, j), share(g(s)) * (1 - cut(g(s)))))
REST = Mat("rest", sp.Lambda((i, j), mean(share(g(s)) * cut(g(s)), s)))  # what H_g has beyond the mean of Z_cut
E_cut = sp.expand(expected(Z_cut, s))  # as SymPy writes it in differences
lam_cut = Quantity(
    "lam_cut",
    real(),
    "least eigenvalue of E Z', the mean share of a neuron, cut to 0 where some <w, x_k> exceeds B1",
    lambda at: model.lambda_min(mean_of_cut(at["X"], at["B1"])),
    LambdaMin(E_cut),
)


def shifted(length: sp.Expr) -> sp.Expr:
    """e^{l^2/2} Q(B - l)."""
    return exp(length**2 / 2) * normal_tail(B1 - length)


def at_most_two() -> Fact:
    """e^{l^2/2} Q(B - l) <= e^2 Q(B - 2) for 0 <= l <= 2."""
    slope = bound(0, "<=", sp.diff(shifted(ell), ell), name="it increases with the length")
    return rules.increasing(shifted(ell), slope, ell, in_domain(ell)[1], in_domain(ell)[0])


def lost_at(p: Proof, level: Fact) -> Fact:
    """E[e^<w, v>; <w, x_k> > B] <= e^2 Q(B - 2), for v = x_i + x_j; 0 <= B is the fact ``level``."""
    value, over = exp(Inner(g(1), both)), Indicator(Exceeds(Inner(g(1), x(k)), B1))
    zero = rules.zero_vector(g(1), assume(le(Norm(x(k)), 0), "x_k is 0"))
    nothing = rules.indicator_zero(bound(Inner(g(1), x(k)), "<=", B1, zero, level, name="0 is not cut"))
    none = rules.expectation_monotone(bound(value * over, "<=", 0, nothing, name="nothing is cut"))
    proper = assume(lt(0, Norm(x(k))), "x_k is not 0")
    start, size = B1 - Inner(both, x(k)), exp(Norm(both) ** 2 / 2)
    tilted = rules.gaussian_tilt(g(1), both, x(k), B1)
    law = rules.gaussian_law(g(1), x(k), proper, start)
    mean = calc(
        "what is lost at x_k",
        Expect(value * over),
        ("==", size * Prob(Exceeds(Inner(g(1), x(k)), start)), [tilted]),
        ("==", size * normal_tail(start / Norm(x(k))), [law]),
        ("<=", shifted(Norm(both)), [_further(p, level, proper)]),
        ("<=", exp(2) * normal_tail(B1 - 2), [instance(at_most_two(), {ell: Norm(both)}, _short_sum(p))]),
    )
    return rules.either(chain(none, bound(0, "<=", mean.high)), mean, Norm(x(k)), sp.S.Zero)


def _further(p: Proof, level: Fact, proper: Fact) -> Fact:
    """B - |v| <= (B - <v, x_k>) / |x_k|."""
    angle = rules.absolute_above(rules.cauchy_schwarz(both, x(k)), Inner(both, x(k)))
    near = times(_short(p, k), B1, level)
    turned = plus(angle, B1 - Inner(both, x(k)) - Norm(both) * Norm(x(k)))
    product = bound((B1 - Norm(both)) * Norm(x(k)), "<=", B1 - Norm(both) * Norm(x(k)), near, name="before dividing")
    return times(chain(product, turned), 1 / Norm(x(k)), proper, name="dividing by |x_k|")


def _short(p: Proof, index: Any) -> Fact:
    return chain(rules.sup_member(nu, index), p.given("data"))


def _short_sum(p: Proof) -> Fact:
    return calc(
        "|x_i + x_j| <= 2",
        Norm(both),
        ("<=", Norm(x(i)) + Norm(x(j)), [rules.triangle(x(i), x(j))]),
        ("<=", 2, [_short(p, i), _short(p, j)]),
    )


def lost(p: Proof) -> Fact:
    """E[e^<w, v>; some <w, x_k> > B] <= n e^2 Q(B - 2), from the hypotheses "data" and "level"."""
    value = exp(Inner(g(1), both))
    union = rules.indicator_of_sup(Inner(g(1), x(k)), B1, k)
    apart = total(value * Indicator(Exceeds(Inner(g(1), x(k)), B1)), k)
    pointwise = bound(value * cut(g(1)), "<=", apart, times(union, value), name="some <w, x_k> exceeds B")
    split = rules.expectation_monotone(pointwise)
    linear = rules.expectation_linear(apart)
    each = rules.sum_bound(lost_at(p, p.given("level")), k)
    return calc(
        "what is lost of an entry",
        split.low,
        ("<=", split.high, [split]),
        ("==", linear.right, [linear]),
        ("<=", n * exp(2) * normal_tail(B1 - 2), [each]),
    )


def entry_of_bias(p: Proof) -> Fact:
    """|E Z'_ij - K_ij| <= n e^2 Q(B - 2)."""
    inner = calc(
        "the data factor is at most 1",
        Abs(Inner(x(i), x(j))),
        ("<=", Norm(x(i)) * Norm(x(j)), [rules.cauchy_schwarz(x(i), x(j))]),
        ("<=", 1, [_short(p, i), _short(p, j)]),
    )
    found = lost(p)
    linear = rules.expectation_linear(Entry(E_cut, i, j).args[0])
    whole = Expect(exp(Inner(g(1), both)))
    difference = calc(
        "E Z' against K",
        Entry(E_cut - K, i, j),
        ("==", linear.right - Entry(K, i, j), [linear]),
        ("==", Inner(x(i), x(j)) * (whole - found.low) - Entry(K, i, j), []),
        ("==", -Inner(x(i), x(j)) * found.low, [rules.gaussian_moment(g(1), both)]),
    )
    return calc(
        "one entry",
        Abs(Entry(E_cut - K, i, j)),
        ("==", Abs(Inner(x(i), x(j)) * found.low), [difference]),
        ("==", Abs(Inner(x(i), x(j))) * found.low, []),
        ("<=", found.low, [inner]),
        ("<=", found.high, [found]),
    )
