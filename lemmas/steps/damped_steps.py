"""Proof steps about damped neurons: the resolvent bound, the price of damping, the tail of the damped Gram matrix."""

from __future__ import annotations

import sympy as sp
from sympy import exp

from lemmas.notation.damped import (
    BOUND,
    DAMPED,
    FARTHEST,
    KEPT,
    LAST,
    NUMBER,
    POINT,
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
from lemmas.notation.start import A, h, o
from lemmas.notation.symbols import i, j, k, s
from verify.proof import Fact, Proof, algebra, assume, bound, calc, chain, plus, rules, times, total
from verify.proof.algebra import unfold
from verify.proof.terms import Entry, Mat
from verify.statement import le, lt


def share_psd() -> Fact:
    """0 <= lambda_min(A)."""
    return rules.gram_is_psd(A, ROW, i, j, (k, h))


def resolvent(p: Proof) -> Fact:
    """lambda_max(E e^{-theta A} - M) <= 0."""
    decay = p.cite("damping-price", {"x": theta * z}, bound(0, "<=", theta * z), part="second order")
    whole = 1 + theta * z + theta**2 * z**2 / 2
    order = bound(KEPT, "<=", 1 / whole, times(decay, 1 / whole), name="e^{-x} <= 1 / (1 + x + x^2/2)")
    renamed = ((k, h), (ell, ell2), (feat, feat_))
    resolved = rules.resolvent_above(A, ROW, VECTOR, NUMBER, theta, z, i, j, o, y, *renamed)
    return rules.mean_excess(rules.transfer_order(order, z, resolved, share_psd()), s)


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


def scalar_price(p: Proof) -> Fact:
    """e^{-theta s_k^2 z} - e^{-theta z} <= (1 - s_k^2) theta z / (1 + c_k z)."""
    left, taken = SQUARE * theta * z, times(weight_sign(p), theta * z)
    cited = p.cite("damping-price", {"p": left, "g": (1 - SQUARE) * theta * z}, bound(0, "<=", left), taken)
    return divided(cited, exp(-left), RATE * z, exp(-left) - KEPT, (1 - SQUARE) * theta * (z / (1 + RATE * z)))


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


def price(p: Proof) -> Fact:
    """lambda_max(E [e^{-theta s^2 A} - e^{-theta A}] - M) <= 0."""
    share = (1 - SQUARE) * theta * (z / (1 + RATE * z))
    paid = times(scalar_price(p), slab(FARTHEST), slab_sign(p, FARTHEST))
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
    lost = convex(p)
    weights, ranges = [slab(POINT) * (1 - SQUARE) * theta, LAST * theta], [(level, ell), (ell,)]
    psd, signs = share_psd(), [slab_sign(p, POINT), weight_sign(p)]
    tangents = [
        rules.tangent_above(A, T(ell, level, i, j), RATE, z, psd, i, j, o, y),
        rules.tangent_above(A, T_top(ell, i, j), theta / 2, z, psd, i, j, o, y),
    ]
    combined = rules.combined_excess(weights, tangents, ranges, signs)
    order = bound(lost.low, "<=", by_slab.high + beyond_all.high, lost, by_slab, beyond_all, name="the whole price")
    return rules.mean_excess(rules.transfer_order(order, z, combined, psd), s, square_sign(p))


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
