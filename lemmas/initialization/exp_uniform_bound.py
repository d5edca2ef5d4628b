"""Exp concentration: with probability >= 1 - delta no |<w_r(0), x_i>| exceeds B = sqrt(2 log(K q n / delta)).

Source: union bound over Gaussian tails, the first step of every such proof; K = 2 is this project's explicit version.

Proof: <w_r(0), x_i> is Gaussian with standard deviation at most 1, so it exceeds B in size with probability at most
2 Q(B) <= e^{-B^2/2} = delta / (K q n). There are q n of them.
"""

from __future__ import annotations

import numpy as np
from sympy import Abs, exp, log, sqrt

from lemmas.symbols import B, M_g, delta, g, i, n, nu, q, s, x
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, in_domain, normal_tail, rules
from verify.proof.terms import Exceeds, Prob

K = const("K", 2)


def proof(p: Proof) -> Fact:
    level = p.where(B)
    sizes = [f for quantity in (n, q, delta) for f in in_domain(quantity)]
    inside = p.const("K") * n * q / delta
    above_one = bound(1, "<=", inside, *sizes, name="the logarithm is of a number >= 1")
    positive = bound(0, "<=", level, bound(0, "<=", log(inside), above_one), name="B >= 0")
    length = chain(rules.sup_member(nu, i), p.given("data"), name="|x_i| <= 1")
    one = calc(
        "one inner product",
        Prob(Exceeds(Abs(Inner(g(s), x(i))), level)),
        ("<=", 2 * normal_tail(level), [rules.gaussian_projection(g(s), x(i), length, level, positive)]),
        ("<=", exp(-(level**2) / 2), [p.cite("gaussian-tail", {"t": level}, positive)]),
        ("==", delta / (p.const("K") * n * q), []),
    )
    all_of_them = rules.union_bound(one, s, i)
    return p.conclude(bound(Prob(Exceeds(M_g, level)), "<=", delta, all_of_them, name="q n of them"))


def draw(rng: np.random.Generator, case: str) -> dict[str, object]:
    """Gaussian weights on fixed data; the case names n, d, q and 100 delta."""
    size, dim, width, percent = (int(part[1:]) for part in case.split("-"))
    X = np.random.default_rng(size).standard_normal((size, dim))
    X /= np.linalg.norm(X, axis=1, keepdims=True) * (1 + 1e-12)
    return {"X": X, "G": rng.standard_normal((width, dim)), "delta": percent / 100}


lemma = Lemma(
    le(M_g, B),
    given={"data": le(nu, 1)},
    where={B: sqrt(2 * log(K * q * n / delta))},
    fails_with=delta,
    latex=r"\Pr\Big[\max_{{r,i}} |\langle w_r(0),x_i\rangle| > \sqrt{{2\log({K}\,qn/\delta)}}\Big] \le \delta",
    source="union bound over Gaussian tails; this project's explicit constant",
    limitations="Two-sided, and K = 1 would do; B must grow with q.",
    uses=("gaussian-tail",),
    proof=proof,
    draw=draw,
    cases=("n1-d1-q1-d50", "n5-d3-q20-d10", "n10-d5-q40-d10"),
)
