"""Upper bound on the least eigenvalue: lambda_min(K) <= C min_i |x_i|^2 e^{2 |x_i|^2}, at most A for |x_i| <= 1.

Source: Rayleigh's principle at a basis vector; C = 1 and A = e^2 are attained by orthonormal data (and only by it).

Proof: lambda_min(K) <= K_ii = |x_i|^2 exp(|2 x_i|^2 / 2) for each i.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import exp

from lemmas.draws import points, unit_points
from lemmas.notation.start import least_diag
from lemmas.notation.symbols import K, i, lam_K, nu, x
from verify import Lemma, Search, const, le
from verify.proof import Fact, Norm, Proof, bound, calc, chain, rules, times
from verify.proof.terms import Entry

C = const("C", 1, "tight")
A = const("A", exp(2), "tight")


def diagonal() -> Fact:
    """lambda_min(K) <= |x_i|^2 exp(2 |x_i|^2)."""
    return calc(
        "the diagonal entry",
        lam_K,
        ("<=", Entry(K, i, i), [rules.diagonal_at_least_lambda_min(K, i)]),
        ("==", Norm(x(i)) ** 2 * exp(2 * Norm(x(i)) ** 2), [rules.norm_squared(x(i))]),
    )


def proof(p: Proof) -> Fact:
    own = diagonal()
    below = rules.sup_least(bound(-own.high, "<=", -lam_K, own), i)
    positive = bound(0, "<=", least_diag, rules.sup_least(bound(-own.high, "<=", 0), i))
    larger = times(bound(1, "<=", p.const("C"), name="the constant"), least_diag, positive)
    return p.conclude(chain(bound(lam_K, "<=", least_diag, below), larger))


def unit_proof(p: Proof) -> Fact:
    short = chain(rules.sup_member(nu, i), p.given("data"), name="|x_i| <= 1")
    return p.conclude(
        calc(
            "the diagonal entry for short data",
            lam_K,
            ("<=", Norm(x(i)) ** 2 * exp(2 * Norm(x(i)) ** 2), [diagonal()]),
            ("<=", p.goal.right, [short]),
        )
    )


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to four points of norm up to 1.5; in the case "axes" also orthonormal ones."""
    if case == "axes":
        return {"X": unit_points(rng, int(rng.integers(1, 4)), case)}
    return {"X": points(rng, case) * rng.choice([1.0, 1.5])}


def _line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One number in [0, 2] as data."""
    return {"X": 2 * u[:, None]}


lemma = Lemma(
    le(lam_K, C * least_diag),
    latex=r"\lambda \le {C} \min_i \|x_i\|^2 e^{{2\|x_i\|^2}}",
    letters={r"\min_i \|x_i\|^2 e^{2\|x_i\|^2}": least_diag, r"\lambda": lam_K},
    source="Rayleigh's principle; this project's explicit constant",
    limitations="Says nothing about how lambda falls as points come close: see gram-lambda-decay.",
    proof=proof,
    draw=draw,
    cases=("random", "equal points", "axes"),
    search={"one number": Search(1, _line)},
    also={
        "short data": Lemma(
            le(lam_K, A),
            given={"data": le(nu, 1)},
            latex=r"\lambda \le {A} \qquad (\|x_i\| \le 1)",
            limitations="Attained by orthonormal data only.",
            proof=unit_proof,
            draw=draw,
            cases=("random", "equal points", "axes"),
            search={"one number": Search(1, _line)},
        )
    },
)
