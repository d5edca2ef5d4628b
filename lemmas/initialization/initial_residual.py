"""The residual at the start: a coupled start has F(W(0)) = 0 exactly, so |e(0)| = |y| <= C sqrt(n).

Source: coupled initialization after Munteanu, Omlor, Song, Woodruff (ICML 2022).

Proof: neurons s and s + q share their weight and have opposite signs, so their outputs cancel; |y_i| <= 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp, sqrt

from lemmas import model
from lemmas.coupled import TWINS, opposite_sign, same_weight
from lemmas.draws import CASES, points
from lemmas.symbols import E_0, a, e_path, i, n, path, q, r, s, w0, x, y, y_max
from verify import Fact, Lemma, Proof, const, le
from verify.proof import Inner, bound, calc, chain, iterate, rules, total, value_of

C = const("C", 1, "tight")


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


def proof(p: Proof) -> Fact:
    label = chain(rules.sup_member(y_max, i), p.given("labels"))
    residual = calc(
        "the residual at the start is the label",
        e_path(1, i),
        ("==", e_path.value(1, i), [value_of(e_path, 1, i)]),
        ("==", y(i) - total(a(r) * exp(Inner(w0(r), x(i))), r), [iterate(path, 1, r)]),
        ("==", y(i), [cancels(p)]),
    )
    size = calc("one residual", Abs(e_path(1, i)), ("==", Abs(y(i)), [residual]), ("<=", 1, [label]))
    return p.conclude(bound(E_0, "<=", p.const("C") * sqrt(n), rules.euclidean_entrywise(size, i), name="the constant"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A coupled start on random points, labels in [-1, 1] or all of one size; sometimes slightly larger."""
    X = points(rng, case)
    pairs = int(rng.integers(1, 4))
    W0, signs = model.coupled(rng.standard_normal((pairs, X.shape[1])))
    y = rng.uniform(-1.2, 1.2, len(X)) if case == "random" else rng.choice([-1.0, 1.0], len(X))
    start = model.residual(X, W0, signs, y)
    return {
        "X": X,
        "W0": W0,
        "W": W0,
        "G": W0[:pairs],
        "a": signs,
        "y": y,
        "path": np.array([W0, W0]),
        "e_path": np.array([start, start]),
    }


lemma = Lemma(
    le(E_0, C * sqrt(n)),
    given={**TWINS, "labels": le(y_max, 1)},
    latex=r"F(W(0)) = 0, \qquad \|e(0)\| = \|y\| \le {C}\,\sqrt{{n}}",
    source="coupled initialization; an identity",
    limitations="For a coupled start only: with independent signs |e(0)| grows like sqrt(m).",
    proof=proof,
    draw=draw,
    cases=CASES,
)
