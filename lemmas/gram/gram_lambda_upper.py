"""The least eigenvalue is at most the least diagonal entry: lambda <= C |x_i|^2 e^{2 |x_i|^2} for every i, so <= e^2.

Source: Rayleigh's quotient at a coordinate vector; e^2 is attained by orthonormal data only.

Proof: lambda_min(K) <= K_ii = |x_i|^2 e^{|2 x_i|^2/2}, which increases with |x_i| <= 1.
"""

from __future__ import annotations

from sympy import E, exp

from lemmas.draws import CASES, with_entry
from lemmas.start import len_i
from lemmas.steps import unit
from lemmas.symbols import K, i, lam_K, nu, x
from verify import Fact, Lemma, Proof, const, le
from verify.proof import Norm, bound, calc, rules
from verify.proof.terms import Entry

C = const("C", 1, "tight")
TOP = const("T", E**2, "tight")


def diagonal(p: Proof) -> Fact:
    """lambda <= K_ii."""
    return calc(
        "a diagonal entry",
        lam_K,
        ("<=", Entry(K, i, i), [rules.diagonal_at_least_lambda_min(K, i)]),
        ("==", Norm(x(i)) ** 2 * exp(2 * Norm(x(i)) ** 2), [rules.norm_squared(x(i))]),
    )


def proof(p: Proof) -> Fact:
    return p.conclude(bound(lam_K, "<=", p.goal.high, diagonal(p), name="the constant"))


def at_most(p: Proof) -> Fact:
    largest = calc("norms are at most 1", diagonal(p).high, ("<=", exp(2), [unit(p, i)]))
    return p.conclude(bound(lam_K, "<=", p.const("T"), diagonal(p), largest, name="the constant"))


lemma = Lemma(
    le(lam_K, C * len_i**2 * exp(2 * len_i**2)),
    latex=r"\lambda \le {C}\,\|x_i\|^2\, e^{{2\|x_i\|^2}} \quad\text{{for every }} i",
    source="Rayleigh's quotient; this project's explicit version",
    limitations="Attained only if x_i is orthogonal to all other points.",
    proof=proof,
    draw=with_entry,
    cases=CASES,
    also={
        "at most e^2": Lemma(
            le(lam_K, TOP),
            given={"data": le(nu, 1)},
            latex=r"\lambda \le {T}",
            proof=at_most,
            draw=with_entry,
            cases=CASES,
        )
    },
)
