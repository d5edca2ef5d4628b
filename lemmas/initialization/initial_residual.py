"""The residual at the start: a coupled start has F(W(0)) = 0 exactly, so |e(0)| = |y| <= C sqrt(n).

Source: coupled initialization after Munteanu, Omlor, Song, Woodruff (ICML 2022); for independent signs Markov's
inequality, with this project's explicit constant A = e.

Proof: neurons s and s + q share their weight and have opposite signs, so their outputs cancel; |y_i| <= 1. With q
neurons and independent signs E F_i^2 = q e^{2 |x_i|^2} <= e^2 q, so |F(W(0))|^2 > e^2 q n / delta has probability at
most delta.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp, sqrt

from lemmas import model
from lemmas.draws import CASES, points, started
from lemmas.notation.coupled import TWINS, opposite_sign, same_weight
from lemmas.notation.runs import E_0, e_path, path, written
from lemmas.notation.start import F_g, b
from lemmas.notation.symbols import a, delta, g, i, n, nu, q, r, s, w0, x, y, y_max
from verify import Fact, Lemma, Proof, const, le
from verify.proof import Inner, Norm, assume, bound, calc, chain, iterate, rules, total, value_of
from verify.proof.terms import Expect

C = const("C", 1, "tight")
A = const("A", exp(1))


def cancels(p: Proof) -> Fact:
    """F(W(0), x_i) = 0."""
    share = a(r) * exp(Inner(w0(r), x(i)))
    return calc(
        "each pair cancels",
        total(share, r),
        ("==", total(share.subs(r, s) + share.subs(r, s + q), s), [rules.split_halves(share, r, s, p.given("pairs"))]),
        ("==", total(share.subs(r, s) + a(s + q) * exp(Inner(w0(s), x(i))), s), [same_weight(p)]),
        ("==", 0, [opposite_sign(p)]),
    )


def labels_at_start(p: Proof) -> Fact:
    """e_i(0) = y_i."""
    return calc(
        "the residual at the start is the label",
        e_path(1, i),
        ("==", e_path.value(1, i), [value_of(e_path, 1, i)]),
        ("==", y(i) - total(a(r) * exp(Inner(w0(r), x(i))), r), [iterate(path, 1, r)]),
        ("==", y(i), [cancels(p)]),
    )


def proof(p: Proof) -> Fact:
    label = chain(rules.sup_member(y_max, i), p.given("labels"))
    size = calc("one residual", Abs(e_path(1, i)), ("==", Abs(y(i)), [labels_at_start(p)]), ("<=", 1, [label]))
    return p.conclude(bound(E_0, "<=", p.const("C") * sqrt(n), rules.euclidean_entrywise(size, i), name="the constant"))


def markov(p: Proof) -> Fact:
    value = total(b(s) * exp(Inner(g(s), x(i))), s) ** 2
    square, threshold = total(value, i), p.const("A") ** 2 * q * n / delta
    short = chain(rules.sup_member(nu, i), p.given("data"), name="|x_i| <= 1")
    moment = calc(
        "the mean square of the output",
        Expect(square),
        ("==", total(Expect(value), i), [rules.expectation_linear(square)]),
        ("==", total(Expect(exp(2 * Inner(g(s), x(i)))), s, i), [rules.signed_square(b(s), exp(Inner(g(s), x(i))), s)]),
        ("==", total(exp(2 * Norm(x(i)) ** 2), s, i), [rules.gaussian_moment(g(s), 2 * x(i))]),
        ("<=", total(exp(2), s, i), [short]),
        ("==", exp(2) * q * n, []),
    )
    large = rules.markov(square, bound(0, "<=", square), moment, threshold)
    level = bound(large.low, "<=", delta, large, name="Markov's level")
    root = bound(F_g, "<=", p.const("A") * sqrt(q * n / delta), assume(le(square, threshold)), name="the square root")
    return p.conclude(rules.smaller_event(level, root))


def draw_independent(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Gaussian vectors with independent signs."""
    at = started(rng, case)
    return {**at, "a": rng.choice([-1.0, 1.0], len(at["G"]))}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A coupled start on random points, labels in [-1, 1] or all of one size; sometimes slightly larger."""
    X = points(rng, case)
    pairs = int(rng.integers(1, 4))
    W0, signs = model.coupled(rng.standard_normal((pairs, X.shape[1])))
    y = rng.uniform(-1.2, 1.2, len(X)) if case == "random" else rng.choice([-1.0, 1.0], len(X))
    return written({"X": X, "W0": W0, "W": W0, "G": W0[:pairs], "a": signs, "y": y, "eta": 0.0, "T": 1})


lemma = Lemma(
    le(E_0, C * sqrt(n)),
    given={**TWINS, "labels": le(y_max, 1)},
    latex=r"F(W(0)) = 0, \qquad \|e(0)\| = \|y\| \le {C}\,\sqrt{{n}}",
    source="coupled initialization; an identity",
    limitations="For a coupled start only: with independent signs |e(0)| grows like sqrt(m).",
    proof=proof,
    draw=draw,
    cases=CASES,
    also={
        "independent": Lemma(
            le(F_g, A * sqrt(q * n / delta)),
            given={"data": le(nu, 1)},
            fails_with=delta,
            latex=r"\Pr\big[\|F(W(0))\| > {A}\sqrt{{mn/\delta}}\big] \le \delta \text{{ for independent signs}}",
            limitations="Markov's inequality: the dependence on delta is poor, see initial-residual-subgaussian.",
            proof=markov,
            draw=draw_independent,
            cases=("n1-d1-q1-d24", "n5-d3-q20-d10"),
        )
    },
)
