"""One step of gradient descent is nearly linear: |F(t+1) - F(t) - eta m H e| <= C n^{3/2} m eta^2 e^{3(B+R)} |e|^2.

Source: a step of every such proof; the constant 1 is this project's explicit version, and e - 2 would do.

Proof: with z = <Delta_r, x_i>, one neuron contributes a_r e^{<w_r, x_i>} (e^z - 1 - z) beyond the linear part, and the
linear parts add up to eta m (H e)_i because a_r^2 = 1. By exp-second-order the excess is at most z^2, and
|z| <= eta |dL/dw_r| <= eta sqrt(n) e^{B+R} |e| by gradient-bound. Sum over m neurons and n points.
"""

from __future__ import annotations

from sympy import Abs, exp, sqrt

from lemmas.draws import CASES, ONE_NEURON, with_step
from lemmas.notation.symbols import (
    B,
    E,
    H,
    M,
    R,
    S,
    a,
    curvature,
    descent,
    e,
    eta,
    grad,
    i,
    j,
    m,
    n,
    next_output,
    nu,
    output,
    r,
    w,
    x,
)
from lemmas.notation.symbols import step as step_size
from lemmas.steps.near import moved_exponent, unit
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, rules, total
from verify.proof.terms import Entry

C = const("C", 1)


def proof(p: Proof) -> Fact:
    move = eta * descent(r)
    z, weight = Inner(move, x(i)), exp(Inner(w(r), x(i)))
    small = chain(rules.sup_member(step_size, r, i), p.given("small"), name="|z| <= 1")
    taylor = p.cite("exp-second-order", {"z": z}, rules.absolute_above(small, z), rules.absolute_below(small, z))
    hypotheses = [p.given(name) for name in ("data", "start", "near")]
    gradient = chain(rules.sup_member(grad, r), p.cite("gradient-bound", {}, *hypotheses))
    size = calc(
        "the step of one neuron",
        Abs(z),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", eta * Norm(descent(r)), [unit(p, i)]),
        ("<=", eta * sqrt(n) * exp(B + R) * E, [gradient]),
    )
    excess = a(r) * weight * (exp(z) - 1 - z)
    neuron = calc(
        "one neuron's excess",
        Abs(excess),
        ("==", weight * Abs(exp(z) - 1 - z), []),
        ("<=", weight * z**2, [taylor]),
        ("<=", weight * eta**2 * n * exp(2 * (B + R)) * E**2, [rules.square_of_bounded(size, z)]),
        ("<=", eta**2 * n * exp(3 * (B + R)) * E**2, [moved_exponent(p, r, i)]),
    )
    linear = eta * m * total(Entry(H, i, j) * e(j), j)
    point = calc(
        "one data point",
        Abs(next_output(x(i)) - output(x(i)) - linear),
        ("==", Abs(total(excess, r)), []),
        ("<=", total(Abs(excess), r), [rules.absolute_of_sum(excess, r)]),
        ("<=", m * eta**2 * n * exp(3 * (B + R)) * E**2, [rules.sum_bound(neuron, r)]),
    )
    whole = rules.euclidean_entrywise(point, i)
    goal = p.const("C") * n * sqrt(n) * m * eta**2 * exp(3 * (B + R)) * E**2
    return p.conclude(bound(curvature, "<=", goal, whole, name="the constant"))


lemma = Lemma(
    le(curvature, C * n * sqrt(n) * m * eta**2 * exp(3 * (B + R)) * E**2),
    given={"data": le(nu, 1), "start": le(M, B), "near": le(S, R), "small": le(step_size, 1)},
    latex=r"\|F(t+1)-F(t)-\eta m H e\| \le {C}\, n^{{3/2}} m\, \eta^2 e^{{3(B+R)}} \|e\|^2",
    letters={r"\|F(t+1)-F(t)-\eta m H e\|": curvature, r"\|e\|": E},
    source="Taylor's theorem for each neuron; this project's explicit constant",
    limitations="Needs |<Delta_r, x_i>| <= 1 for every neuron and point.",
    uses=("exp-second-order", "gradient-bound"),
    proof=proof,
    draw=with_step,
    cases=CASES,
    search={"one neuron": ONE_NEURON},
)
