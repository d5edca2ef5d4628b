"""The line below exp: 1 + x <= e^x for all real x.

Source: convexity of exp; the line is its tangent at 0.

Proof: e^x - 1 - x has derivative e^x - 1, which has the sign of x, so its least value is 0, at x = 0.
"""

from sympy import exp

from verify import Lemma, Quantity, le, real

x = Quantity("x", real(), "any real number")

lemma = Lemma(
    le(1 + x, exp(x)),
    latex=r"1 + x \le e^x",
    source="convexity of the exponential",
    limitations="Equality at x = 0 only.",
)
