"""One step contracts: |e(t+1)| <= (1 - eta m lambda / C) |e(t)| if lambda_min(H) >= lambda/2 and the step is small.

Source: the last step of every such proof; the constant 4 is this project's explicit version.

Proof: e(t+1) = (I - eta m H) e - v. By gram-spectral-upper and the first bound on eta, eta m |H| <= 1, so the linear
part contracts by 1 - eta m lambda/2; by step-expansion and the second bound on eta, |v| <= eta m lambda/4 |e|.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, Rational, exp, sqrt

from lemmas import model
from lemmas.draws import CASES, INSIDE, contracting, one_point
from lemmas.notation.symbols import (
    B,
    E,
    E_next,
    H,
    H_norm,
    M,
    R,
    S,
    curvature,
    descent,
    e,
    eta,
    grad,
    i,
    j,
    lam,
    lam_H,
    m,
    n,
    next_output,
    nu,
    output,
    r,
    x,
)
from lemmas.steps.near import unit
from verify import Lemma, Search, const, ge, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, rules, total
from verify.proof.terms import Entry, euclidean

C = const("C", 4)
STEP_NORM = eta * m * n * exp(2 * (B + R))
STEP_CURVATURE = 4 * eta * n * sqrt(n) * exp(3 * (B + R)) * E


def small_step(p: Proof, hypotheses: list[Fact]) -> Fact:
    """|<Delta_r, x_i>| <= 1, from the second bound on eta and lambda/2 <= lambda_min(H) <= |H| <= n e^{2(B+R)}."""
    trace = p.cite("gram-spectral-upper", {}, *hypotheses)
    gradient = chain(rules.sup_member(grad, r), p.cite("gradient-bound", {}, *hypotheses))
    size = calc(
        "the step of one neuron",
        Abs(Inner(eta * descent(r), x(i))),
        ("<=", eta * Norm(descent(r)) * Norm(x(i)), [rules.cauchy_schwarz(eta * descent(r), x(i))]),
        ("<=", eta * Norm(descent(r)), [unit(p, i)]),
        ("<=", eta * sqrt(n) * exp(B + R) * E, [gradient]),
        ("==", STEP_CURVATURE / (4 * n * exp(2 * (B + R))), []),
        ("<=", lam / (4 * n * exp(2 * (B + R))), [p.given("step against the curvature")]),
        ("<=", 2 * lam_H / (4 * n * exp(2 * (B + R))), [p.given("gram")]),
        ("<=", 2 * H_norm / (4 * n * exp(2 * (B + R))), [rules.lambda_min_at_most_norm(H)]),
        ("<=", Rational(1, 2), [trace]),
        ("<=", 1, []),
    )
    return rules.sup_least(size, r, i)


def proof(p: Proof) -> Fact:
    hypotheses = [p.given(name) for name in ("data", "start", "near")]
    first, second, gram = (p.given(name) for name in ("step against the norm", "step against the curvature", "gram"))
    norm = calc(
        "eta m |H| <= 1",
        eta * m * H_norm,
        ("<=", STEP_NORM, [p.cite("gram-spectral-upper", {}, *hypotheses)]),
        ("<=", 1, [first]),
    )
    linear = rules.psd_step_contracts(H, gram, norm, eta * m, e(i), i, j)
    rest = p.cite("step-expansion", {}, *hypotheses, small_step(p, hypotheses))
    excess = next_output(x(i)) - output(x(i)) - eta * m * total(Entry(H, i, j) * e(j), j)
    straight = e(i) - eta * m * total(Entry(H, i, j) * e(j), j)
    after = calc(
        "both parts",
        E_next,
        ("==", euclidean(straight - excess, i), []),
        ("<=", euclidean(straight, i) + euclidean(-excess, i), [rules.euclidean_triangle(i, straight, -excess)]),
        ("==", euclidean(straight, i) + curvature, []),
        ("<=", (1 - eta * m * lam / 2) * E + curvature, [linear]),
        ("<=", (1 - eta * m * lam / 2) * E + n * sqrt(n) * m * eta**2 * exp(3 * (B + R)) * E**2, [rest]),
        ("<=", (1 - eta * m * lam / 2) * E + eta * m * lam * E / 4, [second]),
    )
    return p.conclude(bound(E_next, "<=", (1 - eta * m * lam / p.const("C")) * E, after, name="the constant"))


def _one_neuron(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One point, one neuron at u0 in [-1, 1], residual down to 1e-3, lambda = 2 H, eta up to what is allowed."""
    at = one_point(2 * float(u[0]) - 1, 0.0, 0.0)
    residual = 10 ** (-3 * float(u[1])) * (1 if u[2] < 0.5 else -1)
    lam_at = 2 * float(model.lambda_min(model.gram(at["X"], at["W"]))) / INSIDE
    reach = float(np.exp(at["B"]))
    allowed = min(1 / reach**2, lam_at / (4 * reach**3 * abs(residual)))
    return {**at, "e": np.array([residual]), "lam": lam_at, "eta": allowed * max(float(u[3]), 1e-3) / INSIDE}


lemma = Lemma(
    le(E_next, (1 - eta * m * lam / C) * E),
    given={
        "data": le(nu, 1),
        "start": le(M, B),
        "near": le(S, R),
        "gram": ge(lam_H, lam / 2),
        "step against the norm": le(STEP_NORM, 1),
        "step against the curvature": le(STEP_CURVATURE, lam),
    },
    latex=r"\|e(t+1)\| \le \Big(1-\frac{{\eta m\lambda}}{{{C}}}\Big)\,\|e(t)\|",
    letters={r"\|e(t+1)\|": E_next, r"\|e(t)\|": E},
    source="a psd contraction and one-step expansion; this project's explicit constants",
    limitations="Both bounds on eta are worst-case; at the actual curvature much larger steps contract.",
    uses=("gram-spectral-upper", "gradient-bound", "step-expansion"),
    proof=proof,
    draw=contracting,
    cases=CASES,
    search={"one neuron": Search(4, _one_neuron)},
)
