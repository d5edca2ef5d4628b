"""Closed form of the limit: one neuron's mean share of the Gram matrix is K_ij = <x_i, x_j> exp(C |x_i + x_j|^2).

Source: the Gaussian moment generating function; K is the mean of H(W(0)), the continuous Gram matrix of the paper.

Proof: pull the fixed factor <x_i, x_j> out of the expectation; E exp(<w, v>) = exp(|v|^2 / 2) at v = x_i + x_j. For
unit vectors |x_i + x_j|^2 / 2 = 1 + s with s = <x_i, x_j>.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from sympy import E, Rational, exp

from lemmas.draws import points, unit_points
from lemmas.notation.start import Z_ij, len_i, len_j, norm_ij, s_ij, share
from lemmas.notation.symbols import g, i, j, x
from lemmas.quadrature import exponential_mean_digits
from verify import Lemma, Search, const, eq
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, rules
from verify.proof.terms import Expect

C = const("C", Rational(1, 2), "tight")
A = const("A", E, "tight")
both = x(i) + x(j)


def limit(p: Proof) -> Fact:
    """E of one neuron's share."""
    moment = Expect(exp(Inner(g(1), both)))
    return calc(
        "one neuron's mean share",
        Expect(share(g(1))),
        ("==", Inner(x(i), x(j)) * moment, [rules.expectation_linear(share(g(1)))]),
        ("==", Inner(x(i), x(j)) * exp(Norm(both) ** 2 / 2), [rules.gaussian_moment(g(1), both)]),
    )


def proof(p: Proof) -> Fact:
    return p.conclude(bound(Z_ij, "==", p.goal.right, limit(p), name="the constant"))


def unit_proof(p: Proof) -> Fact:
    squares = [rules.norm_squared(v) for v in (x(i), x(j))]
    exponent = calc(
        "the exponent for unit vectors",
        Norm(both) ** 2,
        ("==", Inner(both, both), [rules.norm_squared(both)]),
        ("==", Norm(x(i)) ** 2 + 2 * Inner(x(i), x(j)) + Norm(x(j)) ** 2, squares),
        ("==", 2 + 2 * Inner(x(i), x(j)), [p.given("unit i"), p.given("unit j")]),
    )
    return p.conclude(
        calc(
            "the closed form for unit vectors",
            Z_ij,
            ("==", s_ij * exp(Norm(both) ** 2 / 2), [limit(p)]),
            ("==", p.goal.right, [exponent]),
        )
    )


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Data points of any norm up to 2, and one entry (i, j)."""
    X = points(rng, case) * rng.choice([1.0, 2.0])
    return {"X": X, "i": int(rng.integers(1, len(X) + 1)), "j": int(rng.integers(1, len(X) + 1))}


def draw_unit(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Unit vectors, some (so that the hypotheses matter) halved."""
    X = unit_points(rng, 4, case) * rng.choice([1.0, 0.5], (4, 1))
    return {"X": X, "i": int(rng.integers(1, 5)), "j": int(rng.integers(1, 5))}


def _line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Two numbers in [-1, 1] as data."""
    return {"X": 2 * u[:, None] - 1, "i": 1, "j": 2}


def _formula(digits: int) -> mpmath.mpf:
    return mpmath.exp(mpmath.mpf(7) ** 2 / 2 / 25)


lemma = Lemma(
    eq(Z_ij, s_ij * exp(C * norm_ij**2)),
    latex=r"\mathbb{{E}}\,\langle x_i,x_j\rangle\, e^{{\langle w,x_i+x_j\rangle}}"
    r" = \langle x_i,x_j\rangle\, e^{{{C}\,\|x_i+x_j\|^2}} = K_{{ij}}",
    source="Gaussian moment generating function; the continuous Gram matrix of arXiv:2303.16504",
    limitations="About one neuron with w ~ N(0, I_d); other laws of the start have another limit.",
    proof=proof,
    draw=draw,
    cases=("random", "equal points", "antipodal"),
    search={"two numbers": Search(2, _line)},
    precision={"|x_i + x_j| = 7/5": (_formula, lambda digits: exponential_mean_digits(Fraction(7, 5), digits))},
    also={
        "unit vectors": Lemma(
            eq(Z_ij, A * s_ij * exp(s_ij)),
            given={"unit i": eq(len_i, 1), "unit j": eq(len_j, 1)},
            latex=r"K_{{ij}} = {A}\, s\, e^{{s}}, \quad s = \langle x_i,x_j\rangle,\ \|x_i\|=\|x_j\|=1",
            limitations="Unit vectors only.",
            proof=unit_proof,
            draw=draw_unit,
            cases=("sphere", "axes"),
        )
    },
)
