"""Weight-perturbation stability: while no neuron moves further than R, the Gram matrix moves by at most C n R e^{2B}.

Source: the standard perturbation step for this model; the constant is this project's explicit version.

Proof: entrywise, |<x_i,x_j>| e^{<w_r(0),x_i+x_j>} |e^{z} - 1| with z = <w_r - w_r(0), x_i + x_j>, |z| <= 2R <= 1.
The first factor is at most 1, the second at most e^{2B}, the third at most 2|z| <= 4R by exp-first-order.
Average over r; the Frobenius norm is at most n times the largest entry.
"""

from __future__ import annotations

import numpy as np
from sympy import Abs, Rational, exp

from lemmas.symbols import H0, B, D, H, M, R, S, i, j, n, nu, r, w, w0, x
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, mean, rules

C = const("C", 4)


def proof(p: Proof) -> Fact:
    near, start, radius, data = (p.given(name) for name in ("near", "start", "radius", "data"))
    move, both = w(r) - w0(r), x(i) + x(j)
    z = Inner(move, both)
    points = [chain(rules.sup_member(nu, t), data) for t in (i, j)]
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
    taylor = p.cite("exp-first-order", {"z": z}, rules.absolute_above(small, z), rules.absolute_below(small, z))
    exponents = [rules.absolute_above(chain(rules.sup_member(M, r, t), start), Inner(w0(r), x(t))) for t in (i, j)]
    weight = exp(Inner(w0(r), both))
    summand = calc(
        "one neuron's share",
        Abs(Inner(x(i), x(j)) * weight * (exp(z) - 1)),
        ("==", Abs(Inner(x(i), x(j))) * weight * Abs(exp(z) - 1), []),
        ("<=", Abs(exp(z) - 1) * weight, [inner]),
        ("<=", 2 * Abs(z) * weight, [taylor]),
        ("<=", 4 * R * weight, [size]),
        ("<=", 4 * R * exp(2 * B), exponents),
    )
    entry = calc(
        "one entry",
        Abs(mean(Inner(x(i), x(j)) * weight * (exp(z) - 1), r)),
        ("<=", mean(Abs(Inner(x(i), x(j)) * weight * (exp(z) - 1)), r),
         [rules.absolute_of_sum(Inner(x(i), x(j)) * weight * (exp(z) - 1), r)]),
        ("<=", 4 * R * exp(2 * B), [rules.sum_bound(summand, r)]),
    )
    whole = rules.frobenius_entrywise(H - H0, entry, i, j)
    return p.conclude(bound(D, "<=", p.const("C") * n * R * exp(2 * B), whole, name="the constant"))


def draw(rng: np.random.Generator, case: str) -> dict[str, object]:
    """Random weights, and neurons moved to the boundary of the radius along x_i + x_j."""
    size, dim, width = int(rng.integers(1, 5)), int(rng.integers(1, 5)), int(rng.integers(1, 6))
    X = rng.standard_normal((size, dim))
    X /= np.linalg.norm(X, axis=1, keepdims=True) * (1 + 1e-12)
    W0 = rng.standard_normal((width, dim)) * rng.choice([0.0, 0.1, 1.0])
    radius = rng.uniform(0, 0.75)
    move = rng.standard_normal((width, dim)) if case == "random" else X[[0] * width] + X[rng.integers(0, size, width)]
    move *= radius * (1 - 1e-12) / np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-300)
    top = float(np.abs(W0 @ X.T).max()) * (1 + 1e-12)
    return {"X": X, "W0": W0, "W": W0 + move, "R": radius, "B": top}


lemma = Lemma(
    le(D, C * n * R * exp(2 * B)),
    given={"data": le(nu, 1), "start": le(M, B), "near": le(S, R), "radius": le(R, Rational(1, 2))},
    latex=r"\|H(W)-H(W(0))\|_F \le {C}\, n R\, e^{{2B}}",
    source="weight-perturbation stability of the Gram matrix; this project's explicit constant",
    limitations="Needs R <= 1/2; the bound is two-sided in the event although only the upper side is used.",
    uses=("exp-first-order",),
    proof=proof,
    draw=draw,
    cases=("random", "aligned"),
)
