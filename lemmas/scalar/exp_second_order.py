"""Second-order bound on exp: |e^z - 1 - z| <= C z^2 for |z| <= 1.

Source: Taylor's theorem; the constant 1 is this project's explicit version of what such proofs use.

Proof: (e^z - 1 - z)/z^2 increases with z, so its largest value on [-1, 1] is e - 2 at z = 1, and e - 2 < 1.
"""

from sympy import Abs, exp

from verify import Lemma, Quantity, const, le, real

z = Quantity("z", real(-1, 1), "any real number of size at most 1")
C = const("C", 1)

lemma = Lemma(
    le(Abs(exp(z) - 1 - z), C * z**2),
    latex=r"|e^z - 1 - z| \le {C}\, z^2 \qquad (|z| \le 1)",
    source="Taylor's theorem; this project's explicit constant",
    limitations="Only |z| <= 1; the claim stays true up to |z| <= 1.79; 1/2 suffices for z <= 0.",
)
