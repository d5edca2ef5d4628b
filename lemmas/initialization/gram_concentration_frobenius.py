"""Classical concentration: with probability >= 1 - delta, |H(W(0)) - K|_F <= n (TAU + BIAS), at every number q.

Source: Hoeffding's inequality for each entry and a union bound, the classical argument; the constants are this
project's explicit version. B = sqrt(2 log(K q n / delta)), K = 4, is that of exp-uniform-bound at delta/2.

Proof: cut e^{<w, x_i + x_j>} off above 2B. With TAU = e^{2B} sqrt(log(4n^2/delta)/(2q)), no cut mean deviates by more
(Hoeffding at level delta/(2 n^2) an entry). With probability >= 1 - delta/2 nothing was cut (exp-uniform-bound), and
the mean was lowered by at most BIAS = e^2 Q(B - 2) (gram-truncation-bias). If q lambda^2 >= C n^2 e^{4B} log(4n^2/d)
with d = delta and C = 32, then both terms are at most lambda/8; Weyl's inequality gives the eigenvalue.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import exp, log, sqrt

from lemmas.draws import started
from lemmas.notation.start import D_g, H_g, lam_g
from lemmas.notation.symbols import B, B_q, K, M_g, delta, i, j, lam, lam_K, n, nu, q
from lemmas.steps.truncation import BIAS, TAU, cut_means, largest, logarithm_at_least, one_entry
from verify import Lemma, Relation, const, eq, ge, le
from verify.proof import Fact, Proof, assume, bound, calc, chain, in_domain, instance, rules, times
from verify.proof.terms import Exceeds, Prob, Spectral

C = const("C", 32)
KB = const("K", 4)
LEVEL = sqrt(2 * log(KB * q * n / delta))


def level_at_least(p: Proof, least: Any, count: Any, *facts: Fact) -> Fact:
    """B >= least, where K q n / delta >= count and sqrt(2 log(count)) >= least."""
    level, number = p.where(B_q), p.const("K") * q * n / delta
    many = bound(count, "<=", number, *facts, *in_domain(n), *in_domain(q), *in_domain(delta), name=f"{count} in B")
    log_many = bound(log(count), "<=", log(number), many)
    return calc(f"B >= {least}", level, (">=", sqrt(2 * log(count)), [log_many]), (">=", least, []))


def deviates(p: Proof) -> Fact:
    """P(|H_g - K|_F > n (TAU + BIAS)) <= delta."""
    level = p.where(B_q)
    positive = level_at_least(p, 0, p.const("K"))
    nothing_cut, means = assume(le(M_g, B), "nothing is cut"), assume(le(largest, TAU), "the cut means are close")
    error = rules.frobenius_entrywise(H_g - K, one_entry(p, nothing_cut, means), i, j)
    uncut = p.cite("exp-uniform-bound", {"delta": delta / 2}, p.given("data"), *in_domain(delta))
    close = instance(cut_means(), {B: level}, positive)
    here = [assume(le(*event.low.args[0].args)) for event in (uncut, close)]
    at_level = instance(error, {B: level}, *here, p.given("data"), positive, name="at the level B")
    return rules.good_events(at_level, uncut, close)


def proof(p: Proof) -> Fact:
    return p.conclude(bound(p.goal.left, "<=", delta, deviates(p), name="both events"))


def first_term(p: Proof, wide: Fact) -> Fact:
    """n TAU <= lambda / 8."""
    share = times(wide, exp(-4 * B) / (p.const("C") * n**2))
    log_small = bound(log(4 * n**2 / delta), "<=", q * lam**2 * exp(-4 * B) / (p.const("C") * n**2), share)
    return bound(n * TAU, "<=", lam / 8, log_small, logarithm_at_least(1), name="the deviation is at most lambda/8")


def second_term(p: Proof, wide: Fact, top: Fact) -> Fact:
    """n BIAS <= lambda / 8, assuming B >= 2 and what B is."""
    far, tail = assume(le(2, B)), assume(eq(exp(-(B**2) / 2), delta / (4 * q * n)))
    beyond = p.cite("gaussian-tail", {"t": B - 2}, bound(0, "<=", B - 2, far))
    grown = calc(
        "the exponent against q",
        exp(2) * delta * exp(2 * B),
        ("<=", exp(2) * exp(2 * B), in_domain(delta)),
        ("<=", p.const("C") * log(4) * exp(2 * B), []),
        ("<=", p.const("C") * log(4) * exp(4 * B), [bound(2 * B, "<=", 4 * B, *in_domain(B))]),
        ("<=", p.const("C") * n**2 * exp(4 * B) * log(4 * n**2 / delta), [logarithm_at_least(4), *in_domain(n)]),
        ("<=", q * lam**2, [wide]),
        ("<=", exp(2) * q * lam, [times(top, q * lam)]),
    )
    return calc(
        "the bias is at most lambda/8",
        n * BIAS,
        ("<=", n * exp(2) * exp(-((B - 2) ** 2) / 2) / 2, [beyond]),
        ("==", n * exp(2 * B) * exp(-(B**2) / 2) / 2, []),
        ("==", delta * exp(2 * B) / (8 * q), [tail]),
        ("<=", lam / 8, [times(grown, exp(-2) / (8 * q))]),
    )


def wide_enough(p: Proof) -> Fact:
    """n (TAU + BIAS) <= lambda / 4 at the level B."""
    level, data = p.where(B_q), p.given("data")
    top = chain(p.given("lambda"), p.cite("gram-lambda-upper", {}, data, part="short data"), name="lambda <= e^2")
    wide = assume(Relation(p.const("C") * n**2 * exp(4 * B) * log(4 * n**2 / delta), "<=", q * lam**2))
    whole = calc(
        "both terms",
        n * (TAU + BIAS),
        ("==", n * TAU + n * BIAS, []),
        ("<=", lam / 4, [first_term(p, wide), second_term(p, wide, top)]),
    )
    given = [p.given(name) for name in ("data", "lambda", "width")]
    plenty = instance(enough_vectors(p, wide, top), {B: level}, *given, level_at_least(p, 1, p.const("K")))
    far = level_at_least(p, 2, 2 * p.const("K"), plenty)
    return instance(whole, {B: level}, *given, far, name="at the level B")


def enough_vectors(p: Proof, wide: Fact, top: Fact) -> Fact:
    """2 <= q, assuming B >= 1."""
    growth = calc(
        "q is at least 2",
        2 * exp(4),
        ("<=", p.const("C") * log(4) * exp(4), []),
        ("<=", p.const("C") * log(4) * exp(4 * B), [assume(le(1, B))]),
        ("<=", p.const("C") * n**2 * exp(4 * B) * log(4 * n**2 / delta), [logarithm_at_least(4), *in_domain(n)]),
        ("<=", q * lam**2, [wide]),
        ("<=", q * exp(4), [top]),
    )
    return times(growth, exp(-4))


def narrow(p: Proof) -> Fact:
    """P(|H_g - K|_F > lambda / 4) <= delta."""
    level = p.where(B_q)
    deviation = assume(le(D_g, (n * (TAU + BIAS)).subs(B, level)))
    return rules.smaller_event(deviates(p), chain(deviation, wide_enough(p)))


def width(p: Proof) -> Fact:
    return p.conclude(narrow(p))


def eigenvalue(p: Proof) -> Fact:
    close = assume(le(D_g, lam / 4))
    least = calc(
        "the least eigenvalue",
        lam_g,
        (">=", lam_K - Spectral(H_g - K), [rules.weyl(H_g, K)]),
        (">=", lam_K - D_g, [rules.spectral_at_most_frobenius(H_g - K)]),
        (">=", lam - lam / 4, [p.given("lambda"), close]),
    )
    return p.conclude(bound(Prob(Exceeds(3 * lam / 4, lam_g)), "<=", delta, rules.smaller_event(narrow(p), least)))


WIDE = {
    "data": le(nu, 1),
    "lambda": le(lam, lam_K),
    "width": le(C * n**2 * exp(4 * B_q) * log(4 * n**2 / delta), q * lam**2),
}
ENOUGH = {"X": np.array([[1.0]]), "q": 2**60, "lam": 7.0, "delta": 0.5}  # one unit vector: lambda_min(K) = e^2
CONDITION = r"q \ge {C}\, n^2 e^{{4B}}\log(4n^2/\delta)/\lambda^2"
LIMITS = "Hypotheses that no simulation reaches (q of order 10^10 and more); the deviation form is what is simulated."
USES = ("exp-uniform-bound", "gaussian-tail", "gram-lambda-upper", "gram-truncation-bias")
AT_THE_WIDTH: dict[str, Any] = {
    "given": WIDE,
    "where": {B_q: LEVEL},
    "fails_with": delta,
    "limitations": LIMITS,
    "uses": USES,
    "point": ENOUGH,
}

lemma = Lemma(
    le(D_g, (n * (TAU + BIAS)).subs(B, B_q)),
    given={"data": le(nu, 1)},
    where={B_q: LEVEL},
    fails_with=delta,
    latex=r"\|H(W(0))-K\|_F \le n\Big[e^{{2B}}\sqrt{{\tfrac{{\log(4n^2/\delta)}}{{2q}}}} + e^2 Q(B-2)\Big],"
    r"\quad B = \sqrt{{2\log({K}\,qn/\delta)}}",
    letters={r"\|H(W(0))-K\|_F": D_g},
    source="Hoeffding's inequality and a union bound over the entries; this project's explicit constants",
    limitations="Far from attained: e^{2B} stands for the range of variables that are much smaller as a rule.",
    uses=USES,
    proof=proof,
    draw=started,
    cases=("n1-d1-q5-d10", "n2-d2-q50-d20", "n5-d3-q200-d10"),
    also={
        "width": Lemma(
            le(D_g, lam / 4),
            latex=rf"{CONDITION} \Rightarrow \|H(W(0))-K\|_F \le \lambda/4",
            proof=width,
            **AT_THE_WIDTH,
        ),
        "eigenvalue": Lemma(
            ge(lam_g, 3 * lam / 4),
            latex=rf"{CONDITION} \Rightarrow \lambda_{{{{\min}}}}(H(W(0))) \ge \tfrac34\lambda",
            proof=eigenvalue,
            **AT_THE_WIDTH,
        ),
    },
)
