"""The gradient of the loss: dL/dw_r = sum_i (F_i - y_i) a_r e^{<w_r, x_i>} x_i.

Source: the chain rule.

Proof: SymPy differentiates the loss along W + t V at t = 0, which gives sum_r <dL/dw_r, v_r> for every V.
"""

from __future__ import annotations

from lemmas.draws import CASES, with_direction
from lemmas.notation.symbols import pairing, slope
from verify import Lemma, eq
from verify.proof import Fact, Proof, algebra


def proof(p: Proof) -> Fact:
    return p.conclude(algebra(slope, pairing, name="the chain rule"))


lemma = Lemma(
    eq(slope, pairing),
    latex=r"\frac{{\partial L}}{{\partial w_r}} = \sum_i (F_i - y_i)\, a_r\, e^{{\langle w_r,x_i\rangle}}\, x_i",
    source="the chain rule",
    limitations="None.",
    proof=proof,
    draw=with_direction,
    cases=CASES,
)
