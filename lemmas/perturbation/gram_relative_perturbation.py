"""Relative stability of the Gram matrix: each entry moves by at most C (e^{2R} - 1) times its size without signs.

Source: the same step as gram-perturbation, without its event and for any R; C = 1 is attained by moves along x.

Proof: one neuron's share changes by the factor e^z - 1 with |z| = |<w_r - w_r(0), x_i + x_j>| <= 2R, and
|e^z - 1| <= e^{|z|} - 1 <= e^{2R} - 1. Average over the neurons.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp

from lemmas.draws import CASES, EQUAL_PAIR, with_entry
from lemmas.notation.symbols import R, S, dH_ij, i, j, nu, r, size_ij, w, w0, x
from lemmas.steps.near import close, unit
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, mean, rules

C = const("C", 1, "tight")


def proof(p: Proof) -> Fact:
    move, both = w(r) - w0(r), x(i) + x(j)
    z = Inner(move, both)
    size = calc(
        "z is at most 2R",
        Abs(z),
        ("<=", Norm(move) * Norm(both), [rules.cauchy_schwarz(move, both)]),
        ("<=", R * Norm(both), [close(p)]),
        ("<=", R * (Norm(x(i)) + Norm(x(j))), [rules.triangle(x(i), x(j))]),
        ("<=", 2 * R, [unit(p, i), unit(p, j)]),
    )
    weight = exp(Inner(w0(r), both))
    summand = calc(
        "one neuron's share",
        Abs(Inner(x(i), x(j)) * weight * (exp(z) - 1)),
        ("==", Abs(Inner(x(i), x(j))) * weight * Abs(exp(z) - 1), []),
        ("<=", Abs(Inner(x(i), x(j))) * weight * (exp(Abs(z)) - 1), [rules.exp_series_remainder(z, 1)]),
        ("<=", Abs(Inner(x(i), x(j))) * weight * (exp(2 * R) - 1), [size]),
    )
    shares, sizes = Inner(x(i), x(j)) * weight * (exp(z) - 1), Abs(Inner(x(i), x(j))) * weight
    entry = calc(
        "one entry",
        Abs(mean(shares, r)),
        ("<=", mean(Abs(shares), r), [rules.absolute_of_sum(shares, r)]),
        ("<=", (exp(2 * R) - 1) * mean(sizes, r), [rules.sum_bound(summand, r)]),
    )
    return p.conclude(bound(dH_ij, "<=", (exp(2 * R) - 1) * size_ij, entry))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The moved weights, and one entry (i, j) of the Gram matrix; radii up to 2."""
    at = with_entry(rng, case)
    stretch = float(rng.uniform(0.1, 2.5))
    return {**at, "R": stretch * at["R"], "W": at["W0"] + stretch * (at["W"] - at["W0"])}


lemma = Lemma(
    le(dH_ij, C * (exp(2 * R) - 1) * size_ij),
    given={"data": le(nu, 1), "near": le(S, R)},
    latex=r"|H_{{ij}}(W)-H_{{ij}}(W(0))| \le {C}\,(e^{{2R}}-1)\,|\langle x_i,x_j\rangle|\,"
    r"\frac1m\sum_r e^{{\langle w_r(0),x_i+x_j\rangle}}",
    source="the exponential series, term by term; this project's explicit version",
    limitations="Entrywise, with all shares of one sign: cancellation between neurons is ignored.",
    proof=proof,
    draw=draw,
    cases=CASES,
    search={"equal points": EQUAL_PAIR},
)
