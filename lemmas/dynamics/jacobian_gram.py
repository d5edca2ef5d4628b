"""The Jacobian and the Gram matrix: J J^T = m H(W), whatever the signs.

Source: an identity; a_r^2 = 1.

Proof: rows i and j of J have the inner product sum_r a_r^2 e^{<w_r, x_i>} e^{<w_r, x_j>} <x_i, x_j>.
"""

from __future__ import annotations

from lemmas.draws import CASES, with_entry
from lemmas.notation.symbols import H_ij, JJ_ij, m
from verify import Lemma, eq
from verify.proof import Fact, Proof, algebra


def proof(p: Proof) -> Fact:
    return p.conclude(algebra(JJ_ij, m * H_ij, name="the signs square to one"))


lemma = Lemma(
    eq(JJ_ij, m * H_ij),
    latex=r"J(W)\,J(W)^{{\top}} = m\, H(W)",
    source="an identity",
    limitations="None.",
    proof=proof,
    draw=with_entry,
    cases=CASES,
)
