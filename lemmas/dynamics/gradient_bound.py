"""The gradient is bounded: |dL/dw_r| <= C sqrt(n) e^{B+R} |e| while no neuron has moved further than R.

Source: a step of every such proof, for the movement of the weights; C = 1 is attained by equal points.

Proof: the gradient is a sum of vectors of length |e_i| e^{<w_r, x_i>} |x_i| <= |e_i| e^{B+R}, and
sum |e_i| <= sqrt(n) |e| by Cauchy-Schwarz.
"""

from __future__ import annotations

from sympy import Abs, exp, sqrt

from lemmas.draws import CASES, EQUAL_POINTS, moved
from lemmas.notation.symbols import B, E, M, R, S, a, descent, e, grad, j, n, nu, r, w, x
from lemmas.steps.near import moved_exponent, unit
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, rules, total

C = const("C", 1, "tight")


def proof(p: Proof) -> Fact:
    weight = exp(Inner(w(r), x(j)))
    summand = calc(
        "one data point's share",
        Abs(e(j)) * weight * Norm(x(j)),
        ("<=", Abs(e(j)) * weight, [unit(p, j)]),
        ("<=", Abs(e(j)) * exp(B + R), [moved_exponent(p, r, j)]),
    )
    neuron = calc(
        "one neuron's gradient",
        Norm(descent(r)),
        ("<=", total(Abs(e(j)) * weight * Norm(x(j)), j), [rules.norm_of_sum(e(j) * a(r) * weight * x(j), j)]),
        ("<=", total(Abs(e(j)), j) * exp(B + R), [rules.sum_bound(summand, j)]),
        ("<=", sqrt(n) * exp(B + R) * E, [rules.absolute_sum_at_most_root(e(j), j)]),
    )
    largest = rules.sup_least(neuron, r)
    return p.conclude(bound(grad, "<=", p.const("C") * sqrt(n) * exp(B + R) * E, largest, name="the constant"))


lemma = Lemma(
    le(grad, C * sqrt(n) * exp(B + R) * E),
    given={"data": le(nu, 1), "start": le(M, B), "near": le(S, R)},
    latex=r"\Big\|\frac{{\partial L}}{{\partial w_r}}\Big\| \le {C}\,\sqrt{{n}}\, e^{{B+R}}\, \|e\|",
    letters={r"\Big\|\frac{\partial L}{\partial w_r}\Big\|": grad, r"\|e\|": E},
    source="Cauchy-Schwarz; this project's explicit constant",
    limitations="|X| may stand for sqrt(n); sqrt(n) is attained by equal points only.",
    proof=proof,
    draw=moved,
    cases=CASES,
    search={"equal points": EQUAL_POINTS},
)
