"""K is positive definite if the data points are distinct and non-zero (and only then): lambda > 0.

Source: the exponential kernel is strictly positive definite; antipodal pairs and collinear points are fine.

Proof: K_ij = d_i d_j <x_i, x_j> e^{<x_i, x_j>} with d_i = e^{|x_i|^2/2} > 0, and t e^t has a power series with positive
coefficients from t on: u^T K u = 0 would force sum u_i p(x_i) = 0 for every polynomial p with p(0) = 0, and
interpolation at distinct non-zero points then gives u = 0. Only then: equal points give equal rows of K, a zero point
a zero row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import exp

from lemmas.draws import unit_rows
from lemmas.notation.symbols import K, i, j, lam_K, least_norm, separation, x
from verify import Fact, Lemma, Proof, Search, gt
from verify.proof import Inner, Norm, calc, rules
from verify.proof.terms import Entry

CASES = ("random", "antipodal", "collinear", "close", "equal", "with zero")


def proof(p: Proof) -> Fact:
    scale_i, scale_j = exp(Norm(x(i)) ** 2 / 2), exp(Norm(x(j)) ** 2 / 2)
    both = x(i) + x(j)
    square = calc(
        "the square of a sum",
        Norm(both) ** 2,
        ("==", Inner(both, both), [rules.norm_squared(both)]),
        ("==", Norm(x(i)) ** 2 + 2 * Inner(x(i), x(j)) + Norm(x(j)) ** 2, [rules.norm_squared(x(t)) for t in (i, j)]),
    )
    entry = calc(
        "one entry",
        Entry(K, i, j),
        ("==", scale_i * scale_j * Inner(x(i), x(j)) * exp(Inner(x(i), x(j))), [square]),
    )
    definite = rules.linear_exponential_kernel(K, entry, x(i), scale_i, i, j, p.given("distinct"), p.given("non-zero"))
    return p.conclude(definite)


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Two to five points, some of them close, antipodal, on a line, equal or zero."""
    size, dim = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    X = unit_rows(rng.standard_normal((size, dim))) * rng.uniform(0.3, 1, (size, 1))
    if case == "antipodal":
        X[1] = -X[0]
    if case == "collinear":
        X = np.linspace(-1, 1, size)[:, None] * X[:1]
        X = X[np.abs(X).sum(axis=1) > 0]
    if case == "close":
        X[1] = X[0] * (1 - 10.0 ** -rng.uniform(1, 3))
    if case == "equal":
        X[1] = X[0]
    if case == "with zero":
        X[0] = 0
    return {"X": X}


def _line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {"X": 2 * u[:, None] - 1}


lemma = Lemma(
    gt(lam_K, 0),
    given={"distinct": gt(separation, 0), "non-zero": gt(least_norm, 0)},
    latex=r"\lambda_{{\min}}(K) > 0 \quad\text{{if the }} x_i \text{{ are distinct and non-zero}}",
    source="strict positive definiteness of power series kernels; Schur's product theorem alone gives >= 0",
    limitations="Says nothing of how small lambda is: it falls super-exponentially as points crowd together.",
    proof=proof,
    draw=draw,
    cases=CASES,
    search={"three points on a line": Search(3, _line)},
)
