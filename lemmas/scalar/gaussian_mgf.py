"""Gaussian moment generating function with a cut: E[e^{s g}; s g > c] = e^{s^2/2} Q(c/s - s).

Source: completing the square; Vershynin, High-Dimensional Probability, section 2.5, for the case without a cut.

Proof: e^{s z} phi(z) is the derivative of -e^{s^2/2} Q(z - s). Integrate from c/s to infinity; without a cut, from
minus infinity.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from lemmas.quadrature import exponential_mean
from verify import Fact, Lemma, Proof, Quantity, eq, positive, real
from verify.proof import bound, normal_tail, rules

s = Quantity("s", positive(), "length of the vector in the exponent")
c = Quantity("c", real(), "where the exponent is cut")
z = sp.Symbol("z", real=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)


def integral(p: Proof, lower: sp.Expr) -> Fact:
    """The integral of e^{sz} phi(z) over z > lower, from its antiderivative."""
    primitive = -sp.exp(s**2 / 2) * normal_tail(z - s)
    slope = rules.derivative_of(primitive, z, sp.exp(s * z) * density, name="the antiderivative")
    whole = rules.antiderivative(primitive, slope, z, lower, sp.oo)
    return p.conclude(bound(p.goal.left, "==", p.goal.right, whole, name="the value at the ends"))


def by_formula(digits: int) -> mpmath.mpf:
    """The right side at s = 7/5, c = 2."""
    with mpmath.workdps(digits):
        length = mpmath.mpf(7) / 5
        return mpmath.exp(length**2 / 2) * mpmath.ncdf(length - 2 / length)


def by_quadrature(digits: int) -> mpmath.mpf:
    """The left side at s = 7/5, c = 2."""
    with mpmath.workdps(digits):
        length, root = mpmath.mpf(7) / 5, mpmath.sqrt(2 * mpmath.pi)
        return mpmath.quad(lambda u: mpmath.exp(length * u - u**2 / 2) / root, [2 / length, 3, 6, 12, mpmath.inf])


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """s in (0.2, 2), a cut on either side of 0."""
    return {"s": float(rng.uniform(0.2, 2)), "c": float(rng.uniform(-2, 3))}


CUT = sp.Integral(sp.exp(s * z) * density, (z, c / s, sp.oo))
WHOLE = sp.Integral(sp.exp(s * z) * density, (z, -sp.oo, sp.oo))
cut_proof = partial(integral, lower=c / s)
whole_proof = partial(integral, lower=-sp.oo)

# The integrals by quadrature: a false closed form is refuted by numbers, while a proof of it only fails.
mean_cut = Quantity(
    "mean_cut", real(0), "E[e^{sg}; sg > c], by quadrature", lambda at: exponential_mean(at["s"], at["c"])
)
mean = Quantity("mean", real(0), "E e^{sg}, by quadrature", lambda at: exponential_mean(at["s"]))

lemma = Lemma(
    eq(CUT, sp.exp(s**2 / 2) * normal_tail(c / s - s)),
    latex=r"\mathbb{{E}}\big[e^{{sg}};\, sg > c\big] = e^{{s^2/2}}\, Q(c/s - s) \qquad (s > 0)",
    source="completing the square",
    limitations="One-dimensional: a Gaussian vector enters through its projection on v, with s = |v|.",
    proof=cut_proof,
    precision={"s = 7/5, c = 2": (by_formula, by_quadrature)},
    faults={
        "no shift of the cut": Lemma(eq(CUT, sp.exp(s**2 / 2) * normal_tail(c / s)), proof=cut_proof),
        "no shift of the cut, in numbers": Lemma(eq(mean_cut, sp.exp(s**2 / 2) * normal_tail(c / s)), draw=draw),
        "e^{s^2}": Lemma(eq(CUT, sp.exp(s**2) * normal_tail(c / s - s)), proof=cut_proof),
        "e^{s^2}, in numbers": Lemma(eq(mean_cut, sp.exp(s**2) * normal_tail(c / s - s)), draw=draw),
    },
    also={
        "without a cut": Lemma(
            eq(WHOLE, sp.exp(s**2 / 2)),
            latex=r"\mathbb{{E}}\, e^{{sg}} = e^{{s^2/2}}",
            proof=whole_proof,
            faults={
                "e^{s^2}": Lemma(eq(WHOLE, sp.exp(s**2)), proof=whole_proof),
                "e^{s^2}, in numbers": Lemma(eq(mean, sp.exp(s**2)), draw=draw),
            },
        )
    },
)
