"""First-order bound on exp: |e^z - 1| <= C |z| for |z| <= 1.

Source: Taylor's theorem; the constant 2 is this project's explicit version of what such proofs use.

Proof: (e^z - 1)/z increases with z, so its largest value on [-1, 1] is e - 1 at z = 1, and e - 1 < 2.
"""

from sympy import Abs, exp

from verify import Lemma, Quantity, const, le, real

z = Quantity("z", real(-1, 1), "any real number of size at most 1")
C = const("C", 2)

lemma = Lemma(
    le(Abs(exp(z) - 1), C * Abs(z)),
    latex=r"|e^z - 1| \le {C}\,|z| \qquad (|z| \le 1)",
    source="Taylor's theorem; this project's explicit constant",
    limitations="Only |z| <= 1; with this constant the claim stays true up to |z| <= 1.2564.",
)
