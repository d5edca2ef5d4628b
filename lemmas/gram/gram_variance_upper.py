"""Data-free variance: |E Z^2| <= A n^2 for data in the unit ball, A = e^8, Z being one neuron's share of H(W(0)).

Source: entrywise; A = e^8 is attained by equal unit points, and is this project's explicit constant.

Proof: an entry of E Z^2 is sum_k <x_i, x_k> <x_k, x_j> exp(|x_i + 2 x_k + x_j|^2 / 2), at most n e^8 in size; the
largest eigenvalue is at most the Frobenius norm. With gram-lower-tail, q = 2 A n^2 log(n/delta)/(t lambda)^2 suffices:
no e^{4B}, and nothing that depends on the data but lambda.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp, log

from lemmas.draws import CASES, INSIDE, points
from lemmas.initialization.gram_lower_tail import t
from lemmas.notation.start import Z2, lam_g, v_Z
from lemmas.notation.symbols import delta, i, j, k, lam, lam_K, n, nu, q, x
from verify import Lemma, Search, const, ge, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, plus, rules, times, total
from verify.proof.terms import Entry, Frobenius, Spectral

A = const("A", exp(8), "tight")
STARTS = ("q400-t50-d50", "q1600-t40-d10")


def unit(p: Proof, index: Any) -> Fact:
    return chain(rules.sup_member(nu, index), p.given("data"))


def inner(p: Proof, one: Any, other: Any) -> Fact:
    """|<x_i, x_j>| <= 1."""
    return calc(
        "one inner product",
        Abs(Inner(x(one), x(other))),
        ("<=", Norm(x(one)) * Norm(x(other)), [rules.cauchy_schwarz(x(one), x(other))]),
        ("<=", 1, [unit(p, one), unit(p, other)]),
    )


def proof(p: Proof) -> Fact:
    vector = x(i) + 2 * x(k) + x(j)
    length = calc(
        "the exponent's vector",
        Norm(vector),
        ("<=", Norm(x(i)) + 2 * Norm(x(k)) + Norm(x(j)), [rules.triangle(x(i), 2 * x(k), x(j))]),
        ("<=", 4, [unit(p, index) for index in (i, j, k)]),
    )
    term = Inner(x(i), x(k)) * Inner(x(k), x(j)) * exp(Norm(vector) ** 2 / 2)
    one = calc(
        "one term",
        Abs(term),
        ("==", Abs(Inner(x(i), x(k))) * Abs(Inner(x(k), x(j))) * exp(Norm(vector) ** 2 / 2), []),
        ("<=", exp(Norm(vector) ** 2 / 2), [inner(p, i, k), inner(p, k, j)]),
        ("<=", exp(8), [length]),
    )
    entry = calc(
        "one entry",
        Abs(Entry(Z2, i, j)),
        ("<=", total(Abs(term), k), [rules.absolute_of_sum(term, k)]),
        ("<=", n * exp(8), [rules.sum_bound(one, k)]),
    )
    return p.conclude(
        calc(
            "the largest eigenvalue",
            v_Z,
            ("<=", Spectral(Z2), [rules.lambda_max_at_most_norm(Z2)]),
            ("<=", Frobenius(Z2), [rules.spectral_at_most_frobenius(Z2)]),
            ("<=", p.const("A") * n**2, [rules.frobenius_entrywise(Z2, entry, i, j)]),
        )
    )


def tail(p: Proof) -> Fact:
    data = p.given("data")
    variance = p.cite("gram-variance-upper", {}, data)
    found = p.cite("gram-lower-tail", {"v": variance.high}, p.given("lambda"), variance)
    return p.conclude(bound(found.low, "<=", p.goal.high, found, name="the constant"))


def width(p: Proof) -> Fact:
    found = p.cite("gram-variance-upper", {}, p.given("data"), p.given("lambda"), part="tail")
    enough = times(p.given("width"), 1 / (2 * p.const("A") * n**2), name="the exponent")
    room = plus(enough, -log(n / delta), name="what the exponent has to spare")
    exponent = bound(-enough.high, "<=", -enough.low, room, name="the exponent is at most -log(n/delta)")
    failure = times(bound(exp(-enough.high), "<=", delta / n, exponent), n, name="the level")
    return p.conclude(bound(found.low, "<=", delta, found, failure, name="the width"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Points of norm up to 1.2."""
    return {"X": points(rng, case) * rng.choice([1.0, 1.2])}


def _equal(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One to three equal points of norm up to 1."""
    return {"X": np.full((1 + int(2.99 * u[0]), 1), u[1] / INSIDE)}


def draw_start(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """One vector of norm 1, in every third draw 1.4, and q Gaussian ones; the case names q, 100 t and 100 delta."""
    pairs, percent, level = (int(part[1:]) for part in case.split("-"))
    X = np.full((1, 1), rng.choice([1.0, 1.0, 1.4]) / INSIDE)
    numbers = {"t": percent / 100, "lam": 7.389, "delta": level / 100}  # lambda is e^2 for one unit vector
    return {"X": X, "G": rng.standard_normal((pairs, 1)), **numbers}


lemma = Lemma(
    le(v_Z, A * n**2),
    given={"data": le(nu, 1)},
    latex=r"\|\mathbb{{E}} Z^2\| \le {A}\, n^2",
    letters={r"\|\mathbb{E} Z^2\|": v_Z},
    source="entrywise bounds; this project's explicit constant",
    limitations="Attained by equal points only, where lambda = 0; for other data v in closed form is much smaller.",
    proof=proof,
    draw=draw,
    cases=CASES,
    search={"equal points": Search(2, _equal)},
    also={
        "tail": Lemma(
            ge(lam_g, (1 - t) * lam),
            given={"data": le(nu, 1), "lambda": le(lam, lam_K)},
            fails_with=n * exp(-q * t**2 * lam**2 / (2 * A * n**2)),
            latex=r"\Pr[\lambda_{{\min}}(H(W(0))) < (1-t)\lambda]"
            r" \le n\,\exp\Big(-\frac{{q t^2\lambda^2}}{{2 \cdot {A}\,n^2}}\Big)",
            limitations="Weaker than gram-lower-tail with the measured v, by v/(A n^2) in the exponent.",
            uses=("gram-lower-tail", "gram-variance-upper"),
            proof=tail,
            draw=draw_start,
            cases=STARTS,
        ),
        "width": Lemma(
            ge(lam_g, (1 - t) * lam),
            given={
                "data": le(nu, 1),
                "lambda": le(lam, lam_K),
                "width": le(2 * A * n**2 * log(n / delta), q * t**2 * lam**2),
            },
            fails_with=delta,
            latex=r"q \ge 2 \cdot {A}\,n^2\log(n/\delta)/(t\lambda)^2 \implies"
            r" \Pr[\lambda_{{\min}}(H(W(0))) < (1-t)\lambda] \le \delta",
            limitations="Free of e^{4B}, so of order n^2 log(n/delta) / lambda^2; the data enter through lambda alone.",
            uses=("gram-variance-upper",),
            proof=width,
            draw=draw_start,
            cases=STARTS,
        ),
    },
)
