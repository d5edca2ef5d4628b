"""Exp concentration: with probability >= 1 - delta no |<w_r(0), x_i>| exceeds B = sqrt(2 log(K q n / delta)).

Source: union bound over Gaussian tails, the first step of every such proof; K = 2 is this project's explicit version.

Proof: <w_r(0), x_i> is Gaussian with standard deviation at most 1, so it exceeds B in size with probability at most
2 Q(B) <= e^{-B^2/2} = delta / (K q n). There are q n of them. One-sided, Q(B_1) <= e^{-B_1^2/2} / 2.
"""

from __future__ import annotations

import mpmath
from flint import arb, ctx, fmpq
from sympy import Abs, Rational, exp, log, sqrt

from lemmas.draws import started
from lemmas.notation.start import M1_g
from lemmas.notation.symbols import B_q, M_g, delta, g, i, n, nu, q, s, x
from lemmas.quadrature import decimal_of
from verify import Lemma, const, le
from verify.proof import Fact, Inner, Proof, bound, calc, chain, in_domain, normal_tail, rules
from verify.proof.terms import Exceeds, Prob

K = const("K", 2)
K1 = const("K1", Rational(1, 2), "tight")
CASES = ("n1-d1-q1-d24", "n5-d3-q20-d10", "n10-d5-q40-d10")


def proof(p: Proof) -> Fact:
    level = p.where(B_q)
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


def one_sided(p: Proof) -> Fact:
    level = p.where(B_q)
    inside = p.const("K1") * n * q / delta
    above_one = bound(1, "<=", inside, p.given("level"), *in_domain(delta), name="the logarithm is of a number >= 1")
    positive = bound(0, "<=", level, bound(0, "<=", log(inside), above_one), name="B_1 >= 0")
    length = chain(rules.sup_member(nu, i), p.given("data"), name="|x_i| <= 1")
    one = calc(
        "one inner product",
        Prob(Exceeds(Inner(g(s), x(i)), level)),
        ("<=", normal_tail(level), [rules.gaussian_projection_above(g(s), x(i), length, level, positive)]),
        ("<=", exp(-(level**2) / 2) / 2, [p.cite("gaussian-tail", {"t": level}, positive)]),
        ("==", delta / (2 * p.const("K1") * n * q), []),
    )
    all_of_them = rules.union_bound(one, s, i)
    return p.conclude(bound(Prob(Exceeds(M1_g, level)), "<=", delta, all_of_them, name="q n of them"))


def _exact_by_erfc(digits: int) -> mpmath.mpf:
    """n = 1, |x| = 1, q = 20, delta = 1/10: P(max |<w_r, x>| <= B) = (1 - 2 Q(B))^q, in balls."""
    with ctx.workprec(4 * digits + 60):
        root = (2 * arb(400).log()).sqrt()
        return decimal_of((1 - (root / arb(2).sqrt()).erfc()) ** fmpq(20), digits)


def _exact_by_quadrature(digits: int) -> mpmath.mpf:
    """The same from the Gaussian density."""
    with mpmath.workdps(digits + 15):
        root = mpmath.sqrt(2 * mpmath.log(400))
        return mpmath.quad(mpmath.npdf, mpmath.linspace(-root, root, 9)) ** 20


lemma = Lemma(
    le(M_g, B_q),
    given={"data": le(nu, 1)},
    where={B_q: sqrt(2 * log(K * q * n / delta))},
    fails_with=delta,
    latex=r"\Pr\Big[\max_{{r,i}} |\langle w_r(0),x_i\rangle| > \sqrt{{2\log({K}\,qn/\delta)}}\Big] \le \delta",
    source="union bound over Gaussian tails; this project's explicit constant",
    limitations="Two-sided, and K = 1 would do; B must grow with q: no bound free of q holds for every q.",
    uses=("gaussian-tail",),
    proof=proof,
    draw=started,
    cases=CASES,
    precision={"exact probability at n = 1, q = 20, delta = 1/10": (_exact_by_erfc, _exact_by_quadrature)},
    faults={
        "B does not grow with q": Lemma(
            le(M_g, B_q),
            given={"data": le(nu, 1)},
            where={B_q: sqrt(2 * log(K * n / delta))},
            fails_with=delta,
            draw=started,
            cases=("n10-d5-q1000-d10",),
        )
    },
    also={
        "one-sided": Lemma(
            le(M1_g, B_q),
            given={"data": le(nu, 1), "level": le(delta, K1 * q * n)},
            where={B_q: sqrt(2 * log(K1 * q * n / delta))},
            fails_with=delta,
            latex=r"\Pr\Big[\max_{{r,i}} \langle w_r(0),x_i\rangle > \sqrt{{2\log({K1}\,qn/\delta)}}\Big] \le \delta",
            limitations="Needs qn >= 2 delta, which holds whenever delta <= 1/2.",
            uses=("gaussian-tail",),
            proof=one_sided,
            draw=started,
            cases=CASES,
        )
    },
)
