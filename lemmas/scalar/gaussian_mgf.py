"""Gaussian moment generating function with a cut: E[e^{s g}; s g > c] = e^{s^2/2} Q(c/s - s).

Source: completing the square; Vershynin, High-Dimensional Probability, section 2.5, for the case without a cut.

Proof: e^{s z} phi(z) is the derivative of -e^{s^2/2} Q(z - s). Integrate from c/s to infinity; without a cut, from
minus infinity.
"""

from __future__ import annotations

import sympy as sp

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


lemma = Lemma(
    eq(sp.Integral(sp.exp(s * z) * density, (z, c / s, sp.oo)), sp.exp(s**2 / 2) * normal_tail(c / s - s)),
    latex=r"\mathbb{{E}}\big[e^{{sg}};\, sg > c\big] = e^{{s^2/2}}\, Q(c/s - s) \qquad (s > 0)",
    source="completing the square",
    limitations="One-dimensional: a Gaussian vector enters through its projection on v, with s = |v|.",
    proof=lambda p: integral(p, c / s),
    also={
        "without a cut": Lemma(
            eq(sp.Integral(sp.exp(s * z) * density, (z, -sp.oo, sp.oo)), sp.exp(s**2 / 2)),
            latex=r"\mathbb{{E}}\, e^{{sg}} = e^{{s^2/2}}",
            proof=lambda p: integral(p, -sp.oo),
        )
    },
)
