"""What damping costs, in numbers: e^{-s^2 x} - e^{-x} <= (1 - s^2) x / (1 + C (1 + s^2) x) for x >= 0, 0 <= s <= 1.

Source: this project's explicit version; it prices neurons that the analysis damps by s; C = 1/2 is tight at x = 0.

Proof: ball arithmetic over the whole quarter-strip, the double zero at x = 0 and the zero at s = 1 divided out.
The parts are what bounds a Laplace transform by a resolvent: e^{-x} is at most 1/(1 + x), and 1/(1 + x + x^2/2).
"""

from __future__ import annotations

from sympy import Rational, exp

from verify import Lemma, Quantity, const, le, real

C = const("C", Rational(1, 2), "tight")
C1 = const("C1", 1, "tight")
C2 = const("C2", Rational(1, 2), "tight")
x = Quantity("x", real(0), "an eigenvalue of theta A")
s = Quantity("s", real(0, 1), "the weight of a neuron in the analysis")
DAMPED = exp(-(s**2) * x) - exp(-x)

lemma = Lemma(
    le(DAMPED, (1 - s**2) * x / (1 + C * (1 + s**2) * x)),
    latex=r"e^{{-s^2x}} - e^{{-x}} \le \frac{{(1-s^2)\,x}}{{1+{C}\,(1+s^2)\,x}} \qquad (x \ge 0,\ 0 \le s \le 1)",
    source="this project's explicit version",
    limitations="Only the inequality between numbers. That it may be applied to operators (x/(1 + c x) is operator "
    "concave), averaged over slabs by Jensen's inequality and tilted is not checked by machine: what follows from it "
    "is simulated in gram-laplace-tail.",
    also={
        "first order": Lemma(
            le((1 + C1 * x) * exp(-x), 1),
            latex=r"(1+{C1}\,x)\,e^{{-x}} \le 1",
            limitations="Sharp at x = 0 only.",
        ),
        "second order": Lemma(
            le((1 + x + C2 * x**2) * exp(-x), 1),
            latex=r"(1+x+{C2}\,x^2)\,e^{{-x}} \le 1",
            limitations="Sharp at x = 0 only.",
        ),
    },
    faults={
        "1 + s^2 without the half": Lemma(le(DAMPED, (1 - s**2) * x / (1 + (1 + s**2) * x))),
        "without 1 - s^2, which is true": Lemma(le(DAMPED, x / (1 + (1 + s**2) * x / 2))),
    },
)
