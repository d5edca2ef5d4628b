"""The damped Jacobian drifts slowly: |J(W)^T u| >= |J~0^T u| - C L (e^s - 1) |u| on {|W - W(0)|_F <= s}, any signs.

J~0 is J(W(0)) with block r scaled by s_r in [0, 1], where s_r e^{<w_r(0), x_i>} <= e^b for all i, and L = n4 e^b with
n4 = |G o G|^{1/2}. So sigma_min(J(W)) >= sigma_min(J~0) - L (e^s - 1): outlying neurons may move freely.

Source: this project's explicit version; C = 1 is attained by one neuron that moves along x.

Proof: scaling blocks by s_r only shortens J^T u. Block r of the damped difference is the sum over i of v_i x_i with
|v_i| <= |u_i| e^b (e^{|d_r|} - 1), d_r = w_r - w_r(0), and |sum_i v_i x_i|^2 <= n4^2 sum of v_i^2 because each square
of an inner product is one of G o G. Finally e^{|d_r|} - 1 <= |d_r| (e^s - 1)/s; square and add over the neurons.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from sympy import Abs, exp, sqrt

from lemmas.draws import INSIDE, points, unit_rows
from lemmas.notation.descent import dist
from lemmas.notation.jacobians import X_squares, b, damp, n4, pull, pull_0, pulled, rad, tamed, u, u_norm, weight
from lemmas.notation.symbols import i, j, nu, r, w, w0, x
from lemmas.steps.near import unit
from verify import Lemma, Search, const, le, lt
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
    plus,
    rules,
    times,
    total,
    vectors,
)
from verify.proof.terms import euclidean

C = const("C", 1, "tight")
MOVE, POINT = w(r) - w0(r), vectors("p")()
SHIFT, START = Inner(MOVE, x(i)), exp(Inner(w0(r), x(i)))
SLOPE = exp(b) * (exp(rad) - 1) / rad
CHANGE = damp(r) * (exp(Inner(w(r), x(i))) - START)


def moved_by(p: Proof) -> Fact:
    """|w_r - w_r(0)| <= |W - W(0)|."""
    return rules.root_at_most(rules.entry_at_most_euclidean(Norm(MOVE), r), dist, *in_domain(dist))


def entry(p: Proof) -> Fact:
    """|u_i s_r (e^{<w_r, x_i>} - e^{<w_r(0), x_i>})| <= |u_i| |<d_r, x_i>| e^b (e^s - 1)/s."""
    size = calc(
        "the exponent moves by at most s",
        Abs(SHIFT),
        ("<=", Norm(MOVE) * Norm(x(i)), [rules.cauchy_schwarz(MOVE, x(i))]),
        ("<=", Norm(MOVE), [unit(p, i)]),
        ("<=", dist, [moved_by(p)]),
        ("<=", rad, [p.given("near")]),
    )
    tame = chain(rules.sup_member(tamed, r, i), p.given("tamed"), name="s_r e^<w_r(0), x_i> <= e^b")
    grown = plus(bound(1, "<=", exp(rad), *in_domain(rad)), -1, name="0 <= e^s - 1")
    chord = rules.exp_chord(size, bound(0, "<=", Abs(SHIFT)))
    return calc(
        "one neuron at one point",
        Abs(u(i) * CHANGE),
        ("==", Abs(u(i)) * Abs(damp(r)) * START * Abs(exp(SHIFT) - 1), []),
        ("<=", Abs(u(i)) * Abs(damp(r)) * START * (exp(Abs(SHIFT)) - 1), [rules.exp_series_remainder(SHIFT, 1)]),
        ("<=", Abs(u(i)) * Abs(damp(r)) * START * chord.high, [chord]),
        ("<=", Abs(u(i)) * exp(b) * chord.high, [tame, grown]),
    )


def block(p: Proof) -> Fact:
    """|block r of the damped difference| <= n4 |u| |d_r| e^b (e^s - 1)/s."""
    whole, product = damp(r) * (pulled(w) - pulled(w0)), Inner(POINT, x(i)) * SHIFT
    share = times(entry(p), Abs(Inner(POINT, x(i))))
    tensor = rules.tensor_form(X_squares, x(i), POINT, MOVE, i, j)
    root = rules.root_at_most(tensor, n4 * Norm(POINT) * Norm(MOVE), bound(0, "<=", n4 * Norm(POINT) * Norm(MOVE)))
    grown = plus(bound(1, "<=", exp(rad), *in_domain(rad)), -1, name="0 <= e^s - 1")
    every = calc(
        "against any vector",
        Abs(total(u(i) * CHANGE * Inner(POINT, x(i)), i)),
        (
            "<=",
            total(Abs(u(i) * CHANGE * Inner(POINT, x(i))), i),
            [rules.absolute_of_sum(u(i) * CHANGE * Inner(POINT, x(i)), i)],
        ),
        ("<=", SLOPE * total(Abs(u(i)) * Abs(product), i), [rules.sum_bound(share, i)]),
        ("<=", SLOPE * u_norm * euclidean(product, i), [rules.sum_of_products(u(i), product, i), grown]),
        ("<=", SLOPE * u_norm * n4 * Norm(MOVE) * Norm(POINT), [root, grown]),
    )
    size = SLOPE * u_norm * n4 * Norm(MOVE)
    above = rules.absolute_above(every, Inner(whole, POINT))
    return rules.norm_from_dual(whole, above, size, POINT, bound(0, "<=", size, grown))


def proof(p: Proof) -> Fact:
    grown = plus(bound(1, "<=", exp(rad), *in_domain(rad)), -1, name="0 <= e^s - 1")
    now, change = damp(r) * pulled(w), damp(r) * (pulled(w0) - pulled(w))
    one = rules.sum_bound(rules.square_of_bounded(block(p), block(p).low), r)
    size = SLOPE * u_norm * n4 * dist
    far = times(p.given("near"), SLOPE * u_norm * n4, grown, name="|W - W(0)| <= s")
    drift = calc(
        "all blocks of the difference",
        sqrt(one.low),
        ("<=", size, [rules.root_at_most(one, size, bound(0, "<=", size, grown))]),
        ("<=", u_norm * n4 * exp(b) * (exp(rad) - 1), [far]),
    )
    light = chain(rules.sup_member(weight, r), p.given("weights"), name="s_r <= 1")
    lighter = times(rules.square_of_bounded(light, damp(r)), Norm(pulled(w)) ** 2)
    root = rules.root_at_most(rules.sum_bound(lighter, r), pull, *in_domain(pull))
    apart = rules.direct_sum_triangle(now, change, r)
    whole = calc(
        "the start",
        pull_0,
        ("<=", sqrt(total(Norm(now) ** 2, r)) + drift.low, [apart]),
        ("<=", pull + drift.low, [root]),
        ("<=", pull + drift.high, [drift]),
    )
    return p.conclude(bound(p.goal.low, "<=", pull, plus(whole, -drift.high)))


def at_its_distance(p: Proof) -> Fact:
    """The same with s = |W - W(0)|, which may be 0: then nothing has moved."""
    facts = [p.given(name) for name in ("data", "tamed", "weights")]
    moved = assume(lt(0, dist), "some weight has moved")
    apart = p.cite("jacobian-drift", {rad: dist}, *facts, moved)
    still = bound(Norm(MOVE), "<=", 0, moved_by(p), assume(le(dist, 0), "no weight has moved"))
    light = chain(rules.sup_member(weight, r), p.given("weights"), name="s_r <= 1")
    lighter = times(rules.square_of_bounded(light, damp(r)), Norm(pulled(w0)) ** 2)
    summed = rules.sum_bound(lighter, r)
    same = bound(summed.low, "<=", pull**2, summed, rules.zero_norm(still), name="W = W(0)")
    lost = n4 * exp(b) * (exp(dist) - 1) * u_norm
    grown = plus(bound(1, "<=", exp(dist), *in_domain(dist)), -1, name="0 <= e^s - 1")
    nothing = bound(0, "<=", lost, grown, *in_domain(n4), *in_domain(u_norm))
    equal = bound(pull_0 - lost, "<=", pull, rules.root_at_most(same, pull, *in_domain(pull)), nothing)
    return p.conclude(rules.either(equal, apart, dist, sp.S.Zero))


def placed(X: Any, start: Any, move: Any, numbers: Any, level: float, damped: bool) -> dict[str, Any]:
    """The instance with weights ``start`` moved by ``move``; s_r = min(1, e^{b - M_r}) if damped, else 1."""
    largest = (start @ X.T).max(axis=1)
    weights = np.minimum(1.0, np.exp(level - largest)) / INSIDE if damped else np.ones(len(start))
    far = float(np.linalg.norm(move)) * INSIDE + 1e-9
    return {"X": X, "W0": start, "W": start + move, "u": numbers, "damp": weights, "b": level, "rad": far}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to five neurons moved at random or along data points; outlying ones damped, or not (then b must exceed M)."""
    X = points(rng, case)
    start = rng.standard_normal((int(rng.integers(1, 6)), X.shape[1]))
    along = rng.standard_normal(start.shape) if case == "random" else X[rng.integers(0, len(X), len(start))]
    move = unit_rows(along) * rng.uniform(-0.5, 0.5, (len(start), 1))
    return placed(X, start, move, rng.standard_normal(len(X)), float(rng.uniform(-0.5, 2)), bool(rng.integers(0, 2)))


def _one(v: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One neuron on the line at v0 in [-1, 2], moved back by up to 1/2; b in [0, 1]; damped in half of the family."""
    X, ones = np.full((1, 1), 1 / INSIDE), np.ones((1, 1))
    return placed(X, (3 * v[0] - 1) * ones, -(0.01 + 0.5 * v[1]) * ones, np.ones(1), float(v[2]), bool(v[3] > 0.5))


def _antipodal(v: np.ndarray[Any, Any]) -> dict[str, Any]:
    """x = 1 and -1, two neurons at c and -c moved to 0, where the two rows of J are opposite."""
    start = (0.02 + 0.5 * v[0]) * np.array([[1.0], [-1.0]])
    X = np.array([[1.0], [-1.0]]) / INSIDE
    return placed(X, start, -start * (0.5 + 0.5 * v[1]), np.ones(2), float(start[0, 0]) + 0.1 * float(v[2]), True)


GIVEN = {"data": le(nu, 1), "near": le(dist, rad), "tamed": le(tamed, exp(b)), "weights": le(weight, 1)}
SETTING: dict[str, Any] = {
    "draw": draw,
    "cases": ("random", "aligned", "equal points", "antipodal"),
    "search": {"one neuron": Search(4, _one), "antipodal pair": Search(3, _antipodal)},
}

lemma = Lemma(
    le(pull_0 - C * n4 * exp(b) * (exp(rad) - 1) * u_norm, pull),
    given=GIVEN,
    latex=r"\|J(W)^{{\!\top}}u\| \ge \|\tilde J_0^{{\!\top}}u\| - {C}\,n_4e^{{b}}(e^{{s}}-1)\,\|u\|",
    source="this project's explicit version",
    limitations="For every u, which is the statement about least singular values. All neurons share one radius s.",
    proof=proof,
    faults={
        "1 instead of n4": Lemma(le(pull_0 - exp(b) * (exp(rad) - 1) * u_norm, pull), given=GIVEN, **SETTING),
        "s_r = 1 with L kept": Lemma(
            le(pull_0 - n4 * exp(b) * (exp(rad) - 1) * u_norm, pull),
            given={name: r for name, r in GIVEN.items() if name != "tamed"},
            **SETTING,
        ),
    },
    also={
        "at its distance": Lemma(
            le(pull_0 - C * n4 * exp(b) * (exp(dist) - 1) * u_norm, pull),
            given={name: relation for name, relation in GIVEN.items() if name != "near"},
            latex=r"\|J(W)^{{\!\top}}u\| \ge \|\tilde J_0^{{\!\top}}u\| - {C}\,n_4e^{{b}}(e^{{\|W-W(0)\|}}-1)\,\|u\|",
            uses=("jacobian-drift",),
            proof=at_its_distance,
            **SETTING,
        ),
    },
    **SETTING,
)
