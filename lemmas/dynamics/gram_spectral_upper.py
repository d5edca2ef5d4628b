"""The Gram matrix is bounded: |H(W)| <= tr H(W) <= C n e^{2(B+R)} while no neuron has moved further than R.

Source: a step of every such proof, for the step size; C = 1 is attained by equal points.

Proof: H is the mean of the Gram matrices of the vectors e^{<w_r, x_i>} x_i, hence positive semidefinite, so its norm
is at most its trace; each diagonal entry is the mean of |x_i|^2 e^{2<w_r, x_i>} <= e^{2(B+R)}.
"""

from __future__ import annotations

from sympy import exp

from lemmas.draws import CASES, EQUAL_POINTS, moved
from lemmas.notation.symbols import B, H, H_norm, M, R, S, i, j, n, nu, r, w, x
from lemmas.steps.near import moved_exponent, unit
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, mean, rules, total
from verify.proof.terms import Trace

C = const("C", 1, "tight")


def proof(p: Proof) -> Fact:
    semidefinite = rules.mean_gram_is_psd(H, exp(Inner(w(r), x(i))) * x(i), i, j, r)
    point = unit(p, i)
    exponent = moved_exponent(p, r, i)
    summand = calc(
        "one neuron's share of a diagonal entry",
        Norm(x(i)) ** 2 * exp(2 * Inner(w(r), x(i))),
        ("<=", exp(2 * Inner(w(r), x(i))), [point]),
        ("<=", exp(2 * (B + R)), [exponent]),
    )
    diagonal = calc(
        "the trace",
        Trace(H),
        (
            "==",
            mean(total(Norm(x(i)) ** 2 * exp(2 * Inner(w(r), x(i))), i), r),
            [rules.trace_is_diagonal_sum(H, i), rules.norm_squared(x(i))],
        ),
        ("<=", n * exp(2 * (B + R)), [rules.sum_bound(summand, i, r)]),
    )
    norm = rules.psd_norm_at_most_trace(H, semidefinite)
    return p.conclude(bound(H_norm, "<=", p.const("C") * n * exp(2 * (B + R)), norm, diagonal, name="the norm"))


lemma = Lemma(
    le(H_norm, C * n * exp(2 * (B + R))),
    given={"data": le(nu, 1), "start": le(M, B), "near": le(S, R)},
    latex=r"\|H(W)\| \le {C}\, n\, e^{{2(B+R)}}",
    letters={r"\|H(W)\|": H_norm},
    source="the trace bound; this project's explicit constant",
    limitations="|X|^2 may stand for n; n is attained by equal points only.",
    proof=proof,
    draw=moved,
    cases=CASES,
    search={"equal points": EQUAL_POINTS},
)
