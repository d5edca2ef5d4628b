"""The Jacobian is Lipschitz near the start: |J(W) - J(W')| <= C |X| e^{B1+R} |W - W'|_F.

Source: the curvature that the Kantorovich argument needs; this project's explicit version; C = 1 is attained.

Proof: block r of (J(W) - J(W'))^T u is the sum over i of u_i d_ri x_i with d_ri = e^{<w_r,x_i>} - e^{<w'_r,x_i>}, and
|d_ri| <= e^{B1+R} |w_r - w'_r| by the mean value theorem. So the block is at most |X| e^{B1+R} |w_r - w'_r| |u|;
square and add over the neurons.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, Rational, exp, sqrt

from lemmas.draws import CASES, INSIDE, moved, perturbed, unit_rows
from lemmas.model import max_preactivation
from lemmas.notation.jacobians import (
    B1,
    GAP,
    M1,
    S1,
    F_bend,
    J_gap,
    J_norm,
    JJ_net,
    W_gap,
    X_gram,
    X_norm,
    block_gap,
    line_gap,
    u,
    w1,
)
from lemmas.notation.symbols import R, S, a, i, j, m, nu, r, w, w0, x
from lemmas.steps.near import unit
from verify import Lemma, Quantity, Search, const, le, real
from verify.proof import Fact, Inner, Norm, Proof, assume, bound, calc, chain, in_domain, rules, times, total
from verify.proof.rules.forms import image
from verify.proof.terms import FamilyOf, euclidean

C = const("C", 1, "tight")
A, D = const("A", 1, "tight"), const("D", Rational(1, 2), "tight")  # bound on |J|, second order
REACH = exp(B1 + R)


def exponent(p: Proof, family: FamilyOf, largest: Quantity, name: str) -> Fact:
    """<w_r, x_i> <= B1 + R at a point of the ball."""
    move = family(r) - w0(r)
    near = chain(rules.sup_member(largest, r), p.given(name), name="no neuron has moved further than R")
    shift = calc(
        "the exponent moves by at most R",
        Abs(Inner(move, x(i))),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", R, [near, unit(p, i)]),
    )
    start = chain(rules.sup_member(M1, r, i), p.given("start"), name="<w_r(0), x_i> <= B1")
    whole = Inner(w0(r), x(i)) + Inner(move, x(i))
    return bound(whole, "<=", B1 + R, start, rules.absolute_above(shift, Inner(move, x(i))))


def entry(p: Proof) -> Fact:
    """|d_ri| <= e^{B1+R} |w_r - w'_r|."""
    z = Quantity("z", real(), "any exponent")
    slope = bound(Abs(exp(z)), "<=", REACH, assume(le(z, B1 + R)), name="the slope of exp")
    ends = [exponent(p, w, S, "near"), exponent(p, w1, S1, "near too")]
    move = w(r) - w1(r)
    apart = rules.mean_value(exp(z), slope, z, Inner(w(r), x(i)), Inner(w1(r), x(i)), *ends)
    return calc(
        "one neuron at one point",
        Abs(block_gap(r, i)),
        ("<=", REACH * Abs(Inner(move, x(i))), [apart]),
        ("<=", REACH * Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", REACH * Norm(move), [unit(p, i)]),
    )


def proof(p: Proof) -> Fact:
    move, coefficient = w(r) - w1(r), u(i) * block_gap(r, i)
    square = rules.square_of_bounded(entry(p), block_gap(r, i))
    shares = rules.sum_bound(times(square, u(i) ** 2), i)
    block = calc(
        "one block",
        image(coefficient, x(i), i),
        ("<=", X_norm**2 * total(coefficient**2, i), [rules.gram_form_above(X_gram, x(i), coefficient, i, j)]),
        ("<=", X_norm**2 * REACH**2 * Norm(move) ** 2 * total(u(i) ** 2, i), [shares]),
    )
    whole = calc(
        "all blocks",
        image(u(i), block_gap(r, i) * x(i), i, r),
        ("<=", total(block.high, r), [rules.sum_bound(block, r)]),
        ("==", X_norm**2 * REACH**2 * W_gap**2 * total(u(i) ** 2, i), []),
    )
    size = X_norm * REACH * W_gap
    norm = rules.gram_norm_from_form(GAP, block_gap(r, i) * x(i), whole, size**2, u(i), i, j, r)
    signs = [f for quantity in (X_norm, W_gap) for f in in_domain(quantity)]
    root = rules.root_at_most(norm, size, bound(0, "<=", size, *signs))
    return p.conclude(bound(J_gap, "<=", p.const("C") * size, root, name="the constant"))


def bounded(p: Proof) -> Fact:
    """|J(W)| <= sqrt(m) |X| e^{B1+R}."""
    feature = exp(Inner(w(r), x(i)))
    term = u(i) * feature
    one = bound(feature**2, "<=", REACH**2, exponent(p, w, S, "near"))
    shares = rules.sum_bound(times(one, u(i) ** 2), i)
    block = calc(
        "one block",
        image(term, x(i), i),
        ("<=", X_norm**2 * total(term**2, i), [rules.gram_form_above(X_gram, x(i), term, i, j)]),
        ("<=", X_norm**2 * REACH**2 * total(u(i) ** 2, i), [shares]),
    )
    size = sqrt(m) * X_norm * REACH
    every = rules.sum_bound(block, r)
    whole = bound(image(u(i), feature * x(i), i, r), "<=", size**2 * total(u(i) ** 2, i), every)
    norm = rules.gram_norm_from_form(JJ_net, feature * x(i), whole, size**2, u(i), i, j, r)
    root = rules.root_at_most(norm, size, bound(0, "<=", size, *in_domain(X_norm)))
    return p.conclude(bound(J_norm, "<=", p.const("A") * size, root, name="the constant"))


def second_order(p: Proof) -> Fact:
    """|F(W') - F(W) - J(W) (W' - W)| <= |X| e^{B1+R} |W' - W|^2 / 2."""
    z = Quantity("z", real(), "any exponent")
    slope = bound(Abs(exp(z)), "<=", REACH, assume(le(z, B1 + R)), name="the curvature of exp")
    ends = [exponent(p, w, S, "near"), exponent(p, w1, S1, "near too")]
    move, gap = w1(r) - w(r), line_gap(r, i)
    angle = Inner(move, x(i))
    curved = rules.taylor(exp(z), slope, z, Inner(w(r), x(i)), Inner(w1(r), x(i)), *ends)
    entry = bound(Abs(gap), "<=", REACH * angle**2 / 2, curved, name="one neuron at one point")
    short = calc(
        "one inner product",
        Abs(angle),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", Norm(move), [unit(p, i)]),
    )
    fourth = times(rules.square_of_bounded(short, angle), angle**2)
    square = calc(
        "one neuron at one point, squared",
        gap**2,
        ("<=", REACH**2 * angle**4 / 4, [rules.square_of_bounded(entry, gap)]),
        ("<=", REACH**2 * Norm(move) ** 2 * angle**2 / 4, [fourth]),
    )
    neuron = calc(
        "one neuron",
        total((a(r) * gap) ** 2, i),
        ("<=", REACH**2 * Norm(move) ** 2 * total(angle**2, i) / 4, [rules.sum_bound(square, i)]),
        ("<=", REACH**2 * Norm(move) ** 4 * X_norm**2 / 4, [rules.gram_rows_above(X_gram, x(i), move, i, j)]),
    )
    size = REACH * Norm(move) ** 2 * X_norm / 2
    root = rules.root_at_most(neuron, size, bound(0, "<=", size, *in_domain(X_norm)))
    whole = calc(
        "all neurons",
        F_bend,
        ("<=", total(euclidean(a(r) * gap, i), r), [rules.euclidean_of_sum(a(r) * gap, i, r)]),
        ("<=", total(size, r), [rules.sum_bound(root, r)]),
        ("==", X_norm * REACH * W_gap**2 / 2, []),
    )
    return p.conclude(bound(F_bend, "<=", p.const("D") * X_norm * REACH * W_gap**2, whole, name="the constant"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Two points of the ball of radius R about the start; B1 as small as the start allows."""
    at = moved(rng, case)
    along = X = at["X"]
    if case == "random":
        along = rng.standard_normal(X.shape)
    other = unit_rows(along[rng.integers(0, len(X), len(at["W"]))]) * at["R"] * rng.uniform(-1, 1)
    return _with_second(at, at["W0"] + other, rng.uniform(-1, 1, len(X)))


def _with_second(at: dict[str, Any], second: Any, numbers: Any) -> dict[str, Any]:
    top = float(max_preactivation(at["X"], at["W0"])) + 1e-9
    return {**at, "W1": second, "B1": top, "u": numbers}


def _parallel(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Two equal points on the line, one neuron at u0 in [-1, 1], at distances R and (1 - u2) R from there."""
    X, start = np.full((2, 1), 1 / INSIDE), np.array([[2 * u[0] - 1]])
    radius = 0.01 + float(u[1])
    at = perturbed(X, start, np.array([[radius / INSIDE]]), radius, np.array([1.0]), np.ones(2))
    return _with_second(at, at["W"] - np.array([[radius * (0.001 + 0.9 * u[2])]]), np.ones(2))


GIVEN = {"data": le(nu, 1), "start": le(M1, B1), "near": le(S, R), "near too": le(S1, R)}
SETTING: dict[str, Any] = {"draw": draw, "cases": CASES, "search": {"equal points": Search(3, _parallel)}}

lemma = Lemma(
    le(J_gap, C * X_norm * REACH * W_gap),
    given=GIVEN,
    latex=r"\|J(W)-J(W')\| \le {C}\,\|X\|\,e^{{B_1+R}}\,\|W-W'\|_F",
    letters={r"\|J(W)-J(W')\|": J_gap, r"\|W-W'\|_F": W_gap, r"\|X\|": X_norm, "B_1": B1},
    source="the mean value theorem, neuron by neuron; this project's explicit constant",
    limitations="Worst case over the neurons: the largest exponent at the start stands for all of them.",
    proof=proof,
    faults={
        "without |X|": Lemma(le(J_gap, REACH * W_gap), given=GIVEN, **SETTING),
        "without R": Lemma(le(J_gap, X_norm * exp(B1) * W_gap), given=GIVEN, **SETTING),
    },
    also={
        "bounded": Lemma(
            le(J_norm, A * sqrt(m) * X_norm * REACH),
            given={name: GIVEN[name] for name in ("data", "start", "near")},
            latex=r"\|J(W)\| \le {A}\,\sqrt{{m}}\,\|X\|\,e^{{B_1+R}}",
            limitations="The largest exponent at the start stands for all neurons.",
            proof=bounded,
            **SETTING,
        ),
        "second order": Lemma(
            le(F_bend, D * X_norm * REACH * W_gap**2),
            given=GIVEN,
            latex=r"\|F(W')-F(W)-J(W)(W'-W)\| \le {D}\,\|X\|\,e^{{B_1+R}}\,\|W'-W\|_F^2",
            limitations="The largest exponent at the start stands for all neurons.",
            proof=second_order,
            **SETTING,
        ),
    },
    **SETTING,
)
