"""Quadratic bound on decay: e^{-x} <= 1 - x + C x^2 for x >= 0.

Source: Taylor's theorem.

Proof: the remainder of second order of e^{-x} is x^2 e^{-u}/2 for some u in [0, x].
"""

from sympy import Rational, exp

from verify import Lemma, Quantity, const, le, real

x = Quantity("x", real(0), "any non-negative number")
C = const("C", Rational(1, 2), "tight")

lemma = Lemma(
    le(exp(-x), 1 - x + C * x**2),
    latex=r"e^{{-x}} \le 1 - x + {C}\, x^2 \qquad (x \ge 0)",
    source="Taylor's theorem",
    limitations="Useless beyond x of order 1, where the right-hand side grows.",
)
