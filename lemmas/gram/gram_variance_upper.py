"""Data-free variance: |E Z^2| <= A n^2 for data in the unit ball, A = e^8, Z being one neuron's share of H(W(0)).

Source: entrywise; A = e^8 is attained by equal unit points, and is this project's explicit constant.

Proof: an entry of E Z^2 is sum_k <x_i, x_k> <x_k, x_j> exp(|x_i + 2 x_k + x_j|^2 / 2), at most n e^8 in size; the
largest eigenvalue is at most the Frobenius norm.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp

from lemmas.draws import CASES, INSIDE, points
from lemmas.start import Z2, v_Z
from lemmas.symbols import i, j, k, n, nu, x
from verify import Lemma, Search, const, le
from verify.proof import Fact, Inner, Norm, Proof, calc, chain, rules, total
from verify.proof.terms import Entry, Frobenius, Spectral

A = const("A", exp(8), "tight")


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


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Points of norm up to 1.2."""
    return {"X": points(rng, case) * rng.choice([1.0, 1.2])}


def _equal(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One to three equal points of norm up to 1."""
    return {"X": np.full((1 + int(2.99 * u[0]), 1), u[1] / INSIDE)}


lemma = Lemma(
    le(v_Z, A * n**2),
    given={"data": le(nu, 1)},
    latex=r"\|\mathbb{{E}} Z^2\| \le {A}\, n^2",
    source="entrywise bounds; this project's explicit constant",
    limitations="Attained by equal points only, where lambda = 0; for other data v in closed form is much smaller.",
    proof=proof,
    draw=draw,
    cases=CASES,
    search={"equal points": Search(2, _equal)},
)
