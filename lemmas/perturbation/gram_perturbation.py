"""Weight-perturbation stability: while no neuron moves further than R, the Gram matrix moves by at most C n R e^{2B}.

Source: the standard perturbation step for this model; the constant is this project's explicit version.

Proof: entrywise, |<x_i,x_j>| e^{<w_r(0),x_i+x_j>} |e^{z} - 1| with z = <w_r - w_r(0), x_i + x_j>, |z| <= 2R <= 1.
The first factor is at most 1, the second at most e^{2B}, the third at most (e-1)|z| <= 2(e-1)R by exp-first-order.
Average over r; the Frobenius norm is at most n times the largest entry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, E, Rational, exp

from lemmas import model
from lemmas.draws import CASES, EQUAL_POINTS, INSIDE, moved, one_point, settled
from lemmas.notation.symbols import H0, B, D, H, M, R, S, i, j, lam, lam_H, lam_H0, n, nu, r, w, w0, x
from lemmas.steps.near import start_exponent, unit
from verify import Lemma, Search, const, ge, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, mean, rules
from verify.proof.terms import Frobenius, Spectral

C = const("C", 4)


def proof(p: Proof) -> Fact:
    near, radius = p.given("near"), p.given("radius")
    move, both = w(r) - w0(r), x(i) + x(j)
    z = Inner(move, both)
    points = [unit(p, i), unit(p, j)]
    inner = calc(
        "the data factor is at most 1",
        Abs(Inner(x(i), x(j))),
        ("<=", Norm(x(i)) * Norm(x(j)), [rules.cauchy_schwarz(x(i), x(j))]),
        ("<=", 1, points),
    )
    size = calc(
        "z is small",
        Abs(z),
        ("<=", Norm(move) * Norm(both), [rules.cauchy_schwarz(move, both)]),
        ("<=", R * Norm(both), [chain(rules.sup_member(S, r), near)]),
        ("<=", R * (Norm(x(i)) + Norm(x(j))), [rules.triangle(x(i), x(j))]),
        ("<=", 2 * R, points),
    )
    small = bound(Abs(z), "<=", 1, size, radius, name="z is at most 1")
    ends = [rules.absolute_above(small, z), rules.absolute_below(small, z)]
    taylor = p.cite("exp-first-order", {"z": z}, *ends, part="sharp")
    exponents = [start_exponent(p, r, i), start_exponent(p, r, j)]
    weight = exp(Inner(w0(r), both))
    summand = calc(
        "one neuron's share",
        Abs(Inner(x(i), x(j)) * weight * (exp(z) - 1)),
        ("==", Abs(Inner(x(i), x(j))) * weight * Abs(exp(z) - 1), []),
        ("<=", Abs(exp(z) - 1) * weight, [inner]),
        ("<=", (E - 1) * Abs(z) * weight, [taylor]),
        ("<=", 2 * (E - 1) * R * weight, [size]),
        ("<=", 2 * (E - 1) * R * exp(2 * B), exponents),
    )
    entry = calc(
        "one entry",
        Abs(mean(Inner(x(i), x(j)) * weight * (exp(z) - 1), r)),
        (
            "<=",
            mean(Abs(Inner(x(i), x(j)) * weight * (exp(z) - 1)), r),
            [rules.absolute_of_sum(Inner(x(i), x(j)) * weight * (exp(z) - 1), r)],
        ),
        ("<=", 2 * (E - 1) * R * exp(2 * B), [rules.sum_bound(summand, r)]),
    )
    whole = rules.frobenius_entrywise(H - H0, entry, i, j)
    return p.conclude(bound(D, "<=", p.const("C") * n * R * exp(2 * B), whole, name="the constant"))


def eigenvalue(p: Proof) -> Fact:
    """Weyl: lambda_min(H(W)) >= lambda_min(H(W(0))) - |H(W) - H(W(0))|_F >= 3 lambda/4 - lambda/4."""
    moved_by = p.cite("gram-perturbation", {}, *(p.given(name) for name in ("data", "start", "near", "radius")))
    return p.conclude(
        calc(
            "Weyl",
            lam_H,
            (">=", lam_H0 - Spectral(H - H0), [rules.weyl(H, H0)]),
            (">=", lam_H0 - Frobenius(H - H0), [rules.spectral_at_most_frobenius(H - H0)]),
            (">=", lam_H0 - p.const("C") * n * R * exp(2 * B), [moved_by]),
            (">=", lam_H0 - lam / 4, [p.given("radius against lambda")]),
            (">=", lam / 2, [p.given("initialization")]),
        )
    )


HYPOTHESES = {"data": le(nu, 1), "start": le(M, B), "near": le(S, R), "radius": le(R, Rational(1, 2))}


def _inward(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One point, one neuron at u0 that moves by up to R towards 0, lambda and R as large as the hypotheses allow."""
    weight = float(u[0])
    at = one_point(weight, 0.0, 0.0)
    lam_at = 4 * float(model.lambda_min(model.gram(at["X"], at["W0"]))) / 3 / INSIDE
    radius = min(lam_at / (16 * float(np.exp(2 * at["B"]))), 0.5) / INSIDE
    return {**one_point(weight, -radius * float(u[1]) / INSIDE, radius), "lam": lam_at}


lemma = Lemma(
    le(D, C * n * R * exp(2 * B)),
    given=HYPOTHESES,
    latex=r"\|H(W)-H(W(0))\|_F \le {C}\, n R\, e^{{2B}}",
    letters={r"\|H(W)-H(W(0))\|_F": D},
    source="weight-perturbation stability of the Gram matrix; this project's explicit constant",
    limitations="Needs R <= 1/2; the bound is two-sided in the event although only the upper side is used.",
    uses=("exp-first-order",),
    proof=proof,
    draw=moved,
    cases=CASES,
    search={"equal points": EQUAL_POINTS},
    also={
        "eigenvalue": Lemma(
            ge(lam_H, lam / 2),
            given={
                **HYPOTHESES,
                "initialization": ge(lam_H0, 3 * lam / 4),
                "radius against lambda": le(4 * C * n * R * exp(2 * B), lam),
            },
            latex=r"\lambda_{{\min}}(H(W)) \ge \lambda/2",
            uses=("gram-perturbation",),
            proof=eigenvalue,
            draw=settled,
            cases=("random", "aligned"),
            search={"one neuron": Search(2, _inward)},
        )
    },
)
