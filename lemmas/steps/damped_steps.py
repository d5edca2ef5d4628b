"""Proof steps about damped neurons: the resolvent bound, the price of damping, the tail of the damped Gram matrix."""

from __future__ import annotations

import sympy as sp
from sympy import Rational, exp

from lemmas.notation.damped import (
    BOUND,
    DAMPED,
    FARTHEST,
    KEPT,
    LAST,
    NUMBER,
    POINT,
    PRICE,
    RATE,
    ROW,
    SQUARE,
    VECTOR,
    WEIGHT2,
    J,
    T,
    T_top,
    above,
    beyond,
    edge,
    ell,
    ell2,
    feat,
    feat_,
    level,
    rising,
    slab,
    tau,
    theta,
    y,
    z,
)
from lemmas.notation.start import A, H_white, h, o, rel_g
from lemmas.notation.symbols import i, j, k, s
from verify.proof import Fact, Proof, algebra, assume, bound, calc, chain, plus, rules, times, total
from verify.proof.algebra import unfold
from verify.proof.rules.matrix_concentration import average
from verify.proof.terms import Entry, Exceeds, Mat, Prob
from verify.relations import le, lt


def share_psd() -> Fact:
    """0 <= lambda_min(A)."""
    return rules.gram_is_psd(A, ROW, i, j, (k, h))


def resolvent(p: Proof) -> Fact:
    """lambda_max(E e^{-theta A} - M) <= 0."""
    return rules.mean_excess(rules.transfer_order(decay(p, theta), z, resolved(theta), share_psd()), s)


def resolvent_inner_doubled(p: Proof) -> Fact:
    """lambda_max(E e^{-theta A} - M) <= 0 where theta counts twice beside S.

    e^{-theta z} is at most the mean of e^{-c z} for c = 3 theta with probability 1/5, else theta / 2 (Jensen); E c is
    theta and E c^2 is 2 theta^2, so the mean of the bounds at c has theta wherever it stood, but beside S 2 theta.
    """
    shares, exponents = [Rational(1, 5), Rational(4, 5)], [3 * theta, theta / 2]
    one = algebra(sp.Add(*shares), 1, name="the shares of two exponents")
    jensen = rules.exp_jensen(shares, [-c * z for c in exponents], [(), ()], one, [])
    decays = [times(decay(p, c), share) for c, share in zip(exponents, shares, strict=True)]
    high = sp.Add(*(fact.high for fact in decays))
    order = bound(KEPT, "<=", high, jensen, *decays, name="e^{-x} is at most a mean of two resolvents")
    combined = rules.combined_excess(shares, [resolved(c) for c in exponents], [(), ()], [])
    return rules.mean_excess(rules.transfer_order(order, z, combined, share_psd()), s)


def decay(p: Proof, c: sp.Expr) -> Fact:
    """e^{-cz} <= 1 / (1 + cz + c^2 z^2 / 2)."""
    cited = p.cite("damping-price", {"x": c * z}, bound(0, "<=", c * z), part="second order")
    whole = 1 + c * z + c**2 * z**2 / 2
    return bound(exp(-c * z), "<=", 1 / whole, times(cited, 1 / whole), name="e^{-x} <= 1 / (1 + x + x^2/2)")


def resolved(c: sp.Expr) -> Fact:
    """lambda_max((1 + cA + c^2 A^2 / 2)^-1 - M) <= 0."""
    renamed = ((k, h), (ell, ell2), (feat, feat_))
    return rules.resolvent_above(A, ROW, VECTOR, NUMBER, c, z, i, j, o, y, *renamed)


def slab_sign(p: Proof, value: sp.Expr) -> Fact:
    """The indicator of a slab is >= 0, for the levels increase."""
    below = rules.indicator_monotone(increasing(p), value)
    return bound(0, "<=", slab(value), plus(below, -below.low), name="a slab has an indicator")


def increasing(p: Proof) -> Fact:
    """edge_k <= edge_{k+1}."""
    step = chain(rules.sup_member(rising, level), p.given("rising"))
    return plus(step, edge(level + 1))


def weight_sign(p: Proof) -> Fact:
    """0 <= 1 - s_k^2."""
    step = times(chain(rules.sup_member(above, level), p.given("above")), sp.S(2))
    small = plus(bound(SQUARE, "<=", 1, step), -SQUARE)
    return bound(0, "<=", 1 - SQUARE, small, name="s_k <= 1")


def square_sign(p: Proof) -> Fact:
    """0 <= s^2."""
    one = plus(rules.indicator_at_most_one(FARTHEST, edge(1)), -beyond(FARTHEST, edge(1)))
    summed = rules.sum_bound(times(slab_sign(p, FARTHEST), SQUARE), level)
    return bound(0, "<=", WEIGHT2, plus(chain(one, plus(summed, one.high)), 0), name="0 <= s^2")


def partition(p: Proof) -> tuple[list[sp.Expr], list[tuple[()] | tuple[sp.Symbol]], Fact, list[Fact]]:
    """The indicators of no damping, of each slab and of what lies beyond: their ranges, their sum, their signs."""
    inner, outer = 1 - beyond(FARTHEST, edge(1)), beyond(FARTHEST, edge(J + 1))
    weights = [inner, slab(FARTHEST), outer]
    whole = inner + total(slab(FARTHEST), level) + outer
    one = bound(whole, "==", 1, rules.telescoping(beyond(FARTHEST, edge(level)), level), name="the slabs fill the line")
    unit = rules.indicator_at_most_one(FARTHEST, edge(1))
    return weights, [(), (level,), ()], one, [bound(0, "<=", inner, plus(unit, -unit.low)), slab_sign(p, FARTHEST)]


def scalar_price(p: Proof, share: sp.Expr) -> Fact:
    """e^{-theta s_k^2 z} - e^{-theta z} <= (1 - s_k^2) theta z / (1 + c_k z), or the same without 1 - s_k^2."""
    left, taken = SQUARE * theta * z, times(weight_sign(p), theta * z)
    cited = p.cite("damping-price", {"p": left, "g": (1 - SQUARE) * theta * z}, bound(0, "<=", left), taken)
    found = divided(cited, exp(-left), RATE * z, exp(-left) - KEPT, (1 - SQUARE) * theta * (z / (1 + RATE * z)))
    return found if share == found.high else chain(found, bound(found.high, "<=", share, name="1 - s_k^2 <= 1"))


def divided(cited: Fact, factor: sp.Expr, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> Fact:
    """low <= high, which is the scalar price times factor / (1 + rate)."""
    scaled = times(cited, factor / (1 + rate))
    return chain(algebra(low, scaled.low), scaled, algebra(scaled.high, high), name="the price of one weight")


def convex(p: Proof) -> Fact:
    """e^{-theta s^2 z} - e^{-theta z} is at most its mean over the slabs of the farthest point."""
    weights, ranges, whole, signs = partition(p)
    exponents = [-theta * z, -theta * SQUARE * z, sp.S.Zero]
    jensen = rules.exp_jensen(weights, exponents, ranges, whole, signs)
    spread = total(slab(FARTHEST) * (exp(-theta * SQUARE * z) - KEPT), level) + weights[2] * (1 - KEPT)
    shared = times(whole, KEPT)
    shared = times(whole, KEPT)
    moved = plus(shared, jensen.high - KEPT - shared.left)
    found = chain(plus(jensen, -KEPT), moved, algebra(moved.right, spread), name="convexity in s^2")
    return bound(exp(-theta * WEIGHT2 * z) - KEPT, "<=", spread, found, name="what damping loses")


def one_point(p: Proof) -> Fact:
    """The indicator of a slab of the farthest point is at most the sum of those of all points."""
    shared = total(slab(POINT), ell)
    inside = assume(le(FARTHEST, edge(level + 1)), "no point is beyond the slab")
    below = rules.indicator_zero(chain(rules.sup_member(FARTHEST, ell), inside))
    some = rules.indicator_of_sup(POINT, edge(level), ell)
    first = calc(
        "no point is beyond the slab",
        slab(FARTHEST),
        ("==", some.low, [rules.indicator_zero(inside)]),
        ("<=", some.high, [some]),
        ("==", shared, [below]),
    )
    outside = rules.indicator_one(assume(lt(edge(level + 1), FARTHEST), "a point is beyond the slab"))
    most = rules.indicator_at_most_one(FARTHEST, edge(level))
    none = rules.sum_bound(slab_sign(p, POINT), ell)
    second = calc(
        "a point is beyond the slab",
        slab(FARTHEST),
        ("==", most.low - 1, [outside]),
        ("<=", 0, [most]),
        ("<=", shared, [none]),
    )
    return rules.either(first, second, FARTHEST, edge(level + 1))


def price(p: Proof, taken: sp.Expr = 1 - SQUARE) -> Fact:
    """lambda_max(E [e^{-theta s^2 A} - e^{-theta A}] - M) <= 0; taken: 1 - s_k^2, or 1 in its place."""
    share = taken * theta * (z / (1 + RATE * z))
    paid = times(scalar_price(p, share), slab(FARTHEST), slab_sign(p, FARTHEST))
    slabs = bound(paid.low, "<=", slab(FARTHEST) * share, paid, name="the price of one slab")
    points = times(one_point(p), share, weight_sign(p))
    by_slab = rules.sum_bound(chain(slabs, points, name="the price of a slab, by points"), level)
    cited = p.cite("damping-price", {"p": 0, "g": theta * z}, bound(0, "<=", theta * z))
    outer = beyond(FARTHEST, edge(J + 1))
    tail = theta * (z / (1 + theta * z / 2))
    last = divided(cited, sp.S.One, theta * z / 2, 1 - KEPT, tail)
    beyond_all = chain(
        bound(outer * (1 - KEPT), "<=", outer * tail, times(last, outer)),
        times(rules.indicator_of_sup(POINT, edge(J + 1), ell), tail),
    )
    lost, combined = convex(p), tangents(p, taken)
    order = bound(lost.low, "<=", by_slab.high + beyond_all.high, lost, by_slab, beyond_all, name="the whole price")
    return rules.mean_excess(rules.transfer_order(order, z, combined, share_psd()), s, square_sign(p))


def tangents(p: Proof, taken: sp.Expr = 1 - SQUARE) -> Fact:
    """lambda_max(f(A) - M) <= 0, f(z) being the sum of (1 - s_k^2) theta z / (1 + c_k z) over the slabs of all points.

    M is the price of one neuron, before the mean is taken.
    """
    weights, ranges = [slab(POINT) * taken * theta, LAST * theta], [(level, ell), (ell,)]
    psd, signs = share_psd(), [slab_sign(p, POINT), weight_sign(p)]
    above_all = [
        rules.tangent_above(A, T(ell, level, i, j), RATE, z, psd, i, j, o, y),
        rules.tangent_above(A, T_top(ell, i, j), theta / 2, z, psd, i, j, o, y),
    ]
    return rules.combined_excess(weights, above_all, ranges, signs)


def price_sign(p: Proof) -> Fact:
    """lambda_max(0 - M) <= 0: the price of damping is >= 0, for so is the function of A that its tangents bound."""
    slabs = times(bound(0, "<=", theta * (z / (1 + RATE * z))), slab(POINT), slab_sign(p, POINT))
    taken = times(slabs, 1 - SQUARE, weight_sign(p))
    last = bound(0, "<=", LAST * theta * (z / (1 + theta * z / 2)))
    summed = [rules.sum_bound(rules.sum_bound(taken, level), ell), rules.sum_bound(last, ell)]
    combined = tangents(p)
    order = bound(0, "<=", combined.low.args[0](z), *summed, name="what damping costs is >= 0")
    return rules.mean_excess(rules.transfer_order(order, z, combined, share_psd()), s)


def restated(mean: Fact, m: Mat) -> Fact:
    """The same bound with the matrix as the lemma writes it."""
    old = mean.low.args[2]
    return rules.equal_bound(mean, m, algebra(Entry(old, i, j), Entry(m, i, j), name=f"the entries of the {m}"))


def tail(p: Proof) -> Fact:
    """P(lambda_min(mean of s^2 A) < tau) <= e^{q theta tau} tr M^q."""
    kept = p.cite("laplace-resolvent")
    lost = p.cite("damping-price", {}, p.given("rising"), p.given("above"), part="operators")
    unfolded = [bound(unfold(fact.low), "<=", 0, fact) for fact in (kept, lost)]
    whole = restated(rules.sum_of_mean_excess(*unfolded), BOUND)
    return rules.laplace_trace_below(DAMPED, s, A, WEIGHT2, whole, theta, tau, square_sign(p))


def undamped_tail(p: Proof) -> Fact:
    """P(lambda_min(K^{-1/2} H K^{-1/2}) < tau) <= e^{q theta tau} tr M^q, no neuron damped and the price in M kept."""
    kept = p.cite("laplace-resolvent")
    facts = [bound(unfold(kept.low), "<=", 0, kept), restated(price_sign(p), PRICE)]
    whole = restated(rules.sum_of_mean_excess(*facts), BOUND)
    tail = rules.laplace_trace_below(A, s, A, sp.S.One, whole, theta, tau, bound(0, "<=", 1))
    mean = algebra(Entry(average(A, s), i, j), Entry(H_white, i, j), name="whitening is linear")
    same = rules.equal_entries(average(A, s), H_white, mean, i, j)
    renamed = bound(Prob(Exceeds(tau, rel_g)), "==", tail.left, same, name="the tail without damping")
    return chain(renamed, tail)
