"""First-order bound on exp: |e^z - 1| <= C |z| for |z| <= 1.

Source: Taylor's theorem; the constant 2 is this project's explicit version of what such proofs use.

Proof: (e^z - 1)/z increases with z, so its largest value on [-1, 1] is e - 1 at z = 1, and e - 1 < 2. What is used
further on is the part with the sharp constant e - 1, so that a constant there is slack in its own right.
"""

from sympy import Abs, E, exp

from verify import Lemma, Quantity, const, le, real

z = Quantity("z", real(-1, 1), "any real number of size at most 1")
C = const("C", 2)
SHARP = const("SHARP", E - 1, "tight")

lemma = Lemma(
    le(Abs(exp(z) - 1), C * Abs(z)),
    latex=r"|e^z - 1| \le {C}\,|z| \qquad (|z| \le 1)",
    source="Taylor's theorem; this project's explicit constant",
    limitations="Only |z| <= 1; with this constant the claim stays true up to |z| <= 1.2564.",
    also={
        "sharp": Lemma(
            le(Abs(exp(z) - 1), SHARP * Abs(z)),
            latex=r"|e^z - 1| \le {SHARP}\,|z| \qquad (|z| \le 1)",
            limitations="Attained at z = 1; false beyond.",
        )
    },
)
