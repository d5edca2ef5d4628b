"""Gaussian tail: Q(t) = P(g > t) <= C e^{-t^2/2} for t >= 0.

Source: Feller, An Introduction to Probability Theory and Its Applications I; C = 1/2 is attained at t = 0.

Proof: Q(t) e^{t^2/2} decreases for t >= 0, and equals 1/2 at t = 0.
"""

from sympy import Rational, exp

from verify import Lemma, Quantity, const, le, real
from verify.proof import normal_tail

t = Quantity("t", real(0), "any non-negative number")
C = const("C", Rational(1, 2), "tight")

lemma = Lemma(
    le(normal_tail(t), C * exp(-(t**2) / 2)),
    latex=r"Q(t) \le {C}\, e^{{-t^2/2}} \qquad (t \ge 0)",
    source="Feller I, section VII.1; this project's explicit constant",
    limitations="Off by a factor of about t for large t.",
)
